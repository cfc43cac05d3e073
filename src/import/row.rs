//! What a reader gives: records and rejects.

use super::fault::Fault;
use super::hash;
use crate::domain::digest::Digest;
use crate::domain::item::Item;
use std::fs::File;

/// What came of one record of a file.
#[derive(Debug)]
pub enum Row {
    Record(Box<Record>),
    Reject(Reject),
}

/// A record that became an item.
#[derive(Debug)]
pub struct Record {
    /// The line it starts on, from 1.
    pub line: u64,
    /// The record as it stood in the file, without its line end.
    pub raw: Vec<u8>,
    pub item: Item,
    /// Of all that the item holds but its id. It does not depend on
    /// the order of the fields, on how a number is written in a field of numbers, or on
    /// whether a default is written out; it does on every byte of a JSON content.
    pub digest: Digest,
    /// Of each of `item.context`.
    pub document_digests: Vec<Digest>,
}

/// A record that cannot be imported.
#[derive(Debug)]
pub struct Reject {
    /// The line it starts on, from 1.
    pub line: u64,
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
    /// A record over the limit, in a file without a name that is gone once closed.
    Spilled(File),
}

impl Row {
    pub(super) fn new(line: u64, raw: Vec<u8>, item: Result<Item, Fault>) -> Self {
        match item {
            Ok(item) => Row::Record(Box::new(Record::new(line, raw, item))),
            Err(fault) => Row::Reject(Reject::new(line, RawRecord::Bytes(raw), fault)),
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

impl Record {
    /// A record whose item is known to keep the rules.
    pub fn new(line: u64, raw: Vec<u8>, item: Item) -> Self {
        let documents: Vec<_> = item.context.iter().map(|document| hash::document(document)).collect();
        let digest = hash::item(&item, &documents);
        Self { line, raw, item, digest, document_digests: documents.iter().map(Digest::of).collect() }
    }

    /// The reject of a record that the store refuses, such as one whose id is taken. The
    /// record's bytes go with it.
    pub fn reject(&mut self, field: impl Into<String>, reason: impl Into<String>) -> Reject {
        let fault = Fault { field: Some(field.into()), reason: reason.into() };
        Reject::new(self.line, RawRecord::Bytes(std::mem::take(&mut self.raw)), fault)
    }
}

impl Reject {
    pub(super) fn new(line: u64, raw: RawRecord, fault: Fault) -> Self {
        Self { line, field: fault.field, reason: fault.reason, raw }
    }

    /// The reject of a record that is too long to be read.
    pub(super) fn too_long(line: u64, raw: RawRecord, limit: usize) -> Self {
        let limit = if limit >= 1 << 20 { format!("{} MiB", limit >> 20) } else { format!("{limit} bytes") };
        Self::new(line, raw, Fault::new(format!("the record is longer than {limit}")))
    }
}
