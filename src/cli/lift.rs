//! `karat lift`

use super::context::Context;
use super::output::{Hinted, json_line, line};
use crate::domain::time::format_rfc3339;
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Lift {
    /// The queue's name
    queue: String,
    /// Who is paused
    person: String,
    /// What for, such as what was talked about: the log tells it
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Lift {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let lifted = store.lift(queue.actor(&reviewer, store.now()), &self.person, &self.why).hinted()?;
        if self.json {
            let paused_at = format_rfc3339(lifted.at);
            json_line(
                &json!({ "queue": queue.name, "reviewer": self.person, "paused_at": paused_at, "why": self.why }),
            )?;
        } else {
            let again = if lifted.stops { "is served again" } else { "is no longer told of it" };
            line(&format!(
                "lifted as {reviewer}: {} {again} in {}, and answers on examples are counted anew",
                self.person, queue.name
            ))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
