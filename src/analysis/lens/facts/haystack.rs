//! Texts in which many words are looked for, most of them in vain.

/// Bytes of a stretch that is remembered.
const STRETCH: usize = 5;

/// Bits that remember stretches.
const BITS: usize = 1 << 20;

/// Texts, with which stretches of a few bytes they have.
pub(super) struct Haystack {
    texts: Vec<String>,
    /// A set bit for each stretch; now and then it is another's.
    seen: Vec<u64>,
}

impl Haystack {
    pub(super) fn of(texts: impl Iterator<Item = String>) -> Self {
        let texts: Vec<String> = texts.collect();
        let mut seen = vec![0; BITS / 64];
        for stretch in texts.iter().flat_map(|text| text.as_bytes().windows(STRETCH)) {
            let bit = bit(stretch);
            seen[bit / 64] |= 1 << (bit % 64);
        }
        Self { texts, seen }
    }

    /// Whether some text has the word.
    pub(super) fn has(&self, word: &str) -> bool {
        self.has_all(&[word])
    }

    /// Whether one of the texts has all of the words.
    pub(super) fn has_all(&self, words: &[impl AsRef<str>]) -> bool {
        let words = || words.iter().map(AsRef::as_ref);
        words().all(|word| self.may_have(word)) && self.texts.iter().any(|text| words().all(|word| text.contains(word)))
    }

    fn may_have(&self, word: &str) -> bool {
        word.as_bytes().windows(STRETCH).all(|stretch| {
            let bit = bit(stretch);
            self.seen[bit / 64] & 1 << (bit % 64) != 0
        })
    }
}

fn bit(stretch: &[u8]) -> usize {
    let number = stretch.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    (number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 44) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_has_what_its_texts_have(texts in prop::collection::vec("[abé]{0,30}", 0..3), word in "[abé]{0,7}") {
            let has = texts.iter().any(|text| text.contains(&word));
            prop_assert_eq!(Haystack::of(texts.into_iter()).has(&word), has);
        }
    }
}
