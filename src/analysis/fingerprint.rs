//! Fingerprints: the words of a text and their pairs, hashed. Two texts are as similar as
//! the share of these hashes that they have in common.

use unicode_segmentation::UnicodeSegmentation;

/// Words of a text that are taken into its fingerprint; more change little.
const WORDS: usize = 4000;

/// Similarity from which on two texts differ in details alone.
pub const NEAR_DUPLICATE: f64 = 0.8;

/// Number of bands, the keys by which similar texts are found.
pub const BANDS: usize = 4;

/// Hashed words and pairs of words of a text.
pub struct Fingerprint {
    /// Hashes of words and of pairs of words, sorted, each once.
    shingles: Vec<u64>,
}

impl Fingerprint {
    pub fn of(text: &str) -> Self {
        let mut shingles = Vec::new();
        let mut before = None;
        for word in text.unicode_words().take(WORDS) {
            let word = hash(word.to_lowercase().as_bytes());
            shingles.push(word);
            shingles.extend(before.map(|before: u64| mixed(before.rotate_left(1) ^ word)));
            before = Some(word);
        }
        shingles.sort_unstable();
        shingles.dedup();
        Self { shingles }
    }

    /// Similarity from 0 (nothing in common) to 1 (equal words in equal pairs): Jaccard's index.
    pub fn similarity(&self, other: &Self) -> f64 {
        let (mut ours, mut theirs) = (self.shingles.as_slice(), other.shingles.as_slice());
        let mut common = 0;
        while let (Some((a, rest)), Some((b, others))) = (ours.split_first(), theirs.split_first()) {
            match a.cmp(b) {
                std::cmp::Ordering::Less => ours = rest,
                std::cmp::Ordering::Greater => theirs = others,
                std::cmp::Ordering::Equal => {
                    common += 1;
                    (ours, theirs) = (rest, others);
                }
            }
        }
        let all = self.shingles.len() + other.shingles.len() - common;
        if all == 0 { 1.0 } else { common as f64 / all as f64 }
    }

    /// Bands of the fingerprint (MinHash, two hashes a band). Similar texts share at least one:
    /// at a similarity of 0.85 all but one in 150 do, at 0.1 one in 25.
    pub fn bands(&self) -> [i64; BANDS] {
        let least = |salt: usize| {
            let salt = mixed(salt as u64 + 1);
            self.shingles.iter().map(|shingle| mixed(shingle ^ salt)).min().unwrap_or(0)
        };
        std::array::from_fn(|band| mixed(least(2 * band).rotate_left(1) ^ least(2 * band + 1)) as i64)
    }
}

/// The most distinctive words of a text: the longest, which are mostly the rarest; in scripts
/// without spaces, pairs of characters.
pub fn distinctive(text: &str, count: usize) -> Vec<String> {
    let mut words = Vec::new();
    let mut before = "";
    for word in text.unicode_words().take(WORDS) {
        let is_sign = |word: &str| word.len() > 1 && word.chars().count() == 1;
        if is_sign(word) && is_sign(before) {
            words.push(format!("{before}{word}"));
        } else if word.len() > 1 && !is_sign(word) {
            words.push(word.to_lowercase());
        }
        before = word;
    }
    words.sort_by_key(|word| (std::cmp::Reverse(word.len()), word.clone()));
    words.dedup();
    words.truncate(count);
    words
}

/// Hash that must stay equal on every machine and in every version, since the database keeps
/// what is made of it (FNV-1a).
fn hash(bytes: &[u8]) -> u64 {
    let fnv = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    mixed(bytes.iter().fold(0xcbf2_9ce4_8422_2325, fnv))
}

/// Mixes a number so that every bit of it changes every bit of the result.
fn mixed(number: u64) -> u64 {
    let x = (number ^ (number >> 32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let x = (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Your refund was sent on 3 May to the card that ends in 4242. It takes five working days to
        arrive. If it has not arrived by then, please write to us again and name the order.";

    fn similarity(a: &str, b: &str) -> f64 {
        Fingerprint::of(a).similarity(&Fingerprint::of(b))
    }

    #[test]
    fn similar_texts_are_near_and_others_are_not() {
        assert_eq!(similarity(TEXT, &TEXT.to_uppercase()), 1.0);
        assert!(similarity(TEXT, &TEXT.replace("4242", "1111")) > NEAR_DUPLICATE);
        assert!(similarity(TEXT, "The meeting room on the second floor is booked until noon.") < 0.1);
        assert!(similarity("退款需要五个工作日", "退款需要三个工作日") > 0.3);
        assert_eq!(similarity("", ""), 1.0);
    }

    #[test]
    fn near_duplicates_share_a_band() {
        let ours = Fingerprint::of(TEXT).bands();
        let theirs = Fingerprint::of(&TEXT.replace("4242", "1111")).bands();
        assert!(ours.iter().zip(theirs).any(|(a, b)| *a == b));
        assert_eq!(ours, Fingerprint::of(TEXT).bands());
        let other = Fingerprint::of("The meeting room on the second floor is booked until noon.").bands();
        assert!(ours.iter().all(|band| !other.contains(band)));
    }

    #[test]
    fn the_longest_words_tell_a_text() {
        assert_eq!(distinctive("a refund of the subscription, the subscription", 2), ["subscription", "refund"]);
        assert_eq!(distinctive("退款窗口", 9), ["款窗", "窗口", "退款"]);
    }
}
