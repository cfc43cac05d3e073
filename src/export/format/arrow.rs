//! Arrow IPC, as a file: what pandas and others call Feather.

use super::{Files, Format, RowWriter, Setting};
use crate::domain::record::Cell;
use crate::domain::spec::Spec;
use crate::export::batch::{Batches, failed};
use crate::export::columns::ExportColumn;
use crate::export::compression::Compression;
use arrow_array::RecordBatch;
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use std::io;

pub(super) struct Arrow;

impl Format for Arrow {
    fn name(&self) -> &'static str {
        "arrow"
    }

    fn about(&self) -> &'static str {
        "an Arrow IPC file (Feather), typed as Parquet"
    }

    fn extension(&self) -> &'static str {
        "arrow"
    }

    fn is_flat(&self) -> bool {
        false
    }

    fn compresses_itself(&self) -> Option<&'static [Compression]> {
        Some(&[Compression::Zstd])
    }

    fn writer(&self, setting: &Setting) -> io::Result<Box<dyn RowWriter>> {
        let compression = setting.compression.map(|_| CompressionType::ZSTD);
        Ok(Box::new(Writer { spec: setting.spec.clone(), compression, open: None }))
    }
}

struct Writer {
    spec: Spec,
    compression: Option<CompressionType>,
    open: Option<(Batches, FileWriter<Vec<u8>>)>,
}

/// Writes the batch, and moves it to the end of `out`.
fn put(writer: &mut FileWriter<Vec<u8>>, batch: Option<RecordBatch>, out: &mut Vec<u8>) -> io::Result<()> {
    if let Some(batch) = batch {
        writer.write(&batch).map_err(failed)?;
    }
    out.append(writer.get_mut());
    Ok(())
}

impl RowWriter for Writer {
    fn begin(&mut self, columns: &[ExportColumn], files: &mut Files) -> io::Result<()> {
        let batches = Batches::new(columns, &self.spec);
        let options = IpcWriteOptions::default().try_with_compression(self.compression).map_err(failed)?;
        let mut writer = FileWriter::try_new_with_options(Vec::new(), &batches.schema, options).map_err(failed)?;
        put(&mut writer, None, &mut files.main)?;
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
        writer.finish().map_err(failed)?;
        files.main.append(writer.get_mut());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::format_option::GivenOptions;
    use crate::export::batch::read;
    use crate::export::format::parquet::tests::expected;
    use crate::export::format::samples;
    use arrow_ipc::reader::FileReader;
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use std::io::Cursor;

    proptest! {
        #[test]
        fn what_is_written_is_read_with_its_types(items in vec(samples::item(), 0..5)) {
            let files = samples::written(&Arrow, &GivenOptions::default(), &items);
            let reader = FileReader::try_new(Cursor::new(files.main), None).unwrap();
            let rows: Vec<Value> = reader.flat_map(|batch| read::rows(&batch.unwrap())).collect();
            let mut should_be = Vec::new();
            samples::each_row(&Arrow, &items, |cells| should_be.push(expected(&samples::columns(&Arrow), cells)));
            prop_assert_eq!(json!(rows), json!(should_be));
        }
    }
}
