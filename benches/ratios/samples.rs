//! Many measurements of one thing.

use std::time::Duration;

/// Times in milliseconds, sorted.
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn new(times: Vec<Duration>) -> Self {
        let mut millis: Vec<f64> = times.into_iter().map(|time| time.as_secs_f64() * 1e3).collect();
        millis.sort_by(f64::total_cmp);
        Self(millis)
    }

    /// The time that `share` of the samples do not exceed.
    pub(crate) fn percentile(&self, share: f64) -> f64 {
        let at = (self.0.len() as f64 * share).ceil() as usize;
        self.0[at.clamp(1, self.0.len()) - 1]
    }

    pub(crate) fn median(&self) -> f64 {
        self.percentile(0.5)
    }
}
