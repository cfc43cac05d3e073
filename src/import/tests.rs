//! What a user of the import would notice.

mod adversarial;
mod csv;
mod fields;
mod hash;
mod json;
mod jsonl;
mod pipeline;
mod properties;
mod proposal;
mod reject;
mod tables;

use super::*;
use crate::domain::imported::{Origin, Place, Raw, Record};
use crate::domain::item::Item;
use std::io::Cursor;

fn read_as(format: Option<&str>, limit: usize, bytes: &[u8]) -> Result<Vec<Row>, ImportError> {
    let format = format.map(|name| format::by_name(name).unwrap());
    let options = Options { format, max_record_bytes: limit, ..Options::default() };
    let reader = Reader::from_read("a file", Cursor::new(bytes.to_vec()), options)?;
    Ok(reader.map(|row| row.expect("memory does not fail")).collect())
}

fn jsonl(text: impl AsRef<[u8]>) -> Vec<Row> {
    read_as(Some("jsonl"), MAX_RECORD_BYTES, text.as_ref()).unwrap()
}

fn csv(text: impl AsRef<[u8]>) -> Vec<Row> {
    read_as(Some("csv"), MAX_RECORD_BYTES, text.as_ref()).unwrap()
}

fn record(row: Row) -> Record {
    match row {
        Row::Record(record) => *record,
        row => panic!("no record: {row:?}"),
    }
}

fn only(mut rows: Vec<Row>) -> Row {
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

/// The item of a single JSON line.
fn item(line: &str) -> Item {
    record(only(jsonl(line))).item
}

/// The field and the reason of a single row that is rejected.
fn fault(rows: Vec<Row>) -> (Option<String>, String) {
    match only(rows) {
        Row::Reject(reject) => {
            reject.faults.iter().next().map(|fault| (fault.field.clone(), fault.reason.clone())).unwrap()
        }
        row => panic!("accepted: {row:?}"),
    }
}

impl Row {
    fn place(&self) -> String {
        match self {
            Row::Record(record) => record.origin.place.to_string(),
            Row::Reject(reject) => reject.origin.place.to_string(),
            Row::PassedOver(origin, _) => origin.place.to_string(),
        }
    }
}

fn line_and_bytes(row: &Row) -> (u64, &[u8]) {
    match row {
        Row::Record(record) => match &record.raw {
            Raw::Bytes(bytes) => (record.origin.place.line(), bytes),
            raw => panic!("no bytes: {raw:?}"),
        },
        Row::Reject(Reject { origin, raw: RawRecord::Bytes(bytes), .. }) => (origin.place.line(), bytes),
        row => panic!("no bytes: {row:?}"),
    }
}
