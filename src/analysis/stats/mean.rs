//! Means, and how far the mean of a few may be from that of all.

use super::interval::Interval;
use super::special::t_quantile;

/// Numbers as they come: how many, their mean, and how far they scatter.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Moments {
    pub count: u64,
    pub mean: f64,
    /// Sum of the squared distances from the mean.
    squares: f64,
}

impl Moments {
    /// Adds a number, without losing digits however many there are.
    ///
    /// B. P. Welford, "Note on a Method for Calculating Corrected Sums of Squares and Products",
    /// Technometrics 4 (1962), 419–420.
    pub fn add(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / self.count as f64;
        self.squares += before * (value - self.mean);
    }

    /// Student's interval around the mean, for a confidence between 0 and 1: the mean ± t of `count` - 1
    /// degrees of freedom times the standard error. `None` of fewer than two numbers, and where all
    /// are alike, which says nothing of how far others may be from them.
    ///
    /// Student, "The Probable Error of a Mean", Biometrika 6 (1908), 1–25.
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        if self.count < 2 || self.squares <= 0.0 {
            return None;
        }
        let freedom = (self.count - 1) as f64;
        let error = (self.squares / freedom / self.count as f64).sqrt();
        let reach = t_quantile(0.5 + confidence / 2.0, freedom) * error;
        Some(Interval { low: self.mean - reach, high: self.mean + reach })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64]) -> Moments {
        let mut moments = Moments::default();
        values.iter().for_each(|value| moments.add(*value));
        moments
    }

    #[test]
    fn worked_numbers() {
        // Student (1908), p. 20: the additional hours of sleep gained by one drug over the other.
        let sleep = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];
        let found = of(&sleep);
        assert!((found.mean - 1.58).abs() < 1e-12);
        // R: t.test(extra ~ group, paired = TRUE)
        let interval = found.interval(0.95).unwrap();
        assert!(
            (interval.low - 0.700_114_2).abs() < 1e-6 && (interval.high - 2.459_885_8).abs() < 1e-6,
            "{interval:?}"
        );
    }

    #[test]
    fn what_is_alike_or_alone_has_no_interval() {
        assert_eq!(of(&[3.0]).interval(0.95), None);
        assert_eq!(of(&[3.0, 3.0, 3.0]).interval(0.95), None);
    }
}
