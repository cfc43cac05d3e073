//! Two versions beside each other: the difference of two shares, of pairs or of independent samples.
//!
//! Of `n` pairs `b` are good for the first version alone and `c` for the second alone; the difference is (b - c)/n.

use super::interval::{Interval, Share, wilson_at};
use super::special::{binomial_cdf, normal_quantile};

/// The exact two-sided p-value of McNemar's test: how likely it is, where both versions are alike, that the
/// pairs that differ lean at least so far to one side. 1 where no pair differs.
///
/// Q. McNemar, "Note on the sampling error of the difference between correlated proportions or
/// percentages", Psychometrika 12 (1947), 153–157, by the binomial distribution.
pub fn mcnemar(b: u64, c: u64) -> f64 {
    (2.0 * binomial_cdf(b.min(c), b + c, 0.5)).min(1.0)
}

/// Tango's score interval of the difference, two-sided; from -1 to 1 of no pairs. b + c is at most n.
///
/// T. Tango, "Equivalence test and confidence interval for the difference in proportions for the
/// paired-sample design", Statistics in Medicine 17 (1998), 891–908.
pub fn tango(b: u64, c: u64, n: u64, confidence: f64) -> Interval {
    let z = -normal_quantile((1.0 - confidence) / 2.0);
    Interval { low: tango_end(b, c, n, z), high: -tango_end(c, b, n, z) }
}

/// What the difference is at least, with `confidence`: the lower end of a one-sided [`tango`].
pub fn tango_lower(b: u64, c: u64, n: u64, confidence: f64) -> f64 {
    tango_end(b, c, n, normal_quantile(confidence))
}

/// What the difference is at most, with `confidence`: the upper end of a one-sided [`tango`].
pub fn tango_upper(b: u64, c: u64, n: u64, confidence: f64) -> f64 {
    -tango_lower(c, b, n, confidence)
}

/// The difference below b - c at which the score is `z`.
fn tango_end(b: u64, c: u64, n: u64, z: f64) -> f64 {
    if n == 0 {
        return -1.0;
    }
    let [b, c, n] = [b, c, n].map(|count| count as f64);
    // How far the difference found lies above one assumed, beyond z times its deviation there.
    let beyond = |assumed: f64| {
        let middle = (2.0 * n - b + c) * assumed - b - c;
        let root = (middle * middle + 8.0 * n * c * assumed * (1.0 - assumed)).max(0.0).sqrt();
        // The likeliest share of those that are good for the second alone.
        let second_alone = (root - middle) / (4.0 * n);
        let variance = n * (2.0 * second_alone + assumed * (1.0 - assumed));
        b - c - n * assumed - z * variance.max(0.0).sqrt()
    };
    falling_root(-1.0, 1.0, beyond)
}

/// Where a function that falls from `low` to `high` is 0; halved until the two are neighbours.
fn falling_root(mut low: f64, mut high: f64, function: impl Fn(f64) -> f64) -> f64 {
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return middle;
        }
        *(if function(middle) > 0.0 { &mut low } else { &mut high }) = middle;
    }
}

/// The pairs by what each version is: good for both, for the first alone, for the second alone, for neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairTable {
    pub both: u64,
    pub first: u64,
    pub second: u64,
    pub neither: u64,
}

/// Newcombe's interval of the difference of pairs, two-sided; `None` of no pairs.
///
/// Method 10 of R. G. Newcombe, "Improved confidence intervals for the difference between binomial proportions
/// based on paired data", Statistics in Medicine 17 (1998), 2635–2650.
pub fn newcombe_paired(table: PairTable, confidence: f64) -> Option<Interval> {
    let [a, b, c, d] = [table.both, table.first, table.second, table.neither].map(|count| count as f64);
    let n = a + b + c + d;
    let first = wilson_at(a + b, n, confidence)?;
    let second = wilson_at(a + c, n, confidence)?;
    let margins = ((a + b) * (c + d) * (a + c) * (b + d)).sqrt();
    let excess = a * d - b * c;
    // Corrected for continuity where both versions go together.
    let excess = if excess > 0.0 { (excess - n / 2.0).max(0.0) } else { excess };
    let correlation = if margins == 0.0 { 0.0 } else { excess / margins };
    Some(hybrid(first, second, correlation))
}

/// Newcombe's interval of the difference of the shares k/n of two independent samples, two-sided; `None`
/// where one is empty.
///
/// Method 10 of R. G. Newcombe, "Interval estimation for the difference between independent proportions:
/// comparison of eleven methods", Statistics in Medicine 17 (1998), 873–890.
pub fn newcombe_independent(first: (u64, u64), second: (u64, u64), confidence: f64) -> Option<Interval> {
    let share = |(k, n): (u64, u64)| wilson_at(k as f64, n as f64, confidence);
    Some(hybrid(share(first)?, share(second)?, 0.0))
}

