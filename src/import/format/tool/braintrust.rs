//! Events of Braintrust's logs, experiments and data sets.

use super::draft::{Draft, Judged};
use super::members::{Members, number};
use super::named::{answer, plain, question};
use super::{Made, Tool};
use crate::domain::judge::JudgeKind;
use serde_json::{Number, Value};

pub(in super::super) const BRAINTRUST: Tool = Tool {
    name: "braintrust",
    title: "Braintrust",
    about: "events of logs, experiments and data sets; of a trace the root alone",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let is_event =
            outline.has_any(&["_xact_id", "events._xact_id"]) || outline.has(&["root_span_id", "span_attributes"]);
        is_event.then_some("it holds events of Braintrust")
    },
    list: |outline| outline.is_list_at("events").then_some("/events"),
    converter: |_| Ok(Box::new(event)),
    fields: &[
        ("id", "id"),
        ("root_span_id, span_id", "trace_id, span_id"),
        ("input", "input"),
        ("the system message of the input", "prompt"),
        ("output; expected, of a data set", "output"),
        ("expected", "reference"),
        ("context.documents", "context"),
        ("metadata.model", "model"),
        ("metrics.end - start, duration (seconds)", "latency_ms"),
        ("metrics.prompt_tokens, completion_tokens", "tokens_in, tokens_out"),
        ("metrics.estimated_cost", "cost_usd"),
        ("created", "created_at"),
        ("scores", "judgements of a model (by the names of autoevals that ask one), else of code"),
        ("comments", "judgements of people"),
        ("tags, metadata", "tags, meta"),
    ],
};

/// Scorers of Braintrust's own library that ask a model.
const BY_MODEL: [&str; 15] = [
    "Factuality",
    "Battle",
    "ClosedQA",
    "Humor",
    "Moderation",
    "Possible",
    "Security",
    "Sql",
    "Summary",
    "Translation",
    "AnswerCorrectness",
    "AnswerRelevancy",
    "AnswerSimilarity",
    "ContextRelevancy",
    "Faithfulness",
];

fn event(value: Value, made: &mut Vec<Made>) {
    let mut event = Members::of(value);
    let parents = event.list("span_parents");
    let id = event.take("id");
    if !parents.is_empty() || event.get("is_root") == Some(&Value::Bool(false)) {
        return made.push(Made::Other);
    }
    let mut draft = Draft::default();
    draft.set("id", id);
    draft.set("trace_id", event.take("root_span_id"));
    draft.set("span_id", event.take("span_id"));
    draft.set("input", event.take("input").map(question));
    let (output, expected) = (event.take("output").map(answer), event.take("expected").map(plain));
    let is_example = output.is_none() && event.get("scores").is_none();
    draft.set("output", output.or_else(|| expected.clone().filter(|_| is_example)));
    draft.set("reference", expected);
    let mut metadata = event.members("metadata");
    draft.set("model", metadata.take("model").filter(Value::is_string));
    event.put_back("metadata", metadata);
    let mut metrics = event.members("metrics");
    draft.set("tokens_in", metrics.take("prompt_tokens"));
    draft.set("tokens_out", metrics.take("completion_tokens"));
    draft.set("cost_usd", metrics.take("estimated_cost"));
    let took = match (metrics.get("start").and_then(number), metrics.get("end").and_then(number)) {
        (Some(start), Some(end)) => Number::from_f64(end - start).map(Value::Number),
        _ => metrics.take("duration"),
    };
    draft.set_seconds(took.as_ref());
    draft.set("created_at", event.take("created"));
    draft.set("tags", event.take("tags"));
    for (name, score) in event.members("scores").into_map() {
        let kind = if BY_MODEL.contains(&name.as_str()) { JudgeKind::Model } else { JudgeKind::Code };
        draft.judged(Judged::by(kind, name, Some(score), None));
    }
    for comment in event.list("comments") {
        let text = comment["comment"]["text"].as_str().or(comment["text"].as_str()).map(str::to_owned);
        let person = ["email", "name", "id"].iter().find_map(|name| comment["user"][*name].as_str());
        draft.judged(Judged::new(JudgeKind::Person, person.unwrap_or("annotator"), None).because(text));
    }
    let error = event.take("error").map(|error| error.as_str().map_or_else(|| error.to_string(), str::to_owned));
    ["_xact_id", "_pagination_key", "span_attributes", "is_root", "project_id", "log_id"]
        .iter()
        .for_each(|name| drop(event.take(name)));
    draft.keep_rest(event);
    made.push(match error {
        Some(error) if !draft.has("output") => Made::NoOutput(draft, format!("is missing: {error}")),
        _ => Made::Record(draft),
    });
}
