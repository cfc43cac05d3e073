//! Where the words of a text are, and how they are compared.
//!
//! Full-text search has tokens of its own (`store/tokens.rs`), as the databases cut them; a
//! fingerprint has those of Unicode. Both differ from these in apostrophes, numbers and scripts without spaces.

use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// Writes a word `into` the form in which it is compared: small letters, plain apostrophes,
/// one form of each accent, numbers without the separators of their thousands.
pub(super) fn fold(word: &str, into: &mut String) {
    into.clear();
    if word.is_ascii() {
        into.extend(word.bytes().filter(|byte| *byte != b',').map(|byte| char::from(byte.to_ascii_lowercase())));
    } else {
        for c in word.nfkc().flat_map(char::to_lowercase) {
            match c {
                '\u{2019}' => into.push('\''),
                ',' | '\u{ad}' | '\u{200b}' => {}
                _ => into.push(c),
            }
        }
    }
    drop_zeros(into);
}

/// Drops the zeros behind a decimal point that say nothing: `45.00` is `45`.
fn drop_zeros(word: &mut String) {
    let is_decimal = word.starts_with(|c: char| c.is_ascii_digit()) && word.bytes().filter(|b| *b == b'.').count() == 1;
    if is_decimal && word.ends_with('0') {
        word.truncate(word.trim_end_matches('0').trim_end_matches('.').len());
    }
}

/// A word in small letters, as most words are written.
pub(super) fn small(word: &str) -> Cow<'_, str> {
    let is_small = word.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if is_small { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) }
}

/// Byte ranges of the words of a text.
pub(super) fn ranges(text: &str) -> impl Iterator<Item = Range<usize>> {
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
    let plain = text.as_bytes()[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    // Most words end where their plain letters do, without the tables of Unicode.
    let ends = match text.as_bytes().get(start + plain) {
        Some(b'\'') => false,
        Some(b'.' | b',') => !number,
        next => next.is_none_or(u8::is_ascii),
    };
    if ends && plain > 0 {
        return start + plain;
    }
    let digits = if number { number_end(text, start) } else { start };
    let mut chars = text[digits..].char_indices().peekable();
    let mut end = digits;
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let inside = match c {
            '\'' | '\u{2019}' => digits == start && next.is_some_and(char::is_alphabetic),
            _ => is_letter(c) && !is_wide(c),
        };
        if !inside {
            break;
        }
        end = digits + at + c.len_utf8();
    }
    end
}

/// Where the number that begins at `start` ends: `1,234.5`, `1.234,5`, `1,00,000`, `1'000`,
/// `3,5`. A comma between digits that part neither thousands nor decimals separates cells
/// or the members of a list.
pub(super) fn number_end(text: &str, start: usize) -> usize {
    let whole = digits_end(text, start);
    let groups = groups(text, whole);
    let Some(&(separator, ..)) = groups.first() else { return whole };
    let is_cell = text[..start].ends_with(',');
    let leads = text[start..whole].chars().count() <= 3;
    if separator == '.' && groups.iter().filter(|(sign, ..)| *sign == '.').count() == groups.len() {
        return groups[groups.len() - 1].1; // a decimal, or a version
    }
    let thousands = groups.iter().take_while(|(sign, _, digits)| *sign == separator && *digits == 3).count();
    let lakhs = groups.iter().take_while(|(sign, _, digits)| *sign == ',' && *digits == 2).count();
    let is_lakh = lakhs > 0 && groups.get(lakhs).is_some_and(|(sign, _, digits)| *sign == ',' && *digits == 3);
    let taken = match is_lakh {
        true => lakhs + 1,
        false => thousands,
    };
    if taken > 0 && leads && !(is_cell && separator == ',') {
        let decimal = groups.get(taken).filter(|(sign, ..)| matches!(sign, '.' | ',') && *sign != separator);
        return decimal.map_or(groups[taken - 1].1, |(_, end, _)| *end);
    }
    match groups[..] {
        [(',', end, _)] if !is_cell && !goes_on_as_a_row(text, end) => end,
        [('.', end, _), ..] => end,
        _ => whole,
    }
}

/// Groups of digits that follow each other: the separator before each, its end, its length.
fn groups(text: &str, mut at: usize) -> Vec<(char, usize, usize)> {
    let mut found = Vec::new();
    while let Some(separator) = text[at..].chars().next().filter(|c| matches!(c, '.' | ',' | '\'' | '\u{2019}')) {
        let start = at + separator.len_utf8();
        let end = digits_end(text, start);
        if end == start {
            break;
        }
        found.push((separator, end, text[start..end].chars().count()));
        at = end;
    }
    found
}

fn digits_end(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    start + rest.find(|c: char| !is_digit(c)).unwrap_or(rest.len())
}

/// Whether a comma follows without a space behind it.
fn goes_on_as_a_row(text: &str, at: usize) -> bool {
    text[at..].strip_prefix(',').is_some_and(|rest| rest.starts_with(|c: char| !c.is_whitespace()))
}

/// Whether a character is a digit of a script whose numbers are read.
pub(super) fn is_digit(c: char) -> bool {
    matches!(c, '0'..='9' | '\u{660}'..='\u{669}' | '\u{966}'..='\u{96f}' | '\u{ff10}'..='\u{ff19}')
}

/// Whether a character is a letter, a digit, or a mark on the letter before it.
fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || ('\u{300}'..'\u{370}').contains(&c) || matches!(c, '\u{ad}' | '\u{200b}')
}

/// Whether the script of a letter writes no spaces between words.
pub(super) fn is_wide(c: char) -> bool {
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
        assert_eq!(words("A-7,chair,3,45.00"), ["A", "7", "chair", "3", "45.00"]);
        assert_eq!(
            words("1,234.5 1.234,5 1,00,000 1'000 3,5 1.2.3"),
            ["1,234.5", "1.234,5", "1,00,000", "1'000", "3,5", "1.2.3"]
        );
        assert_eq!(words("2019,2020,2021"), ["2019", "2020", "2021"]);
    }

    #[test]
    fn numbers_that_say_the_same_are_folded_to_the_same() {
        let folded = |word| {
            let mut into = String::new();
            fold(word, &mut into);
            into
        };
        assert_eq!((folded("1,045.00"), folded("45.50"), folded("100")), ("1045".into(), "45.5".into(), "100".into()));
    }
}
