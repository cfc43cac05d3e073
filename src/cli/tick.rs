//! `karat tick`

use super::context::Context;
use super::inbox::{as_json, sentence};
use super::output::{Hinted, json_line, line};
use crate::text::plural::plural;
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::Result;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Tick {
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object a line: each escalation that went on, as it stands now
    #[arg(long)]
    json: bool,
}

impl Tick {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let now = store.now();
        let moved = store.tick(&reviewer, now).hinted()?;
        if self.json {
            moved.iter().try_for_each(|question| json_line(&as_json(question, now)))?;
            return Ok(ExitCode::SUCCESS);
        }
        let stay = store.overdue_for_good(now).hinted()?;
        if moved.is_empty() && stay.is_empty() {
            line("nothing was due")?;
        }
        moved.iter().try_for_each(|question| line(&sentence(question, now)))?;
        stay.iter().try_for_each(|(queue, route, questions)| line(&left(queue, route, *questions)))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// `! replies: 2 questions are overdue on the route `policy`, which names no `overdue`: they stay until somebody answers`
fn left(queue: &str, route: &str, questions: i64) -> String {
    let (are, they) = if questions == 1 { ("is", "it stays") } else { ("are", "they stay") };
    let place = match route {
        "" => "without a route".into(),
        route => format!("on the route `{route}`, which names no `overdue`"),
    };
    let questions = format!("{questions} {}", plural(questions, "question"));
    sanitize::line(&format!("! {queue}: {questions} {are} overdue {place}: {they} until somebody answers")).into()
}
