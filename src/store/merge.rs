//! Merging the decisions that a reviewer made in a copy.
//!
//! What happened there to an item is done here once more, event by event, with its times
//! and names, so that it comes out by the rules of any decision: a decision supersedes its
//! reviewer's earlier one, an undo takes it back. An item is done in one transaction, and
//! a decision that is here already is passed over by its id, so that a merge which was cut
//! off is finished by the next. Nothing of what is here is overwritten: where somebody else
//! has decided meanwhile, the decision is a second opinion.

use super::decisions::Role;
use super::engine::{Lock, Param, params};
use super::events::{self, Subject};
use super::steps::StepKind;
use super::transaction::Tx;
use super::undo::Turn;
use super::{Result, Store, StoreError};
use crate::domain::decision::{Decision, Verdict};
use crate::domain::digest::Digest;
use crate::domain::event::{Decided, Event, EventKind, Reversal};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::time::UtcMillis;
use std::collections::{HashMap, HashSet};

/// Decisions of the copy whose ids are looked up at once.
const LOOKED_UP: i64 = 250;

/// Items of one transaction: some 50 ms, which a decision beside it may have to wait.
const AT_ONCE: usize = 200;

/// Settings of a merge.
#[derive(Debug, Clone, Copy)]
pub struct MergeTerms<'a> {
    /// What the log calls the copy.
    pub name: &'a str,
    /// The person who merges; the decisions keep the names of those who made them.
    pub actor: &'a str,
    /// Only tell what would become of each decision.
    pub dry_run: bool,
    pub now: UtcMillis,
}

/// A decision of the copy that was not here.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    pub queue: String,
    /// The item's id.
    pub item: String,
    pub decision: Decision,
    pub fate: Fate,
}

/// Outcome of a decision of the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The decision stands, or was superseded in the copy already.
    Added,
    /// The decision was taken back in the copy, and is taken back here.
    Undone,
    /// The reviewer has made a later decision here.
    Superseded,
    /// The decision stands beside the verdict of record of another reviewer, who decided
    /// meanwhile.
    SecondOpinion {
        of_record: Verdict,
        by: String,
    },
    LeftOut(Reason),
}

/// Why a decision cannot come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    NoQueue,
    NoItem,
    OtherContent,
    OtherSpec,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::NoQueue => "there is no such queue here",
            Reason::NoItem => "there is no such item here",
            Reason::OtherContent => "the item has other content here",
            Reason::OtherSpec => "its version of the spec is not here",
        }
    }
}

/// Two workspaces and a queue that both have.
struct Meeting<'a> {
    other: &'a Store,
    theirs: Queue,
    /// `None`: only the copy has it.
    ours: Option<Queue>,
    /// Versions of the copy's spec, and which they are here.
    versions: HashMap<i64, i64>,
    name: &'a str,
}

/// An item of the copy with the decisions that are not here, in their order.
struct Found {
    item: Seq,
    decisions: Vec<i64>,
}

/// A decision on its way in.
struct Coming {
    /// Row number in the copy.
    theirs: i64,
    decision: Decision,
    /// Row numbers of the step and of the decision here, once they are written.
    rows: Option<(i64, i64)>,
    /// The reviewer has made a later decision here.
    is_late: bool,
    is_undone: bool,
    /// The verdict of record, and whose it is, that it stands beside.
    beside: Option<(Verdict, String)>,
}

impl Coming {
    fn fate(&self) -> Fate {
        match &self.beside {
            _ if self.is_undone => Fate::Undone,
            _ if self.is_late => Fate::Superseded,
            Some((of_record, by)) => Fate::SecondOpinion { of_record: *of_record, by: by.clone() },
            None => Fate::Added,
        }
    }
}

impl Store {
    /// Adds the decisions of `other` that are missing here; `each` gets every one with its
    /// outcome.
    pub fn merge(&self, other: &Store, terms: MergeTerms, mut each: impl FnMut(Merged)) -> Result<()> {
        for name in other.queue_names()? {
            let meeting = self.meet_copy(other, &name, terms.name)?;
            for items in self.not_here(&meeting)?.chunks(AT_ONCE) {
                let body = |tx: &Tx| tx.merge_items(&meeting, items, terms);
                let merged = if terms.dry_run { self.rehearse(body)? } else { self.write(body)? };
                merged.into_iter().for_each(&mut each);
            }
        }
        Ok(())
    }

