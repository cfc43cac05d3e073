//! `karat pull`

use super::context::Context;
use super::output::{Hinted, json_line, line};
use super::report::Suggest;
use super::searching;
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::store::{Sort, Store};
use crate::text::plural::plural;
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Pull {
    /// The queue's name
    queue: String,
    /// The item's id
    #[arg(required_unless_present = "filter", conflicts_with = "filter")]
    item: Option<String>,
    /// All that the filter finds and sampling holds back
    #[arg(long, value_name = "FILTER")]
    filter: Option<String>,
    /// What for: the log and the item's history tell it
    #[arg(long, value_name = "TEXT")]
    why: String,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Pull {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let items = match &self.item {
            Some(item) => vec![store.seq_of(&queue, item).hinted()?],
            None => held_back(&store, &queue, self.filter.as_deref(), &reviewer)?,
        };
        let pulled = store.pull(queue.actor(&reviewer, store.now()), &items, &self.why).hinted()?;
        if let (Some(item), 0) = (&self.item, pulled) {
            return Err(eyre!("{item} is not held back"))
                .suggestion("`karat list QUEUE --filter is:held_back` tells what is");
        }
        if self.json {
            json_line(&json!({ "queue": queue.name, "pulled": pulled }))?;
        } else {
            line(&format!("pulled {pulled} {} in as {reviewer}", plural(pulled, "item")))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The items of the filter that sampling holds back.
fn held_back(store: &Store, queue: &Queue, filter: Option<&str>, reviewer: &str) -> Result<Vec<Seq>> {
    let filter = searching::read(store, queue, filter)?;
    let filter = searching::resolve(store, queue, &filter)?;
    let condition = store.condition(queue, &filter, reviewer).hinted()?;
    let listing = store.whole_listing(queue, condition, Sort::default()).hinted()?;
    Ok(listing.seqs().to_vec())
}
