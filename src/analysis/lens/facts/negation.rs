//! Negations: "did not" against "did".

use crate::analysis::lens::word::{Word, WordKind};
use std::ops::Range;

const NEGATORS: &[&str] = &[
    "not", "no", "never", "none", "neither", "nor", "nothing", "nobody", "nowhere", "without", "cannot", "cant",
    "dont", "nicht", "kein", "keine", "keinen", "keinem", "nie", "pas", "jamais", "aucun", "aucune", "sans", "nunca",
    "sin", "non", "mai", "senza", "não", "nem", "sem", "niet", "geen", "nooit", "zonder", "не", "нет", "ни",
];

/// Negators of scripts without spaces.
const WIDE_NEGATORS: &[&str] = &["ない", "ません", "なかった", "不", "没", "沒", "未", "無い", "非"];

/// Words between a negator and the word that it negates, at most.
const REACH: usize = 4;

/// Words around the negated one that are compared, and of them those that must be equal.
const AROUND: usize = 5;
const SAME: usize = 3;

pub(super) fn is_negator(word: &str) -> bool {
    let small = word.to_lowercase().replace('’', "'");
    small.ends_with("n't") || NEGATORS.contains(&small.as_str())
}

/// A sentence or a passage as words, with its text.
#[derive(Clone, Copy)]
pub(super) struct Side<'t> {
    pub text: &'t str,
    pub words: &'t [Word],
}

impl Side<'_> {
    fn negators(&self) -> Vec<usize> {
        let is_one = |word: &Word| is_negator(&self.text[word.range.clone()]);
        (0..self.words.len()).filter(|at| is_one(&self.words[*at]) && !self.is_not_only(*at)).collect()
    }

    fn is_not_only(&self, at: usize) -> bool {
        let next = self.words.get(at + 1).map(|word| self.text[word.range.clone()].to_lowercase());
        next.is_some_and(|next| {
            matches!(next.as_str(), "only" | "just" | "least" | "later" | "more" | "less" | "longer")
        })
    }

    /// The word that the negator at `at` negates.
    fn negated(&self, at: usize) -> Option<usize> {
        let reach = at + 1..(at + 1 + REACH).min(self.words.len());
        reach.into_iter().find(|next| self.words[*next].kind == WordKind::Content)
    }

    fn has_wide_negator(&self, range: Range<usize>) -> bool {
        WIDE_NEGATORS.iter().any(|negator| self.text[range.clone()].contains(negator))
    }

    fn range(&self) -> Range<usize> {
        let first = self.words.first().map_or(0, |word| word.range.start);
        first..self.words.last().map_or(first, |word| word.range.end)
    }
}

/// A negation on one side only: its bytes in the output, then those in the source.
pub(super) fn flip(output: Side, source: Side, recall: f32) -> Option<(Range<usize>, Range<usize>)> {
    if output.words.iter().any(|word| word.kind == WordKind::Wide) {
        return wide_flip(output, source, recall);
    }
    let (ours, theirs) = (output.negators(), source.negators());
    match (ours.is_empty(), theirs.is_empty()) {
        (false, true) => ours.iter().find_map(|at| lost(output, source, *at)),
        (true, false) => theirs.iter().find_map(|at| lost(source, output, *at)).map(|(theirs, ours)| (ours, theirs)),
        _ => None,
    }
}

/// The negation at `at`, when the other side says the same without it.
fn lost(negating: Side, plain: Side, at: usize) -> Option<(Range<usize>, Range<usize>)> {
    let negated = negating.negated(at)?;
    let stem = negating.words[negated].stem;
    let around = window(negating.words, negated);
    let same = |place: usize| {
        let other = window(plain.words, place);
        let shared =
            around.iter().filter(|word| other.iter().any(|o| o.stem == word.stem) && word.kind != WordKind::Function);
        shared.count()
    };
    let needed = SAME.min(content(around));
    let places = (0..plain.words.len()).filter(|place| plain.words[*place].stem == stem);
    let place = places.max_by_key(|place| same(*place)).filter(|place| same(*place) >= needed.max(2))?;
    let fact = negating.words[at].range.start..negating.words[negated].range.end;
    Some((fact, plain.words[place].range.clone()))
}

fn window(words: &[Word], at: usize) -> &[Word] {
    &words[at.saturating_sub(AROUND)..(at + AROUND + 1).min(words.len())]
}

/// Number of content words in a window, without the negator.
fn content(words: &[Word]) -> usize {
    words.iter().filter(|word| word.kind != WordKind::Function).count()
}

fn wide_flip(output: Side, source: Side, recall: f32) -> Option<(Range<usize>, Range<usize>)> {
    let (ours, theirs) = (output.has_wide_negator(output.range()), source.has_wide_negator(source.range()));
    let alike = recall >= 0.8 && source.words.len() < output.words.len() * 3 / 2;
    (alike && ours != theirs).then(|| (output.range(), source.range()))
}
