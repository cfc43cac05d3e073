//! CSV (RFC 4180, UTF-8): columns fixed by the spec alone, whoever has reviewed.

use super::row::{self, DECISION, ITEM, Row, VERDICT};
use super::{ExportError, Selection, Tally, cell, for_each};
use crate::domain::item::Content;
use crate::domain::mark::Mark;
use crate::domain::queue::Queue;
use crate::domain::spec::{Severity, Spec};
use crate::domain::time::format_rfc3339;
use crate::store::{Rows, Store};
use std::borrow::Cow;
use std::io::Write;

/// What a spreadsheet needs, and what it must not get.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Style {
    /// Byte order mark and CRLF, for Excel.
    pub excel: bool,
    /// Leaves cells that a spreadsheet would run as they are.
    pub raw_cells: bool,
}

pub fn columns(spec: &Spec, rows: Rows) -> Vec<String> {
    row::columns(rows, spec.criteria.iter().map(|criterion| format!("score_{}", criterion.key)))
}

pub fn write(
    store: &Store,
    queue: &Queue,
    selection: &Selection,
    style: Style,
    out: &mut dyn Write,
) -> Result<Tally, ExportError> {
    if style.excel {
        out.write_all("\u{feff}".as_bytes())?;
    }
    let terminator = if style.excel { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
    let mut writer = csv::WriterBuilder::new().terminator(terminator).from_writer(out);
    let spec = &queue.spec.spec;
    writer.write_record(columns(spec, selection.rows)).map_err(io_error)?;
    let tally = for_each(store, queue, selection, |row| {
        for cell in cells(row, spec, selection.rows) {
            let cell = if style.raw_cells { cell } else { defused(cell) };
            writer.write_field(cell.as_bytes()).map_err(io_error)?;
        }
        writer.write_record(None::<&[u8]>).map_err(io_error)
    })?;
    writer.flush()?;
    Ok(tally)
}

fn defused(cell: Cow<str>) -> Cow<str> {
    match cell::defuse(&cell) {
        Cow::Borrowed(_) => cell,
        Cow::Owned(defused) => Cow::Owned(defused),
    }
}

fn cells<'a>(row: &'a Row, spec: &'a Spec, rows: Rows) -> impl Iterator<Item = Cow<'a, str>> {
    let scores = &row.decision.judgement.draft.scores;
    let scores = spec.criteria.iter().map(|criterion| number(scores.get(&criterion.key)));
    let status = (rows == Rows::Decisions).then(|| row.status().into());
    item_cells(row).into_iter().chain(verdict_cells(row)).chain(scores).chain(decision_cells(row)).chain(status)
}

fn item_cells(row: &Row) -> [Cow<'_, str>; ITEM.len()] {
    let item = &row.item;
    let context = if item.context.is_empty() { "".into() } else { row.context_json().into() };
    let tags = if item.tags.is_empty() { "".into() } else { serde_json::json!(item.tags).to_string().into() };
    [
        text(&item.id),
        optional(item.case.as_ref()),
        number(Some(item.attempt)),
        number(Some(item.priority)),
        text(&item.input.text),
        text(&item.output.text),
        content(item.reference.as_ref()),
        context,
        optional(item.model.as_ref()),
        optional(item.prompt_version.as_ref()),
        number(item.latency_ms),
        number(item.cost_usd),
        number(item.tokens_in),
        number(item.tokens_out),
        item.created_at.map(format_rfc3339).unwrap_or_default().into(),
        tags,
        optional(item.meta.as_ref()),
    ]
}

fn verdict_cells(row: &Row) -> [Cow<'_, str>; VERDICT.len()] {
    let judgement = &row.decision.judgement;
    [
        judgement.verdict.as_str().into(),
        judgement.draft.categories.join(";").into(),
        row.worst_severity.map_or("", Severity::as_str).into(),
        optional(judgement.draft.route.as_ref()),
    ]
}

fn decision_cells(row: &Row) -> [Cow<'_, str>; DECISION.len()] {
    let decision = &row.decision;
    [
        text(&decision.judgement.draft.note),
        content(decision.judgement.draft.correction.as_ref()),
        marks(&decision.judgement.draft.marks),
        text(&decision.reviewer),
        format_rfc3339(decision.decided_at).into(),
        number(Some(row.seconds())),
        row.lens().unwrap_or_default().into(),
        number(Some(decision.spec_version)),
        text(&decision.id),
    ]
}

fn text(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(text)
}

fn marks(marks: &[Mark]) -> Cow<'_, str> {
    let json = || serde_json::to_string(marks).unwrap_or_default(); // texts and numbers: it cannot fail
    if marks.is_empty() { "".into() } else { json().into() }
}

fn optional(text: Option<&String>) -> Cow<'_, str> {
    text.map(String::as_str).unwrap_or_default().into()
}

fn content(content: Option<&Content>) -> Cow<'_, str> {
    content.map(|content| content.text.as_str()).unwrap_or_default().into()
}

fn number(value: Option<impl ToString>) -> Cow<'static, str> {
    value.map(|value| value.to_string()).unwrap_or_default().into()
}

/// The csv crate's errors here are those of the writer beneath.
fn io_error(error: csv::Error) -> std::io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => std::io::Error::other(format!("{other:?}")),
    }
}
