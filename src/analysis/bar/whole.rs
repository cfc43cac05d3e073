//! A queue that is read as a whole: its outputs are all that the bar speaks of, so that there is an end at which
//! nothing is left to chance.
//!
//! Until then the evidence of the stream decides, as for a bar of what a model makes. It may: of what is drawn
//! without putting back less strays than of what is drawn anew, and a false outcome is no likelier. (W. Hoeffding,
//! "Probability inequalities for sums of bounded random variables", Journal of the American Statistical Association
//! 58 (1963), 13–30, section 6, of the sum at one length; at all lengths together it is reckoned in the tests.)

use super::{Compared, Recount, Said, Unit, Why, decided};
use crate::analysis::stats::interval::Interval;
use crate::domain::bar::Outcome;

/// What a queue has, and what is read of it: of each case the output that counts, or the pair, whether sampling took it
/// or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whole {
    pub cases: u64,
    pub read: u64,
    /// How many of those are good; of pairs how many more are better than worse.
    pub sum: i64,
    /// What one that is not read adds to it at worst: 0, of pairs -1; at best 1.
    least: i64,
}

impl Whole {
    pub(super) fn of(units: &[Unit]) -> Self {
        let count = |said| units.iter().filter(|unit| unit.said == said).count() as u64;
        let (good, bad) = (count(Said::Good), count(Said::Bad));
        Self { cases: units.len() as u64, read: good + bad, sum: good as i64, least: 0 }
    }

    pub(super) fn of_pairs(cases: u64, compared: Compared) -> Self {
        let Compared { better, same, worse } = compared;
        Self { cases, read: better + same + worse, sum: better as i64 - worse as i64, least: -1 }
    }

    pub fn unread(self) -> u64 {
        self.cases - self.read
    }

    /// The share, or the mean difference, if all that is unread came out at worst, and at best.
    pub(super) fn range(self) -> Interval {
        let of = |sum: i64| sum as f64 / self.cases as f64;
        let unread = self.unread() as i64;
        Interval { low: of(self.sum + self.least * unread), high: of(self.sum + unread) }
    }

    /// The same with one verdict otherwise, which adds so much.
    pub(super) fn with(self, more: i64) -> Self {
        Self { sum: self.sum + more, ..self }
    }

    /// What no verdict that is to come can change.
    pub(super) fn outcome(self, share: f64) -> Outcome {
        if self.cases == 0 { Outcome::Undecided } else { decided(self.range(), share) }
    }

    /// After how many more reviews nothing that is to come can change whether the share is reached, if `truth` of them
    /// is good.
    pub(super) fn certain_after(self, share: f64, truth: f64) -> u64 {
        // A hair less: a share that was written is no exact number.
        let needed = (share * self.cases as f64 - 1e-9).ceil();
        let too_many = self.cases as f64 - needed + 1.0;
        let (good, bad) = (self.sum as f64, self.read as f64 - self.sum as f64);
        let until = |lacking: f64, rate: f64| if lacking <= 0.0 { 0.0 } else { (lacking / rate).ceil() };
        let certain = until(needed - good, truth).min(until(too_many - bad, 1.0 - truth));
        (certain as u64).min(self.unread())
    }
}

impl Recount {
    /// Where nothing is left to chance, that is what the bar comes to, whatever the stream had shown; else no share
    /// that cannot come about any more is told as possible.
    pub(super) fn limit_by(&mut self, whole: Whole, outcome: Outcome) {
        self.whole = Some(whole);
        if whole.cases == 0 {
            return;
        }
        let certain = whole.range();
        if outcome == Outcome::Undecided {
            if self.range.low <= self.range.high {
                let Interval { low, high } = self.range;
                self.range = Interval { low: low.max(certain.low), high: high.min(certain.high) };
            }
            return;
        }
        (self.outcome, self.range) = (outcome, certain);
        (self.read, self.good, self.open) = (whole.read, whole.sum.max(0).unsigned_abs(), 0);
        self.rate = (whole.read > 0).then(|| whole.sum as f64 / whole.read as f64);
        (self.eligible, self.uncovered) = (whole.cases, 0);
        self.why = vec![Why::Certain { unread: whole.unread() }];
    }

