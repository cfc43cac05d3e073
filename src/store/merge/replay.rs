//! One item of a merge: what happened to it in the copy is done here once more.

use super::{Fate, Meeting};
use crate::domain::decision::{Decision, Part, Verdict};
use crate::domain::event::{Decided, Event, EventKind, OfDecision, Reversal, StepWhat};
use crate::domain::item::Seq;
use crate::domain::policy::{Purpose, ReviewerKind};
use crate::domain::queue::Queue;
use crate::domain::time::UtcMillis;
use crate::store::Result;
use crate::store::decisions;
use crate::store::engine::params;
use crate::store::events::Subject;
use crate::store::probes;
use crate::store::steps::StepKind;
use crate::store::transaction::Tx;
use crate::store::undo::Turn;

/// A decision on its way in.
pub(super) struct Coming {
    /// Row number in the copy.
    theirs: i64,
    pub decision: Decision,
    /// Row numbers of the step and of the decision here, once they are written.
    rows: Option<Rows>,
    /// The reviewer has made a later decision here.
    is_late: bool,
    /// It was made for many items at once, and is told apart from what was looked at here, too.
    is_bulk: bool,
    is_undone: bool,
    /// It was reopened in the copy, and stands there no more.
    is_reopened: bool,
    /// The verdict of record, and whose it is, that it stands beside.
    beside: Option<(Verdict, String)>,
    /// The verdict, and whose it is, that has settled here what it settles in the copy.
    settled: Option<(Verdict, String)>,
}

#[derive(Clone, Copy)]
struct Rows {
    step: i64,
    decision: i64,
}

impl Coming {
    pub(super) fn new(theirs: i64, decision: Decision, is_reopened: bool) -> Self {
        Self {
            theirs,
            decision,
            rows: None,
            is_late: false,
            is_bulk: false,
            is_undone: false,
            is_reopened,
            beside: None,
            settled: None,
        }
    }

    /// It tells of its reviewer alone, and never stands.
    fn is_probe(&self) -> bool {
        self.decision.part.purpose.is_probe()
    }

    pub(super) fn fate(&self) -> Fate {
        match (&self.settled, &self.beside) {
            _ if self.is_undone || self.is_reopened => Fate::Undone,
            (Some((of_record, by)), _) => Fate::Settled { of_record: *of_record, by: by.clone() },
            _ if self.is_late && !self.is_probe() => Fate::Superseded,
            (_, Some((of_record, by))) => Fate::SecondOpinion { of_record: *of_record, by: by.clone() },
            _ => Fate::Added,
        }
    }
}

/// Where decisions come in.
pub(super) struct Replay<'r> {
    tx: &'r Tx<'r>,
    meeting: &'r Meeting<'r>,
    ours: &'r Queue,
    item: Seq,
    /// A later attempt stands in the item's place, and rests on what stands.
    is_replaced: bool,
    /// When the copy is merged: what comes in stands from then on.
    now: UtcMillis,
    /// The decision of record that its own reviewer replaced in the copy and took back there:
    /// in between it does not stand, and yet no other takes its place for good.
    returning: Option<Decision>,
}

impl<'r> Replay<'r> {
    pub(super) fn begin(
        tx: &'r Tx<'r>,
        meeting: &'r Meeting<'r>,
        ours: &'r Queue,
        item: Seq,
        now: UtcMillis,
        coming: &[Coming],
        events: &[Event],
    ) -> Result<Self> {
        let is_replaced = tx.replaced_by(item)?.is_some();
        let mut replay = Self { tx, meeting, ours, item, is_replaced, now, returning: None };
        replay.returning = replay.kept_record()?.filter(|record| {
            let mut own = coming.iter().filter(|coming| coming.decision.reviewer == record.reviewer);
            own.all(|coming| is_undone_at_the_end(events, &coming.decision.id))
        });
        Ok(replay)
    }

    /// Does what the events of the copy tell of the decisions that come in.
    pub(super) fn run(&self, coming: &mut [Coming], events: &[Event]) -> Result<()> {
        for event in events {
            let Some(what) = event.kind.of_decision() else { continue };
            if let Some(coming) = coming.iter_mut().find(|coming| coming.decision.id == what.id()) {
                self.event(coming, event, what)?;
            }
        }
        Ok(())
    }

