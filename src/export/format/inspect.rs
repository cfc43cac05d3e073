//! A dataset of Inspect AI, as its `json_dataset` reads it.

use super::example::{Example, plain};
use super::flat::{json_of, value};
use super::records::{Layout, Made, Records, Terms};
use crate::domain::item::ContentKind;
use crate::domain::record::Cell;
use serde_json::{Value, json};

pub(super) const INSPECT: Records = Records {
    name: "inspect",
    about: "a dataset of Inspect AI (JSON Lines): `id`, `input` as text or messages, `target`, `metadata`",
    layout: Layout::Lines,
    suffixes: &[],
    further: &[],
    options: &[],
    members: &[
        ("id", "`id`"),
        ("input", "`input`: the messages of a chat, else text"),
        ("target", "what is expected"),
        ("metadata", "`context`, `case`, `verdict`, `categories`, `scores`, `tags`, `model`, `reviewer` and more"),
    ],
    make,
};

/// The roles that a message may have there.
const ROLES: [&str; 4] = ["system", "user", "assistant", "tool"];

fn make(example: &Example, _: &Terms) -> Result<Made, &'static str> {
    let Some(text) = example.text("input") else { return Err("without input") };
    let chat = match example.cell("input") {
        Cell::Content(ContentKind::Chat, chat) => serde_json::from_str::<Vec<Value>>(chat).ok(),
        _ => None,
    };
    let is_read = |message: &Value| {
        message["role"].as_str().is_some_and(|role| ROLES.contains(&role)) && message["content"].is_string()
    };
    let input = match chat.filter(|chat| chat.iter().all(is_read)) {
        Some(chat) => {
            chat.into_iter().map(|message| json!({ "role": message["role"], "content": message["content"] })).collect()
        }
        None => Value::from(text),
    };
    let mut metadata = example.metadata();
    if !example.documents().is_empty() {
        metadata.insert("context".into(), value(example.cell("context")));
    }
    let mut sample = json!({ "id": example.id(), "input": input });
    if let Some(expected) = example.expected() {
        sample["target"] = match expected {
            // A chat as a whole is no answer that could be compared.
            Cell::Content(ContentKind::Chat, _) => json_of(expected).unwrap_or_default().into(),
            expected => plain(expected).into(),
        };
    }
    sample["metadata"] = metadata.into();
    Ok(sample.into())
}
