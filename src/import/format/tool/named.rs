//! The fields of records whose members have no fixed names, by the names that people give them.

use super::draft::Draft;
use super::members::Members;
use super::messages;
use super::messages::{is_chat, take_last_answer};
use serde_json::Value;

/// Names of what the model answered, the surest first.
const OUTPUT: [&str; 17] = [
    "output",
    "outputs",
    "response",
    "completion",
    "answer",
    "actual_output",
    "model_output",
    "generated_text",
    "generation",
    "prediction",
    "predictions",
    "result",
    "reply",
    "summary",
    "generated",
    "content",
    "text",
];

/// Names of what the model was asked.
const INPUT: [&str; 13] = [
    "input",
    "inputs",
    "prompt",
    "question",
    "query",
    "instruction",
    "user_input",
    "messages",
    "request",
    "user",
    "article",
    "topic",
    "title",
];

/// Names of what the answer is to rest on.
const CONTEXT: [&str; 9] = [
    "context",
    "contexts",
    "retrieved_contexts",
    "retrieval_context",
    "documents",
    "docs",
    "passages",
    "passage",
    "source",
];

/// Names of an expected answer.
const REFERENCE: [&str; 12] = [
    "expected",
    "expected_output",
    "expected_response",
    "reference",
    "ground_truth",
    "ground_truths",
    "ideal",
    "target",
    "targets",
    "label",
    "gold",
    "correct_answer",
];

/// Takes the fields that the members' names tell. `named` are what one output is; what is asked may be
/// left to be the other members.
pub(super) fn take(draft: &mut Draft, members: &mut Members) {
    set(draft, "context", members.first(&CONTEXT));
    set(draft, "output", members.first(&OUTPUT[..15]).map(answer));
    set(draft, "reference", members.first(&REFERENCE).map(plain));
    set(draft, "input", members.first(&INPUT).map(question));
    set(draft, "output", members.first(&OUTPUT[15..]).map(answer));
}

fn set(draft: &mut Draft, field: &'static str, value: Option<Value>) {
    if let Some(value) = value.filter(|_| !draft.has(field)) {
        draft.set(field, value);
    }
}

/// What was asked: a conversation, the one text of an object, or the whole.
pub(super) fn question(value: Value) -> Value {
    match value {
        Value::Object(mut members) if members.get("messages").is_some_and(is_chat) => {
            messages::input(members.shift_remove("messages").unwrap_or_default())
        }
        Value::Object(_) => single(value, &INPUT),
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
        Value::Object(_) => single(value, &OUTPUT),
        other => other,
    }
}

/// The one value of an object, if it is text, or that its name tells; else the object.
fn single(value: Value, names: &[&str]) -> Value {
    let Value::Object(members) = &value else { return value };
    let said: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
    let found = match said[..] {
        [(_, only)] => Some(only),
        // A second member mostly tells of the first.
        [_, _] => names.iter().find_map(|name| members.get(*name)),
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
