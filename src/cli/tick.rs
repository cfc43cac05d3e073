//! `karat tick`

use super::context::Context;
use super::inbox::{as_json, sentence};
use super::output::{Hinted, json_line, line};
use clap::Args;
use color_eyre::eyre::Result;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Tick {
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object a line: each escalation that went on, as it stands now
    #[arg(long)]
    json: bool,
}

impl Tick {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let now = store.now();
        let moved = store.tick(&reviewer, now).hinted()?;
        if self.json {
            moved.iter().try_for_each(|question| json_line(&as_json(question, now)))?;
        } else if moved.is_empty() {
            line("nothing was due")?;
        } else {
            moved.iter().try_for_each(|question| line(&sentence(question, now)))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
