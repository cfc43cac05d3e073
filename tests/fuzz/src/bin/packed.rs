//! Any bytes, as they are and as members of an archive, packed or not, are rows or an error.

#![no_main]

use karat_fuzz::{archive, rows_or_error};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    rows_or_error(None, bytes.to_vec());
    // What stands behind a checksum in an archive is seldom reached by chance.
    rows_or_error(None, archive(&[("inner.zip", bytes)]));
    rows_or_error(None, archive(&[("rows.csv.gz", bytes), ("../readme", b"Words")]));
});
