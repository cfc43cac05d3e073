//! What the rules of a spec would have come to on what has happened to items, counted item by item.

use super::agreement::{Agreement, Said};
use super::check::CheckReport;
use super::decision::{Judgement, Verdict};
use super::policy::{Retry, Settle};
use super::spec::{Route, Spec};
use super::time::{HOUR_MILLIS, UtcMillis};

/// What happened to an item, as far as rules ask for it.
#[derive(Debug, Clone, Default)]
pub struct History {
    pub imported_at: UtcMillis,
    /// Which attempt it is along its line, from 1.
    pub attempt: i64,
    /// Opinions of people that stand, in the order of their slots.
    pub opinions: Vec<Said>,
    /// Opinions that escalated, came back with an answer, and were followed by another.
    pub returned: Vec<Said>,
    /// What settled it beside the opinions: an adjudication or an answer.
    pub settled: Option<Said>,
    /// When answers to escalations came, also those that sent it back.
    pub answers: Vec<UtcMillis>,
    /// It waits for an answer.
    pub is_escalated: bool,
}

/// What rules say of an item by itself.
#[derive(Debug, Clone, Default)]
pub struct Ruled {
    /// Sampling takes it.
    pub is_taken: bool,
    /// It was taken in by hand.
    pub is_pulled: bool,
    /// How many opinions are asked of it in the end, from 1.
    pub opinions: usize,
    pub checks: CheckReport,
    /// Its rejection is to be made again by a filter.
    pub is_retried: bool,
}

/// What the rules of a spec come to on items.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Simulated {
    pub items: i64,
    /// By a check, so that they would not have been imported.
    pub refused: i64,
    pub rejected_by_check: i64,
    pub escalated_by_check: i64,
    /// Of those that a check refuses or rejects, how many people have accepted.
    pub accepted_against_check: i64,
    /// By sampling.
    pub held_back: i64,
    /// By people.
    pub read: i64,
    /// Of those, how many nobody has decided yet.
    pub undecided: i64,
    /// Of those that are read, how many more than one opinion is asked of.
    pub read_twice: i64,
    /// All opinions that are asked.
    pub opinions: i64,
    /// Opinions that are there, and that somebody else would have to settle.
    pub disputed: i64,
    /// Items of which several opinions are asked, and not all are there.
    pub open: i64,
    /// Items with as many opinions as rules ask for, and how many of those are disputed.
    pub compared: i64,
    pub differing: i64,
    /// Items on which an answer was needed.
    pub escalated: i64,
    /// Of those, how many were not answered when it was due.
    pub late: i64,
    /// Escalations that never happened and would be due by now: nobody knows when an answer would
    /// have come.
    pub late_unknown: i64,
    /// Rejected outputs to be made again.
    pub to_retry: i64,
    /// Rejected outputs whose attempts are used up.
    pub used_up: i64,
    /// Whether a disagreement ever waits for somebody.
    is_adjudicated: bool,
}

impl Simulated {
    /// Nothing yet, under the rules of a spec.
    pub fn under(spec: &Spec) -> Self {
        let settle = spec.review.as_ref().map(|review| review.settle).unwrap_or_default();
        Self { is_adjudicated: settle != Settle::Strictest, ..Self::default() }
    }

    /// Counts an item, as it stands at the time `now`.
    pub fn add(&mut self, spec: &Spec, ruled: &Ruled, history: &History, now: UtcMillis) {
        self.items += 1;
        self.compare(spec, ruled, history);
        let refused = ruled.checks.refusal().is_some();
        let decided = Judgement::by_checks(spec, &ruled.checks.failed).filter(|_| !refused).map(|(_, by)| by);
        if refused || decided.as_ref().is_some_and(|by| by.verdict == Verdict::Reject) {
            self.accepted_against_check += i64::from(history.is_accepted());
        }
        if refused {
            self.refused += 1;
        } else if let Some(judgement) = decided {
            self.check_decides(spec, ruled, &judgement, history, now);
        } else if ruled.is_taken || ruled.is_pulled {
            self.people_read(spec, ruled, history, now);
        } else {
            self.held_back += 1;
        }
    }

    fn compare(&mut self, spec: &Spec, ruled: &Ruled, history: &History) {
        let asked = ruled.opinions.max(2);
        if history.opinions.len() >= asked {
            self.compared += 1;
            self.differing += i64::from(Agreement::of(spec, asked, &history.opinions) == Agreement::Disputed);
        }
    }

    fn check_decides(&mut self, spec: &Spec, ruled: &Ruled, judgement: &Judgement, history: &History, now: UtcMillis) {
        let said = Said { verdict: judgement.verdict, draft: (*judgement.draft).clone(), at: history.imported_at };
        if said.verdict == Verdict::Escalate {
            self.escalated_by_check += 1;
            self.escalate(&[Ask::of(spec, &said)], history, now);
        } else {
            self.rejected_by_check += 1;
            let ask = self.retry(spec, ruled, &said, history);
            self.escalate(ask.as_slice(), history, now);
        }
    }

