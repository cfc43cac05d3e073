//! Undo and redo: the newest standing step of a reviewer is what undo takes back; redo
//! brings back the one that was undone last, unless the reviewer has done something new
//! since.

use super::bulk::Tally;
use super::engine::{Lock, params};
use super::events::Subject;
use super::serving::Served;
use super::steps::{Step, StepKind, UndoScope};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::{Decision, Draft, Verdict};
use crate::domain::event::{EventKind, Reversal, StepWhat};
use crate::domain::golden::Example;
use crate::domain::item::Seq;
use crate::domain::policy::Purpose;
use crate::domain::queue::{Actor, Counts};
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
    /// The reviewer had declined the item.
    Decline,
    /// The lead had reopened the item; the verdict of record that stands on it now.
    Reopening {
        stands: Option<Verdict>,
    },
    /// A step on many items: `decision`, `deferral`, `tags`, `priority` or `golden`.
    Bulk {
        what: &'static str,
        items: i64,
        /// Those of its items that had to stay: somebody's decision rests on what was decided there,
        /// or it is asked no more.
        kept: i64,
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

/// Whether a step is taken back or brought back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Undo,
    Redo,
}

impl Turn {
    /// Whether what the step did stands afterwards.
    pub(super) fn stands(self) -> bool {
        self == Turn::Redo
    }

    pub(super) fn event(self, reversal: Reversal) -> EventKind {
        match self {
            Turn::Undo => EventKind::Undone(reversal),
            Turn::Redo => EventKind::Redone(reversal),
        }
    }
}

impl Store {
    /// Takes the reviewer's last step back and shows its item again, with what they had put down
    /// before it and the time they had spent, unless they have put something down since. `None`:
    /// there is nothing to undo.
    pub fn undo(&mut self, actor: Actor, scope: UndoScope) -> Result<Option<Reverted>> {
        self.turn_and_show(actor, scope, Turn::Undo)
    }

    /// Brings back what was undone last. `None`: there is nothing to redo.
    pub fn redo(&mut self, actor: Actor) -> Result<Option<Reverted>> {
        self.turn_and_show(actor, UndoScope::Anything, Turn::Redo)
    }

    /// Takes the reviewer's last change of the golden set back, whatever else they have
    /// done since; gives the item's id. `None`: there is nothing to undo.
    pub fn undo_golden(&self, actor: Actor) -> Result<Option<(String, Change)>> {
        self.turn_and_name(actor, UndoScope::Golden, Turn::Undo)
    }

    /// Brings the change of the golden set back that was undone last; gives the item's id.
    pub fn redo_golden(&self, actor: Actor) -> Result<Option<(String, Change)>> {
        self.turn_and_name(actor, UndoScope::Golden, Turn::Redo)
    }

    /// Takes the reviewer's last decision or answer back without showing its item; gives the item's id.
    pub fn undo_decision(&self, actor: Actor) -> Result<Option<(String, Change)>> {
        self.turn_and_name(actor, UndoScope::Decisions, Turn::Undo)
    }

    fn turn_and_show(&mut self, actor: Actor, scope: UndoScope, turn: Turn) -> Result<Option<Reverted>> {
        let of_many = self.turn_of_many(actor, scope, turn)?;
        if of_many.is_some() {
            self.ahead = None; // its tags may be others now
        }
        let turned = self.write(|tx| {
            let turned = if of_many.is_some() { of_many.clone() } else { tx.turn_of_one(actor, scope, turn)? };
            turned.map(|(item, change)| Ok((item, change, tx.claim(actor, item)?))).transpose()
        })?;
        let Some((item, change, claimed)) = turned else { return Ok(None) };
        // A server moves the counters at the end of a transaction.
        let counts = self.counts(actor.queue)?;
        Ok(Some(Reverted { change, served: self.served(actor, item, claimed)?, counts }))
    }

    fn turn_and_name(&self, actor: Actor, scope: UndoScope, turn: Turn) -> Result<Option<(String, Change)>> {
        let turned = match self.turn_of_many(actor, scope, turn)? {
            None => self.write(|tx| tx.turn_of_one(actor, scope, turn))?,
            turned => turned,
        };
        turned.map(|(item, change)| Ok((self.id_of(item)?, change))).transpose()
    }

