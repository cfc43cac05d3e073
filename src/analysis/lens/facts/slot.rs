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

/// Words that two slots share, from the nearest on.
struct Shared {
    left: usize,
    right: usize,
    /// Of both sides, those that say something.
    content: usize,
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

    /// What stands around both. In a row of values, both being the last is a thing in common.
    fn shared(&self, other: &Slot, in_row: bool) -> Shared {
        let side = |ours: Vec<&Word>, theirs: Vec<&Word>| {
            let same = ours.iter().zip(&theirs).take_while(|(a, b)| a.stem == b.stem);
            let (same, content) = same.fold((0, 0), |(same, content), (word, _)| {
                (same + 1, content + usize::from(word.kind != WordKind::Function))
            });
            let both_end = ours.len() == same && theirs.len() == same && same < SIDE;
            (same + usize::from(in_row && both_end), content)
        };
        let (left, said_left) = side(self.before().collect(), other.before().collect());
        let (right, said_right) = side(self.after().collect(), other.after().collect());
        Shared { left, right, content: said_left + said_right }
    }

    /// Content words of the unbroken runs that both have on their sides: `north tower` before one
    /// number, and before another.
    pub(super) fn reach(&self, other: &Slot) -> usize {
        fn run<'w>(ours: impl Iterator<Item = &'w Word>, theirs: impl Iterator<Item = &'w Word>) -> usize {
            let same = ours.zip(theirs).take_while(|(a, b)| a.stem == b.stem);
            same.filter(|(word, _)| word.kind != WordKind::Function).count()
        }
        run(self.words[..self.span.start].iter().rev(), other.words[..other.span.start].iter().rev())
            + run(self.words[self.span.end..].iter(), other.words[other.span.end..].iter())
    }

    /// Whether equal words stand around both slots: one on either side or two on one side, and
    /// at least one content word among them. In a row what comes before says what a value is of.
    pub(super) fn is_same_place(&self, other: &Slot, in_row: bool) -> bool {
        let Shared { left, right, content } = self.shared(other, in_row);
        content > 0 && (left == SIDE || (right == SIDE && !in_row) || (left > 0 && right > 0))
    }

    /// Whether so much around both is equal that one stands where the other does, although
    /// what it says stands elsewhere too.
    pub(super) fn is_surely_same_place(&self, other: &Slot, in_row: bool) -> bool {
        let Shared { left, right, content } = self.shared(other, in_row);
        left > 0 && (content > 1 || (content > 0 && left + right > 2))
    }

    /// The nearest content words on each side, at most so many.
    pub(super) fn content_beside(&self, most: usize) -> impl Iterator<Item = &'w Word> {
        let is_content = |word: &&Word| word.kind == WordKind::Content;
        let before = self.words[..self.span.start].iter().rev().filter(is_content).take(most);
        before.chain(self.words[self.span.end..].iter().filter(is_content).take(most))
    }

    /// Bytes of the text.
    pub(super) fn bytes(&self) -> Range<usize> {
        self.words[self.span.start].range.start..self.words[self.span.end - 1].range.end
    }

    /// Whether the next word on the same side of both is the same, and one that tells what
    /// they do there: the verb behind its subject.
    pub(super) fn shares_a_side(&self, other: &Slot, tells: impl Fn(&Word) -> bool) -> bool {
        let next = |a: Option<&Word>, b: Option<&Word>| a.zip(b).is_some_and(|(a, b)| a.stem == b.stem && tells(a));
        next(self.before().next(), other.before().next()) || next(self.after().next(), other.after().next())
    }

    /// Whether something that says anything is shared around both.
    pub(super) fn has_like_surroundings(&self, other: &Slot, in_row: bool) -> bool {
        (self.shared(other, in_row).content > 1 && !in_row) || self.is_same_place(other, in_row)
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
