//! Golden examples: kept, edited and removed, each in versions, each a step that undo
//! takes back.

mod examples;
mod frozen;
mod list;

pub use examples::GoldenText;
pub use frozen::{Freeze, Freezing, FrozenExample, GoldenSet};
pub(super) use list::conditions;
pub use list::{Because, Candidate, GoldenRow, Page, Reach};

use super::decisions::{STANDING, own_standing};
use super::engine::{Lock, Row, params};
use super::events::Subject;
use super::steps::StepKind;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::decision::Verdict;
use crate::domain::event::{EventKind, GoldenChanged};
use crate::domain::golden::{Example, Expected, Texts};
use crate::domain::item::Seq;
use crate::domain::queue::{Actor, Queue};
use crate::domain::time::UtcMillis;
use serde_json::{Value, json};

/// An item's example as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Golden {
    /// The row of this version: it grows with every change.
    pub seq: i64,
    pub item: Seq,
    /// The item's id.
    pub id: String,
    pub example: Example,
    /// How often the item's example was written, with this time.
    pub version: i64,
    pub kept_by: String,
    pub kept_at: UtcMillis,
}

/// What a form for an example has to know of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GoldenFacts {
    pub item: Seq,
    pub texts: Texts,
    /// The verdict of the reviewer's own standing decision.
    pub verdict: Option<Verdict>,
    /// Tags of the queue's examples, the most used first.
    pub tags: Vec<String>,
    /// Keys of the spec's failure categories.
    pub categories: Vec<String>,
}

/// The step under which examples change, and the version that it makes of the set.
pub(super) struct GoldenStep<'a> {
    pub actor: Actor<'a>,
    pub step: i64,
    pub set_version: i64,
}

/// Whether an item is in the set.
#[derive(Clone, Copy)]
enum Membership {
    /// In the set; `corrected_by` is the decision whose correction is expected, if one is.
    Kept {
        corrected_by: Option<i64>,
    },
    Removed,
}

/// The columns that [`golden()`] reads; `g` is golden, `i` item.
pub(super) const COLUMNS: &str =
    "g.seq, g.item_seq, i.id, g.verdict, g.expected, g.categories, g.tags, g.why, g.version, g.kept_by, g.kept_at";

/// SQL: the row `g` is what its item is kept as now.
pub(super) const IS_GOLDEN: &str = "g.standing = 1 AND g.removed = 0";

/// How many columns [`COLUMNS`] has.
pub(super) const WIDTH: usize = 11;

/// Number of examples whose tags are counted.
const TAGGED: i64 = 500;

impl Store {
    /// Keeps an item as a golden example, in place of the example that it may be already.
    pub fn keep_golden(&self, actor: Actor, item: Seq, example: &Example) -> Result<Golden> {
        self.write(|tx| {
            tx.lock(Lock::Items(&[item]))?;
            tx.add_golden(&tx.golden_step(actor, item)?, item, example)
        })
    }

    /// The item is golden no more; gives what it was.
    pub fn remove_golden(&self, actor: Actor, item: Seq) -> Result<Golden> {
        self.write(|tx| {
            tx.lock(Lock::Items(&[item]))?;
            let golden = tx.golden(item)?.ok_or(StoreError::NotGolden)?;
            tx.change_golden(&tx.golden_step(actor, item)?, item, &golden.example, Membership::Removed)?;
            Ok(golden)
        })
    }

