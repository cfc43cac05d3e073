//! `karat log`

use super::context::Context;
use super::output::{Hinted, Texts, tell_damaged};
use crate::domain::event::Event;
use crate::domain::time::format_rfc3339;
use crate::store::StoreError;
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::{Value, json};
use std::io::{BufWriter, Write, stdout};
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Log {
    /// The queue's name
    queue: String,
    /// Only the events of this item
    #[arg(long)]
    item: Option<String>,
    #[command(flatten)]
    texts: Texts,
    /// Who reads: others' opinions stay out while they are kept from them; by default as in a review
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

impl Log {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let mut out = BufWriter::new(stdout().lock());
        let outcome = store.events(&queue, self.item.as_deref(), Some(&reviewer), |event| {
            let line = match self.json {
                true => sanitize::json(&as_json(&queue.name, &event).to_string()).into_owned(),
                false => self.texts.shown(&as_line(&event)).into_owned(),
            };
            writeln!(out, "{line}")
                .map_err(|source| StoreError::Io { what: "the log cannot be printed".into(), source })
        });
        outcome.hinted()?;
        out.flush()?;
        Ok(tell_damaged(&store))
    }
}

fn as_json(queue: &str, event: &Event) -> Value {
    json!({
        "seq": event.seq,
        "at": format_rfc3339(event.at),
        "actor": event.actor,
        "kind": event.word,
        "item": event.item,
        "data": event.data,
        "queue": queue,
        "case": event.case,
        "attempt": event.attempt,
    })
}

fn as_line(event: &Event) -> String {
    let item = event.item.as_deref().unwrap_or("-");
    let line =
        format!("{}  {}  {}  {item}  {}", format_rfc3339(event.at), event.actor, event.word, details(&event.data));
    line.trim_end().to_owned()
}

/// `verdict=reject categories=wrong_amount;invalid_format`
fn details(data: &Value) -> String {
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"),
        other => other.to_string(),
    };
    let members = data.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    members.map(|(key, value)| format!("{key}={}", plain(value))).collect::<Vec<_>>().join(" ")
}
