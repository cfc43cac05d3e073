//! The same done to many items: one step, which one undo takes back.
//!
//! It is done some hundred items a transaction, so that nobody else's decision waits for
//! long; a program killed in between leaves a step that stands for what was done, and
//! undo takes that back. Each item's own history tells what happened to it, and the log
//! tells the whole at its end.

use super::deciding::Recording;
use super::engine::{Lock, params};
use super::events::Subject;
use super::golden::GoldenStep;
use super::items::{stage, tags, verdict};
use super::steps::{Step, StepKind};
use super::transaction::Tx;
use super::{Result, Store};
use crate::domain::decision::{Decision, Judgement, Verdict};
use crate::domain::event::{self, BulkWhat, Changed, EventKind, Reversal};
use crate::domain::golden::{Example, Expected};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::time::UtcMillis;
use serde_json::{Value, json};
use uuid::Uuid;

/// Items of one transaction: some 50 ms, which a decision beside it may have to wait.
const CHUNK: usize = 250;

/// What is done to each item.
#[derive(Debug, Clone, PartialEq)]
pub enum BulkAction {
    /// Decide, by the same rules as for one. Left out are items that others have claimed,
    /// and those that others have decided and the reviewer has not.
    Decide(Judgement),
    /// Defer for the reviewer.
    Defer,
    Tag {
        add: Vec<String>,
        remove: Vec<String>,
    },
    Prioritise(i64),
    /// Keep decided items as golden examples of their verdict of record, each with the
    /// text that is expected of it as far as one is known.
    Keep {
        tags: Vec<String>,
        why: String,
    },
    /// Free the items of whoever has claimed them. There is nothing to take back.
    Release,
}

/// What became of the items.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BulkOutcome {
    pub changed: i64,
    /// Left out: somebody else has claimed them.
    pub claimed: i64,
    /// Left out: they are decided, by others where the action is to decide.
    pub decided: i64,
    /// Left out: they are not decided, and the action needs a verdict.
    pub undecided: i64,
    /// They were so already.
    pub unchanged: i64,
    /// They are not there any more.
    pub gone: i64,
}

/// What became of one.
enum Done {
    Changed,
    Claimed,
    Decided,
    Undecided,
    Unchanged,
    Gone,
}

/// A bulk under way.
pub struct Bulk {
    queue: Queue,
    reviewer: String,
    action: BulkAction,
    items: Vec<Seq>,
    /// How many of them are done.
    done: usize,
    /// There is none before the first change.
    step: Option<i64>,
    /// The version of the golden set that it makes.
    set_version: i64,
    outcome: BulkOutcome,
}

impl Bulk {
    pub fn is_done(&self) -> bool {
        self.done == self.items.len()
    }

    /// Of how many items how many are done.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.items.len())
    }

    pub fn outcome(&self) -> BulkOutcome {
        self.outcome
    }

    fn subject(&self, item: Option<Seq>, now: UtcMillis) -> Subject<'_> {
        Subject { queue: self.queue.id, item, actor: &self.reviewer, now }
    }
}

impl BulkOutcome {
    fn count(&mut self, done: Done) {
        *match done {
            Done::Changed => &mut self.changed,
            Done::Claimed => &mut self.claimed,
            Done::Decided => &mut self.decided,
            Done::Undecided => &mut self.undecided,
            Done::Unchanged => &mut self.unchanged,
            Done::Gone => &mut self.gone,
        } += 1;
    }
}

impl BulkAction {
    fn kind(&self) -> Option<StepKind> {
        Some(match self {
            BulkAction::Decide(_) => StepKind::BulkDecision,
            BulkAction::Defer => StepKind::BulkDeferral,
            BulkAction::Tag { .. } => StepKind::BulkTags,
            BulkAction::Prioritise(_) => StepKind::BulkPriority,
            BulkAction::Keep { .. } => StepKind::BulkGolden,
            BulkAction::Release => return None,
        })
    }

    /// What the log tells of it.
    fn what(&self) -> BulkWhat {
        match self {
            BulkAction::Decide(judgement) => {
                let categories = judgement.draft.categories.clone();
                BulkWhat::Decision { verdict: judgement.verdict, categories }
            }
            BulkAction::Defer => BulkWhat::Deferral,
            BulkAction::Tag { add, remove } => BulkWhat::Tags { add: add.clone(), remove: remove.clone() },
            BulkAction::Prioritise(priority) => BulkWhat::Priority { priority: *priority },
            BulkAction::Keep { tags, why } => BulkWhat::Golden { tags: tags.clone(), why: why.clone() },
            BulkAction::Release => BulkWhat::Release,
        }
    }
}

