//! The standard normal distribution.

use std::f64::consts::TAU;

/// The chance of a standard normal value of at most `x`, exact to its last digits in both tails.
///
/// The series of Abramowitz & Stegun 26.2.11 near the middle, the continued fraction 26.2.14 beyond.
pub fn normal_cdf(x: f64) -> f64 {
    if x > 0.0 { 1.0 - lower_tail(-x) } else { lower_tail(x) }
}

fn density(x: f64) -> f64 {
    (-0.5 * x * x).exp() / TAU.sqrt()
}

/// `x` is at most 0.
fn lower_tail(x: f64) -> f64 {
    let away = -x;
    if away < 2.0 {
        let (mut sum, mut term, mut odd) = (away, away, 1.0);
        while term > sum * f64::EPSILON / 4.0 {
            odd += 2.0;
            term *= away * away / odd;
            sum += term;
        }
        return 0.5 - density(away) * sum;
    }
    let fraction = (1..=60).rev().fold(away, |below, step| away + f64::from(step) / below);
    density(away) / fraction
}

/// The `p`-quantile of the standard normal distribution: infinite at 0 and 1, NaN beyond.
///
/// Abramowitz & Stegun 26.2.23, made exact by Newton's steps on the logarithm of the tail.
pub fn normal_quantile(p: f64) -> f64 {
    match p {
        _ if !(0.0..=1.0).contains(&p) => f64::NAN,
        _ if p == 0.0 => f64::NEG_INFINITY,
        _ if p > 0.5 => -normal_quantile(1.0 - p),
        _ if p == 0.5 => 0.0,
        _ => lower_quantile(p),
    }
}

/// `p` lies between 0 and ½.
fn lower_quantile(p: f64) -> f64 {
    let t = (-2.0 * p.ln()).sqrt();
    let above = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let below = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    (0..4).fold((above / below - t).min(0.0), |x, _| {
        let tail = lower_tail(x);
        (x - (tail / p).ln() * tail / density(x)).min(0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_points() {
        let known = [
            (0.975, 1.959_963_984_540_054),
            (0.95, 1.644_853_626_951_472_2),
            (0.5, 0.0),
            (1e-10, -6.361_340_902_404_056),
            (1e-300, -37.047_096_299_361_2),
        ];
        for (p, z) in known {
            assert!((normal_quantile(p) - z).abs() < 1e-13, "{p}: {}", normal_quantile(p));
            assert!((normal_cdf(z) / p - 1.0).abs() < 1e-12, "{z}: {}", normal_cdf(z));
        }
        assert_eq!(normal_quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(normal_quantile(1.0), f64::INFINITY);
        assert!(normal_quantile(1.1).is_nan() && normal_quantile(f64::NAN).is_nan());
    }

    proptest! {
        #[test]
        fn the_quantile_is_the_inverse(p in 1e-12..0.999_999_f64) {
            prop_assert!((normal_cdf(normal_quantile(p)) / p - 1.0).abs() < 1e-12);
        }

        #[test]
        fn more_is_more_likely(x in -38.0..8.0_f64, more in 1e-6..1.0_f64) {
            prop_assert!(normal_cdf(x + more) >= normal_cdf(x));
        }
    }
}
