//! The pace of a sitting: how many decisions, how long each takes, when the queue is
//! done, and whether they come faster than anybody reads. A sitting is a reviewer's work
//! on a queue without a pause longer than [`MAX_PAUSE_MILLIS`].

use super::decision::{Decision, Judgement, Verdict};
use super::time::UtcMillis;
use unicode_segmentation::UnicodeSegmentation;

/// The longest time between two decisions of one sitting.
pub const MAX_PAUSE_MILLIS: i64 = 30 * 60 * 1000;

/// No estimate is made from fewer decisions.
const LEAST: usize = 5;

/// Limits from which on a run of equal and hasty decisions is pointed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Decisions in a row; 0 for never.
    pub warn_after: usize,
    /// Words a minute above which a decision counts as hasty.
    pub words_per_minute: u32,
    /// Milliseconds from an item's first frame, and between two presses of one key, within which
    /// a key that decides is not applied; 0 for off.
    pub guard_ms: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { warn_after: 10, words_per_minute: 600, guard_ms: 120 }
    }
}

/// A decision of a sitting, as far as its time matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timed {
    /// The id of the decision.
    pub id: String,
    pub at: UtcMillis,
    /// The active time on the item, in milliseconds.
    pub millis: i64,
}

/// The decisions of a sitting, those taken back left out.
#[derive(Debug, Default)]
pub struct Pace {
    done: Vec<Done>,
    /// The active time of each, the shortest first: the screen tells the median with every frame.
    millis: Vec<i64>,
}

#[derive(Debug)]
struct Done {
    decision: Timed,
    /// What two equal decisions have in common, of one that took less time than the output takes to read.
    hasty: Option<(Verdict, Vec<String>)>,
}

impl Pace {
    /// The sitting of the decisions made before, oldest first. How hasty they were is not known.
    pub fn resumed(decisions: Vec<Timed>) -> Self {
        let mut done: Vec<_> = decisions.into_iter().map(|decision| Done { decision, hasty: None }).collect();
        let pause = done.array_windows().rposition(|[before, after]| is_after_pause(before, after));
        done.drain(..pause.map_or(0, |before| before + 1));
        let mut millis: Vec<_> = done.iter().map(|done| done.decision.millis).collect();
        millis.sort_unstable();
        Self { done, millis }
    }

    /// Notes a decision, made or brought back, on an output of a number of words. After a long
    /// pause a sitting begins with it.
    pub fn record(&mut self, decision: &Decision, words: usize, limits: Limits) {
        let Judgement { verdict, draft, active_millis, .. } = &decision.judgement;
        let is_hasty = *active_millis < reading_millis(words, limits.words_per_minute);
        let hasty = is_hasty.then(|| (*verdict, draft.categories.clone()));
        let decision = Timed { id: decision.id.clone(), at: decision.decided_at, millis: *active_millis };
        self.add(Done { decision, hasty });
    }

    fn add(&mut self, done: Done) {
        if self.done.last().is_some_and(|last| is_after_pause(last, &done)) {
            *self = Self::default();
        }
        let millis = done.decision.millis;
        self.millis.insert(self.millis.partition_point(|shorter| *shorter < millis), millis);
        self.done.push(done);
    }

    /// Forgets a decision that was undone.
    pub fn undo(&mut self, decision: &str) {
        if let Some(at) = self.done.iter().position(|done| done.decision.id == decision) {
            let Done { decision, .. } = self.done.remove(at);
            self.millis.remove(self.millis.partition_point(|shorter| *shorter < decision.millis));
        }
    }

    pub fn count(&self) -> usize {
        self.done.len()
    }

    /// The median time on an item.
    pub fn median_millis(&self) -> Option<i64> {
        let upper = self.millis.len() / 2;
        let lower = upper.checked_sub(usize::from(self.millis.len().is_multiple_of(2)))?;
        Some(middle(*self.millis.get(lower)?, *self.millis.get(upper)?))
    }

    /// Time that more items would take, in milliseconds, once there are enough decisions to
    /// estimate from.
    pub fn estimate_millis(&self, remaining: i64) -> Option<i64> {
        if self.done.len() < LEAST || remaining <= 0 {
            return None;
        }
        let all = self.millis.iter().copied().fold(0, i64::saturating_add);
        Some((all / self.done.len() as i64).saturating_mul(remaining))
    }

    /// Length of the present run of equal and hasty decisions, where it is a multiple of
    /// [`Limits::warn_after`].
    pub fn hasty_row(&self, limits: Limits) -> Option<usize> {
        let last = self.done.last()?.hasty.as_ref()?;
        let row = self.done.iter().rev().take_while(|done| done.hasty.as_ref() == Some(last)).count();
        (limits.warn_after > 0 && row.is_multiple_of(limits.warn_after)).then_some(row)
    }
}

/// A decision begins a sitting, so long is it after the one before.
fn is_after_pause(before: &Done, after: &Done) -> bool {
    after.decision.at - before.decision.at > MAX_PAUSE_MILLIS
}

/// The mean time of a number of decisions that took so long in all, once there are enough to
/// estimate from.
pub fn mean_millis(all: i64, decisions: i64) -> Option<f64> {
    (decisions >= LEAST as i64).then(|| all as f64 / decisions as f64)
}