    fn event(&self, coming: &mut Coming, event: &Event, what: OfDecision) -> Result<()> {
        match (what, coming.rows) {
            (OfDecision::Made(decided), None) => self.decided(coming, event, decided),
            (OfDecision::Undone(_), Some(rows)) if !coming.is_undone => self.turned(coming, rows, event, Turn::Undo),
            (OfDecision::Redone(_), Some(rows)) if coming.is_undone => self.turned(coming, rows, event, Turn::Redo),
            // Told twice, or undone again after a redo of a bulk that left the item as it was.
            (OfDecision::Made(_) | OfDecision::Undone(_) | OfDecision::Redone(_), _) => Ok(()),
        }
    }

    fn decided(&self, coming: &mut Coming, event: &Event, decided: &Decided) -> Result<()> {
        let Part { purpose, .. } = coming.decision.part;
        let standing = self.tx.standing_seq(self.item, &coming.decision.reviewer, purpose)?;
        if purpose.settles() && standing.is_none() {
            coming.settled = self.settled_by_another(&coming.decision.reviewer)?;
        }
        coming.is_late = match standing {
            _ if coming.is_reopened || coming.is_probe() || coming.settled.is_some() => true,
            Some(row) => self.is_replaced || self.is_later(row, coming)?,
            None if self.is_replaced && purpose.settles() => true,
            // Of one person an opinion stands or what settles opinions, and what is here stays.
            None => self.tx.is_decided_by(self.item, &coming.decision.reviewer)?,
        };
        let supersedes = standing.filter(|_| !coming.is_late);
        if !coming.is_late && purpose.is_opinion() {
            let reviewer = &coming.decision.reviewer;
            let question = self.tx.returned_to_another(self.item, reviewer)?;
            let question = question.map(|by| (Verdict::Escalate, by));
            coming.beside = self.record_of_others(reviewer)?.or(question);
        }
        coming.is_bulk = decided.bulk.is_some() && !coming.is_late;
        let rows = self.insert(coming, event, supersedes)?;
        coming.rows = Some(rows);
        self.tx.recompute_record(self.item)?;
        // Each decision of a bulk of the copy has a step of its own.
        let decided = Decided {
            superseded: supersedes.is_some(),
            bulk: coming.is_bulk.then_some(rows.step),
            merged: Some(self.meeting.name.into()),
            second_opinion: coming.beside.is_some(),
            ..decided.clone()
        };
        self.tx.log(self.subject(event), &EventKind::Decided(decided))
    }

    fn insert(&self, coming: &Coming, event: &Event, supersedes: Option<i64>) -> Result<Rows> {
        let (tx, item, decision) = (self.tx, self.item, &coming.decision);
        if let Some(old) = supersedes {
            tx.set_standing(old, false, self.now)?;
        }
        let kind = match coming.is_late {
            _ if coming.is_probe() => probes::step_of(decision.part.purpose),
            true => StepKind::Merged,
            false if coming.is_bulk => StepKind::BulkDecision,
            false => StepKind::Decision,
        };
        let actor = self.ours.actor(&decision.reviewer, event.at);
        let step = tx.add_step(actor, kind, item)?;
        if decision.part.purpose == Purpose::Golden {
            tx.note_served(actor, item, &decision.id)?;
        }
        let place = decisions::Coming { queue: self.ours, seq: item, step, supersedes, at: self.now };
        let slot = match decision.part.slot.filter(|_| coming.beside.is_none()) {
            Some(slot) => tx.slot_for(item, &decision.reviewer, slot)?,
            None => None,
        };
        let part = Part { slot, ..decision.part.clone() };
        let row = tx.insert_decision(place, &Decision { part, ..decision.clone() })?;
        if coming.is_bulk {
            tx.add_step_item(step, item, Some(row), [None, None])?;
        }
        if coming.is_late {
            tx.never_stood(row)?;
            if coming.is_probe() {
                tx.set_probed(decision.part.purpose, actor, item, Some(row))?;
            }
        } else {
            let sql = "DELETE FROM draft WHERE item_seq = ?1 AND reviewer = ?2 AND saved_at <= ?3";
            tx.execute(sql, params![item, &decision.reviewer, decision.decided_at])?;
        }
        Ok(Rows { step, decision: row })
    }

