//! Several tests at once: p-values adjusted so that each may be compared with the level that was
//! wanted for all. They come back in the order in which they were given, cut at 1.

/// Holm's adjustment: with the chance 1 - α no true claim is rejected at α, whatever the tests have to do with
/// each other.
///
/// S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
/// (1979), 65–70.
pub fn holm(p: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p.len()];
    let mut most: f64 = 0.0;
    for (rank, index) in ascending(p).into_iter().enumerate() {
        most = most.max((p[index] * (p.len() - rank) as f64).min(1.0));
        adjusted[index] = most;
    }
    adjusted
}

/// Benjamini and Hochberg's adjustment: of what is rejected at α a share of at most α is true in
/// expectation, for tests that are independent or lean the same way.
///
/// Y. Benjamini and Y. Hochberg, "Controlling the False Discovery Rate", Journal of the Royal Statistical
/// Society B 57 (1995), 289–300.
pub fn benjamini_hochberg(p: &[f64]) -> Vec<f64> {
    step_up(p, 1.0)
}

/// Benjamini and Yekutieli's adjustment: as [`benjamini_hochberg`], whatever the tests have to do with each other.
///
/// Y. Benjamini and D. Yekutieli, "The control of the false discovery rate in multiple testing under
/// dependency", Annals of Statistics 29 (2001), 1165–1188.
pub fn benjamini_yekutieli(p: &[f64]) -> Vec<f64> {
    step_up(p, (1..=p.len()).map(|rank| 1.0 / rank as f64).sum())
}

fn step_up(p: &[f64], factor: f64) -> Vec<f64> {
    let mut adjusted = vec![0.0; p.len()];
    let mut least: f64 = 1.0;
    for (rank, index) in ascending(p).into_iter().enumerate().rev() {
        least = least.min(p[index] * factor * p.len() as f64 / (rank + 1) as f64);
        adjusted[index] = least;
    }
    adjusted
}

fn ascending(p: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Benjamini and Hochberg's example of 25, with statsmodels' adjusted values.
    #[test]
    fn worked_numbers() {
        let p = [
            0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216, 0.222, 0.251, 0.269, 0.275, 0.34,
            0.341, 0.384, 0.569, 0.594, 0.696, 0.762, 0.94, 0.942, 0.975, 0.986,
        ];
        let begins = |found: &[f64], expected: &[f64]| {
            found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 5e-7)
        };
        assert!(begins(&holm(&p), &[0.025, 0.192, 0.897]), "{:?}", holm(&p));
        assert!(begins(&benjamini_hochberg(&p), &[0.025, 0.1, 0.21, 0.21, 0.21, 0.25]));
        assert!(begins(&benjamini_yekutieli(&p), &[0.095_399, 0.381_596, 0.801_351]));
    }

    #[test]
    fn none_and_one() {
        assert!(holm(&[]).is_empty() && benjamini_hochberg(&[]).is_empty());
        assert_eq!((holm(&[0.04]), benjamini_yekutieli(&[0.04])), (vec![0.04], vec![0.04]));
    }

    proptest! {
        #[test]
        fn adjusted_values_keep_their_order(p in prop::collection::vec(0.0..=1.0_f64, 0..40)) {
            for adjusted in [holm(&p), benjamini_hochberg(&p), benjamini_yekutieli(&p)] {
                for (one, value) in p.iter().enumerate() {
                    prop_assert!(adjusted[one] >= *value - 1e-12 && adjusted[one] <= 1.0);
                    for (other, greater) in p.iter().enumerate() {
                        prop_assert!(value > greater || adjusted[one] <= adjusted[other]);
                    }
                }
            }
        }
    }
}
