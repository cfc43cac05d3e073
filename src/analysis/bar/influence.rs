//! Which verdicts a bar hangs on: those that, if they were otherwise, would change its outcome.

use super::{AtLeast, Said, Unit, decided};
use crate::analysis::stats::interval::Interval;
use crate::analysis::stats::proportion::{lower_bound, upper_bound};
use crate::analysis::stats::sequential::{ln_e_failed, ln_e_met};
use crate::domain::bar::{Method, Outcome};
use crate::domain::item::Seq;

/// The items of a stream whose verdicts, each by itself, would change the outcome if they were otherwise.
pub fn decisive(terms: AtLeast, stream: &[Unit]) -> Vec<Seq> {
    let is_decisive = match terms.method {
        Method::Sequential => by_evidence(terms, stream),
        Method::Fixed => by_bounds(terms, stream),
    };
    let settled = stream.iter().zip(is_decisive).filter(|(unit, is)| *is && unit.said != Said::Open);
    settled.map(|(unit, _)| unit.seq).collect()
}

/// As many more items of the other verdict, where there are so many: in an order that has nothing to do with
/// what was said. Who looks only at those that would help looks at half of the truth.
pub fn counterweight(decisive: &[Seq], stream: &[Unit]) -> Vec<Seq> {
    let is_decisive = |unit: &&Unit| decisive.contains(&unit.seq);
    let good = stream.iter().filter(is_decisive).filter(|unit| unit.said == Said::Good).count();
    let other = if 2 * good >= decisive.len() { Said::Bad } else { Said::Good };
    let mut others: Vec<&Unit> = stream.iter().filter(|unit| unit.said == other && !is_decisive(unit)).collect();
    // The lower half of the draw is independent of the upper one, by which the stream is sorted.
    others.sort_unstable_by_key(|unit| unit.place as u64);
    others.into_iter().take(decisive.len()).map(|unit| unit.seq).collect()
}

/// Whether some length of the stream shows that the bar is met, and whether one shows that it has failed.
#[derive(Clone, Copy, Default, PartialEq)]
struct Shown {
    met: bool,
    failed: bool,
}

impl Shown {
    fn or(self, other: Shown) -> Shown {
        Shown { met: self.met || other.met, failed: self.failed || other.failed }
    }

    fn outcome(self) -> Outcome {
        match (self.met, self.failed) {
            (true, false) => Outcome::Met,
            (false, true) => Outcome::Failed,
            _ => Outcome::Undecided,
        }
    }
}

/// What stands before a verdict shows the same without it; what stands after it has one more or fewer.
fn by_evidence(terms: AtLeast, stream: &[Unit]) -> Vec<bool> {
    let ln_threshold = -(1.0 - terms.confidence).ln();
    let at = |good: u64, bad: u64, open: u64| Shown {
        met: ln_e_met(good, bad + open, terms.share) >= ln_threshold,
        failed: ln_e_failed(good + open, bad, terms.share) >= ln_threshold,
    };
    let (mut good, mut bad, mut open) = (0, 0, 0);
    let mut before = vec![Shown::default()];
    let (mut one_fewer, mut one_more) = (Vec::new(), Vec::new());
    for unit in stream {
        match unit.said {
            Said::Good => good += 1,
            Said::Bad => bad += 1,
            Said::Open => open += 1,
        }
        let so_far = before.last().copied().unwrap_or_default();
        before.push(so_far.or(at(good, bad, open)));
        one_fewer.push(if good > 0 { at(good - 1, bad + 1, open) } else { Shown::default() });
        one_more.push(if bad > 0 { at(good + 1, bad - 1, open) } else { Shown::default() });
    }
    let [one_fewer, one_more] = [one_fewer, one_more].map(|mut from: Vec<Shown>| {
        for at in (0..from.len().saturating_sub(1)).rev() {
            from[at] = from[at].or(from[at + 1]);
        }
        from
    });
    let outcome = before.last().copied().unwrap_or_default().outcome();
    let otherwise = |place: usize, unit: &Unit| match unit.said {
        Said::Good => before[place].or(one_fewer[place]).outcome(),
        Said::Bad => before[place].or(one_more[place]).outcome(),
        Said::Open => outcome,
    };
    stream.iter().enumerate().map(|(place, unit)| otherwise(place, unit) != outcome).collect()
}

