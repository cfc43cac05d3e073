//! Where an item stands, in SQL: the one home of its rules. Conditions over a row of `item`,
//! and the statement that renews where an item stands from its decisions.

use super::engine::params;
use super::items::verdict;
use super::retry_filter::{Marked, marked};
use super::transaction::Tx;
use super::{Result, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::item::Seq;
use crate::domain::stage::Stage;

/// The stage of a word of the database.
pub(super) fn stage_of(word: &str) -> Result<Stage> {
    word.parse().map_err(StoreError::Damaged)
}

/// SQL: the item is served to those whose judgement is to come. The index `item_open` has these
/// items, by whom they ask and in the order of serving; its condition says the same words.
pub(super) fn is_open(item: &str) -> String {
    stands_at(item, Stage::is_open)
}

/// SQL: the verdict of record is what the judgements on the item have come to.
pub(super) fn is_settled(item: &str) -> String {
    stands_at(item, Stage::is_settled)
}

/// SQL: the item stands at one of these stages. SQLite makes a table of a list of more than two words, each time.
fn stands_at(item: &str, which: impl Fn(Stage) -> bool) -> String {
    let stages = Stage::ALL.into_iter().filter(|stage| which(*stage));
    let words: Vec<String> = stages.map(|stage| format!("{item}.stage = '{}'", stage.as_str())).collect();
    format!("({})", words.join(" OR "))
}

/// SQL: the item has a verdict of record.
pub(super) fn is_decided(item: &str) -> String {
    format!("{item}.verdict IS NOT NULL")
}

/// SQL: who has claimed the item at the time `now`, or NULL; of several the one whose opinion is
/// the lowest.
pub(super) fn claimed_by(item: &str, now: &str) -> String {
    format!("(SELECT c.reviewer FROM {} ORDER BY c.slot LIMIT 1)", claim_on(item, now))
}

/// SQL that is true if another than the reviewer has claimed the item at the time `now`.
pub(super) fn is_claimed_by_another(item: &str, now: &str, reviewer: &str) -> String {
    format!("EXISTS (SELECT 1 FROM {} AND c.reviewer <> {reviewer})", claim_on(item, now))
}

/// SQL that is true if a reviewer has claimed the item at the time `now`.
pub(super) fn is_claimed(item: &str, now: &str) -> String {
    format!("EXISTS (SELECT 1 FROM {})", claim_on(item, now))
}

fn claim_on(item: &str, now: &str) -> String {
    format!("claim c WHERE c.item_seq = {item}.seq AND c.expires_at > {now}")
}

/// SQL: the reviewer has declined the item.
pub(super) fn is_declined(item: &str, reviewer: &str) -> String {
    format!("EXISTS (SELECT 1 FROM declined x WHERE x.item_seq = {item}.seq AND x.reviewer = {reviewer})")
}

/// SQL: why the reviewer has declined the item, or NULL.
pub(super) fn why_declined(item: &str, reviewer: &str) -> String {
    format!("(SELECT x.why FROM declined x WHERE x.item_seq = {item}.seq AND x.reviewer = {reviewer})")
}

/// SQL: somebody has reopened the item, and may have taken that back.
pub(super) fn was_reopened(item: &str) -> String {
    format!("EXISTS (SELECT 1 FROM event_by_item x WHERE x.item_seq = {item}.seq AND x.kind = 'reopened')")
}

/// SQL: there is something on the item `i` that a lead may put back: what stands, or for whom it was put
/// back; and no later attempt rests on it.
pub(super) const MAY_BE_REOPENED: &str = "(i.replaced_by IS NULL
    AND (EXISTS (SELECT 1 FROM decision o WHERE o.item_seq = i.seq AND o.standing = 1)
        OR EXISTS (SELECT 1 FROM reserved v WHERE v.item_seq = i.seq)))";

const RECOMPUTE: &str = "UPDATE item SET (decision_seq, verdict, stage, settled_by, asked_of) =
    (SELECT o.decision_seq, o.verdict, o.stage, o.settled_by, o.asked_of FROM item_outcome o WHERE o.item_seq = ?1)
    WHERE seq = ?1";

impl Tx<'_> {
    /// Makes the item stand where its decisions put it; gives its verdict of record. The
    /// counters of the queue and what the inbox reads follow by triggers, those of its groups by [`crate::store::Store::count_groups`].
    pub(super) fn recompute_record(&self, item: Seq) -> Result<Option<Verdict>> {
        let sql = format!("{RECOMPUTE} RETURNING verdict, {}", marked());
        let found = self.first(&sql, params![item], |row| Ok((verdict(row, 0)?, Marked::read(row, 1)?)))?;
        let (verdict, marks) = found.ok_or_else(|| StoreError::Damaged(format!("the item row {item} is gone")))?;
        if self.mark_retried(item, &marks)? {
            self.execute(RECOMPUTE, params![item])?;
        }
        self.forget_count(item)?;
        Ok(verdict)
    }

    /// Makes the item stand where its decisions put it, without waiting for the verdict, where no
    /// filter says whether it is made again.
    pub(super) fn recompute_record_pipelined(&self, item: Seq) -> Result<()> {
        self.pipeline(RECOMPUTE, params![item])
    }
}
