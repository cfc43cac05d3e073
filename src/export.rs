//! Decided items in, files out. The same workspace gives the same bytes.

mod cell;
mod csv;
mod file;
mod jsonl;
mod row;

pub use cell::defuse;
pub use csv::Style;
pub use file::Published;

use crate::domain::decision::Verdict;
use crate::domain::queue::Queue;
use crate::store::{Condition, Rows, Store, StoreError};
use row::Reader;
use serde::Serialize;
use std::io::{self, Write};
use std::path::Path;

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv(Style),
    Jsonl,
}

impl Format {
    fn as_str(self) -> &'static str {
        match self {
            Format::Csv(_) => "csv",
            Format::Jsonl => "jsonl",
        }
    }
}

/// What an export holds.
#[derive(Debug, Clone)]
pub struct Selection {
    pub rows: Rows,
    /// Only these verdicts; all, when empty.
    pub verdicts: Vec<Verdict>,
    /// Only items that keep it.
    pub condition: Condition,
    /// The filter that it was made of, for the manifest.
    pub filter: Option<String>,
}

/// How many rows went out, by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    pub rows: u64,
    pub accept: u64,
    pub reject: u64,
    pub escalate: u64,
}

impl Tally {
    fn count(&mut self, verdict: Verdict) {
        self.rows += 1;
        match verdict {
            Verdict::Accept => self.accept += 1,
            Verdict::Reject => self.reject += 1,
            Verdict::Escalate => self.escalate += 1,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the export cannot be written")]
    Write(#[from] io::Error),
}

/// Writes the export to `out`, a row at a time.
pub fn write(
    store: &Store,
    queue: &Queue,
    selection: &Selection,
    format: Format,
    out: &mut dyn Write,
) -> Result<Tally, ExportError> {
    match format {
        Format::Csv(style) => csv::write(store, queue, selection, style, out),
        Format::Jsonl => jsonl::write(store, queue, selection, out),
    }
}

/// Writes the export to a temporary file beside `path`, renames it, and puts
/// `PATH.manifest.json` beside it.
pub fn publish(
    store: &Store,
    queue: &Queue,
    selection: &Selection,
    format: Format,
    path: &Path,
) -> Result<Published, ExportError> {
    let mut body = file::Body::create(path)?;
    let tally = write(store, queue, selection, format, &mut body)?;
    let manifest = Manifest {
        karat: env!("CARGO_PKG_VERSION"),
        queue: &queue.name,
        spec_version: queue.spec.version,
        format: format.as_str(),
        rows: match selection.rows {
            Rows::Items => "items",
            Rows::Decisions => "decisions",
        },
        verdicts: selection.verdicts.iter().map(|verdict| verdict.as_str()).collect(),
        filter: selection.filter.as_deref(),
        columns: match format {
            Format::Csv(_) => csv::columns(&queue.spec.spec, selection.rows),
            Format::Jsonl => jsonl::columns(selection.rows),
        },
        counts: tally,
    };
    Ok(body.publish(path, &manifest, tally)?)
}

/// What stands beside an exported file, next to its size and SHA-256.
#[derive(Serialize)]
struct Manifest<'a> {
    karat: &'static str,
    queue: &'a str,
    spec_version: i64,
    format: &'static str,
    rows: &'static str,
    verdicts: Vec<&'static str>,
    /// As it may be given again: without saved filters, and with times that do not move.
    filter: Option<&'a str>,
    columns: Vec<String>,
    counts: Tally,
}

/// Runs `each` over the rows of the selection; gives the tally.
fn for_each(
    store: &Store,
    queue: &Queue,
    selection: &Selection,
    mut each: impl FnMut(&row::Row) -> io::Result<()>,
) -> Result<Tally, ExportError> {
    let mut reader = Reader::new(store, queue);
    let mut tally = Tally::default();
    let mut failed = None;
    let Selection { rows, verdicts, condition, .. } = selection;
    let outcome = store.outgoing(queue, *rows, verdicts, condition, |outgoing| {
        let row = reader.row(outgoing)?;
        tally.count(row.decision.judgement.verdict);
        each(&row).map_err(|error| {
            let source = io::Error::from(error.kind());
            failed = Some(error);
            StoreError::Io { what: "the export cannot be written".into(), source }
        })
    });
    match (failed, outcome) {
        (Some(error), _) => Err(error.into()),
        (None, outcome) => Ok(outcome.map(|()| tally)?),
    }
}