/// The median of some times, which come into another order; of an even number the mean of the
/// two in the middle. `None` of none.
pub fn median(times: &mut [i64]) -> Option<i64> {
    let count = times.len();
    if count == 0 {
        return None;
    }
    let (below, &mut upper, _) = times.select_nth_unstable(count / 2);
    let lower = if count.is_multiple_of(2) { below.iter().copied().max() } else { None }.unwrap_or(upper);
    Some(middle(lower, upper))
}

fn middle(lower: i64, upper: i64) -> i64 {
    lower + (upper - lower) / 2
}

fn reading_millis(words: usize, words_per_minute: u32) -> i64 {
    i64::try_from(words).unwrap_or(i64::MAX).saturating_mul(60_000) / i64::from(words_per_minute.max(1))
}

/// Bytes of a text whose words are counted: a longer one takes minutes to read anyhow.
pub const COUNTED: usize = 16 * 1024;

/// The words of a text, as far as they matter here. Where words are not set apart by
/// space, a character is about as much to read as a word elsewhere.
pub fn words(text: &str) -> usize {
    text[..text.floor_char_boundary(COUNTED)].unicode_words().count()
}

#[cfg(test)]
mod tests {
    use super::super::decision::{Draft, Part};
    use super::*;

    fn decision(id: usize, verdict: Verdict, millis: i64) -> Decision {
        Decision {
            id: id.to_string(),
            judgement: Judgement { active_millis: millis, ..Judgement::new(verdict, Draft::default()) },
            reviewer: "ops-1".into(),
            decided_at: 0,
            spec_version: 1,
            due_at: None,
            part: Part::default(),
        }
    }

    fn pace(times: &[i64]) -> Pace {
        let mut pace = Pace::default();
        for (id, &millis) in times.iter().enumerate() {
            pace.record(&decision(id, Verdict::Accept, millis), 10, Limits::default());
        }
        pace
    }

    #[test]
    fn the_median_is_not_moved_by_a_pause() {
        assert_eq!(pace(&[]).median_millis(), None);
        assert_eq!(pace(&[3_000]).median_millis(), Some(3_000));
        assert_eq!(pace(&[9_000, 3_000, 600_000, 5_000]).median_millis(), Some(7_000));
    }

    #[test]
    fn an_estimate_needs_some_decisions_and_something_left() {
        assert_eq!(pace(&[4_000; 4]).estimate_millis(100), None);
        assert_eq!(pace(&[4_000; 5]).estimate_millis(100), Some(400_000));
        assert_eq!(pace(&[4_000; 5]).estimate_millis(0), None);
        assert_eq!(pace(&[i64::MAX; 5]).estimate_millis(i64::MAX), Some(i64::MAX), "and never panics");
    }

    #[test]
    fn what_was_taken_back_counts_no_more_until_it_is_brought_back() {
        let mut pace = pace(&[1_000, 9_000]);
        pace.undo("1");
        assert_eq!((pace.count(), pace.median_millis()), (1, Some(1_000)));
        pace.undo("of another sitting");
        pace.record(&decision(1, Verdict::Accept, 9_000), 10, Limits::default());
        assert_eq!((pace.count(), pace.median_millis()), (2, Some(5_000)));
    }

    #[test]
    fn a_sitting_goes_on_until_a_long_pause() {
        let at = |id: usize, at| Timed { id: id.to_string(), at, millis: 4_000 };
        let mut pace = Pace::resumed(vec![at(0, 0), at(1, MAX_PAUSE_MILLIS)]);
        assert_eq!(pace.count(), 2, "as before a restart of the program");
        let next = Decision { decided_at: 2 * MAX_PAUSE_MILLIS + 1, ..decision(2, Verdict::Accept, 4_000) };
        pace.record(&next, 10, Limits::default());
        assert_eq!(pace.count(), 1);
    }

    #[test]
    fn a_row_of_alike_decisions_is_told_when_none_of_them_was_read() {
        let limits = Limits { warn_after: 3, ..Limits::default() };
        let mut pace = Pace::default();
        let mut told = Vec::new();
        for (id, (verdict, millis)) in [
            (Verdict::Accept, 900),
            (Verdict::Accept, 900),
            (Verdict::Reject, 900), // another verdict begins a row of its own
            (Verdict::Accept, 900),
            (Verdict::Accept, 1_100), // ten words take a second
            (Verdict::Accept, 900),
            (Verdict::Accept, 900),
            (Verdict::Accept, 900),
            (Verdict::Accept, 900),
        ]
        .into_iter()
        .enumerate()
        {
            pace.record(&decision(id, verdict, millis), 10, limits);
            told.push(pace.hasty_row(limits));
        }
        assert_eq!(told.iter().flatten().collect::<Vec<_>>(), [&3]);
        assert_eq!(told[7], Some(3));
        assert_eq!(pace.hasty_row(Limits { warn_after: 0, ..limits }), None, "off");
    }

    #[test]
    fn words_are_counted_and_characters_where_there_are_none() {
        assert_eq!(words("The money is back, in 5 days."), 7);
        assert_eq!(words("東京都庁"), 4);
        assert_eq!(words(""), 0);
        assert!(words(&"東".repeat(1 << 20)) < 1 << 14);
    }
}
