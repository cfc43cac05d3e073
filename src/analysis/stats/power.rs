//! How many reviews it takes: of a fixed number, and of a sequence that may be looked at after each.

use super::sequential::{Outcome, PairCounts, decide, ln_e_failed, ln_e_met, ln_e_no_worse, ln_e_worse};
use super::special::{beta_cdf, binomial_cdf};

/// A number of reviews that is decided upon once, when all of them are done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FixedPlan {
    pub reviews: u64,
    /// With at most so many bad ones the bar is met.
    pub failures: u64,
}

/// The least number of reviews by which a bar of `at_least` is met with the chance `power`, where the share `truth` is
/// good, by the lower end of Clopper and Pearson's one-sided interval at `confidence`. All lie between 0 and
/// 1, without them, but that `truth` may be 1. `None` where `truth` is not above the bar, or more
/// than ten thousand million reviews would be needed.
pub fn fixed_plan(truth: f64, at_least: f64, confidence: f64, power: f64) -> Option<FixedPlan> {
    const MOST_FAILURES: u64 = 1 << 32;
    if truth <= at_least {
        return None;
    }
    let bar = Bar { at_least, tail: 1.0 - confidence };
    // With reviews in parts of one the chance rises with the failures; whole ones, which are no fewer, come after.
    let is_enough = |failures: u64| bar.chance(truth, failures, bar.reviews(failures)) >= power;
    let mut beyond = 1;
    while !is_enough(beyond - 1) {
        beyond *= 2;
        if beyond > MOST_FAILURES {
            return None;
        }
    }
    let (mut low, mut high) = (beyond / 2, beyond - 1);
    while low < high {
        let middle = (low + high) / 2;
        if is_enough(middle) { high = middle } else { low = middle + 1 }
    }
    (low..)
        .map(|failures| FixedPlan { reviews: bar.whole_reviews(failures), failures })
        .find(|plan| binomial_cdf(plan.failures, plan.reviews, 1.0 - truth) >= power)
}

/// With which chance a bar of `at_least` is met when so many `reviews` are done, of which `good` and `bad` are done
/// already, where the share `truth` of the others is good.
pub fn fixed_power(good: u64, bad: u64, reviews: u64, truth: f64, at_least: f64, confidence: f64) -> f64 {
    let bar = Bar { at_least, tail: 1.0 - confidence };
    let Some(allowed) = bar.failures(reviews) else { return 0.0 };
    let left = reviews.saturating_sub(good + bad);
    if allowed < bad { 0.0 } else { binomial_cdf(allowed - bad, left, 1.0 - truth) }
}

/// A bar that is decided once.
struct Bar {
    at_least: f64,
    tail: f64,
}

impl Bar {
    /// Whether so many failures among so many reviews meet it: the bound is at least the bar.
    fn is_met(&self, failures: u64, reviews: f64) -> bool {
        beta_cdf(self.at_least, reviews - failures as f64, failures as f64 + 1.0) <= self.tail
    }

    /// The least number of reviews that meets it with so many failures, in parts of one.
    fn reviews(&self, failures: u64) -> f64 {
        let (mut low, mut high) = self.around(failures);
        while high - low > 1e-9 * high {
            let middle = 0.5 * (low + high);
            *(if self.is_met(failures, middle) { &mut high } else { &mut low }) = middle;
        }
        high
    }

    fn whole_reviews(&self, failures: u64) -> u64 {
        let (low, high) = self.around(failures);
        let (mut low, mut high) = (low as u64, high as u64);
        while high - low > 1 {
            let middle = low.midpoint(high);
            *(if self.is_met(failures, middle as f64) { &mut high } else { &mut low }) = middle;
        }
        high
    }

    /// The most failures with which so many reviews meet it; `None` where even all good ones do not.
    fn failures(&self, reviews: u64) -> Option<u64> {
        if reviews == 0 || !self.is_met(0, reviews as f64) {
            return None;
        }
        let (mut low, mut high) = (0, reviews);
        while high - low > 1 {
            let middle = low.midpoint(high);
            *(if self.is_met(middle, reviews as f64) { &mut low } else { &mut high }) = middle;
        }
        Some(low)
    }

    /// Two whole numbers: so many reviews do not meet it, so many do.
    fn around(&self, failures: u64) -> (f64, f64) {
        let mut high = failures as f64 + 1.0;
        while !self.is_met(failures, high) {
            high *= 2.0;
        }
        (failures as f64, high)
    }

