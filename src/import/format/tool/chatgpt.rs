//! Conversations as ChatGPT exports them (`conversations.json`): messages in a tree, of which the branch that
//! was last in sight is read.

use super::draft::Draft;
use super::members::Members;
use super::messages::{content, input, take_last_answer};
use super::{Made, Tool, no_list};
use serde_json::{Map, Value, json};

pub(in super::super) const CHATGPT: Tool = Tool {
    name: "chatgpt",
    title: "ChatGPT export",
    about: "conversations.json of an account's data: the last answer of each conversation is what is judged",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let is_tree = outline.is_object_at("mapping") && outline.has(&["current_node"]);
        is_tree.then_some("its conversations are trees of messages")
    },
    list: no_list,
    converter: |_| Ok(Box::new(conversation)),
    fields: &[
        ("conversation_id, id", "id"),
        (
            "mapping, the branch of current_node",
            "input: the messages before the last; output: the last, an assistant's",
        ),
        ("message.metadata.model_slug", "model"),
        ("create_time", "created_at"),
        ("title and others", "meta"),
    ],
};

fn conversation(value: Value, made: &mut Vec<Made>) {
    let mut tree = Members::of(value);
    let nodes = tree.members("mapping").into_map();
    let mut draft = Draft::default();
    draft.set("id", tree.first(&["conversation_id", "id"]));
    draft.set("created_at", tree.take("create_time"));
    let (mut messages, mut model) = (Vec::new(), None);
    for message in branch(&nodes, tree.text("current_node")) {
        if let Some(slug) = message["metadata"]["model_slug"].as_str() {
            model = Some(Value::from(slug));
        }
        messages.extend(said(message));
    }
    draft.set("model", model.or_else(|| tree.take("default_model_slug")));
    draft.set("output", take_last_answer(&mut messages));
    draft.set("input", (!messages.is_empty()).then(|| input(Value::Array(messages))));
    tree.take("update_time");
    draft.keep("title", tree.take("title"));
    made.push(match draft.has("output") {
        true => Made::Record(draft),
        false => Made::NoOutput(draft, "is missing: the last message is no assistant's".into()),
    });
}

/// The messages from the beginning to the node.
fn branch(nodes: &Map<String, Value>, last: Option<String>) -> Vec<&Value> {
    let (mut messages, mut at) = (Vec::new(), last);
    // A tree that leads back to itself is none.
    for _ in 0..nodes.len() {
        let Some(node) = at.and_then(|at| nodes.get(&at)) else { break };
        messages.push(&node["message"]);
        at = node["parent"].as_str().map(str::to_owned);
    }
    messages.reverse();
    messages
}

/// A message with something in it that is to be seen.
fn said(message: &Value) -> Option<Value> {
    let role = message["author"]["role"].as_str()?;
    let is_hidden = message["metadata"]["is_visually_hidden_from_conversation"] == true;
    let parts = &message["content"]["parts"];
    let text = if parts.is_array() { content(parts.clone()) } else { message["content"]["text"].clone() };
    let is_there = !text.is_null() && text != "" && text != json!([]) && text != json!([""]);
    (is_there && !is_hidden).then(|| json!({ "role": role, "content": text }))
}
