//! Shares where cases had unequal chances of being read, or came in strata.
//!
//! An estimate carries how large a plain sample would say as much, and with that the exact bounds of
//! [`super::proportion`] hold for it too: E. L. Korn and B. I. Graubard, "Confidence intervals for proportions
//! with small expected number of positive counts estimated from survey data", Survey Methodology 24 (1998), 193–201.

use super::interval::{Interval, Share, wilson_at};
use super::proportion::{clopper_pearson, lower_bound, upper_bound};
use super::special::t_quantile;

/// What was read of one case, or of one item where each stands for itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeightedCase {
    /// How many items were read, at least 1.
    pub items: u64,
    /// The sum of their weights: each is 1 over the chance with which it was taken.
    pub weight: f64,
    /// The sum of the weights of those that are good.
    pub good: f64,
}

/// A part of a population from which a plain sample was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stratum {
    /// How many there are.
    pub size: u64,
    /// How many were read, at most `size`.
    pub read: u64,
    /// How many of those are good.
    pub good: u64,
}

/// A weighted share.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    pub share: f64,
    pub variance: f64,
    /// How many items were read.
    pub read: u64,
    /// The size of a plain sample whose weights would say as much: (Σw)²/Σw² (L. Kish, Survey Sampling, 1965).
    pub kish: f64,
    /// Degrees of freedom of the variance; with none nothing is known of it.
    pub df: u64,
}

/// The weighted share over cases that were read with unequal chances, with the variance between cases, by
/// which items of one case may be alike; `None` of no cases.
///
/// J. Hájek's estimate Σwy/Σw, linearised: with e_g the sum of w(y - share) over case g of G, the variance is
/// G/(G-1) Σ e_g²/(Σw)², at G - 1 degrees of freedom (C.-E. Särndal, B. Swensson and J. Wretman, Model
/// Assisted Survey Sampling, 1992).
pub fn hajek(cases: &[WeightedCase]) -> Option<Estimate> {
    let total: f64 = cases.iter().map(|case| case.weight).sum();
    if total <= 0.0 {
        return None;
    }
    let share = (cases.iter().map(|case| case.good).sum::<f64>() / total).clamp(0.0, 1.0);
    let squares: f64 = cases.iter().map(|case| (case.good - share * case.weight).powi(2)).sum();
    let count = cases.len() as f64;
    let variance = if cases.len() == 1 { 0.0 } else { count / (count - 1.0) * squares / (total * total) };
    Some(Estimate {
        share,
        variance,
        read: cases.iter().map(|case| case.items).sum(),
        kish: total * total / cases.iter().map(|case| case.weight * case.weight).sum::<f64>(),
        df: cases.len() as u64 - 1,
    })
}

/// The share of a population from plain samples of its strata, each weighed by its size; what was read of a
/// stratum is known, so that a stratum that was read whole leaves nothing open. `None` where nothing was read of a
/// stratum that has something, or of one that was not read whole a single one: its variance is unknown then.
///
/// Σ W_h p_h with the variance Σ W_h² (1 - n_h/N_h) p_h(1-p_h)/(n_h - 1), at n - H degrees of freedom (W. G.
/// Cochran, Sampling Techniques, 1977, chapter 5).
pub fn stratified(strata: &[Stratum]) -> Option<Estimate> {
    weigh_strata(strata, |stratum| 1.0 - stratum.read as f64 / stratum.size as f64)
}

/// The same for the source from which the population came, of which more may come: without the correction for
/// what was read of it.
pub fn stratified_source(strata: &[Stratum]) -> Option<Estimate> {
    weigh_strata(strata, |_| 1.0)
}

fn weigh_strata(strata: &[Stratum], open: impl Fn(&Stratum) -> f64) -> Option<Estimate> {
    let strata: Vec<_> = strata.iter().filter(|stratum| stratum.size > 0).collect();
    let size: u64 = strata.iter().map(|stratum| stratum.size).sum();
    let (mut share, mut variance, mut squares) = (0.0, 0.0, 0.0);
    for stratum in &strata {
        let (read, open) = (stratum.read as f64, open(stratum));
        if stratum.read == 0 || (stratum.read == 1 && open > 0.0) {
            return None;
        }
        let (weight, good) = (stratum.size as f64 / size as f64, stratum.good as f64 / read);
        share += weight * good;
        if open > 0.0 {
            variance += weight * weight * open * good * (1.0 - good) / (read - 1.0);
        }
        squares += weight * weight / read;
    }
    let read: u64 = strata.iter().map(|stratum| stratum.read).sum();
    // Of no strata nothing is known.
    let kish = if squares == 0.0 { return None } else { 1.0 / squares };
    Some(Estimate { share: share.min(1.0), variance, read, kish, df: read - strata.len() as u64 })
}

