//! Corrections: an output as it should have been, of the kind that the output is.

use super::item::{Content, ContentKind};
use crate::text::position::{Position, json_error_offset};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;

/// Why a correction cannot be kept as an example, and where. `Display` is a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub struct Fault {
    /// Line and column, both from 1; columns count characters.
    pub line: usize,
    pub column: usize,
    pub reason: String,
}

/// The correction that `text` is of an output, exactly as it is written; `None` when it
/// changes nothing.
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

const NUL: &str = "U+0000, at which many programs end a text, cannot stand here";

fn unsound(text: &str) -> Option<Fault> {
    serde_json::from_str::<Sound>(text).err().map(|error| json_fault(text, &error))
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
    let Position { line, column } = Position::of(text, at);
    Fault { line, column, reason }
}

/// A parser's error as a fault; its own words for the place are left out, for they count bytes.
fn json_fault(text: &str, error: &serde_json::Error) -> Fault {
    let words = error.to_string();
    let reason = words.rsplit_once(" at line ").map_or(words.as_str(), |(reason, _)| reason);
    fault_at(text, json_error_offset(text, error), reason.into())
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

    /// Visits an object; a number that fits no other type comes as one too.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self, A::Error> {
        while members.next_entry::<Sound, Sound>()?.is_some() {}
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(kind: ContentKind, text: &str) -> Option<String> {
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
        assert_eq!(complaint(ContentKind::Text, "{ no json"), None);
        assert_eq!(complaint(ContentKind::Json, "{\"a\": [1.50, 1E400, \"\\u00e9\", null, true]}"), None);
        let place = complaint(ContentKind::Json, "{\n  \"é\": \"東\" \"b\"\n}").unwrap();
        assert_eq!(place, "line 2, column 12: expected `,` or `}`");
        assert_eq!(complaint(ContentKind::Json, "{\"a\": 1").unwrap(), "line 1, column 7: EOF while parsing an object");
        assert!(complaint(ContentKind::Json, "").is_some());
        assert!(complaint(ContentKind::Json, "[1] 2").unwrap().contains("trailing"));
    }

    #[test]
    fn half_characters_and_nul_are_complaint() {
        assert_eq!(
            complaint(ContentKind::Json, r#"["\ud83d"]"#).unwrap(),
            "line 1, column 9: unexpected end of hex escape"
        );
        assert!(complaint(ContentKind::Json, r#"{"a\u0000": 1}"#).unwrap().contains("U+0000"));
        assert_eq!(
            complaint(ContentKind::Text, "a\nb\0").unwrap(),
            "line 2, column 2: U+0000, at which many programs end a text, cannot stand here"
        );
    }

    #[test]
    fn a_chat_stays_a_chat() {
        assert_eq!(complaint(ContentKind::Chat, r#"[{"role":"user","content":"x"}]"#), None);
        let wrong = complaint(ContentKind::Chat, "[{\"role\":\"user\"},\n {\"content\":\"x\"}]").unwrap();
        assert_eq!(wrong, "line 2, column 2: a message is an object with a \"role\"");
        assert!(complaint(ContentKind::Chat, "{}").unwrap().contains("list of messages"));
        assert!(complaint(ContentKind::Chat, "[]").unwrap().contains("at least one"));
    }
}