    /// The item's example, where it is golden.
    pub fn golden(&self, item: Seq) -> Result<Option<Golden>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM golden g JOIN item i ON i.seq = g.item_seq
                WHERE g.item_seq = ?1 AND {IS_GOLDEN}"
        );
        self.first(&sql, params![item], |row| golden(row, 0))
    }

    /// The number of the queue's golden set as it is now; 0 before the first example.
    /// It moves with every change.
    pub fn golden_version(&self, queue: i64) -> Result<i64> {
        let sql = "SELECT CAST(COALESCE(MAX(set_version), 0) AS BIGINT) FROM golden_change WHERE queue_id = ?1";
        self.number(sql, params![queue])
    }

    /// Facts for a form that makes the item an example. A reviewer who has not decided the item
    /// does not see others' corrections.
    pub fn golden_facts(&self, queue: &Queue, item: Seq, reviewer: &str) -> Result<GoldenFacts> {
        let own = format!("SELECT d.verdict FROM decision d WHERE {}", own_standing("d", "?1", "?2"));
        let verdict = self.first(&own, params![item, reviewer], |row| super::items::verdict(row, 0))?.flatten();
        let mut texts = self.golden_texts(item, reviewer)?;
        texts.correction &= verdict.is_some();
        let categories = queue.spec.spec.failures.iter().map(|failure| failure.key.clone()).collect();
        Ok(GoldenFacts { item, texts, verdict, tags: self.golden_tags(queue)?, categories })
    }

    /// Which texts can be expected of the item.
    pub fn golden_texts(&self, item: Seq, reviewer: &str) -> Result<Texts> {
        Ok(Texts { reference: self.has_reference(item)?, correction: self.correction(item, reviewer)?.is_some() })
    }

    fn golden_tags(&self, queue: &Queue) -> Result<Vec<String>> {
        let sql = format!(
            "SELECT g.tags, g.seq FROM golden g WHERE g.queue_id = ?1 AND {IS_GOLDEN} ORDER BY g.seq DESC LIMIT ?2"
        );
        let mut counted: Vec<(String, usize)> = Vec::new();
        let readable = |row: &dyn Row| self.readable("golden example", &row.need_int(1)?, words(row.need_text(0)?));
        let read = self.all(&sql, params![queue.id, TAGGED], readable)?;
        for tag in read.into_iter().flatten().flatten() {
            match counted.iter_mut().find(|(known, _)| *known == tag) {
                Some((_, count)) => *count += 1,
                None => counted.push((tag, 1)),
            }
        }
        counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        Ok(counted.into_iter().map(|(tag, _)| tag).collect())
    }

    /// The decision whose correction is meant: the reviewer's own, else the newest that
    /// stands, else the one that the item's example rests on.
    fn correction(&self, item: Seq, reviewer: &str) -> Result<Option<i64>> {
        let standing = format!(
            "SELECT d.seq FROM decision d JOIN item i ON i.seq = d.item_seq
             WHERE d.item_seq = ?1 AND {STANDING} AND d.correction_kind IS NOT NULL AND NOT {}
             ORDER BY CASE WHEN d.reviewer = ?2 THEN 0 ELSE 1 END, d.seq DESC LIMIT 1",
            self.is_kept("d", "?2")
        );
        let kept = format!("SELECT g.corrected_by FROM golden g WHERE g.item_seq = ?1 AND {IS_GOLDEN}");
        match self.first(&standing, params![item, reviewer], |row| row.need_int(0))? {
            None => Ok(self.first(&kept, params![item], |row| row.int(0))?.flatten()),
            found => Ok(found),
        }
    }

    fn has_reference(&self, item: Seq) -> Result<bool> {
        let sql = "SELECT COUNT(*) FROM item_text WHERE seq = ?1 AND reference_kind IS NOT NULL";
        Ok(self.number(sql, params![item])? > 0)
    }
}

