//! `karat recheck`

use super::context::Context;
use super::output::{Hinted, json_line, line};
use super::report::Suggest;
use crate::analysis::bar::Influence;
use crate::store::Store;
use crate::text::plural::count;
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Recheck {
    /// The queue's name
    queue: String,
    /// The bar's key
    bar: String,
    /// Only list them
    #[arg(long)]
    dry_run: bool,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Recheck {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let bar = queue.spec.spec.bar(&self.bar);
        let bar = bar.ok_or_else(|| eyre!("the spec of {} has no bar `{}`", queue.name, self.bar));
        let bar = bar.suggestion(format!("`karat gate {}` lists its bars", queue.name))?;
        let report = store.bar(&queue, bar, store.now()).hinted()?;
        let influence = report.influence().ok_or_else(|| eyre!("the bar {} hangs on no single verdict", bar.key));
        let Influence { decisive, drawn } =
            influence.suggestion("it is counted without judgement, or compares two samples that share no case")?;
        let items: Vec<_> = decisive.iter().chain(&drawn).copied().collect();
        let asked = match self.dry_run {
            true => 0,
            false => store.ask_again(queue.actor(&reviewer, store.now()), bar, &items).hinted()?,
        };
        let (decisive, drawn) = (ids(&store, &decisive)?, ids(&store, &drawn)?);
        if self.json {
            json_line(&json!({
                "queue": queue.name,
                "bar": bar.key,
                "outcome": report.recount.outcome.as_str(),
                "decisive": decisive,
                "drawn": drawn,
                "asked": asked,
            }))?;
            return Ok(ExitCode::SUCCESS);
        }
        if decisive.is_empty() {
            line(&format!("the bar {} is {}, and no single verdict changes that", bar.key, report.recount.outcome))?;
            return Ok(ExitCode::SUCCESS);
        }
        let hangs = format!("the bar {} is {}, and hangs on {}", bar.key, report.recount.outcome, verdicts(&decisive));
        if self.dry_run {
            decisive.iter().try_for_each(|id| line(&format!("{id}  decisive")))?;
            drawn.iter().try_for_each(|id| line(&format!("{id}  drawn beside them")))?;
            line(&format!("{hangs}; nothing is asked"))?;
        } else {
            let others = match drawn.len() {
                0 => String::new(),
                1 => " and of 1 other, drawn".into(),
                several => format!(" and of {several} others, drawn"),
            };
            let not_asked = match items.len() - asked.unsigned_abs() as usize {
                0 => String::new(),
                1 => "; 1 of them has had several opinions already".into(),
                several => format!("; {several} of them have had several opinions already"),
            };
            line(&format!("{hangs}; a second opinion is asked of these{others}{not_asked}"))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn verdicts(ids: &[String]) -> String {
    count(ids.len(), "verdict")
}

fn ids(store: &Store, items: &[i64]) -> Result<Vec<String>> {
    items.iter().map(|seq| Ok(store.peek(*seq).hinted()?.id)).collect()
}
