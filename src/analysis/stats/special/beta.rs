//! The beta distribution: both tails in logarithms, and its quantiles.
//!
//! The tail that is the smaller one is computed, the other is what it leaves. Each value `x` comes
//! with `y` = 1 - x, so that nothing is lost near 1.

use super::gamma::ln_binomial;
use super::normal::normal_quantile;
use std::f64::consts::{LN_2, PI};
use std::sync::OnceLock;

/// Where both shapes are at least this, a tail is integrated: the continued fraction would need
/// as many steps as some multiple of the root of the shapes.
const LARGE: f64 = 100.0;

/// The regularised incomplete beta function I_x(a, b): the chance of a beta value of at most `x`.
/// `a` and `b` are positive, else NaN; `x` below 0 counts as 0, above 1 as 1.
pub fn beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    Tails::at(x, 1.0 - x, a, b).lower()
}

/// The natural logarithm of I_x(a, b), also where that is too small for a number; as in [`beta_cdf`].
pub fn ln_beta_cdf(x: f64, a: f64, b: f64) -> f64 {
    Tails::at(x, 1.0 - x, a, b).ln_lower
}

/// The natural logarithm of 1 - I_x(a, b), also where that is too small for a number; as in [`beta_cdf`].
pub fn ln_beta_sf(x: f64, a: f64, b: f64) -> f64 {
    Tails::at(x, 1.0 - x, a, b).ln_upper
}

/// The chance of at most `good` good ones among `n` trials, each good with the chance `p`:
/// for whole numbers, good at most n.
pub fn binomial_cdf(good: u64, n: u64, p: f64) -> f64 {
    if good >= n {
        return 1.0;
    }
    Tails::at(1.0 - p, p, (n - good) as f64, good as f64 + 1.0).lower()
}

/// The value below which the share `p` of the beta distribution of the shapes `a` and `b` lies:
/// 0 at p = 0, 1 at p = 1, NaN where p is no chance or a shape is not positive.
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p > 0.5 { beta_upper_quantile(1.0 - p, a, b) } else { from_ln_odds(lower_ln_odds(p.ln(), a, b)).0 }
}

/// The value above which the share `q` of the beta distribution lies, also where 1 - q would
/// lose digits of q; as in [`beta_quantile`].
pub fn beta_upper_quantile(q: f64, a: f64, b: f64) -> f64 {
    if q > 0.5 { beta_quantile(1.0 - q, a, b) } else { from_ln_odds(lower_ln_odds(q.ln(), b, a)).1 }
}

/// Both tails of a beta distribution at a value.
#[derive(Clone, Copy)]
pub(super) struct Tails {
    ln_lower: f64,
    ln_upper: f64,
    /// ln ( x^a y^b / B(a, b) ): the density of ln(x/y).
    ln_density: f64,
}

impl Tails {
    /// At `x`, with `y` = 1 - x.
    pub(super) fn at(x: f64, y: f64, a: f64, b: f64) -> Tails {
        if !(a > 0.0 && b > 0.0) || x.is_nan() {
            return Tails { ln_lower: f64::NAN, ln_upper: f64::NAN, ln_density: f64::NAN };
        }
        if x <= 0.0 {
            return Tails { ln_lower: f64::NEG_INFINITY, ln_upper: 0.0, ln_density: f64::NEG_INFINITY };
        }
        if y <= 0.0 {
            return Tails { ln_lower: 0.0, ln_upper: f64::NEG_INFINITY, ln_density: f64::NEG_INFINITY };
        }
        let ln_density = ln_binomial(a, b, x, y) + a.ln() + b.ln() - (a + b).ln();
        if x * (a + b + 2.0) <= a + 1.0 {
            let ln_lower = ln_density + ln_tail(x, y, a, b);
            Tails { ln_lower, ln_upper: ln_rest(ln_lower), ln_density }
        } else {
            let ln_upper = ln_density + ln_tail(y, x, b, a);
            Tails { ln_lower: ln_rest(ln_upper), ln_upper, ln_density }
        }
    }

    pub(super) fn lower(self) -> f64 {
        // The larger tail is the more exact as what the smaller one leaves.
        if self.ln_lower < -LN_2 { self.ln_lower.exp() } else { -self.ln_upper.exp_m1() }
    }
}

/// ln(1 - e^v), for v at most 0.
fn ln_rest(v: f64) -> f64 {
    // Rounding may leave a chance above 1.
    let v = v.min(0.0);
    if v > -LN_2 { (-v.exp_m1()).ln() } else { (-v.exp()).ln_1p() }
}

