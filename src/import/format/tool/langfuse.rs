//! Observations and traces of Langfuse, as its interface and its exports to files write them.

use super::draft::{Draft, Judged};
use super::members::{Members, into_text, parsed};
use super::named::{answer, question};
use super::outline::Outline;
use super::{Made, Tool};
use crate::domain::judge::JudgeKind;
use serde_json::Value;

pub(in super::super) const LANGFUSE: Tool = Tool {
    name: "langfuse",
    title: "Langfuse",
    about: "observations (of type GENERATION) or traces, exported as JSON or JSON Lines",
    extensions: &[],
    options: &[],
    recognise,
    list: |outline| (outline.is_list_at("data") && outline.has(&["meta.totalItems"])).then_some("/data"),
    converter: |_| Ok(Box::new(value)),
    fields: &[
        ("id", "id"),
        ("traceId, trace_id", "trace_id"),
        ("input", "input"),
        ("output", "output"),
        ("the system message of the input", "prompt"),
        ("model, provided_model_name", "model"),
        ("promptName, promptVersion", "prompt_version"),
        ("latency (seconds); endTime - startTime", "latency_ms"),
        ("totalCost, total_cost; costDetails.total", "cost_usd"),
        ("usageDetails.input, output", "tokens_in, tokens_out"),
        ("startTime, timestamp", "created_at"),
        ("tags", "tags"),
        (
            "scores of the observation or its trace, source ANNOTATION",
            "judgements of people, by authorUserId; the score's name is what they were asked",
        ),
        ("scores of source EVAL; API", "judgements of a model; of code"),
        ("userId, sessionId", "user_id, session_id"),
        ("observations that are no generation", "passed over"),
    ],
};

fn recognise(outline: &Outline) -> Option<&'static str> {
    let is_one = |start: &str| {
        let any = |names: &[&str]| names.iter().any(|name| outline.has(&[&format!("{start}{name}")]));
        let is_observation = any(&["traceId", "trace_id"])
            && any(&["type"])
            && any(&[
                "usageDetails",
                "usage_details",
                "modelParameters",
                "model_parameters",
                "provided_model_name",
                "promptName",
                "parentObservationId",
                "parent_observation_id",
            ]);
        let is_trace = any(&["input"])
            && any(&["output"])
            && any(&["timestamp"])
            && any(&["htmlPath", "release", "sessionId", "session_id", "projectId", "project_id"]);
        is_observation || is_trace
    };
    let is_export = outline.has(&["trace", "observations"]);
    (is_export || is_one("") || is_one("data.")).then_some("it holds observations or traces of Langfuse")
}

fn value(value: Value, made: &mut Vec<Made>) {
    let mut members = Members::of(value);
    let observations = members.list("observations");
    // A trace names its observations by their ids alone, in lists.
    if observations.iter().any(Value::is_object) {
        let scores = members.list("scores");
        for observation in observations {
            let id = observation["id"].clone();
            let own = scores.iter().filter(|score| score["observationId"] == id || score["observationId"].is_null());
            made.push(one(Members::of(observation), own.cloned().collect()));
        }
        return;
    }
    let scores = members.list("scores");
    made.push(one(members, scores));
}

fn one(mut members: Members, scores: Vec<Value>) -> Made {
    let kind = members.take("type").and_then(into_text);
    if kind.as_deref().is_some_and(|kind| !kind.eq_ignore_ascii_case("generation")) {
        return Made::Other;
    }
    let mut draft = Draft::default();
    draft.set("id", members.take("id"));
    draft.set("trace_id", members.first(&["traceId", "trace_id"]));
    draft.set("input", members.take("input").map(parsed).map(question));
    draft.set("output", members.take("output").map(parsed).map(answer));
    draft.set("model", members.first(&["model", "providedModelName", "provided_model_name"]));
    let name = members.first(&["promptName", "prompt_name"]).and_then(into_text);
    let version = members.first(&["promptVersion", "prompt_version"]);
    draft.set(
        "prompt_version",
        match (name, version) {
            (Some(name), Some(version)) => {
                Some(Value::from(format!("{name}@{}", version.to_string().trim_matches('"'))))
            }
            (name, version) => {
                name.map(Value::from).or(version.map(|version| version.to_string().trim_matches('"').into()))
            }
        },
    );
    draft.set_seconds(members.take("latency").as_ref());
    let mut costs = object(&mut members, &["costDetails", "cost_details"]);
    draft.set(
        "cost_usd",
        members.first(&["totalCost", "total_cost", "calculatedTotalCost"]).or_else(|| costs.take("total")),
    );
    let mut usage = object(&mut members, &["usageDetails", "usage_details", "usage"]);
    draft.set("tokens_in", usage.first(&["input", "promptTokens", "prompt_tokens"]));
    draft.set("tokens_out", usage.first(&["output", "completionTokens", "completion_tokens"]));
    draft.set(
        "created_at",
        members
            .first(&["endTime", "end_time", "startTime", "start_time", "timestamp", "createdAt", "created_at"])
            .map(rfc3339),
    );
    draft.set("tags", members.take("tags"));
    for (field, names) in [("user_id", ["userId", "user_id"]), ("session_id", ["sessionId", "session_id"])] {
        draft.set(field, members.first(&names));
    }
    for score in scores {
        let mut score = Members::of(score);
        let source = score.text("source");
        let name = score.text("name").unwrap_or_else(|| "score".into());
        let label = score.first(&["stringValue", "string_value"]).filter(|label| *label != "");
        let value = score.take("value");
        let judged = match source.as_deref() {
            Some("ANNOTATION") => {
                let person = score.first(&["authorUserId", "author_user_id"]).and_then(into_text);
                Judged::answered(person.unwrap_or_else(|| "annotator".into()), &name, label, value)
            }
            Some("EVAL") => Judged::by(JudgeKind::Model, name, value, label),
            _ => Judged::by(JudgeKind::Code, name, value, label),
        };
        draft.judged(judged.because(score.text("comment")));
    }
    let failure = (members.get("level") == Some(&"ERROR".into()))
        .then(|| members.first(&["statusMessage", "status_message"]).and_then(into_text));
    draft.keep_rest(members);
    match failure.flatten() {
        Some(failure) if !draft.has("output") => Made::NoOutput(draft, format!("is missing: {failure}")),
        _ => Made::Record(draft),
    }
}

/// Takes the first of the members that is there: an object, or one written as text.
fn object(members: &mut Members, names: &[&str]) -> Members {
    Members::of(members.first(names).map(parsed).unwrap_or_default())
}

/// `2026-11-01 09:30:00.123456`, which is UTC, as RFC 3339.
fn rfc3339(time: Value) -> Value {
    match &time {
        Value::String(text) if text.len() > 10 && text.as_bytes()[10] == b' ' && !text.contains(['Z', '+']) => {
            format!("{}Z", text.replacen(' ', "T", 1)).into()
        }
        _ => time,
    }
}
