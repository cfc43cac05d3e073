//! Walking over one level of JSON source without decoding its members.

use super::fault::{Fault, Faults};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::{RawValue, Value};
use std::borrow::Cow;
use std::fmt;

/// Calls `each` with every member of the object `json`, in order: its name and the
/// source of its value. Stops at the first fault.
pub(super) fn members<'de>(
    json: &'de str,
    each: impl FnMut(Cow<'de, str>, &'de str) -> Result<(), Fault>,
) -> Result<(), Fault> {
    walk(json, |json, fault| json.deserialize_map(Members { each, fault }))
}

/// Calls `each` with the source of every element of the list `json`, in order.
/// Stops at the first fault.
pub(super) fn elements<'de>(
    json: &'de str,
    each: impl FnMut(usize, &'de str) -> Result<(), Fault>,
) -> Result<(), Fault> {
    walk(json, |json, fault| json.deserialize_seq(Elements { each, fault }))
}

/// A member that karat has no place for: its name and the source of its value.
pub(super) type Member<'a> = (Cow<'a, str>, Cow<'a, str>);

/// The members of an object: the known ones by place, and the others.
#[derive(Debug)]
pub(super) struct Slots<'a, const N: usize> {
    pub known: [Option<&'a str>; N],
    pub others: Vec<Member<'a>>,
    /// Of known ones that stand twice.
    pub faults: Faults,
}

/// Sorts the members of the object `json` into slots.
pub(super) fn slots<'a, const N: usize>(
    json: &'a str,
    place: impl Fn(&str) -> Option<usize>,
) -> Result<Slots<'a, N>, Fault> {
    let mut slots = Slots { known: [None; N], others: Vec::new(), faults: Faults::default() };
    members(json, |name, value| {
        match place(&name) {
            None => slots.others.push((name, value.into())),
            Some(at) if slots.known[at].replace(value).is_some() => slots.faults.keep(Err(repeated(&name))),
            Some(_) => {}
        }
        Ok(())
    })?;
    Ok(slots)
}

/// The fault of a name that stands twice in one object.
pub(super) fn repeated(name: &str) -> Fault {
    Fault::new("stands twice, and only one of the two could be kept").within(name)
}

/// Appends a text as a JSON string.
pub(super) fn push_text(text: &str, json: &mut String) {
    if text.bytes().any(|byte| byte < b' ' || byte == b'"' || byte == b'\\') {
        json.push_str(&Value::from(text).to_string());
    } else {
        json.extend(["\"", text, "\""]);
    }
}

/// Whether `text` is one JSON value and nothing else.
pub(super) fn is_json(text: &str) -> bool {
    serde_json::from_str::<&RawValue>(text).is_ok()
}

/// Whether the object `json` has a member whose name `matches`.
pub(super) fn has_member(json: &str, matches: impl Fn(&str) -> bool) -> bool {
    let mut found = false;
    let walked = members(json, |name, _| {
        found |= matches(&name);
        Ok(())
    });
    walked.is_ok() && found
}

/// What is wrong with `json`, which does not parse, with the column in bytes.
pub(super) fn broken(json: &str, error: &serde_json::Error) -> String {
    let message = error.to_string();
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    let place = match error.line() {
        ..=1 => format!("column {}", error.column()),
        line => format!("its line {line} column {}", error.column()),
    };
    match no_json(json, error) {
        Some((word, instead)) => format!("broken JSON at {place}: {word} is no JSON; write {instead} instead"),
        None => format!("broken JSON at {place}: {}", in_words(message.strip_suffix(&suffix).unwrap_or(&message))),
    }
}

/// What the parser says, for who has not read its source.
fn in_words(message: &str) -> &str {
    match message {
        "expected value" | "expected ident" => "no JSON value begins here",
        "key must be a string" => "a member's name in double quotation marks is missing",
        "expected `:`" => "a colon is missing",
        "expected `,` or `}`" => "a comma or } is missing",
        "expected `,` or `]`" => "a comma or ] is missing",
        "trailing comma" => "nothing follows the comma",
        "trailing characters" => "more text follows the value",
        "EOF while parsing a string" => "it ends here, within a text",
        "EOF while parsing an object" | "EOF while parsing a list" | "EOF while parsing a value" => {
            "it ends here, unfinished"
        }
        "invalid escape" => "a backslash is followed by none of \" \\ / b f n r t u; write it twice",
        message if message.starts_with("control character") => {
            "a line end, tab or other control character within a text is written \\n, \\t or \\u...."
        }
        other => other,
    }
}

/// A word that Python or JavaScript writes for a value, where reading stopped at one, and what
/// is written in JSON.
fn no_json(json: &str, error: &serde_json::Error) -> Option<(String, &'static str)> {
    let line = json.lines().nth(error.line().checked_sub(1)?)?;
    let before = line.get(..error.column().checked_sub(1)?)?.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let rest = &line[before.len()..];
    let word = rest.split(|c: char| !c.is_ascii_alphabetic()).next()?;
    let instead = match word {
        "NaN" | "nan" | "Infinity" | "inf" | "None" | "undefined" => "null",
        "True" => "true",
        "False" => "false",
        _ => return None,
    };
    let sign = if before.ends_with('-') { "-" } else { "" };
    Some((format!("{sign}{word}"), instead))
}

type StrDeserializer<'de> = serde_json::Deserializer<serde_json::de::StrRead<'de>>;

/// Runs `visit` over the whole of `json`; a fault of ours goes before serde's error,
/// which then only carries it out of the visitor.
fn walk<'de>(
    json: &'de str,
    visit: impl FnOnce(&mut StrDeserializer<'de>, &mut Option<Fault>) -> serde_json::Result<()>,
) -> Result<(), Fault> {
    let mut fault = None;
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let result = visit(&mut deserializer, &mut fault).and_then(|()| deserializer.end());
    match (fault, result) {
        (Some(fault), _) => Err(fault),
        (None, Err(error)) => Err(Fault::new(broken(json, &error))),
        (None, Ok(())) => Ok(()),
    }
}

struct Members<'f, F> {
    each: F,
    fault: &'f mut Option<Fault>,
}

impl<'de, F: FnMut(Cow<'de, str>, &'de str) -> Result<(), Fault>> Visitor<'de> for Members<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((Name(name), value)) = map.next_entry::<Name, &RawValue>()? {
            (self.each)(name, value.get()).map_err(|fault| keep(self.fault, fault))?;
        }
        Ok(())
    }
}

struct Elements<'f, F> {
    each: F,
    fault: &'f mut Option<Fault>,
}

impl<'de, F: FnMut(usize, &'de str) -> Result<(), Fault>> Visitor<'de> for Elements<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(value) = list.next_element::<&RawValue>()? {
            (self.each)(index, value.get()).map_err(|fault| keep(self.fault, fault))?;
            index += 1;
        }
        Ok(())
    }
}

fn keep<E: Error>(slot: &mut Option<Fault>, fault: Fault) -> E {
    *slot = Some(fault);
    E::custom("")
}

/// A member's name, borrowed from the source unless it is written with escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(NameVisitor).map(Name)
    }
}

struct NameVisitor;

impl<'de> Visitor<'de> for NameVisitor {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}
