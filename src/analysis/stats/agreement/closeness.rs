//! How close two levels are to each other: 1 is the same, 0 the farthest apart.

use super::ratings::Ratings;

/// How close levels count in the coefficients of chance, by their places in the order of the levels.
///
/// K. L. Gwet, "Handbook of Inter-Rater Reliability", 4th edition (2014), section 3.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// The same or not.
    Identity,
    /// `1 - |k-l|/(q-1)`
    Linear,
    /// `1 - ((k-l)/(q-1))²`
    Quadratic,
    /// `1 - C(|k-l|+1, 2)/C(q, 2)`
    Ordinal,
}

/// What the labels are, which says how far apart two of them are for Krippendorff's alpha.
///
/// K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011).
#[derive(Debug, Clone, PartialEq)]
pub enum Scale {
    /// `0` of the same, else `1`
    Nominal,
    /// The squared number of judgements between two levels: `(Σ_{g=c..k} n_g - (n_c+n_k)/2)²`
    Ordinal,
    /// `(c-k)²` of the values, one a level
    Interval(Vec<f64>),
    /// `((c-k)/(c+k))²` of the values, which are none below 0
    Ratio(Vec<f64>),
    /// `1 - m·|A∩B|/|A∪B|` of the sets, one a level, where m is 1 of equal sets, 2/3 where one
    /// is within the other, 1/3 where they overlap: MASI. R. J. Passonneau, "Measuring Agreement on
    /// Set-valued Items (MASI) for Semantic and Pragmatic Annotation", LREC 2006.
    Sets(Vec<Set>),
}

/// A set of labels, by their numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Set(Vec<u32>);

/// How close each two levels are.
#[derive(Debug, Clone)]
pub(super) enum Closeness {
    Identity,
    /// `1 - line·|d| - square·d²` of the distance d of two places, which stand from 0 to 1; in
    /// ascending order where `line` is not 0.
    Places {
        places: Vec<f64>,
        line: f64,
        square: f64,
    },
    Ratio(Vec<f64>),
    Sets(Vec<Set>, fn(&Set, &Set) -> f64),
}

impl Weights {
    pub(super) fn closeness(self, levels: usize) -> Closeness {
        let steps = levels.saturating_sub(1).max(1) as f64;
        let levels = levels.max(1) as f64;
        let (line, square) = match self {
            Self::Identity => return Closeness::Identity,
            Self::Linear => (1.0, 0.0),
            Self::Quadratic => (0.0, 1.0),
            // C(d+1, 2)/C(q, 2) is (d² + d)/(q(q-1)), and d is q-1 times the distance of the places.
            Self::Ordinal => (1.0 / levels, steps / levels),
        };
        let places = (0..levels as usize).map(|level| level as f64 / steps).collect();
        Closeness::Places { places, line, square }
    }
}

impl Scale {
    /// By the judgements on items that were judged twice, which say how far ordinal levels are apart.
    pub(super) fn closeness(&self, ratings: &Ratings) -> Closeness {
        match self {
            Self::Nominal => Closeness::Identity,
            // What lies between two levels is the difference of their middle ranks.
            Self::Ordinal => interval(&middle_ranks(&ratings.totals(2))),
            Self::Interval(values) => interval(values),
            Self::Ratio(values) => Closeness::Ratio(values.clone()),
            Self::Sets(sets) => Closeness::Sets(sets.clone(), masi),
        }
    }
}

fn interval(values: &[f64]) -> Closeness {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let range = values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - least;
    let place = |value: &f64| if range > 0.0 { (value - least) / range } else { 0.0 };
    Closeness::Places { places: values.iter().map(place).collect(), line: 0.0, square: 1.0 }
}

fn middle_ranks(counts: &[f64]) -> Vec<f64> {
    let mut before = 0.0;
    let rank = |count: &f64| {
        before += count;
        before - count / 2.0
    };
    counts.iter().map(rank).collect()
}

impl Closeness {
    pub(super) fn of(&self, one: usize, other: usize) -> f64 {
        match self {
            Self::Identity => f64::from(u8::from(one == other)),
            Self::Places { places, line, square } => {
                let distance = (places[one] - places[other]).abs();
                1.0 - line * distance - square * distance * distance
            }
            Self::Ratio(values) => {
                let (sum, difference) = (values[one] + values[other], values[one] - values[other]);
                if sum > 0.0 { 1.0 - (difference / sum).powi(2) } else { 1.0 }
            }
            Self::Sets(sets, closeness) => closeness(&sets[one], &sets[other]),
        }
    }

