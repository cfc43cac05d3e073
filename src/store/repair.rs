//! What a lost connection may have left of a decision, and how it is put right: an event that
//! or its undo twice, or tells one that was never recorded, or none; one that stands though it
//! should not; a verdict of record without its decision. Events are added that say so. Nothing
//! is removed from the log.

mod bulks;
mod turns;

use super::engine::{Lock, Row, params};
use super::events::Subject;
use super::items::verdict;
use super::transaction::Tx;
use super::undo::Turn;
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::event::{Decided, EventKind, Repair, StepWhat};
use crate::domain::item::Seq;
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;
use crate::text::plural::count;

/// Items `i` that do not stand where their decisions put them (`o`).
const NOT_OF_RECORD: &str = "COALESCE(i.decision_seq, 0) <> COALESCE(o.decision_seq, 0)
    OR COALESCE(i.verdict, '') <> COALESCE(o.verdict, '') OR i.stage <> o.stage OR i.asked_of <> o.asked_of
    OR COALESCE(i.settled_by, '') <> COALESCE(o.settled_by, '')";

/// Whether a decision `d` of the step `s` should stand: it was neither undone, nor superseded, nor
/// reopened.
const SHOULD_STAND: &str = "CASE WHEN s.undone_by IS NULL AND NOT EXISTS (SELECT 1 FROM decision n
            JOIN step t ON t.seq = n.step_seq WHERE n.item_seq = d.item_seq AND n.supersedes = d.seq
            AND t.undone_by IS NULL)
        AND NOT EXISTS (SELECT 1 FROM reopened r JOIN step t ON t.seq = r.step_seq
            WHERE r.decision_seq = d.seq AND t.undone_by IS NULL)
    THEN 1 ELSE 0 END";

/// SQL that is true if no decision on the item of `d` was made in a bulk or by a merge: an undo
/// or redo of those leaves some items as they are.
const IS_PLAIN: &str = "NOT EXISTS (SELECT 1 FROM decision o JOIN step u ON u.seq = o.step_seq
        WHERE o.item_seq = d.item_seq AND u.kind <> 'decision')";

/// Something that is wrong with an item, its decisions or its events.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    queue: i64,
    item: Option<Seq>,
    /// The item's id; of an event about no item, which event.
    pub id: String,
    /// Whose step it is about: the reviewer, what was done, and of a decision its id.
    step: Option<(String, StepWhat, Option<String>)>,
    pub kind: FaultKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum FaultKind {
    /// The data of the event is no JSON.
    Unreadable { event: i64 },
    /// The event tells what an earlier one tells already.
    ToldTwice { event: i64, decision: Option<String> },
    /// The event tells a decision that was never recorded.
    Unfounded { event: i64, decision: Option<String> },
    /// No event tells the decision.
    Untold { decision: i64 },
    /// No event tells that the step's reviewer deferred, declined or reopened the item.
    StepUntold,
    /// No event tells that the step was undone, or redone.
    TurnUntold(Turn),
    /// No event tells that the whole bulk was undone, or redone; of so many items it is told.
    BulkTurnUntold { bulk: i64, turn: Turn, items: i64 },
    /// So many items of a bulk, or of its undo or redo that the event tells, have no event of their own.
    BulkInPart { bulk: i64, event: Option<i64>, items: i64 },
    /// The decision should stand, or should not.
    Standing { decision: i64, stands: bool },
    /// The verdict of record is not what the decisions add up to.
    Verdict(Option<Verdict>),
}

impl Store {
    /// Puts right what [`Store::doctor`] says can be repaired; gives a sentence for each. On a
    /// server the owner does it: what is added may be in the names of others.
    pub fn repair(&self, actor: &str, now: UtcMillis) -> Result<Vec<String>> {
        self.write(|tx| {
            tx.need_to_repair(actor)?;
            let found = [tx.faults_of_standing()?, tx.faults_of_record()?, tx.faults_of_log()?].concat();
            let mut items: Vec<Seq> = found.iter().filter_map(|fault| fault.item).collect();
            items.sort_unstable();
            items.dedup();
            tx.lock(Lock::Items(&items))?;
            // In this order: the verdict follows from what stands.
            let mut repaired = Vec::new();
            for faults in [Store::faults_of_standing, Store::faults_of_record, Store::faults_of_log] {
                for fault in faults(self)? {
                    repaired.push(format!("{}: {}", fault.id, tx.repair_one(&fault, actor, now)?));
                }
            }
            if tx.group_difference()? > 0 {
                tx.reset_groups()?;
                repaired.push("the figures of the home screen are counted anew".into());
            }
            for name in tx.queue_names()? {
                let Ok(queue) = tx.queue(&name) else { continue }; // the checks tell of it
                if tx.kept_bars_difference(&queue)?.is_some_and(|count| count > 0) {
                    tx.drop_kept_outputs(queue.id)?;
                    repaired.push(format!("the outputs of the bars of {name} are read anew"));
                }
            }
            Ok(repaired)
        })
    }

