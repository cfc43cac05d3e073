//! `karat reopen`

use super::context::Context;
use super::output::{Hinted, json_line, line};
use crate::text::plural::count;
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Reopen {
    /// The queue's name
    queue: String,
    /// The item's id
    item: String,
    /// What for: the log and the item's history tell it
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Who is served it, and nobody else until they have decided or declined it
    #[arg(long, value_name = "PERSON")]
    to: Option<String>,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Reopen {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let seq = store.seq_of(&queue, &self.item).hinted()?;
        let actor = queue.actor(&reviewer, store.now());
        let ended = store.reopen(actor, seq, &self.why, self.to.as_deref()).hinted()?;
        if self.json {
            json_line(&json!({ "queue": queue.name, "item": self.item, "to": self.to, "decisions": ended }))?;
        } else {
            let to = self.to.as_ref().map(|to| format!(" for {to}")).unwrap_or_default();
            let stand = if ended == 1 { "stands" } else { "stand" };
            let ended = count(ended, "decision");
            line(&format!("reopened {}{to} as {reviewer}: {ended} {stand} no more", self.item))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
