//! A share of which no more is assumed than that each case is good with the same chance: Clopper and
//! Pearson's exact bounds, which decide, where [`super::interval::wilson`] is for show.
//!
//! C. J. Clopper and E. S. Pearson, "The Use of Confidence or Fiducial Limits Illustrated in the Case of
//! the Binomial", Biometrika 26 (1934), 404–413, by the quantiles of the beta distribution. Among `n` cases
//! `k` are good; both may be real, as an effective size is. Nothing of nothing is somewhere between 0 and 1.

use super::interval::Interval;
use super::special::{beta_quantile, beta_upper_quantile};

/// The two-sided interval: each end leaves out half of what `confidence` leaves. It never holds the true
/// share less often than `confidence`, which is between 0 and 1.
pub fn clopper_pearson(k: f64, n: f64, confidence: f64) -> Interval {
    let tail = (1.0 - confidence) / 2.0;
    Interval { low: low_end(k, n, tail), high: high_end(k, n, tail) }
}

/// What the share is at least, with `confidence`: the lower end of a one-sided interval.
pub fn lower_bound(k: f64, n: f64, confidence: f64) -> f64 {
    low_end(k, n, 1.0 - confidence)
}

/// What the share is at most, with `confidence`: the upper end of a one-sided interval.
pub fn upper_bound(k: f64, n: f64, confidence: f64) -> f64 {
    high_end(k, n, 1.0 - confidence)
}

fn low_end(k: f64, n: f64, tail: f64) -> f64 {
    if k == 0.0 { 0.0 } else { beta_quantile(tail, k, n - k + 1.0) }
}

