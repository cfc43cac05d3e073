//! Test cases and examples of tools that name their members in a fixed way: DeepEval, Ragas, Phoenix'
//! data sets and MLflow's evaluation tables.

use super::draft::{Draft, Judged};
use super::members::{Members, into_text, number, parsed};
use super::messages::conversation;
use super::named;
use super::{Made, Tool, no_list};
use crate::domain::judge::JudgeKind;
use serde_json::{Map, Value};

pub(in super::super) const DEEPEVAL: Tool = Tool {
    name: "deepeval",
    title: "DeepEval",
    about: "a test run, or a list of goldens with their actual outputs",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let names = ["actualOutput", "actual_output", "testCases.actualOutput"];
        (outline.has_any(&names) || outline.has(&["testCases", "metricsScores"]))
            .then_some("it holds test cases of DeepEval")
    },
    list: |outline| outline.is_list_at("testCases").then_some("/testCases"),
    converter: |_| Ok(Box::new(test_case)),
    fields: &[
        ("name and content", "id"),
        ("input", "input"),
        ("actualOutput, actual_output", "output"),
        ("expectedOutput, expected_output", "reference"),
        ("retrievalContext, retrieval_context; context", "context"),
        ("tokenCost, token_cost", "cost_usd"),
        ("completionTime (seconds)", "latency_ms"),
        ("metricsData[]", "judgements of a model, with evaluationModel as version; without one of code"),
        ("others", "meta"),
    ],
};

pub(in super::super) const RAGAS: Tool = Tool {
    name: "ragas",
    title: "Ragas",
    about: "samples of an evaluation, or annotated ones with people's corrections of a metric",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let is_sample = outline.has(&["user_input"]) && outline.has_any(&["response", "retrieved_contexts"]);
        (is_sample || outline.has_end(".metric_input.user_input")).then_some("it holds samples of Ragas")
    },
    list: no_list,
    converter: |_| Ok(Box::new(ragas)),
    fields: &[
        ("user_input", "input"),
        ("response; the last message of user_input", "output"),
        ("retrieved_contexts", "context"),
        ("reference", "reference"),
        ("metric_output, prompt_output.reason", "judgements of a model, the metric"),
        ("is_accepted, edited_output", "judgements of a person"),
        ("other members", "meta"),
    ],
};

pub(in super::super) const PHOENIX: Tool = Tool {
    name: "phoenix",
    title: "Phoenix data set",
    about: "examples with input, output and metadata: the output is what is judged",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let is_example = outline.has(&["id", "input", "output"]) && outline.has_any(&["node_id", "example_id"]);
        is_example.then_some("it holds examples of Phoenix")
    },
    list: |outline| outline.is_list_at("data.examples").then_some("/data/examples"),
    converter: |_| Ok(Box::new(phoenix)),
    fields: &[
        ("id", "id"),
        ("input", "input: its messages, its one text, or the whole"),
        ("output", "output, likewise"),
        ("metadata, splits", "meta"),
    ],
};

pub(in super::super) const MLFLOW: Tool = Tool {
    name: "mlflow",
    title: "MLflow evaluation table",
    about: "eval_results_table.json: names of columns, and rows",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let is_table = outline.is_list_at("columns") && outline.is_list_at("data") && !outline.is_list;
        is_table.then_some("it is a table of names and rows")
    },
    list: no_list,
    converter: |_| Ok(Box::new(mlflow)),
    fields: &[
        ("inputs, question, request", "input"),
        ("outputs, response, answer, prediction", "output"),
        ("targets, expected_response, ground_truth", "reference"),
        ("retrieved_context, context", "context"),
        (
            "NAME/score, NAME/value, NAME/justification",
            "judgements: of a model where there is a justification, else of code",
        ),
        ("latency (seconds), token_count", "latency_ms, tokens_out"),
        ("other columns", "meta"),
    ],
};

fn test_case(value: Value, made: &mut Vec<Made>) {
    let mut case = Members::of(value);
    let mut draft = Draft::default();
    draft.set("input", case.take("input"));
    draft.set("output", case.first(&["actualOutput", "actual_output"]));
    draft.set("reference", case.first(&["expectedOutput", "expected_output"]));
    draft.set("context", case.first(&["retrievalContext", "retrieval_context"]).or_else(|| case.take("context")));
    draft.set("cost_usd", case.first(&["tokenCost", "token_cost"]));
    draft.set("tokens_in", case.first(&["inputTokenCount", "input_token_count"]));
    draft.set("tokens_out", case.first(&["outputTokenCount", "output_token_count"]));
    draft.set_seconds(case.first(&["completionTime", "completion_time", "runDuration"]).as_ref());
    draft.set("tags", case.take("tags").filter(Value::is_array));
    for metric in [case.list("metricsData"), case.list("metrics_data")].concat() {
        let mut metric = Members::of(metric);
        let is_good = metric.take("success").and_then(|success| success.as_bool());
        let name = metric.text("name").unwrap_or_else(|| "metric".into());
        let version = metric.first(&["evaluationModel", "evaluation_model"]).and_then(into_text);
        let kind = if version.is_some() { JudgeKind::Model } else { JudgeKind::Code };
        let judged = Judged { version, ..Judged::new(kind, name, is_good) }.because(metric.text("reason"));
        let judged = judged.with("score", metric.take("score"));
        draft.judged(if is_good.is_some() { judged.with("threshold", metric.take("threshold")) } else { judged });
    }
    ["trace", "success", "order", "metricsData"].iter().for_each(|name| drop(case.take(name)));
    draft.keep_rest(case);
    made.push(Made::Record(draft));
}

