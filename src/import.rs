//! Files in, items out.

use crate::domain::digest::Digest;
use crate::domain::item::Item;

/// One record of a file.
pub struct Record {
    pub line: u64,
    /// The record as it stood in the file.
    pub raw: Vec<u8>,
    pub item: Item,
    /// Of the item's content.
    pub digest: Digest,
    /// Of each context document.
    pub document_digests: Vec<Digest>,
}

impl Record {
    pub fn new(line: u64, raw: Vec<u8>, item: Item) -> Self {
        let digest = |text: String| Digest::of(&blake3::hash(text.as_bytes()));
        let document_digests = item.context.iter().map(|document| digest(format!("{document:?}"))).collect();
        Record { line, raw, digest: digest(format!("{item:?}")), item, document_digests }
    }
}
