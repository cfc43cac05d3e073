//! Bulk actions: a change of many items is one step, which one undo takes back.
//!
//! It is done some hundred items a transaction, so that nobody else's decision waits for
//! long; a program killed in between leaves a step that stands for what was done, and
//! undo takes that back. Each item's own history tells what happened to it, and the log
//! tells the whole at its end.

mod swap;
mod turn;

pub(super) use turn::Tally;

use super::columns;
use super::deciding::{self, Recording};
use super::engine::{Lock, params};
use super::events::Subject;
use super::golden::GoldenStep;
use super::items;
use super::opinions::IS_PLAIN;
use super::stage;
use super::steps::StepKind;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::{Decision, Judgement, Part, Verdict};
use crate::domain::event::{self, BulkWhat, EventKind};
use crate::domain::golden::{Example, Expected};
use crate::domain::item::Seq;
use crate::domain::policy::Purpose;
use crate::domain::queue::{Actor, Queue};
use crate::domain::stage::Stage;
use crate::domain::time::UtcMillis;
use swap::Swap;

/// Items of one transaction: some 50 ms, which a decision beside it may have to wait.
const CHUNK: usize = 250;

/// What is done to each item.
#[derive(Debug, Clone, PartialEq)]
pub enum BulkAction {
    /// Decide, by the same rules as for one. Left out are items that others have claimed,
    /// those that others have decided and the reviewer has not, and those that they have declined.
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
    /// Free the items of all reviewers who have claimed them. This cannot be taken back.
    Release,
}

/// Numbers of items by outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BulkOutcome {
    pub changed: i64,
    /// Items left out because another reviewer has claimed them.
    pub claimed: i64,
    /// Left out: they are decided, by others where the action is to decide.
    pub decided: i64,
    /// Left out: they are not decided, and the action needs a verdict.
    pub undecided: i64,
    /// Left out: the reviewer has declined them.
    pub declined: i64,
    /// Items that were in the wanted state already.
    pub unchanged: i64,
    /// Items that no longer exist.
    pub gone: i64,
}

/// Outcome for one item.
#[derive(Clone, Copy)]
enum Done {
    Changed,
    Claimed,
    Decided,
    Undecided,
    Declined,
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
    /// The bulk's step; `None` before the first change.
    step: Option<i64>,
    /// The version of the golden set that it makes.
    set_version: i64,
    outcome: BulkOutcome,
}

impl Bulk {
    pub fn is_done(&self) -> bool {
        self.done == self.items.len()
    }

    /// Numbers of items done, and of all.
    pub fn progress(&self) -> (usize, usize) {
        (self.done, self.items.len())
    }

    pub fn outcome(&self) -> BulkOutcome {
        self.outcome
    }

    fn actor(&self, now: UtcMillis) -> Actor<'_> {
        self.queue.actor(&self.reviewer, now)
    }

    /// What the log tells of the whole.
    fn summary(&self, step: Option<i64>, changed: i64) -> EventKind {
        let skipped = self.items.len() as i64 - changed;
        EventKind::Bulk(event::Bulk { what: self.action.what(), bulk: step, changed, skipped })
    }
}

impl BulkOutcome {
    fn count(&mut self, done: Done) {
        *match done {
            Done::Changed => &mut self.changed,
            Done::Claimed => &mut self.claimed,
            Done::Decided => &mut self.decided,
            Done::Undecided => &mut self.undecided,
            Done::Declined => &mut self.declined,
            Done::Unchanged => &mut self.unchanged,
            Done::Gone => &mut self.gone,
        } += 1;
    }
}

impl BulkAction {
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

impl Store {
    /// Begins a bulk; what breaks the rules is refused here, whole.
    pub fn begin_bulk(&self, queue: &Queue, items: Vec<Seq>, action: BulkAction, reviewer: &str) -> Result<Bulk> {
        if let BulkAction::Decide(judgement) = &action {
            deciding::check(queue, judgement)?;
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
            let items = &bulk.items[bulk.done..end];
            tx.lock(Lock::Items(items))?;
            let (mut chunk, mut outcome) = (Chunk::new(tx, bulk, now), bulk.outcome);
            for &item in items {
                outcome.count(chunk.change(item)?);
            }
            if end == bulk.items.len() {
                tx.log(Subject::of(chunk.actor, None), &bulk.summary(chunk.step, outcome.changed))?;
            }
            Ok((chunk.step, outcome))
        })?;
        self.ahead = None; // its tags may be others now
        (bulk.step, bulk.outcome, bulk.done) = (step, outcome, end);
        Ok(())
    }

