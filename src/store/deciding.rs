//! Deciding: a judgement is checked, recorded with all that follows from it, and the next
//! item is served.

use super::claims::{DROP_CLAIM, id_at};
use super::decisions::{Coming, OF_RECORD, own_standing};
use super::engine::{Lock, Row, params};
use super::events::Subject;
use super::items::verdict;
use super::opinions::{self, IS_PLAIN};
use super::pick::Pick;
use super::probes;
use super::serving::Next;
use super::stage::why_declined;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::claim::Claimed;
use crate::domain::decision::{Decision, Judgement, OtherDecision, Part, Verdict};
use crate::domain::event::{Decided, EventKind};
use crate::domain::item::Seq;
use crate::domain::policy::{Purpose, SettledBy};
use crate::domain::queue::{Actor, Queue};
use crate::domain::team::Role;
use std::sync::LazyLock;

/// Where a decision is recorded.
#[derive(Clone, Copy)]
pub(super) struct Recording<'a> {
    pub queue: &'a Queue,
    pub seq: Seq,
    /// The step of the bulk that it is part of; `None`: it is a step of its own.
    pub bulk: Option<i64>,
    /// The reviewer's earlier decision on the item.
    pub supersedes: Option<i64>,
    /// The decision of another that was of record until now: its id.
    pub over: Option<&'a str>,
    /// Which rejections are made again follows from the rules of this decision alone: it may be of
    /// record and no other, and the item says nothing of an earlier one.
    pub is_alone: bool,
}

impl<'a> Recording<'a> {
    fn of(queue: &'a Queue, seq: Seq, before: &'a Before) -> Self {
        let is_ordinary = before.probe.is_none();
        let over = before.of_record.as_ref().filter(|_| is_ordinary).map(|other| other.id.as_str());
        let supersedes = before.standing.filter(|_| is_ordinary);
        Self { queue, seq, bulk: None, supersedes, over, is_alone: before.is_alone }
    }
}

impl Store {
    /// Records a decision on an item that the reviewer has claimed by `token`, and serves the
    /// next one, in one transaction: when this returns, both are on disk. The decision takes its
    /// id from the claim, which makes only one: repeated by a caller that lost the answer, the
    /// call finds that decision instead of recording a second.
    pub fn decide(&mut self, actor: Actor, seq: Seq, token: &str, judgement: &Judgement) -> Result<(Decision, Next)> {
        check(actor.queue, judgement)?;
        let mut decision = Decision { id: token.into(), ..decision(actor, judgement) };
        let outcome = self.write_idempotent(|tx| {
            tx.lock(Lock::Items(&[seq]))?;
            let before = tx.before(actor, seq, token)?;
            if before.claimed.is_some() || before.probe.is_some() {
                before.checks_spec(actor.queue)?;
                decision.part = tx.part_of(actor, seq, &before, judgement)?;
                tx.pipeline(DROP_CLAIM, params![seq, token])?;
                tx.record(Recording::of(actor.queue, seq, &before), &decision)?;
            } else if !tx.is_recorded(seq, token)? {
                return Err(tx.claim_lost(seq)?);
            }
            tx.claim_at_once(actor)
        })?;
        // The decision is on disk: what fails in the search for the next says nothing of it.
        let claimed = match outcome.claimed {
            None if self.list.is_none() => self.claim_next(actor, Pick::default()).map(|outcome| outcome.claimed),
            _ => self.follow_list(outcome, actor, Pick::default()),
        };
        let claimed = claimed.unwrap_or_default();
        Ok((decision, self.serve_next(actor, claimed, Pick::default())?))
    }

    /// What a decision on the locked item meets.
    fn before(&self, Actor { queue, reviewer, .. }: Actor, item: Seq, token: &str) -> Result<Before> {
        let found = self.first(&BEFORE, params![queue.id, item, reviewer, token], |row| {
            let is_of_another = row.text(3)?.is_some_and(|name| name != reviewer);
            let (spec, standing, claimed) = (row.need_int(0)?, row.int(1)?, row.int(2)?);
            let (is_plain, has_answered) = (row.need_int(4)? == 1, row.need_int(5)? > 0);
            let is_answered = row.text(6)? == Some(SettledBy::Answer.as_str());
            let (is_replaced, is_alone) = (row.need_int(7)? == 1, is_plain && row.need_int(9)? == 0);
            let before = Before {
                spec,
                standing,
                claimed,
                is_plain,
                is_alone,
                has_answered,
                is_answered,
                is_replaced,
                declined: row.opt_string(8)?,
                probe: probes::purpose(row.need_int(10)?),
                returned_to: row.opt_string(11)?,
                of_record: None,
            };
            Ok((before, is_of_another))
        })?;
        let (before, is_of_another) =
            found.ok_or_else(|| StoreError::Damaged(format!("the queue {} is gone", queue.name)))?;
        Ok(Before { of_record: if is_of_another { self.of_record(item)? } else { None }, ..before })
    }

