//! Goldens of DeepEval, as `add_goldens_from_json_file` reads them.

use super::example::{Example, plain};
use super::records::{Layout, Made, Records, Terms};
use serde_json::{Value, json};

pub(super) const DEEPEVAL: Records = Records {
    name: "deepeval",
    about: "goldens of DeepEval (JSON): `input`, `actual_output`, `expected_output`, `context`, `retrieval_context`",
    layout: Layout::List,
    suffixes: &[],
    further: &[],
    options: &[],
    members: &[
        ("input", "`input`"),
        ("actual_output", "`output`"),
        ("expected_output", "what is expected"),
        ("context, retrieval_context", "`context`, a text a document"),
        ("name", "`id`"),
        ("comments", "`why` of a golden example, else `note`"),
        ("additional_metadata", "`case`, `verdict`, `categories`, `scores`, `tags`, `model`, `reviewer` and more"),
    ],
    make,
};

fn make(example: &Example, _: &Terms) -> Result<Made, &'static str> {
    let input = example.text("input").ok_or("without input")?;
    let context = example.context();
    let context = (!context.is_empty()).then_some(context);
    let comments = example.text("why").or(example.text("note"));
    Ok(json!({
        "input": input,
        "actual_output": example.text("output"),
        "expected_output": example.expected().map(plain),
        "context": context,
        "retrieval_context": context,
        "name": example.id(),
        "comments": comments,
        "source_file": Value::Null,
        "additional_metadata": example.metadata(),
    })
    .into())
}