    /// A whole bulk.
    pub fn bulk(&mut self, actor: Actor, items: Vec<Seq>, action: BulkAction) -> Result<BulkOutcome> {
        let mut bulk = self.begin_bulk(actor.queue, items, action, actor.reviewer)?;
        while !bulk.is_done() {
            self.continue_bulk(&mut bulk, actor.now)?;
        }
        Ok(bulk.outcome)
    }
}

/// One transaction of a bulk.
struct Chunk<'t> {
    tx: &'t Tx<'t>,
    bulk: &'t Bulk,
    actor: Actor<'t>,
    /// The bulk's step; `None` before the first change.
    step: Option<i64>,
}

/// An item before it is changed.
struct Present {
    seq: Seq,
    stage: Stage,
    verdict: Option<Verdict>,
    tags: Vec<String>,
    rank: i64,
    is_claimed_by_another: bool,
    /// One opinion is asked of it, and nobody has settled it otherwise.
    is_plain: bool,
    /// By the reviewer.
    is_declined: bool,
    /// It says of itself that its rejection is made again.
    retries: bool,
}

impl<'t> Chunk<'t> {
    fn new(tx: &'t Tx<'t>, bulk: &'t Bulk, now: UtcMillis) -> Self {
        Self { tx, bulk, actor: bulk.actor(now), step: bulk.step }
    }

    fn change(&mut self, seq: Seq) -> Result<Done> {
        let Some(item) = self.present(seq)? else { return Ok(Done::Gone) };
        match &self.bulk.action {
            BulkAction::Decide(judgement) => self.decide(&item, judgement),
            BulkAction::Defer => self.defer(&item),
            BulkAction::Tag { add, remove } => self.swap(seq, &Swap::of_tags(&item.tags, add, remove)),
            BulkAction::Prioritise(priority) => self.swap(seq, &Swap::of_priority(item.rank, *priority)),
            BulkAction::Keep { tags, why } => self.keep(&item, tags, why),
            BulkAction::Release => self.release(seq),
        }
    }

    fn present(&self, seq: Seq) -> Result<Option<Present>> {
        let sql = format!(
            "SELECT i.stage, i.verdict, i.tags, i.rank, CASE WHEN {} THEN 1 ELSE 0 END,
                CASE WHEN {IS_PLAIN} THEN 1 ELSE 0 END, CASE WHEN {} THEN 1 ELSE 0 END, i.retries
             FROM item i WHERE i.seq = ?1 AND i.queue_id + 0 = ?2",
            stage::is_claimed_by_another("i", "?3", "?4"),
            stage::is_declined("i", "?4")
        );
        let Actor { queue, reviewer, now, .. } = self.actor;
        self.tx.first(&sql, params![seq, queue.id, now, reviewer], |row| {
            Ok(Present {
                seq,
                stage: items::stage(row, 0)?,
                verdict: items::verdict(row, 1)?,
                tags: columns::tags(row, 2)?,
                rank: row.need_int(3)?,
                is_claimed_by_another: row.need_int(4)? == 1,
                is_plain: row.need_int(5)? == 1,
                is_declined: row.need_int(6)? == 1,
                retries: row.need_int(7)? == 1,
            })
        })
    }

    fn decide(&mut self, item: &Present, judgement: &Judgement) -> Result<Done> {
        if item.is_declined {
            return Ok(Done::Declined);
        }
        if item.is_claimed_by_another {
            return Ok(Done::Claimed);
        }
        let supersedes = self.tx.standing_seq(item.seq, self.actor.reviewer, Purpose::Opinion)?;
        if item.stage == Stage::Replaced || (!item.stage.is_open() && supersedes.is_none()) {
            return Ok(Done::Decided);
        }
        if self.has_answered(item)? || self.is_returned_to_another(item)? {
            return Ok(Done::Decided);
        }
        let part = match item.is_plain {
            true => Ok(Part::default()),
            false => self.tx.part(self.actor, item.seq, None, None),
        };
        let part = match part {
            Err(StoreError::Settled { .. } | StoreError::NoOpinionAsked { .. } | StoreError::Forbidden(_)) => {
                return Ok(Done::Decided);
            }
            part => part?,
        };
        let step = self.step(StepKind::BulkDecision, item.seq)?;
        self.drop_claim(item.seq)?;
        let decision = Decision { part, ..deciding::decision(self.actor, judgement) };
        let is_alone = item.is_plain && !item.retries;
        let recording =
            Recording { queue: self.actor.queue, seq: item.seq, bulk: Some(step), supersedes, over: None, is_alone };
        let row = self.tx.record(recording, &decision)?;
        self.add_item(item.seq, step, Some(row), None)
    }

