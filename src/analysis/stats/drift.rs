//! Whether somebody's errors have become more, noticed while they happen.

/// A cumulative sum of evidence for errors at a greater rate than usual.
///
/// E. S. Page, "Continuous inspection schemes", Biometrika 41 (1954), 100–115, for Bernoulli trials: each error adds
/// ln(out/usual), each hit ln((1 - out)/(1 - usual)), which is negative; the sum never falls below 0, so
/// that a good past does not hide a bad present.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cusum {
    error: f64,
    hit: f64,
    alarm_at: f64,
    sum: f64,
}

impl Cusum {
    /// Errors come at the rate `usual`, or else at the greater rate `out`, both between 0 and 1;
    /// the alarm is at the sum `alarm_at`.
    pub fn new(usual: f64, out: f64, alarm_at: f64) -> Cusum {
        Cusum { error: (out / usual).ln(), hit: ((1.0 - out) / (1.0 - usual)).ln(), alarm_at, sum: 0.0 }
    }

    pub fn error(&mut self) {
        self.add(self.error);
    }

    pub fn hit(&mut self) {
        self.add(self.hit);
    }

    fn add(&mut self, evidence: f64) {
        self.sum = (self.sum + evidence).max(0.0);
    }

    pub fn sum(&self) -> f64 {
        self.sum
    }

    pub fn is_alarmed(&self) -> bool {
        self.sum >= self.alarm_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_numbers() {
        let mut cusum = Cusum::new(0.10, 0.25, 3.0);
        cusum.error();
        assert!((cusum.sum() - 0.916_290_731_9).abs() < 1e-10);
        cusum.hit();
        assert!((cusum.sum() - (0.916_290_731_9 - 0.182_321_556_8)).abs() < 1e-10);
    }

    /// Four errors in a row from the usual state raise the alarm, three do not.
    #[test]
    fn a_run_of_errors_raises_the_alarm() {
        let mut cusum = Cusum::new(0.10, 0.25, 3.0);
        (0..3).for_each(|_| cusum.error());
        assert!(!cusum.is_alarmed());
        cusum.error();
        assert!(cusum.is_alarmed());
    }

    #[test]
    fn a_good_past_does_not_hide_a_bad_present() {
        let mut cusum = Cusum::new(0.10, 0.25, 3.0);
        (0..1000).for_each(|_| cusum.hit());
        assert_eq!(cusum.sum(), 0.0);
        (0..4).for_each(|_| cusum.error());
        assert!(cusum.is_alarmed());
    }
}