    /// Nobody decides over another without being told, and over a check only a lead.
    fn may_decide_over(&self, actor: Actor, before: &Before) -> Result<()> {
        let Some(other) = before.of_record.as_ref().filter(|other| other.verdict != Verdict::Escalate) else {
            return Ok(());
        };
        if other.is_by_check() {
            self.need(actor.reviewer, Role::Lead)?;
        }
        if actor.over.allows(other.seq) { Ok(()) } else { Err(StoreError::Decided(Box::new(other.clone()))) }
    }

    /// The decision of record on an item, where it is another's and no escalation.
    pub fn decided_by_another(&self, item: Seq, reviewer: &str) -> Result<Option<OtherDecision>> {
        if self.probe(item, reviewer)?.is_some() {
            return Ok(None); // it is to look as if nobody had
        }
        let of_record = self.of_record(item)?;
        Ok(of_record.filter(|decision| decision.reviewer != reviewer && decision.verdict != Verdict::Escalate))
    }

    pub(super) fn of_record(&self, item: Seq) -> Result<Option<OtherDecision>> {
        let sql = format!("SELECT {OTHER} FROM item i JOIN decision d ON {OF_RECORD} WHERE i.seq = ?1");
        self.first(&sql, params![item], |row| other(row, 0))
    }

    pub(super) fn is_recorded(&self, item: Seq, id: &str) -> Result<bool> {
        // `+ 0`: by the id, which is unique, and not among all decisions on the item.
        let sql = "SELECT COUNT(*) FROM decision WHERE id = ?1 AND item_seq + 0 = ?2";
        Ok(self.number(sql, params![id, item])? > 0)
    }

    /// Records one decision without a screen, by the same rules. Fails while another reviewer
    /// has claimed the item.
    pub fn decide_at_once(&self, actor: Actor, item: &str, judgement: &Judgement) -> Result<Decision> {
        let queue = actor.queue;
        check(queue, judgement)?;
        let mut decision = decision(actor, judgement);
        let seq = self.seq_of(queue, item)?;
        self.write_idempotent(|tx| {
            tx.lock(Lock::Items(&[seq]))?;
            if tx.is_recorded(seq, &decision.id)? {
                return Ok(());
            }
            match tx.claim(actor, seq)? {
                Claimed::Other { reviewer, until } => Err(StoreError::Claimed { reviewer, until }),
                Claimed::Nobody => Err(StoreError::ClaimLost { by: None, decided: None }),
                Claimed::Mine(claim) => {
                    let before = tx.before(actor, seq, &claim.token)?;
                    decision.part = tx.part_of(actor, seq, &before, judgement)?;
                    tx.drop_claim(seq, &claim.token)?;
                    tx.record(Recording::of(queue, seq, &before), &decision).map(drop)
                }
            }
        })?;
        Ok(decision)
    }
}

impl Tx<'_> {
    /// What part the decision has on the item. Fails where it has none, or where it would replace
    /// another's that the reviewer was not told of.
    fn part_of(&self, actor: Actor, item: Seq, before: &Before, judgement: &Judgement) -> Result<Part> {
        if let Some(probe) = before.probe {
            return Ok(probes::part(probe));
        }
        before.checks_answers()?;
        if let Some(why) = &before.declined {
            return Err(StoreError::Declined { why: why.clone() });
        }
        if before.is_replaced {
            self.is_not_replaced(item)?;
        }
        if let Some(by) = &before.returned_to {
            return Err(StoreError::ReturnedToAnother { by: by.clone() });
        }
        if self.is_answer(actor, item, before, judgement)? {
            return Ok(Part::answer());
        }
        if before.is_plain || before.of_record.as_ref().is_some_and(OtherDecision::is_by_check) {
            self.may_decide_over(actor, before)?;
        }
        match judgement.cause {
            None if before.is_plain => Ok(Part::default()),
            cause => self.part(actor, item, before.claimed, cause),
        }
    }

    /// Whether somebody decides an escalated item whose questions are theirs to answer.
    fn is_answer(&self, actor: Actor, item: Seq, before: &Before, judgement: &Judgement) -> Result<bool> {
        let is_asked = before.of_record.as_ref().is_some_and(|record| record.verdict == Verdict::Escalate);
        let settles = judgement.verdict != Verdict::Escalate && before.standing.is_none();
        Ok(is_asked && settles && self.is_to_answer(actor, item)?)
    }

    /// Writes a decision with everything that follows from it: it supersedes the reviewer's
    /// earlier one, ends the draft, moves the verdict of record and the counters, and stands
    /// in the log. Gives the decision's row.
    pub(super) fn record(&self, recording: Recording, decision: &Decision) -> Result<i64> {
        let Recording { queue, seq, bulk, supersedes, over, is_alone } = recording;
        let actor = queue.actor(&decision.reviewer, decision.decided_at);
        self.is_not_stopped(actor)?;
        let purpose = decision.part.purpose;
        let step = bulk.map_or_else(|| self.add_step(actor, probes::step_of(purpose), seq), Ok)?;
        if let Some(old) = supersedes {
            self.set_standing(old, false, decision.decided_at)?;
        }
        let row = self.insert_decision(Coming { queue, seq, step, supersedes, at: decision.decided_at }, decision)?;
        let recompute = || match is_alone && !queue.spec.spec.retries_by_filter() {
            true => self.recompute_record_pipelined(seq),
            false => self.recompute_record(seq).map(drop),
        };
        if purpose.is_probe() {
            self.never_stood(row)?;
            self.set_probed(purpose, actor, seq, Some(row))?;
        } else {
            recompute()?;
            if decision.part.slot.is_some() && self.ask_more(actor, seq)? {
                recompute()?;
            }
            self.note_repeat(actor, seq, decision)?;
        }
        self.keep_draft_before(row, seq, decision)?;
        self.drop_draft(seq, &decision.reviewer)?;
        if purpose == Purpose::Golden {
            self.weigh_answers(actor, row)?;
        }
        let decided = Decided { bulk, over: over.map(str::to_owned), ..Decided::new(decision, supersedes.is_some()) };
        self.log(Subject::of(actor, Some(seq)), &EventKind::Decided(decided))?;
        Ok(row)
    }
}

