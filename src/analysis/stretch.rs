//! Steps through a text by character, word or sentence. Each looks at the text around
//! the place and no further, whatever the length of the text.

use super::sentence::sentences;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// The unit of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Character as a reader sees it: a grapheme.
    Character,
    Word,
    Sentence,
}

/// Bytes that are read on either side of a place: more than any sentence has.
const AROUND: usize = 8 * 1024;

/// The first unit that begins at a place or behind it.
pub fn next(text: &str, unit: Unit, from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find(|c: char| !c.is_whitespace())?;
        let window = around(text, at);
        let found = units(text, &window, unit).into_iter().find(|found| found.start >= from);
        if found.is_some() {
            return found;
        }
        if window.end >= text.len() {
            return None;
        }
        at = window.end;
    }
}

/// The last unit that ends at a place or before it.
pub fn previous(text: &str, unit: Unit, to: usize) -> Option<Range<usize>> {
    let mut at = to;
    loop {
        at = text.get(..at)?.trim_end().len();
        let last = text[..at].char_indices().next_back()?.0;
        let window = around(text, last);
        let found = units(text, &window, unit).into_iter().rev().find(|found| found.end <= to);
        if found.is_some() {
            return found;
        }
        if window.start == 0 {
            return None;
        }
        at = window.start;
    }
}

/// The unit that contains a place, else the one after it, else the one before.
pub fn at(text: &str, unit: Unit, place: usize) -> Option<Range<usize>> {
    let place = text.floor_char_boundary(place.min(text.len()));
    let within = units(text, &around(text, place), unit).into_iter().find(|found| found.contains(&place));
    within.or_else(|| next(text, unit, place)).or_else(|| previous(text, unit, place))
}

/// The paragraph around a place, cut at [`AROUND`] bytes on either side.
fn around(text: &str, place: usize) -> Range<usize> {
    let first = text.floor_char_boundary(place.saturating_sub(AROUND));
    let last = text.ceil_char_boundary((place + AROUND).min(text.len()));
    let start = text[first..place].rfind("\n\n").map_or(first, |at| first + at + 2);
    let end = text[place..last].find("\n\n").map_or(last, |at| place + at + 2);
    start..end
}

fn units(text: &str, window: &Range<usize>, unit: Unit) -> Vec<Range<usize>> {
    let part = &text[window.clone()];
    let placed = |(at, piece): (usize, &str)| window.start + at..window.start + at + piece.len();
    match unit {
        Unit::Character => {
            let shown = part.grapheme_indices(true).filter(|(_, piece)| !piece.trim().is_empty());
            shown.map(placed).collect()
        }
        Unit::Word => part.unicode_word_indices().map(placed).collect(),
        Unit::Sentence => {
            sentences(part).into_iter().map(|found| window.start + found.start..window.start + found.end).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "Dear Ms Okafor,\n\nTake it to any post office. It's free!\nKind regards";

    fn all(text: &str, unit: Unit) -> Vec<&str> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(range) = next(text, unit, from) {
            found.push(&text[range.clone()]);
            from = range.end;
        }
        found
    }

    #[test]
    fn a_text_is_walked_through() {
        assert_eq!(
            all(TEXT, Unit::Sentence),
            ["Dear Ms Okafor,", "Take it to any post office.", "It's free!", "Kind regards"]
        );
        assert_eq!(all("It's 3.5 days, 東京", Unit::Word), ["It's", "3.5", "days", "東", "京"]);
        assert_eq!(all("e\u{301} 👩‍🚒", Unit::Character), ["e\u{301}", "👩‍🚒"]);
        let back = previous(TEXT, Unit::Sentence, TEXT.len()).unwrap();
        assert_eq!(&TEXT[back.clone()], "Kind regards");
        assert_eq!(&TEXT[previous(TEXT, Unit::Word, back.start).unwrap()], "free");
        assert_eq!(&TEXT[at(TEXT, Unit::Sentence, 30).unwrap()], "Take it to any post office.");
        assert_eq!(at("", Unit::Sentence, 0), None);
        assert_eq!(at(" \n ", Unit::Word, 1), None);
    }

    #[test]
    fn a_text_of_any_length_is_walked_through() {
        let text = "word, ".repeat(20_000);
        assert_eq!(all(&text[..60_000], Unit::Word).len(), 10_000);
        assert_eq!(at(&text, Unit::Word, 100_000).map(|found| found.len()), Some(4));
        let spaces = format!("a{}b", " ".repeat(100_000));
        assert_eq!(all(&spaces, Unit::Word), ["a", "b"]);
        assert_eq!(previous(&spaces, Unit::Word, 100_000), Some(0..1));
    }

    proptest! {
        #[test]
        fn any_step_ends_on_the_text(text in any::<String>(), place in 0usize..60) {
            for unit in [Unit::Character, Unit::Word, Unit::Sentence] {
                let place = text.floor_char_boundary(place.min(text.len()));
                for (found, is_there) in [
                    (at(&text, unit, place), true),
                    (next(&text, unit, place), false),
                    (previous(&text, unit, place), false),
                ] {
                    if let Some(found) = found {
                        prop_assert!(text.get(found.clone()).is_some_and(|words| !words.trim().is_empty()));
                    } else if is_there && unit == Unit::Sentence {
                        prop_assert!(text.trim().is_empty());
                    }
                }
                if let Some(found) = next(&text, unit, place) {
                    prop_assert!(found.start >= place);
                }
                if let Some(found) = previous(&text, unit, place) {
                    prop_assert!(found.end <= place);
                }
            }
        }
    }
}