    /// `Σ_l w_kl x_l` for each level k.
    pub(super) fn sums(&self, amounts: &[f64]) -> Vec<f64> {
        match self {
            Self::Identity => amounts.to_vec(),
            // Continuous values have as many levels as judgements: without a look at each pair of them.
            Self::Places { places, line, square } => sums_of_places(places, *line, *square, amounts),
            Self::Ratio(_) | Self::Sets(..) => {
                let used: Vec<_> = amounts.iter().enumerate().filter(|(_, amount)| **amount != 0.0).collect();
                let sum = |one| used.iter().map(|(other, amount)| self.of(one, *other) * *amount).sum();
                (0..amounts.len()).map(sum).collect()
            }
        }
    }
}

fn sums_of_places(places: &[f64], line: f64, square: f64, amounts: &[f64]) -> Vec<f64> {
    let power = |power: i32| places.iter().zip(amounts).map(|(place, amount)| place.powi(power) * amount).sum::<f64>();
    let (all, first, second) = (power(0), power(1), power(2));
    let (mut amount_up_to, mut first_up_to) = (0.0, 0.0);
    let sum = |(place, amount): (&f64, &f64)| {
        amount_up_to += amount;
        first_up_to += place * amount;
        let lines = place * (2.0 * amount_up_to - all) + first - 2.0 * first_up_to;
        let squares = place * place * all - 2.0 * place * first + second;
        all - line * lines - square * squares
    };
    places.iter().zip(amounts).map(sum).collect()
}

impl Set {
    /// The set of these labels, each of which may stand more than once.
    pub fn new(labels: impl IntoIterator<Item = u32>) -> Self {
        let mut labels: Vec<u32> = labels.into_iter().collect();
        labels.sort_unstable();
        labels.dedup();
        Self(labels)
    }

    pub fn labels(&self) -> &[u32] {
        &self.0
    }

    fn in_common(&self, other: &Self) -> usize {
        self.0.iter().filter(|label| other.0.binary_search(label).is_ok()).count()
    }
}

/// The share of the labels of either set that are in both; of two empty sets 1.
///
/// P. Jaccard, "The Distribution of the Flora in the Alpine Zone", New Phytologist 11 (1912), 37–50.
pub(super) fn jaccard(one: &Set, other: &Set) -> f64 {
    let both = one.in_common(other);
    match one.0.len() + other.0.len() - both {
        0 => 1.0,
        either => both as f64 / either as f64,
    }
}

fn masi(one: &Set, other: &Set) -> f64 {
    let both = one.in_common(other);
    let kind = match both {
        _ if one == other => 1.0,
        0 => 0.0,
        _ if both == one.0.len() || both == other.0.len() => 2.0 / 3.0,
        _ => 1.0 / 3.0,
    };
    kind * jaccard(one, other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_by_place() {
        let row = |weights: Weights| -> Vec<f64> {
            let closeness = weights.closeness(5);
            (0..5).map(|other| (closeness.of(0, other) * 1e6).round() / 1e6).collect()
        };
        assert_eq!(row(Weights::Identity), [1.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(row(Weights::Linear), [1.0, 0.75, 0.5, 0.25, 0.0]);
        assert_eq!(row(Weights::Quadratic), [1.0, 0.9375, 0.75, 0.4375, 0.0]);
        assert_eq!(row(Weights::Ordinal), [1.0, 0.9, 0.7, 0.4, 0.0]);
    }

    #[test]
    fn sums_are_those_over_all_pairs() {
        let amounts = [3.0, 0.0, 0.25, 7.0, 1.5];
        let values = vec![0.0, 2.0, 3.5, 3.75, 100.0];
        let sets = [&[][..], &[1], &[1, 2], &[2, 3], &[1, 2, 3]].map(|set| Set::new(set.iter().copied())).to_vec();
        let weights = [Weights::Identity, Weights::Linear, Weights::Quadratic, Weights::Ordinal];
        let others = [interval(&values), Closeness::Ratio(values), Closeness::Sets(sets, masi)];
        for closeness in weights.map(|weights| weights.closeness(5)).into_iter().chain(others) {
            for (one, sum) in closeness.sums(&amounts).into_iter().enumerate() {
                let plain: f64 = (0..5).map(|other| closeness.of(one, other) * amounts[other]).sum();
                assert!((sum - plain).abs() < 1e-9, "{closeness:?} at {one}: {sum} for {plain}");
            }
        }
    }

    #[test]
    fn a_set_within_another_is_two_thirds_of_the_way() {
        let set = |labels: &[u32]| Set::new(labels.iter().copied());
        // 1 - 2/3 · 2/4; with 0.67 for 2/3 it would be 0.665.
        assert!((1.0 - masi(&set(&[1, 2]), &set(&[1, 2, 3, 4])) - 2.0 / 3.0).abs() < 1e-12);
        assert_eq!(masi(&set(&[]), &set(&[])), 1.0);
        assert_eq!(masi(&set(&[]), &set(&[1])), 0.0);
        assert!((masi(&set(&[1, 2]), &set(&[2, 3])) - 1.0 / 9.0).abs() < 1e-12);
    }
}
