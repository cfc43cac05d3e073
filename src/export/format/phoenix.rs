//! Examples of a Phoenix dataset; beside them annotations of the spans that they came from.

use super::example::Example;
use super::flat::value;
use super::records::{Layout, Made, Records, Terms};
use serde_json::{Value, json};

pub(super) const PHOENIX: Records = Records {
    name: "phoenix",
    about: "examples of an Arize Phoenix dataset (JSON Lines): `input`, `output`, `metadata`, `splits`; \
            annotations of the spans that they came from, by people",
    layout: Layout::Lines,
    suffixes: &[".annotations.jsonl"],
    further: &[Layout::Lines],
    options: &[],
    members: &[
        ("id", "`id`"),
        ("input", "`input`, `context`"),
        ("output", "what is expected"),
        ("metadata", "`output`, `case`, `verdict`, `categories`, `scores` and more"),
        ("splits", "the part of the split"),
        ("of an annotation: span_id", "`span_id`"),
        ("of an annotation: name, result", "`verdict`, `category.KEY`, `score.KEY`; `note` as explanation"),
    ],
    make,
};

fn make(example: &Example, terms: &Terms) -> Result<Made, &'static str> {
    let mut input = json!({ "input": value(example.cell("input")) });
    if !example.documents().is_empty() {
        input["context"] = value(example.cell("context"));
    }
    let mut metadata = example.metadata();
    metadata.insert("output".into(), value(example.cell("output")));
    let output = example.expected().map_or_else(|| json!({}), |expected| json!({ "output": value(expected) }));
    let splits: Vec<&str> = terms.split.as_deref().into_iter().collect();
    let line = json!({
        "id": example.id(), "input": input, "output": output, "metadata": metadata, "splits": splits,
    });
    let annotations = example.text("span_id").map(|span| annotations(example, span)).unwrap_or_default();
    Ok(Made { main: vec![line], further: vec![annotations] })
}

fn annotations(example: &Example, span: &str) -> Vec<Value> {
    let line = |name: &str, label: Value, score: Value| {
        json!({
            "span_id": span,
            "name": name,
            "annotator_kind": "HUMAN",
            "result": { "label": label, "score": score, "explanation": example.text("note") },
            "metadata": { "reviewer": example.text("reviewer"), "item": example.id() },
            "identifier": example.text("decision_id").unwrap_or_default(),
        })
    };
    let verdict = example.verdict().map(|verdict| line("verdict", verdict.as_str().into(), Value::Null));
    let categories =
        example.words("categories").iter().map(|key| line(&format!("category.{key}"), key.as_str().into(), 1.into()));
    let levels =
        example.scores().into_iter().map(|(key, level)| line(&format!("score.{key}"), Value::Null, level.into()));
    verdict.into_iter().chain(categories).chain(levels).collect()
}