    /// Decisions that the log tells twice, or that it tells and that are not there, or that it
    /// does not tell, but for those that were marked by a repair.
    pub(super) fn faults_of_log(&self) -> Result<Vec<Fault>> {
        let dialect = self.engine.dialect();
        let (told, told_before) = (self.member("e", "decision"), self.member("f", "decision"));
        let is_json = dialect.is_json("e.data");
        let unmarked = format!("e.kind = 'decided' AND {is_json} AND {}", self.is_unmarked());
        let is_recorded = format!("EXISTS (SELECT 1 FROM decision d WHERE d.id = {told})");
        let twice = format!(
            "SELECT e.queue_id, e.item_seq, i.id, e.seq, {told} FROM event e JOIN item i ON i.seq = e.item_seq
             WHERE {unmarked} AND EXISTS (SELECT 1 FROM event_by_item f WHERE f.item_seq = e.item_seq AND f.seq < e.seq
                AND f.kind = 'decided' AND {told_before} = {told}) AND {is_recorded} ORDER BY e.seq"
        );
        let unfounded = format!(
            "SELECT e.queue_id, e.item_seq, i.id, e.seq, {told} FROM event e JOIN item i ON i.seq = e.item_seq
             WHERE {unmarked} AND NOT {is_recorded} ORDER BY e.seq"
        );
        let untold = format!(
            "SELECT d.queue_id, d.item_seq, i.id, d.seq FROM decision d JOIN item i ON i.seq = d.item_seq
             WHERE NOT EXISTS (SELECT 1 FROM event_by_item e WHERE e.item_seq = d.item_seq AND e.kind = 'decided'
                AND {told} = d.id) ORDER BY d.seq"
        );
        let twice = self.all(&twice, &[], |row| {
            fault(row, FaultKind::ToldTwice { event: row.need_int(3)?, decision: row.opt_string(4)? })
        })?;
        let unfounded = self.all(&unfounded, &[], |row| {
            fault(row, FaultKind::Unfounded { event: row.need_int(3)?, decision: row.opt_string(4)? })
        })?;
        let untold = self.all(&untold, &[], |row| fault(row, FaultKind::Untold { decision: row.need_int(3)? }))?;
        Ok([self.unreadable_events()?, twice, unfounded, untold, self.faults_of_turns()?, self.faults_of_bulks()?]
            .concat())
    }

    fn unreadable_events(&self) -> Result<Vec<Fault>> {
        let sql = format!(
            "SELECT e.queue_id, e.item_seq, COALESCE(i.id, 'event ' || e.seq), e.seq FROM event e
             LEFT JOIN item i ON i.seq = e.item_seq
             WHERE NOT {} AND NOT EXISTS (SELECT 1 FROM event_by_queue r WHERE r.queue_id = e.queue_id
                AND r.kind = 'repaired' AND {} = CAST(e.seq AS TEXT)) ORDER BY e.seq",
            self.engine.dialect().is_json("e.data"),
            self.member("r", "event")
        );
        self.all(&sql, &[], |row| fault(row, FaultKind::Unreadable { event: row.need_int(3)? }))
    }

    /// SQL: no repair has marked the event `e`, which is about an item.
    fn is_unmarked(&self) -> String {
        format!(
            "NOT EXISTS (SELECT 1 FROM event_by_item r WHERE r.item_seq = e.item_seq AND r.kind = 'repaired'
                AND {} = CAST(e.seq AS TEXT))",
            self.member("r", "event")
        )
    }

    /// SQL: a member of the event's data as text; NULL where it is no JSON.
    fn member(&self, event: &str, member: &str) -> String {
        format!("CAST({} AS TEXT)", self.engine.dialect().json_member(&format!("{event}.data"), member))
    }

    /// Decisions that stand and should not, or the other way round.
    pub(super) fn faults_of_standing(&self) -> Result<Vec<Fault>> {
        let sql = format!(
            "SELECT d.queue_id, d.item_seq, i.id, d.seq, d.standing FROM decision d JOIN step s ON s.seq = d.step_seq
             JOIN item i ON i.seq = d.item_seq WHERE d.standing <> {SHOULD_STAND} AND {IS_PLAIN} ORDER BY d.seq"
        );
        self.all(&sql, &[], |row| {
            fault(row, FaultKind::Standing { decision: row.need_int(3)?, stands: row.need_int(4)? == 0 })
        })
    }

    pub(super) fn faults_of_record(&self) -> Result<Vec<Fault>> {
        let sql = format!(
            "SELECT i.queue_id, i.seq, i.id, i.verdict FROM item i JOIN item_outcome o ON o.item_seq = i.seq
             WHERE {NOT_OF_RECORD} ORDER BY i.seq"
        );
        self.all(&sql, &[], |row| fault(row, FaultKind::Verdict(verdict(row, 3).unwrap_or_default())))
    }
}

