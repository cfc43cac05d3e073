//! The outputs that a bar speaks of, and what of each counts.

use super::Asked;
use super::laid::Laid;
use crate::analysis::bar::Said;
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::sampling::{SAMPLE, draw, place};
use crate::store::batches::batch_of;
use crate::store::engine::{Param, Row};
use crate::store::items::IN_QUEUE;
use crate::store::stage;
use crate::store::steps::is_bulk;
use crate::store::{Result, Store, StoreError};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// An output.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Output {
    /// The place of its case in the stream.
    pub place: u128,
    pub seq: Seq,
    /// What sampling has drawn for its case; 0 where no version of the spec samples.
    pub drawn: f64,
    /// Number of its [`Kind`].
    pub kind: u32,
}

/// What many outputs have alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Kind {
    pub attempt: i64,
    pub batch: i64,
    /// The bits of the chance with which sampling could take it.
    pub chance: u64,
    /// Number of the rule of sampling that gave it the chance.
    pub rule: usize,
    pub is_taken: bool,
    /// Why it is not in the stream.
    pub left: Option<Left>,
    pub said: Said,
    /// Decided with many others at once.
    pub is_bulk: bool,
    /// How its verdict was made, where it is settled.
    pub made: Option<Made>,
}

/// Why an item is not in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) enum Left {
    Check,
    Pulled,
    OldSpec,
}

/// When a verdict of record was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct Made {
    /// The version of the spec.
    pub version: i64,
    /// Before the bar's terms were laid down.
    pub is_early: bool,
}

/// The outputs of a bar, by their places.
#[derive(Debug, Default)]
pub(super) struct Outputs {
    list: Vec<Output>,
    kinds: Kinds,
    /// Keys of the rules of sampling; the first is empty, for what no rule speaks of.
    rules: Vec<String>,
}

#[derive(Debug, Default)]
struct Kinds {
    list: Vec<Kind>,
    numbers: HashMap<Kind, u32>,
}

impl Kinds {
    fn number(&mut self, kind: Kind) -> Result<u32> {
        if let Some(number) = self.numbers.get(&kind) {
            return Ok(*number);
        }
        let number = u32::try_from(self.list.len()).map_err(|_| StoreError::Misuse("too many kinds".into()))?;
        self.list.push(kind.clone());
        self.numbers.insert(kind, number);
        Ok(number)
    }
}

/// What is read of the outputs.
pub(super) enum Reach<'r> {
    All,
    /// These items.
    These(&'r [Seq]),
    /// Items after this one.
    After(Seq),
}

impl Outputs {
    pub(super) fn new() -> Self {
        Self { rules: vec![String::new()], ..Self::default() }
    }

    /// Puts them together from what was kept; `None`: it does not go together.
    pub(super) fn of(list: Vec<Output>, kinds: Vec<Kind>, rules: Vec<String>) -> Option<Self> {
        let mut outputs = Self { rules, ..Self::new() };
        for kind in kinds {
            outputs.rules.get(kind.rule)?;
            outputs.kinds.number(kind).ok()?;
        }
        let is_sound = list.iter().all(|output| (output.kind as usize) < outputs.kinds.list.len());
        outputs.list = list;
        (is_sound && outputs.list.is_sorted_by(|one, next| outputs.order(one, next).is_lt())).then_some(outputs)
    }

    pub(super) fn list(&self) -> &[Output] {
        &self.list
    }

    pub(super) fn kinds(&self) -> &[Kind] {
        &self.kinds.list
    }

    pub(super) fn rules(&self) -> &[String] {
        &self.rules
    }

    pub(super) fn kind(&self, output: &Output) -> &Kind {
        &self.kinds.list[output.kind as usize]
    }

    pub(super) fn forget(&mut self, is_forgotten: impl Fn(Seq) -> bool) {
        self.list.retain(|output| !is_forgotten(output.seq));
    }

    /// By the places; of one case the first attempt first.
    fn order(&self, one: &Output, other: &Output) -> Ordering {
        let attempt = |output: &Output| self.kind(output).attempt;
        let of_case = || attempt(one).cmp(&attempt(other)).then(one.seq.cmp(&other.seq));
        one.place.cmp(&other.place).then_with(of_case)
    }

    /// What has come in goes to its place.
    fn put_in_order(&mut self) {
        let mut list = std::mem::take(&mut self.list);
        list.sort_by(|one, other| self.order(one, other)); // it finds what is in order already
        self.list = list;
    }

    /// The number of the first output that has the place or one behind it, looked for from `from` on.
    pub(super) fn position(&self, from: usize, place: u128) -> usize {
        let (mut low, mut step) = (from, 1);
        while self.list.get(low + step).is_some_and(|output| output.place < place) {
            (low, step) = (low + step, step * 2);
        }
        let high = (low + step + 1).min(self.list.len());
        low + self.list.get(low..high).unwrap_or_default().partition_point(|output| output.place < place)
    }

