//! The golden set of a queue as data: what a harness is run on, or a judge calibrated by.

use super::blocks::Blocks;
use super::columns::ExportColumn;
use super::file::Published;
use super::form::{Form, Source};
use super::sheet::Sheet;
use super::{ExportCounts, ExportError, Exported};
use crate::domain::golden::{Example, Narrow};
use crate::domain::item::{Content, Item};
use crate::domain::queue::Queue;
use crate::domain::record::{Cell, FieldType, ToCell, item_field};
use crate::domain::sampling::drawn_by;
use crate::store::{GoldenSet, GoldenText, Store};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Which examples are exported, and in which form.
pub struct GoldenExport<'a> {
    pub store: &'a Store,
    pub queue: &'a Queue,
    pub examples: Examples<'a>,
    pub form: Form,
}

/// Which examples they are.
pub enum Examples<'a> {
    /// As they are now. What others than the reader have kept of items that are not settled stays out.
    Now { narrow: Narrow, reader: &'a str },
    /// Those of a frozen set.
    Frozen(GoldenSet),
}

/// The columns, fixed for good. Those of an item are named and typed as in every export.
const COLUMNS: [(&str, FieldType); 11] = [
    ("id", FieldType::Id),
    ("case", FieldType::Name),
    ("input", FieldType::Content),
    ("context", FieldType::Documents),
    ("output", FieldType::Content),
    ("verdict", FieldType::Text),
    ("expected", FieldType::Content),
    ("categories", FieldType::Keys),
    ("tags", FieldType::Words),
    ("why", FieldType::Text),
    ("version", FieldType::Integer { least: 1 }),
];

/// What another program's members are made of besides: by these it knows the call that an example came from.
const TRACE: [(&str, FieldType); 2] = [("trace_id", FieldType::Name), ("span_id", FieldType::Name)];

impl GoldenExport<'_> {
    /// Writes the set to `out`, an example a row, those changed last first. An empty set has the
    /// head of the format alone. Fails with a form of several files.
    pub fn write(&self, out: &mut (dyn Write + Send)) -> Result<Exported, ExportError> {
        self.form.write(out, |blocks| self.rows(blocks))
    }

    /// Writes each file at `path` whole or not at all, with the manifest beside it.
    pub fn publish(&self, path: &Path) -> Result<Published, ExportError> {
        let (golden_set, set) = match &self.examples {
            Examples::Now { .. } => (Some(self.store.golden_version(self.queue.id)?), None),
            Examples::Frozen(set) => (None, Some(SetManifest::of(set))),
        };
        let manifest = |exported: &Exported| Manifest {
            karat: env!("CARGO_PKG_VERSION"),
            queue: &self.queue.name,
            golden_set,
            golden: set,
            format: self.form.format.name(),
            columns: exported.columns.clone(),
            counts: exported.counts,
        };
        let filter = match &self.examples {
            Examples::Now { .. } => None,
            Examples::Frozen(set) => set.filter.as_deref(),
        };
        let source = Source { queue: self.queue, filter, at: self.store.as_of() };
        self.form.publish(path, &source, |blocks| self.rows(blocks), manifest)
    }

    fn rows(&self, blocks: &mut Blocks) -> Result<Exported, ExportError> {
        let trace = if self.form.format.has_columns() { &TRACE[..0] } else { &TRACE[..] };
        let columns = COLUMNS.iter().chain(trace);
        let columns = columns.map(|(name, holds)| ExportColumn { name: (*name).into(), holds: *holds }).collect();
        let mut sheet = Sheet::begin(&self.form, self.queue, columns, None, blocks)?;
        match &self.examples {
            Examples::Now { narrow, reader } => {
                self.store.golden_examples(self.queue, narrow, reader, |GoldenText { golden, item, expected }| {
                    let row = cells(&item, &golden.example, &expected, golden.version, trace);
                    sheet.row(row, drawn_by(&item), golden.example.verdict, blocks)
                })?;
            }
            Examples::Frozen(set) => self.store.frozen_examples(set, |frozen| {
                let (item, example, expected) = (frozen.item(), frozen.example(), frozen.expected());
                let row = cells(&item, &example, &expected, frozen.version, trace);
                sheet.row(row, drawn_by(&item), example.verdict, blocks)
            })?,
        }
        sheet.end(self.store, blocks)
    }
}

/// The cells of an example, in the order of [`COLUMNS`], and of those behind them.
fn cells<'a>(
    item: &'a Item,
    example: &'a Example,
    expected: &'a Option<Content>,
    version: i64,
    behind: &[(&str, FieldType)],
) -> Vec<Cell<'a>> {
    let of_item = |name: &str| item_field(name).map_or(Cell::Null, |field| field.own(item));
    let mut cells = vec![
        of_item("id"),
        of_item("case"),
        of_item("input"),
        of_item("context"),
        of_item("output"),
        example.verdict.to_cell(),
        expected.to_cell(),
        example.categories.to_cell(),
        example.tags.to_cell(),
        example.why.to_cell(),
        Cell::Integer(version),
    ];
    cells.extend(behind.iter().map(|(name, _)| of_item(name)));
    cells
}

/// What stands beside the file, next to its size and SHA-256.
#[derive(Serialize)]
struct Manifest<'a> {
    karat: &'static str,
    queue: &'a str,
    /// The version of the examples as they are now.
    #[serde(skip_serializing_if = "Option::is_none")]
    golden_set: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    golden: Option<SetManifest<'a>>,
    format: &'static str,
    columns: Vec<String>,
    counts: ExportCounts,
}

/// The frozen set of an export.
#[derive(Serialize)]
struct SetManifest<'a> {
    name: &'a str,
    version: i64,
    digest: &'a str,
    filter: Option<&'a str>,
    spec_version: i64,
}

impl<'a> SetManifest<'a> {
    fn of(set: &'a GoldenSet) -> Self {
        let GoldenSet { name, version, digest, filter, spec_version, .. } = set;
        Self { name, version: *version, digest, filter: filter.as_deref(), spec_version: *spec_version }
    }
}
