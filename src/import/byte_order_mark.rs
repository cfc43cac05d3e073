//! The mark that many programs of Windows write before a text. Where files were joined it
//! stands before any record.

use std::io::{self, Read};

pub(super) const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A record without the marks before it.
pub(super) fn without_mark(mut record: &[u8]) -> &[u8] {
    while let Some(rest) = record.strip_prefix(BYTE_ORDER_MARK) {
        record = rest;
    }
    record
}

/// A stream that gives no part of a mark without its rest: whoever looks at a piece sees whole marks.
pub(super) struct WholeMarks<R> {
    input: R,
    /// The beginning of a mark for which the last piece had no room.
    held: Vec<u8>,
}

impl<R: Read> WholeMarks<R> {
    pub(super) fn new(input: R) -> Self {
        Self { input, held: Vec::new() }
    }
}

impl<R: Read> Read for WholeMarks<R> {
    fn read(&mut self, piece: &mut [u8]) -> io::Result<usize> {
        let mut count = self.held.len().min(piece.len());
        piece[..count].copy_from_slice(&self.held[..count]);
        self.held.drain(..count);
        loop {
            let more = self.input.read(&mut piece[count..])?;
            count += more;
            let begun = begun_mark(&piece[..count]);
            if more == 0 || begun == 0 {
                return Ok(count);
            }
            if count == piece.len() && begun < count {
                self.held = piece[count - begun..].to_vec();
                return Ok(count - begun);
            }
        }
    }
}

/// The bytes at the end that a mark may begin with.
fn begun_mark(bytes: &[u8]) -> usize {
    (1..BYTE_ORDER_MARK.len()).rev().find(|&count| bytes.ends_with(&BYTE_ORDER_MARK[..count])).unwrap_or(0)
}