fn ragas(value: Value, made: &mut Vec<Made>) {
    let members = match value {
        Value::Object(members) if members.contains_key("user_input") => {
            return made.push(Made::Record(sample(Members::of(Value::Object(members)))));
        }
        Value::Object(members) => members,
        _ => return made.push(Made::Other),
    };
    for (metric, annotated) in members {
        let Value::Array(list) = annotated else { continue };
        made.extend(list.into_iter().map(|one| Made::Record(annotation(&metric, one))));
    }
}

fn sample(mut sample: Members) -> Draft {
    let mut draft = Draft::default();
    let mut asked = conversation(sample.take("user_input").map(with_roles).unwrap_or_default());
    let answer = sample.take("response").or_else(|| match &mut asked {
        Value::Array(messages) => super::messages::take_last_answer(messages),
        _ => None,
    });
    draft.set("input", super::messages::input(asked));
    draft.set("output", answer);
    draft.set("context", sample.take("retrieved_contexts"));
    draft.set("reference", sample.take("reference"));
    draft.keep_rest(sample);
    draft
}

/// Messages whose role is their type: `human` and `ai`.
fn with_roles(value: Value) -> Value {
    let Value::Array(list) = value else { return value };
    let message = |message: Value| {
        let role = match message["type"].as_str() {
            Some("human") => "user",
            Some("ai") => "assistant",
            Some(other) if message["role"].is_null() => other,
            _ => return message.clone(),
        };
        let mut message = message.clone();
        message["role"] = role.into();
        if let Value::Object(members) = &mut message {
            members.shift_remove("type");
        }
        message
    };
    list.into_iter().map(message).collect()
}

/// A sample with what the metric said of it, and whether a person took that.
fn annotation(metric: &str, value: Value) -> Draft {
    let mut one = Members::of(value);
    let mut draft = sample(one.members("metric_input"));
    let output = one.take("metric_output");
    let (mut reason, mut edited) = (None, None);
    for (_, prompt) in one.members("prompts").into_map() {
        reason = reason.or_else(|| prompt["prompt_output"]["reason"].as_str().map(str::to_owned));
        edited = edited.or_else(|| Some(prompt["edited_output"].clone()).filter(Value::is_object));
    }
    let score = output.as_ref().and_then(number);
    draft.judged(Judged::by(JudgeKind::Model, metric, output, None).because(reason));
    if let (Some(is_accepted), Some(score)) = (one.take("is_accepted").and_then(|accepted| accepted.as_bool()), score) {
        // Whoever does not take the metric's word says the opposite, or what they wrote in its place.
        let own = edited.as_ref().and_then(|edited| number(&edited["verdict"]));
        let says = own.unwrap_or(if is_accepted { score } else { 1.0 - score });
        if says == 0.0 || says == 1.0 {
            let judged = Judged::answered("annotator", metric, None, Some((says == 1.0).into()));
            draft.judged(judged.because(edited.and_then(|edited| edited["reason"].as_str().map(str::to_owned))));
        }
    }
    draft
}

fn phoenix(value: Value, made: &mut Vec<Made>) {
    let mut example = Members::of(value);
    let mut draft = Draft::default();
    draft.set("id", example.take("id"));
    draft.set("input", example.take("input").map(named::question));
    draft.set("output", example.take("output").map(named::answer));
    draft.keep_rest(example);
    made.push(Made::Record(draft));
}

fn mlflow(value: Value, made: &mut Vec<Made>) {
    let mut table = Members::of(value);
    let columns: Vec<String> = table.list("columns").into_iter().filter_map(into_text).collect();
    for row in table.list("data") {
        let Value::Array(cells) = row else {
            made.push(Made::Other);
            continue;
        };
        let mut row = Members::of(Value::Object(columns.iter().cloned().zip(cells).collect::<Map<_, _>>()));
        let mut draft = Draft::default();
        draft.set("id", row.first(&["request_id", "trace_id", "id"]).map(text));
        row.first(&["retrieved_context"]).map(parsed).into_iter().for_each(|found| draft.set("context", found));
        named::take(&mut draft, &mut row);
        draft.set("model", row.take("model").filter(Value::is_string));
        draft.set_seconds(row.take("latency").as_ref());
        draft.set("tokens_out", row.take("token_count"));
        let scores: Vec<String> = columns.iter().filter_map(|name| score_of(name)).collect();
        for name in scores {
            let score = row.first(&[&format!("{name}/score"), &format!("{name}/value")]);
            let label = score.clone().filter(Value::is_string);
            let reason =
                row.first(&[&format!("{name}/justification"), &format!("{name}/rationale")]).and_then(into_text);
            let kind = if reason.is_some() { JudgeKind::Model } else { JudgeKind::Code };
            let score = score.filter(|score| !score.is_string());
            draft.judged(Judged::by(kind, name, score, label).because(reason));
        }
        draft.keep_rest(row);
        made.push(Made::Record(draft));
    }
}

/// The metric that a column holds the score of: `toxicity/v1/score` is that of `toxicity/v1`.
fn score_of(column: &str) -> Option<String> {
    column.strip_suffix("/score").or_else(|| column.strip_suffix("/value")).map(str::to_owned)
}

fn text(value: Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        other => other,
    }
}
