//! The recount of a bar: from what is said of each item to what that shows. Nothing of it is stored, so
//! that a verdict which changes changes what follows from it.
//!
//! The stream of a bar has a place for each case that was taken for review, in an order that has nothing
//! to do with quality: by batches, and within one by a draw. A place that nobody has settled
//! keeps the stream going as an open one, which counts as bad where the bar might be met and as good where it might
//! be failed: nothing waits for one item, and nothing is gained by leaving one out.

mod against;
mod influence;
mod outlook;
mod told;
mod whole;
mod why;

pub use against::{Against, Compared, Pair, against, counted_against};
pub use influence::{Influence, influence};
pub use outlook::{Course, Outlook};
pub use whole::Whole;
pub use why::Why;

use super::stats::interval::Interval;
use super::stats::proportion::{lower_bound, upper_bound};
use super::stats::sequential::{ConfidenceSequence, Counts};
use super::stats::weighted::{Stratum, stratified};
use crate::domain::bar::{Method, Outcome, Population};
use crate::domain::item::Seq;
use std::collections::{BTreeMap, HashSet};

/// What is said of the output at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Said {
    Good,
    Bad,
    /// Nobody's verdict counts yet.
    Open,
}

/// A case that a bar speaks of, by its first output among those that are meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Unit {
    pub seq: Seq,
    /// The batch in which it was taken, and its place there.
    pub batch: i64,
    pub place: u128,
    /// Sampling took it; else it is held back, and has no place in the stream.
    pub is_taken: bool,
    /// The number that sampling has drawn for it, in [0, 1), and the chance with which it could be taken.
    pub drawn: f64,
    pub chance: f64,
    /// It has no place in the stream, and counts only where a queue is read as a whole: it was taken in by hand, or
    /// judged under a spec that lacks what the bar asks for.
    pub is_aside: bool,
    /// Which rule of sampling gave it the chance.
    pub rule: usize,
    pub said: Said,
}

/// What a bar asks for of a share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AtLeast {
    pub share: f64,
    pub confidence: f64,
    pub method: Method,
    pub population: Population,
    pub reviews: Option<u32>,
}

/// What the units show.
#[derive(Debug, Clone, PartialEq)]
pub struct Recount {
    pub outcome: Outcome,
    /// Of what was read; `None` of nothing.
    pub rate: Option<f64>,
    /// What is not ruled out, each end with the bar's confidence.
    pub range: Interval,
    /// Settled places that count.
    pub read: u64,
    /// Of those, the good ones.
    pub good: u64,
    /// Open places before the last one that is settled, and after it as many as there are.
    pub open: u64,
    /// Cases of the batches that the stream has reached, and of later ones.
    pub eligible: u64,
    pub uncovered: u64,
    /// Of pairs; `None`: nothing is compared by pairs.
    pub compared: Option<Compared>,
    /// Where the bar speaks of a queue as a whole: all that it has.
    pub whole: Option<Whole>,
    /// The cases by the rule of sampling that gave them their chance; none of pairs.
    pub by_rule: Vec<ByRule>,
    pub why: Vec<Why>,
    /// The places that count, in their order.
    pub stream: Vec<Unit>,
    /// Of pairs: both outputs at each place of the stream.
    pub pairs: Vec<Pair>,
    /// Of a queue as a whole: settled outputs that are not in the stream, and count once nothing is left to chance.
    pub beyond: Vec<Unit>,
}

/// What is read of the cases of a rule of sampling.
#[derive(Debug, Clone, PartialEq)]
pub struct ByRule {
    /// Empty for what no rule speaks of.
    pub rule: String,
    pub cases: u64,
    /// Settled ones that sampling took, and the good ones of them.
    pub read: u64,
    pub good: u64,
}

/// Recounts a bar for a share over its units, in whatever order they come.
pub fn at_least(terms: AtLeast, units: Vec<Unit>, rules: &[String]) -> Recount {
    let whole = (terms.population == Population::Queue).then(|| Whole::of(&units));
    let all = whole.map(|_| units.clone());
    let units = with_places(units);
    let is_all_read = units.iter().all(|unit| unit.said != Said::Open);
    let by_rule = by_rule(&units, rules);
    let Covered { covered, uncovered } = covered(units);
    let eligible = covered.len() as u64;
    let least = least_chance(&covered);
    let takes_none = rule_that_takes_none(&covered, least, rules);
    let mut recount = match terms.method {
        Method::Sequential => sequential(terms, covered, least),
        Method::Fixed => fixed(terms, &covered),
    };
    (recount.eligible, recount.uncovered) = (eligible, uncovered);
    recount.tell_if_empty();
    recount.by_rule = by_rule;
    recount.why.extend(takes_none);
    recount.beyond = all.map(|all| beyond(all, &recount.stream)).unwrap_or_default();
    match whole {
        Some(whole) => recount.limit_by(whole, whole.outcome(terms.share)),
        None => recount.tell_all_read(is_all_read),
    }
    recount
}