fn by_bounds(terms: AtLeast, stream: &[Unit]) -> Vec<bool> {
    let good = stream.iter().filter(|unit| unit.said == Said::Good).count() as f64;
    let n = stream.len() as f64;
    // Where chances differ, one verdict weighs more than another.
    let is_plain = stream.iter().all(|unit| unit.said != Said::Open && unit.chance == stream[0].chance);
    let is_done = is_plain && terms.reviews == u32::try_from(stream.len()).ok();
    let outcome = |good: f64| {
        let (low, high) = (lower_bound(good, n, terms.confidence), upper_bound(good, n, terms.confidence));
        decided(Interval { low, high }, terms.share)
    };
    let changes = |unit: &Unit| match unit.said {
        Said::Good => outcome(good - 1.0) != outcome(good),
        Said::Bad => outcome(good + 1.0) != outcome(good),
        Said::Open => false,
    };
    stream.iter().map(|unit| is_done && changes(unit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(said: &[Said]) -> Vec<Unit> {
        let unit = |(n, said): (usize, &Said)| Unit {
            seq: n as i64,
            batch: 1,
            place: n as u128,
            is_taken: true,
            drawn: 0.0,
            chance: 1.0,
            rule: 0,
            said: *said,
        };
        said.iter().enumerate().map(unit).collect()
    }

    const TERMS: AtLeast = AtLeast { share: 0.9, confidence: 0.95, method: Method::Sequential, reviews: None };

    fn outcome(said: &[Said]) -> Outcome {
        super::super::at_least(TERMS, stream(said), &[]).outcome
    }

    /// 43 good ones in a row meet the bar, and each of them must be good for it.
    #[test]
    fn every_verdict_of_a_bar_that_is_just_met_is_decisive() {
        let said = vec![Said::Good; 43];
        assert_eq!(decisive(TERMS, &stream(&said)).len(), 43);
        let longer = vec![Said::Good; 90];
        assert_eq!(decisive(TERMS, &stream(&longer)), [0; 0], "one more or less changes nothing");
        assert_eq!(decisive(TERMS, &stream(&[Said::Good; 42])), [0; 0], "none is missing by itself");
    }

    /// By its definition: each verdict is changed, and the bar recounted.
    #[test]
    fn what_is_decisive_is_so_by_a_plain_recount() {
        let mut x = 7u64;
        for round in 0..60 {
            let said: Vec<Said> = (0..30 + round)
                .map(|_| {
                    x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    match x >> 59 {
                        0 | 1 => Said::Bad,
                        2 => Said::Open,
                        _ => Said::Good,
                    }
                })
                .collect();
            let now = outcome(&said);
            let plainly = (0..said.len()).filter(|place| {
                let mut other = said.clone();
                other[*place] = match said[*place] {
                    Said::Good => Said::Bad,
                    Said::Bad => Said::Good,
                    Said::Open => return false,
                };
                outcome(&other) != now
            });
            assert_eq!(decisive(TERMS, &stream(&said)), plainly.map(|place| place as i64).collect::<Vec<_>>());
        }
    }

    #[test]
    fn as_many_of_the_other_verdict_are_drawn() {
        let mut said = vec![Said::Good; 20];
        said.extend([Said::Bad; 6]);
        let stream = stream(&said);
        assert_eq!(counterweight(&[0, 1, 2], &stream).len(), 3);
        assert!(counterweight(&[0, 1, 2], &stream).iter().all(|seq| *seq >= 20));
        assert_eq!(counterweight(&[20, 21], &stream).len(), 2);
        assert!(counterweight(&[20, 21], &stream).iter().all(|seq| *seq < 20));
        assert_eq!(counterweight(&(0..10).collect::<Vec<_>>(), &stream).len(), 6, "there are no more");
    }
}
