//! A text as words, told apart by number: equal words and equal stems have equal ones.

use super::language::Language;
use std::collections::HashMap;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// A word, a number, or one character of a script that writes no spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Bytes of the text.
    pub range: Range<usize>,
    /// Equal for words that are equal but for case.
    pub exact: u32,
    /// Equal for words that share their stem.
    pub stem: u32,
    pub kind: Kind,
    /// Begins with a capital.
    pub capital: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Holds the sentence together: the, of, which.
    Function,
    Content,
    /// Begins with a digit.
    Number,
    /// One character of a script without spaces.
    Wide,
}

/// Words and stems, numbered as they come.
#[derive(Default)]
pub struct Vocabulary {
    stems: HashMap<Box<str>, u32>,
    words: HashMap<Box<str>, (u32, u32, Kind)>,
}

impl Vocabulary {
    /// The words of a text.
    pub fn read(&mut self, text: &str, language: &Language) -> Vec<Word> {
        let mut small = String::new();
        let words = ranges(text).map(|range| {
            let word = &text[range.clone()];
            fold(word, &mut small);
            let (exact, stem, kind) = self.number(&small, language);
            Word { capital: word.starts_with(char::is_uppercase), range, exact, stem, kind }
        });
        words.collect()
    }

    fn number(&mut self, word: &str, language: &Language) -> (u32, u32, Kind) {
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
            Some(first) if first.is_numeric() => Kind::Number,
            Some(first) if is_wide(first) => Kind::Wide,
            _ if language.is_function(word) => Kind::Function,
            _ => Kind::Content,
        };
        let numbers = (self.words.len() as u32, stem, kind);
        self.words.insert(word.into(), numbers);
        numbers
    }

    /// How many stems there are: the number of each is below.
    pub fn stems(&self) -> usize {
        self.stems.len()
    }
}

/// A word as it is compared: small letters, plain apostrophes, one form of each accent,
/// numbers without the separators of their thousands.
pub fn fold(word: &str, into: &mut String) {
    into.clear();
    if word.is_ascii() {
        into.extend(word.bytes().filter(|byte| *byte != b',').map(|byte| char::from(byte.to_ascii_lowercase())));
        return;
    }
    for c in word.nfkc().flat_map(char::to_lowercase) {
        match c {
            '\u{2019}' => into.push('\''),
            ',' | '\u{ad}' | '\u{200b}' => {}
            _ => into.push(c),
        }
    }
}

/// Where the words of a text are.
pub fn ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut rest = 0;
    std::iter::from_fn(move || {
        let (at, first) = text[rest..].char_indices().find(|(_, c)| is_letter(*c))?;
        let start = rest + at;
        let end = if is_wide(first) { start + first.len_utf8() } else { end_of_word(text, start, first) };
        rest = end;
        Some(start..end)
    })
}

fn end_of_word(text: &str, start: usize, first: char) -> usize {
    let number = first.is_numeric();
    let mut chars = text[start..].char_indices().peekable();
    let mut end = start;
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let inside = match c {
            '\'' | '\u{2019}' => !number && next.is_some_and(char::is_alphabetic),
            '.' | ',' => number && next.is_some_and(char::is_numeric),
            _ => is_letter(c) && !is_wide(c),
        };
        if !inside {
            break;
        }
        end = start + at + c.len_utf8();
    }
    end
}

/// Letters, digits, and the marks that belong to the letter before them.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || ('\u{300}'..'\u{370}').contains(&c) || matches!(c, '\u{ad}' | '\u{200b}')
}

/// Whether the script of a letter writes no spaces between words.
pub fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3040}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<&str> {
        ranges(text).map(|range| &text[range]).collect()
    }

    #[test]
    fn a_text_is_words_numbers_and_single_wide_characters() {
        assert_eq!(words("It's 1,234.5 km, don’t!"), ["It's", "1,234.5", "km", "don’t"]);
        assert_eq!(words("店は9時。"), ["店", "は", "9", "時"]);
        assert_eq!(words("'quoted' end."), ["quoted", "end"]);
    }

    #[test]
    fn equal_words_have_equal_numbers() {
        let language = Language::of(&["the house of the lords"]);
        let read = Vocabulary::default().read("The refunds were refunded: 1,000 is 1000, the", &language);
        assert_eq!(read[0].exact, read[7].exact);
        assert_eq!(read[1].stem, read[3].stem);
        assert_ne!(read[1].exact, read[3].exact);
        assert_eq!(read[4].exact, read[6].exact);
        assert_eq!((read[0].kind, read[4].kind), (Kind::Function, Kind::Number));
    }
}
