//! Runs of LangSmith. A run may come in two halves: what began it (`post`) and what ended it
//! (`patch`); they are one by their id.

use super::draft::{Draft, Judged};
use super::members::{Members, into_text, number};
use super::named::{answer, plain, question};
use super::outline::Outline;
use super::{Converter, Made, Tool, no_list};
use crate::domain::judge::JudgeKind;
use serde_json::{Map, Value};

pub(in super::super) const LANGSMITH: Tool = Tool {
    name: "langsmith",
    title: "LangSmith",
    about: "runs (of a model, or without a parent), as batches of post and patch or one by one; examples",
    extensions: &[],
    options: &[],
    recognise,
    list: no_list,
    converter: |_| Ok(Box::new(Runs::default())),
    fields: &[
        ("id", "id"),
        ("trace_id", "trace_id"),
        ("inputs", "input: its messages, its one text, or the whole"),
        ("outputs", "output: its message, its one text, or the whole"),
        ("the system message of the input", "prompt"),
        ("reference_outputs; outputs of an example", "reference"),
        ("documents of a retriever's run of the trace", "context"),
        ("extra.metadata.ls_model_name, outputs.model", "model"),
        ("prompt_tokens, completion_tokens, outputs.usage_metadata", "tokens_in, tokens_out"),
        ("total_cost", "cost_usd"),
        ("end_time - start_time", "latency_ms"),
        ("start_time", "created_at"),
        ("feedback of source app", "judgements of people, by user_name or user_id; the key is what they were asked"),
        ("feedback of source model, auto_eval; others; feedback_stats", "judgements of a model; of code"),
        ("tags, extra.metadata", "tags, meta"),
    ],
};

fn recognise(outline: &Outline) -> Option<&'static str> {
    let is_run = |start: &str| {
        let member = |name: &str| format!("{start}{name}");
        outline.has(&[&member("id"), &member("inputs")])
            && outline.has_any(&[
                &member("run_type"),
                &member("dotted_order"),
                &member("dataset_id"),
                &member("session_name"),
            ])
    };
    (is_run("") || is_run("post.") || (outline.has(&["patch.dotted_order"]))).then_some("it holds runs of LangSmith")
}

/// Runs of which the end has not come yet, in the order in which they began.
#[derive(Default)]
struct Runs {
    begun: Map<String, Value>,
}

impl Converter for Runs {
    fn value(&mut self, value: Value, made: &mut Vec<Made>) {
        let mut batch = Members::of(value);
        let halves = [batch.list("post"), batch.list("patch")].concat();
        if !halves.is_empty() {
            halves.into_iter().for_each(|half| self.half(half, made));
            let ended: Vec<_> =
                self.begun.iter().filter(|(_, run)| !run["end_time"].is_null()).map(|(id, _)| id.clone()).collect();
            ended.into_iter().filter_map(|id| self.begun.shift_remove(&id)).for_each(|run| made.push(record(run)));
            return;
        }
        let run = Value::Object(batch.into_map());
        let is_half = run["end_time"].is_null() && run["outputs"].is_null() && run["run_type"].is_string();
        match run["id"].as_str().map(str::to_owned) {
            Some(id) if is_half || self.begun.contains_key(&id) => {
                self.half(run, made);
                if !self.begun[&id]["end_time"].is_null() {
                    made.extend(self.begun.shift_remove(&id).map(record));
                }
            }
            _ => made.push(record(run)),
        }
    }

    fn keeps(&self) -> bool {
        true
    }

    fn end(&mut self, made: &mut Vec<Made>) {
        made.extend(std::mem::take(&mut self.begun).into_iter().map(|(_, run)| record(run)));
    }
}

impl Runs {
    /// Adds what one half says to the other. What the end says stands.
    fn half(&mut self, half: Value, made: &mut Vec<Made>) {
        let Some(id) = half["id"].as_str().map(str::to_owned) else { return made.push(Made::Other) };
        let run = self.begun.entry(id).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(members) = half else { return };
        for (name, value) in members {
            let says = match &value {
                Value::Null => false,
                Value::Object(members) => !members.is_empty(),
                Value::Array(list) => !list.is_empty(),
                _ => true,
            };
            if says || run[&name].is_null() {
                run[&name] = value;
            }
        }
    }
}

