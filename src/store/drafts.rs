//! Work under way: what the reviewer has put down on an item, and the time on it so far. It
//! survives leaving the item, a crash and a lost terminal, and an undo brings it back.

use super::engine::{Row, params};
use super::items::content;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::{Decision, Draft};
use crate::domain::item::{Content, Seq};
use crate::domain::time::UtcMillis;

/// Body of a draft of which nothing but the time on the item is kept.
const NOTHING: &str = "{}";

/// SQL: in the row `w` of `draft` something is put down.
pub(super) const IS_WRITTEN: &str = "w.body <> '{}'";

impl Store {
    /// Keeps the reviewer's draft on an item, and the active time on it so far; an empty one
    /// without time is removed.
    pub fn save_draft(
        &self,
        seq: Seq,
        reviewer: &str,
        draft: &Draft,
        active_millis: i64,
        now: UtcMillis,
    ) -> Result<()> {
        self.write(|tx| tx.put_draft(seq, reviewer, draft, active_millis, now))
    }

    /// What the reviewer has put down on the item, unless that is nothing.
    pub(super) fn draft(&self, seq: Seq, reviewer: &str) -> Result<Option<Draft>> {
        let sql = "SELECT body, correction_kind, correction FROM draft WHERE item_seq = ?1 AND reviewer = ?2";
        let found = self.first(sql, params![seq, reviewer], |row| draft(row, 0, 1))?;
        Ok(found.filter(|draft| !draft.is_empty()))
    }

    /// The draft before a decision, where the decision says something else.
    pub(super) fn draft_before(&self, decision: i64) -> Result<Option<Draft>> {
        let sql = "SELECT body, correction_kind, correction FROM draft_before WHERE decision_seq = ?1";
        self.first(sql, params![decision], |row| draft(row, 0, 1))
    }
}

impl Tx<'_> {
    pub(super) fn put_draft(
        &self,
        seq: Seq,
        reviewer: &str,
        draft: &Draft,
        active_millis: i64,
        now: UtcMillis,
    ) -> Result<()> {
        let body = match draft.is_empty() {
            true if active_millis == 0 => return self.drop_draft(seq, reviewer),
            true => NOTHING.into(),
            false => to_json(draft),
        };
        let (kind, correction) = parts(draft.correction.as_ref());
        let sql = "INSERT INTO draft (item_seq, reviewer, body, correction_kind, correction, active_millis, saved_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (item_seq, reviewer) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at,
                correction_kind = excluded.correction_kind, correction = excluded.correction,
                active_millis = excluded.active_millis";
        self.execute(sql, params![seq, reviewer, &body, kind, correction, active_millis, now]).map(drop)
    }

    /// Keeps, for an undo of the decision in `row`, the draft that it ends, where the decision
    /// says something else.
    pub(super) fn keep_draft_before(&self, row: i64, seq: Seq, decision: &Decision) -> Result<()> {
        let judgement = &decision.judgement;
        match &judgement.before {
            Some(before) if *before == judgement.draft => Ok(()),
            Some(before) => {
                let (kind, correction) = parts(before.correction.as_ref());
                let sql = "INSERT INTO draft_before (decision_seq, reviewer, body, correction_kind, correction)
                    VALUES (?1, ?2, ?3, ?4, ?5)";
                self.pipeline(sql, params![row, &decision.reviewer, &to_json(before), kind, correction])
            }
            None => {
                let sql = "INSERT INTO draft_before (decision_seq, reviewer, body, correction_kind, correction)
                    SELECT CAST(?1 AS BIGINT), reviewer, body, correction_kind, correction FROM draft
                    WHERE item_seq = ?2 AND reviewer = ?3";
                self.pipeline(sql, params![row, seq, &decision.reviewer])
            }
        }
    }

    pub(super) fn drop_draft(&self, seq: Seq, reviewer: &str) -> Result<()> {
        let sql = "DELETE FROM draft WHERE item_seq = ?1 AND reviewer = ?2";
        self.pipeline(sql, params![seq, reviewer])
    }
}

/// A draft from its body and the two columns of its correction, the first of which is `correction`.
pub(super) fn draft(row: &dyn Row, body: usize, correction: usize) -> Result<Draft> {
    Ok(Draft { correction: content(row, correction, correction + 1)?, ..from_json(row.need_text(body)?)? })
}

/// The two columns of a correction.
pub(super) fn parts(correction: Option<&Content>) -> (Option<&'static str>, Option<&str>) {
    correction.map(|content| (content.kind.code(), content.text.as_str())).unzip()
}

/// Categories, scores, note and route, as the database keeps them.
pub(super) fn to_json(draft: &Draft) -> String {
    serde_json::to_string(draft).unwrap_or_else(|_| "{}".into()) // strings and small numbers: it cannot fail
}

pub(super) fn from_json(body: &str) -> Result<Draft> {
    serde_json::from_str(body).map_err(|e| StoreError::Damaged(format!("the body of a decision or draft: {e}")))
}
