//! Rows of tables whose values have types: each is an item, or a JSON object with the columns' names.
//!
//! What is not there is left out, so that a missing output is told as one. Texts are read as the cells of a
//! sheet are: one that is a JSON list or object is that, for most programs have no other way to write it.
//!
//! Texts stay where the decoder put them. Everything else is written as JSON, a column of a batch at a time.

mod column;
mod value;

use super::columns::Columns;
use super::fault::Faults;
use super::item::item;
use super::json::{Member, push_text};
use super::row::Parsed;
use crate::domain::imported::{Raw, Remark, RowsAsJson};
use crate::domain::record::ItemField;
use arrow_array::{Array, RecordBatch};
use column::{Column, Entry};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

/// The rows of a batch.
#[derive(Debug)]
pub struct TypedRows {
    columns: Arc<Columns>,
    values: Vec<Column>,
    /// Rows with a number that is none (NaN, or without end), which is `null`.
    no_numbers: BTreeSet<usize>,
    /// Rows with bytes that are no text, which are base64.
    no_texts: BTreeSet<usize>,
}

impl TypedRows {
    pub(super) fn new(columns: Arc<Columns>, batch: &RecordBatch) -> io::Result<Self> {
        let mut rows = Self { columns, values: Vec::new(), no_numbers: BTreeSet::new(), no_texts: BTreeSet::new() };
        for array in batch.columns() {
            let column = match Column::of_texts(array) {
                Some(column) => column,
                None => rows.written(array.as_ref())?,
            };
            rows.values.push(column);
        }
        Ok(rows)
    }

    /// The values of a column that are no texts.
    fn written(&mut self, array: &dyn Array) -> io::Result<Column> {
        let mut column = column::Written::default();
        for at in 0..array.len() {
            let told = column.push(array, at)?;
            if told.no_numbers > 0 {
                self.no_numbers.insert(at);
            }
            if told.no_texts > 0 {
                self.no_texts.insert(at);
            }
        }
        Ok(Column::Written(column))
    }

    /// What was read otherwise than it stands.
    pub(super) fn remarks(&self, at: usize) -> Vec<Remark> {
        let told = [(&self.no_numbers, Remark::NoNumber), (&self.no_texts, Remark::NoText)];
        told.into_iter().filter(|(rows, _)| rows.contains(&at)).map(|(_, remark)| remark).collect()
    }

    /// The row for the file of rejects.
    pub(super) fn raw(self: &Arc<Self>, at: usize) -> Raw {
        Raw::Row { rows: self.clone(), at }
    }

    /// The item of a row.
    pub(super) fn item(&self, at: usize) -> Result<Parsed, Faults> {
        let get = |field: &ItemField| {
            let entry = self.columns.of(field).and_then(|column| self.values[column].entry(at));
            entry.map(|entry| entry.value(field.holds)).transpose()
        };
        item(get, Ok(self.others(at)), Faults::default())
    }

    /// The values that belong in `meta`.
    fn others(&self, at: usize) -> Vec<Member<'_>> {
        let others = self.columns.others.iter().filter_map(|&column| {
            let json: Cow<str> = match self.values[column].entry(at)? {
                Entry::Text("") | Entry::Json("null") => return None,
                Entry::Json(json) => json.into(),
                Entry::Text(text) => {
                    let mut json = String::with_capacity(text.len() + 2);
                    push_text(text, &mut json);
                    json.into()
                }
            };
            Some((self.columns.names[column].as_str().into(), json))
        });
        others.collect()
    }

    /// The row as a JSON object.
    pub(super) fn object(&self, at: usize) -> String {
        let mut object = String::from("{");
        for (name, column) in self.columns.names.iter().zip(&self.values) {
            let Some(entry) = column.entry(at) else { continue };
            object.push_str(if object.len() > 1 { "," } else { "" });
            push_text(name, &mut object);
            object.push(':');
            match entry {
                Entry::Text(text) => push_text(text, &mut object),
                Entry::Json(json) => object.push_str(json),
            }
        }
        object.push('}');
        object
    }
}

impl RowsAsJson for TypedRows {
    fn json(&self, at: usize) -> Vec<u8> {
        self.object(at).into_bytes()
    }

    fn held(&self, at: usize) -> usize {
        self.values.iter().filter_map(|column| column.entry(at)).map(Entry::length).sum()
    }
}
