//! A bar against a baseline: by pairs of one case, or of two samples where no case is in both.

use super::{
    Covered, Recount, Said, Unit, Whole, Why, at_one_chance, covered, least_chance, rule_that_takes_none, with_places,
};
use crate::analysis::stats::interval::Interval;
use crate::analysis::stats::paired::{mcnemar, newcombe_independent, tango_lower, tango_upper};
use crate::analysis::stats::sequential::{BettingSequence, ConfidenceSequence, Counts, PairCounts};
use crate::domain::bar::{Method, Outcome, Population};

/// What a bar asks for of a difference.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Against {
    /// How much lower the share may be; 0 asks for a higher one.
    pub margin: f64,
    pub confidence: f64,
    pub method: Method,
    pub population: Population,
    pub reviews: Option<u32>,
}

/// How the new outputs do beside the old ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compared {
    /// Settled pairs where the new output alone is good, where both are alike, and where the old one alone is.
    pub better: u64,
    pub same: u64,
    pub worse: u64,
}

impl Against {
    /// Where a difference between `low` and `high` is known.
    pub(super) fn decided(self, Interval { low, high }: Interval) -> Outcome {
        let is_shown = if self.margin == 0.0 { low > 0.0 } else { low >= -self.margin };
        match (is_shown, high < -self.margin) {
            (true, _) => Outcome::Met,
            (_, true) => Outcome::Failed,
            _ => Outcome::Undecided,
        }
    }

    /// What no pair that is to come can change: the difference will lie between `low` and `high`. Where no better one
    /// can come about any more, a bar that asks for better has failed.
    pub(super) fn certain(self, range: Interval) -> Outcome {
        match self.decided(range) {
            Outcome::Undecided if self.margin == 0.0 && range.high <= 0.0 => Outcome::Failed,
            outcome => outcome,
        }
    }
}

/// Recounts a bar against a baseline, over the units of both.
pub fn against(terms: Against, new: Vec<Unit>, old: Vec<Unit>, rules: &[String]) -> Recount {
    let (mut new, mut old) = match terms.population {
        Population::Model => (with_places(new), with_places(old)),
        Population::Queue => (new, old),
    };
    for units in [&mut new, &mut old] {
        units.sort_unstable_by_key(|unit| unit.place);
    }
    let pairs = pairs(&new, &old);
    if pairs.is_empty() {
        return unpaired(terms, new, old, rules);
    }
    let alone = (new.len() + old.len() - 2 * pairs.len()) as u64;
    drop((new, old));
    let all = Whole::of_pairs(pairs.len() as u64, compared(&pairs));
    let units = with_places(pairs.iter().map(|pair| pair.as_unit()).collect());
    let Covered { covered, uncovered } = covered(units);
    let (least, eligible) = (least_chance(&covered), covered.len() as u64);
    let takes_none = rule_that_takes_none(&covered, least, rules);
    let (mut stream, unused) = at_one_chance(covered, least);
    let most = terms.reviews.map_or(usize::MAX, |reviews| reviews as usize);
    stream.truncate(most);
    let is_full = stream.len() >= most;
    let of_unit = |unit: &Unit| {
        let place = pairs.binary_search_by_key(&unit.place, |pair| pair.new.place).ok()?;
        Some(pairs[place])
    };
    let pairs: Vec<Pair> = stream.iter().filter_map(of_unit).collect();
    let looks: Vec<PairCounts> = pairs.iter().scan(PairCounts::default(), look).collect();
    let mut recount = Recount { pairs, ..Recount::of(stream) };
    (recount.eligible, recount.uncovered) = (eligible, uncovered);
    let last = looks.last().copied().unwrap_or_default();
    recount.rate = (recount.read > 0).then(|| (last.better as f64 - last.worse as f64) / recount.read as f64);
    recount.range = Interval { low: -1.0, high: 1.0 };
    recount.compared = Some(Compared { better: last.better, same: last.same, worse: last.worse });
    match terms.method {
        Method::Sequential => by_betting(terms, &looks, is_full, &mut recount),
        Method::Fixed => once(terms, last, &mut recount),
    }
    recount.tell_if_empty();
    if last.better + last.worse > 0 {
        recount.why.push(Why::McNemar { better: last.better, worse: last.worse, p: mcnemar(last.better, last.worse) });
    }
    recount.why.extend((alone > 0).then_some(Why::Alone { items: alone }));
    recount.why.extend(unused);
    recount.why.extend(takes_none);
    match terms.population {
        Population::Queue => recount.limit_by(all, terms.certain(all.range())),
        Population::Model => recount.tell_all_read(all.unread() == 0),
    }
    recount
}