impl Tx<'_> {
    /// A step of one item.
    fn golden_step<'a>(&self, actor: Actor<'a>, item: Seq) -> Result<GoldenStep<'a>> {
        let step = self.add_step(actor, StepKind::Golden, item)?;
        Ok(GoldenStep { actor, step, set_version: self.next_golden_version(actor.queue)? })
    }

    fn next_golden_version(&self, queue: &Queue) -> Result<i64> {
        self.lock(Lock::Queue(queue.id))?;
        Ok(self.golden_version(queue.id)? + 1)
    }

    /// Keeps one item under a step.
    pub(super) fn add_golden(&self, step: &GoldenStep, item: Seq, example: &Example) -> Result<Golden> {
        let violations = example.violations(&step.actor.queue.spec.spec);
        if !violations.is_empty() {
            return Err(StoreError::Rules(violations));
        }
        let corrected_by = match example.expected {
            Expected::Correction => {
                Some(self.correction(item, step.actor.reviewer)?.ok_or(StoreError::NoText("correction"))?)
            }
            Expected::Reference if !self.has_reference(item)? => return Err(StoreError::NoText("reference")),
            Expected::Reference | Expected::Output | Expected::Nothing => None,
        };
        self.change_golden(step, item, example, Membership::Kept { corrected_by })?;
        self.golden(item)?.ok_or_else(|| StoreError::Damaged("an example that was kept is gone".into()))
    }

    /// Adds a version of the item's example, which stands from now on, and tells the log.
    fn change_golden(&self, step: &GoldenStep, item: Seq, example: &Example, membership: Membership) -> Result<()> {
        let GoldenStep { actor, step, set_version } = *step;
        let (corrected_by, removed, kind): (_, _, fn(GoldenChanged) -> EventKind) = match membership {
            Membership::Kept { corrected_by } => (corrected_by, 0, EventKind::GoldenKept),
            Membership::Removed => (None, 1, EventKind::GoldenRemoved),
        };
        let sql =
            "INSERT INTO golden (queue_id, item_seq, step_seq, version, verdict, expected, corrected_by, tags, why,
                kept_by, kept_at, removed, standing, categories)
            VALUES (?1, ?2, ?3, (SELECT COUNT(*) + 1 FROM golden g WHERE g.item_seq = ?2), ?4, ?5, ?6, ?7, ?8, ?9, ?10,
                ?11, 0, ?12)";
        let [tags, categories] = [&example.tags, &example.categories].map(|list| json!(list).to_string());
        let values = params![
            actor.queue.id,
            item,
            step,
            example.verdict.as_str(),
            example.expected.as_str(),
            corrected_by,
            &tags,
            &example.why,
            actor.reviewer,
            actor.now,
            removed,
            &categories,
        ];
        self.execute(sql, values)?;
        self.log(Subject::of(actor, Some(item)), &kind(GoldenChanged::new(example, set_version)))?;
        self.settle_golden(actor, item, set_version)
    }

    /// Lets the newest row of the item stand whose step is not undone, and notes what
    /// that makes of the set.
    fn settle_golden(&self, actor: Actor, item: Seq, set_version: i64) -> Result<()> {
        self.execute("UPDATE golden SET standing = 0 WHERE item_seq = ?1 AND standing = 1", params![item])?;
        let newest = "UPDATE golden SET standing = 1 WHERE seq = (SELECT MAX(g.seq) FROM golden g
            JOIN step s ON s.seq = g.step_seq WHERE g.item_seq = ?1 AND s.undone_by IS NULL)";
        self.execute(newest, params![item])?;
        let note = format!(
            "INSERT INTO golden_change (queue_id, set_version, item_seq, golden_seq, at) VALUES (?1, ?2, ?3,
                (SELECT g.seq FROM golden g WHERE g.item_seq = ?3 AND {IS_GOLDEN}), ?4)"
        );
        self.execute(&note, params![actor.queue.id, set_version, item, actor.now]).map(drop)
    }

    /// Updates every item whose example the step changed, after it was undone or redone.
    pub(super) fn settle_goldens(&self, actor: Actor, step: i64) -> Result<()> {
        let sql = "SELECT DISTINCT item_seq FROM golden WHERE step_seq = ?1";
        let items = self.all(sql, params![step], |row| row.need_int(0))?;
        let set_version = self.next_golden_version(actor.queue)?;
        items.into_iter().try_for_each(|item| self.settle_golden(actor, item, set_version))
    }
}

/// An example from [`COLUMNS`], which start at column `at`.
pub(super) fn golden(row: &dyn Row, at: usize) -> Result<Golden> {
    Ok(Golden {
        seq: row.need_int(at)?,
        item: row.need_int(at + 1)?,
        id: row.string(at + 2)?,
        example: Example {
            verdict: row.need_text(at + 3)?.parse().map_err(StoreError::Damaged)?,
            expected: row.need_text(at + 4)?.parse().map_err(StoreError::Damaged)?,
            categories: words(row.need_text(at + 5)?)?,
            tags: words(row.need_text(at + 6)?)?,
            why: row.string(at + 7)?,
        },
        version: row.need_int(at + 8)?,
        kept_by: row.string(at + 9)?,
        kept_at: row.need_int(at + 10)?,
    })
}

pub(super) fn words(list: &str) -> Result<Vec<String>> {
    let damaged = |e| StoreError::Damaged(format!("an example's tags or categories: {e}"));
    let list: Vec<Value> = serde_json::from_str(list).map_err(damaged)?;
    Ok(list.into_iter().filter_map(|tag| tag.as_str().map(str::to_owned)).collect())
}
