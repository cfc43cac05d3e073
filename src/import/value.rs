//! A field's value, as the rules of the fields see it, whichever format it is from.

use super::fault::{Fault, Faults};
use super::json::{broken, is_json, push_text};
use super::scan;
use crate::domain::record::FieldType;
use regex::Regex;
use std::borrow::Cow;
use std::sync::LazyLock;

/// A value: text is decoded, everything else is its source as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Null,
    Bool(&'a str),
    Number(&'a str),
    Text(Cow<'a, str>),
    List(Cow<'a, str>),
    Object(Cow<'a, str>),
}

impl<'a> Value<'a> {
    /// Reads the source of one JSON value that is known to be valid.
    pub(super) fn from_json(source: &'a str) -> Result<Self, Fault> {
        Ok(match source.as_bytes().first() {
            Some(b'"') => Value::Text(decode(source)?),
            Some(b'[') => Value::List(source.into()),
            Some(b'{') => Value::Object(source.into()),
            Some(b't' | b'f') => Value::Bool(source),
            Some(b'n') => Value::Null,
            _ => Value::Number(source),
        })
    }

    /// Reads the source of a value that may be absent.
    pub(super) fn from_slot(source: Option<&'a str>) -> Result<Option<Self>, Fault> {
        source.map(Value::from_json).transpose()
    }

    /// Text that may hold a JSON list or object, as a CSV cell does; what is not valid
    /// JSON, or not JSON that can be kept, is text.
    pub(super) fn from_text_or_json(text: &'a str) -> Result<Self, Fault> {
        let json = text.trim_ascii();
        if json.starts_with(['[', '{']) && is_json(json) && scan::check(json).is_ok() {
            Value::from_json(json)
        } else {
            Value::from_text(text)
        }
    }

    /// A cell of a table as the kind of value that its field holds.
    pub(super) fn from_cell(holds: FieldType, cell: &'a str) -> Result<Self, Fault> {
        match holds {
            FieldType::Integer { .. } | FieldType::Real => Ok(Value::Number(cell.trim_ascii())),
            FieldType::Words | FieldType::Keys => Value::from_words(cell),
            FieldType::Id | FieldType::Name | FieldType::Text | FieldType::Time => Value::from_text(cell),
            FieldType::Content | FieldType::Documents | FieldType::Object | FieldType::Scores | FieldType::Marks => {
                Value::from_text_or_json(cell)
            }
        }
    }

    /// A list of words: JSON, or words between semicolons.
    fn from_words(cell: &'a str) -> Result<Self, Fault> {
        Ok(match Value::from_text_or_json(cell)? {
            Value::Text(text) => {
                let words = text.split(';').map(str::trim).filter(|word| !word.is_empty());
                let mut list = String::from("[");
                for (at, word) in words.enumerate() {
                    list.push_str(if at == 0 { "" } else { "," });
                    push_text(word, &mut list);
                }
                list.push(']');
                Value::List(list.into())
            }
            json => json,
        })
    }

    /// Text as it stands.
    pub(super) fn from_text(text: &'a str) -> Result<Self, Fault> {
        without_nul(text.into()).map(Value::Text)
    }

    /// What the value is, in words for a reason.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::Text(_) => "text",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
        }
    }

    /// The fault of a value that is not what it must be.
    pub(super) fn mistyped(&self, must_be: &str) -> Fault {
        Fault::new(format!("must be {must_be}, not {}", self.kind()))
    }
}

/// Whether a text is a list, tuple, set or dictionary as Python prints it, or an array of NumPy:
/// nothing but its tokens, of which one at least is none of JSON.
pub(super) fn is_python(text: &str) -> bool {
    static PYTHON: LazyLock<Regex> = LazyLock::new(|| {
        let own = r"[bru]?'(?:[^'\\]|\\.)*'|None|True|False|\(";
        let shared = r#""(?:[^"\\]|\\.)*"|-?[0-9][0-9.e+-]*|nan|inf|dtype=\w+|[\s,:\[\]{})]"#;
        let pattern = format!(r"(?s)^(?:array\()?[\[({{](?:{shared}|{own})*(?:{own})(?:{shared}|{own})*$");
        Regex::new(&pattern).expect("a fixed pattern")
    });
    let text = text.trim();
    let is_list = |open, close| text.starts_with(open) && text.ends_with(close);
    let encloses =
        is_list("[", "]") || is_list("{", "}") || is_list("array(", ")") || is_list("(", ")") && text.contains(',');
    encloses && PYTHON.is_match(text)
}

/// A value that may be absent, which an empty text means too, as an empty cell of a table does.
pub(super) fn unless_empty<'a>(value: Result<Option<Value<'a>>, Fault>) -> Result<Option<Value<'a>>, Fault> {
    let is_empty = |value: &Value| matches!(value, Value::Text(text) if text.is_empty());
    value.map(|value| value.filter(|value| !is_empty(value)))
}

/// A value under a rule; `None` where it is absent, which `null` means too. A fault is
/// that of the member called `name`.
pub(super) fn optional<'a, T, F: Into<Faults>>(
    name: &str,
    value: Result<Option<Value<'a>>, Fault>,
    rule: impl FnOnce(Value<'a>) -> Result<T, F>,
) -> Result<Option<T>, Faults> {
    let present = value.map(|value| value.filter(|value| *value != Value::Null)).map_err(Faults::from);
    let ruled = present.and_then(|value| value.map(rule).transpose().map_err(Into::into));
    ruled.map_err(|faults| faults.within(name))
}

/// Applies a rule to a value as [`optional`] does, but an absent value is a fault.
pub(super) fn required<'a, T, F: Into<Faults>>(
    name: &str,
    value: Result<Option<Value<'a>>, Fault>,
    rule: impl FnOnce(Value<'a>) -> Result<T, F>,
) -> Result<T, Faults> {
    optional(name, value, rule)?.ok_or_else(|| Fault::new("is required and missing").within(name).into())
}

/// Decodes a JSON string. Most have no escapes and are borrowed.
fn decode(source: &str) -> Result<Cow<'_, str>, Fault> {
    let inner = &source[1..source.len() - 1];
    if !inner.as_bytes().contains(&b'\\') {
        return Ok(inner.into());
    }
    match serde_json::from_str::<String>(source) {
        Ok(text) => without_nul(text.into()),
        Err(error) => Err(scan::check(source).err().unwrap_or_else(|| Fault::new(broken(source, &error)))),
    }
}

fn without_nul(text: Cow<'_, str>) -> Result<Cow<'_, str>, Fault> {
    if text.contains('\0') { Err(Fault::new(scan::NUL)) } else { Ok(text) }
}
