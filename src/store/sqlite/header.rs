//! The first bytes of a workspace's file, which say how long it must be.

use crate::store::error::{Result, StoreError};
use std::io::Read;
use std::path::Path;

/// How every SQLite file begins.
const MAGIC: &[u8] = b"SQLite format 3\0";

/// Bytes of the header (<https://www.sqlite.org/fileformat.html>, 1.3).
const LENGTH: usize = 100;

/// Fails where bytes are missing at the file's end. Call it where no log may hold them.
pub(super) fn refuse_truncated(path: &Path) -> Result<()> {
    let opening = |source: std::io::Error| StoreError::Open { path: path.into(), source: source.into() };
    let mut header = Vec::new();
    let mut file = std::fs::File::open(path).map_err(opening)?;
    file.by_ref().take(LENGTH as u64).read_to_end(&mut header).map_err(opening)?;
    let is = file.metadata().map_err(opening)?.len();
    let of = match header.len() {
        _ if !header.starts_with(MAGIC) => return Ok(()),
        LENGTH => length(&header),
        _ => LENGTH as u64,
    };
    if is < of { Err(StoreError::Truncated { path: path.into(), missing: of - is, of }) } else { Ok(()) }
}

/// Bytes that the file has when it is whole; 0 where the header does not say.
fn length(header: &[u8]) -> u64 {
    let number = |at: usize| header[at..at + 4].iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
    let page = match number(14) & 0xffff {
        1 => 65536, // the field is too narrow for it
        page => page,
    };
    // The number of pages holds where the change that set it is the last one.
    let is_known = number(24) == number(92);
    if is_known { number(28) * page } else { 0 }
}
