//! What counts show, and what it still takes: without a workspace.

use crate::analysis::stats::interval::Interval;
use crate::analysis::stats::power::{FixedPlan, fixed_plan, reviews_until_decided};
use crate::analysis::stats::sequential::{ConfidenceSequence, Counts, Outcome, decide, ln_e_failed, ln_e_met};
use crate::text::percent::{at_least, at_most, exact, percent};
use crate::text::plural;
use serde_json::json;

/// The chance with which a fixed number of reviews shall meet the bar.
const POWER: f64 = 0.9;

/// What is asked for, and what has been counted.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub at_least: f64,
    pub good: u64,
    pub bad: u64,
    pub expect: Option<f64>,
    pub confidence: f64,
}

/// What the counts show, and what it still takes.
pub(super) struct Calculated {
    asked: Asked,
    outcome: Outcome,
    e_met: f64,
    e_failed: f64,
    /// Of what was read; `None` of nothing.
    rate: Option<f64>,
    range: Interval,
    /// What is taken for the truth in looking ahead.
    truth: f64,
    /// `None`: no number of reviews meets the bar then.
    fixed: Option<FixedPlan>,
    /// How many more on average, looked at after each; `None`: no number decides it then.
    more: Option<u64>,
}

impl Calculated {
    pub(super) fn of(asked: Asked) -> Self {
        let Asked { at_least, good, bad, expect, confidence } = asked;
        let mut sequence = ConfidenceSequence::new(confidence);
        sequence.look(Counts { good, bad, open: 0 });
        let rate = (good + bad > 0).then(|| good as f64 / (good + bad) as f64);
        let truth = expect.or(rate).unwrap_or(1.0);
        let more = reviews_until_decided(good, bad, truth, at_least, confidence);
        Self {
            asked,
            outcome: decide(good, bad, at_least, confidence),
            e_met: e_value(ln_e_met(good, bad, at_least)),
            e_failed: e_value(ln_e_failed(good, bad, at_least)),
            rate,
            range: sequence.interval(),
            truth,
            fixed: fixed_plan(truth, at_least, confidence, POWER),
            more: more.map(|reviews| reviews.ceil() as u64),
        }
    }

    pub(super) fn json(&self) -> serde_json::Value {
        json!({
            "outcome": word(self.outcome),
            "e_met": self.e_met,
            "e_failed": self.e_failed,
            "rate": self.rate,
            "low": self.range.low,
            "high": self.range.high,
            "fixed_reviews": self.fixed.map(|plan| plan.reviews),
            "fixed_failures": self.fixed.map(|plan| plan.failures),
            "more": self.more,
        })
    }

    pub(super) fn lines(&self) -> Vec<String> {
        let Asked { expect, confidence, .. } = self.asked;
        let mut lines = vec![format!("{}: {}", word(self.outcome), self.shown())];
        if self.outcome == Outcome::Undecided {
            let supposed = match expect.unwrap_or(self.truth) {
                1.0 => "if all are good".into(),
                truth if expect.is_some() => format!("if {} are good", exact(truth)),
                truth => format!("if {} are good", percent(truth)),
            };
            lines.push(self.sequential(&supposed));
            lines.push(self.fixed(&supposed));
        }
        let decides = grouped((1.0 / (1.0 - confidence)).round() as u64);
        let (met, failed) = (evidence(self.e_met), evidence(self.e_failed));
        lines.push(format!(
            "evidence: {met} that it is met, {failed} that it has failed; either decides from {decides} on"
        ));
        lines
    }

    fn shown(&self) -> String {
        let &Asked { good, bad, confidence, .. } = &self.asked;
        let asked = format!("{} are asked", exact(self.asked.at_least));
        if self.rate.is_none() {
            return format!("nothing is known before the first review; {asked}");
        }
        let (low, high) = (at_least(self.range.low), at_most(self.range.high));
        let (good, read) = (grouped(good), grouped(good + bad));
        let on = format!("({} confidence, {good} of {read} are good)", exact(confidence));
        match self.outcome {
            Outcome::Met => format!("at least {low} {on}; {asked}"),
            Outcome::Failed => format!("at most {high} {on}; {asked}"),
            Outcome::Undecided => format!("at least {low} and at most {high} {on}; {asked}"),
        }
    }

    /// What it takes where one looks after every review.
    fn sequential(&self, supposed: &str) -> String {
        let told = match self.more {
            Some(more) => format!("about {} more", grouped(more)),
            None => "no number decides it".into(),
        };
        format!("looked at after each review: {told} ({supposed})")
    }

    /// What it takes where one looks once.
    fn fixed(&self, supposed: &str) -> String {
        let Some(FixedPlan { reviews, failures }) = self.fixed else {
            return format!("decided once, at the end: no number meets it ({supposed})");
        };
        let bad = if failures == 0 {
            "none of them bad".into()
        } else {
            format!("at most {} of them bad", grouped(failures))
        };
        // Where all are good, nothing is left to chance.
        let power = if self.truth < 1.0 { "9 times in 10, " } else { "" };
        format!("decided once, at the end: {} from the start, {bad} ({power}{supposed})", grouped(reviews))
    }
}

/// As large as a number can be where it would be larger.
fn e_value(ln: f64) -> f64 {
    ln.exp().min(f64::MAX)
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Met => "met",
        Outcome::Failed => "failed",
        Outcome::Undecided => "undecided",
    }
}

/// `4,800`
fn grouped(number: u64) -> String {
    plural::thousands(i64::try_from(number).unwrap_or(i64::MAX))
}

/// Three digits of it.
fn evidence(e: f64) -> String {
    match e {
        1e6.. => "more than a million".into(),
        1000.0.. => grouped(e as u64),
        ..0.001 => "less than 0.001".into(),
        _ => format!("{e:.*}", (2 - e.log10().floor() as i32).max(0) as usize),
    }
}
