//! Conversations, in the ways in which tools write them.

use super::members::{Members, into_text};
use serde_json::{Map, Value, json};

/// Whether a value is a list of objects that each have a role.
pub(super) fn is_chat(value: &Value) -> bool {
    matches!(value, Value::Array(messages) if !messages.is_empty() && messages.iter().all(|message| message["role"].is_string()))
}

/// The text of a message's content: text, or a list of parts that are nothing but text. Anything
/// else stays as it is.
pub(super) fn content(value: Value) -> Value {
    let Value::Array(parts) = &value else { return value };
    let texts: Option<Vec<_>> = parts.iter().map(part_text).collect();
    match texts {
        Some(texts) if !texts.is_empty() => texts.concat().into(),
        _ => value,
    }
}

/// `{"type": "text", "text": …}`, as `output_text` and in OpenTelemetry's spelling (`content`) too.
fn part_text(part: &Value) -> Option<&str> {
    match part {
        Value::String(text) => Some(text),
        part => match part["type"].as_str().unwrap_or("text") {
            "text" | "input_text" | "output_text" => part["text"].as_str().or(part["content"].as_str()),
            _ => None,
        },
    }
}

/// A list of messages with `content`, whichever way their parts are written; other values stay
/// as they are.
pub(super) fn conversation(value: Value) -> Value {
    match value {
        value if !is_chat(&value) => value,
        Value::Array(messages) => messages.into_iter().map(message).collect(),
        other => other,
    }
}

/// A message with its text as `content`, and what else it has.
fn message(message: Value) -> Value {
    let mut members = Members::of(message);
    let role = members.take("role").unwrap_or_default();
    let (mut texts, mut calls) = (Vec::new(), Vec::new());
    let mut result = None;
    for part in members.list("parts") {
        match part["type"].as_str() {
            Some("tool_call") => calls.push(part),
            Some("tool_call_response") => result = Members::of(part).first(&["response", "result", "content"]),
            _ => texts.push(part),
        }
    }
    let text = match members.take("content") {
        Some(given) => Some(content(given)),
        None if !texts.is_empty() => Some(content(Value::Array(texts))),
        None => result,
    };
    let mut made = Map::new();
    made.insert("role".into(), role);
    made.insert("content".into(), text.unwrap_or_else(|| "".into()));
    if !calls.is_empty() {
        made.insert("tool_calls".into(), Value::Array(calls));
    }
    made.extend(members.into_map().into_iter().filter(|(_, value)| !value.is_null()));
    Value::Object(made)
}

/// A conversation whose only message is a user's text is that text.
pub(super) fn input(value: Value) -> Value {
    match conversation(value) {
        Value::Array(messages) if messages.len() == 1 && is_plain(&messages[0]) => {
            let mut only = Members::of(messages.into_iter().next().unwrap_or_default());
            only.take("content").unwrap_or_default()
        }
        other => other,
    }
}

fn is_plain(message: &Value) -> bool {
    message["role"] == "user" && message["content"].is_string() && message["tool_calls"].is_null()
}

/// What the model answered, as a message of an API: its text, else what it refused to say, else
/// its calls of tools.
pub(super) fn answer(message: Value) -> Option<Value> {
    let mut members = Members::of(message);
    let text = members.take("content").map(content).filter(|text| *text != json!("") && *text != json!([]));
    text.or_else(|| members.take("refusal")).or_else(|| {
        let calls = members.first(&["tool_calls", "function_call"]).filter(|calls| *calls != json!([]))?;
        Some(json!({ "tool_calls": calls }))
    })
}

/// The answer of an API's response: that of its first choice, or the text of its output.
pub(super) fn first_answer(body: &mut Members) -> Option<Value> {
    let choices = body.list("choices");
    if let Some(choice) = choices.into_iter().next() {
        let mut choice = Members::of(choice);
        return choice.take("message").and_then(answer).or_else(|| choice.take("text"));
    }
    let output = body.list("output");
    let texts: Vec<_> = output.into_iter().filter(|part| part["type"] == "message").filter_map(answer).collect();
    let texts: Option<Vec<_>> = texts.into_iter().map(into_text).collect();
    texts.filter(|texts| !texts.is_empty()).map(|texts| texts.concat().into())
}

/// Takes the last message of a conversation, where an assistant wrote it.
pub(super) fn take_last_answer(messages: &mut Vec<Value>) -> Option<Value> {
    let is_answer = messages.last().is_some_and(|last| matches!(last["role"].as_str(), Some("assistant" | "model")));
    if is_answer { messages.pop().and_then(answer) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_become_the_text_that_they_are() {
        let otel = json!([{"role":"system","parts":[{"type":"text","content":"Be kind."}]},
            {"role":"assistant","parts":[{"type":"tool_call","id":"c1","name":"find","arguments":{"q":1}}]},
            {"role":"tool","parts":[{"type":"tool_call_response","id":"c1","response":"found"}]}]);
        let expected = json!([{"role":"system","content":"Be kind."},
            {"role":"assistant","content":"","tool_calls":[{"type":"tool_call","id":"c1","name":"find","arguments":{"q":1}}]},
            {"role":"tool","content":"found"}]);
        assert_eq!(conversation(otel), expected);
        let image = json!([{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"x"}}]);
        assert_eq!(content(image.clone()), image, "what is no text stays");
        assert_eq!(input(json!([{"role":"user","content":[{"type":"text","text":"Hi"}]}])), json!("Hi"));
    }

    #[test]
    fn an_answer_is_text_a_refusal_or_calls() {
        assert_eq!(answer(json!({"role":"assistant","content":"yes","refusal":null})), Some(json!("yes")));
        assert_eq!(answer(json!({"content":null,"refusal":"I cannot"})), Some(json!("I cannot")));
        let calls = json!([{"id":"c","function":{"name":"f","arguments":"{}"}}]);
        assert_eq!(answer(json!({"content":null,"tool_calls":calls})), Some(json!({"tool_calls": calls})));
        assert_eq!(answer(json!({"content":"","tool_calls":[]})), None);
    }
}
