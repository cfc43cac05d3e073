//! The fields of records whose members have no fixed names, by the names that people give them.

use super::draft::Draft;
use super::members::Members;
use super::messages;
use super::messages::{is_chat, take_last_answer};
use crate::import::proposal::{Says, names};
use serde_json::Value;

/// Makes of a value what the field is to hold.
type Shape = fn(Value) -> Value;

/// Takes the fields that the members' names tell: a name that many things have is an output's only
/// where nothing else is.
pub(super) fn take(draft: &mut Draft, members: &mut Members) {
    let fields: [(&'static str, Says, Shape); 6] = [
        ("context", Says::Much, |value| value),
        ("output", Says::Something, answer),
        ("reference", Says::Much, plain),
        ("input", Says::Something, question),
        ("context", Says::Something, |value| value),
        ("output", Says::Little, answer),
    ];
    for (field, least, read) in fields {
        if !draft.has(field) {
            let value = names(field, least).find_map(|name| members.take(name));
            draft.set(field, value.map(read));
        }
    }
}

/// What was asked: a conversation, the one text of an object, or the whole.
pub(super) fn question(value: Value) -> Value {
    match value {
        Value::Object(mut members) if members.get("messages").is_some_and(is_chat) => {
            messages::input(members.shift_remove("messages").unwrap_or_default())
        }
        Value::Object(_) => single(value, "input"),
        other => messages::input(other),
    }
}

/// What was answered: the last message of a conversation, an interface's response, the one text
/// of an object, or the whole.
pub(super) fn answer(value: Value) -> Value {
    match value {
        Value::Object(ref members) if members.contains_key("choices") => {
            messages::first_answer(&mut Members::of(value.clone())).unwrap_or(value)
        }
        Value::Object(ref members) if members.get("role").is_some_and(Value::is_string) => {
            messages::answer(value.clone()).unwrap_or(value)
        }
        Value::Object(ref members) if members.get("messages").is_some_and(is_chat) => {
            answer(members["messages"].clone())
        }
        Value::Array(ref list) if is_chat(&value) => {
            let mut list = list.clone();
            take_last_answer(&mut list).unwrap_or(value)
        }
        Value::Object(_) => single(value, "output"),
        other => other,
    }
}

/// The one value of an object, if it is text, or that its name tells; else the object.
fn single(value: Value, field: &str) -> Value {
    let Value::Object(members) = &value else { return value };
    let said: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
    let found = match said[..] {
        [(_, only)] => Some(only),
        // A second member mostly tells of the first.
        [_, _] => names(field, Says::Something).find_map(|name| members.get(name)),
        _ => None,
    };
    found.filter(|found| found.is_string() || is_chat(found)).cloned().map_or(value, messages::input)
}

/// An expected answer is text where it is one.
pub(super) fn plain(value: Value) -> Value {
    match value {
        Value::Array(mut list) if list.len() == 1 => list.remove(0),
        value @ Value::Object(_) => answer(value),
        other => other,
    }
}
