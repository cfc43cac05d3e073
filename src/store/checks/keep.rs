//! Keeping what checks found, and the decisions that follow from it.

use crate::domain::check::FailedCheck;
use crate::domain::decision::{Decision, Judgement, Part};
use crate::domain::item::Seq;
use crate::domain::policy::{Purpose, ReviewerKind};
use crate::domain::queue::{Actor, Queue};
use crate::domain::stage::Stage;
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;
use crate::store::deciding::{self, Recording};
use crate::store::engine::{Lock, params};
use crate::store::transaction::Tx;
use crate::store::{Result, Store};

impl Store {
    /// Keeps what the checks of the queue's spec found on items, as far as these wait: a decision
    /// follows where the checks say so, and what was found earlier is forgotten. Gives how many
    /// were decided.
    pub fn renew_checks(&self, actor: Actor, found: &[(Seq, Vec<FailedCheck>)]) -> Result<usize> {
        self.write(|tx| {
            tx.need(actor.reviewer, Role::Lead)?;
            let items: Vec<Seq> = found.iter().map(|(seq, _)| *seq).collect();
            tx.lock(Lock::Items(&items))?;
            let mut decided = 0;
            for (seq, failed) in found {
                decided += usize::from(tx.check_again(actor.queue, *seq, failed, actor.now)?);
            }
            Ok(decided)
        })
    }
}

impl Tx<'_> {
    /// Renews what is kept of an item's checks, unless it is decided.
    fn check_again(&self, queue: &Queue, seq: Seq, failed: &[FailedCheck], now: UtcMillis) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM item i WHERE i.seq = ?1 AND i.stage IN (?2, ?3)";
        let words = params![seq, Stage::Waiting.as_str(), Stage::HeldBack.as_str()];
        if self.number(sql, words)? == 0 {
            return Ok(false);
        }
        self.forget_checks(seq, now)?;
        self.keep_checks(queue, seq, failed, now)
    }

    /// Keeps what the checks of the queue's spec found on an item without decisions, and decides
    /// it where they say so. Gives whether they do.
    pub(in crate::store) fn keep_checks(
        &self,
        queue: &Queue,
        seq: Seq,
        failed: &[FailedCheck],
        now: UtcMillis,
    ) -> Result<bool> {
        let sql = "INSERT INTO failed_check (item_seq, check_key, outcome, reason, spec_version, at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        for FailedCheck { key, outcome, reason } in failed {
            self.pipeline(sql, params![seq, key, outcome.as_str(), reason, queue.spec.version, now])?;
        }
        let Some((reviewer, judgement)) = Judgement::by_checks(&queue.spec.spec, failed) else { return Ok(false) };
        let part =
            Part { reviewer_kind: ReviewerKind::Check, purpose: Purpose::Opinion, slot: None, ..Part::default() };
        let decision = Decision { part, ..deciding::decision(queue.actor(&reviewer, now), &judgement) };
        self.record(Recording { queue, seq, bulk: None, supersedes: None, over: None, is_alone: true }, &decision)?;
        Ok(true)
    }
}
