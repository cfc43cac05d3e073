//! Whether two stretches of words stand in the same place of two sentences.

use crate::analysis::lens::word::{Kind, Word};
use std::ops::Range;

/// Words on each side that are compared.
const SIDE: usize = 2;

/// Some words of a sentence, or of a passage.
#[derive(Debug, Clone)]
pub struct Slot<'w> {
    pub words: &'w [Word],
    pub span: Range<usize>,
}

impl<'w> Slot<'w> {
    /// The slot of the bytes `range` among `words`.
    pub fn of(words: &'w [Word], range: &Range<usize>) -> Self {
        let start = words.partition_point(|word| word.range.end <= range.start);
        let end = words.partition_point(|word| word.range.start < range.end);
        Self { words, span: start..end.max(start) }
    }

    /// The words before it, the nearest first.
    fn before(&self) -> impl Iterator<Item = &'w Word> {
        self.words[..self.span.start].iter().rev().take(SIDE)
    }

    fn after(&self) -> impl Iterator<Item = &'w Word> {
        self.words[self.span.end..].iter().take(SIDE)
    }

    /// Whether the same words stand around both: on either side one, or two on one side,
    /// and not only such as stand around anything.
    pub fn is_same_place(&self, other: &Slot) -> bool {
        let left = shared(self.before(), other.before());
        let right = shared(self.after(), other.after());
        let says_something = left.iter().chain(&right).any(|kind| *kind != Kind::Function);
        says_something && (left.len() == SIDE || right.len() == SIDE || (!left.is_empty() && !right.is_empty()))
    }

    /// Whether a word that says something stands beside both.
    pub fn is_beside_same_word(&self, other: &Slot) -> bool {
        let beside = |slot: &Slot<'_>| {
            let words = slot.before().chain(slot.after()).filter(|word| word.kind != Kind::Function);
            words.map(|word| word.stem).collect::<Vec<_>>()
        };
        let theirs = beside(other);
        beside(self).iter().any(|stem| theirs.contains(stem))
    }
}

/// The kinds of the words with which both begin.
fn shared<'w>(a: impl Iterator<Item = &'w Word>, b: impl Iterator<Item = &'w Word>) -> Vec<Kind> {
    a.zip(b).take_while(|(a, b)| a.stem == b.stem).map(|(a, _)| a.kind).collect()
}
