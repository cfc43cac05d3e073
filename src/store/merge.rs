//! Merging the decisions that a reviewer made in a copy.
//!
//! What happened there to an item is done here once more, event by event, with its times
//! and names, so that it comes out by the rules of any decision: a decision supersedes its
//! reviewer's earlier one, an undo takes it back. An item is done in one transaction, and
//! a decision that is here already is passed over by its id, so that a merge which was cut
//! off is finished by the next. Nothing of what is here is overwritten: where somebody else
//! has decided meanwhile, the decision is a second opinion. What a reviewer has declined in the copy
//! comes in before, and what they took back there is taken back here. What was reopened in the copy
//! comes in and does not stand. What judges say there of an item, and did not say here, comes in too.

mod declines;
mod judgements;
mod replay;

use super::engine::{Lock, Param, params};
use super::events::{self, Subject};
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::{Decision, Verdict};
use crate::domain::digest::Digest;
use crate::domain::event::{Event, EventKind};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::time::UtcMillis;
pub use judgements::MergedJudgements;
use replay::{Coming, Replay};
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
    /// It is an opinion that is kept from the person who merges: they are told that it came.
    pub is_kept: bool,
}

/// Outcome of a decision of the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The decision stands, or was superseded in the copy already.
    Added,
    /// The decision was taken back in the copy, and is taken back here.
    Undone,
    /// The reviewer has made a later decision here, or one of another kind: an opinion, or what
    /// settles opinions.
    Superseded,
    /// Another has settled here meanwhile what the decision settles in the copy, and that stands.
    Settled {
        of_record: Verdict,
        by: String,
    },
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
    /// What became of it is not known: the log of the copy does not tell it.
    Untold,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::NoQueue => "there is no such queue here",
            Reason::NoItem => "there is no such item here",
            Reason::OtherContent => "the item has other content here",
            Reason::OtherSpec => "its version of the spec is not here",
            Reason::Untold => "the log of the copy does not tell it: `karat doctor --repair` there adds it",
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

impl Store {
    /// Adds the decisions of `other` that are missing here; `each` gets every one with its
    /// outcome, but for those that `other` cannot read. Gives how many judgements came with
    /// them.
    pub fn merge(&self, other: &Store, terms: MergeTerms, mut each: impl FnMut(Merged)) -> Result<MergedJudgements> {
        let mut judgements = MergedJudgements::default();
        for name in other.queue_names()? {
            let meeting = self.meet_copy(other, &name, terms.name)?;
            if !terms.dry_run {
                self.merge_declines(&meeting, terms.now)?;
            }
            for items in self.not_here(&meeting)?.chunks(AT_ONCE) {
                let body = |tx: &Tx| tx.merge_items(&meeting, items, terms);
                let merged = if terms.dry_run { self.rehearse(body)? } else { self.write(body)? };
                merged.into_iter().for_each(&mut each);
            }
            let of_queue = self.merge_judgements(&meeting, terms)?;
            judgements.came += of_queue.came;
            judgements.left_out += of_queue.left_out;
        }
        Ok(judgements)
    }

    fn meet_copy<'a>(&self, other: &'a Store, queue: &str, name: &'a str) -> Result<Meeting<'a>> {
        let theirs = other.queue(queue)?;
        let ours = self.find_queue(queue)?;
        let mut versions = HashMap::new();
        if let Some(ours) = &ours {
            let known = self.spec_hashes(ours)?;
            for (version, hash) in other.spec_hashes(&theirs)? {
                // The same text may have been in force twice.
                let mut same = known.iter().filter(|(_, known)| *known == hash).map(|(number, _)| *number);
                let here = same.clone().find(|number| *number == version).or(same.next_back());
                versions.extend(here.map(|here| (version, here)));
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
        Ok(self.all(&sql, params![item], |row| self.readable_event(row))?.into_iter().flatten().collect())
    }
}

impl Store {
    /// The queue and the item here that decisions on an item of the copy come to.
    fn target<'m>(
        &self,
        meeting: &'m Meeting,
        id: &str,
        digest: Digest,
    ) -> Result<std::result::Result<(&'m Queue, Seq), Reason>> {
        let Some(ours) = &meeting.ours else { return Ok(Err(Reason::NoQueue)) };
        Ok(match self.find_item(ours.id, id)? {
            None => Err(Reason::NoItem),
            Some((_, here)) if here != digest => Err(Reason::OtherContent),
            Some((item, _)) => Ok((ours, item)),
        })
    }
}

impl Tx<'_> {
    /// Merges some items, and puts that into the log.
    fn merge_items(&self, meeting: &Meeting, items: &[Found], terms: MergeTerms) -> Result<Vec<Merged>> {
        self.lock_items(meeting, items)?;
        let mut merged = Vec::new();
        for found in items {
            merged.extend(self.merge_item(meeting, found, terms)?);
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

    fn merge_item(&self, meeting: &Meeting, found: &Found, terms: MergeTerms) -> Result<Vec<Merged>> {
        let Meeting { other, theirs, .. } = meeting;
        let (id, digest) = other.named(found.item)?;
        let target = self.target(meeting, &id, digest)?;
        let told = |decision: Decision, fate| -> Result<Merged> {
            let is_kept = match target {
                Ok((_, item)) => decision.reviewer != terms.actor && self.keeps_opinions(item, terms.actor)?,
                Err(_) => false,
            };
            Ok(Merged { queue: theirs.name.clone(), item: id.clone(), decision, fate, is_kept })
        };
        let events = other.opinions(found.item)?;
        let (mut merged, mut coming) = (Vec::new(), Vec::new());
        for &row in &found.decisions {
            let Some(decision) = other.readable("decision", &row, other.decision(row))? else { continue };
            let admitted = target.and_then(|_| meeting.admit(&decision, &events));
            match admitted {
                Ok(spec_version) => {
                    let is_reopened = other.was_reopened(row)?;
                    coming.push(Coming::new(row, Decision { spec_version, ..decision }, is_reopened));
                }
                Err(reason) => merged.push(told(decision, Fate::LeftOut(reason))?),
            }
        }
        if let Ok((ours, item)) = target
            && !coming.is_empty()
        {
            if self.ask_as_many(item, other.asked(found.item)?, terms.now)? {
                self.recompute_record(item)?;
            }
            Replay::begin(self, meeting, ours, item, terms.now, &coming, &events)?.run(&mut coming, &events)?;
        }
        for coming in coming {
            merged.push(told(coming.decision.clone(), coming.fate())?);
        }
        Ok(merged)
    }
}

impl Meeting<'_> {
    /// The version of the spec here under which the decision comes in, or why it cannot;
    /// `events` are those of its item in the copy.
    fn admit(&self, decision: &Decision, events: &[Event]) -> std::result::Result<i64, Reason> {
        let version = self.versions.get(&decision.spec_version).ok_or(Reason::OtherSpec)?;
        let since =
            events.iter().skip_while(|event| event.kind.of_decision().is_none_or(|what| what.id() != decision.id));
        match since.clone().next() {
            None => Err(Reason::Untold),
            Some(_) if replaces_content(since) => Err(Reason::OtherContent),
            Some(_) => Ok(*version),
        }
    }
}

fn replaces_content<'e>(mut events: impl Iterator<Item = &'e Event>) -> bool {
    events.any(|event| matches!(event.kind, EventKind::ItemUpdated { .. }))
}