/// The interval of a difference from the intervals of both shares, which go together by `correlation`.
fn hybrid(first: Share, second: Share, correlation: f64) -> Interval {
    let reach = |up: f64, down: f64| (up * up - 2.0 * correlation * up * down + down * down).max(0.0).sqrt();
    let difference = first.share - second.share;
    Interval {
        low: difference - reach(first.share - first.low, second.high - second.share),
        high: difference + reach(first.high - first.share, second.share - second.low),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: Interval, low: f64, high: f64) -> bool {
        (found.low - low).abs() < 1e-9 && (found.high - high).abs() < 1e-9
    }

    #[test]
    fn worked_numbers() {
        let small = PairTable { both: 36, first: 12, second: 2, neither: 0 };
        assert!((mcnemar(12, 2) - 0.012_939_453).abs() < 1e-9);
        assert!(near(tango(12, 2, 50, 0.95), 0.061_112_406_4, 0.344_708_748_3), "{:?}", tango(12, 2, 50, 0.95));
        let newcombe = newcombe_paired(small, 0.95).unwrap();
        assert!(near(newcombe, 0.056_929_584_0, 0.340_427_603_0), "{newcombe:?}");
        // A. Agresti, Categorical Data Analysis: approval of a prime minister, asked twice.
        let approval = PairTable { both: 794, first: 86, second: 150, neither: 570 };
        assert!((mcnemar(86, 150) - 3.715_936_14e-5).abs() < 1e-13);
        assert!(near(tango(86, 150, 1600, 0.95), -0.058_998_033_3, -0.021_361_564_8));
        let newcombe = newcombe_paired(approval, 0.95).unwrap();
        assert!(near(newcombe, -0.058_703_872_9, -0.021_230_424_0), "{newcombe:?}");
        let independent = newcombe_independent((56, 70), (48, 80), 0.95).unwrap();
        assert!((independent.low - 0.052_431_47).abs() < 5e-9 && (independent.high - 0.333_872_65).abs() < 5e-9);
    }

    #[test]
    fn pairs_that_do_not_differ() {
        assert_eq!((mcnemar(0, 0), mcnemar(7, 7)), (1.0, 1.0));
        let same = tango(0, 0, 100, 0.95);
        assert!((same.low + same.high).abs() < 1e-12 && same.high > 0.03 && same.high < 0.04, "{same:?}");
        assert!(newcombe_paired(PairTable { both: 100, first: 0, second: 0, neither: 0 }, 0.95).is_some());
    }

    #[test]
    fn no_pairs_leave_everything_open() {
        assert_eq!(tango(0, 0, 0, 0.95), Interval { low: -1.0, high: 1.0 });
        assert_eq!(newcombe_paired(PairTable { both: 0, first: 0, second: 0, neither: 0 }, 0.95), None);
        assert_eq!(newcombe_independent((0, 0), (1, 2), 0.95), None);
    }

    #[test]
    fn all_pairs_differ() {
        let found = tango(40, 0, 40, 0.95);
        assert!(found.low > 0.8 && (found.high - 1.0).abs() < 1e-12, "{found:?}");
    }

    proptest! {
        #[test]
        fn the_interval_holds_what_was_found(b in 0_u64..300, c in 0_u64..300, rest in 0_u64..3000, confidence in 0.5..0.999_f64) {
            let n = b + c + rest;
            prop_assume!(n > 0);
            let difference = (b as f64 - c as f64) / n as f64;
            let found = tango(b, c, n, confidence);
            prop_assert!(-1.0 <= found.low && found.low <= difference + 1e-12 && difference <= found.high + 1e-12 && found.high <= 1.0);
            let mirrored = tango(c, b, n, confidence);
            prop_assert_eq!(found.low, -mirrored.high);
            let one_sided = tango_lower(b, c, n, confidence);
            prop_assert!(found.low <= one_sided + 1e-12 && tango_upper(b, c, n, confidence) <= found.high + 1e-12);
            prop_assert!(tango(b, c, n, (confidence + 1.0) / 2.0).low <= found.low + 1e-12);
        }

        #[test]
        fn independent_samples_hold_what_was_found(k1 in 0_u64..80, bad1 in 0_u64..80, k2 in 0_u64..80, bad2 in 0_u64..80) {
            let (first, second) = ((k1, k1 + bad1), (k2, k2 + bad2));
            prop_assume!(first.1 > 0 && second.1 > 0);
            let difference = k1 as f64 / first.1 as f64 - k2 as f64 / second.1 as f64;
            let found = newcombe_independent(first, second, 0.95).unwrap();
            prop_assert!(-1.0 - 1e-9 <= found.low && found.low <= difference + 1e-9, "{:?}", found);
            prop_assert!(difference <= found.high + 1e-9 && found.high <= 1.0 + 1e-9, "{:?}", found);
        }

        #[test]
        fn a_p_value_is_a_chance(b in 0_u64..100_000, c in 0_u64..100_000) {
            let p = mcnemar(b, c);
            prop_assert!((0.0..=1.0).contains(&p) && p == mcnemar(c, b));
        }
    }
}
