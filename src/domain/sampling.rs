//! Sampling: which of the outputs that come in are read. What is drawn follows from names alone,
//! so that it is drawn alike on every machine, on both engines and after importing again.

use super::filter::{FilterError, ItemFilter};
use super::item::Item;
use super::spec::Sample;
use sha2::{Digest, Sha256};

/// Word of the draw that takes items for review. Each other draw has a word of its own, and is
/// independent of this one.
pub const SAMPLE: &str = "sample";

/// Word of the draw of which a second opinion is asked, whatever the first says.
pub const AUDIT: &str = "audit";

/// Word of the draw that says which of the opinions that disagree is shown first.
pub const SIDES: &str = "sides";

/// Word of the draw that puts the items of a batch in the order in which bars count them.
pub const STREAM: &str = "stream";

/// Word of the draw of what reviewers decide once more.
pub const REPEAT: &str = "repeat";

/// Word of the draw of when a golden example is served, and which.
pub const GOLDEN: &str = "golden";

/// Opinions that a rule may ask for, at most.
pub const MAX_OPINIONS: u32 = 9;

/// Number in [0, 1) that is drawn for a case of a queue, or for an item that has no case: fixed
/// for good by the word of the draw and the two names.
///
/// It is the first 53 bits of SHA-256, as a fraction: over the word, the queue's name and the
/// case, each in UTF-8 after its length in bytes, which is a number of 8 bytes, the highest first.
pub fn draw(word: &str, queue: &str, case: &str) -> f64 {
    (digest(word, queue, case) >> 75) as f64 / (1u64 << 53) as f64
}

/// The place of a case, or of an item that has no case, among those of its batch in the stream of a bar:
/// what [`draw`] draws by the word [`STREAM`], and as many more bits as keep two apart.
pub fn place(queue: &str, case: &str) -> u128 {
    digest(STREAM, queue, case)
}

/// The first 128 bits of the hash.
fn digest(word: &str, queue: &str, case: &str) -> u128 {
    let mut hash = Sha256::new();
    for part in [word, queue, case] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().take(16).fold(0u128, |number, byte| number << 8 | u128::from(*byte))
}

/// How much of its cases a rule takes, in words: `all`, `0.25`.
pub fn share(chance: f64) -> String {
    if chance >= 1.0 { "all".into() } else { chance.to_string() }
}

/// What an item is drawn by: its case, or else its id.
pub fn drawn_by(item: &Item) -> &str {
    item.case.as_deref().unwrap_or(&item.id)
}

/// A rule of sampling, ready to be asked of items.
#[derive(Debug, Clone)]
pub struct Rule {
    sample: Sample,
    when: ItemFilter,
}

impl Rule {
    /// Fails where the filter is none over what an import fixes, which no sound spec has.
    pub fn of(sample: &Sample) -> Result<Self, FilterError> {
        Ok(Self { sample: sample.clone(), when: ItemFilter::parse(&sample.when)? })
    }

    /// The first rule that finds the item, which says at which rate such items are taken.
    pub fn first_of<'r>(rules: &'r [Rule], item: &Item) -> Option<&'r Sample> {
        rules.iter().find(|rule| rule.when.finds(item)).map(|rule| &rule.sample)
    }

    pub fn sample(&self) -> &Sample {
        &self.sample
    }

    /// Whether it asks for more of an item than its narrow row.
    pub fn asks_for_texts(&self) -> bool {
        self.when.asks_for_texts()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_that_takes_every_case_takes_all_and_not_one() {
        assert_eq!([1.0, 0.25, 0.0].map(share), ["all", "0.25", "0"]);
    }

    /// What was drawn once is drawn so for ever: never change these.
    #[test]
    fn what_was_drawn_is_drawn_again() {
        let page = include_str!("../../docs/spec.md");
        for (word, queue, case, drawn) in VECTORS {
            assert_eq!(draw(word, queue, case), *drawn, "{word} {queue} {case}");
            let row = format!("| `{word}` | `{queue}` | `{case}` | {drawn} |");
            assert!(page.contains(&row), "the page has the row {row}");
        }
    }

    const VECTORS: &[(&str, &str, &str, f64)] = &[
        ("sample", "support-replies", "refund-17", 0.36190015217712823),
        ("sample", "support-replies", "refund-18", 0.797904498237255),
        ("audit", "support-replies", "refund-17", 0.3317393155814069),
        ("sides", "support-replies", "refund-17", 0.24727510389294372),
        ("repeat", "support-replies", "refund-17", 0.5765305468456714),
        ("stream", "support-replies", "refund-17", 0.8439836334885817),
        ("sample", "replies", "退款", 0.2735502742948255),
    ];

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(draw("sample", "ab", "c"), draw("sample", "a", "bc"));
        assert_ne!(draw("sample", "", "x"), draw("sample", "x", ""));
    }

    const CASES: usize = 1_000_000;

    fn drawn(word: &str) -> Vec<f64> {
        (0..CASES).map(|case| draw(word, "replies", &format!("case-{case}"))).collect()
    }

    /// Chi-square over 100 equal bins: with 99 degrees of freedom, 1 in 1000 is above 148.2.
    #[test]
    fn every_share_is_taken_as_often_as_it_says() {
        let mut bins = [0.0; 100];
        drawn(SAMPLE).into_iter().for_each(|u| bins[(u * 100.0) as usize] += 1.0);
        let expected = CASES as f64 / 100.0;
        let chi_square: f64 = bins.iter().map(|found| (found - expected) * (found - expected) / expected).sum();
        assert!(chi_square < 148.2, "{chi_square}");
    }

    /// The correlation of independent numbers is within 3.3 of its deviations 999 times in 1000.
    #[test]
    fn two_draws_are_independent() {
        let (sample, audit) = (drawn(SAMPLE), drawn("audit"));
        let product: f64 = sample.iter().zip(&audit).map(|(one, other)| (one - 0.5) * (other - 0.5)).sum();
        let correlation = product / CASES as f64 * 12.0;
        assert!(correlation.abs() < 3.3 / (CASES as f64).sqrt(), "{correlation}");
        let both = sample.iter().zip(&audit).filter(|(one, other)| **one < 0.1 && **other < 0.1).count();
        // So many deviations of the 10,000 that are expected.
        assert!((9_672..10_328).contains(&both), "{both} of {CASES} are within a tenth of both");
    }
}
