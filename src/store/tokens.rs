//! Words as full-text search takes them. It parts text at spaces and signs; the scripts
//! that are written without spaces are parted here, into pairs of characters that overlap,
//! so that a word of two characters is one entry of the index and a longer one a row of
//! them. The last character of a stretch stands alone too: with it, every character begins
//! an entry, and one character is found as a beginning.

use crate::text::compare::fold;
use std::borrow::Cow;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// The text as it is put into the index: in the form in which texts are compared, and parted.
pub(super) fn parted(text: &str) -> Cow<'_, str> {
    match folded(text) {
        Cow::Borrowed(text) => part(text),
        Cow::Owned(text) => part(&text).into_owned().into(),
    }
}

/// The text in the form in which texts are compared, but for what both engines do themselves:
/// capitals of plain English, and accents, of which those on no letter are left out.
fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let is_accent = |c: char| ('\u{300}'..='\u{36f}').contains(&c);
    match fold(text, false).text {
        text if text.contains(is_accent) => text.replace(is_accent, "").into(),
        text => text,
    }
}

fn part(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| is_unspaced(c) || is_symbol(c)) {
        return Cow::Borrowed(text);
    }
    let mut parted = String::with_capacity(text.len() * 2);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if is_unspaced(c) {
            parted.push(' ');
            parted.push(c);
            match rest.peek() {
                Some(&next) if is_unspaced(next) => parted.push(next),
                _ => parted.push(' '),
            }
        } else {
            push(&mut parted, c);
        }
    }
    Cow::Owned(parted)
}

/// Words in a row that are looked for.
pub(super) struct Sought {
    /// The words as the index has them.
    pub parted: String,
    /// Whether the last word may be continued.
    pub open: bool,
}

/// The query that finds the words in a row, the last of which may be continued if `open`; `None`
/// if there is no word in the text. It has no `"` and no control character.
pub(super) fn sought(text: &str, open: bool) -> Option<Sought> {
    let text: String = folded(text).chars().map(|c| if c == '"' || c.is_control() { ' ' } else { c }).collect();
    let text = text.trim_end_matches(|c| !is_word(c));
    if !text.chars().any(is_word) {
        return None;
    }
    let run = text.chars().rev().take_while(|c| is_unspaced(*c)).count();
    let mut parted = part(text).trim_end().to_owned();
    if run > 1 {
        // The pair before it says as much.
        parted.truncate(parted.trim_end_matches(is_unspaced).trim_end().len());
    }
    Some(Sought { parted, open: open || run == 1 })
}

fn push(parted: &mut String, c: char) {
    match c {
        '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' => parted.push(' '), // they only say how a symbol looks
        c if is_symbol(c) => parted.extend([' ', c, ' ']),
        c => parted.push(c),
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || is_symbol(c) || is_unspaced(c)
}

/// An emoji or a sign like it.
fn is_symbol(c: char) -> bool {
    c >= '\u{2190}' && c.general_category() == GeneralCategory::OtherSymbol
}

/// Whether a character is of a script whose words stand side by side without spaces, or which
/// joins endings to words: Thai, Lao, Burmese, Khmer, Hangul, Kana, Han.
fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0e01}'..='\u{0e4e}' | '\u{0e81}'..='\u{0ece}' | '\u{1000}'..='\u{103f}' | '\u{1780}'..='\u{17d3}'
        | '\u{1100}'..='\u{11ff}' | '\u{ac00}'..='\u{d7a3}' | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}'
        | '\u{ff66}'..='\u{ff9d}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}'
        | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(text: &str) -> Vec<String> {
        parted(text).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn texts_without_spaces_are_parted_into_pairs() {
        assert_eq!(tokens("退款窗口"), ["退款", "款窗", "窗口", "口"]);
        assert_eq!(tokens("buy退款now"), ["buy", "退款", "款", "now"]);
        assert_eq!(tokens("done🎉🎉 ok"), ["done", "🎉", "🎉", "ok"]);
        assert!(matches!(parted("plain, naïve text"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_sought_is_words() {
        let found = |text: &str, open| sought(text, open).map(|sought| (sought.parted, sought.open));
        let closed = |parted: &str| Some((parted.to_owned(), false));
        let opened = |parted: &str| Some((parted.to_owned(), true));
        assert_eq!(found("refund window", false), closed("refund window"));
        assert_eq!(found("\" -- * \0", false), None);
        assert_eq!(found("ref", true), opened("ref"));
        assert_eq!(found("退", false), opened(" 退"));
        assert_eq!(found("退款窗口", false), closed(" 退款 款窗 窗口"));
        assert_eq!(found("退款。", false), closed(" 退款"));
        assert_eq!(found("退款 now", false), closed(" 退款 款  now"));
    }
}
