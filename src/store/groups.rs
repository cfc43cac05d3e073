//! Counters by group: the decisions of record of a queue by model, prompt version and day, by
//! category, by reviewer and, of waiting escalations, by desk. They are counted after the commit, in slices,
//! by whoever files the index of texts, so that a decision pays nothing for them. Which groups a
//! decision is in says the view `decision_group`.

use super::engine::{Param, params};
use super::transaction::Tx;
use super::{Result, Store};
use crate::domain::item::Seq;
use serde_json::json;
use std::time::{Duration, Instant};

/// Items counted in one transaction, at most.
const BATCH: i64 = 256;

/// What the decisions of a queue are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum GroupKind {
    /// Model, prompt version, and the day of the decision in UTC, by its first millisecond.
    Made,
    /// A failure category's key; a decision is in several.
    Category,
    Reviewer,
    /// Of waiting escalations: the route's key, and the minutes at which it was decided and is due.
    Desk,
}

impl GroupKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            GroupKind::Made => "made",
            GroupKind::Category => "category",
            GroupKind::Reviewer => "reviewer",
            GroupKind::Desk => "desk",
        }
    }
}

/// SQL: 1 where the decision `d` is of record on its item `i`, else 0.
const IS_OF_RECORD: &str = "CASE WHEN i.decision_seq = d.seq THEN 1 ELSE 0 END";

impl Store {
    /// Counts what was decided or undone since the counters were brought up last, for about
    /// `budget`; `true`: more is left.
    pub fn count_groups(&self, budget: Duration) -> Result<bool> {
        let start = Instant::now();
        while !self.only_reads && self.has_uncounted()? && self.may_count()? {
            let is_last = self.write(|tx| tx.count_batch(BATCH))?;
            if is_last || start.elapsed() >= budget {
                return Ok(!is_last);
            }
        }
        Ok(false)
    }

    /// Decisions that are not looked at yet, roughly, and all.
    pub(super) fn uncounted(&self) -> Result<(i64, i64)> {
        let sql = "SELECT COALESCE((SELECT MAX(seq) FROM decision), 0), m.decision_seq,
            (SELECT COUNT(*) FROM group_stale) FROM group_mark m";
        let found = self.first(sql, &[], |row| Ok((row.need_int(0)?, row.need_int(1)?, row.need_int(2)?)))?;
        let (newest, mark, stale) = found.unwrap_or_default();
        Ok(((newest - mark).max(0) + stale, newest))
    }

    /// Whether nobody else counts, or keeps others from it.
    fn may_count(&self) -> Result<bool> {
        let unlocked = self.engine.dialect().skip_locked("m");
        Ok(self.first(&format!("SELECT 1 FROM group_mark m {unlocked}"), &[], |_| Ok(()))?.is_some())
    }

    fn has_uncounted(&self) -> Result<bool> {
        Ok(self.uncounted()?.0 > 0)
    }
}

