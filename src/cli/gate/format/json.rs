//! A bar as a JSON object. Its members are a promise to programs.

use crate::store::{BarReport, LeftOut, Waiver};
use serde::Serialize;

#[derive(Serialize)]
pub(in crate::cli::gate) struct Line<'b> {
    bar: &'b str,
    outcome: &'static str,
    rate: Option<f64>,
    low: Option<f64>,
    high: Option<f64>,
    read: u64,
    eligible: u64,
    uncovered: u64,
    left_out: LeftOut,
    /// Reviews until it is decided, expected at the rate so far.
    more: Option<u64>,
    why: Vec<String>,
    reopened_after: u64,
    changed_after: Option<u64>,
    waived_until: Option<String>,
    owner: Option<&'b str>,
}

impl<'b> Line<'b> {
    pub(in crate::cli::gate) fn of(report: &'b BarReport) -> Self {
        let BarReport { bar, outcome, waiver, recount, left_out, reopened_after, changed_after } = report;
        let is_known = recount.rate.is_some();
        Self {
            bar: &bar.key,
            outcome: outcome.as_str(),
            rate: recount.rate,
            low: is_known.then_some(recount.range.low),
            high: is_known.then_some(recount.range.high),
            read: recount.read,
            eligible: recount.eligible,
            uncovered: recount.uncovered,
            left_out: *left_out,
            more: recount.more(bar),
            why: recount.why.iter().map(ToString::to_string).collect(),
            reopened_after: *reopened_after,
            changed_after: *changed_after,
            waived_until: waiver.as_ref().map(Waiver::last_day),
            owner: bar.owner.as_deref(),
        }
    }
}
