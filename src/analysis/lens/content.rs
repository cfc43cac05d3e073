//! The text of a content that the lens reads.

use crate::domain::item::{Content, ContentKind, Item};
use std::borrow::Cow;

/// The text that the lens reads: plain text as it is; of JSON and chat the values, each at
/// its place and all else blank, so that offsets into one are offsets into the other.
pub fn readable(content: &Content) -> Cow<'_, str> {
    match content.kind {
        ContentKind::Text => Cow::Borrowed(&content.text),
        ContentKind::Json | ContentKind::Chat => Cow::Owned(values(&content.text)),
    }
}

/// The texts that an output may have its statements from: the context, then, as the last,
/// the input with the titles and addresses of the documents. What the output has from the
/// question is no invention.
pub fn sources(item: &Item) -> Vec<Cow<'_, str>> {
    let context = item.context.iter().map(|document| Cow::Borrowed(document.text.as_str()));
    let named = item.context.iter().flat_map(|document| [&document.title, &document.url]).flatten();
    let mut last = readable(&item.input);
    for name in named {
        let last = last.to_mut();
        last.push('\n');
        last.push_str(name);
    }
    context.chain([last]).collect()
}

/// The values of a JSON source, every byte of them at its place. A comma becomes a line
/// break: values are no parts of one sentence.
fn values(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(first) = rest.chars().next() {
        if first == '"' {
            let end = string_end(rest);
            let is_name = rest[end..].trim_start().starts_with(':');
            if is_name {
                blank(end, &mut out);
            } else {
                unescape(&rest[..end], &mut out);
            }
            rest = &rest[end..];
            continue;
        }
        match first {
            ',' | '{' | '}' | '[' | ']' => out.push('\n'),
            ':' => out.push(' '),
            other => out.push(other),
        }
        rest = &rest[first.len_utf8()..];
    }
    out
}

/// Where the string that `text` starts with ends, behind its quote.
fn string_end(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().enumerate().skip(1).find(|(_, byte)| {
        let ends = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

fn blank(bytes: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', bytes));
}

/// The string with its escapes resolved, filled up to the bytes that they took with
/// marks that no word is cut by.
fn unescape(string: &str, out: &mut String) {
    let mut rest = string;
    while let Some(at) = rest.find('\\') {
        quoteless(&rest[..at], out);
        let escape = &rest[at..];
        let length = if escape.as_bytes().get(1) == Some(&b'u') { 6 } else { 2 };
        let Some(taken) = escape.get(..length) else {
            rest = &rest[at..];
            break;
        };
        let code = taken.get(2..).and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32);
        match (code.filter(|_| length == 6), taken.as_bytes()[1]) {
            (Some(c), _) => fill(c, length, out),
            (None, b'n') => out.push_str(" \n"),
            (None, b'"') => out.push_str(" \u{22}"),
            _ => blank(length, out),
        }
        rest = &escape[length..];
    }
    quoteless(rest, out);
}

/// The text of a JSON string without its quotes.
fn quoteless(text: &str, out: &mut String) {
    out.extend(text.chars().map(|c| if c == '"' { ' ' } else { c }));
}

fn fill(c: char, bytes: usize, out: &mut String) {
    out.push(c);
    let mut left = bytes - c.len_utf8();
    while left > 0 {
        let mark = match left {
            3 | 6.. => '\u{200b}',
            2 | 4 | 5 => '\u{ad}',
            _ => ' ',
        };
        out.push(mark);
        left -= mark.len_utf8();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(json: &str) -> String {
        let kind = ContentKind::Json;
        readable(&Content { kind, text: json.into() }).into_owned()
    }

    #[test]
    fn only_values_are_read_each_at_its_place() {
        let json = r#"{"total": 12.50, "note": "He said \"no\".\nCaf\u00e9"}"#;
        let seen = read(json);
        assert_eq!(seen.len(), json.len());
        assert_eq!(json.find("12.50"), seen.find("12.50"));
        assert!(!seen.contains("total") && seen.contains(" \"no \".") && seen.contains("Café"), "{seen}");
        let text = Content::text("{\"a\": 1}");
        assert_eq!(readable(&text), "{\"a\": 1}");
    }

    proptest! {
        #[test]
        fn what_is_read_is_as_long_as_the_source(json in "[\"\\\\nu0a:,{}é店 ]{0,40}") {
            prop_assert_eq!(read(&json).len(), json.len());
        }
    }
}
