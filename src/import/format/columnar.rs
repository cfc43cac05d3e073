//! The rows of tables whose values have types, batch by batch.

use super::Records;
use crate::domain::imported::{Origin, Place, RowsAsJson};
use crate::import::columns::Columns;
use crate::import::decoded::{Decoded, DecodedRecord, Values};
use crate::import::fault::ImportError;
use crate::import::row::{RawRecord, Reject};
use crate::import::typed_rows::TypedRows;
use arrow_array::RecordBatch;
use arrow_schema::Schema;
use std::io::{self, Write};
use std::sync::Arc;

/// Gives the batches of a table, until one cannot be read.
pub(super) type Batches = Box<dyn Iterator<Item = io::Result<RecordBatch>> + Send>;

/// The rows of a table.
pub(super) struct Rows {
    /// Where a row stands, but for its number.
    origin: Origin,
    batches: Batches,
    columns: Arc<Columns>,
    /// The present batch, and how many rows it has.
    batch: Option<(Arc<TypedRows>, usize)>,
    /// The next row of the batch.
    at: usize,
    /// Rows that were given.
    count: u64,
    /// Bytes of the values that were given.
    position: u64,
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
        let columns = Arc::new(Columns::new(&file, &names)?);
        let origin = Origin { file, entry, place: Place::Row(0) };
        Ok(Self { origin, batches, columns, batch: None, at: 0, count: 0, position: 0, limit })
    }

    fn record(&mut self, rows: &Arc<TypedRows>, at: usize) -> io::Result<Decoded> {
        self.count += 1;
        let origin = Origin { place: Place::Row(self.count), ..self.origin.clone() };
        let held = rows.held(at);
        self.position += held as u64;
        if held > self.limit {
            let mut file = tempfile::tempfile()?;
            file.write_all(&rows.json(at))?;
            return Ok(Decoded::Reject(Reject::too_long(origin, RawRecord::Spilled(file), self.limit)));
        }
        let (raw, values, remarks) = (rows.raw(at), Values::Typed(rows.clone(), at), rows.remarks(at));
        Ok(Decoded::Record(DecodedRecord { origin, raw, values, remarks }))
    }
}

impl Records for Rows {
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        loop {
            if let Some((rows, count)) = self.batch.take_if(|(_, count)| self.at < *count) {
                let decoded = self.record(&rows, self.at);
                self.at += 1;
                self.batch = Some((rows, count));
                return decoded.map(Some);
            }
            let Some(batch) = self.batches.next() else { return Ok(None) };
            let batch = batch.map_err(|error| after(self.count, &error))?;
            let rows = TypedRows::new(self.columns.clone(), &batch)?;
            (self.batch, self.at) = (Some((rows.into(), batch.num_rows())), 0);
        }
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn columns(&self) -> Option<&[String]> {
        Some(&self.columns.names)
    }

    fn note(&self) -> Option<String> {
        self.columns.note.clone()
    }
}

/// The error with how many rows came before it.
fn after(rows: u64, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("nothing can be read after row {rows}: {error}"))
}
