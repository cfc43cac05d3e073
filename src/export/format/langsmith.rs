//! Examples of a LangSmith dataset; beside them feedback on the runs that they came from.

use super::example::Example;
use super::flat::value;
use super::records::{Layout, Made, Records, Terms};
use crate::domain::decision::Verdict;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

pub(super) const LANGSMITH: Records = Records {
    name: "langsmith",
    about: "examples of a LangSmith dataset (JSON Lines): `inputs`, `outputs`, `metadata`, `split`; \
            feedback on those whose span is a run of LangSmith",
    layout: Layout::Lines,
    suffixes: &[".feedback.jsonl"],
    further: &[Layout::Lines],
    options: &[],
    members: &[
        ("id", "a UUID made of the queue's name and `id`"),
        ("inputs", "`input`, `context`"),
        ("outputs", "what is expected"),
        ("metadata", "`output`, `case`, `verdict`, `categories`, `scores` and more"),
        ("split", "the part of the split; `base` without one"),
        ("source_run_id, run_id of feedback", "`span_id`, else `trace_id`, where that is a UUID"),
        ("of feedback: key, score, value", "`verdict`, `category.KEY`, `score.KEY`"),
        ("of feedback: comment, correction", "`note`, `correction`"),
    ],
    make,
};

fn make(example: &Example, terms: &Terms) -> Result<Made, &'static str> {
    let mut inputs = json!({ "input": value(example.cell("input")) });
    if !example.documents().is_empty() {
        inputs["context"] = value(example.cell("context"));
    }
    let mut metadata = example.metadata();
    metadata.insert("item".into(), example.id().into());
    metadata.insert("output".into(), value(example.cell("output")));
    let run = ["span_id", "trace_id"].into_iter().find_map(|name| Uuid::parse_str(example.text(name)?).ok());
    let line = json!({
        "id": id_of(&terms.queue, example.id()).to_string(),
        "inputs": inputs,
        "outputs": example.expected().map(|expected| json!({ "output": value(expected) })),
        "metadata": metadata,
        "split": terms.split.as_deref().unwrap_or("base"),
        "source_run_id": run.map(|run| run.to_string()),
    });
    Ok(Made { main: vec![line], further: vec![run.map(|run| feedback(example, run)).unwrap_or_default()] })
}

/// An id there is a UUID. It follows from the names, so that the same example is the same one again.
fn id_of(queue: &str, item: &str) -> Uuid {
    let digest = Sha256::new().chain_update(queue).chain_update([0]).chain_update(item).finalize();
    let bytes = std::array::from_fn(|at| digest[at]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

fn feedback(example: &Example, run: Uuid) -> Vec<Value> {
    let line = |key: &str, score: Value, value: Value| {
        json!({
            "run_id": run.to_string(),
            "key": key,
            "score": score,
            "value": value,
            "comment": example.text("note"),
            "correction": example.text("correction").map(|text| json!({ "output": text })),
            "feedback_source": { "type": "api", "metadata": { "reviewer": example.text("reviewer") } },
        })
    };
    let verdict = example.verdict().map(|verdict| {
        let good = u8::from(verdict == Verdict::Accept);
        line("verdict", good.into(), verdict.as_str().into())
    });
    let categories =
        example.words("categories").iter().map(|key| line(&format!("category.{key}"), 1.into(), key.as_str().into()));
    let levels =
        example.scores().into_iter().map(|(key, level)| line(&format!("score.{key}"), level.into(), Value::Null));
    verdict.into_iter().chain(categories).chain(levels).collect()
}
