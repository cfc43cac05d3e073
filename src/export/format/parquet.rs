//! Parquet: each column with the type of what it holds.

use super::{Files, Format, RowWriter, Setting};
use crate::domain::record::{Cell, FieldType};
use crate::domain::spec::Spec;
use crate::export::batch::{Batches, failed};
use crate::export::columns::ExportColumn;
use crate::export::compression::Compression;
use arrow_array::RecordBatch;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression as Codec, GzipLevel, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use std::io;

/// Bytes of a group of rows, which are in memory until it is full.
const GROUP_BYTES: usize = 16 << 20;

pub(super) struct Parquet;

impl Format for Parquet {
    fn name(&self) -> &'static str {
        "parquet"
    }

    fn about(&self) -> &'static str {
        "Parquet: categories, tags, documents and marks are lists, scores a struct, times UTC in milliseconds"
    }

    fn extension(&self) -> &'static str {
        "parquet"
    }

    fn is_flat(&self) -> bool {
        false
    }

    fn compresses_itself(&self) -> Option<&'static [Compression]> {
        Some(&Compression::ALL)
    }

    fn writer(&self, setting: &Setting) -> io::Result<Box<dyn RowWriter>> {
        Ok(Box::new(ParquetWriter::new(setting)))
    }
}

/// Writes rows as Parquet.
pub(super) struct ParquetWriter {
    spec: Spec,
    codec: Codec,
    open: Option<(Batches, ArrowWriter<Vec<u8>>)>,
}

impl ParquetWriter {
    pub(super) fn new(setting: &Setting) -> Self {
        let codec = match setting.compression {
            Some(Compression::Gzip) => Codec::GZIP(GzipLevel::default()),
            Some(Compression::Zstd) | None => Codec::ZSTD(ZstdLevel::default()),
        };
        Self { spec: setting.spec.clone(), codec, open: None }
    }
}

fn properties(columns: &[ExportColumn], codec: Codec) -> WriterProperties {
    let all = WriterProperties::builder()
        .set_created_by(concat!("karat ", env!("CARGO_PKG_VERSION")).into())
        .set_compression(codec)
        .set_max_row_group_bytes(Some(GROUP_BYTES));
    // Long texts are seldom the same, and nobody looks for the least of them.
    let large = columns.iter().filter(|column| column.holds.is_large() && column.holds != FieldType::Documents);
    let all = large.fold(all, |properties, column| {
        let path = ColumnPath::from(column.name.as_str());
        properties
            .set_column_dictionary_enabled(path.clone(), false)
            .set_column_statistics_enabled(path, EnabledStatistics::None)
    });
    all.build()
}

/// Writes the batch, and moves what is complete to the end of `out`.
fn put(writer: &mut ArrowWriter<Vec<u8>>, batch: Option<RecordBatch>, out: &mut Vec<u8>) -> io::Result<()> {
    if let Some(batch) = batch {
        writer.write(&batch).map_err(failed)?;
    }
    out.append(writer.inner_mut());
    Ok(())
}

impl RowWriter for ParquetWriter {
    fn begin(&mut self, columns: &[ExportColumn], _: &mut Files) -> io::Result<()> {
        let batches = Batches::new(columns, &self.spec);
        let properties = properties(columns, self.codec);
        let writer = ArrowWriter::try_new(Vec::new(), batches.schema.clone(), Some(properties)).map_err(failed)?;
        self.open = Some((batches, writer));
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], files: &mut Files) -> io::Result<()> {
        let Some((batches, writer)) = &mut self.open else { return Err(io::ErrorKind::NotConnected.into()) };
        match batches.row(cells)? {
            None => Ok(()),
            batch => put(writer, batch, &mut files.main),
        }
    }

    fn end(&mut self, files: &mut Files) -> io::Result<()> {
        let Some((mut batches, mut writer)) = self.open.take() else { return Err(io::ErrorKind::NotConnected.into()) };
        put(&mut writer, batches.take()?, &mut files.main)?;
        files.main.append(&mut writer.into_inner().map_err(failed)?);
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::format_option::GivenOptions;
    use crate::export::batch::read;
    use crate::export::format::samples;
    use bytes::Bytes;
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// The cells of a row as a typed column has them: of a struct every part, of a mark every member.
    pub(in crate::export::format) fn expected(columns: &[ExportColumn], cells: &[Cell]) -> Value {
        let value = |(column, cell): (&ExportColumn, &Cell)| {
            let mut value = match cell {
                Cell::Content(_, text) | Cell::Json(text) => Value::from(text.as_ref()),
                cell => cell.to_json().unwrap(),
            };
            let members: &[&str] = match column.holds {
                FieldType::Documents => &["title", "text", "url", "id", "updated_at"],
                FieldType::Marks => &["start", "end", "text", "category", "comment"],
                FieldType::Scores => &["tone", "accuracy"],
                _ => &[],
            };
            let objects = match &mut value {
                Value::Array(list) => list.iter_mut().collect(),
                other => vec![other],
            };
            for object in objects.into_iter().filter_map(Value::as_object_mut) {
                for member in members {
                    object.entry(*member).or_insert(Value::Null);
                }
            }
            (column.name.clone(), value)
        };
        Value::Object(columns.iter().zip(cells).map(value).collect())
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_with_its_types(items in vec(samples::item(), 0..5)) {
            let files = samples::written(&Parquet, &GivenOptions::default(), &items);
            let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::from(files.main)).unwrap().build().unwrap();
            let rows: Vec<Value> = reader.flat_map(|batch| read::rows(&batch.unwrap())).collect();
            let mut should_be = Vec::new();
            samples::each_row(&Parquet, &items, |cells| should_be.push(expected(&samples::columns(&Parquet), cells)));
            prop_assert_eq!(json!(rows), json!(should_be));
        }
    }

    #[test]
    fn a_spec_without_criteria_has_scores_too() {
        let (options, spec) = (GivenOptions::default(), Spec { criteria: Vec::new(), ..samples::spec() });
        let setting = Setting { options: &options, compression: None, queue: "q", spec: &spec, split: None };
        let columns = samples::columns(&Parquet);
        let (mut writer, mut files) = (Parquet.writer(&setting).unwrap(), Files::default());
        writer.begin(&columns, &mut files).unwrap();
        writer.end(&mut files).unwrap();
        assert!(ParquetRecordBatchReaderBuilder::try_new(Bytes::from(files.main)).is_ok());
    }
}
