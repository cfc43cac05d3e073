//! Whether two stretches of words stand in the same place of two sentences.

use crate::analysis::lens::word::{Word, WordKind};
use std::ops::Range;

/// Words on each side that are compared.
const SIDE: usize = 2;

/// Words of a sentence or passage, and the span among them whose surroundings matter.
#[derive(Debug, Clone)]
pub(super) struct Slot<'w> {
    pub words: &'w [Word],
    pub span: Range<usize>,
}

impl<'w> Slot<'w> {
    /// The slot of the bytes `range` among `words`.
    pub(super) fn of(words: &'w [Word], range: &Range<usize>) -> Self {
        let start = words.partition_point(|word| word.range.end <= range.start);
        let end = words.partition_point(|word| word.range.start < range.end);
        Self { words, span: start..end.max(start) }
    }

    /// The words before the slot, the nearest first.
    fn before(&self) -> impl Iterator<Item = &'w Word> {
        self.words[..self.span.start].iter().rev().take(SIDE)
    }

    fn after(&self) -> impl Iterator<Item = &'w Word> {
        self.words[self.span.end..].iter().take(SIDE)
    }

    /// Whether equal words stand around both slots: one on either side or two on one side, and
    /// at least one content word among them.
    pub(super) fn is_same_place(&self, other: &Slot) -> bool {
        let left = shared(self.before(), other.before());
        let right = shared(self.after(), other.after());
        let says_something = left.iter().chain(&right).any(|kind| *kind != WordKind::Function);
        says_something && (left.len() == SIDE || right.len() == SIDE || (!left.is_empty() && !right.is_empty()))
    }

    /// Whether a content word stands beside both slots.
    pub(super) fn is_beside_same_word(&self, other: &Slot) -> bool {
        let beside = |slot: &Slot<'_>| {
            let words = slot.before().chain(slot.after()).filter(|word| word.kind != WordKind::Function);
            words.map(|word| word.stem).collect::<Vec<_>>()
        };
        let theirs = beside(other);
        beside(self).iter().any(|stem| theirs.contains(stem))
    }
}

/// Kinds of the words with which both sequences begin.
fn shared<'w>(a: impl Iterator<Item = &'w Word>, b: impl Iterator<Item = &'w Word>) -> Vec<WordKind> {
    a.zip(b).take_while(|(a, b)| a.stem == b.stem).map(|(a, _)| a.kind).collect()
}
