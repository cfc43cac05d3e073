//! `karat plan`

mod counts;
mod queue;

use super::context::Context;
use super::output::{json_line, line, wrong_usage};
use clap::Args;
use clap::builder::RangedU64ValueParser;
use color_eyre::eyre::Result;
use counts::{Asked, Calculated};
use std::process::ExitCode;

/// Beyond this a count is no longer exact as a number with a point.
const MOST: u64 = 1 << 53;

#[derive(Args)]
pub(super) struct Plan {
    /// The queue whose bars are planned
    queue: Option<String>,
    /// Only this bar; several times for several
    #[arg(long = "bar", value_name = "KEY", requires = "queue")]
    bars: Vec<String>,
    /// Without a workspace: the share that must be good, such as 0.9 for 90 %
    #[arg(long, value_name = "SHARE", value_parser = asked, conflicts_with = "queue")]
    at_least: Option<f64>,
    /// How many reviews have said good, all counted at once
    #[arg(long, value_name = "N", conflicts_with = "queue", value_parser = count())]
    good: Option<u64>,
    /// How many have said bad
    #[arg(long, value_name = "N", conflicts_with = "queue", value_parser = count())]
    bad: Option<u64>,
    /// The share that you expect to be good; by default what it is so far
    #[arg(long, value_name = "SHARE", value_parser = share)]
    expect: Option<f64>,
    /// With how much certainty each statement holds; by default 0.95
    #[arg(long, value_name = "SHARE", conflicts_with = "queue", value_parser = confidence)]
    confidence: Option<f64>,
    /// One JSON object; for a queue one a line for each bar
    #[arg(long)]
    json: bool,
}

fn count() -> RangedU64ValueParser {
    RangedU64ValueParser::new().range(..=MOST)
}

fn asked(text: &str) -> Result<f64, String> {
    match share(text)? {
        1.0 => Err("no number of reviews shows that all are good: ask for less than 1, such as 0.99".into()),
        0.0 => Err("at least none is always so: ask for more than 0".into()),
        share => Ok(share),
    }
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
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let Some(at_least) = self.at_least else {
            return match &self.queue {
                Some(queue) => queue::plan(context, queue, &self),
                None => Ok(wrong_usage("name a queue, or say with --at-least which share must be good")),
            };
        };
        if let Some(expect) = self.expect.filter(|expect| *expect <= at_least) {
            return Ok(wrong_usage(format!(
                "--expect {expect} is not above --at-least {at_least}: what is no better than the bar does not meet \
                 it, however much is read"
            )));
        }
        let calculated = Calculated::of(Asked {
            at_least,
            good: self.good.unwrap_or_default(),
            bad: self.bad.unwrap_or_default(),
            expect: self.expect,
            confidence: self.confidence.unwrap_or(0.95),
        });
        match self.json {
            true => json_line(&calculated.json())?,
            false => calculated.lines().iter().try_for_each(|text| line(text))?,
        }
        Ok(ExitCode::SUCCESS)
    }
}