    fn people_read(&mut self, spec: &Spec, ruled: &Ruled, history: &History, now: UtcMillis) {
        self.read += 1;
        self.opinions += ruled.opinions as i64;
        self.read_twice += i64::from(ruled.opinions > 1);
        self.undecided += i64::from(history.opinions.is_empty());
        let outcome = Agreement::of(spec, ruled.opinions, &history.opinions);
        let mut asks: Vec<_> = history.returned.iter().map(|said| Ask::of(spec, said)).collect();
        let record = match outcome {
            Agreement::Escalated(place) => {
                asks.push(Ask::of(spec, &history.opinions[place]));
                history.settled.as_ref()
            }
            // One that is not compared yet goes as its first opinion says.
            Agreement::Open => {
                self.open += i64::from(ruled.opinions > 1);
                history.opinions.first()
            }
            Agreement::Settled(_, place) => history.opinions.get(place),
            Agreement::Disputed => {
                self.disputed += 1;
                history.settled.as_ref()
            }
        };
        let used_up = record.filter(|record| record.verdict == Verdict::Reject);
        let used_up = used_up.and_then(|record| self.retry(spec, ruled, record, history));
        // Who has answered is not asked again.
        asks.extend(used_up.filter(|_| !matches!(outcome, Agreement::Escalated(_))));
        self.escalate(&asks, history, now);
    }

    /// Counts an item on which this was asked.
    fn escalate(&mut self, asks: &[Ask], history: &History, now: UtcMillis) {
        if asks.is_empty() {
            return;
        }
        self.escalated += 1;
        let lateness: Vec<Option<bool>> = asks.iter().map(|ask| ask.is_late(history, now)).collect();
        let is_late = lateness.contains(&Some(true));
        self.late += i64::from(is_late);
        self.late_unknown += i64::from(!is_late && lateness.contains(&None));
    }

    /// Counts a rejection that is to be made again; gives what is asked where attempts are used up.
    fn retry<'s>(&mut self, spec: &'s Spec, ruled: &Ruled, said: &Said, history: &History) -> Option<Ask<'s>> {
        let terms = spec.retry.as_ref()?;
        let is_retryable = |key: &String| spec.failure(key).is_some_and(|failure| failure.retryable);
        let is_retried = match terms.when {
            Retry::Retryable => said.draft.categories.iter().any(is_retryable),
            Retry::Filter(_) => ruled.is_retried,
        };
        if !is_retried {
            return None;
        }
        if history.attempt < i64::from(terms.attempts) {
            self.to_retry += 1;
            return None;
        }
        self.used_up += 1;
        Some(Ask { route: terms.then.as_deref().and_then(|key| spec.route(key)), at: said.at })
    }

    /// Disputes, with those that are to be expected where opinions are still to come, at the share
    /// of those that there are; `None`: opinions are to come, and none have been compared.
    pub fn expected_disputes(&self) -> Option<f64> {
        if self.open == 0 || !self.is_adjudicated {
            return Some(self.disputed as f64);
        }
        let share = (self.compared > 0).then(|| self.differing as f64 / self.compared as f64)?;
        Some(self.disputed as f64 + share * self.open as f64)
    }

    /// Decisions that people make: opinions, the settling of disputes as far as they are known or
    /// expected, answers.
    pub fn decisions(&self) -> f64 {
        let disputes = self.expected_disputes().unwrap_or(self.disputed as f64);
        self.opinions as f64 + disputes + self.escalated as f64
    }

    /// Hours of people, at so many milliseconds a decision.
    pub fn hours(&self, decision_millis: f64) -> f64 {
        self.decisions() * decision_millis / HOUR_MILLIS as f64
    }
}

impl History {
    fn is_accepted(&self) -> bool {
        let record = self.settled.as_ref().or(self.opinions.first());
        record.is_some_and(|record| record.verdict == Verdict::Accept)
    }
}

/// A question to the owner of a route.
struct Ask<'s> {
    route: Option<&'s Route>,
    at: UtcMillis,
}

impl<'s> Ask<'s> {
    /// What an escalation asks under a spec.
    fn of(spec: &'s Spec, said: &Said) -> Self {
        let named = said.draft.route.as_deref().and_then(|key| spec.route(key));
        Ask { route: named.or_else(|| spec.route_for(&said.draft.categories)), at: said.at }
    }

    /// Whether the answer is late; `None`: it was never asked, and would be due by now.
    fn is_late(&self, history: &History, now: UtcMillis) -> Option<bool> {
        let Some(due) = self.route.and_then(|route| route.due_at(self.at)).filter(|due| *due < now) else {
            return Some(false);
        };
        match history.answers.iter().filter(|answer| **answer >= self.at).min() {
            Some(answer) => Some(*answer > due),
            None => history.is_escalated.then_some(true),
        }
    }
}
