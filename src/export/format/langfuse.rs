//! Items of a Langfuse dataset, as its API takes them; beside them scores on the traces that they came from.

use super::example::Example;
use super::flat::value;
use super::records::{Layout, Made, Records, Terms};
use serde_json::{Value, json};

pub(super) const LANGFUSE: Records = Records {
    name: "langfuse",
    about: "items of a Langfuse dataset (JSON Lines), a line a request to `/api/public/dataset-items`; \
            the scores of those with a trace are requests to `/api/public/scores`",
    layout: Layout::Lines,
    suffixes: &[".scores.jsonl"],
    further: &[Layout::Lines],
    options: &[],
    members: &[
        ("datasetName", "the queue's name, with `-SPLIT` behind it"),
        ("id", "the queue's name and `id`"),
        ("input", "`input`"),
        ("expectedOutput", "what is expected"),
        ("metadata", "`context`, `output`, `case`, `verdict`, `categories`, `scores` and more"),
        ("sourceTraceId, sourceObservationId", "`trace_id`, `span_id`"),
        ("of a score: name, value, dataType", "`verdict`, `category.KEY`, `score.KEY`"),
        ("of a score: comment", "`note`"),
    ],
    make,
};

fn make(example: &Example, terms: &Terms) -> Result<Made, &'static str> {
    let dataset = match &terms.split {
        Some(split) => format!("{}-{split}", terms.queue),
        None => terms.queue.clone(),
    };
    let mut metadata = example.metadata();
    if !example.documents().is_empty() {
        metadata.insert("context".into(), value(example.cell("context")));
    }
    metadata.insert("item".into(), example.id().into());
    metadata.insert("output".into(), value(example.cell("output")));
    let [trace, span] = ["trace_id", "span_id"].map(|name| example.text(name));
    let item = json!({
        "datasetName": dataset,
        "id": format!("{}.{}", terms.queue, example.id()),
        "input": value(example.cell("input")),
        "expectedOutput": example.expected().map(value),
        "metadata": metadata,
        "sourceTraceId": trace,
        "sourceObservationId": span,
        "status": "ACTIVE",
    });
    let scores = trace.map(|trace| scores(example, trace, span)).unwrap_or_default();
    Ok(Made { main: vec![item], further: vec![scores] })
}

/// The verdict, each category and each level, as a score on the trace.
fn scores(example: &Example, trace: &str, span: Option<&str>) -> Vec<Value> {
    let score = |name: &str, value: Value, kind: &str| {
        json!({
            "id": format!("{}-{name}", example.text("decision_id").unwrap_or(example.id())),
            "traceId": trace,
            "observationId": span,
            "name": name,
            "value": value,
            "dataType": kind,
            "comment": example.text("note"),
            "metadata": { "reviewer": example.text("reviewer"), "item": example.id() },
        })
    };
    let verdict = example.verdict().map(|verdict| score("verdict", verdict.as_str().into(), "CATEGORICAL"));
    let categories =
        example.words("categories").iter().map(|key| score(&format!("category.{key}"), 1.into(), "BOOLEAN"));
    let levels =
        example.scores().into_iter().map(|(key, level)| score(&format!("score.{key}"), level.into(), "NUMERIC"));
    verdict.into_iter().chain(categories).chain(levels).collect()
}
