//! The stream of a bar, read in one pass: a unit for each case, by its first output among those that
//! the bar speaks of.

use super::Asked;
use super::laid::Laid;
use crate::analysis::bar::{Said, Unit};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::sampling::{SAMPLE, draw, place};
use crate::domain::time::UtcMillis;
use crate::store::batches::batch_of;
use crate::store::engine::Row;
use crate::store::items::IN_QUEUE;
use crate::store::stage;
use crate::store::{Result, Store};
use std::collections::{HashMap, HashSet};

/// Decisions and items that a bar does not count, by why.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct LeftOut {
    /// Decided with many others at once: they keep their places, as open ones.
    pub bulk: u64,
    /// A check decided them.
    pub check: u64,
    /// Taken in by hand.
    pub pulled: u64,
    /// Decisions on golden examples.
    pub golden: u64,
    /// Decisions that were made once more.
    pub repeat: u64,
    /// Outputs of a case after its first.
    pub later_attempt: u64,
    /// Decided under a version of the spec that does not have what the bar asks for.
    pub old_spec: u64,
}

pub(super) struct Stream {
    pub units: Vec<Unit>,
    /// Keys of the rules of sampling, by the number in a unit.
    pub rules: Vec<String>,
    pub left_out: LeftOut,
    /// How the verdicts that count were made, by the item.
    pub made: HashMap<Seq, Made>,
}

/// When a verdict of record was made, and under which version of the spec.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Made {
    pub at: UtcMillis,
    pub version: i64,
}

/// Why an item has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Left {
    Check,
    Pulled,
    OldSpec,
}

/// An output that the bar speaks of.
struct Output {
    attempt: i64,
    unit: Unit,
    left: Option<Left>,
    is_bulk: bool,
    made: Option<Made>,
}

/// What is read beside the rows.
struct Reader<'s> {
    queue: &'s str,
    laid: &'s Laid,
    /// Items that a check has rejected or escalated, whatever was decided on them since.
    stopped: HashSet<Seq>,
    rules: Vec<String>,
}

impl Stream {
    /// Takes over how the verdicts of another stream were made, and what it left out.
    pub(super) fn add_made(&mut self, other: &Stream) {
        self.made.extend(other.made.iter().map(|(seq, made)| (*seq, *made)));
        self.left_out.add(other.left_out);
    }
}

impl LeftOut {
    fn add(&mut self, other: LeftOut) {
        let LeftOut { bulk, check, pulled, golden, repeat, later_attempt, old_spec } = other;
        self.bulk += bulk;
        self.check += check;
        self.pulled += pulled;
        self.golden += golden;
        self.repeat += repeat;
        self.later_attempt += later_attempt;
        self.old_spec += old_spec;
    }
}

impl Store {
    pub(super) fn stream(&self, queue: &Queue, asked: &Asked, laid: &Laid) -> Result<Stream> {
        let sql = "SELECT f.item_seq FROM failed_check f WHERE f.outcome IN ('reject', 'escalate')";
        let stopped = self.all(sql, &[], |row| row.need_int(0))?;
        let mut reader =
            Reader { queue: &queue.name, laid, stopped: stopped.into_iter().collect(), rules: vec![String::new()] };
        let mut outputs = Vec::new();
        self.engine.stream(&outputs_of(asked), &asked.values(queue), &mut |row| {
            outputs.extend(self.readable("item", &row.need_int(0)?, reader.output(row))?);
            Ok(())
        })?;
        let mut stream = first_of_each_case(outputs);
        stream.rules = reader.rules;
        (stream.left_out.repeat, stream.left_out.golden) =
            (self.aside(queue, asked, "repeat")?, self.aside(queue, asked, "golden")?);
        Ok(stream)
    }

    /// Decisions for a purpose that none of record has, on items that the bar speaks of.
    fn aside(&self, queue: &Queue, asked: &Asked, purpose: &str) -> Result<u64> {
        let sql = format!(
            "SELECT COUNT(*) FROM decision d JOIN item i ON i.seq = d.item_seq
             WHERE d.queue_id = ?1 AND d.purpose IN ('repeat', 'golden') AND d.purpose = '{purpose}'
                AND i.seq BETWEEN ?2 AND ?3 AND {}",
            asked.among
        );
        Ok(self.number(&sql, &asked.values_of_among(queue))?.unsigned_abs())
    }
}

