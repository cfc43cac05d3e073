//! Names: capitalised words within a sentence.

use crate::analysis::lens::word::{Word, WordKind};
use std::ops::Range;

/// Words that are written with a capital and are no names.
const NO_NAMES: &[&str] = &[
    "ai",
    "am",
    "api",
    "asap",
    "best",
    "csv",
    "dear",
    "dr",
    "faq",
    "faqs",
    "hello",
    "hi",
    "html",
    "i",
    "id",
    "ids",
    "json",
    "kind",
    "madam",
    "mr",
    "mrs",
    "ms",
    "mx",
    "no",
    "note",
    "ok",
    "okay",
    "pdf",
    "pm",
    "pp",
    "prof",
    "ps",
    "qa",
    "regards",
    "sincerely",
    "sir",
    "sr",
    "jr",
    "tv",
    "ceo",
    "dvd",
    "fc",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "summary",
    "team",
    "thanks",
    "url",
    "vs",
    "yes",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
];

/// Endings by which the names of a people, its language and its country differ.
const OF_A_PLACE: &[&str] = &[
    "", "a", "e", "y", "o", "n", "ns", "an", "ans", "ian", "ians", "ean", "eans", "i", "is", "ish", "ese", "ic", "s",
    "es", "'s",
];

/// A run of capitalised words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Indexes of the words of the name.
    pub words: Range<usize>,
    /// Whether the first word would have its capital anyway.
    pub opens: bool,
}

/// The names of a sentence; none where capitals tell nothing: in a heading, in capitals.
pub(super) fn find(text: &str, words: &[Word]) -> Vec<Name> {
    if is_heading(text, words) {
        return Vec::new();
    }
    let mut found: Vec<Name> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let gap = &text[if at == 0 { word.range.start } else { words[at - 1].range.end }..word.range.start];
        let opens =
            at == 0 || gap.contains(|c: char| !matches!(c, ' ' | ',' | '&' | '-' | '.' | '/' | '\u{a0}' | '\'' | '’'));
        if !may_name(&text[word.range.clone()], word) {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.words.end == at && !opens && matches!(gap, " " | "-" | ". " | "." | "\u{a0}") => {
                last.words.end += 1;
            }
            _ => found.push(Name { words: at..at + 1, opens }),
        }
    }
    found
}

fn may_name(text: &str, word: &Word) -> bool {
    word.capital
        && word.kind == WordKind::Content
        && text.chars().count() > 1
        && !NO_NAMES.contains(&text.to_lowercase().as_str())
}

fn is_heading(text: &str, words: &[Word]) -> bool {
    let content: Vec<&Word> = words.iter().filter(|word| word.kind == WordKind::Content).collect();
    let capitals = content.iter().filter(|word| word.capital).count();
    let Some(last) = words.last() else { return true };
    let ends = text[last.range.end..].trim_start().starts_with(['.', '!', '?']);
    let shouts = content.iter().filter(|word| is_shouted(&text[word.range.clone()])).count();
    (content.len() >= 3 && capitals * 3 > content.len() * 2 && !ends)
        || (content.len() >= 3 && shouts * 2 > content.len())
}

pub(super) fn is_shouted(word: &str) -> bool {
    word.chars().count() > 1 && !word.contains(char::is_lowercase)
}

/// Whether two names differ in such an ending: `Israel` and `Israelis`, but not `France` and
/// `French`.
pub(super) fn is_of_same_place(a: &str, b: &str) -> bool {
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum::<usize>();
    shared >= 4 && OF_A_PLACE.contains(&&a[shared..]) && OF_A_PLACE.contains(&&b[shared..])
}

/// Whether `short` has the first letters of `words`; small words may be left out.
pub(super) fn is_short_for<'w>(short: &str, words: impl Iterator<Item = &'w str>) -> bool {
    let mut letters = short.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).peekable();
    for word in words {
        let Some(first) = word.chars().next() else { continue };
        let next = letters.next_if(|letter| first.to_lowercase().eq([*letter]));
        if next.is_none() && first.is_uppercase() {
            return false;
        }
        if letters.peek().is_none() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::lens::{language::Language, word::Vocabulary};

    fn names(text: &str) -> Vec<&str> {
        let words = Vocabulary::default().read(text, &Language::of(&["the house of the lords"]));
        let found = find(text, &words).into_iter();
        found.map(|name| &text[words[name.words.start].range.start..words[name.words.end - 1].range.end]).collect()
    }

    #[test]
    fn names_are_runs_of_capitals() {
        assert_eq!(
            names("Yesterday John Smith, of the Acme Bank, met Jo."),
            ["Yesterday John Smith", "Acme Bank", "Jo"]
        );
        assert!(names("KEY FINDINGS ABOUT REFUNDS").is_empty() && names("Key Findings And Results").is_empty());
        assert!(names("I met Dr. X on Monday, May 3.").is_empty());
    }

    #[test]
    fn short_names_and_peoples_are_known() {
        assert!(is_short_for("ICC", ["the", "International", "Criminal", "Court"].into_iter().skip(1)));
        assert!(!is_short_for("ICC", ["International", "Bank", "Court"].into_iter()));
        assert!(is_of_same_place("palestine", "palestinians") && is_of_same_place("canada", "canadian"));
        assert!(!is_of_same_place("johnson", "johnston"));
    }
}
