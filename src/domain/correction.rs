//! Corrections: an output as it should have been, of the kind that the output is.

use super::item::{Content, ContentKind};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// Why a correction cannot be kept as an example, and where. `Display` is a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct Fault {
    /// Both from 1; columns count characters.
    pub line: usize,
    pub column: usize,
    pub reason: String,
}

/// A text as the correction of an output, exactly as it is written; `None` when it
/// corrects nothing.
pub fn of(output: &Content, text: &str) -> Option<Content> {
    (text != output.text).then(|| Content { kind: output.kind, text: text.to_owned() })
}

/// What is wrong with the form of a correction: JSON must parse, a chat must be a list
/// of messages.
pub fn fault(correction: &Content) -> Option<Fault> {
    let text = &correction.text;
    match correction.kind {
        ContentKind::Text => text.find('\0').map(|at| fault_at(text, at, NUL.into())),
        ContentKind::Json => unsound(text),
        ContentKind::Chat => unsound(text).or_else(|| no_chat(text)),
    }
}

const NUL: &str = "U+0000 cannot be kept in text";

fn unsound(text: &str) -> Option<Fault> {
    serde_json::from_str::<Sound>(text).err().map(|error| told(text, &error))
}

fn no_chat(text: &str) -> Option<Fault> {
    let messages = match serde_json::from_str::<Vec<&RawValue>>(text) {
        Ok(messages) if messages.is_empty() => {
            return Some(fault_at(text, 0, "a chat has at least one message".into()));
        }
        Ok(messages) => messages,
        Err(_) => return Some(fault_at(text, 0, "a chat is a list of messages".into())),
    };
    let is_message = |raw: &str| {
        let members = serde_json::from_str::<BTreeMap<String, &RawValue>>(raw).unwrap_or_default();
        members.get("role").is_some_and(|role| role.get().starts_with('"'))
    };
    let wrong = messages.into_iter().map(RawValue::get).find(|raw| !is_message(raw))?;
    let at = wrong.as_ptr() as usize - text.as_ptr() as usize; // `wrong` is borrowed from `text`
    Some(fault_at(text, at, "a message is an object with a \"role\"".into()))
}

fn fault_at(text: &str, at: usize, reason: String) -> Fault {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
    Fault { line, column: before[line_start..].chars().count() + 1, reason }
}

/// The reader's error without the place in its words, which counts bytes.
fn told(text: &str, error: &serde_json::Error) -> Fault {
    let line = text.split('\n').nth(error.line().saturating_sub(1)).unwrap_or_default();
    let before = line.floor_char_boundary(error.column().saturating_sub(1));
    let column = line[..before].chars().count() + 1;
    let words = error.to_string();
    let reason = words.rsplit_once(" at line ").map_or(words.as_str(), |(reason, _)| reason);
    Fault { line: error.line().max(1), column, reason: reason.into() }
}

/// JSON in which every string is text.
struct Sound;

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Self)
    }
}

impl<'de> Visitor<'de> for Sound {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self, E> {
        if text.contains('\0') { Err(E::custom(NUL)) } else { Ok(self) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self, A::Error> {
        while list.next_element::<Sound>()?.is_some() {}
        Ok(self)
    }

    /// An object; a number that fits no other type comes as one too.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        while members.next_entry::<Sound, Sound>()?.is_some() {}
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: ContentKind, text: &str) -> Option<String> {
        fault(&Content { kind, text: text.into() }).map(|fault| fault.to_string())
    }

    #[test]
    fn what_equals_the_output_corrects_nothing() {
        let output = Content { kind: ContentKind::Json, text: "{\"a\": 1.50}".into() };
        assert_eq!(of(&output, "{\"a\": 1.50}"), None);
        let mended = of(&output, "{\"b\":1, \"a\": 1.500}").unwrap();
        assert_eq!((mended.kind, mended.text.as_str()), (ContentKind::Json, "{\"b\":1, \"a\": 1.500}"));
    }

    #[test]
    fn any_text_is_sound_and_json_must_parse() {
        assert_eq!(told(ContentKind::Text, "{ no json"), None);
        assert_eq!(told(ContentKind::Json, "{\"a\": [1.50, 1E400, \"\\u00e9\", null, true]}"), None);
        let place = told(ContentKind::Json, "{\n  \"é\": \"東\" \"b\"\n}").unwrap();
        assert_eq!(place, "line 2, column 12: expected `,` or `}`");
        assert_eq!(told(ContentKind::Json, "{\"a\": 1").unwrap(), "line 1, column 7: EOF while parsing an object");
        assert!(told(ContentKind::Json, "").is_some());
        assert!(told(ContentKind::Json, "[1] 2").unwrap().contains("trailing"));
    }

    #[test]
    fn half_characters_and_nul_are_told() {
        assert_eq!(told(ContentKind::Json, r#"["\ud83d"]"#).unwrap(), "line 1, column 9: unexpected end of hex escape");
        assert!(told(ContentKind::Json, r#"{"a\u0000": 1}"#).unwrap().contains("U+0000"));
        assert_eq!(told(ContentKind::Text, "a\nb\0").unwrap(), "line 2, column 2: U+0000 cannot be kept in text");
    }

    #[test]
    fn a_chat_stays_a_chat() {
        assert_eq!(told(ContentKind::Chat, r#"[{"role":"user","content":"x"}]"#), None);
        let wrong = told(ContentKind::Chat, "[{\"role\":\"user\"},\n {\"content\":\"x\"}]").unwrap();
        assert_eq!(wrong, "line 2, column 2: a message is an object with a \"role\"");
        assert!(told(ContentKind::Chat, "{}").unwrap().contains("list of messages"));
        assert!(told(ContentKind::Chat, "[]").unwrap().contains("at least one"));
    }
}