    /// Whether nothing is left to chance.
    pub fn is_certain(&self) -> bool {
        self.why.iter().any(|why| matches!(why, Why::Certain { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AtLeast, at_least};
    use super::*;
    use crate::analysis::stats::sequential::{Outcome as Shown, decide};
    use crate::domain::bar::{Method, Population};

    fn unit(n: u64, said: Said) -> Unit {
        Unit {
            seq: n as i64,
            batch: 1,
            place: u128::from(n),
            is_taken: true,
            drawn: 0.0,
            chance: 1.0,
            is_aside: false,
            rule: 0,
            said,
        }
    }

    fn recount_of(share: f64, population: Population, said: &[Said]) -> Recount {
        let units = said.iter().enumerate().map(|(n, said)| unit(n as u64, *said)).collect();
        at_least(AtLeast { share, confidence: 0.95, method: Method::Sequential, population, reviews: None }, units, &[])
    }

    /// The bad ones spread among the good ones, so that no length of the stream shows anything by itself.
    fn recount(share: f64, population: Population, [good, bad, open]: [usize; 3]) -> Recount {
        let settled = good + bad;
        let is_bad = |n: usize| (0..bad).any(|nth| n == (2 * nth + 1) * settled / (2 * bad));
        let mut said: Vec<Said> = (0..settled).map(|n| if is_bad(n) { Said::Bad } else { Said::Good }).collect();
        said.extend(vec![Said::Open; open]);
        recount_of(share, population, &said)
    }

    /// 57 of 60 is evidence of 1.69 for 0.9, where 20 decide: of a sample that is undecided, and of a queue that is
    /// read to its end it is 95 %.
    #[test]
    fn a_queue_that_is_read_to_its_end_is_decided_and_a_sample_is_not() {
        let sample = recount(0.9, Population::Model, [57, 3, 0]);
        assert_eq!((sample.outcome, sample.why.last()), (Outcome::Undecided, Some(&Why::AllRead)));
        let whole = recount(0.9, Population::Queue, [57, 3, 0]);
        assert_eq!((whole.outcome, whole.range), (Outcome::Met, Interval { low: 0.95, high: 0.95 }));
        assert_eq!((whole.rate, whole.why), (Some(0.95), vec![Why::Certain { unread: 0 }]));
        assert_eq!(recount(0.96, Population::Queue, [57, 3, 0]).outcome, Outcome::Failed);
        assert_eq!(recount(0.95, Population::Queue, [57, 3, 0]).outcome, Outcome::Met, "the share itself is enough");
    }

    #[test]
    fn what_is_unread_is_waited_for_only_while_it_can_change_the_outcome() {
        // 54 of 60 are needed.
        let met = recount(0.9, Population::Queue, [54, 3, 3]);
        assert_eq!((met.outcome, met.range), (Outcome::Met, Interval { low: 0.9, high: 0.95 }));
        let open = recount(0.9, Population::Queue, [53, 3, 4]);
        assert_eq!(open.outcome, Outcome::Undecided);
        assert_eq!((open.range.low, open.range.high), (53.0 / 60.0, 57.0 / 60.0));
        assert_eq!(recount(0.9, Population::Queue, [0, 7, 53]).outcome, Outcome::Failed, "53 good ones are too few");
        // The stream of it is met by evidence, and the end says otherwise.
        let said = [vec![Said::Good; 43], vec![Said::Bad; 7]].concat();
        assert_eq!(recount_of(0.9, Population::Model, &said).outcome, Outcome::Met);
        assert_eq!(recount_of(0.9, Population::Queue, &said).outcome, Outcome::Failed);
    }

    #[test]
    fn that_every_one_is_good_is_shown_by_reading_all() {
        assert_eq!(recount(1.0, Population::Queue, [60, 0, 0]).outcome, Outcome::Met);
        assert_eq!(recount(1.0, Population::Queue, [59, 0, 1]).outcome, Outcome::Undecided);
        assert_eq!(recount(1.0, Population::Queue, [10, 1, 49]).outcome, Outcome::Failed);
    }

    #[test]
    fn how_many_more_make_it_certain() {
        let whole = |good: u64, bad: u64| Whole { cases: 60, read: good + bad, sum: good as i64, least: 0 };
        assert_eq!(whole(0, 0).certain_after(0.9, 1.0), 54);
        assert_eq!(whole(45, 0).certain_after(0.9, 0.9), 10);
        assert_eq!(whole(0, 0).certain_after(0.9, 0.0), 7, "7 bad ones leave 53");
        assert_eq!(whole(0, 0).certain_after(0.9, 0.9), 60);
        assert_eq!(whole(57, 3).certain_after(0.95, 0.95), 0);
    }

    /// Of a queue that is just too bad, and of one that is just good enough, drawn without putting back and looked at
    /// after every verdict: the chance of a false outcome at any of them, by the chances of all counts.
    #[test]
    fn evidence_that_is_drawn_without_putting_back_is_wrong_no_more_often() {
        for cases in [50_u64, 100, 250] {
            let enough = (0.9 * cases as f64).ceil() as u64;
            for (good_in_all, wrong) in [(enough - 1, Shown::Met), (enough, Shown::Failed)] {
                let mut chances = vec![1.0_f64];
                let mut is_wrong = 0.0;
                for n in 0..cases {
                    let mut next = vec![0.0; chances.len() + 1];
                    for (good, chance) in chances.iter().enumerate().filter(|(_, chance)| **chance > 0.0) {
                        let share = good_in_all.saturating_sub(good as u64) as f64 / (cases - n) as f64;
                        next[good + 1] += chance * share;
                        next[good] += chance * (1.0 - share);
                    }
                    for (good, chance) in next.iter_mut().enumerate().filter(|(_, chance)| **chance > 0.0) {
                        if decide(good as u64, n + 1 - good as u64, 0.9, 0.95) == wrong {
                            is_wrong += std::mem::take(chance);
                        }
                    }
                    chances = next;
                }
                assert!(is_wrong <= 0.05, "{cases} {wrong:?}: {is_wrong}");
            }
        }
    }
}
