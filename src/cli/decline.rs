//! `karat decline`

use super::context::Context;
use super::output::{Hinted, json_line, line};
use super::report::Suggest;
use crate::domain::decline::told;
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Decline {
    /// The queue's name
    queue: String,
    /// The item's id
    item: String,
    /// conflict (of interest), language, field (not yours), or a reason in your own words
    #[arg(long, value_name = "REASON", required_unless_present = "take_back", conflicts_with = "take_back")]
    why: Option<String>,
    /// The item may be offered to you again
    #[arg(long)]
    take_back: bool,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Decline {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let seq = store.seq_of(&queue, &self.item).hinted()?;
        let actor = queue.actor(&reviewer, store.now());
        match &self.why {
            Some(why) => store.decline(actor, seq, why).hinted()?,
            None if store.take_decline_back(actor, seq).hinted()? => {}
            None => {
                return Err(eyre!("{reviewer} has not declined {}", self.item))
                    .suggestion("`karat list QUEUE --filter is:declined` lists what you have declined");
            }
        }
        if self.json {
            let why = self.why.as_deref().map(str::trim);
            json_line(&json!({ "queue": queue.name, "item": self.item, "declined": why.is_some(), "why": why }))?;
        } else {
            line(&match &self.why {
                Some(why) => format!("declined {} as {reviewer}: {}", self.item, sanitize::line(told(why.trim()))),
                None => format!("{} may be served to {reviewer} again", self.item),
            })?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
