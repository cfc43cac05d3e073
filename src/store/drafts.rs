//! Work under way: it survives leaving the item, a crash and a lost terminal.

use super::engine::{Row, params};
use super::items::content;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::Draft;
use crate::domain::item::{Content, Seq};
use crate::domain::time::UtcMillis;

impl Store {
    /// Keeps the reviewer's draft on an item; an empty one removes it.
    pub fn save_draft(&self, seq: Seq, reviewer: &str, draft: &Draft, now: UtcMillis) -> Result<()> {
        self.write(|tx| tx.put_draft(seq, reviewer, draft, now))
    }

    pub(super) fn draft(&self, seq: Seq, reviewer: &str) -> Result<Option<Draft>> {
        let sql = "SELECT body, correction_kind, correction FROM draft WHERE item_seq = ?1 AND reviewer = ?2";
        self.first(sql, params![seq, reviewer], |row| draft(row, 0, 1))
    }
}

impl Tx<'_> {
    pub(super) fn put_draft(&self, seq: Seq, reviewer: &str, draft: &Draft, now: UtcMillis) -> Result<()> {
        if draft.is_empty() {
            return self.drop_draft(seq, reviewer);
        }
        let (kind, correction) = parts(draft.correction.as_ref());
        let sql = "INSERT INTO draft (item_seq, reviewer, body, correction_kind, correction, saved_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (item_seq, reviewer) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at,
                correction_kind = excluded.correction_kind, correction = excluded.correction";
        self.execute(sql, params![seq, reviewer, &to_json(draft), kind, correction, now]).map(drop)
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
