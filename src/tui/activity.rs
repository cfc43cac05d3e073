//! Active time on an item: the gaps between what the reviewer does, none counted
//! for longer than a limit, so that a lunch break is no diligence.

use crate::domain::time::UtcMillis;

/// Measures from the moment the item was on screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    limit: i64,
    last: Option<UtcMillis>,
    active: i64,
}

impl Activity {
    /// Goes on from the active time of earlier visits.
    pub fn new(limit: i64, active: i64) -> Self {
        Self { limit, last: None, active }
    }

    /// The item is on screen; only the first time starts the clock.
    pub fn shown(&mut self, now: UtcMillis) {
        self.last.get_or_insert(now);
    }

    /// The reviewer did something.
    pub fn touch(&mut self, now: UtcMillis) {
        self.active = self.millis(now);
        if let Some(last) = &mut self.last {
            *last = now;
        }
    }

    /// The active time, if the reviewer does something now.
    pub fn millis(&self, now: UtcMillis) -> i64 {
        // A clock that was set back counts nothing.
        self.active + self.last.map_or(0, |last| (now - last).clamp(0, self.limit))
    }

    /// The time at which the reviewer was last known to be there.
    pub fn last(&self) -> Option<UtcMillis> {
        self.last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_counts_before_the_item_is_shown() {
        let mut activity = Activity::new(60_000, 0);
        activity.touch(5_000);
        assert_eq!(activity.millis(9_000), 0);
        activity.shown(10_000);
        assert_eq!(activity.millis(12_500), 2_500);
    }

    #[test]
    fn a_gap_counts_up_to_the_limit() {
        let mut activity = Activity::new(60_000, 0);
        activity.shown(0);
        activity.touch(10_000);
        activity.touch(10_000 + 3_600_000);
        assert_eq!(activity.millis(3_611_000), 10_000 + 60_000 + 1_000);
    }

    #[test]
    fn a_later_visit_goes_on_from_the_time_of_the_earlier_ones() {
        let mut activity = Activity::new(60_000, 7_000);
        assert_eq!(activity.millis(50_000), 7_000);
        activity.shown(50_000);
        assert_eq!(activity.millis(52_000), 9_000);
    }

    #[test]
    fn another_frame_and_a_clock_set_back_change_nothing() {
        let mut activity = Activity::new(60_000, 0);
        activity.shown(1_000);
        activity.shown(50_000);
        activity.touch(0);
        assert_eq!(activity.millis(1_000), 1_000);
    }
}
