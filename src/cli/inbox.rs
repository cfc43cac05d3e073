//! `karat inbox`

use super::DOES_NOT_HOLD;
use super::context::Context;
use super::output::{Hinted, json_line, line};
use crate::domain::time::{UtcMillis, ago, format_rfc3339};
use crate::store::Asked;
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::{Value, json};
use std::process::ExitCode;

/// As many questions as there are.
const ALL: usize = i64::MAX as usize;

#[derive(Args)]
pub(super) struct Inbox {
    /// Only what waits on this route
    #[arg(long, value_name = "KEY")]
    route: Option<String>,
    /// Only what is overdue; exit code 10 when something is
    #[arg(long)]
    overdue: bool,
    /// Whose inbox; by default that of the settings, else of the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

impl Inbox {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let now = store.now();
        let mut questions = store.inbox(&reviewer, self.route.as_deref(), ALL).hinted()?;
        if self.overdue {
            questions.retain(|question| question.is_overdue(now));
        }
        if self.json {
            questions.iter().try_for_each(|question| json_line(&as_json(question, now)))?;
        } else if questions.is_empty() {
            line("nothing waits for your answer")?;
        } else {
            questions.iter().try_for_each(|question| line(&sentence(question, now)))?;
        }
        let fails = self.overdue && !questions.is_empty();
        Ok(if fails { ExitCode::from(DOES_NOT_HOLD) } else { ExitCode::SUCCESS })
    }
}

/// A question, as `karat inbox` and `karat tick` tell it.
pub(super) fn as_json(question: &Asked, now: UtcMillis) -> Value {
    let Asked { queue, item, asked, .. } = question;
    json!({
        "queue": queue,
        "item": item,
        "route": asked.route,
        "asked_by": asked.by,
        "asked_at": format_rfc3339(asked.at),
        "due": asked.due_at.map(format_rfc3339),
        "overdue": question.is_overdue(now),
        "reason": asked.reason,
    })
}

/// `! replies i7, ana → policy, 2 days ago, was due 4 h ago: “may we say this?”`
pub(super) fn sentence(question: &Asked, now: UtcMillis) -> String {
    let Asked { queue, item, asked, .. } = question;
    let sign = if question.is_overdue(now) { "! " } else { "  " };
    let route = asked.route.as_ref().map_or_else(String::new, |route| format!(" → {route}"));
    let due = match asked.due_at {
        Some(at) if at < now => format!(", was due {}", ago(at, now)),
        Some(at) => format!(", due {}", format_rfc3339(at)),
        None => String::new(),
    };
    let reason = asked.reason.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{sign}{queue} {item}, {}{route}, {}{due}: “{reason}”", asked.by, ago(asked.at, now))
}