    /// How many items are not the same in both.
    pub(super) fn difference(&self, other: &Outputs) -> u64 {
        let told = |outputs: &Outputs| -> HashSet<_> {
            let each = outputs.list.iter().map(|output| {
                let kind = outputs.kind(output);
                let rule = outputs.rules[kind.rule].clone();
                (output.place, output.seq, output.drawn.to_bits(), Kind { rule: 0, ..kind.clone() }, rule)
            });
            each.collect()
        };
        let (told, other) = (told(self), told(other));
        told.symmetric_difference(&other).map(|output| output.1).collect::<HashSet<Seq>>().len() as u64
    }

    fn rule(&mut self, key: Option<&str>) -> usize {
        let key = key.unwrap_or_default();
        self.rules.iter().position(|known| known == key).unwrap_or_else(|| {
            self.rules.push(key.to_owned());
            self.rules.len() - 1
        })
    }

    /// Takes in a row of [`outputs_of`].
    fn take(&mut self, row: &dyn Row, queue: &str, laid: &Laid) -> Result<()> {
        let (seq, case) = (row.need_int(0)?, row.need_text(1)?);
        let flag = |column| row.need_int(column).map(|number| number == 1);
        let (is_settled, is_bulk, is_good) = (flag(8)?, flag(13)?, flag(12)?);
        let version = row.int(10)?.filter(|_| is_settled);
        let made = version.zip(row.int(11)?).map(|(version, at)| Made { version, is_early: at < laid.at });
        let is_of_old_spec = version.is_some_and(|version| laid.is_unknown_to(version));
        let left = match flag(7)? {
            _ if row.text(9)? == Some("check") => Some(Left::Check),
            true => Some(Left::Pulled),
            false => is_of_old_spec.then_some(Left::OldSpec),
        };
        let said = match is_good {
            _ if !is_settled || is_bulk || is_of_old_spec => Said::Open,
            true => Said::Good,
            false => Said::Bad,
        };
        let kind = Kind {
            attempt: row.need_int(2)?,
            batch: row.need_int(3)?,
            chance: row.real(4)?.unwrap_or(1.0).to_bits(),
            rule: self.rule(row.text(5)?),
            is_taken: !flag(6)?,
            left,
            said,
            is_bulk: is_settled && is_bulk,
            made,
        };
        let drawn = if laid.has_samples { draw(SAMPLE, queue, case) } else { 0.0 };
        let kind = self.kinds.number(kind)?;
        self.list.push(Output { place: place(queue, case), seq, drawn, kind });
        Ok(())
    }
}

impl Store {
    /// Reads outputs of the queue that a bar speaks of. Those that cannot be read are left out.
    pub(super) fn read_outputs(
        &self,
        (queue, asked, laid): (&Queue, &Asked, &Laid),
        reach: &Reach,
        outputs: &mut Outputs,
    ) -> Result<()> {
        let mut values = asked.values(queue);
        let these = match reach {
            Reach::All => String::new(),
            Reach::These(seqs) => serde_json::json!(seqs).to_string(),
            Reach::After(seq) => {
                values[1] = Param::Int(seq + 1);
                String::new()
            }
        };
        let items = match reach {
            Reach::These(_) => {
                values.push(Param::Text(&these));
                let dialect = self.engine.dialect();
                let members = dialect.json_members(&format!("?{}", values.len()), None);
                let seq = dialect.json_text("e");
                format!("(SELECT CAST({seq} AS BIGINT) AS seq FROM {members}) x CROSS JOIN item i")
            }
            Reach::All | Reach::After(_) => "item i".into(),
        };
        let is_it = if these.is_empty() { "" } else { "i.seq = x.seq AND " };
        let sql = outputs_of(asked, &items, is_it);
        self.engine.stream(&sql, &values, &mut |row| {
            let taken = outputs.take(row, &queue.name, laid);
            self.readable("item", &row.need_int(0)?, taken).map(drop)
        })?;
        outputs.put_in_order();
        Ok(())
    }

    /// Items that a check has rejected or escalated, whatever was decided on them since.
    pub(super) fn stopped_by_checks(&self) -> Result<HashSet<Seq>> {
        let sql = "SELECT f.item_seq FROM failed_check f WHERE f.outcome IN ('reject', 'escalate')";
        Ok(self.all(sql, &[], |row| row.need_int(0))?.into_iter().collect())
    }
}

/// SQL: the outputs of the queue that a bar speaks of, with what [`Outputs::take`] reads.
fn outputs_of(asked: &Asked, items: &str, is_it: &str) -> String {
    format!(
        "SELECT i.seq, COALESCE(i.case_id, i.id), i.attempt, {}, i.chance, i.rule, i.held_back, i.pulled,
            CASE WHEN {} THEN 1 ELSE 0 END, i.settled_by, d.spec_version, d.arrived_at,
            CASE WHEN {} THEN 1 ELSE 0 END,
            CASE WHEN {} THEN 1 ELSE 0 END
         FROM {items} LEFT JOIN decision d ON d.seq = i.decision_seq
         WHERE {is_it}{IN_QUEUE} AND i.seq BETWEEN ?2 AND ?3 AND {}",
        batch_of("i"),
        stage::is_settled("i"),
        asked.good,
        is_bulk("d"),
        asked.among
    )
}