fn record(run: Value) -> Made {
    let mut run = Members::of(run);
    let kind = run.take("run_type").and_then(into_text);
    let is_root = run.take("parent_run_id").is_none();
    let is_example = kind.is_none() && run.get("dataset_id").is_some();
    if !is_example
        && kind.as_deref() != Some("llm")
        && (!is_root || matches!(kind.as_deref(), Some("retriever" | "tool")))
    {
        return Made::Other;
    }
    let mut draft = Draft::default();
    draft.set("id", run.take("id"));
    draft.set("trace_id", run.take("trace_id"));
    draft.keep("run_type", kind.map(Value::from));
    let mut inputs = run.members("inputs");
    let asked_of = inputs.get("model").cloned();
    if inputs.get("messages").is_some() {
        // What the call was set to is no part of what was asked.
        draft.set("input", inputs.take("messages").map(langchain).map(question));
    } else {
        draft.set("input", (!inputs.is_empty()).then(|| question(Value::Object(inputs.into_map()))));
    }
    let mut outputs = run.members("outputs");
    let model = outputs.get("model").cloned();
    let mut usage = outputs.members("usage_metadata");
    let said_by_outputs = (usage.take("input_tokens"), usage.take("output_tokens"));
    draft.set("tokens_in", run.take("prompt_tokens").or(said_by_outputs.0));
    draft.set("tokens_out", run.take("completion_tokens").or(said_by_outputs.1));
    draft.set("output", (!outputs.is_empty()).then(|| answer(generation(outputs))));
    let mut expected = run.members("reference_outputs");
    let example = run.members("reference_example");
    if expected.is_empty() {
        expected = Members::of(example.into_map().shift_remove("outputs").unwrap_or_default());
    }
    draft.set("reference", (!expected.is_empty()).then(|| plain(Value::Object(expected.into_map()))));
    let mut extra = run.members("extra");
    let mut metadata = extra.members("metadata");
    let named = metadata.take("ls_model_name");
    draft.set("model", named.or(model).or(asked_of).filter(Value::is_string));
    for (field, names) in [("session_id", ["session_id", "thread_id"]), ("user_id", ["user_id", "ls_user_id"])] {
        draft.set(field, metadata.first(&names));
    }
    let (start, end) = (run.take("start_time"), run.take("end_time"));
    draft.set_seconds(seconds_between(start.as_ref(), end.as_ref()).as_ref());
    draft.set("created_at", end.or(start).or_else(|| run.take("created_at")).map(utc));
    let cost = run.take("total_cost");
    draft.set("cost_usd", cost.as_ref().and_then(number).and_then(serde_json::Number::from_f64).map(Value::Number));
    draft.set("tags", run.take("tags").filter(|tags| *tags != Value::Array(Vec::new())));
    feedback(&mut draft, &mut run);
    let error = run.text("error");
    ["serialized", "events", "dotted_order", "attachments", "child_runs"].iter().for_each(|name| drop(run.take(name)));
    extra.put_back("metadata", metadata);
    extra.take("runtime");
    run.put_back("extra", extra);
    draft.keep_rest(run);
    match error {
        Some(error) if !draft.has("output") => Made::NoOutput(draft, format!("is missing: {error}")),
        _ => Made::Record(draft),
    }
}

/// Messages as LangChain writes them: one conversation in a list of them, with the text in `kwargs`.
fn langchain(messages: Value) -> Value {
    let Value::Array(list) = messages else { return messages };
    let list = match list.as_slice() {
        [Value::Array(only)] => only.clone(),
        _ => list,
    };
    list.into_iter().map(langchain_message).collect()
}

fn langchain_message(message: Value) -> Value {
    let mut members = Members::of(message.clone());
    let mut kwargs = members.members("kwargs");
    let (kind, text) = if kwargs.is_empty() {
        (members.text("type"), members.take("content"))
    } else {
        (kwargs.text("type"), kwargs.take("content"))
    };
    match (kind, text) {
        (Some(kind), Some(text)) if message["role"].is_null() => {
            let role = match kind.as_str() {
                "human" => "user",
                "ai" => "assistant",
                other => other,
            };
            serde_json::json!({ "role": role, "content": text })
        }
        _ => message,
    }
}

/// The text or the message of LangChain's `generations`; other outputs as they are.
fn generation(outputs: Members) -> Value {
    let outputs = Value::Object(outputs.into_map());
    let first = |value: &Value| match value {
        Value::Array(list) => list.first().cloned(),
        _ => None,
    };
    let Some(mut generation) = first(&outputs["generations"]) else { return outputs };
    while let Some(inner) = first(&generation) {
        generation = inner;
    }
    match &generation["message"] {
        message @ Value::Object(_) => langchain_message(message.clone()),
        _ => generation.get("text").cloned().unwrap_or(generation),
    }
}

fn feedback(draft: &mut Draft, run: &mut Members) {
    for one in run.list("feedback") {
        let mut one = Members::of(one);
        let mut source = one.members("feedback_source");
        let name = one.text("key").unwrap_or_else(|| "feedback".into());
        let (score, label) = (one.take("score"), one.take("value").filter(Value::is_string));
        let judged = match source.text("type").as_deref() {
            Some("app") => {
                let person = source.first(&["user_name", "user_id"]).and_then(into_text);
                Judged::answered(person.unwrap_or_else(|| "annotator".into()), &name, label, score)
            }
            Some("model" | "auto_eval") => Judged::by(JudgeKind::Model, name, score, label),
            _ => Judged::by(JudgeKind::Code, name, score, label),
        };
        draft.judged(judged.because(one.text("comment")).with("correction", one.take("correction")));
    }
    for (name, stats) in run.members("feedback_stats").into_map() {
        let mut stats = Members::of(stats);
        draft.judged(Judged::by(JudgeKind::Code, name, stats.take("avg"), None).with("n", stats.take("n")));
    }
}

/// A time without a zone is UTC.
fn utc(time: Value) -> Value {
    match &time {
        Value::String(text) if text.contains('T') && !text.ends_with('Z') && !text[10..].contains(['+', '-']) => {
            format!("{text}Z").into()
        }
        _ => time,
    }
}

fn seconds_between(start: Option<&Value>, end: Option<&Value>) -> Option<Value> {
    let at = |time: Option<&Value>| utc(time?.clone()).as_str()?.parse::<jiff::Timestamp>().ok();
    let took = at(end)?.as_duration() - at(start)?.as_duration();
    serde_json::Number::from_f64(took.as_secs_f64()).map(Value::Number)
}
