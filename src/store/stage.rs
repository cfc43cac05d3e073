//! Where an item stands, in SQL: the one home of its rules. Conditions over a row of `item`,
//! and the statement that renews where an item stands from its decisions.

use super::engine::params;
use super::items::verdict;
use super::transaction::Tx;
use super::{Result, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::item::Seq;
use crate::domain::stage::Stage;

/// The stage of a word of the database.
pub(super) fn stage_of(word: &str) -> Result<Stage> {
    word.parse().map_err(StoreError::Damaged)
}

/// SQL: reviewers are served the item, unless it is claimed or deferred. The index
/// `item_open` has these items in the order of serving; its condition says the same words.
pub(super) fn is_open(item: &str) -> String {
    let open = Stage::ALL.into_iter().filter(|stage| stage.is_open());
    let words: Vec<String> = open.map(|stage| format!("'{}'", stage.as_str())).collect();
    match &words[..] {
        // SQLite does not see that a list of one word implies an index of that word.
        [word] => format!("{item}.stage = {word}"),
        words => format!("{item}.stage IN ({})", words.join(", ")),
    }
}

/// SQL: the item has a verdict of record.
pub(super) fn is_decided(item: &str) -> String {
    format!("{item}.verdict IS NOT NULL")
}

/// SQL: who has claimed the item at the time `now`, or NULL.
pub(super) fn claimed_by(item: &str, now: &str) -> String {
    format!("(SELECT c.reviewer FROM {})", claim_on(item, now))
}

/// SQL that is true if a reviewer has claimed the item at the time `now`.
pub(super) fn is_claimed(item: &str, now: &str) -> String {
    format!("EXISTS (SELECT 1 FROM {})", claim_on(item, now))
}

fn claim_on(item: &str, now: &str) -> String {
    format!("claim c WHERE c.item_seq = {item}.seq AND c.expires_at > {now}")
}

/// SQL: the item `i` is free for a reviewer: of the queue `?1`, open, at the time `?2` claimed
/// by nobody, and not deferred by `?3`; where `?4` is 1, also deferred.
pub(super) fn free_for_reviewer() -> String {
    free_of_those(&is_open("i"))
}

/// SQL: the item `i` is free as [`free_for_reviewer`] says, but another condition stands in for
/// that it is open.
pub(super) fn free_of_those(which: &str) -> String {
    format!(
        "i.queue_id = ?1 AND {which} AND NOT {}
         AND (?4 = 1 OR NOT EXISTS (SELECT 1 FROM deferral f WHERE f.item_seq = i.seq AND f.reviewer = ?3))",
        is_claimed("i", "?2"),
    )
}

const RECOMPUTE: &str = "UPDATE item SET (decision_seq, verdict, stage, settled_by) =
    (SELECT o.decision_seq, o.verdict, o.stage, o.settled_by FROM item_outcome o WHERE o.item_seq = ?1) WHERE seq = ?1";

impl Tx<'_> {
    /// Makes the item stand where its decisions put it; gives its verdict of record. The
    /// counters of the queue and what the inbox reads follow by triggers, those of its groups by [`crate::store::Store::count_groups`].
    pub(super) fn recompute_record(&self, item: Seq) -> Result<Option<Verdict>> {
        let sql = format!("{RECOMPUTE} RETURNING verdict");
        let found = self.first(&sql, params![item], |row| verdict(row, 0))?;
        self.forget_count(item)?;
        found.ok_or_else(|| StoreError::Damaged(format!("the item row {item} is gone")))
    }

    /// Makes the item stand where its decisions put it, without waiting for the verdict.
    pub(super) fn recompute_record_pipelined(&self, item: Seq) -> Result<()> {
        self.pipeline(RECOMPUTE, params![item])
    }
}

#[cfg(test)]
mod tests {
    use super::super::engine::{Engine, Param};
    use super::super::migrate::{MIGRATIONS, run};
    use super::super::sqlite::Sqlite;
    use super::*;

    #[test]
    fn the_next_item_is_found_by_an_index_in_its_order() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), MIGRATIONS).unwrap();
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT i.seq FROM item i WHERE {} AND (i.rank, i.seq) > (?5, ?6)
             ORDER BY i.rank, i.seq LIMIT 1",
            free_for_reviewer()
        );
        let mut plan = String::new();
        let read = &mut |row: &dyn super::super::engine::Row| {
            plan.push_str(&row.string(3)?);
            plan.push('\n');
            Ok(())
        };
        engine.query(&sql, &[Param::Null; 6], read).unwrap();
        assert!(plan.contains("item_open") && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
