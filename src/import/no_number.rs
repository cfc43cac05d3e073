//! `NaN` and `Infinity`, which JSON has no word for and Python's `json.dumps` writes all the same: mostly for
//! a score that is missing.

use super::json::is_json;
use memchr::memmem::Finder;
use std::sync::LazyLock;

const WORDS: [&[u8]; 3] = [b"NaN", b"Infinity", b"-Infinity"];

/// Members of a record that must be something: one that is no number is told as a fault.
const NEEDED: [&[u8]; 3] = [b"\"id\"", b"\"input\"", b"\"output\""];

/// The record with `null` in the place of such words; nothing where it has none outside its texts, or is
/// no JSON even so.
pub(super) fn with_null(record: &[u8]) -> Option<String> {
    static FINDERS: LazyLock<[Finder; 2]> = LazyLock::new(|| [Finder::new(WORDS[0]), Finder::new(WORDS[1])]);
    FINDERS.iter().find_map(|finder| finder.find(record))?;
    let (mut mended, mut at, mut depth, mut name) = (Vec::with_capacity(record.len()), 0, 0_usize, &record[..0]);
    let mut is_found = false;
    while at < record.len() {
        let rest = &record[at..];
        let length = match rest[0] {
            b'"' => {
                let length = text_length(rest);
                if depth == 1 && rest[length..].trim_ascii_start().starts_with(b":") {
                    name = &rest[..length];
                }
                length
            }
            b'N' | b'I' | b'-' => match WORDS.iter().find(|word| rest.starts_with(word)) {
                Some(_) if depth == 1 && NEEDED.contains(&name) => return None,
                Some(word) => {
                    is_found = true;
                    mended.extend_from_slice(b"null");
                    at += word.len();
                    continue;
                }
                None => 1,
            },
            bracket => {
                match bracket {
                    b'{' | b'[' => depth += 1,
                    b'}' | b']' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                1
            }
        };
        mended.extend_from_slice(&rest[..length]);
        at += length;
    }
    String::from_utf8(mended).ok().filter(|mended| is_found && is_json(mended.trim_start_matches('\u{feff}')))
}

/// The length of the text that begins here, with its quotation marks.
fn text_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += found + 1;
        if bytes[at - 1] == b'"' {
            return at;
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_are_no_numbers_are_null_outside_texts() {
        let mended = |record: &str| with_null(record.as_bytes());
        assert_eq!(
            mended(r#"{"id":"NaN \" NaN","scores":[NaN,-Infinity, 1],"output":"Infinity","n":Infinity}"#).as_deref(),
            Some(r#"{"id":"NaN \" NaN","scores":[null,null, 1],"output":"Infinity","n":null}"#)
        );
        for same in
            [r#"{"output":"NaN"}"#, r#"{"a":1}"#, r#"{"a":NaNs}"#, r#"{"a":"NaN"#, r#"{"output": NaN}"#, "NaN {", ""]
        {
            assert_eq!(mended(same), None, "{same}");
        }
        assert!(mended(r#"{"meta":{"output":NaN}}"#).is_some(), "what is within a member is no field");
    }
}
