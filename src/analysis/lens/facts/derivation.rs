//! Numbers that follow from others in the source: a sum, a difference, a share, a count.

use super::check::Checked;
use super::slot::Slot;
use super::{Fact, FactValue, Number};
use crate::analysis::lens::Place;
use crate::analysis::lens::source::Passage;
use crate::analysis::lens::word::{Word, WordKind};
use std::collections::BTreeSet;

/// Passages around an aligned one whose numbers may be parts of a sum with its own.
const NEAR: u32 = 2;

/// Words of one member of an enumeration, at most.
const MEMBER_WORDS: usize = 4;

/// Bytes between two numbers of one statement, at most.
const BESIDE: usize = 40;

/// Content words on each side of a number that name what it is of.
const NAMING: usize = 2;

/// Words of a sentence that reckons with numbers of the source.
const SUMS: [&str; 36] = [
    "total",
    "totals",
    "totalling",
    "altogether",
    "together",
    "both",
    "combined",
    "sum",
    "overall",
    "difference",
    "more",
    "less",
    "fewer",
    "older",
    "younger",
    "longer",
    "shorter",
    "later",
    "earlier",
    "rose",
    "fell",
    "grew",
    "dropped",
    "increased",
    "decreased",
    "increase",
    "decrease",
    "up",
    "down",
    "plus",
    "remaining",
    "net",
    "gap",
    "margin",
    "higher",
    "lower",
];

/// A number of the source, with the stem of the word that says what it counts.
struct Part<'a> {
    place: Place,
    number: &'a Number,
    counted: Option<u32>,
    /// Whether the sentence has a word that stands near it, and so speaks of it.
    is_named: bool,
}

impl Checked<'_> {
    /// How the number follows from numbers or lists in or near the aligned passages, and from where.
    pub(super) fn derivation(&self, fact: &Fact, number: &Number) -> Option<(String, Place)> {
        if !number.is_quantity() {
            return None;
        }
        let near = self.alignment.passages.iter().flat_map(|at| at.saturating_sub(NEAR)..=at + NEAR);
        let near: BTreeSet<u32> = near.filter(|at| (*at as usize) < self.source.passages.len()).collect();
        let passages: Vec<&Passage> = near.iter().map(|at| &self.source.passages[*at as usize]).collect();
        let parts: Vec<Part> = passages.iter().flat_map(|passage| self.parts(passage)).collect();
        let counted = counted(&Slot::of(self.words, &fact.range));
        let sums =
            self.words.iter().any(|word| SUMS.contains(&self.output[word.range.clone()].to_lowercase().as_str()));
        // Some two numbers of a source make up almost any other: the sentence must say that it reckons.
        let may_follow = |a: &Part, b: &Part| sums || (a.is_named && b.is_named);
        let follows = |a: &Part, b: &Part| match number.is_percentage() {
            _ if !may_follow(a, b) => false,
            true => {
                (is_alike(a, b) || are_plain_beside(a, b))
                    && !a.number.is_percentage()
                    && number.is_share(a.number, b.number)
            }
            false => {
                let mine = Part { place: a.place.clone(), number, counted, is_named: true };
                is_alike(a, b) && is_alike(&mine, a) && number.is_sum_or_difference(a.number, b.number)
            }
        };
        let pair = parts.iter().enumerate().find_map(|(at, a)| {
            let b = parts[at + 1..].iter().find(|b| follows(a, b))?;
            let (one, other) = (self.source_text(&a.place), self.source_text(&b.place));
            Some((format!("follows from {one} and {other} in the source"), a.place.clone()))
        });
        pair.or_else(|| {
            let count = number.count().filter(|_| counted.is_some())?;
            let lists = passages.iter().find_map(|passage| self.list_of(passage, count));
            lists.map(|place| (format!("the source lists {count}"), place))
        })
    }

    fn parts<'p>(&'p self, passage: &'p Passage) -> impl Iterator<Item = Part<'p>> {
        let facts = self.source_facts.within(passage).iter();
        facts.filter_map(move |fact| match &fact.value {
            FactValue::Number(number) if number.is_quantity() => {
                let slot = Slot::of(self.words_of(passage), &fact.range);
                let counted = counted(&slot);
                let place = Place { document: passage.document, range: fact.range.clone() };
                let is_named = slot.content_beside(NAMING).any(|word| Some(word.stem) != counted && self.says(word));
                Some(Part { place, number, counted, is_named })
            }
            _ => None,
        })
    }

    /// An enumeration of so many members: `A, B, C and D`.
    fn list_of(&self, passage: &Passage, count: usize) -> Option<Place> {
        let text = self.source_facts.documents[passage.document];
        let words = self.words_of(passage);
        let (mut members, mut start, mut long) = (1, 0, 0);
        for at in 1..words.len() {
            let gap = &text[words[at - 1].range.end..words[at].range.start];
            let joins = is_conjunction(&words[at], text);
            long += 1;
            match (gap.contains(','), joins) {
                (true, false) => (members, long) = (members + 1, 0),
                (_, true) if members + 1 == count && at + 1 < words.len() => {
                    let range = words[start].range.start..words[at + 1].range.end;
                    return Some(Place { document: passage.document, range });
                }
                _ if long > MEMBER_WORDS && members > 1 => (members, start, long) = (1, at, 0),
                _ => {}
            }
        }
        None
    }
}

fn is_conjunction(word: &Word, text: &str) -> bool {
    matches!(&text[word.range.clone()], "and" | "or" | "und" | "et" | "y" | "e" | "en")
}

/// What a number counts: the next content word.
fn counted(slot: &Slot) -> Option<u32> {
    slot.words[slot.span.end..].iter().find(|word| word.kind != WordKind::Function).map(|word| word.stem)
}

/// Whether two numbers are of one kind: the same unit and rate, or the same things counted.
fn is_alike(a: &Part, b: &Part) -> bool {
    let same_unit = a.number.unit.is_some() && a.number.unit == b.number.unit && a.number.per == b.number.per;
    let no_unit = a.number.unit.is_none() && b.number.unit.is_none();
    same_unit || (no_unit && a.counted.is_some() && a.counted == b.counted)
}

/// Whether both numbers have no unit and stand near each other: `of 200 people, 50 came`.
fn are_plain_beside(a: &Part, b: &Part) -> bool {
    let near = a.place.document == b.place.document && a.place.range.end.abs_diff(b.place.range.start) < BESIDE;
    near && a.number.unit.is_none() && b.number.unit.is_none()
}
