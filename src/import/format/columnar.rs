//! Rows of tables whose values have types: each becomes a JSON object with the columns' names.
//!
//! What is not there is left out, so that a missing output is told as one. Texts are read as the cells of a
//! sheet are: one that is a JSON list or object is that, for most programs have no other way to write it.

mod value;

use super::Records;
use crate::domain::imported::{Origin, Place, Remark};
use crate::import::columns::Columns;
use crate::import::decoded::{Decoded, DecodedRecord, Texts, Values};
use crate::import::fault::ImportError;
use crate::import::row::{RawRecord, Reject};
use arrow_array::{Array, RecordBatch};
use arrow_schema::Schema;
use std::io::{self, Write};
use std::sync::Arc;
use value::Written;

/// Gives the batches of a table, until one cannot be read.
pub(super) type Batches = Box<dyn Iterator<Item = io::Result<RecordBatch>> + Send>;

/// The rows of a table.
pub(super) struct Rows {
    /// Where a row stands, but for its number.
    origin: Origin,
    batches: Batches,
    columns: Vec<String>,
    /// The columns' names, as members of an object begin.
    beginnings: Vec<Vec<u8>>,
    note: Option<String>,
    batch: Option<RecordBatch>,
    /// The next row of the batch.
    at: usize,
    /// Rows that were given.
    count: u64,
    /// Bytes of the rows that were given.
    position: u64,
    /// Bytes of the last of them: the next takes about as many.
    usual: usize,
    limit: usize,
}

impl Rows {
    /// Fails when two columns have one name that karat knows.
    pub(super) fn new(
        file: Arc<str>,
        entry: Option<Arc<str>>,
        schema: &Schema,
        batches: Batches,
        limit: usize,
    ) -> Result<Self, ImportError> {
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        let Columns { names: columns, note, .. } = Columns::new(&file, &names)?;
        let beginnings = columns.iter().map(|name| format!("{}:", serde_json::Value::from(name.as_str())).into());
        Ok(Self {
            beginnings: beginnings.collect(),
            columns,
            note,
            origin: Origin { file, entry, place: Place::Row(0) },
            batches,
            batch: None,
            at: 0,
            count: 0,
            position: 0,
            usual: 0,
            limit,
        })
    }

    /// A row of a batch as a JSON object.
    fn record(&mut self, batch: &RecordBatch, at: usize) -> io::Result<Decoded> {
        self.count += 1;
        let origin = Origin { place: Place::Row(self.count), ..self.origin.clone() };
        let (mut raw, mut written) = (Vec::with_capacity(self.usual + self.usual / 4), Written::default());
        raw.push(b'{');
        for (column, beginning) in batch.columns().iter().zip(&self.beginnings) {
            if column.is_null(at) {
                continue;
            }
            if raw.len() > 1 {
                raw.push(b',');
            }
            raw.extend_from_slice(beginning);
            written.value(column.as_ref(), at, &mut raw)?;
        }
        raw.push(b'}');
        self.position += raw.len() as u64;
        self.usual = raw.len().min(1 << 16);
        if raw.len() > self.limit {
            let mut file = tempfile::tempfile()?;
            file.write_all(&raw)?;
            return Ok(Decoded::Reject(Reject::too_long(origin, RawRecord::Spilled(file), self.limit)));
        }
        let remarks = [(written.no_numbers, Remark::NoNumber), (written.no_texts, Remark::NoText)];
        let remarks = remarks.into_iter().filter(|(count, _)| *count > 0).map(|(_, remark)| remark).collect();
        Ok(Decoded::Record(DecodedRecord { origin, raw, values: Values::Raw(Texts::Cells), remarks }))
    }
}

impl Records for Rows {
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        loop {
            if let Some(batch) = self.batch.take_if(|batch| self.at < batch.num_rows()) {
                let decoded = self.record(&batch, self.at);
                self.at += 1;
                self.batch = Some(batch);
                return decoded.map(Some);
            }
            match self.batches.next() {
                Some(batch) => (self.batch, self.at) = (Some(batch.map_err(|error| after(self.count, &error))?), 0),
                None => return Ok(None),
            }
        }
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn columns(&self) -> Option<&[String]> {
        Some(&self.columns)
    }

    fn note(&self) -> Option<String> {
        self.note.clone()
    }
}

/// The error with how many rows came before it.
fn after(rows: u64, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("nothing can be read after row {rows}: {error}"))
}
