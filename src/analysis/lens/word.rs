//! A text as numbered words: equal words have equal numbers, and so have equal stems.

use super::language::Language;
use super::tokens::{fold, is_wide, ranges};
use foldhash::HashMap;
use std::ops::Range;

/// A word, a number, or one character of a script that writes no spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Number of the word, case aside.
    pub exact: u32,
    /// Number of the stem.
    pub stem: u32,
    pub kind: WordKind,
    /// Whether the word begins with a capital.
    pub capital: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WordKind {
    /// Word that holds a sentence together: the, of, which.
    Function,
    Content,
    /// Word that begins with a digit.
    Number,
    /// A single character of a script without spaces.
    Wide,
}

/// Words and stems, numbered in the order of their first use.
#[derive(Default)]
pub(super) struct Vocabulary {
    stems: HashMap<Box<str>, u32>,
    words: HashMap<Box<str>, (u32, u32, WordKind)>,
}

impl Vocabulary {
    /// The words of a text.
    pub(super) fn read(&mut self, text: &str, language: &Language) -> Vec<Word> {
        let mut small = String::new();
        let words = ranges(text).map(|range| {
            let word = &text[range.clone()];
            fold(word, &mut small);
            let (exact, stem, kind) = self.number(&small, language);
            Word { capital: word.starts_with(char::is_uppercase), range, exact, stem, kind }
        });
        words.collect()
    }

    fn number(&mut self, word: &str, language: &Language) -> (u32, u32, WordKind) {
        if let Some(known) = self.words.get(word) {
            return *known;
        }
        let stem = language.stem(word);
        let next = self.stems.len() as u32;
        let stem = match self.stems.get(&*stem) {
            Some(known) => *known,
            None => *self.stems.entry(stem.into()).or_insert(next),
        };
        let kind = match word.chars().next() {
            Some(first) if first.is_numeric() => WordKind::Number,
            Some(first) if is_wide(first) => WordKind::Wide,
            _ if language.is_function(word) => WordKind::Function,
            _ => WordKind::Content,
        };
        let numbers = (self.words.len() as u32, stem, kind);
        self.words.insert(word.into(), numbers);
        numbers
    }

    /// Number of stems; the numbers of stems are below it.
    pub(super) fn stems(&self) -> usize {
        self.stems.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_words_have_equal_numbers() {
        let language = Language::of(&["the house of the lords"]);
        let read = Vocabulary::default().read("The refunds were refunded: 1,000 is 1000, the", &language);
        assert_eq!(read[0].exact, read[7].exact);
        assert_eq!(read[1].stem, read[3].stem);
        assert_ne!(read[1].exact, read[3].exact);
        assert_eq!(read[4].exact, read[6].exact);
        assert_eq!((read[0].kind, read[4].kind), (WordKind::Function, WordKind::Number));
    }
}