/// The logarithm of the lower tail over the density of ln(x/y), where x is not above the mean.
fn ln_tail(x: f64, y: f64, a: f64, b: f64) -> f64 {
    if a.min(b) < LARGE { -continued_fraction(x, y, a, b).ln() } else { integral(x, y, a, b).ln() - x.ln() - y.ln() }
}

/// The density of ln(x/y) over the lower tail, by the continued fraction of A. R. DiDonato and A. H. Morris, "Significant
/// Digit Computation of the Incomplete Beta Function Ratios", ACM TOMS 18 (1992), 360–373, formula (9), and
/// Lentz's method.
fn continued_fraction(x: f64, y: f64, a: f64, b: f64) -> f64 {
    // Ends by itself after few steps beside this.
    let most = 1000 + (20.0 * a.max(b).sqrt()).min(1e9) as u64;
    // How far x lies below the mean, times a + b.
    let below = a * y - b * x;
    let mut found = a / (a + 1.0) * (below + 1.0);
    let (mut c, mut d) = (found, 0.0);
    for step in 1..=most {
        let n = step as f64;
        let odd = a + 2.0 * n - 1.0;
        let over = (a + n - 1.0) / odd * ((a + b + n - 1.0) / odd) * n * (b - n) * x * x;
        let under = n + n * (b - n) * x / odd + (a + n) / (odd + 2.0) * (below + 1.0 + n * (1.0 + y));
        d = 1.0 / (under + over * d);
        c = under + over / c;
        found *= c * d;
        if (c * d - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    found
}

/// The integral of the density from 0 to x over the density at x, by Gauss and Legendre's rule over the
/// stretch beyond which it is nothing: for large shapes, x not above the mean.
fn integral(x: f64, y: f64, a: f64, b: f64) -> f64 {
    /// The density at the far end is e to minus this of that at x.
    const DROP: f64 = 42.0;
    // Going down from x, the logarithm of the density falls with this slope and bends with this curvature.
    let slope = (a - 1.0) / x - (b - 1.0) / y;
    let curvature = (a - 1.0) / (x * x) + (b - 1.0) / (y * y);
    let root = (slope * slope + 2.0 * DROP * curvature).sqrt();
    // The positive solution of slope s + curvature s²/2 = DROP, written so that nothing cancels.
    let reach = if slope > 0.0 { 2.0 * DROP / (slope + root) } else { (root - slope) / curvature };
    let half = 0.5 * reach.min(x);
    let relative = |down: f64| ((a - 1.0) * (-down / x).ln_1p() + (b - 1.0) * (down / y).ln_1p()).exp();
    let pair = |&(node, weight): &(f64, f64)| weight * (relative(half * (1.0 - node)) + relative(half * (1.0 + node)));
    half * nodes().iter().map(pair).sum::<f64>()
}

/// The positive nodes of Gauss and Legendre's rule of 48 points on -1 to 1, with their weights.
fn nodes() -> &'static [(f64, f64); 24] {
    static NODES: OnceLock<[(f64, f64); 24]> = OnceLock::new();
    NODES.get_or_init(|| std::array::from_fn(node))
}

/// The root of the Legendre polynomial of degree 48 that is the `index`-th from 1 down, by Newton's steps.
fn node(index: usize) -> (f64, f64) {
    const DEGREE: f64 = 48.0;
    // The polynomial and its derivative, by Bonnet's recursion.
    let at = |x: f64| {
        let (mut value, mut before) = (x, 1.0);
        for degree in 2..=DEGREE as u32 {
            let k = f64::from(degree);
            (value, before) = (((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k, value);
        }
        (value, DEGREE * (x * value - before) / (x * x - 1.0))
    };
    let start = (PI * (index as f64 + 0.75) / (DEGREE + 0.5)).cos();
    let root = (0..6).fold(start, |x, _| x - at(x).0 / at(x).1);
    let slope = at(root).1;
    (root, 2.0 / ((1.0 - root * root) * slope * slope))
}

/// x and 1 - x of ln(x/(1 - x)).
fn from_ln_odds(ln_odds: f64) -> (f64, f64) {
    (1.0 / (1.0 + (-ln_odds).exp()), 1.0 / (1.0 + ln_odds.exp()))
}

/// ln(x/(1 - x)) of the x below which e^`ln_p` of the beta distribution lies; that is at most ½, and ln_p at most
/// its logarithm.
///
/// Newton's steps on the logarithm of the tail over ln(x/(1 - x)), where it is concave: they come from
/// below without passing the root. The bracket is there for what rounding does at the ends.
pub(super) fn lower_ln_odds(ln_p: f64, a: f64, b: f64) -> f64 {
    if ln_p.is_nan() || !(a > 0.0 && b > 0.0) {
        return f64::NAN;
    }
    // Beyond these x or 1 - x is no number.
    let (mut low, mut high) = (-745.0, 745.0);
    if ln_p == f64::NEG_INFINITY {
        return f64::NEG_INFINITY;
    }
    let mut at = first_guess(ln_p, a, b).clamp(low, high);
    for _ in 0..200 {
        let (x, y) = from_ln_odds(at);
        let tails = Tails::at(x, y, a, b);
        let excess = tails.ln_lower - ln_p;
        if excess > 0.0 {
            high = at;
        } else {
            low = at;
        }
        let step = excess * (tails.ln_lower - tails.ln_density).exp();
        // The next step would be of the order of this one's square.
        if step.abs() <= 1e-11 {
            return at - step;
        }
        let next = at - step;
        at = if low < next && next < high { next } else { 0.5 * (low + high) };
    }
    at
}

/// Abramowitz & Stegun 26.5.22; for shapes under 1 a rough one.
fn first_guess(ln_p: f64, a: f64, b: f64) -> f64 {
    let z = -normal_quantile(ln_p.exp().max(f64::MIN_POSITIVE));
    if a.min(b) < 1.0 {
        return (a / b).ln() - z * (1.0 / a + 1.0 / b).sqrt();
    }
    let (of_a, of_b) = (1.0 / (2.0 * a - 1.0), 1.0 / (2.0 * b - 1.0));
    let h = 2.0 / (of_a + of_b);
    let r = (z * z - 3.0) / 6.0;
    let w = z * (h + r).sqrt() / h - (of_b - of_a) * (r + 5.0 / 6.0 - 2.0 / (3.0 * h));
    (a / b).ln() - 2.0 * w
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// mpmath at 60 digits: x, a, b, then the logarithms of both tails.
    const TAILS: &[(f64, f64, f64, f64, f64)] = &[
        (0.5, 1.0, 1.0, -LN_2, -LN_2),
        (0.9, 58.0, 4.0, -2.048_228_026_440_665_6, -0.138_071_076_453_172_88),
        (0.9, 99.0, 3.0, -6.329_701_945_184_032, -0.001_784_155_651_570_564_6),
        (0.01, 0.5, 0.5, -2.752_494_986_597_868, -0.065_892_569_029_216_59),
        (0.5, 100_000.0, 100_000.0, -LN_2, -LN_2),
        (0.499, 1_000_000.0, 1_000_000.0, -6.058_096_176_979_308_5, -0.002_341_588_787_371_408_4),
        (0.4995, 1_000_000.0, 1_000_000.0, -2.542_753_020_364_471_3, -0.081_914_834_722_945_63),
        (0.95, 950_100.0, 50_000.0, -0.712_738_308_920_782_2, -0.673_932_501_256_649_9),
        (0.94, 950_000.0, 50_000.0, -941.671_625_652_576_7, 0.0),
        (0.999_999_7, 10_000_000.0, 3.0, -0.859_934_233_314_432_2, -0.550_242_205_647_872_6),
        (0.999_999, 10_000_000.0, 20.0, -0.003_460_376_295_811_320_6, -5.668_107_629_033_963),
        (0.999_99, 10_000_000.0, 150.0, -1.885_428_578_574_577_5e-06, -13.181_356_342_982_376),
        (0.5, 5_000_000.0, 5_000_001.0, -0.692_894_899_139_684_9, -0.693_399_525_642_181_8),
        (0.9, 30_000.0, 70_000.0, 0.0, -103_262.286_679_239_54),
        (0.999, 0.1, 30.0, -4.920_104_318_884_444e-93, -212.547_083_915_141_5),
        (0.3, 2.5, 1000.0, -4.925_122_986_548_819e-152, -348.398_584_888_894_6),
    ];

    #[test]
    fn the_logarithms_of_both_tails() {
        for &(x, a, b, ln_lower, ln_upper) in TAILS {
            let found = (ln_beta_cdf(x, a, b), ln_beta_sf(x, a, b));
            let near = |found: f64, expected: f64| (found - expected).abs() <= 1e-11 * expected.abs().max(1e-2);
            assert!(near(found.0, ln_lower) && near(found.1, ln_upper), "{x} {a} {b}: {found:?}");
        }
    }

    #[test]
    fn the_nodes_integrate_polynomials_exactly() {
        let integral = |degree: i32| nodes().iter().map(|(node, weight)| 2.0 * weight * node.powi(degree)).sum::<f64>();
        for degree in [0, 2, 10, 94] {
            assert!((integral(degree) - 2.0 / f64::from(degree + 1)).abs() < 1e-14, "{degree}");
        }
    }

    #[test]
    fn no_shape_and_no_chance_is_not_a_number() {
        assert!(beta_cdf(0.5, 0.0, 1.0).is_nan() && beta_cdf(f64::NAN, 1.0, 1.0).is_nan());
        assert!(beta_quantile(0.5, 1.0, -1.0).is_nan() && beta_quantile(1.5, 1.0, 1.0).is_nan());
        assert!(beta_quantile(-0.5, 1.0, 1.0).is_nan() && beta_upper_quantile(f64::NAN, 1.0, 1.0).is_nan());
    }

    #[test]
    fn the_ends() {
        for (a, b) in [(1.0, 1.0), (0.3, 7.0), (1e7, 2.0)] {
            assert_eq!((beta_cdf(0.0, a, b), beta_cdf(1.0, a, b), beta_cdf(7.0, a, b)), (0.0, 1.0, 1.0));
            assert_eq!((beta_quantile(0.0, a, b), beta_quantile(1.0, a, b)), (0.0, 1.0));
        }
        assert_eq!((binomial_cdf(0, 0, 0.5), binomial_cdf(3, 3, 1.0), binomial_cdf(2, 3, 1.0)), (1.0, 1.0, 0.0));
        assert_eq!(binomial_cdf(0, 5, 0.0), 1.0);
    }

    /// A shape of any size, from a tenth to ten million.
    fn shape() -> impl Strategy<Value = f64> {
        (-2.3..16.1_f64).prop_map(f64::exp)
    }

    proptest! {
        #[test]
        fn the_quantile_is_the_inverse(p in 1e-9..0.999_999_999_f64, a in shape(), b in shape()) {
            let x = beta_quantile(p, a, b);
            // Near 1 a shape under 1 puts more than the last digit of x between two numbers.
            prop_assume!(x > 1e-300 && 1.0 - x > 1e-6);
            let found = beta_cdf(x, a, b);
            prop_assert!((found / p - 1.0).abs() < 1e-8, "{} {} {}: {} {}", p, a, b, x, found);
        }

        #[test]
        fn a_larger_value_is_never_less_likely(x in 0.0..1.0_f64, more in 1e-9..0.1_f64, a in shape(), b in shape()) {
            prop_assert!(beta_cdf(x + more, a, b) >= beta_cdf(x, a, b) * (1.0 - 1e-11));
        }

        #[test]
        fn a_larger_share_has_a_larger_quantile(p in 1e-9..0.9_f64, more in 1e-3..0.1_f64, a in shape(), b in shape()) {
            prop_assert!(beta_quantile(p + more, a, b) >= beta_quantile(p, a, b));
        }

        #[test]
        fn both_sides_are_the_same_distribution(x in 1e-3..0.999_f64, a in shape(), b in shape()) {
            let (lower, mirrored) = (Tails::at(x, 1.0 - x, a, b), Tails::at(1.0 - x, x, b, a));
            prop_assert!((lower.ln_lower - mirrored.ln_upper).abs() <= 1e-12 * lower.ln_lower.abs().max(1.0));
        }

        #[test]
        fn the_integral_equals_the_continued_fraction(p in 1e-12..0.5_f64, a in 100.0..5000.0_f64, b in 100.0..5000.0_f64) {
            let (x, y) = from_ln_odds(lower_ln_odds(p.ln(), a, b));
            let ratio = integral(x, y, a, b) / (x * y) * continued_fraction(x, y, a, b);
            prop_assert!((ratio - 1.0).abs() < 1e-11, "{}", ratio);
        }

        #[test]
        fn counts_sum_to_the_cumulative(n in 1_u64..60, p in 0.01..0.99_f64) {
            let mut sum = 0.0;
            for good in 0..=n {
                sum += ln_binomial(good as f64, (n - good) as f64, p, 1.0 - p).exp();
                prop_assert!((binomial_cdf(good, n, p) - sum).abs() < 1e-12);
            }
        }
    }
}
