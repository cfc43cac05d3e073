//! `karat undo`

use super::context::Context;
use super::output::{Hinted, line};
use super::report::Suggest;
use crate::domain::decision::Verdict;
use crate::store::{Change, Reverted, UndoScope};
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Undo {
    /// The queue's name
    queue: String,
    /// Whose decision; by default that of the settings, else of the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

impl Undo {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let mut store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        store.free_abandoned(&queue).hinted()?;
        let reverted = store.undo(queue.actor(&reviewer, store.now()), UndoScope::Decisions).hinted()?;
        store.release_all().hinted()?;
        let Some(reverted) = reverted else {
            return Err(eyre!("{reviewer} has no decision to undo in {}", queue.name))
                .suggestion("`karat log QUEUE` tells who decided what; --as names another reviewer");
        };
        line(&describe(&reverted))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn describe(Reverted { change, served, .. }: &Reverted) -> String {
    let id = &served.item.id;
    match change {
        Change::Bulk { what, items, kept: 0 } => format!("undone: the {what} of {items} items"),
        Change::Bulk { what, items, kept } => {
            format!("undone: the {what} of {items} items; {kept} had to stay, for others' decisions rest on them")
        }
        Change::Deferral => format!("undone: the deferral of {id}"),
        Change::Decline => format!("undone: the decline of {id}; it may be served to you again"),
        Change::Reopening { stands } => format!("undone: the reopening of {id}; it is {} again", stood(*stands)),
        Change::Golden { .. } => format!("undone: a change of the golden example {id}"),
        Change::Decision { decision, stands } => {
            let now = format!("it is {} again", stood(*stands));
            let categories = &decision.judgement.draft.categories;
            let why = if categories.is_empty() { String::new() } else { format!(" ({})", categories.join(", ")) };
            format!("undone: {} of {id}{why}; {now}", decision.judgement.verdict.as_str())
        }
    }
}

fn stood(stands: Option<Verdict>) -> &'static str {
    stands.map_or("undecided", Verdict::past)
}