    /// An answer of the reviewer stands on the item: they give no opinion on it.
    fn has_answered(&self, item: &Present) -> Result<bool> {
        if item.is_plain && item.stage != Stage::Returned {
            return Ok(false);
        }
        Ok(self.tx.standing_seq(item.seq, self.actor.reviewer, Purpose::Answer)?.is_some())
    }

    fn is_returned_to_another(&self, item: &Present) -> Result<bool> {
        let is_returned = item.stage == Stage::Returned;
        Ok(is_returned && self.tx.returned_to_another(item.seq, self.actor.reviewer)?.is_some())
    }

    fn defer(&mut self, item: &Present) -> Result<Done> {
        if item.is_claimed_by_another {
            return Ok(Done::Claimed);
        }
        if !item.stage.is_open() {
            return Ok(Done::Decided);
        }
        if self.tx.is_deferred(item.seq, self.actor.reviewer)? {
            return Ok(Done::Unchanged);
        }
        let step = self.step(StepKind::BulkDeferral, item.seq)?;
        self.drop_claim(item.seq)?;
        self.tx.set_deferral(self.actor, item.seq, step)?;
        self.log(item.seq, &EventKind::Deferred { bulk: Some(step) })?;
        self.add_item(item.seq, step, None, None)
    }

    fn swap(&mut self, item: Seq, swap: &Swap) -> Result<Done> {
        if swap.before == swap.after {
            return Ok(Done::Unchanged);
        }
        let step = self.step(swap.column.step_kind(), item)?;
        self.tx.set_column(item, swap.column, &swap.after)?;
        self.log(item, &swap.event(step))?;
        self.add_item(item, step, None, Some(swap))
    }

    fn keep(&mut self, item: &Present, tags: &[String], why: &str) -> Result<Done> {
        let Some(verdict) = item.verdict else { return Ok(Done::Undecided) };
        let expected = Expected::proposed(verdict, self.tx.golden_texts(item.seq, self.actor.reviewer)?);
        let categories = self.tx.categories_of_record(self.actor.queue, item.seq)?;
        let example = Example { verdict, expected, categories, tags: tags.to_vec(), why: why.to_owned() };
        if self.tx.golden(item.seq)?.is_some_and(|golden| golden.example == example) {
            return Ok(Done::Unchanged);
        }
        let step = self.step(StepKind::BulkGolden, item.seq)?;
        let golden = GoldenStep { actor: self.actor, step, set_version: self.bulk.set_version };
        self.tx.add_golden(&golden, item.seq, &example)?;
        self.add_item(item.seq, step, None, None)
    }

    fn release(&self, item: Seq) -> Result<Done> {
        let sql = "DELETE FROM claim WHERE item_seq = ?1 AND expires_at > ?2 RETURNING reviewer";
        let Some(claimant) = self.tx.first(sql, params![item, self.actor.now], |row| row.string(0))? else {
            return Ok(Done::Unchanged);
        };
        self.log(item, &EventKind::Released { claimant })?;
        Ok(Done::Changed)
    }

    fn drop_claim(&self, item: Seq) -> Result<()> {
        let sql = "DELETE FROM claim WHERE item_seq = ?1 AND reviewer = ?2";
        self.tx.pipeline(sql, params![item, self.actor.reviewer])
    }

    fn log(&self, item: Seq, kind: &EventKind) -> Result<()> {
        self.tx.log(Subject::of(self.actor, Some(item)), kind)
    }

    /// The step of the bulk, which its first change makes.
    fn step(&mut self, kind: StepKind, item: Seq) -> Result<i64> {
        match self.step {
            Some(step) => Ok(step),
            None => Ok(*self.step.insert(self.tx.add_step(self.actor, kind, item)?)),
        }
    }

    /// Notes what was done to an item, for undo.
    fn add_item(&self, item: Seq, step: i64, decision: Option<i64>, swap: Option<&Swap>) -> Result<Done> {
        let (before, after) = swap.map(|swap| (swap.before.to_string(), swap.after.to_string())).unzip();
        self.tx.add_step_item(step, item, decision, [before, after])?;
        Ok(Done::Changed)
    }
}

impl Tx<'_> {
    /// Notes what a step on many items did to one: its decision, or what was there before and after.
    pub(super) fn add_step_item(
        &self,
        step: i64,
        item: Seq,
        decision: Option<i64>,
        [before, after]: [Option<String>; 2],
    ) -> Result<()> {
        let sql = "INSERT INTO step_item (step_seq, item_seq, decision_seq, before, after, stands)
            VALUES (?1, ?2, ?3, ?4, ?5, 1)";
        self.execute(sql, params![step, item, decision, before.as_deref(), after.as_deref()]).map(drop)
    }
}
