//! `karat plan`

use super::output::{json_line, line, wrong_usage};
use crate::analysis::stats::interval::Interval;
use crate::analysis::stats::power::{FixedPlan, fixed_plan, reviews_until_decided};
use crate::analysis::stats::sequential::{ConfidenceSequence, Counts, Outcome, decide, ln_e_failed, ln_e_met};
use crate::text::percent::{at_least, at_most, exact, percent};
use crate::text::plural;
use clap::Args;
use clap::builder::RangedU64ValueParser;
use color_eyre::eyre::Result;
use serde_json::json;
use std::process::ExitCode;

/// The chance with which a fixed number of reviews shall meet the bar.
const POWER: f64 = 0.9;

/// Beyond this a count is no longer exact as a number with a point.
const MOST: u64 = 1 << 53;

#[derive(Args)]
pub(super) struct Plan {
    /// The share that must be good, such as 0.9 for 90 %
    #[arg(long, value_name = "SHARE", value_parser = asked)]
    at_least: f64,
    /// How many reviews have said good, all counted at once
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = RangedU64ValueParser::<u64>::new().range(..=MOST))]
    good: u64,
    /// How many have said bad
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = RangedU64ValueParser::<u64>::new().range(..=MOST))]
    bad: u64,
    /// The share that you expect to be good; by default what it is so far, before any review all
    #[arg(long, value_name = "SHARE", value_parser = expected)]
    expect: Option<f64>,
    /// With how much certainty each statement holds
    #[arg(long, value_name = "SHARE", default_value_t = 0.95, value_parser = confidence)]
    confidence: f64,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

fn asked(text: &str) -> Result<f64, String> {
    match share(text)? {
        1.0 => Err("no number of reviews shows that all are good: ask for less than 1, such as 0.99".into()),
        0.0 => Err("at least none is always so: ask for more than 0".into()),
        share => Ok(share),
    }
}

fn expected(text: &str) -> Result<f64, String> {
    share(text)
}

fn confidence(text: &str) -> Result<f64, String> {
    let share = share(text)?;
    if (0.5..1.0).contains(&share) { Ok(share) } else { Err("it is at least 0.5, and below 1".into()) }
}

fn share(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    number.ok_or_else(|| "a share is a number from 0 to 1, such as 0.9 for 90 %".into())
}

impl Plan {
    pub(super) fn run(self) -> Result<ExitCode> {
        if let Some(expect) = self.expect.filter(|expect| *expect <= self.at_least) {
            return Ok(wrong_usage(format!(
                "--expect {expect} is not above --at-least {}: what is no better than the bar does not meet it, \
                 however much is read",
                self.at_least
            )));
        }
        let plan = Calculated::of(&self);
        match self.json {
            true => json_line(&plan.json())?,
            false => plan.lines(&self).iter().try_for_each(|text| line(text))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// What the counts show, and what it still takes.
struct Calculated {
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
    fn of(plan: &Plan) -> Self {
        let &Plan { at_least, good, bad, expect, confidence, .. } = plan;
        let mut sequence = ConfidenceSequence::new(confidence);
        sequence.look(Counts { good, bad, open: 0 });
        let rate = (good + bad > 0).then(|| good as f64 / (good + bad) as f64);
        let truth = expect.or(rate).unwrap_or(1.0);
        let more = reviews_until_decided(good, bad, truth, at_least, confidence);
        Self {
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

    fn json(&self) -> serde_json::Value {
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

    fn lines(&self, plan: &Plan) -> Vec<String> {
        let mut lines = vec![format!("{}: {}", word(self.outcome), self.shown(plan))];
        if self.outcome == Outcome::Undecided {
            let supposed = match plan.expect.unwrap_or(self.truth) {
                1.0 => "if all are good".into(),
                truth if plan.expect.is_some() => format!("if {} are good", exact(truth)),
                truth => format!("if {} are good", percent(truth)),
            };
            lines.push(self.sequential(&supposed));
            lines.push(self.fixed(&supposed));
        }
        let decides = grouped((1.0 / (1.0 - plan.confidence)).round() as u64);
        let (met, failed) = (evidence(self.e_met), evidence(self.e_failed));
        lines.push(format!(
            "evidence: {met} that it is met, {failed} that it has failed; either decides from {decides} on"
        ));
        lines
    }

    fn shown(&self, plan: &Plan) -> String {
        let asked = format!("{} are asked", exact(plan.at_least));
        if self.rate.is_none() {
            return format!("nothing is known before the first review; {asked}");
        }
        let (low, high) = (at_least(self.range.low), at_most(self.range.high));
        let (good, read) = (grouped(plan.good), grouped(plan.good + plan.bad));
        let on = format!("({} confidence, {good} of {read} are good)", exact(plan.confidence));
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