impl Estimate {
    /// The size of a plain sample with the same variance, at most what was read; where the variance is
    /// nothing, as when all are good, Kish's.
    pub fn effective_size(&self) -> f64 {
        let size = if self.variance > 0.0 { self.share * (1.0 - self.share) / self.variance } else { self.kish };
        size.min(self.read as f64)
    }

    /// The exact two-sided interval by Korn and Graubard; from 0 to 1 without degrees of freedom.
    pub fn korn_graubard(&self, confidence: f64) -> Interval {
        let size = self.corrected_size((1.0 + confidence) / 2.0);
        clopper_pearson(self.share * size, size, confidence)
    }

    /// What the share is at least, with `confidence`: the lower end of a one-sided interval.
    pub fn lower_bound(&self, confidence: f64) -> f64 {
        let size = self.corrected_size(confidence);
        lower_bound(self.share * size, size, confidence)
    }

    /// What the share is at most, with `confidence`: the upper end of a one-sided interval.
    pub fn upper_bound(&self, confidence: f64) -> f64 {
        let size = self.corrected_size(confidence);
        upper_bound(self.share * size, size, confidence)
    }

    /// Wilson's interval on the effective size, two-sided: for show.
    pub fn wilson(&self, confidence: f64) -> Option<Share> {
        let size = self.effective_size();
        wilson_at(self.share * size, size, confidence)
    }

    /// The effective size, less what the degrees of freedom cost at the quantile `p` above a half.
    fn corrected_size(&self, p: f64) -> f64 {
        if self.df == 0 {
            return 0.0;
        }
        let plain = t_quantile(p, (self.read - 1) as f64);
        let ratio = plain / t_quantile(p, self.df as f64);
        self.effective_size() * ratio * ratio
    }
}

