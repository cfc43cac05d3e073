//! What happened to an item and to the other attempts at its case, a stretch at a time.

use super::adjudication::Settlement;
use super::checks::BY_PERSON;
use super::decisions::{OF_RECORD, own_standing};
use super::engine::{Row, params};
use super::events;
use super::items::verdict;
use super::judgements::KeptJudgement;
use super::previous_attempt::is_done_with;
use super::probes::may_precede_decisions;
use super::steps::TAKEN_BACK;
use super::{Result, Store, StoreError};
use crate::domain::decision::{Draft, Part, Verdict};
use crate::domain::event::{Event, EventKind};
use crate::domain::item::Seq;
use crate::domain::policy::Cause;
use crate::domain::queue::Queue;

/// Events of a stretch: more than a screen shows, and few enough to be read at once.
const STRETCH: usize = 100;

/// Attempts that are looked at; a case with more shows its newest.
const ATTEMPTS: usize = 50;

/// Characters of a correction that are shown.
const CORRECTION_CHARS: i64 = 400;

/// A stretch of an item's history, newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    pub item: Seq,
    /// The reviewer has not decided the item, or others' opinions on it are kept from them: what
    /// others thought is withheld, but for what they ask in an escalation.
    pub blind: bool,
    /// The attempts at the item's case with the item itself, newest first; only in the
    /// first stretch, and empty where the item has no case.
    pub attempts: Vec<Attempt>,
    pub entries: Vec<Entry>,
    /// How opinions on the item were settled, once the reader may know; only in the first stretch.
    pub settled: Option<Settlement>,
    /// What judges say of the item, once it is settled; only in the first stretch.
    pub judgements: Vec<KeptJudgement>,
    /// Where the next stretch begins; `None`: this one reaches back to the import.
    pub older: Option<i64>,
}

/// An output for a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    pub seq: Seq,
    pub id: String,
    pub attempt: i64,
    pub model: Option<String>,
    pub prompt_version: Option<String>,
    /// The verdict of record, unless it is withheld or there is none.
    pub verdict: Option<Verdict>,
    /// Whether there is a verdict, which is withheld.
    pub withheld: bool,
    /// A decision of the reader's own stands on it.
    pub is_mine: bool,
    /// It was rejected, and another was made to do better.
    pub is_done_with: bool,
}

impl Attempt {
    /// Without what was decided on it.
    fn hide(&mut self) {
        (self.verdict, self.withheld, self.is_mine) = (None, false, false);
    }
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub event: Event,
    /// Details of a decision.
    pub decision: Option<Decided>,
    /// Whether the event contains another reviewer's opinion, which is withheld until the reader
    /// has decided and the item is settled.
    pub withheld: bool,
}

/// A decision as it stands in a history.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    pub verdict: Verdict,
    pub body: Draft,
    /// The beginning of the corrected output.
    pub correction: Option<String>,
    pub active_millis: i64,
    pub spec_version: i64,
    pub state: State,
    pub part: Part,
    /// Why the opinions that it settles disagreed.
    pub cause: Option<Cause>,
}

impl Decided {
    /// An escalation as far as it is addressed to its readers: without its reviewer's opinion.
    fn what_is_asked(self) -> Self {
        Self { body: self.body.what_is_asked(), correction: None, ..self }
    }
}

/// What has become of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Standing,
    /// Replaced by a later decision of its reviewer.
    Superseded,
    /// A lead has put the item back since.
    Reopened,
    Undone,
}

impl Store {
    /// Events before the event `before` (the newest without it), as far as the reviewer may see
    /// them: a reviewer who has not decided the item sees what was done and what was escalated,
    /// and not others' opinions; nor does who has, while those are kept from them. Why an earlier
    /// attempt that is done with was rejected is told to everybody.
    pub fn history(&self, queue: &Queue, item: Seq, reviewer: &str, before: Option<i64>) -> Result<History> {
        self.read(|| {
            let blind = !self.is_decided_by(item, reviewer)? || self.keeps_opinions(item, reviewer)?;
            let attempts = self.attempts(queue, item, reviewer, blind)?;
            let items = attempts.iter().map(|attempt| (attempt.seq, attempt.is_done_with));
            let (entries, older) = self.stretch(items, reviewer, blind, before.unwrap_or(i64::MAX))?;
            let (mut attempts, mut entries) = (attempts, entries);
            let mut judgements = if before.is_some() { Vec::new() } else { self.judgements_shown(item)? };
            if self.probe(item, reviewer)?.is_some() {
                judgements.clear();
                attempts.iter_mut().filter(|attempt| attempt.seq == item).for_each(Attempt::hide);
                entries.retain(|entry| !entry.withheld && may_precede_decisions(&entry.event.kind));
            }
            let is_alone = attempts.len() < 2;
            let attempts = if before.is_some() || is_alone { Vec::new() } else { attempts };
            let settled = if before.is_some() || blind { None } else { self.settlement(item, reviewer)? };
            Ok(History { item, blind, attempts, entries, settled, judgements, older })
        })
    }