impl Tx<'_> {
    pub(super) fn need_to_repair(&self, actor: &str) -> Result<()> {
        match self.engine.rights() {
            Some(rights) if !rights.is_owner()? => Err(StoreError::NotOwner { owner: rights.owner()? }),
            _ => self.need(actor, Role::Lead),
        }
    }

    fn repair_one(&self, fault: &Fault, actor: &str, now: UtcMillis) -> Result<String> {
        let subject = Subject { queue: fault.queue, item: fault.item, actor, now };
        let (repair, sentence) = match &fault.kind {
            FaultKind::Unreadable { event } => {
                (Repair::Unreadable { event: *event }, format!("event {event} is marked: its data is no JSON"))
            }
            FaultKind::ToldTwice { event, decision } => (
                Repair::Duplicate { event: *event, decision: decision.clone() },
                format!("event {event} is marked as a duplicate"),
            ),
            FaultKind::Unfounded { event, decision } => (
                Repair::Unfounded { event: *event, decision: decision.clone() },
                format!("event {event} is marked: its decision was never recorded"),
            ),
            FaultKind::Untold { decision } => return self.tell_decision(fault, *decision),
            FaultKind::StepUntold => return self.tell_turn(fault, subject, &self.step_event(fault)?),
            FaultKind::TurnUntold(turn) => {
                return self.tell_turn(fault, subject, &self.turn_event(fault, *turn)?);
            }
            FaultKind::BulkTurnUntold { bulk, turn, items } => {
                return self.tell_turn(fault, subject, &turns::bulk_event(fault, *bulk, *turn, *items)?);
            }
            FaultKind::BulkInPart { bulk, event, items } => (
                Repair::BulkItems { bulk: *bulk, event: *event, items: *items },
                format!("{} of it are marked as not told one by one", count(*items as usize, "item")),
            ),
            FaultKind::Standing { decision, stands } => {
                self.set_standing(*decision, *stands, now)?;
                let decision = self.decision(*decision)?.id;
                let sentence = format!("a decision {}", if *stands { "stands again" } else { "stands no more" });
                (Repair::Standing { decision, stands: *stands }, sentence)
            }
            FaultKind::Verdict(before) => {
                let after = fault.item.map(|item| self.recompute_record(item)).transpose()?.flatten();
                let sentence = after.map_or("it is undecided".into(), |after| format!("it is {}", after.past()));
                (Repair::Verdict { before: *before, after }, sentence)
            }
        };
        self.append(subject, &EventKind::Repaired(repair))?;
        Ok(sentence)
    }

    /// Adds the event of a decision to the log.
    fn tell_decision(&self, fault: &Fault, seq: i64) -> Result<String> {
        let sql = "SELECT supersedes FROM decision WHERE seq = ?1";
        let supersedes = self.first(sql, params![seq], |row| row.int(0))?.flatten();
        let decision = self.decision(seq)?;
        let subject =
            Subject { queue: fault.queue, item: fault.item, actor: &decision.reviewer, now: decision.decided_at };
        let second_opinion = decision.part.is_extra();
        let decided = Decided { second_opinion, repaired: true, ..Decided::new(&decision, supersedes.is_some()) };
        self.append(subject, &EventKind::Decided(decided))?;
        Ok(format!("the decision of {} is told in the log", decision.reviewer))
    }

    /// Adds what happened to a step to the log, in the name of its reviewer.
    fn tell_turn(&self, fault: &Fault, subject: Subject, event: &EventKind) -> Result<String> {
        let reviewer = fault.step.as_ref().map_or(subject.actor, |(reviewer, ..)| reviewer);
        self.append(Subject { actor: reviewer, ..subject }, event)?;
        let what = match event {
            EventKind::Undone(_) => "an undo",
            EventKind::Redone(_) => "a redo",
            EventKind::Declined(_) => "a refusal",
            EventKind::Reopened(_) => "a reopening",
            _ => "a deferral",
        };
        Ok(format!("{what} of {reviewer} is told in the log"))
    }
}

fn fault(row: &dyn Row, kind: FaultKind) -> Result<Fault> {
    Ok(Fault { queue: row.need_int(0)?, item: row.int(1)?, id: row.string(2)?, step: None, kind })
}