/// Refuses a judgement that breaks the rules of the queue.
pub(super) fn check(queue: &Queue, judgement: &Judgement) -> Result<()> {
    let violations = judgement.violations(&queue.spec.spec);
    if violations.is_empty() { Ok(()) } else { Err(StoreError::Rules(violations)) }
}

/// The decision that a judgement makes, under an id of its own.
pub(super) fn decision(Actor { queue, reviewer, now, .. }: Actor, judgement: &Judgement) -> Decision {
    Decision {
        id: id_at(now).to_string(),
        judgement: judgement.clone(),
        reviewer: reviewer.into(),
        decided_at: now,
        spec_version: queue.spec.version,
        due_at: judgement.due_at(&queue.spec.spec, now),
        part: Part::default(),
    }
}

/// What a decision of the reviewer `?3` meets on the item `?2` of the queue `?1`, claimed by the token `?4`.
static BEFORE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT q.spec_version, (SELECT d.seq FROM decision d WHERE {own} AND d.purpose <> '{answer}'),
            (SELECT c.slot FROM claim c WHERE c.item_seq = ?2 AND c.token = ?4),
            (SELECT d.reviewer FROM decision d WHERE d.seq = i.decision_seq), CASE WHEN {IS_PLAIN} THEN 1 ELSE 0 END,
            (SELECT COUNT(*) FROM decision d WHERE {own} AND d.purpose = '{answer}'), i.settled_by,
            CASE WHEN i.replaced_by IS NULL THEN 0 ELSE 1 END, {declined}, i.retries, {probe}, {returned}
         FROM queue q JOIN item i ON i.seq = ?2 WHERE q.id = ?1",
        own = own_standing("d", "?2", "?3"),
        answer = Purpose::Answer,
        declined = why_declined("i", "?3"),
        probe = probes::served_as("?3", "?4"),
        returned = opinions::returned_to_another("?3"),
    )
});

/// What a decision meets.
struct Before {
    /// The version of the spec in force.
    spec: i64,
    /// The reviewer's decision on the item that stands.
    standing: Option<i64>,
    /// The slot of the item that the reviewer has claimed, by the token.
    claimed: Option<i64>,
    /// One opinion is asked of the item, and nobody has settled it otherwise.
    is_plain: bool,
    /// As [`Recording`] has it.
    is_alone: bool,
    /// An answer of the reviewer stands on the item.
    has_answered: bool,
    /// What stands on the item is an answer.
    is_answered: bool,
    /// A later attempt stands in the item's place.
    is_replaced: bool,
    /// Why the reviewer has declined the item.
    declined: Option<String>,
    /// The item was served to learn of the reviewer.
    probe: Option<Purpose>,
    /// Who alone decides the item, which came back to them with an answer.
    returned_to: Option<String>,
    /// The decision of record, where it is another's.
    of_record: Option<OtherDecision>,
}

/// The columns of [`other`]; `d` is decision.
const OTHER: &str = "d.reviewer, d.seq, d.id, d.verdict, d.decided_at";

fn other(row: &dyn Row, at: usize) -> Result<OtherDecision> {
    Ok(OtherDecision {
        reviewer: row.string(at)?,
        seq: row.need_int(at + 1)?,
        id: row.string(at + 2)?,
        verdict: verdict(row, at + 3)?.ok_or_else(|| StoreError::Damaged("a decision has no verdict".into()))?,
        decided_at: row.need_int(at + 4)?,
    })
}

impl Before {
    /// Who has answered gives no opinion; what they have answered they take back first.
    fn checks_answers(&self) -> Result<()> {
        let why = match self.standing {
            _ if !self.has_answered => return Ok(()),
            _ if self.is_answered => "your answer stands on this item: take it back with undo first",
            None => "who has answered the question on this item gives no opinion on it",
            Some(_) => return Ok(()),
        };
        Err(StoreError::Unasked(why.into()))
    }

    /// A reviewer decides by the rubric that is in force.
    fn checks_spec(&self, queue: &Queue) -> Result<()> {
        match (queue.spec.version, self.spec) {
            (from, to) if from == to => Ok(()),
            (from, to) => Err(StoreError::SpecChanged { from, to }),
        }
    }
}
