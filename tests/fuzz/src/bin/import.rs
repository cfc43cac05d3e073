//! Any bytes, read as any format of karat's own and as what they are taken for, are rows or an error.

#![no_main]

use karat_fuzz::own_formats;
use karat_fuzz::rows_or_error;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for format in own_formats().map(Some).chain([None]) {
        rows_or_error(format, bytes.to_vec());
    }
});
