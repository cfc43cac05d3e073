//! `karat queues`

use super::context::Context;
use super::output::{Hinted, json_line, line, tell_damaged};
use crate::domain::decision::Verdict;
use crate::domain::stage::Stage;
use crate::store::QueueSummary;
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::json;
use std::fmt::Display;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Queues {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

impl Queues {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = if context.is_first_use()? { None } else { Some(context.existing_store()?) };
        let queues = store.as_ref().map(|store| store.queues(store.now())).transpose().hinted()?.unwrap_or_default();
        if self.json {
            queues.iter().try_for_each(|queue| json_line(&as_json(queue)))?;
        } else if queues.is_empty() {
            line("no queues yet; `karat open FILE` makes one of a file of outputs, `karat demo` shows samples")?;
        } else {
            table(&queues)?;
        }
        Ok(store.as_ref().map_or(ExitCode::SUCCESS, tell_damaged))
    }
}

fn as_json(queue: &QueueSummary) -> serde_json::Value {
    let counts = &queue.counts;
    json!({
        "queue": queue.name,
        "title": queue.title,
        "items": counts.items,
        "decided": counts.decided(),
        "accepted": counts.of(Verdict::Accept),
        "rejected": counts.of(Verdict::Reject),
        "escalated": counts.of(Verdict::Escalate),
        "remaining": counts.remaining(),
        "held_back": counts.at(Stage::HeldBack),
        "by_check": counts.by_check,
    })
}

fn table(queues: &[QueueSummary]) -> Result<()> {
    let width = queues.iter().map(|queue| queue.name.chars().count()).max().unwrap_or(0).max("QUEUE".len());
    // A queue without sampling has nothing there.
    let has_held_back = queues.iter().any(|queue| queue.counts.at(Stage::HeldBack) > 0);
    let held_back = |told: &dyn Display| if has_held_back { format!("  {told:>9}") } else { String::new() };
    line(&format!(
        "{:width$}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}{}  TITLE",
        "QUEUE",
        "ITEMS",
        "DECIDED",
        "ACCEPTED",
        "REJECTED",
        "ESCALATED",
        "REMAINING",
        held_back(&"HELD BACK")
    ))?;
    for queue in queues {
        let counts = &queue.counts;
        line(&format!(
            "{:width$}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}{}  {}",
            queue.name,
            counts.items,
            counts.decided(),
            counts.of(Verdict::Accept),
            counts.of(Verdict::Reject),
            counts.of(Verdict::Escalate),
            counts.remaining(),
            held_back(&counts.at(Stage::HeldBack)),
            queue.title,
        ))?;
    }
    Ok(())
}
