//! Samples of Inspect AI logs, in the JSON file and in the archive (`.eval`).

use super::draft::{Draft, Judged};
use super::members::{Members, into_text, number};
use super::messages::{content, conversation, first_answer, input, take_last_answer};
use super::{Made, Tool};
use crate::domain::digest;
use crate::domain::judge::JudgeKind;
use serde_json::{Map, Value};

pub(in super::super) const INSPECT_LOG: Tool = Tool {
    name: "inspect-json",
    title: "Inspect AI log as JSON",
    about: "the log of an evaluation, one JSON object with its samples",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let is_log = outline.has(&["version", "status", "eval"]) && outline.has_any(&["eval.task", "eval.run_id"]);
        is_log.then_some("it is a log of Inspect AI")
    },
    list: |_| Some("/samples"),
    converter: |source| {
        let task = source.outline.text("eval.task").map(str::to_owned);
        Ok(Box::new(move |value: Value, made: &mut Vec<Made>| made.push(sample(value, task.as_deref()))))
    },
    fields: FIELDS,
};

/// What each member of a sample becomes.
pub(super) const FIELDS: &[(&str, &str)] = &[
    ("uuid; else id, epoch and content", "id"),
    ("id, eval.task", "case"),
    ("epoch", "attempt"),
    ("messages before the answer; else input", "input"),
    ("the system message", "prompt"),
    ("output.completion, output.choices[0].message", "output"),
    ("target", "reference"),
    ("output.model", "model"),
    ("output.time, working_time, total_time (seconds)", "latency_ms"),
    ("output.usage.input_tokens, output_tokens", "tokens_in, tokens_out"),
    ("output.usage.total_cost", "cost_usd"),
    (
        "scores.NAME (C, I, N, true, false, 1, 0; others without a verdict)",
        "judgements of a model (model_graded_*) or code",
    ),
    ("scores.NAME.history[].provenance.author", "judgements of a person"),
    ("metadata, choices", "meta"),
    ("error.message", "the reason of a reject"),
    ("attachments", "put where they are named"),
    ("events, store, message_pool", "left out"),
];

/// Parts of a sample that tell how it ran.
pub(super) const LEFT_OUT: [&str; 8] =
    ["events", "events_data", "message_pool", "store", "timelines", "error_retries", "model_usage", "role_usage"];

/// The record of a sample of a task.
pub(super) fn sample(value: Value, task: Option<&str>) -> Made {
    let mut sample = Members::of(value);
    // Most of a log is what happened: nothing is put where it is named in there.
    LEFT_OUT.iter().for_each(|name| drop(sample.take(name)));
    let attachments = sample.members("attachments").into_map();
    let mut sample = Members::of(resolved(Value::Object(sample.into_map()), &attachments));
    let mut draft = Draft::default();
    let id = sample.take("id").unwrap_or_default();
    let id = into_text(id.clone()).unwrap_or_else(|| id.to_string());
    let epoch = sample.take("epoch");
    let uuid = sample.text("uuid");
    let asked = sample.take("input");
    let question = digest::short(asked.as_ref().unwrap_or(&Value::Null).to_string().as_bytes());
    draft.set("case", Value::from(task.map_or_else(|| format!("{id}-{question}"), |task| format!("{task}/{id}"))));
    draft.set("attempt", epoch.clone());
    let mut output = sample.members("output");
    let model = output.text("model");
    let own_id = || {
        let run = digest::short(format!("{model:?}{output:?}").as_bytes());
        format!("{id}-{}-{run}", epoch.as_ref().map(Value::to_string).unwrap_or_default())
    };
    draft.set("id", Value::from(uuid.unwrap_or_else(own_id)));
    draft.set("model", model.map(Value::from));
    let mut usage = output.members("usage");
    draft.set("tokens_in", usage.take("input_tokens"));
    draft.set("tokens_out", usage.take("output_tokens"));
    draft.set("cost_usd", usage.take("total_cost"));
    let seconds = [output.take("time"), sample.take("working_time"), sample.take("total_time")];
    draft.set_seconds(seconds.into_iter().flatten().next().as_ref());
    let failure = output.text("error").or_else(|| sample.members("error").text("message"));
    let completion = output.take("completion").map(content).filter(|text| *text != "");
    let answer = completion.or_else(|| first_answer(&mut output));
    let mut messages = match conversation(sample.take("messages").unwrap_or_default()) {
        Value::Array(messages) => messages.into_iter().map(said).collect(),
        _ => Vec::new(),
    };
    let last = take_last_answer(&mut messages);
    draft.set("output", answer.or(last));
    draft.set("input", if messages.len() > 1 { Some(Value::Array(messages)) } else { asked.map(input) });
    draft.set("reference", sample.take("target").map(target));
    scored(&mut draft, sample.members("scores"));
    draft.keep("task", task.map(Value::from));
    draft.keep_rest(sample);
    match failure {
        Some(failure) if !draft.has("output") => Made::NoOutput(draft, format!("is missing: {failure}")),
        _ => Made::Record(draft),
    }
}