    fn meet_copy<'a>(&self, other: &'a Store, queue: &str, name: &'a str) -> Result<Meeting<'a>> {
        let theirs = other.queue(queue)?;
        let ours = self.find_queue(queue)?;
        let mut versions = HashMap::new();
        if let Some(ours) = &ours {
            let known = self.spec_hashes(ours)?;
            for (version, hash) in other.spec_hashes(&theirs)? {
                // The same text may have been in force twice.
                let same = known.iter().filter(|(_, known)| *known == hash).map(|(number, _)| *number);
                let same: Vec<i64> = same.collect();
                let here = same.iter().find(|number| **number == version).or(same.last());
                versions.extend(here.map(|here| (version, *here)));
            }
        }
        Ok(Meeting { other, theirs, ours, versions, name })
    }

    fn spec_hashes(&self, queue: &Queue) -> Result<Vec<(i64, String)>> {
        let sql = "SELECT version, hash FROM spec WHERE queue_id = ?1 ORDER BY version";
        self.all(sql, params![queue.id], |row| Ok((row.need_int(0)?, row.string(1)?)))
    }

    /// The items with decisions that are not here, as their first ones were made.
    fn not_here(&self, Meeting { other, theirs, .. }: &Meeting) -> Result<Vec<Found>> {
        let sql = "SELECT item_seq, seq, id FROM decision WHERE queue_id = ?1 AND item_seq + 0 > 0 AND (item_seq, seq) > (?2, ?3)
            ORDER BY item_seq, seq LIMIT ?4";
        let mut found: Vec<Found> = Vec::new();
        let mut past = (i64::MIN, i64::MIN);
        loop {
            let values = params![theirs.id, past.0, past.1, LOOKED_UP];
            let read = other.all(sql, values, |row| Ok((row.need_int(0)?, row.need_int(1)?, row.string(2)?)))?;
            let Some(last) = read.last() else { break };
            past = (last.0, last.1);
            let known = self.known_decisions(read.iter().map(|(.., id)| id))?;
            for (item, decision, _) in read.iter().filter(|(.., id)| !known.contains(id)) {
                match found.last_mut() {
                    Some(last) if last.item == *item => last.decisions.push(*decision),
                    _ => found.push(Found { item: *item, decisions: vec![*decision] }),
                }
            }
        }
        found.sort_by_key(|found| found.decisions[0]);
        Ok(found)
    }

    fn known_decisions<'i>(&self, ids: impl Iterator<Item = &'i String>) -> Result<HashSet<String>> {
        let values: Vec<Param> = ids.map(Param::from).collect();
        let markers: Vec<String> = (1..=values.len()).map(|n| format!("?{n}")).collect();
        let sql = format!("SELECT id FROM decision WHERE id IN ({})", markers.join(", "));
        Ok(self.all(&sql, &values, |row| row.string(0))?.into_iter().collect())
    }

    fn named(&self, item: Seq) -> Result<(String, Digest)> {
        let sql = "SELECT id, hash_a, hash_b FROM item WHERE seq = ?1";
        let found =
            self.first(sql, params![item], |row| Ok((row.string(0)?, Digest(row.need_int(1)?, row.need_int(2)?))))?;
        found.ok_or_else(|| StoreError::Damaged(format!("the item row {item} is gone")))
    }

    /// What was decided, undone and redone on an item, and when its content was replaced.
    fn opinions(&self, item: Seq) -> Result<Vec<Event>> {
        let kinds = "('decided', 'undone', 'redone', 'item_updated')";
        let sql = format!("{} AND e.kind IN {kinds} ORDER BY e.seq", events::of_item());
        self.all(&sql, params![item], events::event)
    }

    /// Whether the reviewer's decision `row`, which stands here, was made after the one that
    /// comes in.
    fn is_later(&self, replay: &Replay, row: i64, coming: &Coming) -> Result<bool> {
        let here = self.decision(row)?;
        let sql = "SELECT seq FROM decision WHERE id = ?1";
        let there = replay.meeting.other.first(sql, params![&here.id], |row| row.need_int(0))?;
        Ok(there.map_or(here.decided_at > coming.decision.decided_at, |there| there > coming.theirs))
    }

    /// The verdict that a decision of `reviewer` comes in beside, and whose it is: that of
    /// record, or the one that will be again, where it is another reviewer's and the copy does
    /// not have it.
    fn record_of_others(&self, replay: &Replay, reviewer: &str) -> Result<Option<(Verdict, String)>> {
        let record = self.unknown_record(replay.meeting, replay.item)?.or_else(|| replay.returning.clone());
        let record = record.filter(|record| record.reviewer != reviewer);
        Ok(record.map(|record| (record.judgement.verdict, record.reviewer)))
    }

    /// The item's decision of record, where the copy does not have it.
    fn unknown_record(&self, meeting: &Meeting, item: Seq) -> Result<Option<Decision>> {
        let sql = "SELECT decision_seq FROM item WHERE seq = ?1";
        let Some(row) = self.first(sql, params![item], |row| row.int(0))?.flatten() else { return Ok(None) };
        let record = self.decision(row)?;
        let is_known = !meeting.other.known_decisions([&record.id].into_iter())?.is_empty();
        Ok((!is_known).then_some(record))
    }

    /// The decision of record that its own reviewer replaced in the copy and took back there:
    /// in between it does not stand, and yet no other takes its place for good.
    fn returning(&self, meeting: &Meeting, item: Seq, coming: &[Coming], events: &[Event]) -> Result<Option<Decision>> {
        let Some(record) = self.unknown_record(meeting, item)? else { return Ok(None) };
        let mut own = coming.iter().filter(|coming| coming.decision.reviewer == record.reviewer);
        Ok(own.all(|coming| is_undone_at_the_end(events, &coming.decision.id)).then_some(record))
    }
}

