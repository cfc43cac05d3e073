//! Which digests document_hash may hold: a Bloom filter, so that a document that is new
//! is not looked up in a table too large for the cache.

/// Bits of the filter: 16 MiB. It errs for 1 of 10,000 new documents once 2 million are
/// filed, and for 1 of 20 at 20 million, which are then looked up for nothing.
const BITS: usize = 1 << 27;

/// What is known of the digests in document_hash.
pub(super) enum Filed {
    /// Nothing: every digest must be looked up.
    Unknown,
    /// All of them. No words: none is there.
    Known(Vec<u64>),
}

impl Filed {
    pub(super) fn may_hold(&self, hash: i64) -> bool {
        match self {
            Filed::Unknown => true,
            Filed::Known(words) => !words.is_empty() && places(hash).all(|(word, bit)| words[word] & bit != 0),
        }
    }

    pub(super) fn insert(&mut self, hash: i64) {
        let Filed::Known(words) = self else { return };
        if words.is_empty() {
            *words = vec![0; BITS / 64];
        }
        places(hash).for_each(|(word, bit)| words[word] |= bit);
    }
}

/// The bits of a digest: parts of it, as it is random already.
fn places(hash: i64) -> impl Iterator<Item = (usize, u64)> {
    let place = move |shift: u32| (hash as u64 >> shift) as usize % BITS;
    [0, 18, 36].into_iter().map(move |shift| (place(shift) / 64, 1 << (place(shift) % 64)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers without a pattern.
    fn hash(n: i64) -> i64 {
        n.wrapping_mul(0x9e37_79b9_7f4a_7c15_u64 as i64).rotate_left(29).wrapping_mul(0x94d0_49bb_1331_11eb_u64 as i64)
    }

    #[test]
    fn what_was_filed_is_held_and_little_else() {
        let mut filed = Filed::Known(Vec::new());
        assert!(!filed.may_hold(hash(1)), "nothing is filed yet");
        (0..100_000).for_each(|n| filed.insert(hash(n)));
        assert!((0..100_000).all(|n| filed.may_hold(hash(n))));
        let wrong = (100_000..200_000).filter(|n| filed.may_hold(hash(*n))).count();
        assert!(wrong < 100, "{wrong} of 100,000");
    }

    #[test]
    fn an_unknown_table_may_hold_anything() {
        let mut filed = Filed::Unknown;
        filed.insert(1);
        assert!(filed.may_hold(2));
    }
}
