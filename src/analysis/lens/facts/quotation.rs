//! Quotations: what stands in quotes must stand in the source, word for word.

use std::ops::Range;

/// Words of a quotation, at least; fewer are a title or a figure of speech.
const WORDS: usize = 3;
/// Letters of a quotation in a script without spaces, at least.
const LETTERS: usize = 8;
/// Bytes of a quotation, at most; a longer one is a quote that was not closed.
const LONGEST: usize = 2_000;

const PAIRS: [(char, char); 7] = [
    ('"', '"'),
    ('\u{201c}', '\u{201d}'),
    ('\u{201e}', '\u{201c}'),
    ('«', '»'),
    ('»', '«'),
    ('「', '」'),
    ('『', '』'),
];

/// Quotations of a text, without their quotes.
pub(super) fn find(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((offset, open)) = text[at..].char_indices().find(|(_, c)| PAIRS.iter().any(|pair| pair.0 == *c)) {
        let start = at + offset + open.len_utf8();
        at = start;
        let reach = &text[start..text.ceil_char_boundary((start + LONGEST).min(text.len()))];
        let line = reach.lines().next().unwrap_or_default();
        let closes = |c: char| PAIRS.contains(&(open, c));
        let Some(length) = line.find(closes) else { continue };
        let end = start + length;
        at = end + text[end..].chars().next().map_or(0, char::len_utf8);
        if is_quotation(&text[start..end]) {
            found.push(start..end);
        }
    }
    found
}

fn is_quotation(inside: &str) -> bool {
    inside.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count() >= WORDS
        || inside.chars().filter(|c| super::super::tokens::is_wide(*c)).count() >= LETTERS
}

/// A text by its letters and digits alone: quotes, stops, spaces and case do not matter.
pub(super) fn flat(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The pieces of a quotation that must stand as they are: an ellipsis leaves something
/// out, and what is in brackets was put in.
pub(super) fn pieces(quotation: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut depth = 0_usize;
    for c in quotation.replace("...", "…").chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => {
                plain.push(c);
                continue;
            }
            _ => {}
        }
        plain.push('…');
    }
    plain.split('…').map(flat).filter(|piece| !piece.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_are_more_than_a_word_or_two() {
        let text = "He said \"we will pay\" and “nobody else did”, a \"friend\". 「これは全部本当のことです」";
        let found: Vec<&str> = find(text).into_iter().map(|range| &text[range]).collect();
        assert_eq!(found, ["we will pay", "nobody else did", "これは全部本当のことです"]);
        assert!(find("an \"unclosed quote goes on").is_empty());
    }

    #[test]
    fn ellipses_and_brackets_part_a_quotation() {
        assert_eq!(pieces("We will ... pay [him] Back!"), ["wewill", "pay", "back"]);
    }
}
