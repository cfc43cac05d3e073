//! Undo and redo: the newest standing step of a reviewer is what undo takes back; redo
//! brings back the one that was undone last, unless the reviewer has done something new
//! since.

use super::engine::params;
use super::events::Subject;
use super::serving::Served;
use super::steps::{Step, StepKind, UndoScope};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::{Decision, Verdict};
use crate::domain::event::{EventKind, Reversal, StepWhat};
use crate::domain::golden::Example;
use crate::domain::item::Seq;
use crate::domain::queue::{Counts, Queue};
use crate::domain::time::UtcMillis;

/// What an undo took back or a redo brought back.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The decision, and the verdict of record that stands on its item now.
    Decision {
        decision: Box<Decision>,
        stands: Option<Verdict>,
    },
    Deferral,
    /// The same of many items: `decision`, `deferral`, `tags`, `priority` or `golden`.
    Bulk {
        what: &'static str,
        items: i64,
    },
    /// What was kept of the item as a golden example, and what is now.
    Golden {
        before: Option<Example>,
        after: Option<Example>,
    },
}

/// The outcome of an undo or redo: what changed, on which item, shown again.
#[derive(Debug, Clone, PartialEq)]
pub struct Reverted {
    pub change: Change,
    pub served: Served,
    pub counts: Counts,
}

impl Store {
    /// Takes the reviewer's last step back and shows its item again; the body of an
    /// undone decision comes back as the draft, unless there is one. `None`: there is nothing to undo.
    pub fn undo(
        &mut self,
        queue: &Queue,
        reviewer: &str,
        scope: UndoScope,
        now: UtcMillis,
    ) -> Result<Option<Reverted>> {
        let newest = self.newest_step(queue, reviewer, scope)?;
        if let Some(step) = newest.filter(|step| step.kind.is_bulk()) {
            return self.revert_bulk(queue, reviewer, &step, false, now);
        }
        self.revert(queue, reviewer, now, |tx| {
            let newest = || tx.newest_step(queue, reviewer, scope);
            let Some(step) = tx.locked(newest)? else { return Ok(None) };
            let change = tx.undo_step(queue, reviewer, &step, now)?;
            Ok(Some((step.item, change)))
        })
    }

    /// Brings back what was undone last. `None`: there is nothing to redo.
    pub fn redo(&mut self, queue: &Queue, reviewer: &str, now: UtcMillis) -> Result<Option<Reverted>> {
        let last = self.last_undone(queue, reviewer, UndoScope::Anything)?;
        if let Some(step) = last.filter(|step| step.kind.is_bulk()) {
            return self.revert_bulk(queue, reviewer, &step, true, now);
        }
        self.revert(queue, reviewer, now, |tx| {
            let last = || tx.last_undone(queue, reviewer, UndoScope::Anything);
            let Some(step) = tx.locked(last)? else { return Ok(None) };
            if step.kind == StepKind::Decision && tx.is_replaced_since(&step, step.item)? {
                return Ok(None); // it was a decision on other content
            }
            let change = tx.redo_step(queue, reviewer, &step, now)?;
            Ok(Some((step.item, change)))
        })
    }

    /// Takes the reviewer's last change of the golden set back, whatever else they have
    /// done since; gives the item's id. `None`: there is nothing to undo.
    pub fn undo_golden(&self, queue: &Queue, reviewer: &str, now: UtcMillis) -> Result<Option<(String, Change)>> {
        let step = self.newest_step(queue, reviewer, UndoScope::Golden)?;
        if let Some(step) = step.filter(|step| step.kind.is_bulk()) {
            let items = self.turn_bulk(queue, reviewer, &step, false, now)?;
            return Ok(Some((self.id_of(step.item)?, Change::Bulk { what: step.kind.what().noun(), items })));
        }
        self.write(|tx| {
            let step = tx.locked(|| tx.newest_step(queue, reviewer, UndoScope::Golden))?;
            let undone = step.map(|step| Ok((tx.id_of(step.item)?, tx.undo_step(queue, reviewer, &step, now)?)));
            undone.transpose()
        })
    }

    /// Brings the change of the golden set back that was undone last.
    pub fn redo_golden(&self, queue: &Queue, reviewer: &str, now: UtcMillis) -> Result<Option<(String, Change)>> {
        let step = self.last_undone(queue, reviewer, UndoScope::Golden)?;
        if let Some(step) = step.filter(|step| step.kind.is_bulk()) {
            let items = self.turn_bulk(queue, reviewer, &step, true, now)?;
            return Ok(Some((self.id_of(step.item)?, Change::Bulk { what: step.kind.what().noun(), items })));
        }
        self.write(|tx| {
            let step = tx.last_undone(queue, reviewer, UndoScope::Golden)?;
            let redone = step.map(|step| Ok((tx.id_of(step.item)?, tx.redo_step(queue, reviewer, &step, now)?)));
            redone.transpose()
        })
    }

