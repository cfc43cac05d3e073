//! Decided items in, files out. The same workspace gives the same bytes.
//!
//! The rows are read here, whatever the format; a format ([`mod@format`]) writes one after the
//! other, and another thread hashes and writes what it has made.

#[cfg(feature = "parquet")]
mod batch;
mod blocks;
mod columns;
mod compression;
mod file;
mod form;
pub mod format;
mod golden;
mod marks;
mod redaction;
mod reference;
mod retry;
mod sheet;
mod split;

pub use columns::{ExportColumn, columns};
pub use compression::Compression;
pub use file::Published;
pub use form::{ColumnError, Form};
pub use golden::{Examples, GoldenExport};
pub use redaction::Redaction;
pub use reference::{column_reference, format_reference, member_reference};
pub use retry::{RetryExport, retry_line};
pub use split::{Shares, Split};

use crate::domain::decision::Verdict;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::domain::time::format_rfc3339;
use crate::store::{Condition, Outgoing, Rows, Store, StoreError};
use blocks::Blocks;
use columns::{Columns, status};
use form::Source;
use marks::CHOSEN;
use serde::Serialize;
use sheet::Sheet;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};
use std::path::Path;

/// What is exported, and in which form.
pub struct Export<'a> {
    pub store: &'a Store,
    pub queue: &'a Queue,
    pub selection: Selection,
    pub form: Form,
}

/// What an export holds.
#[derive(Debug, Clone)]
pub struct Selection {
    pub rows: Rows,
    /// A row for each mark on the output, in place of each row.
    pub of_marks: bool,
    /// Only these verdicts; all, when empty.
    pub verdicts: Vec<Verdict>,
    /// Only items that keep it.
    pub condition: Condition,
    /// The filter that it was made of, for the manifest.
    pub filter: Option<String>,
    /// Who exports: the file has no opinion of others before it is settled.
    pub reviewer: String,
}

/// How many rows went out, by verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ExportCounts {
    pub rows: u64,
    pub accept: u64,
    pub reject: u64,
    pub escalate: u64,
    /// Rows that could not be read, and are missing.
    #[serde(skip_serializing_if = "is_none")]
    pub left_out: u64,
}

fn is_none(number: &u64) -> bool {
    *number == 0
}

/// What an export came to.
#[derive(Debug, Clone, Default)]
pub struct Exported {
    pub counts: ExportCounts,
    /// What the user is to know of the rows.
    pub notes: Vec<String>,
    /// The columns as they are called in the files.
    pub columns: Vec<String>,
    /// Rows by the keys of their failure categories.
    pub categories: BTreeMap<String, u64>,
    /// How much was taken out of the texts, by the pattern's name.
    pub redacted: Vec<(String, u64)>,
    /// How many rows each part of the split has; of an export that is not split, all.
    pub rows_of_parts: Vec<u64>,
}

