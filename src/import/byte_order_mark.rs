//! The mark that many programs of Windows write before a text. Where files were joined it
//! stands before any record.

pub(super) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A record without the marks before it.
pub(super) fn without_mark(mut record: &[u8]) -> &[u8] {
    while let Some(rest) = record.strip_prefix(BYTE_ORDER_MARK) {
        record = rest;
    }
    record
}