/// The settled ones that are not among those of the stream.
fn beyond(mut all: Vec<Unit>, stream: &[Unit]) -> Vec<Unit> {
    let counted: HashSet<Seq> = stream.iter().map(|unit| unit.seq).collect();
    all.retain(|unit| unit.said != Said::Open && !counted.contains(&unit.seq));
    all
}

/// Those that the stream is made of.
fn with_places(mut units: Vec<Unit>) -> Vec<Unit> {
    units.retain(|unit| !unit.is_aside);
    units
}

/// In the order of the rules, those that have a case.
fn by_rule(units: &[Unit], rules: &[String]) -> Vec<ByRule> {
    let of = |rule: &String| ByRule { rule: rule.clone(), cases: 0, read: 0, good: 0 };
    let mut counted: Vec<ByRule> = rules.iter().map(of).collect();
    for unit in units {
        let Some(of_rule) = counted.get_mut(unit.rule) else { continue };
        of_rule.cases += 1;
        of_rule.read += u64::from(unit.is_taken && unit.said != Said::Open);
        of_rule.good += u64::from(unit.is_taken && unit.said == Said::Good);
    }
    counted.retain(|of_rule| of_rule.cases > 0);
    counted
}

fn least_chance(units: &[Unit]) -> f64 {
    units.iter().map(|unit| unit.chance).fold(1.0, f64::min)
}

struct Covered {
    /// The cases of the batches that the stream has reached, in its order.
    covered: Vec<Unit>,
    uncovered: u64,
}

/// The stream has reached the batch of the last settled place; the first one where none is settled.
fn covered(mut units: Vec<Unit>) -> Covered {
    units.sort_unstable_by_key(|unit| (unit.batch, unit.place));
    let is_settled = |unit: &&Unit| unit.is_taken && unit.said != Said::Open;
    let reached = units.iter().rev().find(is_settled).or(units.first()).map(|unit| unit.batch);
    let covered = reached.map_or(0, |reached| units.partition_point(|unit| unit.batch <= reached));
    let uncovered = (units.len() - covered) as u64;
    units.truncate(covered);
    Covered { covered: units, uncovered }
}

/// A rule of which nothing can be said because it takes nothing.
fn rule_that_takes_none(covered: &[Unit], least: f64, rules: &[String]) -> Option<Why> {
    let none = || covered.iter().filter(|unit| unit.chance <= 0.0).map(|unit| unit.rule).min();
    let rule = || none().and_then(|rule| rules.get(rule)).cloned().unwrap_or_default();
    (least <= 0.0).then(|| Why::RuleTakesNone { rule: rule() })
}

/// Of the covered ones those that were taken, and that the least chance would have taken too: so all of it was
/// taken at one chance. And how many verdicts that leaves unused.
fn at_one_chance(mut covered: Vec<Unit>, least: f64) -> (Vec<Unit>, Option<Why>) {
    let mut items = 0;
    covered.retain(|unit| {
        let is_used = unit.drawn < least;
        items += u64::from(unit.is_taken && !is_used && unit.said != Said::Open);
        unit.is_taken && is_used
    });
    (covered, (items > 0).then_some(Why::Unused { items, chance: least }))
}

fn sequential(terms: AtLeast, covered: Vec<Unit>, least: f64) -> Recount {
    let (mut stream, unused) = at_one_chance(covered, least);
    let most = terms.reviews.map_or(usize::MAX, |reviews| reviews as usize);
    let is_spent = stream.len() >= most;
    stream.truncate(most);
    let mut recount = Recount::of(stream);
    let mut sequence = ConfidenceSequence::new(terms.confidence);
    let mut counts = Counts::default();
    for unit in &recount.stream {
        add(&mut counts, unit.said);
        sequence.look(counts);
    }
    recount.range = sequence.interval();
    recount.outcome = decided(recount.range, terms.share);
    if recount.range.low > recount.range.high {
        recount.outcome = Outcome::Undecided;
        recount.why.push(Why::Drift);
    } else if recount.outcome == Outcome::Undecided && is_spent && recount.open == 0 {
        recount.why.push(Why::Spent { reviews: most as u64 });
    }
    recount.tell_shortfall(terms.share);
    recount.why.extend(unused);
    recount
}