    /// How likely there are at most so many failures among the reviews.
    fn chance(&self, truth: f64, failures: u64, reviews: f64) -> f64 {
        beta_cdf(truth, reviews - failures as f64, failures as f64 + 1.0)
    }
}

/// What is to be expected of a sequential bar, looked at after every review.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outlook {
    /// How many more reviews on average, until it is decided or the most are done.
    pub reviews: f64,
    /// With which chances it is met and failed by then.
    pub met: f64,
    pub failed: f64,
}

/// What is to be expected of a bar of `at_least` that `good` and `bad` reviews have left undecided, where the share
/// `truth` is good and at most `most` more are read: exactly, by the chances of all counts after each review.
/// The time it takes grows with the one-and-a-half power of `most`.
pub fn outlook(good: u64, bad: u64, truth: f64, at_least: f64, confidence: f64, most: u64) -> Outlook {
    let decided = |good: u64, bad: u64| decide(good, bad, at_least, confidence);
    let mut outlook = Outlook { reviews: 0.0, met: 0.0, failed: 0.0 };
    match decided(good, bad) {
        Outcome::Met => return Outlook { met: 1.0, ..outlook },
        Outcome::Failed => return Outlook { failed: 1.0, ..outlook },
        Outcome::Undecided => {}
    }
    // The chances of `least`, `least` + 1, … more bad ones, all of them undecided.
    let (mut chances, mut least) = (std::collections::VecDeque::from([1.0_f64]), 0_u64);
    for more in 1..=most {
        outlook.reviews += chances.iter().sum::<f64>();
        chances.push_back(0.0);
        for index in (0..chances.len()).rev() {
            let from_bad = if index > 0 { chances[index - 1] * (1.0 - truth) } else { 0.0 };
            chances[index] = chances[index] * truth + from_bad;
        }
        // Fewer bad ones meet the bar, more fail it: what is decided leaves at the ends.
        let at = |bad_more: u64| decided(good + more - bad_more, bad + bad_more);
        while !chances.is_empty() && at(least) == Outcome::Met {
            outlook.met += chances.pop_front().unwrap_or_default();
            least += 1;
        }
        while !chances.is_empty() && at(least + chances.len() as u64 - 1) == Outcome::Failed {
            outlook.failed += chances.pop_back().unwrap_or_default();
        }
        // What can hardly come about need not be followed.
        while chances.front().is_some_and(|&chance| chance < 1e-15) {
            chances.pop_front();
            least += 1;
        }
        while chances.back().is_some_and(|&chance| chance < 1e-15) {
            chances.pop_back();
        }
        if chances.is_empty() {
            break;
        }
    }
    outlook
}

/// How many more reviews decide such a bar on average, as in [`outlook`]; of a great many about as many as where
/// exactly the share `truth` of them is good. `None` where no number of them does, as where `truth` is the bar.
pub fn reviews_until_decided(good: u64, bad: u64, truth: f64, at_least: f64, confidence: f64) -> Option<f64> {
    /// Up to so many are counted exactly.
    const FEW: u64 = 5000;
    let high = least_that(|more| {
        let good_more = (truth * more as f64).round() as u64;
        decide(good + good_more, bad + more - good_more, at_least, confidence) != Outcome::Undecided
    })?;
    // By then nearly every course is decided.
    Some(if high <= FEW {
        outlook(good, bad, truth, at_least, confidence, 8 * high + 100).reviews
    } else {
        high as f64
    })
}

