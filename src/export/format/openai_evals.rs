//! A dataset of OpenAI evals: what is asked as messages, and the ideal answer.

use super::example::{Example, plain};
use super::records::{Layout, Made, Records, Terms};
use serde_json::json;

pub(super) const OPENAI_EVALS: Records = Records {
    name: "openai-evals",
    about: "a dataset of OpenAI evals (JSON Lines): `input` as messages, `ideal`; only where an output is expected",
    layout: Layout::Lines,
    suffixes: &[],
    further: &[],
    options: &[],
    members: &[("input", "`input` as messages"), ("ideal", "what is expected")],
    make,
};

fn make(example: &Example, _: &Terms) -> Result<Made, &'static str> {
    let input = example.messages().ok_or("without input")?;
    let ideal = example.expected().map(plain).ok_or("without an expected output")?;
    Ok(json!({ "input": input, "ideal": ideal }).into())
}
