//! What valid JSON may still hide inside the source that is kept as written:
//! nesting, lone surrogates and U+0000.

use super::fault::Fault;
use memchr::memchr2;

/// Deepest nesting of lists and objects in one field. JSON readers commonly stop at 128
/// (serde_json), and a field is wrapped in a record and in `meta`.
pub const MAX_DEPTH: usize = 120;

pub(super) const NUL: &str = "holds U+0000, at which many programs end a text";
pub(super) const LONE_SURROGATE: &str = "holds a lone surrogate: half of a character, as in \\ud83d alone";

/// Checks valid JSON source in one pass, without recursion.
pub(super) fn check(json: &str) -> Result<(), Fault> {
    let bytes = json.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at = check_string(bytes, at)?,
            b'[' | b'{' if depth == MAX_DEPTH => {
                return Err(Fault::new(format!("is nested deeper than {MAX_DEPTH} levels")));
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

/// Checks the escapes of the string whose text starts at `at`; gives where it ends.
fn check_string(bytes: &[u8], mut at: usize) -> Result<usize, Fault> {
    while let Some(found) = memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += found;
        match (bytes[at], bytes.get(at + 1)) {
            (b'"', _) => return Ok(at + 1),
            (_, Some(b'u')) => at += check_unicode_escape(&bytes[at..])?,
            _ => at += 2,
        }
    }
    Ok(bytes.len())
}

/// Checks the `\uXXXX` at the start of `bytes`, with its second half where it is a
/// surrogate; gives its length.
fn check_unicode_escape(bytes: &[u8]) -> Result<usize, Fault> {
    match code_unit(bytes) {
        Some(0) => Err(Fault::new(NUL)),
        Some(0xd800..=0xdbff) => match code_unit(&bytes[6..]) {
            Some(0xdc00..=0xdfff) => Ok(12),
            _ => Err(Fault::new(LONE_SURROGATE)),
        },
        Some(0xdc00..=0xdfff) => Err(Fault::new(LONE_SURROGATE)),
        _ => Ok(6),
    }
}

fn code_unit(bytes: &[u8]) -> Option<u16> {
    let digits = bytes.strip_prefix(b"\\u")?.get(..4)?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(json: &str) -> Option<String> {
        check(json).err().map(|fault| fault.reason)
    }

    #[test]
    fn escapes_are_told_from_escaped_backslashes() {
        assert_eq!(reason(r#"{"a":"\u00e9 \ud83d\ude00 \uD83D\uDE00"}"#), None);
        assert_eq!(reason(r#"["\\ud800 and \\u0000 are text about escapes"]"#), None);
        for lone in [r#"["\ud800"]"#, r#"["\uDC00x"]"#, r#"{"\ud800\n":1}"#, r#"["\ud800\ud800\udc00"]"#, r#""\ud83d""#]
        {
            assert_eq!(reason(lone).as_deref(), Some(LONE_SURROGATE), "{lone}");
        }
        assert_eq!(reason(r#"{"a":["x\u0000"]}"#).as_deref(), Some(NUL));
    }

    #[test]
    fn depth_counts_what_is_open_at_once() {
        let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert_eq!(reason(&nested(MAX_DEPTH)), None);
        assert_eq!(reason(&nested(MAX_DEPTH + 1)).as_deref(), Some("is nested deeper than 120 levels"));
        assert_eq!(reason(&format!("[{}1]", "[],".repeat(1000))), None);
        assert_eq!(reason(&format!("[\"{}\"]", "[".repeat(1000))), None, "brackets in text are text");
    }
}
