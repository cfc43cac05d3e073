//! Any bytes, read as the file of any other tool, and as a sample in an archive of Inspect AI, are rows or an error.

#![no_main]

use karat_fuzz::import::format::FORMATS;
use karat_fuzz::{archive, rows_or_error};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    // They say what becomes of their fields.
    for format in FORMATS.iter().copied().filter(|format| !format.fields().is_empty()) {
        rows_or_error(Some(format), bytes.to_vec());
    }
    rows_or_error(None, bytes.to_vec());
    let start: &[u8] = br#"{"version":2,"eval":{"task":"t","model":"m"}}"#;
    rows_or_error(None, archive(&[("_journal/start.json", start), ("samples/1_epoch_1.json", bytes)]));
});
