//! How sure it is that a coefficient lies as high as a word for it needs.

use crate::analysis::stats::special::normal_cdf;

/// How likely the coefficient that was estimated as `value` with the standard error `se` is at least
/// `least`, as a normal variable between -1 and 1; `least` is from -1 to 1, `se` above 0.
///
/// K. L. Gwet, "Handbook of Inter-Rater Reliability", 4th edition (2014), chapter 6.
pub fn chance_of_at_least(value: f64, se: f64, least: f64) -> f64 {
    let up_to = |end: f64| normal_cdf((end - value) / se);
    (up_to(1.0) - up_to(least)) / (up_to(1.0) - up_to(-1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_worth_how_sure_its_band_is() {
        // irrCAC's test of benchmarking.
        for (least, chance) in [(0.8, 0.18168), (0.6, 0.67511), (0.4, 0.96356)] {
            let found = chance_of_at_least(0.67, 0.15, least);
            assert!((found - chance).abs() < 5e-6, "at least {least}: {found}");
        }
    }
}
