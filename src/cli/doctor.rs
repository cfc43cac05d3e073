//! `karat doctor`

use super::context::Context;
use super::output::{Hinted, json_line, line};
use crate::store::{Address, CheckResult, Store};
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Doctor {
    /// Put right what a lost connection may have left of a decision: adds to the log, removes nothing
    #[arg(long)]
    repair: bool,
    /// Under whose name it is repaired; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "NAME", requires = "repair")]
    actor: Option<String>,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.existing_store()?;
        let repaired = match self.repair {
            true => store.repair(&context.reviewer(self.actor.as_deref())?, store.now()).hinted()?,
            false => Vec::new(),
        };
        let results = store.doctor(store.now()).unwrap_or_else(|error| vec![CheckResult::unreadable(&error)]);
        let sound = results.iter().all(|result| result.ok);
        let advice = advice(store.address(), &results);
        if self.json {
            let workspace = store.address().to_string();
            let mut report = json!({ "workspace": workspace, "ok": sound, "findings": results, "advice": advice });
            if self.repair {
                report["repaired"] = repaired.into();
            }
            json_line(&report)?;
        } else {
            print(&store, &repaired, &results, &advice)?;
        }
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn print(store: &Store, repaired: &[String], results: &[CheckResult], advice: &[String]) -> Result<()> {
    line(&format!("workspace {}", store.address()))?;
    for repaired in repaired {
        line(&format!("repaired  {repaired}"))?;
    }
    results.iter().try_for_each(print_result)?;
    for advice in advice {
        line(&format!("advice  {advice}"))?;
    }
    print_end(results)
}

/// Prints what of a restored workspace is wrong; gives the exit code.
pub(super) fn after_restoring(results: &[CheckResult]) -> Result<ExitCode> {
    results.iter().filter(|result| !result.ok).try_for_each(print_result)?;
    print_end(results)?;
    Ok(if results.iter().all(|result| result.ok) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print_result(result: &CheckResult) -> Result<()> {
    let sign = if result.ok { "ok   " } else { "WRONG" };
    line(&format!("{sign}  {:<22} {}", result.check, result.detail))?;
    result.rows.iter().try_for_each(|row| line(&format!("       {row}")))
}

fn print_end(results: &[CheckResult]) -> Result<()> {
    let mut wrong = results.iter().filter(|result| !result.ok).peekable();
    line(match (wrong.peek().is_none(), wrong.all(|result| result.can_be_repaired)) {
        (true, _) => "nothing is wrong",
        (false, true) => "something is wrong, and can be repaired",
        (false, false) => "something is wrong: keep the file, and restore a backup",
    })
}

/// What had better be done.
fn advice(address: &Address, results: &[CheckResult]) -> Vec<String> {
    let mut advice = match address {
        Address::Server(server) => server.advice(),
        Address::File(_) => Vec::new(),
    };
    let wrong = results.iter().filter(|result| !result.ok && result.can_be_repaired);
    let wrong: Vec<&str> = wrong.map(|result| result.check).collect();
    if !wrong.is_empty() {
        advice.push(format!("`karat doctor --repair` puts right, by adding to the log: {}", wrong.join(", ")));
    }
    advice
}
