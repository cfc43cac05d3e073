//! What a reader gives: records and rejects.

use super::fault::{Fault, Faults};
use crate::domain::imported::{Origin, Raw, Record, Remark};
use crate::domain::item::Item;
use crate::domain::judge::ImportedJudgement;
use std::fs::File;

/// What came of one record of a file.
#[derive(Debug)]
pub enum Row {
    Record(Box<Record>),
    Reject(Reject),
    /// Not a record, for the reason that the remark gives.
    PassedOver(Origin, Remark),
}

/// An item, and what is to be said of how it was read.
pub(super) struct Parsed {
    pub item: Item,
    /// What judges say of it.
    pub judgements: Vec<ImportedJudgement>,
    /// The `meta` of the item alone, where an export tells of a decision too.
    pub bare_meta: Option<Option<String>>,
    pub remarks: Vec<Remark>,
}

/// A record that cannot be imported.
#[derive(Debug)]
pub struct Reject {
    pub origin: Origin,
    /// At least one.
    pub faults: Faults,
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
    pub(super) fn new(origin: Origin, raw: impl Into<Raw>, parsed: Result<Parsed, Faults>) -> Self {
        match parsed {
            Ok(Parsed { item, judgements, bare_meta, remarks }) => {
                let mut record = Record::new(origin, raw, item);
                (record.remarks, record.judgements) = (remarks, judgements);
                if let Some(meta) = bare_meta {
                    record.is_exported_with(meta);
                }
                Row::Record(Box::new(record))
            }
            Err(faults) => Row::Reject(Reject { origin, faults, raw: RawRecord::Bytes(raw.into().into_bytes()) }),
        }
    }

    pub(super) fn origin_mut(&mut self) -> &mut Origin {
        match self {
            Row::Record(record) => &mut record.origin,
            Row::Reject(reject) => &mut reject.origin,
            Row::PassedOver(origin, _) => origin,
        }
    }

    /// Bytes of the file that the row holds in memory.
    pub(super) fn held(&self) -> usize {
        match self {
            Row::Record(record) => record.raw.held(),
            Row::Reject(Reject { raw: RawRecord::Bytes(bytes), .. }) => bytes.len(),
            Row::Reject(_) | Row::PassedOver(..) => 0,
        }
    }
}

impl Reject {
    /// The reject of a record that the store refuses, such as one whose id is taken.
    pub fn refused(record: &Record, field: impl Into<String>, reason: impl Into<String>) -> Self {
        let fault = Fault { field: Some(field.into()), reason: reason.into() };
        let (origin, raw) = (record.origin.clone(), RawRecord::Bytes(record.raw.bytes().into_owned()));
        Self { origin, faults: fault.into(), raw }
    }

    /// The reject of a record that a check keeps out.
    pub fn by_check(record: Record, check: &str, reason: &str) -> Self {
        let faults = Fault::new(format!("refused by the check `{check}`: {reason}")).into();
        Self { origin: record.origin, faults, raw: RawRecord::Bytes(record.raw.into_bytes()) }
    }

    /// The reject of a record of which what judges say does not fit the spec.
    pub fn by_spec(record: Record, faults: Faults) -> Self {
        Self { origin: record.origin, faults, raw: RawRecord::Bytes(record.raw.into_bytes()) }
    }

    /// The reject of a record that is too long to be read.
    pub(super) fn too_long(origin: Origin, raw: RawRecord, limit: usize) -> Self {
        let limit = if limit >= 1 << 20 { format!("{} MiB", limit >> 20) } else { format!("{limit} bytes") };
        Self { origin, faults: Fault::new(format!("the record is longer than {limit}")).into(), raw }
    }
}
