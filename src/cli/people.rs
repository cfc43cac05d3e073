//! `karat people`

use super::context::Context;
use super::output::{Hinted, json_line, line, tell_damaged};
use crate::analysis::reviewer::{ALARM_AT, Part, Person};
use crate::domain::queue::Queue;
use crate::domain::time::format_rfc3339;
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::{Value, json};
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct People {
    /// The queue's name
    queue: String,
    /// Only this person; a lead may ask for anybody
    #[arg(long, value_name = "PERSON")]
    of: Option<String>,
    /// Who asks; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

impl People {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.queue).hinted()?;
        let people = store.people(queue.actor(&reviewer, store.now()), self.of.as_deref()).hinted()?;
        for (number, person) in people.iter().enumerate() {
            match self.json {
                true => json_line(&as_json(&queue, person))?,
                false => lines(&queue, person, number > 0).iter().try_for_each(|text| line(text))?,
            }
        }
        Ok(tell_damaged(&store))
    }
}

/// What is known of a person, a line each.
fn lines(queue: &Queue, person: &Person, is_further: bool) -> Vec<String> {
    let mut lines = if is_further { vec![String::new()] } else { Vec::new() };
    lines.push(format!("{} in {}", sanitize::line(&person.reviewer), queue.name));
    let pass = queue.spec.spec.calibrate.as_ref().map(|terms| terms.pass);
    lines.extend(person.sentences(pass).into_iter().map(|sentence| format!("  {sentence}")));
    lines
}

fn as_json(queue: &Queue, person: &Person) -> Value {
    let Person { reviewer, served, escalated, figures, paused } = person;
    let oneself = &figures.oneself;
    let categories = figures
        .categories
        .iter()
        .map(|category| json!({ "key": category.key, "seen": part(&category.seen), "said": part(&category.said) }));
    let over_time = figures.over_time.iter().map(|stretch| {
        json!({ "from": format_rfc3339(stretch.from), "to": format_rfc3339(stretch.to), "right": part(&stretch.right) })
    });
    json!({
        "queue": queue.name,
        "reviewer": reviewer,
        "served": served,
        "escalated": escalated,
        "right": part(&figures.right),
        "pass": queue.spec.spec.calibrate.as_ref().map(|terms| terms.pass),
        "categories": categories.collect::<Vec<_>>(),
        "over_time": over_time.collect::<Vec<_>>(),
        "drift": {
            "sum": figures.drift.sum,
            "alarm_at": ALARM_AT,
            "since": figures.drift.alarm.map(format_rfc3339),
        },
        "oneself": {
            "same": part(&oneself.same),
            "ac1": oneself.ac1,
            "accept_to_reject": oneself.accept_to_reject,
            "reject_to_accept": oneself.reject_to_accept,
            "p": oneself.p,
        },
        "paused": paused.as_ref().map(|paused| json!({
            "at": format_rfc3339(paused.at),
            "good": paused.good,
            "bad": paused.bad,
            "pass": paused.pass,
            "stops": paused.stops,
        })),
    })
}

fn part(part: &Part) -> Value {
    let (share, low, high) =
        part.share.map_or((None, None, None), |share| (Some(share.share), Some(share.low), Some(share.high)));
    json!({ "n": part.whole, "k": part.part, "share": share, "low": low, "high": high })
}
