//! Content digests: two texts with one digest are the same text.

/// The first 128 bits of a BLAKE3 hash, as the two numbers that the workspace keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub i64, pub i64);

impl Digest {
    pub fn of(hash: &blake3::Hash) -> Self {
        let bytes = hash.as_bytes();
        let half = |at: usize| i64::from_be_bytes(std::array::from_fn(|i| bytes[at + i]));
        Self(half(0), half(8))
    }
}
