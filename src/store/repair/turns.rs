//! Deferrals, refusals, reopenings, undos and redos against the log: each is told by one event.

use super::{Fault, FaultKind};
use crate::domain::event::{Declined, EventKind, Reopened, Reversal, StepWhat};
use crate::domain::item::Seq;
use crate::store::engine::Row;
use crate::store::undo::Turn;
use crate::store::{Result, Store, StoreError};
use std::collections::HashMap;

/// The reason that only the log would have known.
const NOT_KNOWN: &str = "not known";

/// Whose steps on which item: those of a decision, or all deferrals, refusals, reopenings or
/// golden changes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Subject {
    queue: i64,
    item: Seq,
    id: String,
    reviewer: String,
    what: StepWhat,
    decision: Option<String>,
}

/// What happened to the steps of one subject, as the log and as the steps themselves have it.
#[derive(Debug, Default)]
struct Turns {
    /// Numbers of events, in order: of steps that are no decision and no golden change, and of turns.
    made: Vec<i64>,
    undone: Vec<i64>,
    redone: Vec<i64>,
    /// Deferrals, refusals or reopenings that there are.
    steps: usize,
    /// For each step that is undone, the event that it says told so.
    undone_by: Vec<i64>,
}

impl Turns {
    fn faults(&self, what: StepWhat) -> Vec<FaultKind> {
        let twice = |event: &i64| FaultKind::ToldTwice { event: *event, decision: None };
        let mut faults: Vec<_> = self.made.iter().skip(self.steps).map(twice).collect();
        let untold = self.steps.saturating_sub(self.made.len());
        faults.extend((0..untold).map(|_| FaultKind::StepUntold));

        let (undone, redone, are_undone) = (self.undone.len(), self.redone.len(), self.undone_by.len());
        let is_told = |event: &&i64| self.undone.contains(event);
        let missing = self.undone_by.iter().filter(|event| !is_told(event)).count();
        let too_few = (are_undone + redone).saturating_sub(undone);
        let too_many = undone.saturating_sub(are_undone + redone);
        // A decision is undone once at a time, so that what goes beyond is the same undo again.
        let again = if what == StepWhat::Decision { too_many.min(undone.saturating_sub(redone + 1)) } else { 0 };
        let late = too_few.min(missing);
        faults.extend((0..late).map(|_| FaultKind::TurnUntold(Turn::Undo)));
        faults.extend(self.redone.iter().rev().take(too_few - late).map(twice));
        faults.extend(self.undone.iter().rev().take(again).map(twice));
        faults.extend((again..too_many).map(|_| FaultKind::TurnUntold(Turn::Redo)));
        faults
    }
}

impl Store {
    /// Events of deferrals, refusals, undos and redos that are there twice, or missing, but for those of bulks.
    pub(super) fn faults_of_turns(&self) -> Result<Vec<Fault>> {
        let mut turns: HashMap<Subject, Turns> = HashMap::new();
        self.read_told(&mut turns)?;
        self.read_steps(&mut turns)?;
        let mut faults = Vec::new();
        for (subject, turns) in turns {
            let Subject { queue, item, id, reviewer, what, decision } = subject;
            faults.extend(turns.faults(what).into_iter().map(|kind| Fault {
                queue,
                item: Some(item),
                id: id.clone(),
                step: Some((reviewer.clone(), what, decision.clone())),
                kind,
            }));
        }
        faults.sort_by(|a, b| (a.item, &a.step).cmp(&(b.item, &b.step)));
        Ok(faults)
    }

    fn read_told(&self, turns: &mut HashMap<Subject, Turns>) -> Result<()> {
        let sql = format!(
            "SELECT e.queue_id, e.item_seq, i.id, e.actor, e.seq, e.kind, e.data FROM event e
             JOIN item i ON i.seq = e.item_seq WHERE e.kind IN ('deferred', 'declined', 'reopened', 'undone', 'redone') AND {} ORDER BY e.seq",
            self.is_unmarked()
        );
        self.engine.stream(&sql, &[], &mut |row| {
            let data = serde_json::from_str(row.need_text(6)?).unwrap_or_default();
            let (kind, event) = (EventKind::read(row.need_text(5)?, &data), row.need_int(4)?);
            let (what, decision) = match &kind {
                EventKind::Deferred { bulk: None } => (StepWhat::Deferral, None),
                EventKind::Declined(_) => (StepWhat::Decline, None),
                EventKind::Reopened(_) => (StepWhat::Reopening, None),
                EventKind::Undone(turn) | EventKind::Redone(turn) if turn.bulk.is_none() => {
                    (turn.what, turn.decision.clone())
                }
                _ => return Ok(()),
            };
            let turns = turns.entry(subject(row, what, decision)?).or_default();
            match kind {
                EventKind::Deferred { .. } | EventKind::Declined(_) | EventKind::Reopened(_) => turns.made.push(event),
                EventKind::Undone(_) => turns.undone.push(event),
                EventKind::Redone(_) => turns.redone.push(event),
                _ => {}
            }
            Ok(())
        })
    }

