//! Columns: an object whose members each hold a value of every record, as `{"q": ["a", "b"], "r": ["c", "d"]}`
//! or, as pandas writes it, `{"q": {"0": "a", "1": "b"}, …}`.

use super::Records;
use crate::domain::imported::{Origin, Place};
use crate::import::decoded::Decoded;
use crate::import::fault::{Fault, ImportError};
use crate::import::input::Input;
use crate::import::json::{elements, members};
use crate::import::no_number;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::Arc;

/// The name of a column as JSON, and where its values stand in the source.
type Column = (String, Vec<Range<usize>>);

/// The records of columns, which are read whole: of each the first value is needed for the first record.
struct Columns {
    name: Arc<str>,
    entry: Option<Arc<str>>,
    note: String,
    source: String,
    columns: Vec<Column>,
    row: usize,
}

/// The records of an input that holds columns of `limit` bytes at most.
pub(super) fn columns(input: Input, limit: usize, note: String) -> Result<Box<dyn Records>, ImportError> {
    let (name, entry) = (input.name.clone(), input.entry.clone());
    let damaged = |reason: String| ImportError::Damaged { name: name.to_string(), format: "JSON", reason };
    let mut bytes = Vec::new();
    let read = input.into_stream(0).take(limit as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|error| ImportError::Io { name: name.to_string(), error })?;
    if bytes.len() > limit {
        let most = limit >> 20;
        return Err(damaged(format!(
            "columns of more than {most} MiB are not put together; write a record a line, with pandas \
             `to_json(FILE, orient='records', lines=True)`"
        )));
    }
    let source = match no_number::with_null(&bytes) {
        Some(mended) => mended,
        None => String::from_utf8(bytes).map_err(|error| damaged(error.utf8_error().to_string()))?,
    };
    let source = source.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(source);
    let columns = columns_of(&source).map_err(|fault| damaged(fault.to_string()))?;
    Ok(Box::new(Columns { name: name.clone(), entry, note, source, columns, row: 0 }))
}

fn columns_of(source: &str) -> Result<Vec<Column>, Fault> {
    let place = |value: &str| {
        let start = value.as_ptr() as usize - source.as_ptr() as usize;
        start..start + value.len()
    };
    let mut columns = Vec::new();
    members(source.trim_ascii(), |name, column| {
        let mut values = Vec::new();
        if column.starts_with('[') {
            elements(column, |_, value| {
                values.push(place(value));
                Ok(())
            })?;
        } else {
            members(column, |_, value| {
                values.push(place(value));
                Ok(())
            })?;
        }
        columns.push((serde_json::Value::from(name.as_ref()).to_string(), values));
        Ok(())
    })?;
    Ok(columns)
}

impl Records for Columns {
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        let value = |(name, values): &Column| {
            values.get(self.row).map(|value| format!("{name}:{}", &self.source[value.clone()]))
        };
        let members: Vec<String> = self.columns.iter().filter_map(value).collect();
        if members.is_empty() {
            return Ok(None);
        }
        self.row += 1;
        let place = Place::Row(self.row as u64);
        let origin = Origin { file: self.name.clone(), entry: self.entry.clone(), place };
        Ok(Some(Decoded::json(origin, format!("{{{}}}", members.join(",")).into_bytes())))
    }

    fn position(&self) -> u64 {
        let rows = self.columns.first().map_or(1, |(_, values)| values.len().max(1));
        (self.source.len() * self.row.min(rows) / rows) as u64
    }

    fn note(&self) -> Option<String> {
        Some(self.note.clone())
    }
}
