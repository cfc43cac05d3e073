//! The gamma function's logarithm, and the binomial probability that rests on it.

use std::f64::consts::TAU;

/// From here on Stirling's series is exact to the last digit.
const SERIES_FROM: f64 = 15.0;

/// The natural logarithm of Γ(x), for x > 0; infinite at 0, NaN below.
///
/// Stirling's series (Abramowitz & Stegun 6.1.41), reached from small x by Γ(x + 1) = xΓ(x).
pub fn ln_gamma(x: f64) -> f64 {
    if x.is_nan() || x < 0.0 {
        return f64::NAN;
    }
    if x == 0.0 {
        return f64::INFINITY;
    }
    let (mut at, mut passed) = (x, 1.0);
    while at < SERIES_FROM {
        passed *= at;
        at += 1.0;
    }
    (at - 0.5) * at.ln() - at + 0.5 * TAU.ln() + stirling_series(at) - passed.ln()
}

/// What Stirling's formula leaves out: ln Γ(z + 1) - (z + ½) ln z + z - ½ ln 2π, for z > 0.
fn stirling_error(z: f64) -> f64 {
    if z >= SERIES_FROM {
        return stirling_series(z);
    }
    ln_gamma(z + 1.0) - (z + 0.5) * z.ln() + z - 0.5 * TAU.ln()
}

fn stirling_series(z: f64) -> f64 {
    let coefficients =
        [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0, 1.0 / 156.0];
    let square = 1.0 / (z * z);
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * square + coefficient) / z
}

/// The logarithm of the probability of `good` and `bad` among good + bad trials, each good
/// with the chance `p` and bad with `q` = 1 - p: ln ( Γ(n+1) / (Γ(good+1) Γ(bad+1)) · p^good · q^bad ).
/// The counts may be real, not negative. Both chances are asked, so that neither is lost near 1.
///
/// C. Loader, "Fast and Accurate Computation of Binomial Probabilities" (2000): nothing large
/// is taken from something large, so that it is exact for millions too.
pub fn ln_binomial(good: f64, bad: f64, p: f64, q: f64) -> f64 {
    if good == 0.0 {
        return if bad == 0.0 { 0.0 } else { bad * ln_chance(q, p) };
    }
    if bad == 0.0 {
        return good * ln_chance(p, q);
    }
    let n = good + bad;
    stirling_error(n) - stirling_error(good) - stirling_error(bad) - deviance(good, n * p) - deviance(bad, n * q)
        + 0.5 * (n / (TAU * good * bad)).ln()
}

/// ln p, where the other chance is the more exact one near 1.
fn ln_chance(p: f64, q: f64) -> f64 {
    if p > 0.5 { (-q).ln_1p() } else { p.ln() }
}

/// x ln(x/m) + m - x, which is small where x is near m. `x` is positive; infinite at m = 0.
fn deviance(x: f64, m: f64) -> f64 {
    let difference = x - m;
    if difference.abs() >= 0.1 * (x + m) {
        return x * (x / m).ln() + m - x;
    }
    // The series in v = (x - m)/(x + m) of x ln((1 + v)/(1 - v)) - (x - m).
    let v = difference / (x + m);
    let mut sum = difference * v;
    let mut power = 2.0 * x * v;
    for odd in (3..).step_by(2) {
        power *= v * v;
        let next = sum + power / f64::from(odd);
        if next == sum {
            break;
        }
        sum = next;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_gamma_at_known_points() {
        let known = [
            (1e-10, 23.025_850_929_882_735),
            (0.5, 0.572_364_942_924_700_1),
            (1.0, 0.0),
            (2.0, 0.0),
            (5.0, 24_f64.ln()),
            (14.9, 24.924_132_002_217_277),
            (100.0, 359.134_205_369_575_4),
            (1e7, 151_180_949.369_473_9),
        ];
        for (x, expected) in known {
            let found = ln_gamma(x);
            assert!(
                (found - expected).abs() <= 1e-14_f64.max(1e-15 * expected.abs()),
                "{x}: {found} and not {expected}"
            );
        }
        assert_eq!(ln_gamma(0.0), f64::INFINITY);
        assert!(ln_gamma(-1.5).is_nan());
    }

    #[test]
    fn the_chances_of_all_counts_sum_to_one() {
        for (n, p) in [(1_u32, 0.5), (7, 0.01), (60, 0.9), (400, 0.999)] {
            let total: f64 =
                (0..=n).map(|good| ln_binomial(f64::from(good), f64::from(n - good), p, 1.0 - p).exp()).sum();
            assert!((total - 1.0).abs() < 1e-12, "{n} {p}: {total}");
        }
    }

    #[test]
    fn a_chance_of_nothing_or_everything() {
        assert_eq!(ln_binomial(0.0, 0.0, 0.0, 1.0), 0.0);
        assert_eq!(ln_binomial(3.0, 0.0, 1.0, 0.0), 0.0);
        assert_eq!(ln_binomial(3.0, 2.0, 0.0, 1.0), f64::NEG_INFINITY);
        assert_eq!(ln_binomial(0.0, 2.0, 0.0, 1.0), 0.0);
    }
}
