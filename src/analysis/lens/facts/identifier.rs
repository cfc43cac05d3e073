//! Codes that name one thing: order numbers, versions, telephone numbers.

use super::{Fact, FactValue};
use regex::Regex;
use std::sync::LazyLock;

static CODE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"#[0-9]{3,}|\+?[0-9][0-9 ()/-]{7,}[0-9]|[A-Za-z0-9]+(?:[-_/.][A-Za-z0-9]+)*").expect("a fixed pattern")
});

/// The identifiers of a text, in order. Each has a digit, and begins in the word that has its first:
/// other words are passed over.
pub(super) fn find(text: &str) -> Vec<Fact> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(digit) = text[at..].find(|c: char| c.is_ascii_digit()).map(|offset| at + offset) {
        let word = text[at..digit].rfind(|c: char| c.is_ascii_whitespace()).map_or(at, |space| at + space + 1);
        let Some(code) = CODE.find_at(text, word) else { break };
        at = code.end();
        if is_identifier(code.as_str()) {
            found.push(Fact { range: code.range(), value: FactValue::Identifier(normal(code.as_str())) });
        }
    }
    found
}

/// Whether a match is a code: with enough letters to be no number with its unit, and with a
/// digit, so that it is no word.
fn is_identifier(code: &str) -> bool {
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    let letters = code.bytes().filter(u8::is_ascii_alphabetic).count();
    if digits == 0 {
        return false;
    }
    if letters == 0 {
        // a telephone number, `#1234`, or groups of digits such as 978-3-16; no range, no date
        let groups = code.split(['-', '/', ' ', '(', ')']).filter(|group| !group.is_empty()).count();
        return code.starts_with('#') || (digits >= 8 && groups > 2);
    }
    let parts: Vec<&str> = code.split(['-', '_', '/', '.']).collect();
    let mixed = parts.iter().any(|part| starts_with_letters_then_digits(part));
    let capitals = !code.bytes().any(|byte| byte.is_ascii_lowercase());
    let joined = parts.len() > 1 && capitals && code.starts_with(|c: char| c.is_ascii_alphabetic());
    let short_unit = code.starts_with(|c: char| c.is_ascii_digit()) && parts.len() == 1 && digits_then_letters(code);
    (mixed || joined || digits >= 2 && capitals && letters >= 2) && !short_unit
}

/// Whether letters come before the digits: `A12`, `v2`; not `5kg`.
fn starts_with_letters_then_digits(part: &str) -> bool {
    let letters = part.bytes().take_while(u8::is_ascii_alphabetic).count();
    letters > 0 && part[letters..].starts_with(|c: char| c.is_ascii_digit())
}

/// Whether it is a number with a unit or an ending: `5kg`, `10am`, `3rd`, `1990s`.
fn digits_then_letters(code: &str) -> bool {
    let digits = code.bytes().take_while(u8::is_ascii_digit).count();
    code[digits..].bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The code in capitals and digits alone, since its groups may be separated in any way.
fn normal(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_from_words_and_numbers() {
        for code in ["INV-2024-001", "ABC123", "#12345", "+49 30 1234567", "v1.2.3", "B-52", "COVID-19"] {
            assert_eq!(find(code).len(), 1, "{code}");
        }
        for none in ["5kg", "3rd", "1990s", "5-10", "24/7", "3-year", "well-known", "10am", "1,234"] {
            assert_eq!(find(none), [], "{none}");
        }
    }
}
