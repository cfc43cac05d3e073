//! `karat review`, and `karat` alone

use super::context::Context;
use super::output::Hinted;
use crate::tui;
use clap::Args;
use color_eyre::eyre::Result;
use std::process::ExitCode;

const INSTEAD: &str = "in a script, `karat decide` records decisions, `karat queues` and `karat export` read them";

#[derive(Args)]
pub struct Review {
    /// The queue; without it, the home screen
    queue: Option<String>,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

impl Review {
    pub fn home() -> Self {
        Self { queue: None, reviewer: None }
    }

    pub fn of(queue: Option<String>, reviewer: Option<String>) -> Self {
        Self { queue, reviewer }
    }

    pub fn run(self, context: &Context) -> Result<ExitCode> {
        let command = if self.queue.is_some() { "karat review" } else { "karat" };
        context.need_terminal(command, INSTEAD)?;
        if let Some(queue) = &self.queue {
            context.store()?.queue(queue).hinted()?; // said on a plain terminal
        }
        tui::run(tui::Options {
            db: context.db()?,
            queue: self.queue,
            reviewer: context.reviewer(self.reviewer.as_deref())?,
            config: context.config.clone(),
            colours: context.colours(),
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