    fn turned(&self, coming: &mut Coming, rows: Rows, event: &Event, turn: Turn) -> Result<()> {
        if coming.is_probe() {
            let actor = self.ours.actor(&coming.decision.reviewer, event.at);
            let decided = turn.stands().then_some(rows.decision);
            self.tx.set_probed(coming.decision.part.purpose, actor, self.item, decided)?;
        }
        let of_record = match coming.is_late {
            true => self.tx.recompute_record(self.item)?,
            false => self.tx.turn_decision(self.item, rows.decision, turn, self.now)?.1,
        };
        let reversal = Reversal::decision(&coming.decision, of_record);
        let merged = Some(self.meeting.name.into());
        let mut turned = (self.subject(event), Reversal { merged: merged.clone(), ..reversal });
        if coming.is_bulk {
            self.tx.turn_step_item(rows.step, self.item, turn)?;
            let (subject, of_item) = turned;
            self.tx.log(subject, &turn.event(of_item.in_bulk(rows.step)))?;
            let of_whole = Reversal { merged, items: Some(1), ..Reversal::new(StepWhat::Decision) };
            turned = (Subject { item: None, ..subject }, of_whole.in_bulk(rows.step));
        }
        let (subject, reversal) = turned;
        let number = self.tx.log_numbered(subject, &turn.event(reversal))?;
        coming.is_undone = turn == Turn::Undo;
        self.tx.mark_step(rows.step, coming.is_undone.then_some(number))
    }

    /// Whether the reviewer's decision `row`, which stands here, was made after the one that
    /// comes in.
    fn is_later(&self, row: i64, coming: &Coming) -> Result<bool> {
        let here = self.tx.decision(row)?;
        let sql = "SELECT seq FROM decision WHERE id = ?1";
        let there = self.meeting.other.first(sql, params![&here.id], |row| row.need_int(0))?;
        Ok(there.map_or(here.decided_at > coming.decision.decided_at, |there| there > coming.theirs))
    }

    /// The verdict that a decision of `reviewer` comes in beside, and whose it is: that of
    /// record, or the one that will be again, where it is another reviewer's and the copy does
    /// not replace it.
    fn record_of_others(&self, reviewer: &str) -> Result<Option<(Verdict, String)>> {
        let record = self.kept_record()?.or_else(|| self.returning.clone());
        // A check's opinion is none that another stands beside.
        let counts = |record: &Decision| record.part.reviewer_kind == ReviewerKind::Person || self.is_replaced;
        let record = record.filter(|record| record.reviewer != reviewer && counts(record));
        Ok(record.map(|record| (record.judgement.verdict, record.reviewer)))
    }

    /// The verdict with which another than `reviewer` has settled the item here meanwhile.
    fn settled_by_another(&self, reviewer: &str) -> Result<Option<(Verdict, String)>> {
        let settles = |record: &Decision| {
            record.part.purpose.settles()
                && record.judgement.verdict != Verdict::Escalate
                && record.reviewer != reviewer
        };
        Ok(self.kept_record()?.filter(settles).map(|record| (record.judgement.verdict, record.reviewer)))
    }

    /// The item's decision of record, where the copy does not have it or the next attempt rests on it.
    fn kept_record(&self) -> Result<Option<Decision>> {
        let sql = "SELECT decision_seq FROM item WHERE seq = ?1";
        let row = self.tx.first(sql, params![self.item], |row| row.int(0))?.flatten();
        let Some(record) = row.map(|row| self.tx.decision(row)).transpose()? else { return Ok(None) };
        let is_known = !self.meeting.other.known_decisions([&record.id].into_iter())?.is_empty();
        Ok((!is_known || self.is_replaced).then_some(record))
    }

    fn subject<'e>(&self, event: &'e Event) -> Subject<'e> {
        Subject { queue: self.ours.id, item: Some(self.item), actor: &event.actor, now: event.at }
    }
}

/// Whether the decision was taken back, and not brought back since.
fn is_undone_at_the_end(events: &[Event], decision: &str) -> bool {
    let mut of_any = events.iter().rev().filter_map(|event| event.kind.of_decision());
    matches!(of_any.find(|what| what.id() == decision), Some(OfDecision::Undone(_)))
}
