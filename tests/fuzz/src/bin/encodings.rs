//! A table in UTF-16 is the same rows as in UTF-8, and in whatever encoding bytes are, they are rows or an error.

#![no_main]

use karat_fuzz::import::format::by_name;
use karat_fuzz::import::{Options, Reader, Row};
use karat_fuzz::rows_or_error;
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|bytes: &[u8]| {
    rows_or_error(by_name("csv"), bytes.to_vec());
    // A second mark is a character, and what is full of zeros is taken for UTF-16 itself.
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains(['\u{feff}', '\0'])
        && let Some(table) = rows(bytes.to_vec())
    {
        let units = || text.encode_utf16();
        let little = units().flat_map(u16::to_le_bytes);
        let big = units().flat_map(u16::to_be_bytes);
        assert_eq!(rows([0xff, 0xfe].into_iter().chain(little).collect()).as_ref(), Some(&table));
        assert_eq!(rows([0xfe, 0xff].into_iter().chain(big).collect()).as_ref(), Some(&table));
    }
});

/// What comes of each row of a table, or nothing where it is none.
fn rows(bytes: Vec<u8>) -> Option<Vec<String>> {
    let options = Options { format: by_name("csv"), ..Options::default() };
    let rows = Reader::from_read("a file", Cursor::new(bytes), options).ok()?;
    Some(rows.map_while(Result::ok).map(|row| told(&row)).collect())
}

fn told(row: &Row) -> String {
    match row {
        Row::Record(record) => format!("{}: {:?}", record.origin.place, record.item),
        Row::Reject(reject) => format!("{}: {}", reject.origin.place, reject.faults),
        Row::PassedOver(origin, remark) => format!("{}: {remark:?}", origin.place),
    }
}
