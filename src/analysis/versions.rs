//! Figures of two versions of the outputs. What is judged is paired by case, and counts where a
//! person has decided either output by itself.

mod report;

pub use report::{Names, Section, report};

use super::stats::interval::Interval;
use super::stats::mean::Moments;
use super::stats::multiplicity::holm;
use super::stats::paired::{mcnemar, newcombe_independent, tango};
use crate::domain::versions::{Basis, Case, CaseResult, Judged, Output, Said, Versions};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Of all intervals.
pub const CONFIDENCE: f64 = 0.95;

/// How many times as many cases are thought of, at most, when it is told how many more would decide.
const FARTHEST: u64 = 1_000;

/// What the comparison of two versions comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// Cases that both versions have.
    pub shared: u64,
    /// Cases that only A has, and only B.
    pub only: [u64; 2],
    /// Shared cases by their verdicts, which people gave one by one: all that follows counts these.
    pub table: Table,
    /// Those of which a verdict was given to many at once.
    pub in_bulk: Table,
    /// Those of which a check gave a verdict.
    pub by_check: Table,
    /// Shared cases whose output of A alone nobody has accepted or rejected, of B alone, of either.
    pub undecided: [u64; 3],
    /// The difference of the share that is accepted, if all of the undecided came out for A, and for B;
    /// `None`: there is no case.
    pub extremes: [Option<f64>; 2],
    pub verdicts: Verdicts,
    /// Most changes first.
    pub categories: Vec<CategoryChange>,
    /// By criterion: the levels.
    pub scores: BTreeMap<String, MeanChange>,
    /// Of every shared case, judged or not; `None`: no case has it in both versions.
    pub latency_ms: Option<MeanChange>,
    pub cost_usd: Option<MeanChange>,
    /// Bytes of the output.
    pub length: Option<MeanChange>,
    /// By how many verdicts on A and on B, the most first.
    pub reviewers: Vec<(Arc<str>, [u64; 2])>,
    /// Cases of which one person's decision is of record on both outputs.
    pub same_reviewer: u64,
    /// Verdicts that rest on several people's decisions.
    pub by_several: u64,
    /// Cases whose outputs were judged under different versions of the spec.
    pub other_spec: u64,
}

/// Cases by both verdicts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Table {
    pub both_accepted: u64,
    /// B is accepted, and A is not.
    pub won: u64,
    /// A is accepted, and B is not.
    pub lost: u64,
    pub both_rejected: u64,
}

impl Table {
    fn add(&mut self, result: CaseResult) {
        *match result {
            CaseResult::BothAccepted => &mut self.both_accepted,
            CaseResult::Won => &mut self.won,
            CaseResult::Lost => &mut self.lost,
            CaseResult::BothRejected => &mut self.both_rejected,
        } += 1;
    }

    fn and(self, other: Table) -> Self {
        Self {
            both_accepted: self.both_accepted + other.both_accepted,
            won: self.won + other.won,
            lost: self.lost + other.lost,
            both_rejected: self.both_rejected + other.both_rejected,
        }
    }

    pub fn cases(&self) -> u64 {
        self.both_accepted + self.won + self.lost + self.both_rejected
    }

    /// Accepted outputs of A and of B.
    pub fn accepted(&self) -> [u64; 2] {
        [self.both_accepted + self.lost, self.both_accepted + self.won]
    }

    /// Of the share that is accepted; `None` of no case.
    fn difference(&self) -> Option<Difference> {
        (self.cases() > 0).then(|| Difference::of(self.won, self.lost, self.cases()))
    }
}

/// A difference between B and A: B's less A's.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Difference {
    pub value: f64,
    pub interval: Interval,
}

impl Difference {
    fn of(won: u64, lost: u64, cases: u64) -> Self {
        let value = (won as f64 - lost as f64) / cases as f64;
        Self { value, interval: tango(won, lost, cases, CONFIDENCE) }
    }

    /// Which version has more, where the whole interval says the same.
    pub fn answer(&self) -> Answer {
        match self.interval {
            Interval { low, .. } if low > 0.0 => Answer::Better,
            Interval { high, .. } if high < 0.0 => Answer::Worse,
            _ => Answer::Open,
        }
    }
}

/// Whether B is better than A, as far as is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Better,
    Worse,
    /// The interval of the difference has 0 in it.
    Open,
}

impl Answer {
    /// The word in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Better => "better",
            Answer::Worse => "worse",
            Answer::Open => "open",
        }
    }
}

/// What the verdicts say of the versions.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdicts {
    /// No case is judged in both versions yet.
    Nothing,
    Paired {
        /// Of the share that is accepted, with Tango's interval.
        difference: Difference,
        /// By McNemar's exact test: how likely so uneven a change is, or a more uneven one, between equal versions.
        p: f64,
        /// Where one is shown to be better: of the cases that speak for it, how many would end that if they
        /// had come out alike in both.
        ends_at: Option<u64>,
        /// Where none is: at how many judged cases in all one would be, if more came out as these have; `None`
        /// also where as many are won as lost, or it took more than a thousand times as many.
        decided_at: Option<u64>,
    },
    /// No case is in both: versions on different cases, compared as two samples.
    Unpaired {
        /// Judged outputs of A and of B.
        judged: [u64; 2],
        accepted: [u64; 2],
        /// With Newcombe's interval; `None`: a version has no verdict.
        difference: Option<Difference>,
    },
}