/// SQL: the outputs of the queue that a bar speaks of, with what [`Reader::output`] reads.
fn outputs_of(asked: &Asked) -> String {
    format!(
        "SELECT i.seq, COALESCE(i.case_id, i.id), i.attempt, {}, i.chance, i.rule, i.held_back, i.pulled,
            CASE WHEN {} THEN 1 ELSE 0 END, i.settled_by, d.spec_version, d.arrived_at,
            CASE WHEN {} THEN 1 ELSE 0 END,
            CASE WHEN EXISTS (SELECT 1 FROM step s WHERE s.seq = d.step_seq AND s.kind = 'bulk_decision') THEN 1 ELSE 0 END
         FROM item i LEFT JOIN decision d ON d.seq = i.decision_seq
         WHERE {IN_QUEUE} AND i.seq BETWEEN ?2 AND ?3 AND {}",
        batch_of("i"),
        stage::is_settled("i"),
        asked.good,
        asked.among
    )
}

impl Reader<'_> {
    fn output(&mut self, row: &dyn Row) -> Result<Output> {
        let (seq, case) = (row.need_int(0)?, row.need_text(1)?);
        let flag = |column| row.need_int(column).map(|number| number == 1);
        let chance = row.real(4)?.unwrap_or(1.0);
        let unit = Unit {
            seq,
            batch: row.need_int(3)?,
            place: place(self.queue, case),
            is_taken: !flag(6)?,
            drawn: if self.laid.has_samples { draw(SAMPLE, self.queue, case) } else { 0.0 },
            chance,
            is_aside: false,
            rule: self.rule(row.text(5)?),
            said: Said::Open,
        };
        let version = row.int(10)?;
        let is_by_check = row.text(9)? == Some("check") || self.stopped.contains(&seq);
        let (is_settled, is_bulk) = (flag(8)?, flag(13)?);
        let is_of_old_spec = is_settled && version.is_some_and(|version| self.laid.is_unknown_to(version));
        let left = match flag(7)? {
            _ if is_by_check => Some(Left::Check),
            true => Some(Left::Pulled),
            false => is_of_old_spec.then_some(Left::OldSpec),
        };
        let said = match flag(12)? {
            _ if !is_settled || is_bulk || is_of_old_spec => Said::Open,
            true => Said::Good,
            false => Said::Bad,
        };
        let made = version.zip(row.int(11)?).map(|(version, at)| Made { at, version });
        Ok(Output {
            attempt: row.need_int(2)?,
            unit: Unit { said, is_aside: left.is_some(), ..unit },
            left,
            is_bulk: is_settled && is_bulk,
            made,
        })
    }

    fn rule(&mut self, key: Option<&str>) -> usize {
        let key = key.unwrap_or_default();
        self.rules.iter().position(|known| known == key).unwrap_or_else(|| {
            self.rules.push(key.to_owned());
            self.rules.len() - 1
        })
    }
}

/// Of a case the first output counts, or nothing where that is left out.
fn first_of_each_case(mut outputs: Vec<Output>) -> Stream {
    outputs.sort_unstable_by_key(|output| (output.unit.place, output.attempt, output.unit.seq));
    let mut stream =
        Stream { units: Vec::new(), rules: Vec::new(), left_out: LeftOut::default(), made: HashMap::new() };
    let mut last = None;
    for Output { unit, left, is_bulk, made, .. } in outputs {
        if last.replace(unit.place) == Some(unit.place) {
            stream.left_out.later_attempt += 1;
            continue;
        }
        match left {
            Some(Left::Check) => {
                stream.left_out.check += 1;
                continue;
            }
            Some(Left::Pulled) => stream.left_out.pulled += 1,
            Some(Left::OldSpec) => stream.left_out.old_spec += 1,
            None => stream.left_out.bulk += u64::from(is_bulk),
        }
        if unit.said != Said::Open {
            stream.made.extend(made.map(|made| (unit.seq, made)));
        }
        stream.units.push(unit);
    }
    stream
}