/// How many more pairs decide a bar against a baseline half of the time, where of the pairs to come the shares `better`
/// and `worse` differ: the median of simulated courses, looked at as the bar is after every pair (to one in a hundred
/// of their number), with the evidence of [`ln_e_no_worse`] and [`ln_e_worse`]; for better alone (`margin` 0) with that
/// of the pairs that differ. Of a great many pairs as many as where exactly these shares differ. `None` where no number
/// decides. The same question has the same answer: the courses are drawn anew from one seed.
pub fn pairs_until_decided(at: PairCounts, [better, worse]: [f64; 2], margin: f64, confidence: f64) -> Option<u64> {
    /// Courses, and up to how many pairs they are followed.
    const COURSES: usize = 201;
    const FOLLOWED: u64 = 20_000;
    let ln_threshold = -(1.0 - confidence).ln();
    let is_decided = |at: PairCounts| {
        let PairCounts { better, worse, open, .. } = at;
        let (met, failed) = match margin == 0.0 {
            true => (ln_e_met(better, worse + open, 0.5), ln_e_failed(better + open, worse, 0.5)),
            false => (ln_e_no_worse(at, margin), ln_e_worse(at, margin)),
        };
        met >= ln_threshold || failed >= ln_threshold
    };
    // A place that stays open speaks against either outcome: the first of the pairs to come settle those.
    let after = |more: u64, more_better: u64, more_worse: u64| PairCounts {
        better: at.better + more_better,
        same: at.same + more.saturating_sub(more_better + more_worse),
        worse: at.worse + more_worse,
        open: at.open.saturating_sub(more),
    };
    let even = least_that(|more| {
        let [more_better, more_worse] = [better, worse].map(|share| (share * more as f64).round() as u64);
        is_decided(after(more, more_better, more_worse))
    })?;
    if even > FOLLOWED {
        return Some(even);
    }
    let mut dice = Dice(0x6b61_7261);
    let mut taken: Vec<u64> = Vec::with_capacity(COURSES);
    for _ in 0..COURSES {
        let (mut more_better, mut more_worse, mut more, mut next_look) = (0, 0, 0, 1);
        let taken_here = loop {
            more += 1;
            let drawn = dice.roll();
            more_better += u64::from(drawn < better);
            more_worse += u64::from(drawn >= better && drawn < better + worse);
            if more == next_look {
                if more > 2 * even || is_decided(after(more, more_better, more_worse)) {
                    break more;
                }
                next_look += 1 + more / 100;
            }
        };
        taken.push(taken_here);
    }
    taken.sort_unstable();
    Some(taken[COURSES / 2].min(even))
}

