//! Records of Argilla, as its client writes and reads them, with the decisions as suggestions.

use super::example::Example;
use super::flat::value;
use super::records::{Layout, Made, Records, Terms};
use crate::domain::mark::Mark;
use serde_json::{Map, Value, json};

pub(super) const ARGILLA: Records = Records {
    name: "argilla",
    about: "records of Argilla (JSON): `fields`, `metadata`, and the decision as `suggestions` under the reviewer's name",
    layout: Layout::List,
    suffixes: &[],
    further: &[],
    options: &[],
    members: &[
        ("id", "`id`"),
        ("fields", "`input`, `output`, `context`, `reference`"),
        ("metadata", "`case`, `model`, `prompt_version`, `reviewer`, `decided_at`, `why`"),
        ("suggestions", "`verdict`, `categories`, `score_KEY`, `note`, `correction`, `marks`; `reviewer` as agent"),
    ],
    make,
};

fn make(example: &Example, _: &Terms) -> Result<Made, &'static str> {
    let text = |name: &str| example.text(name).unwrap_or_default();
    let fields = json!({
        "input": text("input"),
        "output": text("output"),
        "context": example.context().join("\n\n"),
        "reference": example.text("reference").or(example.text("expected")).unwrap_or_default(),
    });
    let metadata = ["case", "model", "prompt_version", "reviewer", "decided_at", "why"].into_iter();
    let metadata = metadata.map(|name| (name.to_owned(), value(example.cell(name))));
    let metadata: Map<String, Value> = metadata.filter(|(_, value)| !value.is_null()).collect();
    Ok(json!({
        "id": example.id(),
        "fields": fields,
        "metadata": metadata,
        "suggestions": suggestions(example),
        "responses": {},
        "vectors": {},
    })
    .into())
}

/// What was decided, question by question: an answer under a name needs its account there, and a
/// suggestion none.
fn suggestions(example: &Example) -> Map<String, Value> {
    let mut suggestions = Map::new();
    let mut add = |question: &str, value: Value| {
        let agent = example.text("reviewer");
        suggestions.insert(question.into(), json!({ "value": value, "score": null, "agent": agent }));
    };
    if let Some(verdict) = example.verdict() {
        add("verdict", verdict.as_str().into());
    }
    if !example.words("categories").is_empty() {
        add("categories", example.words("categories").into());
    }
    for (key, level) in example.scores() {
        add(&format!("score_{key}"), level.into());
    }
    for name in ["note", "correction"] {
        if let Some(text) = example.text(name) {
            add(name, text.into());
        }
    }
    if !example.marks().is_empty() {
        let span = |mark: &Mark| json!({ "start": mark.start, "end": mark.end, "label": mark.category });
        add("marks", example.marks().iter().map(span).collect());
    }
    suggestions
}