    fn revert_bulk(
        &mut self,
        queue: &Queue,
        reviewer: &str,
        step: &Step,
        stands: bool,
        now: UtcMillis,
    ) -> Result<Option<Reverted>> {
        let items = self.turn_bulk(queue, reviewer, step, stands, now)?;
        self.ahead = None; // its tags may be others now
        self.revert(queue, reviewer, now, |_| {
            Ok(Some((step.item, Change::Bulk { what: step.kind.what().noun(), items })))
        })
    }

    fn revert(
        &mut self,
        queue: &Queue,
        reviewer: &str,
        now: UtcMillis,
        body: impl Fn(&Tx) -> Result<Option<(Seq, Change)>>,
    ) -> Result<Option<Reverted>> {
        let reverted = self.write(|tx| {
            let Some((seq, change)) = body(tx)? else { return Ok(None) };
            Ok(Some((seq, change, tx.claim(queue, seq, reviewer, now)?)))
        })?;
        let Some((seq, change, claimed)) = reverted else { return Ok(None) };
        // A server moves the counters at the end of a transaction.
        Ok(Some(Reverted { change, served: self.served(seq, reviewer, claimed)?, counts: self.counts(queue)? }))
    }
}

impl Tx<'_> {
    pub(super) fn undo_step(&self, queue: &Queue, reviewer: &str, step: &Step, now: UtcMillis) -> Result<Change> {
        let subject = Subject { queue: queue.id, item: Some(step.item), actor: reviewer, now };
        match step.kind {
            StepKind::Deferral => {
                self.execute("DELETE FROM deferral WHERE step_seq = ?1", params![step.seq])?;
                let event = self.log_numbered(subject, &EventKind::Undone(Reversal::new(StepWhat::Deferral)))?;
                self.mark_step(step.seq, Some(event))?;
                return Ok(Change::Deferral);
            }
            StepKind::Golden => {
                let event = self.log_numbered(subject, &EventKind::Undone(Reversal::new(StepWhat::Golden)))?;
                return self.turn_golden_step(queue, step, Some(event));
            }
            _ => {}
        }
        let (decision, stands) = self.turn(step, false)?;
        if self.draft(step.item, reviewer)?.is_none() {
            self.put_draft(step.item, reviewer, &decision.judgement.draft, now)?;
        }
        let event = self.log_numbered(subject, &EventKind::Undone(Reversal::decision(&decision, stands)))?;
        self.mark_step(step.seq, Some(event))?;
        Ok(Change::Decision { decision: Box::new(decision), stands })
    }

    pub(super) fn redo_step(&self, queue: &Queue, reviewer: &str, step: &Step, now: UtcMillis) -> Result<Change> {
        let subject = Subject { queue: queue.id, item: Some(step.item), actor: reviewer, now };
        self.mark_step(step.seq, None)?;
        match step.kind {
            StepKind::Deferral => {
                self.set_deferral(queue, step.item, reviewer, step.seq, now)?;
                self.log(subject, &EventKind::Redone(Reversal::new(StepWhat::Deferral)))?;
                return Ok(Change::Deferral);
            }
            StepKind::Golden => {
                self.log(subject, &EventKind::Redone(Reversal::new(StepWhat::Golden)))?;
                return self.turn_golden_step(queue, step, None);
            }
            _ => {}
        }
        let (decision, stands) = self.turn(step, true)?;
        // What undo put there goes; what the reviewer has written since stays.
        if self.draft(step.item, reviewer)?.as_ref() == Some(&decision.judgement.draft) {
            self.drop_draft(step.item, reviewer)?;
        }
        self.log(subject, &EventKind::Redone(Reversal::decision(&decision, stands)))?;
        Ok(Change::Decision { decision: Box::new(decision), stands })
    }

    /// Makes the step's decision stand or not; the one it superseded does the opposite.
    fn turn(&self, step: &Step, stands: bool) -> Result<(Decision, Option<Verdict>)> {
        let sql = "SELECT seq FROM decision WHERE item_seq = ?1 AND step_seq = ?2";
        let found = self.first(sql, params![step.item, step.seq], |row| row.need_int(0))?;
        let seq = found.ok_or_else(|| StoreError::Damaged("a step lacks its decision".into()))?;
        self.turn_decision(step.item, seq, stands)
    }

    fn turn_golden_step(&self, queue: &Queue, step: &Step, undone_by: Option<i64>) -> Result<Change> {
        let example = || Ok(self.golden(step.item)?.map(|golden| golden.example));
        let before = example()?;
        self.mark_step(step.seq, undone_by)?;
        self.turn_golden(queue.id, step.seq)?;
        Ok(Change::Golden { before, after: example()? })
    }
}
