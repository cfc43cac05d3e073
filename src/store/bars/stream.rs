//! The stream of a bar: a unit for each case, by its first output among those that the bar speaks of.

use super::Asked;
use super::outputs::{Kind, Left, Made, Output, Outputs};
use crate::analysis::bar::Unit;
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::store::{Result, Store};
use std::collections::HashSet;

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
}

impl LeftOut {
    pub(super) fn add(&mut self, other: LeftOut) {
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
    pub(super) fn stream(&self, queue: &Queue, asked: &Asked, outputs: &Outputs) -> Result<Stream> {
        let mut stream = first_of_each_case(outputs, &self.stopped_by_checks()?);
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

/// Of a case the first output counts, or nothing where that is left out.
fn first_of_each_case(outputs: &Outputs, stopped: &HashSet<Seq>) -> Stream {
    let (rules, rule_numbers) = rules(outputs);
    let mut left_out = LeftOut::default();
    let mut units = Vec::with_capacity(outputs.list().len());
    let mut last = None;
    for output in outputs.list() {
        if last.replace(output.place) == Some(output.place) {
            left_out.later_attempt += 1;
            continue;
        }
        let kind = outputs.kind(output);
        let is_stopped = !stopped.is_empty() && stopped.contains(&output.seq);
        match if is_stopped { Some(Left::Check) } else { kind.left } {
            Some(Left::Check) => {
                left_out.check += 1;
                continue;
            }
            Some(Left::Pulled) => left_out.pulled += 1,
            Some(Left::OldSpec) => left_out.old_spec += 1,
            None => left_out.bulk += u64::from(kind.is_bulk),
        }
        units.push(unit(output, kind, rule_numbers[kind.rule]));
    }
    Stream { units, rules, left_out }
}

fn unit(output: &Output, kind: &Kind, rule: usize) -> Unit {
    Unit {
        seq: output.seq,
        batch: kind.batch,
        place: output.place,
        is_taken: kind.is_taken,
        drawn: output.drawn,
        chance: f64::from_bits(kind.chance),
        is_aside: kind.left.is_some(),
        rule,
        said: kind.said,
    }
}

/// The keys of the rules in the order in which items came under them, and which number each has there.
fn rules(outputs: &Outputs) -> (Vec<String>, Vec<usize>) {
    let mut first = vec![Seq::MAX; outputs.rules().len()];
    for output in outputs.list() {
        let first = &mut first[outputs.kind(output).rule];
        *first = output.seq.min(*first);
    }
    first[0] = Seq::MIN;
    let mut order: Vec<usize> = (0..first.len()).collect();
    order.sort_by_key(|rule| first[*rule]);
    let mut numbers = vec![0; first.len()];
    order.iter().enumerate().for_each(|(number, rule)| numbers[*rule] = number);
    (order.into_iter().map(|rule| outputs.rules()[rule].clone()).collect(), numbers)
}

/// How the verdicts of settled units were made.
pub(super) fn made<'o>(
    outputs: Vec<&'o Outputs>,
    settled: impl Iterator<Item = &'o Unit> + 'o,
) -> impl Iterator<Item = Made> + 'o {
    let mut reached = vec![0; outputs.len()];
    settled.filter_map(move |unit| {
        outputs.iter().zip(&mut reached).find_map(|(outputs, reached)| {
            let list = outputs.list();
            // The places begin anew with each batch.
            let from = if list.get(*reached).is_some_and(|output| output.place <= unit.place) { *reached } else { 0 };
            *reached = outputs.position(from, unit.place);
            let of_case = list[*reached..].iter().take_while(|output| output.place == unit.place);
            of_case.filter(|output| output.seq == unit.seq).find_map(|output| outputs.kind(output).made)
        })
    })
}