/// Even numbers from 0 to 1, by SplitMix64 (G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// The least number from 1 on for which a condition holds that goes on to hold; `None` where that is more than a
/// million million.
pub fn least_that(holds: impl Fn(u64) -> bool) -> Option<u64> {
    let mut high = 1_u64;
    while !holds(high) {
        high *= 2;
        if high > 1 << 40 {
            return None;
        }
    }
    let mut low = high / 2;
    while high - low > 1 {
        let middle = low.midpoint(high);
        *(if holds(middle) { &mut high } else { &mut low }) = middle;
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::stats::proportion::lower_bound;
    use proptest::prelude::*;

    #[test]
    fn worked_numbers() {
        // scipy 1.12: exact, one-sided 5 %, power .9.
        for (truth, at_least, reviews, failures) in
            [(0.95, 0.90, 239, 16), (0.97, 0.90, 103, 5), (0.98, 0.95, 311, 9), (0.93, 0.90, 748, 61)]
        {
            assert_eq!(
                fixed_plan(truth, at_least, 0.95, 0.9),
                Some(FixedPlan { reviews, failures }),
                "{truth} {at_least}"
            );
        }
    }

    /// At a margin of two points: equal versions of which a tenth of the pairs differ are met at a median of some 1,660
    /// pairs, a version that is three points better at some 220.
    #[test]
    fn half_of_the_courses_of_pairs_are_decided_by_then() {
        let median = |shares| pairs_until_decided(PairCounts::default(), shares, 0.02, 0.95).unwrap() as f64;
        let (equal, better) = (median([0.05, 0.05]), median([0.065, 0.035]));
        assert!((equal / 1660.0 - 1.0).abs() < 0.12, "{equal}");
        assert!((better / 220.0 - 1.0).abs() < 0.25, "{better}");
        assert_eq!(pairs_until_decided(PairCounts::default(), [0.04, 0.06], 0.02, 0.95), None, "the truth is the bar");
    }

    #[test]
    fn where_all_are_good_the_shortest_run_is_enough() {
        for (at_least, reviews) in [(0.80, 14), (0.90, 29), (0.95, 59), (0.99, 299)] {
            assert_eq!(fixed_plan(1.0, at_least, 0.95, 0.9), Some(FixedPlan { reviews, failures: 0 }));
        }
        for (at_least, reviews) in [(0.8, 20.0), (0.9, 43.0), (0.95, 88.0)] {
            assert_eq!(reviews_until_decided(0, 0, 1.0, at_least, 0.95), Some(reviews));
        }
    }

    #[test]
    fn a_number_that_was_fixed_has_its_chance() {
        assert!(fixed_power(0, 0, 239, 0.95, 0.9, 0.95) >= 0.9 && fixed_power(0, 0, 238, 0.95, 0.9, 0.95) < 0.9);
        // 17 bad ones are one too many, 16 in all but the last review are enough.
        assert_eq!(fixed_power(100, 17, 239, 0.95, 0.9, 0.95), 0.0);
        assert_eq!(fixed_power(222, 16, 239, 1.0, 0.9, 0.95), 1.0);
        assert_eq!((fixed_power(0, 0, 28, 1.0, 0.9, 0.95), fixed_power(0, 0, 0, 1.0, 0.9, 0.95)), (0.0, 0.0));
    }

    #[test]
    fn no_number_shows_what_is_not_so() {
        assert_eq!(fixed_plan(0.9, 0.9, 0.95, 0.9), None);
        assert_eq!(fixed_plan(0.8, 0.9, 0.95, 0.9), None);
        assert_eq!(reviews_until_decided(0, 0, 0.9, 0.9, 0.95), None);
        assert_eq!(reviews_until_decided(90, 10, 0.9, 0.9, 0.95), None);
    }

    #[test]
    fn a_truth_next_to_the_bar_takes_very_many() {
        let plan = fixed_plan(0.9005, 0.9, 0.95, 0.9).unwrap();
        assert!((2_900_000..3_300_000).contains(&plan.reviews), "{plan:?}");
        assert!((1e6..1e8).contains(&reviews_until_decided(0, 0, 0.9005, 0.9, 0.95).unwrap()));
    }

    #[test]
    fn what_is_decided_needs_no_more() {
        assert_eq!(reviews_until_decided(98, 2, 0.98, 0.9, 0.95), Some(0.0));
        let outlook = outlook(98, 2, 0.98, 0.9, 0.95, 100);
        assert_eq!(outlook, Outlook { reviews: 0.0, met: 1.0, failed: 0.0 });
    }

    /// At the bar itself it is met at most as often as promised, however long one looks.
    #[test]
    fn a_bar_is_seldom_met_by_luck() {
        let at_the_bar = outlook(0, 0, 0.9, 0.9, 0.95, 5000);
        assert!(at_the_bar.met < 0.05 && at_the_bar.met > 0.02 && at_the_bar.failed < 0.05, "{at_the_bar:?}");
    }

    #[test]
    fn the_chances_are_those_of_all_courses() {
        // Every course of 12 reviews, from counts that are near to both decisions.
        let (good, bad, truth, at_least, confidence) = (10, 3, 0.8, 0.7, 0.6);
        let mut expected = Outlook { reviews: 0.0, met: 0.0, failed: 0.0 };
        for course in 0_u32..1 << 12 {
            let mut counts = (good, bad);
            let chance: f64 = (0..12).map(|at| if course >> at & 1 == 1 { truth } else { 1.0 - truth }).product();
            let mut read = 0;
            let mut outcome = decide(counts.0, counts.1, at_least, confidence);
            while read < 12 && outcome == Outcome::Undecided {
                *(if course >> read & 1 == 1 { &mut counts.0 } else { &mut counts.1 }) += 1;
                read += 1;
                outcome = decide(counts.0, counts.1, at_least, confidence);
            }
            expected.reviews += chance * f64::from(read);
            *(match outcome {
                Outcome::Met => &mut expected.met,
                Outcome::Failed => &mut expected.failed,
                Outcome::Undecided => continue,
            }) += chance;
        }
        let found = outlook(good, bad, truth, at_least, confidence, 12);
        let near = |found: f64, expected: f64| (found - expected).abs() < 1e-12;
        assert!(near(found.reviews, expected.reviews) && near(found.met, expected.met), "{found:?} {expected:?}");
        assert!(near(found.failed, expected.failed) && found.met > 0.1 && found.failed > 0.0, "{found:?}");
    }

    proptest! {
        #[test]
        fn the_plan_is_the_least(at_least in 0.5..0.98_f64, above in 0.01..0.2_f64, power in 0.5..0.95_f64) {
            let truth = (at_least + above).min(1.0);
            let plan = fixed_plan(truth, at_least, 0.95, power).unwrap();
            let meets = |reviews: u64, failures: u64| {
                lower_bound((reviews - failures) as f64, reviews as f64, 0.95) >= at_least
            };
            prop_assert!(meets(plan.reviews, plan.failures) && !meets(plan.reviews, plan.failures + 1));
            prop_assert!(binomial_cdf(plan.failures, plan.reviews, 1.0 - truth) >= power);
            for reviews in plan.reviews.saturating_sub(100)..plan.reviews {
                let allowed = (0..=plan.failures.min(reviews)).rev().find(|&failures| meets(reviews, failures));
                let chance = allowed.map_or(0.0, |failures| binomial_cdf(failures, reviews, 1.0 - truth));
                prop_assert!(chance < power, "{} with {:?}: {}", reviews, allowed, chance);
            }
        }
    }
}
