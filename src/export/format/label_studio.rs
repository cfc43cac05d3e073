//! Tasks of Label Studio with the decisions as annotations, and the labelling interface that they fit.

use super::example::Example;
use super::flat::value;
use super::records::{Layout, Made, Records, Terms};
use crate::domain::spec::Spec;
use serde_json::{Value, json};
use std::fmt::Write;

pub(super) const LABEL_STUDIO: Records = Records {
    name: "label-studio",
    about: "tasks of Label Studio (JSON), each with its decision as an annotation, and the labelling interface",
    layout: Layout::List,
    suffixes: &[".config.xml"],
    further: &[Layout::OfSpec(interface)],
    options: &[],
    members: &[
        ("data", "`id`, `case`, `input`, `output`, `context`, `reference`, `model`, `reviewer`"),
        ("choices `verdict`, `categories`", "`verdict`, `categories`"),
        ("rating `score_KEY`", "`scores`"),
        ("labels `marks`", "`marks`, places in characters"),
        ("textarea `note`, `correction`", "`note`, `correction`"),
    ],
    make,
};

fn make(example: &Example, _: &Terms) -> Result<Made, &'static str> {
    let mut data = json!({
        "id": example.id(),
        "case": example.text("case"),
        "input": example.text("input").unwrap_or_default(),
        "output": example.text("output").unwrap_or_default(),
        "context": example.context().join("\n\n"),
        "reference": example.text("reference").or(example.text("expected")).unwrap_or_default(),
    });
    for name in ["model", "prompt_version", "reviewer", "decided_at"] {
        data[name] = value(example.cell(name));
    }
    let result = results(example);
    Ok(json!({ "data": data, "annotations": [{ "result": result, "was_cancelled": false, "ground_truth": false }] })
        .into())
}

/// What was decided, control by control.
fn results(example: &Example) -> Vec<Value> {
    let mut results = Vec::new();
    let mut add = |from: &str, kind: &str, value: Value| {
        let id = format!("r{}", results.len() + 1);
        results.push(json!({ "id": id, "from_name": from, "to_name": "output", "type": kind, "value": value }));
    };
    if let Some(verdict) = example.verdict() {
        add("verdict", "choices", json!({ "choices": [verdict.as_str()] }));
    }
    if !example.words("categories").is_empty() {
        add("categories", "choices", json!({ "choices": example.words("categories") }));
    }
    for (key, level) in example.scores() {
        add(&format!("score_{key}"), "rating", json!({ "rating": level }));
    }
    for (name, field) in [("note", "note"), ("correction", "correction")] {
        if let Some(text) = example.text(field) {
            add(name, "textarea", json!({ "text": [text] }));
        }
    }
    for mark in example.marks() {
        let value = json!({ "start": mark.start, "end": mark.end, "text": mark.text, "labels": [mark.category] });
        add("marks", "labels", value);
    }
    results
}

/// The interface for the spec: its verdicts, categories and criteria.
fn interface(spec: &Spec) -> String {
    let mut xml = format!("<View>\n  <Header value=\"{}\"/>\n", escaped(&spec.decision));
    for name in ["input", "context", "output"] {
        let title = name[..1].to_uppercase() + &name[1..];
        let _ = writeln!(xml, "  <Header size=\"5\" value=\"{title}\"/>\n  <Text name=\"{name}\" value=\"${name}\"/>");
    }
    let choice =
        |value: &str, hint: &str| format!("    <Choice value=\"{}\" hint=\"{}\"/>\n", escaped(value), escaped(hint));
    let verdicts: String = ["accept", "reject", "escalate"].iter().map(|verdict| choice(verdict, "")).collect();
    let _ = write!(
        xml,
        "  <Choices name=\"verdict\" toName=\"output\" choice=\"single\" required=\"true\">\n{verdicts}  </Choices>\n"
    );
    if !spec.failures.is_empty() {
        let choices: String = spec.failures.iter().map(|failure| choice(&failure.key, &failure.name)).collect();
        let _ = write!(
            xml,
            "  <Choices name=\"categories\" toName=\"output\" choice=\"multiple\">\n{choices}  </Choices>\n"
        );
        let labels = spec.failures.iter().map(|failure| format!("    <Label value=\"{}\"/>\n", escaped(&failure.key)));
        let _ = write!(xml, "  <Labels name=\"marks\" toName=\"output\">\n{}  </Labels>\n", labels.collect::<String>());
    }
    for criterion in &spec.criteria {
        let (key, levels) = (escaped(&criterion.key), criterion.levels.len());
        let _ = writeln!(xml, "  <Header size=\"5\" value=\"{}\"/>", escaped(&criterion.question));
        let _ = writeln!(xml, "  <Rating name=\"score_{key}\" toName=\"output\" maxRating=\"{levels}\"/>");
    }
    for name in ["note", "correction"] {
        let _ = writeln!(xml, "  <TextArea name=\"{name}\" toName=\"output\" placeholder=\"{name}\"/>");
    }
    xml + "</View>\n"
}

/// The text as the value of an attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\n', "&#10;")
}
