//! Files that are followed, and how far each was read.

use super::digest;

/// Bytes at the beginning of a file, and before the place up to which it was read, by which it is known again.
pub const KNOWN_BY: u64 = 1024;

/// A file that is followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// UUID, version 7: of two the later is the greater.
    pub id: String,
    /// The whole path under which it was seen last.
    pub path: String,
    pub mark: Mark,
}

/// How far a file was read, and how it is known again when it has another name, or its name another file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// Bytes that were read.
    pub position: u64,
    /// Line ends among them; `None` where they were not counted.
    pub lines: Option<u64>,
    /// Digest of the first [`KNOWN_BY`] bytes, or of fewer where fewer were read.
    pub head: String,
    /// Digest of as many before the position; of all before it, where lines were not counted.
    pub tail: String,
}

impl Mark {
    /// The mark behind `position` bytes, whose first and last ones these are.
    pub fn of(position: u64, lines: Option<u64>, head: &[u8], tail: &[u8]) -> Self {
        Self { position, lines, head: digest::short(head), tail: digest::short(tail) }
    }

    /// How many bytes it is known by at either end.
    pub fn known_by(&self) -> u64 {
        self.position.min(KNOWN_BY)
    }
}

impl Followed {
    /// A file of which nothing was read.
    pub fn new(id: String, path: String) -> Self {
        Self { id, path, mark: Mark::default() }
    }
}
