//! Fingerprints of items and documents, alike in every version of karat: each field
//! goes in as its tag, its length and its bytes, so that no two contents read alike.
//! A new field must take a new tag, and must add nothing where it is absent.

use crate::domain::digest::Digest;
use crate::domain::item::{Content, Document, Item};
use blake3::{Hash, Hasher};

/// The fingerprint of a document with everything that is known of it.
pub(super) fn document(document: &Document) -> Hash {
    let mut tagged = Tagged::new(b"karat document 1");
    tagged.text(1, document.title.as_ref());
    tagged.text(2, Some(&document.text));
    tagged.text(3, document.url.as_ref());
    tagged.text(4, document.id.as_ref());
    tagged.integer(5, document.updated_at);
    tagged.0.finalize()
}

/// The fingerprint of all that an item holds but its id; `documents` are the
/// fingerprints of its context.
pub(super) fn item(item: &Item, documents: &[Hash]) -> Digest {
    let mut tagged = Tagged::new(b"karat item 1");
    tagged.content(1, Some(&item.input));
    tagged.content(2, Some(&item.output));
    documents.iter().for_each(|hash| tagged.bytes(3, hash.as_bytes()));
    tagged.content(4, item.reference.as_ref());
    tagged.text(5, item.case.as_ref());
    tagged.integer(6, Some(item.attempt));
    tagged.integer(7, Some(item.priority));
    tagged.text(8, item.model.as_ref());
    tagged.text(9, item.prompt_version.as_ref());
    tagged.number(10, item.latency_ms);
    tagged.number(11, item.cost_usd);
    tagged.integer(12, item.tokens_in);
    tagged.integer(13, item.tokens_out);
    tagged.integer(14, item.created_at);
    item.tags.iter().for_each(|tag| tagged.text(15, Some(tag)));
    tagged.text(16, item.meta.as_ref());
    Digest::of(&tagged.0.finalize())
}

struct Tagged(Hasher);

impl Tagged {
    fn new(what: &[u8]) -> Self {
        let mut tagged = Tagged(Hasher::new());
        tagged.bytes(0, what);
        tagged
    }

    fn bytes(&mut self, tag: u8, bytes: &[u8]) {
        let mut head = [tag; 9];
        head[1..].copy_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.0.update(&head).update(bytes);
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

    fn number(&mut self, tag: u8, number: Option<f64>) {
        if let Some(number) = number {
            self.bytes(tag, &number.to_bits().to_le_bytes());
        }
    }

    fn content(&mut self, tag: u8, content: Option<&Content>) {
        if let Some(content) = content {
            self.bytes(tag, content.kind.code().as_bytes());
            self.bytes(tag, content.text.as_bytes());
        }
    }
}