/// The cases that both have; both are in the order of their places.
fn pairs(new: &[Unit], old: &[Unit]) -> Vec<Pair> {
    let of_case = |new: &Unit| {
        let place = old.binary_search_by_key(&new.place, |unit| unit.place).ok()?;
        Some(Pair { new: *new, old: old[place] })
    };
    new.iter().filter_map(of_case).collect()
}

/// Of the pairs that are settled.
fn compared(pairs: &[Pair]) -> Compared {
    let at = pairs.iter().scan(PairCounts::default(), look).last().unwrap_or_default();
    Compared { better: at.better, same: at.same, worse: at.worse }
}

/// The outputs of a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    pub new: Unit,
    pub old: Unit,
}

impl Pair {
    /// Whether both of its outputs are.
    pub fn is_settled(self) -> bool {
        self.new.said != Said::Open && self.old.said != Said::Open
    }

    /// A place that is settled where both are.
    fn as_unit(self) -> Unit {
        let Pair { new, old } = self;
        Unit {
            batch: new.batch.max(old.batch),
            is_taken: new.is_taken && old.is_taken,
            is_aside: new.is_aside || old.is_aside,
            drawn: new.drawn.max(old.drawn),
            chance: new.chance.min(old.chance),
            said: if self.is_settled() { new.said } else { Said::Open },
            ..new
        }
    }
}

/// The counts with the next pair.
pub(super) fn look(at: &mut PairCounts, pair: &Pair) -> Option<PairCounts> {
    match (pair.new.said, pair.old.said) {
        _ if !pair.is_settled() => at.open += 1,
        (Said::Good, Said::Bad) => at.better += 1,
        (Said::Bad, Said::Good) => at.worse += 1,
        _ => at.same += 1,
    }
    Some(*at)
}

/// For `better` alone the pairs that are alike say nothing: of those that differ, more than half must be better.
fn by_betting(terms: Against, looks: &[PairCounts], is_full: bool, recount: &mut Recount) {
    let mut betting = BettingSequence::new(terms.confidence);
    let mut differing = ConfidenceSequence::new(terms.confidence);
    for at in looks {
        betting.look(*at);
        differing.look(Counts { good: at.better, bad: at.worse, open: at.open });
    }
    recount.range = betting.interval();
    let share = differing.interval();
    recount.outcome = match terms.margin == 0.0 {
        true if share.low >= 0.5 => Outcome::Met,
        true if share.high < 0.5 => Outcome::Failed,
        true => Outcome::Undecided,
        false => terms.decided(recount.range),
    };
    // More than half of the pairs that differ are better: so is the mean, whatever the bets have come to.
    match recount.outcome {
        Outcome::Met if terms.margin == 0.0 => recount.range.low = recount.range.low.max(0.0),
        Outcome::Failed if terms.margin == 0.0 => recount.range.high = recount.range.high.min(0.0),
        _ => {}
    }
    if recount.range.low > recount.range.high || share.low > share.high {
        recount.outcome = Outcome::Undecided;
        recount.why.push(Why::Drift);
    } else if recount.outcome == Outcome::Undecided {
        recount.why.push(match (recount.read, is_full && recount.open == 0) {
            (0, _) => Why::NothingRead,
            (_, true) => Why::Spent { reviews: looks.len() as u64 },
            _ => Why::Compatible { range: recount.range },
        });
        recount.why.extend((recount.open > 0 && recount.read > 0).then_some(Why::Open { open: recount.open }));
    }
}