fn high_end(k: f64, n: f64, tail: f64) -> f64 {
    if k == n { 1.0 } else { beta_upper_quantile(tail, k + 1.0, n - k) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::stats::special::ln_binomial;
    use proptest::prelude::*;

    fn near(found: f64, expected: f64, within: f64) -> bool {
        (found - expected).abs() <= within
    }

    #[test]
    fn worked_numbers() {
        // statsmodels 0.15.0, proportion_confint(method="beta"); the first four are Newcombe's (1998).
        let worked = [
            (81.0, 263.0, 0.252_736_745_6, 0.367_621_922_6, 0.261_055_75),
            (15.0, 148.0, 0.057_844_010_1, 0.161_650_490_3, 0.063_518_45),
            (0.0, 20.0, 0.0, 0.168_433_471_0, 0.0),
            (1.0, 29.0, 0.000_872_646_9, 0.177_644_295_5, 0.001_767_17),
            (20.0, 20.0, 0.831_566_529_0, 1.0, 0.860_891_66),
            (5.0, 5.0, 0.478_176_249_9, 1.0, 0.549_280_27),
        ];
        for (k, n, low, high, one_sided) in worked {
            let found = clopper_pearson(k, n, 0.95);
            assert!(near(found.low, low, 1e-9) && near(found.high, high, 1e-9), "{k} of {n}: {found:?}");
            assert!(near(lower_bound(k, n, 0.95), one_sided, 5e-9), "{k} of {n}: {}", lower_bound(k, n, 0.95));
            assert!(near(upper_bound(n - k, n, 0.95), 1.0 - one_sided, 5e-9));
        }
    }

    #[test]
    fn one_case_and_ten_million() {
        // The lower end of the million was confirmed with mpmath at 40 digits.
        let worked = [
            (0.0, 1.0, 0.0, 0.975),
            (1.0, 2.0, 0.012_579_117_093_425_05, 0.987_420_882_906_574_9),
            (29.0, 30.0, 0.827_830_544_366_587_3, 0.999_156_429_073_369_5),
            (999_000.0, 1e6, 0.998_936_081_892_684_8, 0.999_060_998_792_049_9),
            (5e6, 1e7, 0.499_690_052_521_371_1, 0.500_309_947_478_628_9),
        ];
        for (k, n, low, high) in worked {
            let found = clopper_pearson(k, n, 0.95);
            assert!(near(found.low, low, 1e-12) && near(found.high, high, 1e-12), "{k} of {n}: {found:?}");
        }
    }

    #[test]
    fn nothing_leaves_everything_open() {
        assert_eq!(clopper_pearson(0.0, 0.0, 0.95), Interval { low: 0.0, high: 1.0 });
        assert_eq!((lower_bound(0.0, 0.0, 0.95), upper_bound(0.0, 0.0, 0.95)), (0.0, 1.0));
    }

    #[test]
    fn certainty_asks_for_the_whole() {
        assert_eq!(clopper_pearson(3.0, 7.0, 1.0), Interval { low: 0.0, high: 1.0 });
        let nearly = clopper_pearson(3.0, 7.0, 1.0 - 1e-12);
        assert!(nearly.low > 0.0 && nearly.low < 0.001 && nearly.high > 0.99 && nearly.high < 1.0, "{nearly:?}");
    }

    /// How many reviews without a failure meet a bar when they are looked at once: the price of
    /// a fixed number, beside which a sequential bar's longer runs are to be seen.
    #[test]
    fn all_pass_rule() {
        for (bar, reviews) in [(0.80, 14.0), (0.90, 29.0), (0.95, 59.0), (0.99, 299.0)] {
            assert!(
                lower_bound(reviews, reviews, 0.95) >= bar && lower_bound(reviews - 1.0, reviews - 1.0, 0.95) < bar
            );
        }
    }

    /// How often the interval holds the true share `p`, by the sum over all counts.
    fn coverage(n: u32, p: f64, interval: impl Fn(f64, f64) -> Interval) -> f64 {
        let n = f64::from(n);
        let chance = |k: f64| ln_binomial(k, n - k, p, 1.0 - p).exp();
        let holds = |k: f64| (interval(k, n).low..=interval(k, n).high).contains(&p);
        (0..=n as u32).map(f64::from).filter(|&k| holds(k)).map(chance).sum()
    }

    /// "Exact" says that the coverage is nowhere below what was asked; it does not say that it is equal to it.
    #[test]
    fn it_covers_never_less_than_it_says() {
        for n in [1, 2, 5, 13, 20, 50] {
            for confidence in [0.8, 0.95, 0.99] {
                for p in (1..200).map(|step| f64::from(step) / 200.0) {
                    let covered = coverage(n, p, |k, n| clopper_pearson(k, n, confidence));
                    assert!(covered >= confidence - 1e-12, "{n} {confidence} {p}: {covered}");
                    let one_sided = coverage(n, p, |k, n| Interval { low: lower_bound(k, n, confidence), high: 1.0 });
                    assert!(one_sided >= confidence - 1e-12, "{n} {confidence} {p}: {one_sided}");
                }
            }
        }
    }

    /// Wilson's interval is for show and decides nothing: it covers less than it says at a high rate.
    #[test]
    fn wilson_covers_less_than_it_says() {
        let two_sided =
            coverage(50, 0.98, |k, n| crate::analysis::stats::interval::wilson_at(k, n, 0.95).unwrap().interval());
        assert!(near(two_sided, 0.9216, 5e-5), "{two_sided}");
        let lower = |k: f64, n: f64| crate::analysis::stats::interval::wilson_at(k, n, 0.90).unwrap().low;
        let one_sided = coverage(20, 0.8, |k, n| Interval { low: lower(k, n), high: 1.0 });
        assert!(near(one_sided, 0.9308, 5e-5), "{one_sided}");
    }

    proptest! {
        #[test]
        fn ends_follow_the_counts_and_the_confidence(n in 1.0..1e7_f64, part in 0.0..=1.0_f64, confidence in 0.01..0.999_f64) {
            let k = n * part;
            let found = clopper_pearson(k, n, confidence);
            prop_assert!(0.0 <= found.low && found.low <= found.high && found.high <= 1.0);
            prop_assert!(found.low <= part + 1e-12 && part <= found.high + 1e-12 || confidence < 0.5);
            prop_assert!(clopper_pearson(k, n, confidence + 0.0005).low <= found.low);
            prop_assert!(lower_bound(k, n + 1.0, confidence) <= lower_bound(k, n, confidence));
            prop_assert!(lower_bound(k + 1.0, n + 1.0, confidence) >= lower_bound(k, n, confidence));
            prop_assert!(near(upper_bound(n - k, n, confidence), 1.0 - lower_bound(k, n, confidence), 1e-9));
        }
    }
}