/// How `reviews` are best shared out among strata, given each one's size and the share that is expected to be
/// good in it: where all reviews cost the same, this leaves the least variance. By size alone where nothing varies.
///
/// J. Neyman, "On the Two Different Aspects of the Representative Method", Journal of the Royal
/// Statistical Society 97 (1934), 558–625: in proportion to N_h √(p_h(1-p_h)).
pub fn neyman(reviews: f64, strata: &[(u64, f64)]) -> Vec<f64> {
    let spread = |&(size, share): &(u64, f64)| size as f64 * (share * (1.0 - share)).sqrt();
    let mut parts: Vec<f64> = strata.iter().map(spread).collect();
    if parts.iter().sum::<f64>() == 0.0 {
        parts = strata.iter().map(|&(size, _)| size as f64).collect();
    }
    let total: f64 = parts.iter().sum();
    parts.iter().map(|part| if total == 0.0 { 0.0 } else { reviews * part / total }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn near(found: f64, expected: f64) -> bool {
        (found - expected).abs() < 1e-9
    }

    const STRATA: [Stratum; 3] = [
        Stratum { size: 600, read: 30, good: 27 },
        Stratum { size: 300, read: 30, good: 24 },
        Stratum { size: 100, read: 40, good: 24 },
    ];

    /// The naive rate, all read in one pot, would be .75: the stratum with the most reviews is the worst.
    #[test]
    fn worked_numbers() {
        let found = stratified(&STRATA).unwrap();
        assert!(near(found.share, 0.84) && near(found.variance.sqrt(), 0.039_309_018_5), "{found:?}");
        assert!(near(stratified_source(&STRATA).unwrap().variance.sqrt(), 0.040_930_814_4));
        assert!((found.kish - 65.573_770_5).abs() < 5e-8 && (100.0 / found.kish - 1.525).abs() < 1e-12);
        assert!((found.effective_size() - 86.979_09).abs() < 5e-6, "{}", found.effective_size());
        let interval = found.korn_graubard(0.95);
        assert!(near(interval.low, 0.745_782_680_9) && near(interval.high, 0.909_870_765_5), "{interval:?}");
        let wilson = found.wilson(0.95).unwrap();
        assert!(near(wilson.low, 0.748_862_411_4) && near(wilson.high, 0.902_375_463_8), "{wilson:?}");
        let shares = neyman(100.0, &[(600, 0.9), (300, 0.8), (100, 0.6)]);
        let expected = [51.577, 34.385, 14.038];
        assert!(shares.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 5e-4), "{shares:?}");
    }

    #[test]
    fn equal_weights_are_a_plain_sample() {
        let item = |good: bool| WeightedCase { items: 1, weight: 4.0, good: if good { 4.0 } else { 0.0 } };
        let cases: Vec<_> = (0..50).map(|index| item(index % 5 != 0)).collect();
        let found = hajek(&cases).unwrap();
        assert!(near(found.share, 0.8) && near(found.kish, 50.0) && (found.read, found.df) == (50, 49));
        // n/(n-1) · p(1-p)/n
        assert!(near(found.variance, 0.8 * 0.2 / 49.0));
        assert!(near(found.effective_size(), 49.0));
        assert!(near(found.lower_bound(0.95), lower_bound(0.8 * 49.0, 49.0, 0.95)));
    }

    /// Five attempts of one case that all say the same are one answer.
    #[test]
    fn items_of_one_case_are_no_independent_answers() {
        let each = |copies: u64| {
            let case = |good: bool| WeightedCase {
                items: copies,
                weight: copies as f64,
                good: if good { copies as f64 } else { 0.0 },
            };
            hajek(&(0..20).map(|index| case(index % 4 != 0)).collect::<Vec<_>>()).unwrap()
        };
        assert!(near(each(5).variance, each(1).variance) && near(each(5).effective_size(), each(1).effective_size()));
        assert!(each(5).korn_graubard(0.95).low <= each(1).korn_graubard(0.95).low + 1e-9);
    }

    /// Without a bad one there is no variance to tell the size by: Kish's stands in.
    #[test]
    fn all_good_goes_by_the_weights() {
        let weights = [1.0, 1.0, 1.0, 1.0, 10.0];
        let cases: Vec<_> = weights.iter().map(|&weight| WeightedCase { items: 1, weight, good: weight }).collect();
        let found = hajek(&cases).unwrap();
        assert!(found.share == 1.0 && near(found.effective_size(), 196.0 / 104.0));
        assert!(found.korn_graubard(0.95).high == 1.0 && found.lower_bound(0.95) < lower_bound(5.0, 5.0, 0.95));
    }

    #[test]
    fn too_little_is_no_estimate() {
        assert_eq!(hajek(&[]), None);
        assert_eq!(stratified(&[]), None);
        assert_eq!(stratified(&[STRATA[0], Stratum { size: 9, read: 0, good: 0 }]), None);
        assert_eq!(stratified(&[STRATA[0], Stratum { size: 9, read: 1, good: 1 }]), None);
        let one = hajek(&[WeightedCase { items: 1, weight: 3.0, good: 3.0 }]).unwrap();
        assert_eq!(one.korn_graubard(0.95), Interval { low: 0.0, high: 1.0 });
    }

    #[test]
    fn what_was_read_whole_leaves_nothing_open() {
        let whole = [Stratum { size: 5, read: 5, good: 4 }, Stratum { size: 1, read: 1, good: 1 }, STRATA[0]];
        let found = stratified(&whole).unwrap();
        let alone = stratified(&[STRATA[0]]).unwrap();
        assert!(near(found.variance, alone.variance * (600.0_f64 / 606.0).powi(2)));
        assert_eq!(stratified(&[STRATA[0], Stratum { size: 0, read: 0, good: 0 }]), Some(alone));
    }

    #[test]
    fn reviews_go_by_size_where_nothing_varies() {
        assert_eq!(neyman(10.0, &[(30, 1.0), (10, 0.0)]), [7.5, 2.5]);
        assert_eq!(neyman(10.0, &[(0, 0.5)]), [0.0]);
    }

    proptest! {
        #[test]
        fn the_interval_holds_the_estimate(
            cases in prop::collection::vec((1_u64..5, 1.0..20.0_f64, 0.0..=1.0_f64), 2..60),
            confidence in 0.6..0.999_f64,
        ) {
            let case = |&(items, weight, part): &(u64, f64, f64)| WeightedCase { items, weight, good: weight * part };
            let found = hajek(&cases.iter().map(case).collect::<Vec<_>>()).unwrap();
            let interval = found.korn_graubard(confidence);
            prop_assert!(0.0 <= interval.low && interval.high <= 1.0);
            prop_assert!(interval.low <= found.share + 1e-9 && found.share <= interval.high + 1e-9, "{:?} {:?}", found, interval);
            prop_assert!(found.lower_bound(confidence) >= interval.low - 1e-9 && found.upper_bound(confidence) <= interval.high + 1e-9);
            prop_assert!(found.effective_size() <= found.read as f64);
        }
    }
}