/// One look, by Tango's score.
fn once(terms: Against, at: PairCounts, recount: &mut Recount) {
    let reviews = u64::from(terms.reviews.unwrap_or_default());
    let (places, n) = (recount.stream.len() as u64, recount.read);
    if n > 0 {
        let (low, high) = (
            tango_lower(at.better, at.worse, n, terms.confidence),
            tango_upper(at.better, at.worse, n, terms.confidence),
        );
        recount.range = Interval { low, high };
    }
    if places < reviews {
        recount.why.push(Why::TooFew { places, reviews });
    } else if n < places {
        recount.why.push(Why::NotAllSettled { open: places - n, reviews });
    } else {
        recount.outcome = terms.decided(recount.range);
        recount.why.extend((recount.outcome == Outcome::Undecided).then_some(Why::Compatible { range: recount.range }));
    }
}

/// Two samples, each of which is known with half of what the confidence leaves.
fn unpaired(terms: Against, new: Vec<Unit>, old: Vec<Unit>, rules: &[String]) -> Recount {
    let wholes = [&new, &old].map(|units| Whole::of(units));
    let half = 1.0 - (1.0 - terms.confidence) / 2.0;
    let each = super::AtLeast {
        share: 1.0,
        confidence: half,
        method: terms.method,
        population: Population::Model,
        reviews: terms.reviews,
    };
    let [new, old] = [new, old].map(|units| super::at_least(each, units, rules));
    let mut range = Interval { low: new.range.low - old.range.high, high: new.range.high - old.range.low };
    let mut why = vec![Why::Unpaired];
    let is_done = match terms.method {
        Method::Sequential => new.range.low <= new.range.high && old.range.low <= old.range.high,
        Method::Fixed => {
            let reviews = u64::from(terms.reviews.unwrap_or_default());
            let two_sided = 2.0 * terms.confidence - 1.0;
            let newcombe = newcombe_independent((new.good, new.read), (old.good, old.read), two_sided);
            range = newcombe.unwrap_or(Interval { low: -1.0, high: 1.0 });
            new.read >= reviews && old.read >= reviews
        }
    };
    let outcome = if is_done { terms.decided(range) } else { Outcome::Undecided };
    if outcome == Outcome::Undecided {
        why.push(match (new.read.min(old.read), is_done) {
            (0, _) if new.is_empty() || old.is_empty() => Why::NoItems,
            (0, _) => Why::NothingRead,
            (_, true) => Why::Compatible { range },
            (_, false) if terms.method == Method::Sequential => Why::Drift,
            (read, false) => {
                let reviews = u64::from(terms.reviews.unwrap_or_default());
                Why::NotAllSettled { open: reviews.saturating_sub(read), reviews }
            }
        });
    }
    let mut recount = Recount {
        outcome,
        rate: new.rate.zip(old.rate).map(|(new, old)| new - old),
        range,
        read: new.read + old.read,
        good: new.good,
        open: new.open + old.open,
        eligible: new.eligible + old.eligible,
        uncovered: new.uncovered + old.uncovered,
        why,
        ..Recount::of(new.stream.into_iter().chain(old.stream).collect())
    };
    let [of_new, of_old] = wholes.map(Whole::range);
    let certain = Interval { low: of_new.low - of_old.high, high: of_new.high - of_old.low };
    let outcome = terms.certain(certain);
    if terms.population == Population::Queue && outcome != Outcome::Undecided {
        let unread = wholes[0].unread() + wholes[1].unread();
        (recount.outcome, recount.range) = (outcome, certain);
        recount.why = vec![Why::Unpaired, Why::Certain { unread }];
    }
    recount
}

/// A bar against a baseline over what items bring: the good ones and all, of either.
pub fn counted_against(margin: f64, new: (u64, u64), old: (u64, u64)) -> Recount {
    let share = |(good, items): (u64, u64)| (items > 0).then(|| good as f64 / items as f64);
    let difference = share(new).zip(share(old)).map(|(new, old)| new - old);
    let mut recount = Recount { rate: difference, eligible: new.1 + old.1, good: new.0, ..Recount::of(Vec::new()) };
    match difference {
        None => recount.why.push(Why::NoItems),
        Some(difference) => {
            recount.range = Interval { low: difference, high: difference };
            let is_shown = if margin == 0.0 { difference > 0.0 } else { difference >= -margin };
            recount.outcome = if is_shown { Outcome::Met } else { Outcome::Failed };
        }
    }
    recount
}