/// How often a failure category was found in the versions.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryChange {
    pub key: String,
    /// Cases in which A has it and B does not.
    pub gone: u64,
    /// Cases in which B has it and A does not.
    pub new: u64,
    pub both: u64,
    /// Of the share of outputs that have it, with Tango's interval.
    pub difference: Difference,
    /// By McNemar's exact test.
    pub p: f64,
    /// The same, corrected by Holm's method for the number of categories that were found.
    pub p_holm: f64,
}

/// A number that outputs have, in both versions of the same cases.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanChange {
    /// Cases of which both outputs have it.
    pub pairs: u64,
    /// Of A and of B.
    pub means: [f64; 2],
    /// The mean of B's less A's.
    pub difference: f64,
    /// Student's; `None`: there is one case alone, or all differ by the same.
    pub interval: Option<Interval>,
}

/// The figures of two versions.
pub fn compare(versions: &Versions) -> Comparison {
    let mut count = Count::default();
    for case in &versions.cases {
        if let Some(pair) = case.pair() {
            count.add_measures(pair);
        }
        match case.said() {
            Said::Judged { result, basis: Basis::Person } => {
                count.table.add(result);
                let judged = case.pair().and_then(|[a, b]| Some([a.judged.as_ref()?, b.judged.as_ref()?]));
                judged.into_iter().for_each(|pair| count.add_judged(pair));
            }
            Said::Judged { result, basis: Basis::Bulk } => count.in_bulk.add(result),
            Said::Judged { result, basis: Basis::Check } => count.by_check.add(result),
            Said::Undecided(open) => count.add_undecided(open, case),
            Said::Only(version) => count.only[version as usize] += 1,
        }
    }
    count.finish(versions)
}

#[derive(Default)]
struct Count {
    only: [u64; 2],
    table: Table,
    in_bulk: Table,
    by_check: Table,
    undecided: [u64; 3],
    /// The undecided, if all came out for A, and for B.
    extremes: [Table; 2],
    /// By category: gone, new, in both.
    categories: BTreeMap<String, [u64; 3]>,
    scores: BTreeMap<String, Means>,
    latency_ms: Means,
    cost_usd: Means,
    length: Means,
    reviewers: BTreeMap<Arc<str>, [u64; 2]>,
    same_reviewer: u64,
    by_several: u64,
    other_spec: u64,
}

impl Count {
    fn add_measures(&mut self, [a, b]: [&Output; 2]) {
        self.latency_ms.add([a.latency_ms, b.latency_ms]);
        self.cost_usd.add([a.cost_usd, b.cost_usd]);
        self.length.add([Some(a.length as f64), Some(b.length as f64)]);
    }

    fn add_judged(&mut self, [a, b]: [&Judged; 2]) {
        for key in &a.remarks.categories {
            let is_in_both = b.remarks.categories.contains(key);
            self.category(key)[if is_in_both { 2 } else { 0 }] += 1;
        }
        for key in b.remarks.categories.iter().filter(|key| !a.remarks.categories.contains(key)) {
            self.category(key)[1] += 1;
        }
        for (criterion, level) in &a.remarks.scores {
            let Some(other) = b.remarks.scores.get(criterion) else { continue };
            let levels = [Some(f64::from(*level)), Some(f64::from(*other))];
            match self.scores.get_mut(criterion) {
                Some(means) => means.add(levels),
                None => self.scores.entry(criterion.clone()).or_default().add(levels),
            }
        }
        for (at, judged) in [a, b].into_iter().enumerate() {
            self.reviewers.entry(judged.reviewer.clone()).or_default()[at] += 1;
            self.by_several += u64::from(judged.is_by_several);
        }
        self.same_reviewer += u64::from(a.reviewer == b.reviewer);
        self.other_spec += u64::from(a.spec_version != b.spec_version);
    }

    fn add_undecided(&mut self, open: [bool; 2], case: &Case) {
        self.undecided[if open == [true, true] { 2 } else { usize::from(open[1]) }] += 1;
        let verdicts = case.outputs.each_ref().map(|output| output.as_ref()?.judged.as_ref().map(|it| it.is_accepted));
        let [a, b] = verdicts;
        self.extremes[0].add(CaseResult::of([a.unwrap_or(true), b.unwrap_or(false)]));
        self.extremes[1].add(CaseResult::of([a.unwrap_or(false), b.unwrap_or(true)]));
    }

    fn category(&mut self, key: &str) -> &mut [u64; 3] {
        if !self.categories.contains_key(key) {
            self.categories.insert(key.to_owned(), [0; 3]);
        }
        self.categories.get_mut(key).expect("it was put in")
    }