/// A message without what Inspect keeps of it for itself.
fn said(message: Value) -> Value {
    let mut members = Members::of(message);
    ["id", "source", "model"].iter().for_each(|name| drop(members.take(name)));
    Value::Object(members.into_map())
}

/// One target is that, however it is written.
fn target(value: Value) -> Value {
    match value {
        Value::Array(mut list) if list.len() == 1 => list.remove(0),
        other => other,
    }
}

/// Text that names an attachment, with the attachment in its place.
fn resolved(value: Value, attachments: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix("attachment://").and_then(|name| attachments.get(name)) {
            Some(attachment) => attachment.clone(),
            None => Value::String(text),
        },
        Value::Array(list) => list.into_iter().map(|value| resolved(value, attachments)).collect(),
        Value::Object(members) => {
            let resolved = |(name, value)| (name, resolved(value, attachments));
            Value::Object(members.into_iter().map(resolved).collect())
        }
        other => other,
    }
}

/// A judgement of each score. Where somebody has put another in its place, the scorer's own is the first of its history,
/// and the others are those of who edited it.
fn scored(draft: &mut Draft, scores: Members) {
    for (name, score) in scores.into_map() {
        let mut last = Members::of(score);
        let edits = last.list("history");
        let is_graded = |score: &mut Members| score.members("metadata").get("grading").is_some();
        let is_model = name.starts_with("model_graded") || is_graded(&mut last);
        let kind = if is_model { JudgeKind::Model } else { JudgeKind::Code };
        let mut own = Some(last);
        for edit in edits {
            let mut edit = Members::of(edit);
            match edit.members("provenance").text("author") {
                Some(author) => draft.judged(score_by(JudgeKind::Person, author, Some(name.clone()), edit)),
                None => own = Some(edit),
            }
        }
        own.into_iter().for_each(|own| draft.judged(score_by(kind, name.clone(), None, own)));
    }
}

fn score_by(kind: JudgeKind, who: String, question: Option<String>, mut score: Members) -> Judged {
    let value = score.take("value");
    let is_good = value.as_ref().and_then(verdict);
    let is_told = is_good.is_some() && question.is_none();
    let judged = Judged { question, ..Judged::new(kind, who, is_good) };
    let judged = judged.with("score", value.filter(|_| !is_told)).because(score.text("explanation"));
    judged.with("answer", score.take("answer"))
}

/// Correct, incorrect and no answer, as Inspect writes them; a partial answer is neither.
fn verdict(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(is_good) => Some(*is_good),
        Value::String(letter) => match letter.as_str() {
            "C" => Some(true),
            "I" | "N" => Some(false),
            _ => None,
        },
        Value::Number(_) => match number(value) {
            Some(1.0) => Some(true),
            Some(0.0) => Some(false),
            _ => None,
        },
        _ => None,
    }
}
