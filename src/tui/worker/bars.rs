//! How the bars of a queue stand, counted once nobody has asked for a while.

use super::count::Count;
use super::state::WorkerState;
use super::{QueueRequest, Request, ReviewRequest};
use crate::domain::bar::{Outcome, Target};
use crate::store::{BarReport, Result};
use crate::text::percent::{at_least, at_most, percent};
use crate::text::plural::{plural, thousands};
use std::time::{Duration, Instant};

/// A recount takes at most one part in so many of the time.
const SHARE_OF_TIME: u32 = 20;

/// How a bar stands.
#[derive(Debug, Clone, PartialEq)]
pub struct BarStanding {
    pub key: String,
    pub title: String,
    pub outcome: Outcome,
    /// What its outcome rests on: `at least 96.1 %`; where nothing is judged the share itself.
    pub shown: String,
    /// Reviews until it is decided, expected at the rate so far; 0 where none can do anything for it.
    pub more: Option<u64>,
}

impl BarStanding {
    pub(super) fn of(report: &BarReport) -> Self {
        let BarReport { bar, outcome, recount, .. } = report;
        let shown = match (outcome, &bar.target) {
            // What is counted is known, and no bound of it.
            _ if !bar.is_judged => recount.rate.map(percent).unwrap_or_default(),
            (Outcome::Met, Target::AtLeast(_)) => format!("at least {}", at_least(recount.range.low)),
            (Outcome::Failed, Target::AtLeast(_)) => format!("at most {}", at_most(recount.range.high)),
            _ => String::new(),
        };
        Self { key: bar.key.clone(), title: bar.title().into(), outcome: *outcome, shown, more: recount.more(bar) }
    }
}

impl BarStanding {
    /// `met, at least 96.1 %`, `undecided, ≈ 74 more reviews`
    pub fn told(&self) -> String {
        let of_shown = |word: &str| match self.shown.as_str() {
            "" => word.to_owned(),
            shown => format!("{word}, {shown}"),
        };
        match (self.outcome, self.more) {
            (Outcome::Met, _) => of_shown("met"),
            (Outcome::Failed, _) => of_shown("failed"),
            (Outcome::Waived, _) => "waived".into(),
            (Outcome::Undecided, Some(0)) => "undecided".into(),
            (Outcome::Undecided, None) => "undecided, no end in sight".into(),
            (Outcome::Undecided, Some(more)) => {
                let more = i64::try_from(more).unwrap_or(i64::MAX);
                format!("undecided, ≈ {} more {}", thousands(more), plural(more, "review"))
            }
        }
    }
}

/// Which queue's bars are looked after, and whether they may stand otherwise than was counted.
#[derive(Default)]
pub(super) struct BarWatch {
    queue: Option<String>,
    is_due: bool,
    /// The queue is looked at anew since its bars were counted.
    is_new: bool,
    /// It had bars when they were counted.
    had_bars: bool,
}

impl BarWatch {
    /// Takes note of what was asked: another queue may be looked at, or something may have changed.
    pub(super) fn note(&mut self, request: &Request, state: &WorkerState) {
        match request {
            Request::Queue(QueueRequest::Dashboard { queue }) => self.look_after(queue.clone()),
            Request::Queue(QueueRequest::Open { .. } | QueueRequest::OpenItem { .. } | QueueRequest::Reopen { .. }) => {
                if let Ok(queue) = state.open_queue() {
                    self.look_after(queue.name.clone());
                }
            }
            // These say nothing of an output.
            Request::Review(
                ReviewRequest::SaveDraft { .. } | ReviewRequest::Extend { .. } | ReviewRequest::Release { .. },
            ) => {}
            request => self.is_due |= !request.is_lookup(),
        }
    }

    /// Others have changed something.
    pub(super) fn changed(&mut self) {
        self.is_due = true;
    }

    fn look_after(&mut self, queue: String) {
        *self = Self { queue: Some(queue), is_due: true, is_new: true, had_bars: false };
    }

    /// What is to be counted, once; `None`: nothing has changed, or there are no bars.
    pub(super) fn take_due(&mut self, state: &WorkerState) -> Option<Count> {
        let name = self.queue.clone().filter(|_| self.is_due)?;
        self.is_due = false;
        // What fails here fails again in what is asked next.
        let has_bars = !state.named_queue(&name).ok()?.spec.spec.bars.is_empty();
        let is_counted = has_bars || self.had_bars;
        self.had_bars = has_bars;
        is_counted.then(|| Count::Bars { queue: name, is_new: std::mem::take(&mut self.is_new) })
    }
}

/// The bars that are to be counted, and what was told of them.
#[derive(Default)]
pub(super) struct BarCount {
    due: Option<String>,
    not_before: Option<Instant>,
    told: Option<Vec<BarStanding>>,
}

impl BarCount {
    pub(super) fn look_after(&mut self, queue: String, is_new: bool) {
        if is_new {
            self.told = None;
        }
        self.due = Some(queue);
    }

    /// How long until there is something to count; `None`: nothing has changed.
    pub(super) fn wait(&self) -> Option<Duration> {
        let wait = || self.not_before.map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()));
        self.due.as_ref().map(|_| wait())
    }

    pub(super) fn give_up(&mut self) {
        self.due = None;
    }

    /// Counts; gives the queue and its bars where they do not stand as was told.
    pub(super) fn recount(&mut self, state: &WorkerState) -> Option<(String, Vec<BarStanding>)> {
        let start = Instant::now();
        let queue = self.due.take()?;
        let bars = standings(state, &queue).ok()?;
        self.not_before = Some(Instant::now() + start.elapsed() * SHARE_OF_TIME);
        let is_new = self.told.as_ref() != Some(&bars);
        self.told = Some(bars.clone());
        is_new.then_some((queue, bars))
    }
}

fn standings(state: &WorkerState, queue: &str) -> Result<Vec<BarStanding>> {
    let queue = state.named_queue(queue)?;
    let bars = queue.spec.spec.bars.iter().map(|bar| state.store.bar(&queue, bar, state.store.now()));
    bars.map(|report| Ok(BarStanding::of(&report?))).collect()
}
