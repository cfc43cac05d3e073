//! Student's t distribution, by way of the beta distribution (Abramowitz & Stegun 26.7.1).

use super::beta::{Tails, lower_ln_odds};
use super::normal::{normal_cdf, normal_quantile};

/// The chance of a value of at most `t` at `df` degrees of freedom, which may be real and
/// infinite (then it is the normal distribution's); NaN where `df` is not positive.
pub fn t_cdf(t: f64, df: f64) -> f64 {
    if df == f64::INFINITY {
        return normal_cdf(t);
    }
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return f64::NAN;
    }
    let square = t * t;
    let (x, y) = if square.is_finite() { (df / (df + square), square / (df + square)) } else { (0.0, 1.0) };
    let tail = 0.5 * Tails::at(x, y, df / 2.0, 0.5).lower();
    if t > 0.0 { 1.0 - tail } else { tail }
}

/// The `p`-quantile at `df` degrees of freedom, as in [`t_cdf`]; infinite at 0 and 1, NaN beyond.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    if df == f64::INFINITY {
        return normal_quantile(p);
    }
    match p {
        _ if !(0.0..=1.0).contains(&p) || df.is_nan() || df <= 0.0 => f64::NAN,
        _ if p > 0.5 => -t_quantile(1.0 - p, df),
        _ if p == 0.5 => 0.0,
        _ if p == 0.0 => f64::NEG_INFINITY,
        // With x = df/(df + t²), t² = df (1 - x)/x.
        _ => -(df * (-lower_ln_odds((2.0 * p).ln(), df / 2.0, 0.5)).exp()).sqrt(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_points() {
        // scipy 1.12, stats.t.ppf(.975, df), which is right to some 2e-10.
        let known = [
            (1.0, 12.706_204_736_432_095),
            (2.0, 4.302_652_729_911_275),
            (9.0, 2.262_157_162_740_991_5),
            (99.0, 1.984_216_951_508_682_7),
            (1e6, 1.959_966_356_814_106_6),
            (f64::INFINITY, 1.959_963_984_540_054),
        ];
        for (df, t) in known {
            assert!((t_quantile(0.975, df) - t).abs() < 1e-9, "{df}: {}", t_quantile(0.975, df));
            assert!((t_quantile(0.025, df) + t).abs() < 1e-9);
            assert!((t_cdf(t, df) - 0.975).abs() < 1e-11, "{df}: {}", t_cdf(t, df));
        }
        assert_eq!(t_quantile(0.5, 3.0), 0.0);
        assert_eq!(t_quantile(1.0, 3.0), f64::INFINITY);
        assert_eq!(t_cdf(f64::INFINITY, 3.0), 1.0);
        assert!(t_quantile(0.9, 0.0).is_nan() && t_cdf(1.0, -2.0).is_nan());
    }

    proptest! {
        #[test]
        fn the_quantile_is_the_inverse(p in 1e-6..0.999_999_f64, ln_df in -1.0..16.0_f64) {
            let df = ln_df.exp();
            prop_assert!((t_cdf(t_quantile(p, df), df) - p).abs() < 1e-11);
        }
    }
}
