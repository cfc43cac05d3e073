//! Where the words of a text are, and how they are compared.
//!
//! Full-text search has tokens of its own (`store/tokens.rs`), as the databases cut them; a
//! fingerprint has those of Unicode. Both differ from these in apostrophes, numbers and scripts without spaces.

use std::ops::Range;
use unicode_normalization::UnicodeNormalization;

/// Writes a word `into` the form in which it is compared: small letters, plain apostrophes,
/// one form of each accent, numbers without the separators of their thousands.
pub(super) fn fold(word: &str, into: &mut String) {
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
    }
}
