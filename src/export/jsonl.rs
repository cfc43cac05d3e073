//! JSON Lines: the item as it would be imported again, then its decision.

use super::row::{self, Row};
use super::{ExportError, Selection, Tally, for_each};
use crate::domain::decision::Scores;
use crate::domain::item::Content;
use crate::domain::mark::Mark;
use crate::domain::queue::Queue;
use crate::domain::time::format_rfc3339;
use crate::store::{Rows, Store};
use serde::Serialize;
use serde_json::value::RawValue;
use std::io::{self, Write};

/// One line. What is not known is `null`, so that every row has the same members.
#[derive(Serialize)]
struct Line<'a> {
    id: &'a str,
    case: Option<&'a str>,
    attempt: i64,
    priority: i64,
    input: Box<RawValue>,
    output: Box<RawValue>,
    reference: Option<Box<RawValue>>,
    context: Box<RawValue>,
    model: Option<&'a str>,
    prompt_version: Option<&'a str>,
    latency_ms: Option<f64>,
    cost_usd: Option<f64>,
    tokens_in: Option<i64>,
    tokens_out: Option<i64>,
    created_at: Option<String>,
    tags: &'a [String],
    meta: Option<Box<RawValue>>,
    verdict: &'a str,
    categories: &'a [String],
    worst_severity: Option<&'a str>,
    route: Option<&'a str>,
    scores: &'a Scores,
    note: &'a str,
    correction: Option<Box<RawValue>>,
    marks: &'a [Mark],
    reviewer: &'a str,
    decided_at: String,
    seconds: f64,
    lens: Option<&'a str>,
    spec_version: i64,
    decision_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'a str>,
}

pub fn columns(rows: Rows) -> Vec<String> {
    row::columns(rows, std::iter::once("scores".to_owned()))
}

pub fn write(store: &Store, queue: &Queue, selection: &Selection, out: &mut dyn Write) -> Result<Tally, ExportError> {
    let mut out = io::BufWriter::with_capacity(1 << 16, out);
    let tally = for_each(store, queue, selection, |row| {
        serde_json::to_writer(&mut out, &line(row, selection.rows)?)?;
        out.write_all(b"\n")
    })?;
    out.flush()?;
    Ok(tally)
}

fn line(row: &Row, rows: Rows) -> io::Result<Line<'_>> {
    let (item, decision) = (&row.item, &row.decision);
    let judgement = &decision.judgement;
    Ok(Line {
        id: &item.id,
        case: item.case.as_deref(),
        attempt: item.attempt,
        priority: item.priority,
        input: content(&item.input)?,
        output: content(&item.output)?,
        reference: item.reference.as_ref().map(content).transpose()?,
        context: raw(row.context_json())?,
        model: item.model.as_deref(),
        prompt_version: item.prompt_version.as_deref(),
        latency_ms: item.latency_ms,
        cost_usd: item.cost_usd,
        tokens_in: item.tokens_in,
        tokens_out: item.tokens_out,
        created_at: item.created_at.map(format_rfc3339),
        tags: &item.tags,
        meta: item.meta.clone().map(raw).transpose()?,
        verdict: judgement.verdict.as_str(),
        categories: &judgement.draft.categories,
        worst_severity: row.worst_severity.map(|severity| severity.as_str()),
        route: judgement.draft.route.as_deref(),
        scores: &judgement.draft.scores,
        note: &judgement.draft.note,
        correction: judgement.draft.correction.as_ref().map(content).transpose()?,
        marks: &judgement.draft.marks,
        reviewer: &decision.reviewer,
        decided_at: format_rfc3339(decision.decided_at),
        seconds: row.seconds(),
        lens: row.lens(),
        spec_version: decision.spec_version,
        decision_id: &decision.id,
        status: (rows == Rows::Decisions).then(|| row.status()),
    })
}

fn content(content: &Content) -> io::Result<Box<RawValue>> {
    raw(content.to_json().into_owned())
}

/// A JSON value as it was written. Line breaks in it become spaces: a row is one line.
fn raw(mut json: String) -> io::Result<Box<RawValue>> {
    if json.contains(['\n', '\r']) {
        json = json.replace(['\n', '\r'], " "); // inside JSON strings they can only be escaped
    }
    Ok(RawValue::from_string(json)?)
}