/// A number or a text of an item that a bulk changes and undo puts back.
struct Swap {
    column: &'static str,
    before: Value,
    after: Value,
}

impl Store {
    /// Begins a bulk; what breaks the rules is refused here, whole.
    pub fn begin_bulk(&self, queue: &Queue, items: Vec<Seq>, action: BulkAction, reviewer: &str) -> Result<Bulk> {
        if let BulkAction::Decide(judgement) = &action {
            self.checked(queue, judgement, reviewer, 0)?;
        }
        Ok(Bulk {
            set_version: self.golden_version(queue.id)? + 1,
            queue: queue.clone(),
            reviewer: reviewer.to_owned(),
            action,
            items,
            done: 0,
            step: None,
            outcome: BulkOutcome::default(),
        })
    }

    /// Does the next items, in one transaction: when this returns, they are on disk.
    pub fn continue_bulk(&mut self, bulk: &mut Bulk, now: UtcMillis) -> Result<()> {
        let end = (bulk.done + CHUNK).min(bulk.items.len());
        let (step, outcome) = self.write(|tx| {
            let (mut step, mut outcome) = (bulk.step, bulk.outcome);
            tx.lock(Lock::Items(&bulk.items[bulk.done..end]))?;
            for &seq in &bulk.items[bulk.done..end] {
                outcome.count(tx.change(bulk, &mut step, seq, now)?);
            }
            if end == bulk.items.len() {
                tx.log(bulk.subject(None, now), &summary(bulk, step, &outcome))?;
            }
            Ok((step, outcome))
        })?;
        self.ahead = None; // its tags may be others now
        (bulk.step, bulk.outcome, bulk.done) = (step, outcome, end);
        Ok(())
    }

    /// A whole bulk.
    pub fn bulk(
        &mut self,
        queue: &Queue,
        items: Vec<Seq>,
        action: BulkAction,
        reviewer: &str,
        now: UtcMillis,
    ) -> Result<BulkOutcome> {
        let mut bulk = self.begin_bulk(queue, items, action, reviewer)?;
        while !bulk.is_done() {
            self.continue_bulk(&mut bulk, now)?;
        }
        Ok(bulk.outcome)
    }

    /// Takes a bulk back, or brings it back; gives the number of items. What others, or
    /// an import, have changed since stays as it is.
    pub(super) fn turn_bulk(
        &self,
        queue: &Queue,
        reviewer: &str,
        step: &Step,
        stands: bool,
        now: UtcMillis,
    ) -> Result<i64> {
        let turn = Turn { queue, reviewer, step, stands, now };
        if step.kind == StepKind::BulkGolden {
            return self.write(|tx| tx.turn_bulk_golden(&turn));
        }
        let (mut past, mut changed) = (i64::MIN, 0);
        loop {
            let (last, so_far) = self.write(|tx| tx.turn_chunk(&turn, past, changed))?;
            changed = so_far;
            match last {
                Some(seq) => past = seq,
                None => return Ok(changed),
            }
        }
    }

    fn step_items(&self, step: &Step, stands: bool, past: Seq) -> Result<Vec<StepItem>> {
        let sql = "SELECT item_seq, decision_seq, before, after FROM step_item
            WHERE step_seq = ?1 AND item_seq > ?2 AND stands = ?3 ORDER BY item_seq LIMIT ?4";
        let value =
            |text: Option<&str>| text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap_or_default());
        self.all(sql, params![step.seq, past, i64::from(!stands), CHUNK as i64], |row| {
            let (before, after) = (value(row.text(2)?), value(row.text(3)?));
            Ok(StepItem { seq: row.need_int(0)?, decision: row.int(1)?, before, after })
        })
    }
}

