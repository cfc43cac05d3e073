//! Any XML is the sheet of a workbook or an error. What is fuzzed are the parts of a workbook, not their
//! compression: each begins with a line `--- NAME`. Other bytes are read as a workbook as they are.

#![no_main]

use karat_fuzz::import::format::by_name;
use karat_fuzz::{archive, rows_or_error};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let workbook = match std::str::from_utf8(bytes).ok().and_then(|text| text.strip_prefix("--- ")) {
        Some(text) => {
            let parts = text.split("\n--- ").filter_map(|part| part.split_once('\n'));
            archive(&parts.map(|(name, part)| (name, part.as_bytes())).collect::<Vec<_>>())
        }
        None => bytes.to_vec(),
    };
    rows_or_error(by_name("xlsx"), workbook);
});
