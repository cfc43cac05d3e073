//! JSON Lines: a record a line.

use super::fault::Fault;
use super::item::item;
use super::json::{is_json, slots};
use super::row::{RawRecord, Reject, Row};
use super::source::Source;
use super::value::Value;
use crate::domain::item::Item;
use crate::domain::record::{IMPORTED, item_field};
use std::io;

/// The lines of a JSON Lines file.
pub(super) struct Lines {
    pub limit: usize,
    /// Lines read so far.
    line: u64,
}

impl Lines {
    pub fn new(limit: usize) -> Self {
        Self { limit, line: 0 }
    }

    /// The next line that is not blank; `None` at the end.
    pub fn next(&mut self, source: &mut Source) -> io::Result<Option<Row>> {
        loop {
            let raw = source.line(self.limit)?;
            self.line += 1;
            return Ok(match raw {
                None => None,
                Some(RawRecord::Bytes(raw)) if raw.trim_ascii().is_empty() => continue,
                Some(RawRecord::Bytes(raw)) => {
                    let item = parse(&raw);
                    Some(Row::new(source.origin(self.line), raw, item))
                }
                Some(raw) => Some(Row::Reject(Reject::too_long(source.origin(self.line), raw, self.limit))),
            });
        }
    }
}

fn parse(line: &[u8]) -> Result<Item, Fault> {
    let line = std::str::from_utf8(line)
        .map_err(|error| Fault::new(format!("invalid UTF-8 at byte {}", error.valid_up_to() + 1)))?;
    let record = line.trim_ascii();
    if !record.starts_with('{') && is_json(record) {
        return Err(Value::from_json(record).map_or_else(|fault| fault, |value| value.mistyped("an object")));
    }
    let slots = slots::<IMPORTED>(line, |name| item_field(name).map(|field| field.number))?;
    item(|field| Value::from_slot(slots.known[field.number]), slots.others)
}