    /// Turns the reviewer's step where it is one of many items, in transactions of its own.
    fn turn_of_many(&self, actor: Actor, scope: UndoScope, turn: Turn) -> Result<Option<(Seq, Change)>> {
        let Some(step) = self.step_to(actor, scope, turn)?.filter(|step| step.kind.is_bulk()) else { return Ok(None) };
        let Tally { changed: items, kept } = self.turn_bulk(actor, &step, turn)?;
        Ok(Some((step.item, Change::Bulk { what: step.kind.what().noun(), items, kept })))
    }

    fn step_to(&self, actor: Actor, scope: UndoScope, turn: Turn) -> Result<Option<Step>> {
        match turn {
            Turn::Undo => self.newest_step(actor, scope),
            Turn::Redo => self.last_undone(actor, scope),
        }
    }
}

impl Tx<'_> {
    /// Turns the reviewer's step of one item; gives the item.
    fn turn_of_one(&self, actor: Actor, scope: UndoScope, turn: Turn) -> Result<Option<(Seq, Change)>> {
        let Some(step) = self.locked_step(actor, scope, turn)? else { return Ok(None) };
        let change = match step.kind {
            // It was a decision on other content.
            StepKind::Decision if turn == Turn::Redo && self.is_replaced_since(&step, step.item)? => return Ok(None),
            StepKind::Decision => self.turn_decision_step(actor, &step, turn)?,
            StepKind::Repeat | StepKind::Calibration => self.turn_probe(actor, &step, turn)?,
            StepKind::Deferral => self.turn_deferral(actor, &step, turn)?,
            StepKind::Decline => {
                self.turn_decline(actor, &step, turn, Reversal::new(StepWhat::Decline))?;
                Change::Decline
            }
            StepKind::Reopening => Change::Reopening { stands: self.turn_reopening(actor, &step, turn)? },
            StepKind::Golden => self.turn_golden_step(actor, &step, turn)?,
            StepKind::BulkDecision
            | StepKind::BulkDeferral
            | StepKind::BulkTags
            | StepKind::BulkPriority
            | StepKind::BulkGolden
            | StepKind::Merged
            | StepKind::SetAside => return Err(StoreError::Busy), // done by another program of theirs just now
        };
        Ok(Some((step.item, change)))
    }

    /// The step as it is once its item is locked: another program of the reviewer may have
    /// turned it meanwhile, and then it is another one, on another item.
    fn locked_step(&self, actor: Actor, scope: UndoScope, turn: Turn) -> Result<Option<Step>> {
        let mut found = self.step_to(actor, scope, turn)?;
        while let Some(step) = &found {
            self.lock(Lock::Items(&[step.item]))?;
            let present = self.step_to(actor, scope, turn)?;
            let is_locked = present.as_ref().is_some_and(|present| present.item == step.item);
            found = present;
            if is_locked {
                break;
            }
        }
        Ok(found)
    }

    /// Refuses to turn a decision on which that of another rests, and to bring one back that is
    /// asked no more.
    pub(super) fn may_turn(&self, item: Seq, decision: i64, turn: Turn) -> Result<()> {
        self.nothing_rests(item, decision)?;
        match turn {
            Turn::Undo => self.no_answer_rests(item, decision),
            Turn::Redo => self.is_still_asked(item, decision),
        }
    }

    fn turn_decision_step(&self, actor: Actor, step: &Step, turn: Turn) -> Result<Change> {
        let row = self.decision_of(step)?;
        self.may_turn(step.item, row, turn)?;
        let (decision, stands) = self.turn_decision(step.item, row, turn, actor.now)?;
        let before = self.draft_before(row)?;
        self.turn_draft(actor, step.item, &decision, before.as_ref().unwrap_or(&decision.judgement.draft), turn)?;
        self.end_turn(actor, Some(step.item), step, turn, Reversal::decision(&decision, stands))?;
        Ok(Change::Decision { decision: Box::new(decision), stands })
    }

    /// What was decided on a probe changes nothing else. An example comes back as if it were new: with
    /// the draft, and without a verdict.
    fn turn_probe(&self, actor: Actor, step: &Step, turn: Turn) -> Result<Change> {
        let row = self.decision_of(step)?;
        let (decision, stands) = (self.decision(row)?, self.recompute_record(step.item)?);
        let purpose = decision.part.purpose;
        self.set_probed(purpose, actor, step.item, turn.stands().then_some(row))?;
        if purpose == Purpose::Golden {
            let before = self.draft_before(row)?;
            self.turn_draft(actor, step.item, &decision, before.as_ref().unwrap_or(&decision.judgement.draft), turn)?;
        }
        self.end_turn(actor, Some(step.item), step, turn, Reversal::decision(&decision, stands))?;
        let stands = stands.filter(|_| purpose != Purpose::Golden);
        Ok(Change::Decision { decision: Box::new(decision), stands })
    }

    fn decision_of(&self, step: &Step) -> Result<i64> {
        let sql = "SELECT seq FROM decision WHERE item_seq = ?1 AND step_seq = ?2";
        let row = self.first(sql, params![step.item, step.seq], |row| row.need_int(0))?;
        row.ok_or_else(|| StoreError::Damaged("a step lacks its decision".into()))
    }

    /// Brings back the draft that a decision ended, or ends it again; what the reviewer has
    /// written since stays.
    pub(super) fn turn_draft(
        &self,
        actor: Actor,
        item: Seq,
        decision: &Decision,
        before: &Draft,
        turn: Turn,
    ) -> Result<()> {
        let present = self.draft(item, actor.reviewer)?;
        match turn {
            Turn::Undo if present.is_none() => {
                self.put_draft(item, actor.reviewer, before, decision.judgement.active_millis, actor.now)
            }
            Turn::Redo if present.is_none_or(|present| present == *before) => self.drop_draft(item, actor.reviewer),
            Turn::Undo | Turn::Redo => Ok(()),
        }
    }

    fn turn_deferral(&self, actor: Actor, step: &Step, turn: Turn) -> Result<Change> {
        match turn {
            Turn::Undo => drop(self.execute("DELETE FROM deferral WHERE step_seq = ?1", params![step.seq])?),
            Turn::Redo => self.set_deferral(actor, step.item, step.seq)?,
        }
        self.end_turn(actor, Some(step.item), step, turn, Reversal::new(StepWhat::Deferral))?;
        Ok(Change::Deferral)
    }

    fn turn_golden_step(&self, actor: Actor, step: &Step, turn: Turn) -> Result<Change> {
        let example = || Ok(self.golden(step.item)?.map(|golden| golden.example));
        let before = example()?;
        self.end_turn(actor, Some(step.item), step, turn, Reversal::new(StepWhat::Golden))?;
        self.settle_goldens(actor, step.seq)?;
        Ok(Change::Golden { before, after: example()? })
    }

    /// Makes a decision stand or not; the one that it superseded does the opposite. Gives the
    /// decision, and the verdict of record that follows.
    pub(super) fn turn_decision(
        &self,
        item: Seq,
        decision: i64,
        turn: Turn,
        now: UtcMillis,
    ) -> Result<(Decision, Option<Verdict>)> {
        self.set_standing(decision, turn.stands(), now)?;
        let sql = "SELECT supersedes FROM decision WHERE seq = ?1";
        let earlier = self.first(sql, params![decision], |row| row.int(0))?.flatten();
        if let Some(earlier) = earlier
            && !self.was_reopened(earlier)?
        {
            self.set_standing(earlier, !turn.stands(), now)?;
        }
        Ok((self.decision(decision)?, self.recompute_record(item)?))
    }

    /// Tells the log of a turned step, and marks it: an undone one by the number of the event.
    pub(super) fn end_turn(
        &self,
        actor: Actor,
        item: Option<Seq>,
        step: &Step,
        turn: Turn,
        reversal: Reversal,
    ) -> Result<()> {
        let subject = Subject::of(actor, item);
        match turn {
            Turn::Undo => {
                let event = self.log_numbered(subject, &turn.event(reversal))?;
                self.mark_step(step.seq, Some(event))
            }
            Turn::Redo => {
                self.mark_step(step.seq, None)?;
                self.log(subject, &turn.event(reversal))
            }
        }
    }
}
