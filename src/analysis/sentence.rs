//! Where the sentences of a text are.

use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// Abbreviations whose stop does not end a sentence.
const WITHIN: &[&str] = &[
    "approx", "bzw", "ca", "capt", "cf", "cmdr", "col", "d.h", "dr", "e.g", "fig", "gen", "gov", "hon", "i.e", "lt",
    "m", "maj", "messrs", "mio", "mme", "mr", "mrd", "mrs", "ms", "mt", "prof", "rep", "rev", "sen", "sgt", "st",
    "viz", "vol", "vs", "z.b",
];

/// Abbreviations whose stop may end a sentence; the next word decides.
const EITHER: &[&str] =
    &["a.m", "co", "corp", "d.c", "dept", "etc", "inc", "jr", "ltd", "p.m", "ph.d", "sr", "u.k", "u.n", "u.s", "u.s.a"];

/// Abbreviations whose stop does not end a sentence before a number.
const BEFORE_NUMBERS: &[&str] = &[
    "apr", "art", "aug", "ch", "dec", "feb", "jan", "jul", "jun", "mar", "no", "nos", "nov", "nr", "oct", "p", "para",
    "pp", "sec", "sep", "sept",
];

/// Words that begin a sentence, where a name before them could continue.
const OPENERS: &[&str] = &[
    "a", "after", "all", "an", "and", "as", "at", "but", "for", "he", "his", "her", "how", "however", "i", "if", "in",
    "it", "its", "my", "no", "on", "our", "she", "so", "some", "that", "the", "their", "then", "there", "these",
    "they", "this", "those", "to", "we", "what", "when", "while", "who", "with", "you", "your",
];

/// Length of a line, in bytes, from which on it was wrapped and not broken on purpose.
const WRAPPED: usize = 40;

/// The sentences of a text as byte ranges, in order, without the white space around
/// them. What is not white space is in one of them. Segmentation is that of Unicode
/// (UAX 29), mended at abbreviations, initials and list numbers; a line break ends a
/// sentence, unless the text was wrapped there.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let stops_before_small = !text.chars().any(char::is_uppercase);
    for (at, piece) in text.split_sentence_bound_indices() {
        for line in lines(at, piece) {
            for part in small_starts(text, line, stops_before_small) {
                match found.last_mut() {
                    Some(last) if goes_on(&text[last.clone()], &text[last.end..part.start], &text[part.clone()]) => {
                        last.end = part.end;
                    }
                    _ => found.push(part),
                }
            }
        }
    }
    found
}

/// The lines of a piece that have something on them, trimmed.
fn lines(at: usize, piece: &str) -> impl Iterator<Item = Range<usize>> {
    let mut end = at;
    piece.split_inclusive('\n').filter_map(move |line| {
        let start = end;
        end += line.len();
        let lead = line.len() - line.trim_start().len();
        let trimmed = line.trim();
        (!trimmed.is_empty()).then(|| start + lead..start + lead + trimmed.len())
    })
}

/// Splits where Unicode does not, because a small letter follows: at a stop that stands
/// alone (a text in tokens), and at any stop of a text that has no capitals.
fn small_starts(text: &str, line: Range<usize>, any_stop: bool) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut start = line.start;
    for (at, _) in text[line.clone()].match_indices(". ") {
        let stop = line.start + at;
        let before = &text[start..stop];
        let alone = before.ends_with(' ') && !before.trim_end().ends_with('.');
        let next = text[stop + 1..line.end].trim_start();
        if (alone || any_stop) && next.starts_with(char::is_lowercase) && !before.trim().is_empty() {
            parts.push(start..stop + 1);
            start = line.end - next.len();
        }
    }
    parts.push(start..line.end);
    parts
}

/// Whether `next` belongs to the sentence that `last` begins.
fn goes_on(last: &str, between: &str, next: &str) -> bool {
    if between.contains('\n') || between.contains('\r') {
        return was_wrapped(last, between, next);
    }
    if next.starts_with(char::is_lowercase) && last.ends_with(['"', '\u{201d}', '\'', '\u{2019}']) {
        return true; // "Stop!" she said
    }
    if next.chars().all(|c| !c.is_alphanumeric()) {
        return true; // quotes and stops that stand apart
    }
    last.strip_suffix('.').is_some_and(|stem| is_abbreviated(stem.trim_end(), next))
}

fn was_wrapped(last: &str, between: &str, next: &str) -> bool {
    let one_break = between.matches('\n').count() == 1 && between.matches('\r').count() <= 1;
    let line = last.rsplit('\n').next().unwrap_or(last);
    one_break
        && line.chars().count() >= WRAPPED
        && line.ends_with(|c: char| c.is_alphanumeric() || c == ',')
        && next.starts_with(char::is_lowercase)
}

