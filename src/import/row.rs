//! What a reader gives: records and rejects.

use super::fault::Fault;
use crate::domain::imported::{Origin, Record};
use crate::domain::item::Item;
use std::fs::File;

/// What came of one record of a file.
#[derive(Debug)]
pub enum Row {
    Record(Box<Record>),
    Reject(Reject),
}

/// A record that cannot be imported.
#[derive(Debug)]
pub struct Reject {
    pub origin: Origin,
    /// The path of the field at fault (`context[0].text`), where it is one.
    pub field: Option<String>,
    /// A phrase that follows the field's name: `must be a number, not text`.
    pub reason: String,
    pub raw: RawRecord,
}

/// A record's bytes as they stood in the file.
#[derive(Debug)]
pub enum RawRecord {
    Bytes(Vec<u8>),
    /// A record over the limit, in an unnamed file that is deleted when closed.
    Spilled(File),
}

impl Row {
    pub(super) fn new(origin: Origin, raw: Vec<u8>, item: Result<Item, Fault>) -> Self {
        match item {
            Ok(item) => Row::Record(Box::new(Record::new(origin, raw, item))),
            Err(fault) => Row::Reject(Reject::new(origin, RawRecord::Bytes(raw), fault)),
        }
    }

    /// Bytes of the file that the row holds in memory.
    pub(super) fn held(&self) -> usize {
        match self {
            Row::Record(record) => record.raw.len(),
            Row::Reject(Reject { raw: RawRecord::Bytes(bytes), .. }) => bytes.len(),
            Row::Reject(_) => 0,
        }
    }
}

impl Reject {
    pub(super) fn new(origin: Origin, raw: RawRecord, fault: Fault) -> Self {
        Self { origin, field: fault.field, reason: fault.reason, raw }
    }

    /// The reject of a record that the store refuses, such as one whose id is taken. The
    /// record's bytes go with it.
    pub fn refused(record: &mut Record, field: impl Into<String>, reason: impl Into<String>) -> Self {
        let fault = Fault { field: Some(field.into()), reason: reason.into() };
        Self::new(record.origin.clone(), RawRecord::Bytes(std::mem::take(&mut record.raw)), fault)
    }

    /// The reject of a record that is too long to be read.
    pub(super) fn too_long(origin: Origin, raw: RawRecord, limit: usize) -> Self {
        let limit = if limit >= 1 << 20 { format!("{} MiB", limit >> 20) } else { format!("{limit} bytes") };
        Self::new(origin, raw, Fault::new(format!("the record is longer than {limit}")))
    }
}