/// One look, when the first places are settled that were fixed beforehand.
fn fixed(terms: AtLeast, covered: &[Unit]) -> Recount {
    let reviews = terms.reviews.unwrap_or_default() as usize;
    let taken = covered.iter().filter(|unit| unit.is_taken);
    let mut recount = Recount::of(taken.take(reviews).copied().collect());
    let (places, reviews) = (recount.stream.len() as u64, reviews as u64);
    let is_known = match covered.iter().all(|unit| unit.chance == covered[0].chance) {
        true => recount.by_plain_sample(terms.confidence),
        false => recount.by_strata(terms.confidence, covered),
    };
    if places < reviews {
        recount.why.push(Why::TooFew { places, reviews });
    } else if recount.read < places {
        recount.why.push(Why::NotAllSettled { open: places - recount.read, reviews });
    } else if is_known {
        recount.outcome = decided(recount.range, terms.share);
        recount.tell_shortfall(terms.share);
    } else {
        recount.why.push(Why::StratumUnread);
    }
    recount
}

fn decided(Interval { low, high }: Interval, share: f64) -> Outcome {
    match (low >= share, high < share) {
        (true, _) => Outcome::Met,
        (_, true) => Outcome::Failed,
        _ => Outcome::Undecided,
    }
}

fn add(counts: &mut Counts, said: Said) {
    match said {
        Said::Good => counts.good += 1,
        Said::Bad => counts.bad += 1,
        Said::Open => counts.open += 1,
    }
}

impl Recount {
    /// Nothing is decided of a stream yet.
    fn of(stream: Vec<Unit>) -> Self {
        let mut counts = Counts::default();
        stream.iter().for_each(|unit| add(&mut counts, unit.said));
        let read = counts.good + counts.bad;
        let last = stream.iter().rposition(|unit| unit.said != Said::Open).map_or(0, |place| place + 1);
        Self {
            outcome: Outcome::Undecided,
            rate: (read > 0).then(|| counts.good as f64 / read as f64),
            range: Interval { low: 0.0, high: 1.0 },
            read,
            good: counts.good,
            open: last as u64 - read,
            eligible: 0,
            uncovered: 0,
            compared: None,
            whole: None,
            by_rule: Vec::new(),
            why: Vec::new(),
            stream,
            pairs: Vec::new(),
            beyond: Vec::new(),
        }
    }

    fn by_plain_sample(&mut self, confidence: f64) -> bool {
        let (good, read) = (self.good as f64, self.read as f64);
        if read > 0.0 {
            let (low, high) = (lower_bound(good, read, confidence), upper_bound(good, read, confidence));
            self.range = Interval { low, high };
        }
        read > 0.0
    }

    /// Where rules of sampling took outputs at several chances: each rule's part weighs what it has. `false`: of
    /// one too little is read.
    fn by_strata(&mut self, confidence: f64, covered: &[Unit]) -> bool {
        let mut strata: BTreeMap<(usize, u64), Stratum> = BTreeMap::new();
        let of = |unit: &Unit| (unit.rule, unit.chance.to_bits());
        for unit in covered {
            strata.entry(of(unit)).or_insert(Stratum { size: 0, read: 0, good: 0 }).size += 1;
        }
        for unit in self.stream.iter().filter(|unit| unit.said != Said::Open) {
            if let Some(stratum) = strata.get_mut(&of(unit)) {
                stratum.read += 1;
                stratum.good += u64::from(unit.said == Said::Good);
            }
        }
        let strata: Vec<Stratum> = strata.into_values().collect();
        let Some(estimate) = stratified(&strata) else { return false };
        self.rate = Some(estimate.share);
        self.range = Interval { low: estimate.lower_bound(confidence), high: estimate.upper_bound(confidence) };
        true
    }

    /// Says of a bar that is undecided though all is read why that does not decide it.
    fn tell_all_read(&mut self, is_all_read: bool) {
        if is_all_read && self.read > 0 && self.outcome == Outcome::Undecided {
            self.why.push(Why::AllRead);
        }
    }

