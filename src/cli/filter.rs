//! `karat filter`: filters kept under a name.

use super::context::Context;
use super::output::{Hinted, Texts, aside, json_line};
use super::report::Suggest;
use crate::domain::time::format_rfc3339;
use crate::store::SavedFilter;
use clap::Subcommand;
use color_eyre::eyre::{Result, eyre};
use serde_json::json;
use std::process::ExitCode;

#[derive(Subcommand)]
pub(super) enum Filter {
    /// Keep a filter under a name; an earlier one of that name is replaced
    Save {
        /// The queue's name
        queue: String,
        /// Letters, digits, `-`, `_` and `.`; other filters refer to it as @NAME
        name: String,
        #[arg(allow_hyphen_values = true)]
        filter: String,
        /// Under whose name; by default that of the settings, else the login name
        #[arg(long = "as", value_name = "REVIEWER")]
        reviewer: Option<String>,
    },
    /// Print the saved filters of a queue
    List {
        /// The queue's name
        queue: String,
        #[command(flatten)]
        texts: Texts,
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Remove a saved filter
    Remove {
        /// The queue's name
        queue: String,
        name: String,
        /// Under whose name; by default that of the settings, else the login name
        #[arg(long = "as", value_name = "REVIEWER")]
        reviewer: Option<String>,
    },
}

impl Filter {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.existing_store()?;
        let now = store.now();
        match self {
            Filter::Save { queue, name, filter, reviewer } => {
                let (queue, actor) = (store.queue(&queue).hinted()?, context.reviewer(reviewer.as_deref())?);
                store.save_filter(&queue, &name, &filter, &actor, now).hinted()?;
                aside(&format!("saved; filters of {} refer to it as @{name}", queue.name));
            }
            Filter::List { queue, texts, json } => {
                let saved = store.saved_filters(&store.queue(&queue).hinted()?).hinted()?;
                print(&saved, texts, json)?;
            }
            Filter::Remove { queue, name, reviewer } => {
                let (queue, actor) = (store.queue(&queue).hinted()?, context.reviewer(reviewer.as_deref())?);
                if !store.remove_filter(&queue, &name, &actor, now).hinted()? {
                    return Err(eyre!("{} has no saved filter `{name}`", queue.name))
                        .suggestion(format!("`karat filter list {}` prints them", queue.name));
                }
                aside("removed");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(saved: &[SavedFilter], texts: Texts, json: bool) -> Result<()> {
    if json {
        return saved.iter().try_for_each(|saved| json_line(&as_json(saved)));
    }
    let width = saved.iter().map(|saved| saved.name.chars().count()).max().unwrap_or(0);
    saved.iter().try_for_each(|SavedFilter { name, filter, .. }| {
        let name = format!("{name:width$}");
        texts.line(&format!("{name}  {}", filter.split_whitespace().collect::<Vec<_>>().join(" ")))
    })
}

fn as_json(saved: &SavedFilter) -> serde_json::Value {
    json!({
        "name": saved.name,
        "filter": saved.filter,
        "saved_by": saved.saved_by,
        "saved_at": format_rfc3339(saved.saved_at),
    })
}