impl Tx<'_> {
    fn change(&self, bulk: &Bulk, step: &mut Option<i64>, seq: Seq, now: UtcMillis) -> Result<Done> {
        let sql = "SELECT i.verdict, i.tags, i.rank, (SELECT COUNT(*) FROM claim c WHERE c.item_seq = i.seq
                AND c.expires_at > ?3 AND c.reviewer <> ?4), i.stage
            FROM item i WHERE i.seq = ?1 AND i.queue_id + 0 = ?2";
        let found = self.first(sql, params![seq, bulk.queue.id, now, &bulk.reviewer], |row| {
            Ok((verdict(row, 0)?, tags(row, 1)?, row.need_int(2)?, row.need_int(3)? > 0, stage(row, 4)?))
        })?;
        let Some((verdict, tags, rank, is_claimed, stage)) = found else { return Ok(Done::Gone) };
        match &bulk.action {
            BulkAction::Decide(_) | BulkAction::Defer if is_claimed => Ok(Done::Claimed),
            BulkAction::Decide(_) if !stage.is_open() && !self.is_decided_by(seq, &bulk.reviewer)? => Ok(Done::Decided),
            BulkAction::Decide(judgement) => self.decide_one(bulk, step, seq, judgement, now),
            BulkAction::Defer if !stage.is_open() => Ok(Done::Decided),
            BulkAction::Defer => self.defer_one(bulk, step, seq, now),
            BulkAction::Tag { add, remove } => {
                let after = retagged(&tags, add, remove);
                let swap = Swap { column: "tags", before: tags_json(&tags), after: tags_json(&after) };
                self.swap_one(bulk, step, seq, EventKind::Tagged, swap, now)
            }
            BulkAction::Prioritise(priority) => {
                let swap = Swap { column: "rank", before: rank.into(), after: (-priority).into() };
                self.swap_one(bulk, step, seq, EventKind::Prioritised, swap, now)
            }
            BulkAction::Keep { tags, why } => match verdict {
                Some(verdict) => self.keep_one(bulk, step, seq, (verdict, tags, why), now),
                None => Ok(Done::Undecided),
            },
            BulkAction::Release => self.release_one(bulk, seq, now),
        }
    }

    fn decide_one(
        &self,
        bulk: &Bulk,
        step: &mut Option<i64>,
        seq: Seq,
        judgement: &Judgement,
        now: UtcMillis,
    ) -> Result<Done> {
        let step = self.bulk_step(bulk, step, seq)?;
        self.pipeline("DELETE FROM claim WHERE item_seq = ?1 AND reviewer = ?2", params![seq, &bulk.reviewer])?;
        let supersedes = self.standing_seq(seq, &bulk.reviewer)?;
        let decision = Decision {
            id: Uuid::now_v7().to_string(),
            judgement: judgement.clone(),
            reviewer: bulk.reviewer.clone(),
            decided_at: now,
            spec_version: bulk.queue.spec.version,
        };
        let recording = Recording { queue: &bulk.queue, seq, bulk: Some(step), supersedes };
        let row = self.record(recording, &decision)?;
        self.add_step_item(step, seq, Some(row), None)?;
        Ok(Done::Changed)
    }

    fn defer_one(&self, bulk: &Bulk, step: &mut Option<i64>, seq: Seq, now: UtcMillis) -> Result<Done> {
        let standing = "SELECT COUNT(*) FROM deferral WHERE item_seq = ?1 AND reviewer = ?2";
        if self.number(standing, params![seq, &bulk.reviewer])? > 0 {
            return Ok(Done::Unchanged);
        }
        let step = self.bulk_step(bulk, step, seq)?;
        self.execute("DELETE FROM claim WHERE item_seq = ?1 AND reviewer = ?2", params![seq, &bulk.reviewer])?;
        self.set_deferral(&bulk.queue, seq, &bulk.reviewer, step, now)?;
        self.add_step_item(step, seq, None, None)?;
        self.log(bulk.subject(Some(seq), now), &EventKind::Deferred { bulk: Some(step) })?;
        Ok(Done::Changed)
    }

    fn swap_one(
        &self,
        bulk: &Bulk,
        step: &mut Option<i64>,
        seq: Seq,
        kind: fn(Changed) -> EventKind,
        swap: Swap,
        now: UtcMillis,
    ) -> Result<Done> {
        if swap.before == swap.after {
            return Ok(Done::Unchanged);
        }
        let step = self.bulk_step(bulk, step, seq)?;
        self.put(seq, swap.column, &swap.after)?;
        self.add_step_item(step, seq, None, Some(&swap))?;
        let changed = Changed { bulk: step, before: readable(&swap.before), after: readable(&swap.after) };
        self.log(bulk.subject(Some(seq), now), &kind(changed))?;
        Ok(Done::Changed)
    }

    fn keep_one(
        &self,
        bulk: &Bulk,
        step: &mut Option<i64>,
        seq: Seq,
        (verdict, tags, why): (Verdict, &[String], &str),
        now: UtcMillis,
    ) -> Result<Done> {
        let expected = Expected::proposed(verdict, self.golden_texts(seq, &bulk.reviewer)?);
        let example = Example { verdict, expected, tags: tags.to_vec(), why: why.to_owned() };
        if self.golden(seq)?.is_some_and(|golden| golden.example == example) {
            return Ok(Done::Unchanged);
        }
        let step = self.bulk_step(bulk, step, seq)?;
        let reviewer = &bulk.reviewer;
        let golden = GoldenStep { queue: bulk.queue.id, step, set_version: bulk.set_version, reviewer, now };
        self.add_golden(&golden, seq, &example)?;
        self.add_step_item(step, seq, None, None)?;
        Ok(Done::Changed)
    }

    fn release_one(&self, bulk: &Bulk, seq: Seq, now: UtcMillis) -> Result<Done> {
        let sql = "DELETE FROM claim WHERE item_seq = ?1 AND expires_at > ?2 RETURNING reviewer";
        let Some(claimant) = self.first(sql, params![seq, now], |row| row.string(0))? else {
            return Ok(Done::Unchanged);
        };
        self.log(bulk.subject(Some(seq), now), &EventKind::Released { claimant })?;
        Ok(Done::Changed)
    }

    /// The step of the bulk, which its first change makes.
    fn bulk_step(&self, bulk: &Bulk, step: &mut Option<i64>, seq: Seq) -> Result<i64> {
        if let Some(step) = *step {
            return Ok(step);
        }
        let kind = bulk.action.kind().unwrap_or(StepKind::BulkDecision);
        Ok(*step.insert(self.add_step(bulk.queue.id, &bulk.reviewer, kind, seq)?))
    }

    fn add_step_item(&self, step: i64, seq: Seq, decision: Option<i64>, swap: Option<&Swap>) -> Result<()> {
        let sql = "INSERT INTO step_item (step_seq, item_seq, decision_seq, before, after, stands)
            VALUES (?1, ?2, ?3, ?4, ?5, 1)";
        let (before, after) = swap.map(|swap| (swap.before.to_string(), swap.after.to_string())).unzip();
        self.execute(sql, params![step, seq, decision, before.as_deref(), after.as_deref()]).map(drop)
    }

    /// Turns the next items; gives the last one, where there are more, and how many were
    /// `changed` by now.
    fn turn_chunk(&self, turn: &Turn, past: Seq, mut changed: i64) -> Result<(Option<Seq>, i64)> {
        if turn.stands {
            self.mark_step(turn.step.seq, None)?;
        }
        let items = self.step_items(turn.step, turn.stands, past)?;
        let seqs: Vec<Seq> = items.iter().map(|item| item.seq).collect();
        self.lock(Lock::Items(&seqs))?;
        for item in &items {
            changed += i64::from(self.turn_one(turn, item)?);
        }
        if items.len() < CHUNK {
            self.end_turn(turn, changed)?;
            return Ok((None, changed));
        }
        Ok((seqs.last().copied(), changed))
    }

    /// A golden set changes as a whole, from one version to the next.
    fn turn_bulk_golden(&self, turn: &Turn) -> Result<i64> {
        let (step, stands) = (turn.step.seq, i64::from(turn.stands));
        let sql = "UPDATE step_item SET stands = ?2 WHERE step_seq = ?1 RETURNING item_seq";
        let items = self.all(sql, params![step, stands], |row| row.need_int(0))?;
        let event = turn.event(turn.reversal());
        for item in &items {
            self.log(turn.subject(Some(*item)), &event)?;
        }
        self.end_turn(turn, items.len() as i64)?;
        self.turn_golden(turn.queue.id, step)?;
        Ok(items.len() as i64)
    }

    fn end_turn(&self, turn: &Turn, changed: i64) -> Result<()> {
        let event = turn.event(Reversal { items: Some(changed), ..turn.reversal() });
        let event = self.log_numbered(turn.subject(None), &event)?;
        self.mark_step(turn.step.seq, (!turn.stands).then_some(event))
    }

    /// `false` when the item has to stay as it is.
    fn turn_one(&self, turn: &Turn, item: &StepItem) -> Result<bool> {
        let Turn { queue, step, stands, .. } = *turn;
        let sql = "UPDATE step_item SET stands = ?3 WHERE step_seq = ?1 AND item_seq = ?2";
        self.execute(sql, params![step.seq, item.seq, i64::from(stands)])?;
        let mut reversal = turn.reversal();
        let changed = match (step.kind, item.decision) {
            (StepKind::BulkDecision, Some(_)) if stands && self.is_replaced_since(step, item.seq)? => false,
            (StepKind::BulkDecision, Some(decision)) => {
                let (decision, of_record) = self.turn_decision(item.seq, decision, stands)?;
                reversal = Reversal::decision(&decision, of_record).in_bulk(step.seq);
                true
            }
            (StepKind::BulkDeferral, _) if stands => {
                self.set_deferral(queue, item.seq, turn.reviewer, step.seq, turn.now)?;
                true
            }
            (StepKind::BulkDeferral, _) => {
                let sql = "DELETE FROM deferral WHERE item_seq = ?1 AND reviewer = ?2 AND step_seq = ?3";
                self.execute(sql, params![item.seq, turn.reviewer, step.seq])? > 0
            }
            (StepKind::BulkTags, _) => self.swap_back(item, "tags", stands)?,
            (StepKind::BulkPriority, _) => self.swap_back(item, "rank", stands)?,
            _ => false,
        };
        if changed {
            self.log(turn.subject(Some(item.seq)), &turn.event(reversal))?;
        }
        Ok(changed)
    }

    fn swap_back(&self, item: &StepItem, column: &'static str, stands: bool) -> Result<bool> {
        let (from, to) = if stands { (&item.before, &item.after) } else { (&item.after, &item.before) };
        let sql = format!("SELECT {column} FROM item WHERE seq = ?1");
        let present = self.first(&sql, params![item.seq], |row| match column {
            "rank" => Ok(Value::from(row.need_int(0)?)),
            _ => Ok(tags_json(&tags(row, 0)?)),
        })?;
        if present.as_ref() != Some(from) {
            return Ok(false);
        }
        self.put(item.seq, column, to).map(|()| true)
    }

    fn put(&self, seq: Seq, column: &'static str, value: &Value) -> Result<()> {
        let sql = format!("UPDATE item SET {column} = ?2 WHERE seq = ?1");
        let updated = match value {
            Value::Number(number) => self.execute(&sql, params![seq, number.as_i64()]),
            Value::Null => self.execute(&sql, params![seq, None::<i64>]),
            list => self.execute(&sql, params![seq, &list.to_string()]),
        };
        updated.map(drop)
    }
}