impl ExportCounts {
    fn add(&mut self, verdict: Verdict) {
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
    #[error("{0} is written as several files, and standard output is one")]
    SeveralFiles(&'static str),
    #[error(transparent)]
    Columns(#[from] ColumnError),
    #[error("{format} is not compressed by {compression}")]
    Compression { format: &'static str, compression: Compression, own: &'static [Compression] },
    #[error("a file of {format} holds {most} rows, and these are more")]
    TooManyRows { format: &'static str, most: u64 },
    #[error("the export was stopped")]
    Stopped,
}

impl Export<'_> {
    /// Writes the export to `out`, a row at a time. Fails with a form of several files.
    pub fn write(&self, out: &mut (dyn Write + Send)) -> Result<Exported, ExportError> {
        let columns = self.columns()?;
        self.check_size()?;
        self.form.write(out, |blocks| self.rows(&columns, blocks))
    }

    /// Writes each file of the export to a temporary one beside `path`, renames them, and puts
    /// `PATH.manifest.json` beside them.
    pub fn publish(&self, path: &Path) -> Result<Published, ExportError> {
        let columns = self.columns()?;
        self.check_size()?;
        let Export { queue, store, selection, .. } = self;
        let source = Source { queue, filter: selection.filter.as_deref(), at: store.as_of() };
        self.form.publish(path, &source, |blocks| self.rows(&columns, blocks), |exported| self.manifest(exported))
    }

    /// How many rows the export has.
    pub fn count(&self) -> Result<u64, ExportError> {
        let mut rows = 0;
        self.each(|_| {
            rows += 1;
            Ok(())
        })?;
        Ok(rows)
    }

    /// Fails where a file of the format has no room for the rows, before any is written.
    fn check_size(&self) -> Result<(), ExportError> {
        let Form { format, split, .. } = &self.form;
        let Some(most) = format.most_rows() else { return Ok(()) };
        let mut rows = vec![0; self.form.parts()];
        self.each(|outgoing| {
            let part = split.as_ref().map_or(0, |split| split.part_of(&self.queue.name, outgoing.case()));
            rows[part] += 1;
            if rows[part] > most { Err(ExportError::TooManyRows { format: format.name(), most }) } else { Ok(()) }
        })
    }

    fn columns(&self) -> Result<Columns, StoreError> {
        let columns = Columns::new(&self.queue.spec.spec, self.selection.rows, self.form.format.is_flat());
        Ok(if self.store.has_judgements(self.queue)? { columns.with_judgements() } else { columns })
    }

    fn rows(&self, columns: &Columns, blocks: &mut Blocks) -> Result<Exported, ExportError> {
        let mut specs = Specs::of(self.store, self.queue);
        let of_marks = self.selection.of_marks;
        let mut sheet = Sheet::begin(&self.form, self.queue, columns.all.clone(), of_marks.then_some(&CHOSEN), blocks)?;
        self.each(|outgoing| {
            let (status, case) = (status(&outgoing), outgoing.case().to_owned());
            let Outgoing { item, decision, place, judgements, .. } = outgoing;
            let spec = specs.at(decision.spec_version)?;
            let cells = columns.cells(item, &decision, &place, status, judgements, spec);
            sheet.row(cells, &case, decision.judgement.verdict, blocks)
        })?;
        sheet.end(self.store, blocks)
    }

    fn each(&self, each: impl FnMut(Outgoing) -> Result<(), ExportError>) -> Result<(), ExportError> {
        let Selection { rows, verdicts, condition, reviewer, .. } = &self.selection;
        let rows = match rows {
            Rows::Items if self.form.format.wants_cases_together() => Rows::ItemsByCase,
            rows => *rows,
        };
        self.store.outgoing(self.queue, rows, verdicts, condition, Some(reviewer.as_str()), each)
    }

    fn manifest(&self, exported: &Exported) -> Manifest<'_> {
        Manifest {
            karat: env!("CARGO_PKG_VERSION"),
            queue: &self.queue.name,
            spec_version: self.queue.spec.version,
            format: self.form.format.name(),
            rows: match self.selection.rows {
                _ if self.selection.of_marks => "marks",
                Rows::Items | Rows::ItemsByCase => "items",
                Rows::Decisions => "decisions",
            },
            verdicts: self.selection.verdicts.iter().map(|verdict| verdict.as_str()).collect(),
            filter: self.selection.filter.as_deref(),
            at: self.store.as_of().map(format_rfc3339),
            columns: exported.columns.clone(),
            counts: exported.counts,
        }
    }
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
    /// The filter in a form that can be given again: without saved filters, and with times that
    /// do not move.
    filter: Option<&'a str>,
    /// What was known at that time; `null`: when it was written.
    at: Option<String>,
    columns: Vec<String>,
    counts: ExportCounts,
}

/// Every version of the queue's spec that has occurred.
struct Specs<'a> {
    store: &'a Store,
    queue: &'a Queue,
    known: HashMap<i64, Spec>,
}

impl<'a> Specs<'a> {
    fn of(store: &'a Store, queue: &'a Queue) -> Self {
        Self { store, queue, known: HashMap::new() }
    }

    fn at(&mut self, version: i64) -> Result<&Spec, StoreError> {
        if !self.known.contains_key(&version) {
            let spec = self.store.readable_spec(self.queue, version)?;
            self.known.insert(version, spec.unwrap_or_else(|| self.queue.spec.spec.clone()));
        }
        Ok(&self.known[&version])
    }
}
