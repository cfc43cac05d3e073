//! Decided items in, files out. The same workspace gives the same bytes.
//!
//! The rows are read here, whatever the format; a format ([`mod@format`]) writes one after the
//! other, and another thread hashes and writes what it has made.

mod blocks;
mod columns;
mod file;
pub mod format;
mod golden;
mod reference;
mod retry;

pub use columns::ExportColumn;
pub use file::Published;
pub use golden::GoldenExport;
pub use reference::{column_reference, format_reference};
pub use retry::{RetryExport, retry_line};

use crate::domain::decision::Verdict;
use crate::domain::format_option::GivenOptions;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;
use crate::domain::time::format_rfc3339;
use crate::store::{Condition, Outgoing, Rows, Store, StoreError};
use blocks::{Blocks, write_beside};
use columns::{Columns, status};
use file::Publication;
use format::Format;
use serde::Serialize;
use std::collections::HashMap;
use std::io::{self, Write};
use std::path::Path;

/// What is exported, and in which form.
pub struct Export<'a> {
    pub store: &'a Store,
    pub queue: &'a Queue,
    pub selection: Selection,
    pub format: &'static dyn Format,
    pub options: GivenOptions,
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
#[derive(Debug, Clone)]
pub struct Exported {
    pub counts: ExportCounts,
    /// What the user is to know of the rows.
    pub note: Option<String>,
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
}

impl Export<'_> {
    /// Writes the export to `out`, a row at a time. Fails with a format of several files.
    pub fn write(&self, out: &mut (dyn Write + Send)) -> Result<Exported, ExportError> {
        if !self.format.further_files().is_empty() {
            return Err(ExportError::SeveralFiles(self.format.name()));
        }
        let columns = self.columns()?;
        write_beside(&mut [out], |blocks| self.rows(&columns, blocks))
    }

    /// Writes each file of the export to a temporary one beside `path`, renames them, and puts
    /// `PATH.manifest.json` beside them.
    pub fn publish(&self, path: &Path) -> Result<Published, ExportError> {
        let columns = self.columns()?;
        let mut publication = Publication::create(path, self.format.further_files())?;
        let exported = write_beside(&mut publication.files(), |blocks| self.rows(&columns, blocks))?;
        Ok(publication.publish(&self.manifest(columns, exported.counts), exported)?)
    }

    fn columns(&self) -> Result<Columns, StoreError> {
        let columns = Columns::new(&self.queue.spec.spec, self.selection.rows, self.format.is_flat());
        Ok(if self.store.has_judgements(self.queue)? { columns.with_judgements() } else { columns })
    }

    fn rows(&self, columns: &Columns, blocks: &mut Blocks) -> Result<Exported, ExportError> {
        let Selection { rows, verdicts, condition, reviewer, .. } = &self.selection;
        let reader = Some(reviewer.as_str());
        let mut writer = self.format.writer(&self.options);
        let mut specs = Specs::of(self.store, self.queue);
        let mut counts = ExportCounts::default();
        writer.begin(&columns.all, &mut blocks.files)?;
        self.store.outgoing(self.queue, *rows, verdicts, condition, reader, |outgoing| -> Result<(), ExportError> {
            let status = status(&outgoing);
            let Outgoing { item, decision, place, judgements, .. } = outgoing;
            let spec = specs.at(decision.spec_version)?;
            let cells = columns.cells(item, &decision, &place, status, judgements, spec);
            writer.row(&cells, &mut blocks.files)?;
            counts.add(decision.judgement.verdict);
            Ok(blocks.advance()?)
        })?;
        counts.left_out = self.store.damaged_so_far() as u64;
        writer.end(&mut blocks.files)?;
        Ok(Exported { counts, note: writer.note() })
    }

    fn manifest(&self, columns: Columns, counts: ExportCounts) -> Manifest<'_> {
        Manifest {
            karat: env!("CARGO_PKG_VERSION"),
            queue: &self.queue.name,
            spec_version: self.queue.spec.version,
            format: self.format.name(),
            rows: match self.selection.rows {
                Rows::Items => "items",
                Rows::Decisions => "decisions",
            },
            verdicts: self.selection.verdicts.iter().map(|verdict| verdict.as_str()).collect(),
            filter: self.selection.filter.as_deref(),
            at: self.store.as_of().map(format_rfc3339),
            columns: columns.all.into_iter().map(|column| column.name).collect(),
            counts,
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