    fn read_steps(&self, turns: &mut HashMap<Subject, Turns>) -> Result<()> {
        let sql = "SELECT s.queue_id, s.item_seq, i.id, s.reviewer, s.kind, s.undone_by, d.id FROM step s
            JOIN item i ON i.seq = s.item_seq LEFT JOIN decision d ON d.step_seq = s.seq
            WHERE s.kind IN ('deferral', 'decline', 'reopening') OR s.undone_by IS NOT NULL AND s.kind IN ('decision', 'repeat', 'calibration', 'merged', 'golden', 'set_aside')
            ORDER BY s.seq";
        self.engine.stream(sql, &[], &mut |row| {
            let what = match row.need_text(4)? {
                "deferral" => StepWhat::Deferral,
                "decline" => StepWhat::Decline,
                "reopening" => StepWhat::Reopening,
                "golden" => StepWhat::Golden,
                _ => StepWhat::Decision,
            };
            let turns = turns.entry(subject(row, what, row.opt_string(6)?)?).or_default();
            turns.steps += usize::from(matches!(what, StepWhat::Deferral | StepWhat::Decline | StepWhat::Reopening));
            turns.undone_by.extend(row.int(5)?);
            Ok(())
        })
    }

    /// The event that tells that an item was deferred, declined or reopened.
    pub(super) fn step_event(&self, fault: &Fault) -> Result<EventKind> {
        let reviewer = match &fault.step {
            Some((reviewer, StepWhat::Decline, _)) => reviewer,
            Some((_, StepWhat::Reopening, _)) => {
                return Ok(EventKind::Reopened(Reopened { why: NOT_KNOWN.into(), to: None }));
            }
            _ => return Ok(EventKind::Deferred { bulk: None }),
        };
        let declined = fault.item.map(|item| self.who_declined(item)).transpose()?.unwrap_or_default();
        let found = declined.into_iter().find(|declined| declined.reviewer == *reviewer);
        // Taken back since: only the log would have known.
        let why = found.map_or_else(|| NOT_KNOWN.into(), |declined| declined.why);
        Ok(EventKind::Declined(Declined { why, merged: None, repaired: true }))
    }

    /// The event that tells a turn of the step which the log does not tell.
    pub(super) fn turn_event(&self, fault: &Fault, turn: Turn) -> Result<EventKind> {
        let reversal = match &fault.step {
            Some((_, _, Some(id))) => {
                let sql = "SELECT d.seq, i.verdict FROM decision d JOIN item i ON i.seq = d.item_seq WHERE d.id = ?1";
                let read = |row: &dyn Row| Ok((row.need_int(0)?, super::verdict(row, 1)?));
                let found = self.first(sql, super::params![id], read)?;
                let (seq, stands) = found.ok_or_else(|| StoreError::Damaged(format!("the decision {id} is gone")))?;
                Reversal::decision(&self.decision(seq)?, stands)
            }
            Some((_, what, None)) => Reversal::new(*what),
            None => return Err(StoreError::Misuse("a turn is of a step".into())),
        };
        Ok(turn.event(Reversal { repaired: true, ..reversal }))
    }
}

/// The event that tells an undo or a redo of a whole bulk.
pub(super) fn bulk_event(fault: &Fault, bulk: i64, turn: Turn, items: i64) -> Result<EventKind> {
    let Some((_, what, _)) = &fault.step else { return Err(StoreError::Misuse("a bulk is a step".into())) };
    let reversal = Reversal { items: Some(items), ..Reversal::new(*what).in_bulk(bulk) };
    Ok(turn.event(Reversal { repaired: true, ..reversal }))
}

fn subject(row: &dyn Row, what: StepWhat, decision: Option<String>) -> Result<Subject> {
    let (queue, item) = (row.need_int(0)?, row.need_int(1)?);
    Ok(Subject { queue, item, id: row.string(2)?, reviewer: row.string(3)?, what, decision })
}