/// A bulk on its way back or forth.
struct Turn<'t> {
    queue: &'t Queue,
    reviewer: &'t str,
    step: &'t Step,
    stands: bool,
    now: UtcMillis,
}

impl Turn<'_> {
    fn event(&self, reversal: Reversal) -> EventKind {
        if self.stands { EventKind::Redone(reversal) } else { EventKind::Undone(reversal) }
    }

    fn reversal(&self) -> Reversal {
        Reversal::new(self.step.kind.what()).in_bulk(self.step.seq)
    }

    fn subject(&self, item: Option<Seq>) -> Subject<'_> {
        Subject { queue: self.queue.id, item, actor: self.reviewer, now: self.now }
    }
}

/// What a bulk did to one item.
struct StepItem {
    seq: Seq,
    decision: Option<i64>,
    before: Value,
    after: Value,
}

fn summary(bulk: &Bulk, step: Option<i64>, outcome: &BulkOutcome) -> EventKind {
    EventKind::Bulk(event::Bulk {
        what: bulk.action.what(),
        bulk: step,
        changed: outcome.changed,
        skipped: bulk.items.len() as i64 - outcome.changed,
    })
}

fn retagged(tags: &[String], add: &[String], remove: &[String]) -> Vec<String> {
    let mut after: Vec<String> = tags.iter().filter(|tag| !remove.contains(tag)).cloned().collect();
    for tag in add {
        if !after.contains(tag) {
            after.push(tag.clone());
        }
    }
    after
}

/// Tags as the database keeps them: no tags are no list.
fn tags_json(tags: &[String]) -> Value {
    if tags.is_empty() { Value::Null } else { json!(tags) }
}

/// The log speaks of priorities, not of ranks.
fn readable(value: &Value) -> Value {
    value.as_i64().map_or_else(|| value.clone(), |rank| json!(-rank))
}
