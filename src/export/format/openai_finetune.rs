//! Chats to fine-tune a model of OpenAI with: what was accepted, and what was rejected as it was corrected.

use super::example::{Example, answers};
use super::records::{Layout, Made, Records, Terms};
use crate::domain::decision::Verdict;
use crate::domain::record::Cell;
use serde_json::{Value, json};

pub(super) const OPENAI_FINETUNE: Records = Records {
    name: "openai-finetune",
    about: "chats for fine-tuning at OpenAI (JSON Lines): `messages` that end with the accepted output, or with the correction",
    layout: Layout::Lines,
    suffixes: &[],
    further: &[],
    options: &[],
    members: &[("messages", "`input` as messages, then `output` where it was accepted, or `correction`")],
    make,
};

fn make(example: &Example, _: &Terms) -> Result<Made, &'static str> {
    let mut messages = example.messages().ok_or("without input")?;
    messages.extend(answers(wanted(example)?));
    let ends_with_answer = messages.last().is_some_and(|last| last["role"] == "assistant" && is_said(last));
    if ends_with_answer { Ok(json!({ "messages": messages }).into()) } else { Err("that end with no answer") }
}

/// The output that was accepted, or the correction of one that was not.
fn wanted<'a>(example: &Example<'a>) -> Result<&'a Cell<'a>, &'static str> {
    match (example.verdict(), example.cell("correction")) {
        (Some(Verdict::Accept), _) => Ok(example.cell("output")),
        // A golden example has what is expected in place of a correction.
        (Some(_), Cell::Null) if *example.cell("expected") != Cell::Null => Ok(example.cell("expected")),
        (_, Cell::Null) => Err("neither accepted nor corrected"),
        (_, correction) => Ok(correction),
    }
}

fn is_said(message: &Value) -> bool {
    message["content"].as_str().is_some_and(|text| !text.is_empty()) || message["tool_calls"].is_array()
}