    /// The outputs whose verdicts are counted: of pairs both.
    pub fn settled(&self) -> impl Iterator<Item = &Unit> {
        let of_pairs = self.pairs.iter().filter(|pair| pair.is_settled()).flat_map(|pair| [&pair.new, &pair.old]);
        let has_no_pairs = self.pairs.is_empty();
        let of_stream = self.stream.iter().filter(move |unit| has_no_pairs && unit.said != Said::Open);
        let is_certain = self.is_certain();
        let of_beyond = self.beyond.iter().filter(move |_| is_certain);
        of_stream.chain(of_beyond).chain(of_pairs)
    }

    /// The outputs that may count: those of the stream, of pairs both, and of a queue as a whole those beyond it.
    pub fn outputs(&self) -> impl Iterator<Item = &Unit> {
        let of_pairs = self.pairs.iter().flat_map(|pair| [&pair.new, &pair.old]);
        let has_no_pairs = self.pairs.is_empty();
        let of_stream = self.stream.iter().filter(move |_| has_no_pairs);
        of_stream.chain(of_pairs).chain(&self.beyond)
    }

    /// Whether it speaks of nothing, so that no review tells anything.
    pub fn is_empty(&self) -> bool {
        self.eligible + self.uncovered == 0
    }

    /// Says that there is nothing to be read, in the place of that nothing was.
    fn tell_if_empty(&mut self) {
        let is_empty = self.is_empty();
        let unread = self.why.iter_mut().find(|why| matches!(why, Why::NothingRead | Why::TooFew { places: 0, .. }));
        if let Some(why) = unread.filter(|_| is_empty) {
            *why = Why::NoItems;
        }
    }

    /// Says why nothing is decided, as far as the numbers say it.
    fn tell_shortfall(&mut self, share: f64) {
        if self.outcome != Outcome::Undecided || self.range.low > self.range.high {
            return;
        }
        if self.read == 0 {
            self.why.push(Why::NothingRead);
            return;
        }
        self.why.push(Why::Between { range: self.range, share });
        if self.open > 0 {
            self.why.push(Why::Open { open: self.open });
        }
    }
}

/// A bar over what items bring, counted on all of them: the good ones, and all.
pub fn counted(share: f64, (good, items): (u64, u64)) -> Recount {
    let rate = (items > 0).then(|| good as f64 / items as f64);
    let mut recount = Recount { good, eligible: items, rate, ..Recount::of(Vec::new()) };
    match rate {
        None => recount.why.push(Why::NoItems),
        Some(rate) => {
            recount.range = Interval { low: rate, high: rate };
            recount.outcome = if rate >= share { Outcome::Met } else { Outcome::Failed };
        }
    }
    recount
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many units of a rule, of which the first are taken, and of those the first are good.
    fn part(rule: usize, size: u32, read: u32, good: u32) -> Vec<Unit> {
        let unit = |n: u32| Unit {
            seq: i64::from(n),
            batch: 1,
            place: u128::from(n) << 8 | rule as u128,
            is_taken: n < read,
            is_aside: false,
            drawn: f64::from(n) / f64::from(size),
            chance: f64::from(read) / f64::from(size),
            rule,
            said: if n < good {
                Said::Good
            } else if n < read {
                Said::Bad
            } else {
                Said::Open
            },
        };
        (0..size).map(unit).collect()
    }

    /// The naive rate of what was read would be .75: the rule that reads most finds the worst.
    #[test]
    fn a_fixed_bar_weighs_what_rules_have_taken_at_their_rates() {
        let units = [part(0, 600, 30, 27), part(1, 300, 30, 24), part(2, 100, 40, 24)].concat();
        let terms = AtLeast {
            share: 0.74,
            confidence: 0.975,
            method: Method::Fixed,
            population: Population::Model,
            reviews: Some(100),
        };
        let recount = at_least(terms, units.clone(), &[]);
        let near = |found: f64, expected: f64| (found - expected).abs() < 1e-9;
        assert!(near(recount.rate.unwrap(), 0.84), "{:?}", recount.rate);
        let Interval { low, high } = recount.range;
        assert!(near(low, 0.745_782_680_9) && near(high, 0.909_870_765_5), "{low} {high}");
        assert_eq!((recount.outcome, recount.read), (Outcome::Met, 100));
        let unread = [units, part(3, 50, 0, 0)].concat();
        let recount = at_least(terms, unread, &["a".into(), "b".into(), "c".into(), "rest".into()]);
        assert_eq!((recount.outcome, &recount.why[0]), (Outcome::Undecided, &Why::StratumUnread));
        assert_eq!(recount.why[1], Why::RuleTakesNone { rule: "rest".into() });
    }
}
