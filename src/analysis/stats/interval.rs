//! Intervals around shares: how far the share of a few decisions may be from that of all.

use super::special::normal_quantile;

/// The two ends of an interval, both in it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

/// A share with its interval, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

impl Share {
    pub fn interval(self) -> Interval {
        Interval { low: self.low, high: self.high }
    }
}

/// Wilson's score interval of 95 % around `part` of `whole`, without a correction for
/// continuity; `None` of nothing. `part` is at most `whole`.
///
/// E. B. Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", Journal of
/// the American Statistical Association 22 (1927), 209–212; method 3 of R. G. Newcombe, "Two-sided
/// confidence intervals for the single proportion", Statistics in Medicine 17 (1998), 857–872.
pub fn wilson(part: u64, whole: u64) -> Option<Share> {
    wilson_at(part as f64, whole as f64, 0.95)
}

/// [`wilson`] with another confidence, two-sided, and of counts that may be real, as an effective size is.
pub fn wilson_at(part: f64, whole: f64, confidence: f64) -> Option<Share> {
    if whole == 0.0 {
        return None;
    }
    let z = -normal_quantile((1.0 - confidence) / 2.0);
    let (n, share) = (whole, part / whole);
    let square = z * z / n;
    let middle = share + square / 2.0;
    let reach = z * (share * (1.0 - share) / n + square / (4.0 * n)).sqrt();
    let end = |at: f64| (at / (1.0 + square)).clamp(0.0, 1.0);
    // At its ends the interval is closed, which rounding would miss.
    let low = if part == 0.0 { 0.0 } else { end(middle - reach) };
    let high = if part == whole { 1.0 } else { end(middle + reach) };
    Some(Share { share, low, high })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_numbers() {
        let worked = [
            // Newcombe (1998), table I.
            (81, 263, 0.255_288_519_9, 0.366_209_577_0),
            (15, 148, 0.062_386_399_5, 0.160_487_241_7),
            (0, 20, 0.0, 0.161_125_158_1),
            (1, 29, 0.006_113_214_3, 0.171_755_218_8),
            // statsmodels' proportion_confint(method="wilson").
            (20, 20, 0.838_874_841_9, 1.0),
            (5, 5, 0.565_517_535_2, 1.0),
        ];
        for (part, whole, low, high) in worked {
            let found = wilson(part, whole).unwrap();
            let near = |one: f64, other: f64| (one - other).abs() < 1e-9;
            assert!(near(found.low, low) && near(found.high, high), "{part} of {whole}: {found:?}");
            assert!(near(found.share, part as f64 / whole as f64));
        }
    }

    #[test]
    fn one_sided_is_two_sided_with_twice_the_rest() {
        // statsmodels' proportion_confint(alpha=0.1, method="wilson").
        let worked = [
            (81.0, 263.0, 0.263_313_62),
            (15.0, 148.0, 0.067_443_26),
            (0.0, 20.0, 0.0),
            (1.0, 29.0, 0.007_730_81),
            (20.0, 20.0, 0.880_842_16),
            (5.0, 5.0, 0.648_883_50),
        ];
        for (part, whole, low) in worked {
            let found = wilson_at(part, whole, 0.90).unwrap();
            assert!((found.low - low).abs() <= 5e-9, "{part} of {whole}: {found:?}");
        }
    }

    #[test]
    fn same_decisions_of_one_person() {
        let found = wilson(46, 50).unwrap();
        assert!((found.low - 0.811_617_530_8).abs() < 1e-9 && (found.high - 0.968_450_485_1).abs() < 1e-9);
    }

    #[test]
    fn nothing_has_no_share() {
        assert_eq!(wilson(0, 0), None);
    }
}
