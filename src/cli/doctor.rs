//! `karat doctor`

use super::context::Context;
use super::output::{json_line, line};
use crate::store::{Address, Finding};
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::json;
use std::process::ExitCode;

#[derive(Args)]
pub struct Doctor {
    /// One JSON object
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub fn run(self, context: &Context) -> Result<ExitCode> {
        let store = context.existing_store()?;
        let findings = store.doctor(store.now()).unwrap_or_else(|error| vec![Finding::unreadable(&error)]);
        let sound = findings.iter().all(|finding| finding.ok);
        let advice = match store.address() {
            Address::Server(server) => server.advice(),
            Address::File(_) => Vec::new(),
        };
        if self.json {
            json_line(
                &json!({ "workspace": store.address().to_string(), "ok": sound, "findings": findings, "advice": advice }),
            )?;
        } else {
            line(&format!("workspace {}", store.address()))?;
            for finding in &findings {
                let sign = if finding.ok { "ok   " } else { "WRONG" };
                line(&format!("{sign}  {:<22} {}", finding.check, finding.detail))?;
            }
            for advice in &advice {
                line(&format!("advice  {advice}"))?;
            }
            line(if sound { "nothing is wrong" } else { "something is wrong: keep the file, and restore a backup" })?;
        }
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