impl Tx<'_> {
    /// Merges some items, and puts that into the log.
    fn merge_items(&self, meeting: &Meeting, items: &[Found], terms: MergeTerms) -> Result<Vec<Merged>> {
        self.lock_items(meeting, items)?;
        let mut merged = Vec::new();
        for found in items {
            merged.extend(self.merge_item(meeting, found)?);
        }
        let count = |test: fn(&Fate) -> bool| merged.iter().filter(|merged| test(&merged.fate)).count();
        let came = count(|fate| !matches!(fate, Fate::LeftOut(_)));
        if let Some(ours) = meeting.ours.as_ref().filter(|_| came > 0) {
            let opinions = count(|fate| matches!(fate, Fate::SecondOpinion { .. }));
            let merged = EventKind::Merged { from: meeting.name.into(), decisions: came, second_opinions: opinions };
            let subject = Subject { queue: ours.id, item: None, actor: terms.actor, now: terms.now };
            self.log(subject, &merged)?;
        }
        Ok(merged)
    }

    fn lock_items(&self, meeting: &Meeting, items: &[Found]) -> Result<()> {
        let Some(ours) = &meeting.ours else { return Ok(()) };
        let mut here = Vec::with_capacity(items.len());
        for found in items {
            let (id, _) = meeting.other.named(found.item)?;
            here.extend(self.find_item(ours.id, &id)?.map(|(seq, _)| seq));
        }
        self.lock(Lock::Items(&here))
    }

    fn merge_item(&self, meeting: &Meeting, found: &Found) -> Result<Vec<Merged>> {
        let Meeting { other, theirs, ours, .. } = meeting;
        let (id, digest) = other.named(found.item)?;
        let told = |decision, fate| Merged { queue: theirs.name.clone(), item: id.clone(), decision, fate };
        let (target, reason) = match ours {
            None => (None, Reason::NoQueue),
            Some(ours) => match self.find_item(ours.id, &id)? {
                None => (None, Reason::NoItem),
                Some((_, here)) if here != digest => (None, Reason::OtherContent),
                Some((seq, _)) => (Some((ours, seq)), Reason::OtherSpec),
            },
        };
        let events = other.opinions(found.item)?;
        let (mut merged, mut coming) = (Vec::new(), Vec::new());
        for &row in &found.decisions {
            let mut decision = other.decision(row)?;
            let version = meeting.versions.get(&decision.spec_version);
            match (target, version) {
                (Some(_), Some(_)) if is_on_other_content(&events, &decision.id) => {
                    merged.push(told(decision, Fate::LeftOut(Reason::OtherContent)));
                }
                (Some(_), Some(version)) => {
                    decision.spec_version = *version;
                    coming.push(Coming::new(row, decision));
                }
                _ => merged.push(told(decision, Fate::LeftOut(reason))),
            }
        }
        if let Some((ours, seq)) = target {
            let returning = self.returning(meeting, seq, &coming, &events)?;
            let replay = Replay { meeting, ours, item: seq, returning };
            events.iter().try_for_each(|event| self.replay(&replay, &mut coming, event))?;
        }
        merged.extend(coming.into_iter().map(|coming| told(coming.decision.clone(), coming.fate())));
        Ok(merged)
    }

    /// Does what an event of the copy tells, if it is about a decision that comes in.
    fn replay(&self, replay: &Replay, coming: &mut [Coming], event: &Event) -> Result<()> {
        let id = event.kind.decision();
        let Some(coming) = coming.iter_mut().find(|coming| Some(coming.decision.id.as_str()) == id) else {
            return Ok(());
        };
        match (&event.kind, coming.rows) {
            (EventKind::Decided(decided), None) => self.come(replay, coming, event, decided),
            (EventKind::Undone(_), Some(rows)) => self.turn_coming(replay, coming, rows, event, Turn::Undo),
            (EventKind::Redone(_), Some(rows)) => self.turn_coming(replay, coming, rows, event, Turn::Redo),
            _ => Ok(()), // it came in already, or has not
        }
    }

    fn come(&self, replay: &Replay, coming: &mut Coming, event: &Event, decided: &Decided) -> Result<()> {
        let (ours, item) = (replay.ours, replay.item);
        let reviewer = coming.decision.reviewer.clone();
        let standing = self.standing_seq(item, &reviewer)?;
        coming.is_late = standing.map_or(Ok(false), |row| self.is_later(replay, row, coming))?;
        let supersedes = standing.filter(|_| !coming.is_late);
        coming.beside = if coming.is_late { None } else { self.record_of_others(replay, &reviewer)? };
        if let Some(old) = supersedes {
            self.set_standing(old, false)?;
        }
        let kind = if coming.is_late { StepKind::Merged } else { StepKind::Decision };
        let step = self.add_step(ours.actor(&reviewer, event.at), kind, item)?;
        let role = if coming.beside.is_some() { Role::SecondOpinion } else { Role::First };
        let row = self.insert_decision(ours, item, step, supersedes, role, &coming.decision)?;
        coming.rows = Some((step, row));
        if coming.is_late {
            self.set_standing(row, false)?;
        } else {
            let sql = "DELETE FROM draft WHERE item_seq = ?1 AND reviewer = ?2 AND saved_at <= ?3";
            self.execute(sql, params![item, &reviewer, coming.decision.decided_at])?;
        }
        self.recompute_record(item)?;
        // A bulk of the copy is none here: each decision has a step of its own.
        let decided = Decided {
            superseded: supersedes.is_some(),
            bulk: None,
            merged: Some(replay.meeting.name.into()),
            second_opinion: role == Role::SecondOpinion,
            ..decided.clone()
        };
        self.log(replay.subject(event), &EventKind::Decided(decided))
    }

    fn turn_coming(
        &self,
        replay: &Replay,
        coming: &mut Coming,
        (step, row): (i64, i64),
        event: &Event,
        turn: Turn,
    ) -> Result<()> {
        let item = replay.item;
        let of_record = match coming.is_late {
            true => self.recompute_record(item)?,
            false => self.turn_decision(item, row, turn)?.1,
        };
        let reversal = Reversal::decision(&coming.decision, of_record);
        let reversal = Reversal { merged: Some(replay.meeting.name.into()), ..reversal };
        let number = self.log_numbered(replay.subject(event), &turn.event(reversal))?;
        coming.is_undone = turn == Turn::Undo;
        self.mark_step(step, coming.is_undone.then_some(number))
    }
}

/// Where a decision comes in.
struct Replay<'a> {
    meeting: &'a Meeting<'a>,
    ours: &'a Queue,
    item: Seq,
    /// See [`Store::returning`].
    returning: Option<Decision>,
}

impl Replay<'_> {
    fn subject<'e>(&self, event: &'e Event) -> Subject<'e> {
        Subject { queue: self.ours.id, item: Some(self.item), actor: &event.actor, now: event.at }
    }
}

impl Coming {
    fn new(theirs: i64, decision: Decision) -> Self {
        Self { theirs, decision, rows: None, is_late: false, is_undone: false, beside: None }
    }
}

/// Whether the content was replaced after the decision was made and taken back.
fn is_on_other_content(events: &[Event], decision: &str) -> bool {
    let mut after = events.iter().skip_while(|event| event.kind.decision() != Some(decision));
    after.any(|event| matches!(event.kind, EventKind::ItemUpdated { .. }))
}

/// Whether the decision was taken back, and not brought back since.
fn is_undone_at_the_end(events: &[Event], decision: &str) -> bool {
    let mut of_it = events.iter().rev().filter(|event| event.kind.decision() == Some(decision));
    of_it.next().is_some_and(|event| matches!(event.kind, EventKind::Undone(_)))
}
