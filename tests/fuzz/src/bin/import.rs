//! Any bytes, read as any format and as what they are taken for, are rows or an error.

#![no_main]

use karat_fuzz::import::format::FORMATS;
use karat_fuzz::import::{Options, Reader};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|bytes: &[u8]| {
    for format in FORMATS.iter().map(|format| Some(*format)).chain([None]) {
        let options = Options { format, max_record_bytes: 1 << 12, ..Options::default() };
        if let Ok(reader) = Reader::from_read("a file", Cursor::new(bytes.to_vec()), options) {
            reader.take_while(Result::is_ok).for_each(drop);
        }
    }
});