    /// The item and the other attempts at its case.
    fn attempts(&self, queue: &Queue, item: Seq, reviewer: &str, blind: bool) -> Result<Vec<Attempt>> {
        let columns = format!(
            "i.seq, i.id, i.attempt, i.model, i.prompt_version, i.verdict, d.reviewer,
                (SELECT COUNT(*) FROM decision own WHERE {}), CASE WHEN {} THEN 1 ELSE 0 END",
            own_standing("own", "i.seq", "?1"),
            is_done_with("?2")
        );
        let map = |row: &dyn Row| self.readable("item", &row.need_int(0)?, attempt(row, reviewer, blind));
        let sql = format!(
            "SELECT {columns} FROM item i LEFT JOIN decision d ON {OF_RECORD}
                WHERE i.queue_id + 0 = ?3 AND i.case_id = (SELECT c.case_id FROM item c WHERE c.seq = ?2)
                ORDER BY i.attempt DESC, i.seq DESC LIMIT {ATTEMPTS}"
        );
        let attempts = self.all(&sql, params![reviewer, item, queue.id], map)?;
        let mut attempts: Vec<Attempt> = attempts.into_iter().flatten().collect();
        if attempts.iter().all(|attempt| attempt.seq != item) {
            let sql = format!("SELECT {columns} FROM item i LEFT JOIN decision d ON {OF_RECORD} WHERE i.seq = ?2");
            attempts.extend(self.first(&sql, params![reviewer, item], map)?.flatten());
        }
        Ok(attempts)
    }

    /// The newest events of all of the items before `before`, and where to continue. Each item's
    /// are read through its index, so that neither many events nor many items of one case have
    /// to be sorted.
    fn stretch(
        &self,
        items: impl Iterator<Item = (Seq, bool)>,
        reviewer: &str,
        blind: bool,
        before: i64,
    ) -> Result<(Vec<Entry>, Option<i64>)> {
        let sql = format!("{} AND e.seq < ?2 ORDER BY e.seq DESC LIMIT ?3", events::of_item());
        let (mut found, mut imports) = (Vec::new(), Vec::new());
        for (item, is_done_with) in items {
            let events = self.all(&sql, params![item, before, STRETCH as i64 + 1], |row| self.readable_event(row))?;
            let hides = !is_done_with && (blind || self.keeps_opinions(item, reviewer)?);
            found.extend(events.into_iter().flatten().map(|event| (event, hides)));
            imports.extend(self.import_of(item)?.map(|event| (event, hides)));
        }
        found.sort_by_key(|(event, _): &(Event, bool)| std::cmp::Reverse(event.seq));
        let older = (found.len() > STRETCH).then(|| found[STRETCH - 1].0.seq);
        found.truncate(STRETCH);
        if older.is_none() {
            imports.sort_by_key(|(event, _)| std::cmp::Reverse(event.at));
            found.extend(imports);
        }
        let entries = found.into_iter().map(|(event, hides)| self.entry(event, reviewer, hides));
        Ok((entries.collect::<Result<_>>()?, older))
    }

    fn entry(&self, mut event: Event, reviewer: &str, blind: bool) -> Result<Entry> {
        let is_of_others = blind && event.actor != reviewer && event.kind.is_opinion();
        if is_of_others {
            event = event.withheld();
        }
        let withheld = event.kind == EventKind::Withheld;
        let decision = match &event.kind {
            EventKind::Decided(decided) => self.decided(&decided.decision)?,
            _ => None,
        };
        let decision = if is_of_others { decision.map(Decided::what_is_asked) } else { decision };
        Ok(Entry { event, decision, withheld })
    }

    fn decided(&self, id: &str) -> Result<Option<Decided>> {
        let sql = format!(
            "SELECT d.verdict, d.body, SUBSTR(d.correction, 1, {CORRECTION_CHARS}), d.active_millis, d.spec_version,
                d.standing, CASE WHEN {TAKEN_BACK} THEN 1 ELSE 0 END, CASE WHEN {BY_PERSON} THEN d.slot ELSE 1 END, d.seq,
                d.purpose, d.cause,
                CASE WHEN EXISTS (SELECT 1 FROM reopened r JOIN step t ON t.seq = r.step_seq
                    WHERE r.decision_seq = d.seq AND t.undone_by IS NULL) THEN 1 ELSE 0 END, d.after_seen
            FROM decision d JOIN step s ON s.seq = d.step_seq WHERE d.id = ?1"
        );
        let found = self.first(&sql, params![id], |row| self.readable("decision", &row.need_int(8)?, decided(row)))?;
        Ok(found.flatten())
    }
}

fn decided(row: &dyn Row) -> Result<Decided> {
    Ok(Decided {
        verdict: row.need_text(0)?.parse().map_err(StoreError::Damaged)?,
        body: super::drafts::from_json(row.need_text(1)?)?,
        correction: row.opt_string(2)?,
        active_millis: row.need_int(3)?,
        spec_version: row.need_int(4)?,
        state: match (row.need_int(5)?, row.need_int(6)?, row.need_int(11)?) {
            (1, _, _) => State::Standing,
            (_, 1, _) => State::Undone,
            (_, _, 1) => State::Reopened,
            _ => State::Superseded,
        },
        part: Part {
            slot: row.int(7)?,
            purpose: row.need_text(9)?.parse().map_err(StoreError::Damaged)?,
            after_seen: row.need_int(12)? == 1,
            ..Part::default()
        },
        cause: row.text(10)?.map(|cause| cause.parse().map_err(StoreError::Damaged)).transpose()?,
    })
}

fn attempt(row: &dyn Row, reviewer: &str, blind: bool) -> Result<Attempt> {
    let verdict = verdict(row, 5)?;
    let is_told = matches!(verdict, None | Some(Verdict::Escalate)) || row.text(6)? == Some(reviewer);
    let is_done_with = row.need_int(8)? > 0;
    let withheld = blind && !is_told && !is_done_with;
    Ok(Attempt {
        seq: row.need_int(0)?,
        id: row.string(1)?,
        attempt: row.need_int(2)?,
        model: row.opt_string(3)?,
        prompt_version: row.opt_string(4)?,
        verdict: verdict.filter(|_| !withheld),
        withheld,
        is_mine: row.need_int(7)? > 0,
        is_done_with,
    })
}
