//! `karat doctor`

use super::context::Context;
use super::output::{Hinted, aside, is_wanted, json_line, line};
use super::report::Suggest;
use crate::store::{Address, CheckResult, DamagedRow, Store};
use crate::text::plural::count;
use clap::{ArgGroup, Args};
use color_eyre::eyre::{Result, eyre};
use serde_json::json;
use std::io::{IsTerminal, stdin};
use std::process::ExitCode;

#[derive(Args)]
#[command(group = ArgGroup::new("change").multiple(true))]
pub(super) struct Doctor {
    /// Put right what a lost connection may have left of a decision: adds to the log, removes nothing
    #[arg(long, group = "change")]
    repair: bool,
    /// Keep the rows that cannot be read in a table of their own, out of the way of the others
    #[arg(long, group = "change")]
    set_aside: bool,
    /// Set aside without asking
    #[arg(long, requires = "set_aside")]
    yes: bool,
    /// Under whose name it is repaired or set aside; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "NAME", requires = "change")]
    actor: Option<String>,
    /// Read all texts too, and compare them with their digests: takes as long as reading the whole file
    #[arg(long)]
    deep: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = Store::open_existing(context.db()?).hinted()?; // its cautions are advice here
        let repaired = match self.repair {
            true => store.repair(&context.reviewer(self.actor.as_deref())?, store.now()).hinted()?,
            false => Vec::new(),
        };
        let set_aside = if self.set_aside { self.set_aside(&store, context)? } else { Vec::new() };
        let unreadable = |error| vec![CheckResult::unreadable(&error)];
        let mut results = store.doctor(store.now()).unwrap_or_else(unreadable);
        if self.deep {
            results.extend(store.check_texts().unwrap_or_else(unreadable));
        }
        let sound = results.iter().all(|result| result.ok);
        let advice = advice(&store, &results);
        if self.json {
            let workspace = store.address().to_string();
            let mut report = json!({ "workspace": workspace, "ok": sound, "findings": results, "advice": advice });
            if self.repair {
                report["repaired"] = repaired.into();
            }
            if self.set_aside {
                report["set_aside"] = json!(set_aside);
            }
            json_line(&report)?;
        } else {
            let done = repaired.iter().map(|what| format!("repaired  {what}"));
            let done: Vec<_> = done.chain(set_aside.iter().map(|row| format!("set aside  {row}"))).collect();
            print(&store, &done, &results, &advice)?;
            if !self.deep {
                line("not read: the texts themselves, which --deep compares with their digests")?;
            }
        }
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Sets the rows aside that cannot be read, after a yes; without a terminal only with `--yes`.
    fn set_aside(&self, store: &Store, context: &Context) -> Result<Vec<DamagedRow>> {
        let rows = store.damaged_rows().hinted()?;
        if !rows.is_empty() && !self.yes {
            rows.iter().for_each(|row| aside(&row.to_string()));
            let them = count(rows.len(), "row");
            if !stdin().is_terminal() {
                return Err(eyre!("{them} can be set aside; nothing was changed"))
                    .suggestion("`--yes` sets them aside");
            }
            if !is_wanted(&format!("set {them} aside?"))? {
                return Err(eyre!("nothing was changed"));
            }
        }
        store.set_aside(&context.reviewer(self.actor.as_deref())?, store.now()).hinted()
    }
}

fn print(store: &Store, done: &[String], results: &[CheckResult], advice: &[String]) -> Result<()> {
    line(&format!("workspace {}", store.address()))?;
    done.iter().try_for_each(|done| line(done))?;
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
    let wrong: Vec<_> = results.iter().filter(|result| !result.ok).collect();
    let are = |test: fn(&CheckResult) -> bool| wrong.iter().all(|result| test(result));
    line(if wrong.is_empty() {
        "nothing is wrong"
    } else if are(|result| result.can_be_repaired) {
        "something is wrong, and can be repaired"
    } else if are(|result| !result.rows.is_empty()) {
        "something is wrong, and can be set aside"
    } else if are(|result| result.can_be_repaired || !result.rows.is_empty()) {
        "something is wrong, and can be set aside and repaired"
    } else if are(|result| result.can_be_repaired || !result.rows.is_empty() || result.check == "spec") {
        "something is wrong, and is mended as is said there"
    } else {
        "something is wrong: keep the file, and restore a backup"
    })
}

/// What had better be done.
fn advice(store: &Store, results: &[CheckResult]) -> Vec<String> {
    let mut advice = match store.address() {
        Address::Server(server) => server.advice(),
        Address::File(_) => Vec::new(),
    };
    advice.extend(store.cautions().unwrap_or_default()); // what cannot be read is among the results
    let wrong = results.iter().filter(|result| !result.ok && result.can_be_repaired);
    let wrong: Vec<&str> = wrong.map(|result| result.check).collect();
    if !wrong.is_empty() {
        advice.push(format!("`karat doctor --repair` puts right, by adding to the log: {}", wrong.join(", ")));
    }
    if results.iter().any(|result| !result.rows.is_empty()) {
        advice.push("`karat doctor --set-aside` keeps the rows that cannot be read out of the way".into());
    }
    advice
}