/// Whether the stop after `stem` is one of an abbreviation, an initial or a list number.
fn is_abbreviated(stem: &str, next: &str) -> bool {
    let (before, word) = match stem.rfind(|c: char| c.is_whitespace() || matches!(c, '(' | '[' | '"' | '\u{201c}')) {
        Some(at) => (stem[..at].trim_end(), stem[at..].trim_start_matches(|c: char| !c.is_alphanumeric())),
        None => ("", stem),
    };
    let small = word.to_lowercase();
    let small = small.as_str();
    let opens =
        || next.split(|c: char| !c.is_alphanumeric()).next().is_some_and(|w| OPENERS.contains(&&*w.to_lowercase()));
    if before.trim_end_matches(['-', '*', '\u{2022}']).trim().is_empty() && is_list_number(word) {
        return true;
    }
    WITHIN.contains(&small)
        || (EITHER.contains(&small) && !opens())
        || (BEFORE_NUMBERS.contains(&small) && next.starts_with(char::is_numeric))
        || (is_initial(before, word) && !opens())
}

fn is_list_number(word: &str) -> bool {
    let mut chars = word.chars();
    match (chars.next(), chars.next()) {
        (Some(letter), None) if letter.is_alphabetic() => true,
        _ => !word.is_empty() && word.len() <= 3 && word.bytes().all(|b| b.is_ascii_digit()),
    }
}

/// Whether it is an initial: `J.` at the start or after another name or initial; not the
/// `C.` of `vitamin C.`
fn is_initial(before: &str, word: &str) -> bool {
    let mut chars = word.rsplit('.').next().unwrap_or(word).chars();
    let one_capital = chars.next().is_some_and(char::is_uppercase) && chars.next().is_none();
    let earlier = before.rsplit(char::is_whitespace).next().unwrap_or_default();
    one_capital && (earlier.is_empty() || earlier.starts_with(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn sentences_end_at_stops_and_at_line_breaks() {
        assert_eq!(
            split("It opens at nine. We close at six!\n- Bring it back"),
            ["It opens at nine.", "We close at six!", "- Bring it back"]
        );
        assert_eq!(split("店は九時に開きます。六時に閉まります。"), ["店は九時に開きます。", "六時に閉まります。"]);
        assert_eq!(split("「はい。」と言った。終わり。"), ["「はい。」", "と言った。", "終わり。"]);
        assert!(split(" \n ").is_empty());
    }

    #[test]
    fn abbreviations_and_initials_do_not_end_one() {
        for one in [
            "Mr. Smith met Dr. Jones.",
            "Bring something, e.g. Paris maps, i.e. Paper.",
            "J. K. Rowling and George W. Bush came.",
            "It grew by 3.5 percent, see Fig. 2 and No. 7.",
            "The U.S. Senate paid Acme Inc. Monday.",
            "Born on Jan. 5, Paris.",
            "\"Stop!\" she said.",
            "2. Do this",
            "Mr . Smith went home .",
        ] {
            assert_eq!(split(one), [one]);
        }
        assert_eq!(split("He lives in the U.S. The end."), ["He lives in the U.S.", "The end."]);
        assert_eq!(split("Take vitamin C. It helps."), ["Take vitamin C.", "It helps."]);
    }

    #[test]
    fn texts_in_tokens_and_without_capitals_are_split_too() {
        assert_eq!(split("he went home . she stayed ."), ["he went home .", "she stayed ."]);
        assert_eq!(split("he went home. she stayed."), ["he went home.", "she stayed."]);
        assert_eq!(split("He waited . . . and left ."), ["He waited . . . and left ."]);
    }

    #[test]
    fn a_wrapped_line_goes_on() {
        let wrapped = "The parcel was handed to the courier on Monday and\nit reached the customer on Friday.";
        assert_eq!(split(wrapped), [wrapped]);
        assert_eq!(split("apples\npears"), ["apples", "pears"]);
    }

    proptest! {
        #[test]
        fn all_but_white_space_is_in_a_sentence(text in "[a-zA-Z .!?\n\"éß。」、3-5]{0,80}|\\PC{0,40}") {
            let mut end = 0;
            for range in sentences(&text) {
                prop_assert!(range.start < range.end && range.start >= end);
                prop_assert!(text[end..range.start].trim().is_empty());
                end = range.end;
            }
            prop_assert!(text[end..].trim().is_empty());
        }
    }
}
