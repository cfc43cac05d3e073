//! What is found in a text: addresses of mail and of the web, telephone numbers, secrets.

use regex::Regex;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// What is taken out of a text, and what stands in its place.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// As it was asked for: `email`, `/REGEX/`.
    pub name: String,
    pub instead: String,
    regex: Regex,
    /// What of a find is meant; `None`: it is none.
    meant: fn(&str, Range<usize>) -> Option<Range<usize>>,
}

/// A mail address, with letters of any script.
const EMAIL: &str = r"[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}";

const URL: &str = r#"(?i)\b(?:(?:https?|wss?|ftp)://|www\.)[^\s<>"'`\\]+"#;

/// Digits with what people write between them.
const PHONE: &str = r"(?:\+|\b00)?\(?\d[\d ().\-/\x{a0}]{6,}\d";

/// Secrets by what their makers begin them with, by what stands before them, and long words that may be one.
const SECRET: &str = r#"(?x)
    -----BEGIN\ [A-Z\ ]*PRIVATE\ KEY-----(?s:.*?)(?:-----END\ [A-Z\ ]*PRIVATE\ KEY-----|\z)
    | \beyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*
    | \b(?:sk-[0-9A-Za-z_-]{16,} | [rs]k_(?:live|test)_[0-9A-Za-z_]{16,} | gh[pousr]_[0-9A-Za-z_]{20,} | github_pat_[0-9A-Za-z_]{20,} | glpat-[0-9A-Za-z_-]{16,}
        | xox[abeoprs]-[0-9A-Za-z_-]{10,} | (?:AKIA|ASIA)[A-Z0-9]{16} | AIza[0-9A-Za-z_-]{35} | hf_[0-9A-Za-z_]{20,} | npm_[0-9A-Za-z_]{30,} | pypi-[0-9A-Za-z_-]{30,})
    | (?i:\b(?:api[_-]?key|access[_-]?key|secret|token|passw(?:or)?d|pwd)["']?\s*[:=]\s*["']?)(?<named>[^\s"',;]{8,})
    | (?i:\bbearer\s+)(?<bearer>[0-9A-Za-z_.~+/-]{16,}=*)
    | (?<long>[A-Za-z0-9+/_-]{32,}={0,2})
"#;

/// Bits a character, from which a long word with capitals, small letters and digits is taken for a secret.
const ENTROPY: f64 = 4.2;

impl Pattern {
    pub(super) fn parse(word: &str) -> Result<Self, String> {
        let known = |regex: &LazyLock<Regex>, meant: fn(&str, Range<usize>) -> Option<Range<usize>>| Pattern {
            name: word.into(),
            instead: format!("[{word}]"),
            regex: Regex::clone(regex),
            meant,
        };
        static KNOWN: [LazyLock<Regex>; 4] = [
            LazyLock::new(|| compiled(EMAIL)),
            LazyLock::new(|| compiled(PHONE)),
            LazyLock::new(|| compiled(URL)),
            LazyLock::new(|| compiled(SECRET)),
        ];
        match word {
            "email" => Ok(known(&KNOWN[0], |_, found| Some(found))),
            "phone" => Ok(known(&KNOWN[1], phone)),
            "url" => Ok(known(&KNOWN[2], url)),
            "secret" => Ok(known(&KNOWN[3], |_, found| Some(found))),
            _ => Self::written(word),
        }
    }

    /// `/REGEX/`
    fn written(word: &str) -> Result<Self, String> {
        let Some(source) = word.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) else {
            return Err(format!("`{word}` is no pattern; it is email, phone, url, secret, ids or /REGEX/"));
        };
        let regex = Regex::new(source).map_err(|error| format!("`{word}` is no regular expression: {error}"))?;
        if regex.is_match("") {
            return Err(format!("`{word}` would find nothing at all, between any two characters"));
        }
        let whole = |_: &str, found: Range<usize>| (!found.is_empty()).then_some(found);
        Ok(Self { name: word.into(), instead: "[redacted]".into(), regex, meant: whole })
    }

    /// What is found, in its order.
    pub(super) fn find<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Range<usize>> + 't {
        let secrets = ["named", "bearer", "long"];
        self.regex.captures_iter(text).filter_map(move |found| {
            let named = secrets.iter().find_map(|name| found.name(name));
            let is_long = found.name("long").is_some();
            let range = named.or_else(|| found.get(0))?.range();
            if is_long && !looks_drawn(&text[range.clone()]) {
                return None;
            }
            (self.meant)(text, range)
        })
    }
}

