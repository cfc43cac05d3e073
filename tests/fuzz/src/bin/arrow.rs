//! Any bytes are the rows of an Arrow file or stream, or an error.

#![no_main]

use karat_fuzz::import::format::by_name;
use karat_fuzz::rows_or_error;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| rows_or_error(by_name("arrow"), bytes.to_vec()));
