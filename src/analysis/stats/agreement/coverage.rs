//! How often the intervals hold the truth, as it was measured.

/// Simulated by `cargo bench --bench evidence -- --only agreement`: two levels, 20, 50 and 200 items, of which a
/// share of .5, .9 and .98 is of one level, judged by 2 and 3 people who each say what is right 9 times in 10 (so
/// that .5, .82 and .88 of the judgements are of that level), with all judgements and with 30 % of them missing,
/// 20,000 runs each. A row an amount of items, a column a share, each the least that was measured.
type Measured = [[f64; 3]; 3];

/// Of the kappas, pi and alpha, whose chance agreement nears 1 where nearly all is of one level.
const KAPPAS: Measured = [[0.814, 0.524, 0.250], [0.924, 0.825, 0.450], [0.939, 0.932, 0.881]];
const GWET: Measured = [[0.891, 0.904, 0.905], [0.936, 0.930, 0.923], [0.943, 0.946, 0.947]];
const BRENNAN_PREDIGER: Measured = [[0.890, 0.898, 0.903], [0.934, 0.933, 0.936], [0.939, 0.942, 0.945]];

/// The amounts of items that were simulated.
const ITEMS: [f64; 3] = [20.0, 50.0, 200.0];

/// Under this share an interval of 95 % is said to hold less.
const PROMISED: f64 = 0.92;

/// In which share of simulations such an interval of the coefficient of a key held the truth, where
/// that is less than it should be: of so many `items` in all, and with so great a share of the
/// judgements of the most frequent level. Between two amounts of items it is taken to grow with their
/// logarithm; between two shares the worse counts.
pub(super) fn shortfall(key: &str, items: u64, most_frequent: f64) -> Option<f64> {
    let measured = match key {
        "gwet" => GWET,
        "brennan_prediger" => BRENNAN_PREDIGER,
        _ => KAPPAS,
    };
    let column = match most_frequent {
        ..=0.6 => 0,
        ..=0.82 => 1,
        _ => 2,
    };
    let held = |row: usize| measured[row][column];
    let between = |row: usize| {
        let [from, to] = [ITEMS[row], ITEMS[row + 1]];
        held(row) + (held(row + 1) - held(row)) * (items as f64 / from).ln() / (to / from).ln()
    };
    let held = match items {
        0..=20 => held(0),
        21..50 => between(0),
        50..200 => between(1),
        _ => held(2),
    };
    Some(held).filter(|held| *held < PROMISED)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_that_hold_too_little_are_known() {
        assert_eq!(shortfall("cohen", 500, 0.5), None);
        assert_eq!(shortfall("cohen", 500, 0.97), Some(0.881));
        assert_eq!(shortfall("krippendorff", 20, 0.95), Some(0.25));
        assert_eq!(shortfall("gwet", 10, 0.95), Some(0.905));
        let between = shortfall("fleiss", 100, 0.95).unwrap();
        assert!((between - (0.45 + 0.881) / 2.0).abs() < 1e-9, "{between}");
        assert_eq!(shortfall("gwet", 50, 0.95), None);
    }
}