/// A regular expression of the program's own.
fn compiled(source: &str) -> Regex {
    Regex::new(source).expect("a regular expression of the program's own")
}

/// Without the punctuation of the sentence that it stands in.
fn url(text: &str, found: Range<usize>) -> Option<Range<usize>> {
    let address = text[found.clone()].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}', '|']);
    Some(found.start..found.start + address.len())
}

/// Whether as many digits as a telephone number has stand by themselves, and are no day and no decimal number.
fn phone(text: &str, found: Range<usize>) -> Option<Range<usize>> {
    let number = &text[found.clone()];
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let least = if number.starts_with('+') || number.starts_with("00") { 8 } else { 9 };
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let stands_apart = !text[..found.start].ends_with(is_of_word) && !text[found.end..].starts_with(is_of_word);
    let is_day = || {
        let parts: Vec<&str> = number.splitn(3, ['-', '/', '.']).collect();
        matches!(parts[..], [year, month, day] if year.len() == 4 && month.len() == 2 && day.len() >= 2 && number.len() > 9
            && year.starts_with(['1', '2']) && month <= "12")
    };
    let is_decimal = || {
        number
            .split_once('.')
            .is_some_and(|(whole, part)| whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit()))
    };
    ((least..=15).contains(&digits) && stands_apart && !is_day() && !is_decimal()).then_some(found)
}

/// Whether the characters of a word look drawn by lot.
fn looks_drawn(word: &str) -> bool {
    let has = |test: fn(&char) -> bool| word.chars().any(|c| test(&c));
    has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_digit)
        && entropy(word) >= ENTROPY
}

/// Shannon's entropy of the characters, in bits a character.
fn entropy(word: &str) -> f64 {
    let mut counts = HashMap::new();
    word.chars().for_each(|c| *counts.entry(c).or_insert(0.0) += 1.0);
    let total: f64 = counts.values().sum();
    // In the order of the characters, so that the sum is the same on every run.
    let mut shares: Vec<f64> = counts.into_values().map(|count: f64| count / total).collect();
    shares.sort_by(f64::total_cmp);
    -shares.into_iter().map(|share| share * share.log2()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(word: &str, text: &'t str) -> Vec<&'t str> {
        let pattern = Pattern::parse(word).unwrap();
        pattern.find(text).map(|range| &text[range]).collect()
    }

    #[test]
    fn addresses_are_found() {
        assert_eq!(
            found("email", "to ana.b+x@mail.example.org, jürgen@müller.example. no@where"),
            ["ana.b+x@mail.example.org", "jürgen@müller.example"]
        );
        assert_eq!(
            found("url", "see (https://a.example/x?y=1). Or www.b.example, \"HTTP://C.example\""),
            ["https://a.example/x?y=1", "www.b.example", "HTTP://C.example"]
        );
    }

    #[test]
    fn telephone_numbers_are_found_and_other_numbers_left() {
        let numbers = ["+49 30 1234567", "(030) 123-456-78", "0170/1234567", "+1 (415) 555-0132", "0049 30 123456"];
        for number in numbers {
            assert_eq!(found("phone", &format!("call {number}.")), [number]);
        }
        for other in [
            "2026-11-28 10:57",
            "2026-11-28",
            "0.1234567890",
            "12345678",
            "order a123456789",
            "1234567890123456789",
            "4111",
        ] {
            assert!(found("phone", other).is_empty(), "{other}");
        }
    }

    #[test]
    fn secrets_are_found_by_their_beginning_their_name_or_their_look() {
        for (text, secret) in [
            ("key sk-proj-abcdefghijklmnop1234.", "sk-proj-abcdefghijklmnop1234"),
            ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
            ("password: hunter2hunter2;", "hunter2hunter2"),
            ("Authorization: Bearer abcdefghijklmnop.qrs", "abcdefghijklmnop.qrs"),
            ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY"),
            (
                "x -----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY----- y",
                "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----",
            ),
        ] {
            assert_eq!(found("secret", text), [secret]);
        }
        for other in [
            "0b9c2625dc21ef05f6ad4ddf47c5f203837aa32c0b9c2625dc21ef05f6ad4ddf",
            "123e4567-e89b-12d3-a456-426614174000",
            "a_very_long_name_of_a_function_in_some_program",
            "the token is short",
        ] {
            assert!(found("secret", other).is_empty(), "{other}");
        }
    }
}