    fn finish(self, versions: &Versions) -> Comparison {
        let shared = versions.cases.len() as u64 - self.only[0] - self.only[1];
        let verdicts = match self.table.difference() {
            Some(difference) => paired(&self.table, difference),
            None if shared > 0 => Verdicts::Nothing,
            None => unpaired(versions),
        };
        let mut reviewers: Vec<_> = self.reviewers.into_iter().collect();
        reviewers.sort_by_key(|(_, verdicts)| std::cmp::Reverse(verdicts[0] + verdicts[1]));
        Comparison {
            shared,
            only: self.only,
            table: self.table,
            in_bulk: self.in_bulk,
            by_check: self.by_check,
            undecided: self.undecided,
            extremes: self.extremes.map(|undecided| self.table.and(undecided).difference().map(|found| found.value)),
            verdicts,
            categories: changes(self.categories, self.table.cases()),
            scores: self.scores.into_iter().filter_map(|(key, means)| Some((key, means.finish()?))).collect(),
            latency_ms: self.latency_ms.finish(),
            cost_usd: self.cost_usd.finish(),
            length: self.length.finish(),
            reviewers,
            same_reviewer: self.same_reviewer,
            by_several: self.by_several,
            other_spec: self.other_spec,
        }
    }
}

fn paired(table: &Table, difference: Difference) -> Verdicts {
    let is_open = difference.answer() == Answer::Open;
    Verdicts::Paired {
        difference,
        p: mcnemar(table.won, table.lost),
        ends_at: (!is_open).then(|| ends_at(table)),
        decided_at: if is_open { decided_at(table) } else { None },
    }
}

fn is_open(won: u64, lost: u64, cases: u64) -> bool {
    Difference::of(won, lost, cases).answer() == Answer::Open
}

fn ends_at(table: &Table) -> u64 {
    let (most, least) = (table.won.max(table.lost), table.won.min(table.lost));
    first(0..most - least, |even| is_open(most - even, least, table.cases()))
}

/// Of how many cases in all as many more would decide, if they came out as the table has.
fn decided_at(table: &Table) -> Option<u64> {
    if table.won == table.lost {
        return None;
    }
    let cases = table.cases();
    let scaled = |count: u64, all: u64| (count as f64 / cases as f64 * all as f64).round() as u64;
    let is_decided = |all: u64| !is_open(scaled(table.won, all), scaled(table.lost, all), all);
    let end = cases.saturating_mul(FARTHEST);
    let found = first(cases..end, is_decided);
    (found < end).then_some(found)
}

/// The first number of which the condition holds, which holds of all behind it; the end of the range where it
/// holds of none.
fn first(range: std::ops::Range<u64>, holds: impl Fn(u64) -> bool) -> u64 {
    let (mut from, mut to) = (range.start, range.end);
    while from < to {
        let middle = from + (to - from) / 2;
        if holds(middle) { to = middle } else { from = middle + 1 }
    }
    from
}

/// The versions as two samples, of what people have judged one by one.
fn unpaired(versions: &Versions) -> Verdicts {
    let (mut judged, mut accepted) = ([0; 2], [0; 2]);
    for case in &versions.cases {
        for (at, output) in case.outputs.iter().enumerate() {
            let by_person = output.as_ref().and_then(|output| output.judged.as_ref());
            let Some(verdict) = by_person.filter(|judged| judged.basis == Basis::Person) else { continue };
            judged[at] += 1;
            accepted[at] += u64::from(verdict.is_accepted);
        }
    }
    let share = |at: usize| accepted[at] as f64 / judged[at] as f64;
    let interval = newcombe_independent((accepted[1], judged[1]), (accepted[0], judged[0]), CONFIDENCE);
    let difference = interval.map(|interval| Difference { value: share(1) - share(0), interval });
    Verdicts::Unpaired { judged, accepted, difference }
}

fn changes(categories: BTreeMap<String, [u64; 3]>, cases: u64) -> Vec<CategoryChange> {
    let p: Vec<f64> = categories.values().map(|[gone, new, _]| mcnemar(*new, *gone)).collect();
    let corrected = holm(&p);
    let change = |((key, [gone, new, both]), (p, p_holm)): ((String, [u64; 3]), (f64, f64))| CategoryChange {
        key,
        gone,
        new,
        both,
        difference: Difference::of(new, gone, cases),
        p,
        p_holm,
    };
    let mut changes: Vec<_> = categories.into_iter().zip(p.into_iter().zip(corrected)).map(change).collect();
    changes.sort_by_key(|change| std::cmp::Reverse(change.gone + change.new));
    changes
}

/// A number of both outputs of cases.
#[derive(Default)]
struct Means {
    sums: [f64; 2],
    differences: Moments,
}

impl Means {
    fn add(&mut self, values: [Option<f64>; 2]) {
        let [Some(a), Some(b)] = values else { return };
        self.sums[0] += a;
        self.sums[1] += b;
        self.differences.add(b - a);
    }

    fn finish(self) -> Option<MeanChange> {
        let pairs = self.differences.count;
        (pairs > 0).then(|| MeanChange {
            pairs,
            means: self.sums.map(|sum| sum / pairs as f64),
            difference: self.differences.mean,
            interval: self.differences.interval(CONFIDENCE),
        })
    }
}

#[cfg(test)]
mod tests;
