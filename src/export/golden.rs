//! The golden set of a queue as data: what a harness is run on, or a judge calibrated by.

use super::blocks::{Blocks, write_beside};
use super::columns::ExportColumn;
use super::file::{Publication, Published};
use super::format::Format;
use super::{ExportCounts, ExportError, Exported};
use crate::domain::format_option::GivenOptions;
use crate::domain::golden::Narrow;
use crate::domain::queue::Queue;
use crate::domain::record::{Cell, FieldType, ToCell, item_field};
use crate::store::{GoldenText, Store};
use serde::Serialize;
use std::io::Write;
use std::path::Path;

/// Which examples are exported, and in which form.
pub struct GoldenExport<'a> {
    pub store: &'a Store,
    pub queue: &'a Queue,
    pub narrow: Narrow,
    /// Who exports: what others have kept of items that are not settled stays out.
    pub reader: &'a str,
    pub format: &'static dyn Format,
    pub options: GivenOptions,
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

impl GoldenExport<'_> {
    /// Writes the set to `out`, an example a row, those changed last first. An empty set has the
    /// head of the format alone.
    pub fn write(&self, out: &mut (dyn Write + Send)) -> Result<Exported, ExportError> {
        write_beside(&mut [out], |blocks| self.rows(blocks))
    }

    /// Writes the file at `path` whole or not at all, with its manifest beside it.
    pub fn publish(&self, path: &Path) -> Result<Published, ExportError> {
        let mut publication = Publication::create(path, &[])?;
        let exported = write_beside(&mut publication.files(), |blocks| self.rows(blocks))?;
        let manifest = Manifest {
            karat: env!("CARGO_PKG_VERSION"),
            queue: &self.queue.name,
            golden_set: self.store.golden_version(self.queue.id)?,
            format: self.format.name(),
            columns: COLUMNS.map(|(name, _)| name),
            counts: exported.counts,
        };
        Ok(publication.publish(&manifest, exported)?)
    }

    fn rows(&self, blocks: &mut Blocks) -> Result<Exported, ExportError> {
        let mut writer = self.format.writer(&self.options);
        let mut counts = ExportCounts::default();
        let columns = COLUMNS.map(|(name, holds)| ExportColumn { name: name.into(), holds });
        writer.begin(&columns, &mut blocks.files)?;
        self.store.golden_examples(self.queue, &self.narrow, self.reader, |example| -> Result<(), ExportError> {
            writer.row(&cells(&example), &mut blocks.files)?;
            counts.add(example.golden.example.verdict);
            Ok(blocks.advance()?)
        })?;
        counts.left_out = self.store.damaged_so_far() as u64;
        writer.end(&mut blocks.files)?;
        Ok(Exported { counts, note: writer.note() })
    }
}

/// The cells of an example, in the order of [`COLUMNS`].
fn cells(GoldenText { golden, item, expected }: &GoldenText) -> Vec<Cell<'_>> {
    let example = &golden.example;
    let of_item = |name| item_field(name).map_or(Cell::Null, |field| field.own(item));
    vec![
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
        golden.version.to_cell(),
    ]
}

/// What stands beside the file, next to its size and SHA-256.
#[derive(Serialize)]
struct Manifest<'a> {
    karat: &'static str,
    queue: &'a str,
    /// The version of the set.
    golden_set: i64,
    format: &'static str,
    columns: [&'static str; COLUMNS.len()],
    counts: ExportCounts,
}
