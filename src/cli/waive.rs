//! `karat waive`

use super::context::Context;
use super::output::{Hinted, json_line, line};
use super::report::Suggest;
use crate::domain::time::{UtcMillis, WrittenZone, parse_time};
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Waive {
    /// The queue's name
    queue: String,
    /// The bar's key
    bar: String,
    /// The last day of the waiver, such as 2026-12-01, in UTC; at most 90 days from now
    #[arg(long, value_name = "DATE", value_parser = date)]
    until: UtcMillis,
    /// What for: every output of the gate tells it until then
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

fn date(text: &str) -> Result<UtcMillis, String> {
    let day = parse_time(text).filter(|time| time.zone == WrittenZone::Day);
    day.map(|time| time.at).ok_or_else(|| format!("`{text}` is no date; it is such as 2026-12-01"))
}

impl Waive {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        if self.why.trim().is_empty() {
            return Err(eyre!("a waiver says why")).suggestion("write it: --why \"the fix is out on Monday\"");
        }
        let bar = queue.spec.spec.bar(&self.bar);
        let bar = bar.ok_or_else(|| eyre!("the spec of {} has no bar `{}`", queue.name, self.bar));
        let bar = bar.suggestion(format!("`karat gate {}` lists its bars", queue.name))?;
        let waiver = store.waive(queue.actor(&reviewer, store.now()), bar, self.until, &self.why).hinted()?;
        let until = waiver.last_day();
        if self.json {
            json_line(
                &json!({ "queue": queue.name, "bar": bar.key, "until": until, "by": waiver.by, "why": waiver.why }),
            )?;
        } else {
            line(&format!("waived {} to the end of {until} as {reviewer}; then it holds again by itself", bar.key))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
