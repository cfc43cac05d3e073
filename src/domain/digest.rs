//! Content digests: two texts with one digest are the same text.
//!
//! Digests of items and documents are alike in every version of karat: each field goes
//! in as its tag, its length and its bytes, so that no two contents read alike. A field's
//! number is its tag, so that a new one takes a new tag; where it is absent it must add
//! nothing.

use super::item::{Document, Item};
use super::record::{BY_NUMBER, Cell};
use blake3::{Hash, Hasher};
use std::fmt;

/// The first 128 bits of a BLAKE3 hash, as the two numbers that the workspace keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub i64, pub i64);

impl Digest {
    pub fn of(hash: &Hash) -> Self {
        let bytes = hash.as_bytes();
        let half = |at: usize| i64::from_be_bytes(std::array::from_fn(|i| bytes[at + i]));
        Self(half(0), half(8))
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{:016x}{:016x}", self.0, self.1)
    }
}

/// A name for content that has none: 16 hexadecimal digits of its hash.
pub fn short(content: &[u8]) -> String {
    blake3::hash(content).to_hex()[..16].to_owned()
}

/// The fingerprint of a document with everything that is known of it.
pub fn document_hash(document: &Document) -> Hash {
    let mut tagged = Tagged::new(b"karat document 1", document.text.len());
    tagged.text(1, document.title.as_ref());
    tagged.text(2, Some(&document.text));
    tagged.text(3, document.url.as_ref());
    tagged.text(4, document.id.as_ref());
    tagged.integer(5, document.updated_at);
    tagged.finish()
}

/// Number of the `id` field, which is no part of the content.
const ID: usize = 0;

/// The fingerprint of all that an item holds but its id; `documents` are the
/// fingerprints of its context.
pub fn item_digest(item: &Item, documents: &[Hash]) -> Digest {
    let mut tagged = Tagged::new(b"karat item 1", item.input.text.len() + item.output.text.len());
    for field in BY_NUMBER.iter().filter(|field| field.number != ID) {
        tagged.cell(field.number as u8, field.own(item), documents);
    }
    Digest::of(&tagged.finish())
}

/// Longest content that is put together before it is hashed.
const AT_ONCE: usize = 64 << 10;

/// Room for the heads of all fields, and for those that are short.
const ROOM: usize = 512;

/// What goes into a fingerprint, put together: in one piece it is hashed faster than part by part.
struct Tagged {
    pending: Vec<u8>,
    /// Of what went before, where that is much.
    hasher: Option<Hasher>,
}

impl Tagged {
    /// Begins a fingerprint of what is told by `what`, with texts of so many bytes.
    fn new(what: &[u8], texts: usize) -> Self {
        let mut tagged = Self { pending: Vec::with_capacity(ROOM + texts.min(AT_ONCE)), hasher: None };
        tagged.bytes(0, what);
        tagged
    }

    fn bytes(&mut self, tag: u8, bytes: &[u8]) {
        let mut head = [tag; 9];
        head[1..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.pending.extend_from_slice(&head);
        if self.pending.len() + bytes.len() <= AT_ONCE {
            self.pending.extend_from_slice(bytes);
        } else {
            self.hasher.get_or_insert_default().update(&self.pending).update(bytes);
            self.pending.clear();
        }
    }

    fn finish(self) -> Hash {
        match self.hasher {
            None => blake3::hash(&self.pending),
            Some(mut hasher) => hasher.update(&self.pending).finalize(),
        }
    }

    fn text(&mut self, tag: u8, text: Option<&String>) {
        if let Some(text) = text {
            self.bytes(tag, text.as_bytes());
        }
    }

    fn integer(&mut self, tag: u8, integer: Option<i64>) {
        if let Some(integer) = integer {
            self.bytes(tag, &integer.to_le_bytes());
        }
    }

    fn cell(&mut self, tag: u8, cell: Cell, documents: &[Hash]) {
        match cell {
            Cell::Null | Cell::Scores(_) | Cell::Marks(_) => {} // an item has neither of the last two
            Cell::Text(text) | Cell::Json(text) => self.bytes(tag, text.as_bytes()),
            Cell::Integer(number) | Cell::Time(number) => self.bytes(tag, &number.to_le_bytes()),
            Cell::Real(number) => self.bytes(tag, &number.to_bits().to_le_bytes()),
            Cell::Content(kind, text) => {
                self.bytes(tag, kind.code().as_bytes());
                self.bytes(tag, text.as_bytes());
            }
            Cell::Words(words) => words.iter().for_each(|word| self.bytes(tag, word.as_bytes())),
            Cell::Documents(_) => documents.iter().for_each(|hash| self.bytes(tag, hash.as_bytes())),
        }
    }
}