impl Tx<'_> {
    /// The item stands otherwise than before: it is to be counted anew.
    pub(super) fn forget_count(&self, item: Seq) -> Result<()> {
        self.pipeline("INSERT INTO group_stale (item_seq) VALUES (?1)", params![item])
    }

    /// Counts an item that is about to be replaced anew: by what it was when it was counted.
    pub(super) fn count_before_change(&self, item: Seq) -> Result<()> {
        let sql = "SELECT 1 FROM decision WHERE item_seq = ?1 LIMIT 1";
        if self.first(sql, params![item], |_| Ok(()))?.is_some() {
            self.hold_mark()?;
            self.count(&[item])?;
        }
        Ok(())
    }

    /// Counts at most so many of the next items; `true`: they were the last ones.
    fn count_batch(&self, most: i64) -> Result<bool> {
        let mark = self.hold_mark()?;
        let to = self.engine.visible_horizon("decision", "seq")?;
        let decided = "SELECT seq, item_seq FROM decision WHERE seq > ?1 AND seq <= ?2 ORDER BY seq LIMIT ?3";
        let decided = self.all(decided, params![mark, to, most], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        // Those that are removed here were committed: what is read below is what they tell of.
        let stale = "DELETE FROM group_stale WHERE item_seq <= (SELECT MAX(x.item_seq) FROM
            (SELECT item_seq FROM group_stale ORDER BY item_seq LIMIT ?1) x) RETURNING item_seq";
        let stale = self.all(stale, params![most], |row| row.need_int(0))?;
        let is_last = decided.len() < most as usize && stale.len() < most as usize;
        if let Some((newest, _)) = decided.last() {
            self.pipeline("UPDATE group_mark SET decision_seq = ?1", params![*newest])?;
        }
        let mut items: Vec<Seq> = decided.into_iter().map(|(_, item)| item).chain(stale).collect();
        items.sort_unstable();
        items.dedup();
        self.count(&items)?;
        Ok(is_last)
    }

    /// The newest decision that was looked at. Nobody else counts until this transaction ends.
    fn hold_mark(&self) -> Result<i64> {
        self.number("UPDATE group_mark SET decision_seq = decision_seq RETURNING decision_seq", &[])
    }

    /// Counts what is of record on these items, and nothing else of them; the counters follow by a trigger.
    fn count(&self, items: &[Seq]) -> Result<()> {
        let sql = format!(
            "SELECT d.seq, {IS_OF_RECORD} FROM decision d JOIN item i ON i.seq = d.item_seq
             LEFT JOIN group_counted c ON c.decision_seq = d.seq
             WHERE d.item_seq = ?1 AND {IS_OF_RECORD} <> CASE WHEN c.decision_seq IS NULL THEN 0 ELSE 1 END"
        );
        let values: Vec<Vec<Param>> = items.iter().map(|item| params![*item].to_vec()).collect();
        let (mut added, mut removed) = (Vec::new(), Vec::new());
        self.engine.query_each(&sql, &values, &mut |_, row| {
            let list = if row.need_int(1)? == 1 { &mut added } else { &mut removed };
            list.push(row.need_int(0)?);
            Ok(())
        })?;
        for decision in removed {
            self.pipeline("DELETE FROM group_counted WHERE decision_seq = ?1", params![decision])?;
        }
        if added.is_empty() {
            return Ok(());
        }
        let dialect = self.engine.dialect();
        let (decisions, each) = (dialect.json_members("?1", None), dialect.json_text("e"));
        let sql = format!("INSERT INTO group_counted (decision_seq) SELECT CAST({each} AS BIGINT) FROM {decisions}");
        self.pipeline(&sql, params![&json!(added).to_string()])
    }

    /// Begins to count all over again.
    pub(super) fn reset_groups(&self) -> Result<()> {
        self.hold_mark()?;
        for table in ["group_counted", "group_count", "group_stale"] {
            self.execute(&format!("DELETE FROM {table}"), &[])?;
        }
        self.execute("UPDATE group_mark SET decision_seq = 0", &[]).map(drop)
    }
}

/// For [`Store::doctor`].
impl Store {
    /// How many groups are kept otherwise than the decisions that are counted add up to, and how
    /// many decisions are counted or left out wrongly.
    pub(super) fn group_difference(&self) -> Result<i64> {
        let groups = "WITH kept AS (SELECT queue_id, kind, key, sub, at, due, accepted, rejected, escalated FROM group_count),
            counted AS (SELECT g.queue_id, g.kind, g.key, g.sub, g.at, g.due,
                COUNT(CASE WHEN g.verdict = 'accept' THEN 1 END) AS accepted,
                COUNT(CASE WHEN g.verdict = 'reject' THEN 1 END) AS rejected,
                COUNT(CASE WHEN g.verdict = 'escalate' THEN 1 END) AS escalated
                FROM decision_group g JOIN group_counted c ON c.decision_seq = g.decision_seq
                GROUP BY g.queue_id, g.kind, g.key, g.sub, g.at, g.due)
            SELECT COUNT(*) FROM
                (SELECT queue_id, kind, key, sub, at, due FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted) more
                UNION SELECT queue_id, kind, key, sub, at, due FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept) less) x";
        let decisions = format!(
            "SELECT COUNT(*) FROM decision d JOIN item i ON i.seq = d.item_seq
             LEFT JOIN group_counted c ON c.decision_seq = d.seq
             WHERE d.seq <= (SELECT decision_seq FROM group_mark)
             AND {IS_OF_RECORD} <> CASE WHEN c.decision_seq IS NULL THEN 0 ELSE 1 END
             AND NOT EXISTS (SELECT 1 FROM group_stale s WHERE s.item_seq = d.item_seq)
             AND NOT EXISTS (SELECT 1 FROM decision n WHERE n.item_seq = d.item_seq
                AND n.seq > (SELECT decision_seq FROM group_mark))"
        );
        Ok(self.number(groups, &[])? + self.number(&decisions, &[])?)
    }
}
