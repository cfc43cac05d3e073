//! Repeats: a reviewer is served an item once more that they decided some days ago, as if it were
//! new, to see whether they agree with themselves. What they decide then is never of record.

use super::claims::{INSERT, TAKE_OVER, new_claim};
use super::decisions::own_standing;
use super::engine::params;
use super::stage::is_claimed;
use super::transaction::Tx;
use super::{Result, Store};
use crate::domain::claim::Claim;
use crate::domain::decision::Decision;
use crate::domain::item::Seq;
use crate::domain::policy::ReviewerKind;
use crate::domain::queue::Actor;
use crate::domain::sampling::REPEAT;
use crate::domain::spec::RepeatTerms;
use crate::domain::time::HOUR_MILLIS;

/// The slot that is claimed for a decision that is made again.
pub(super) const REPEAT_SLOT: i64 = -1;

/// SQL: the claim of the item `i` under the token at the marker is for a decision that is made again.
pub(super) fn is_repeat(token: &str) -> String {
    format!("EXISTS (SELECT 1 FROM claim c WHERE c.item_seq = i.seq AND c.slot = {REPEAT_SLOT} AND c.token = {token})")
}

impl Store {
    /// Claims an item that the reviewer is to decide once more, where one is due and others wait
    /// beside it: alone it would be told from what is new. `after` is passed over.
    pub(super) fn claim_repeat(&self, actor: Actor, after: Option<Seq>) -> Result<Option<(Seq, Claim)>> {
        let Actor { queue, reviewer, now, .. } = actor;
        if repeat_terms(actor).is_none() || self.is_served_by_choice() {
            return Ok(None);
        }
        let due = format!(
            "SELECT i.seq FROM repetition r JOIN item i ON i.seq = r.item_seq
             WHERE r.queue_id = ?1 AND r.reviewer = ?2 AND r.due_at <= ?3 AND r.repeated_seq IS NULL AND i.seq <> ?4
             AND i.verdict IN ('accept', 'reject') AND i.replaced_by IS NULL AND NOT {}
             AND EXISTS (SELECT 1 FROM decision o WHERE {} AND o.purpose = 'opinion')
             AND NOT EXISTS (SELECT 1 FROM deferral f WHERE f.item_seq = i.seq AND f.reviewer = ?2)
             ORDER BY r.due_at, r.item_seq LIMIT 1",
            is_claimed("i", "?3"),
            own_standing("o", "i.seq", "?2")
        );
        let nothing = -1; // rows count from 1
        let values = params![queue.id, reviewer, now, after.unwrap_or(nothing)];
        let Some(seq) = self.first(&due, values, |row| row.need_int(0))? else { return Ok(None) };
        if !self.is_another_free(actor)? {
            return Ok(None);
        }
        let claim = new_claim(now);
        let sql = format!(
            "{INSERT} SELECT i.seq, {REPEAT_SLOT}, i.queue_id, ?2, ?3, ?4, ?5 FROM item i WHERE i.seq = ?1
             {TAKE_OVER} claim.expires_at <= ?6 RETURNING item_seq"
        );
        let values = params![seq, reviewer, &self.session, &claim.token, claim.expires_at, now];
        Ok(self.first(&sql, values, |row| row.need_int(0))?.map(|seq| (seq, claim)))
    }
}

impl Tx<'_> {
    /// Notes an opinion that its reviewer is to give again, where its case is drawn.
    pub(super) fn note_repeat(&self, actor: Actor, item: Seq, decision: &Decision) -> Result<()> {
        let Some(RepeatTerms { share, after_days }) = repeat_terms(actor) else { return Ok(()) };
        let is_opinion = decision.part.purpose.is_opinion() && decision.part.reviewer_kind == ReviewerKind::Person;
        if !is_opinion || !self.is_drawn(REPEAT, actor.queue, item, share)? {
            return Ok(());
        }
        let due = decision.decided_at + i64::from(after_days) * 24 * HOUR_MILLIS;
        let sql = "INSERT INTO repetition (item_seq, reviewer, queue_id, due_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (item_seq, reviewer) DO UPDATE SET due_at = excluded.due_at
            WHERE repetition.repeated_seq IS NULL";
        self.pipeline(sql, params![item, actor.reviewer, actor.queue.id, due])
    }

    /// Notes by which decision the reviewer has decided the item once more; `None`: they have not.
    pub(super) fn set_repeated(&self, item: Seq, reviewer: &str, decision: Option<i64>) -> Result<()> {
        let sql = "UPDATE repetition SET repeated_seq = ?3 WHERE item_seq = ?1 AND reviewer = ?2";
        self.pipeline(sql, params![item, reviewer, decision])
    }

    /// The reviewer does not decide the item once more.
    pub(super) fn drop_repeat(&self, item: Seq, reviewer: &str) -> Result<()> {
        let sql = "DELETE FROM repetition WHERE item_seq = ?1 AND reviewer = ?2 AND repeated_seq IS NULL";
        self.execute(sql, params![item, reviewer]).map(drop)
    }
}

fn repeat_terms(actor: Actor) -> Option<RepeatTerms> {
    actor.queue.spec.spec.review.as_ref()?.repeat
}
