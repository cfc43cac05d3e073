//! Files of spans: OpenTelemetry's (`resourceSpans`, `resourceLogs`), and lists of spans as SDKs,
//! Phoenix and notebooks write them.

use super::members::{Members, into_text, number};
use super::outline::Outline;
use super::span::{Span, tree};
use super::{Made, Tool, no_list};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use std::collections::HashMap;

pub(in super::super) const OTLP: Tool = Tool {
    name: "otlp",
    title: "OpenTelemetry traces",
    about: "OTLP/JSON with calls of models (GenAI, OpenInference), as a collector's file exporter writes it",
    extensions: &[],
    options: &[],
    recognise: |outline| {
        let is_otlp = outline.has_any(&["resourceSpans", "resourceLogs", "resource_spans", "resource_logs"]);
        is_otlp.then_some("it is a batch of OpenTelemetry")
    },
    list: no_list,
    converter: |_| Ok(Box::new(batch)),
    fields: FIELDS,
};

pub(in super::super) const SPANS: Tool = Tool {
    name: "spans",
    title: "spans",
    about: "spans of calls of models, one after the other or in a list: OpenInference, Phoenix, Vercel AI SDK",
    extensions: &[],
    options: &[],
    recognise,
    list: no_list,
    converter: |_| Ok(Box::new(lone)),
    fields: FIELDS,
};

const FIELDS: &[(&str, &str)] = &[
    ("spanId", "id, span_id"),
    ("traceId", "trace_id"),
    ("gen_ai.input.messages, gen_ai.system_instructions; gen_ai.prompt.N", "input"),
    ("llm.input_messages, input.value; ai.prompt.messages", "input"),
    ("gen_ai.output.messages; gen_ai.completion.N", "output"),
    ("llm.output_messages, output.value; ai.response.text", "output"),
    ("gen_ai.retrieval.documents; retrieval.documents of the span or its trace", "context"),
    ("gen_ai.response.model, gen_ai.request.model; llm.model_name", "model"),
    ("gen_ai.usage.input_tokens, output_tokens; llm.token_count", "tokens_in, tokens_out"),
    ("llm.cost.total", "cost_usd"),
    ("endTime - startTime", "latency_ms"),
    ("endTime", "created_at"),
    ("events gen_ai.evaluation.result", "judgements of a model"),
    (
        "annotations, by annotator_kind (HUMAN, LLM, CODE)",
        "judgements of a person, by user_id or identifier; of a model; of code",
    ),
    ("session.id, user.id", "session_id, user_id"),
    (
        "llm.prompt_template.template, version; else gen_ai.system_instructions, the system message",
        "prompt, prompt_version",
    ),
    ("other attributes", "meta"),
];

fn recognise(outline: &Outline) -> Option<&'static str> {
    let has_ids = outline.has_any(&["spanContext.spanId", "context.span_id", "span_id", "spanId", "context.spanId"]);
    let of_model =
        ["attributes.gen_ai", "attributes.llm", "attributes.openinference", "attributes.ai.", "attributes.input"];
    let is_span = has_ids && of_model.iter().any(|start| outline.has_beginning(start));
    is_span.then_some("it holds spans of calls of models")
}

/// A batch as OTLP has it: its spans, and the log records that tell of calls.
fn batch(value: Value, made: &mut Vec<Made>) {
    let mut batch = Members::of(value);
    let mut spans = Vec::new();
    for (resources, scopes, records, parse) in [
        ("resourceSpans", "scopeSpans", "spans", span as fn(Value) -> Span),
        ("resourceLogs", "scopeLogs", "logRecords", log_record),
    ] {
        let of_both = |members: &mut Members, name: &str| {
            let (list, more) = (members.list(name), members.list(&snake(name)));
            list.into_iter().chain(more)
        };
        for resource in of_both(&mut batch, resources) {
            let mut resource = Members::of(resource);
            let scopes = of_both(&mut resource, scopes).chain(resource.list("instrumentationLibrarySpans"));
            for scope in scopes {
                spans.extend(of_both(&mut Members::of(scope), records).map(parse));
            }
        }
    }
    records(spans, made);
}

/// `scopeSpans` as `scope_spans`.
fn snake(name: &str) -> String {
    let snake = |letter: char| match letter.is_ascii_uppercase() {
        true => format!("_{}", letter.to_ascii_lowercase()),
        false => letter.to_string(),
    };
    name.chars().map(snake).collect()
}

fn lone(value: Value, made: &mut Vec<Made>) {
    records(vec![span(value)], made);
}

/// The records of spans that came together: a call without documents has those that its trace
/// retrieved before it.
fn records(spans: Vec<Span>, made: &mut Vec<Made>) {
    let mut found: HashMap<String, Value> = HashMap::new();
    for span in &spans {
        if let (Some(trace), Some(Value::Array(more))) = (&span.trace_id, span.documents())
            && let Value::Array(documents) = found.entry(trace.clone()).or_insert_with(|| Value::Array(Vec::new()))
        {
            documents.extend(more);
        }
    }
    for span in spans {
        let documents = span.trace_id.as_ref().and_then(|trace| found.get(trace)).cloned();
        made.push(span.record(documents.as_ref()));
    }
}

/// A span in any of the spellings.
fn span(value: Value) -> Span {
    let mut members = Members::of(value);
    let mut context = [members.members("context"), members.members("spanContext")]
        .into_iter()
        .find(|one| !one.is_empty())
        .unwrap_or_default();
    let mut id = |names: &[&str]| members.first(names).or_else(|| context.first(names)).and_then(into_text);
    let (trace_id, span_id) = (id(&["traceId", "trace_id"]), id(&["spanId", "span_id"]));
    let start = members.first(&["startTimeUnixNano", "start_time_unix_nano", "startTime", "start_time"]);
    let end = members.first(&["endTimeUnixNano", "end_time_unix_nano", "endTime", "end_time"]);
    let mut status = members.members("status");
    let is_error = [status.take("code"), members.first(&["status_code"])]
        .into_iter()
        .flatten()
        .any(|code| code == "ERROR" || code == "STATUS_CODE_ERROR" || code == 2);
    let message = status.text("message").or_else(|| members.text("status_message"));
    let events = members.list("events").into_iter().map(event).collect();
    let mut attributes = attributes(members.take("attributes"));
    // Phoenix writes the kind beside the attributes.
    if let Some(kind) = members.text("span_kind") {
        attributes.put("openinference", serde_json::json!({ "span": { "kind": kind } }));
    }
    Span {
        trace_id,
        span_id: span_id.filter(|id| !id.is_empty()),
        name: members.text("name"),
        start: start.as_ref().and_then(nanoseconds),
        end: end.as_ref().and_then(nanoseconds),
        attributes,
        events,
        error: is_error.then(|| message.unwrap_or_else(|| "the call failed".into())),
    }
}

/// A log record, as the event of a span that it is.
fn log_record(value: Value) -> Span {
    let mut members = Members::of(value);
    let name = members.first(&["eventName", "event_name"]).and_then(into_text);
    let mut id = |names: &[&str]| members.first(names).and_then(into_text).filter(|id| !id.is_empty());
    let (trace_id, span_id) = (id(&["traceId", "trace_id"]), id(&["spanId", "span_id"]));
    let at = members.first(&["timeUnixNano", "time_unix_nano", "observedTimeUnixNano"]);
    let mut attributes = attributes(members.take("attributes"));
    let name = name.or_else(|| attributes.members("event").text("name"));
    // Some write the texts into the body.
    if let Some(Value::Object(body)) = members.take("body").map(any_value) {
        let mut said = tree(body);
        let mut genai = attributes.members("gen_ai");
        said.members("gen_ai").into_map().into_iter().for_each(|(name, value)| genai.put(&name, value));
        attributes.put_back("gen_ai", genai);
    }
    Span {
        trace_id,
        span_id,
        name,
        start: None,
        end: at.as_ref().and_then(nanoseconds),
        attributes,
        events: Vec::new(),
        error: None,
    }
}

fn event(value: Value) -> (String, Members) {
    let mut event = Members::of(value);
    (event.text("name").unwrap_or_default(), attributes(event.take("attributes")))
}

/// Attributes as OTLP's list of keys with typed values, or as an object.
fn attributes(value: Option<Value>) -> Members {
    match value {
        Some(Value::Array(list)) => tree(list.into_iter().filter_map(key_value).collect()),
        Some(Value::Object(members)) => tree(members),
        // A row of a table holds them as JSON.
        Some(Value::String(text)) => match serde_json::from_str(&text) {
            Ok(Value::Object(members)) => tree(members),
            _ => Members::default(),
        },
        _ => Members::default(),
    }
}

fn key_value(value: Value) -> Option<(String, Value)> {
    let mut pair = Members::of(value);
    Some((pair.text("key")?, any_value(pair.take("value").unwrap_or_default())))
}

/// OTLP's `AnyValue`: an object whose one member says what the value is.
fn any_value(value: Value) -> Value {
    let Value::Object(members) = value else { return value };
    let mut members = members.into_iter();
    let Some((kind, value)) = members.next() else { return Value::Null };
    match (kind.as_str(), value) {
        ("arrayValue" | "array_value", list) => Members::of(list).list("values").into_iter().map(any_value).collect(),
        ("kvlistValue" | "kvlist_value", list) => {
            let pairs = Members::of(list).list("values").into_iter().filter_map(key_value);
            Value::Object(pairs.collect())
        }
        // A 64-bit number is written as text.
        ("intValue" | "int_value", Value::String(digits)) => {
            digits.parse::<i64>().map_or(Value::String(digits), Value::from)
        }
        (
            "stringValue" | "string_value" | "boolValue" | "bool_value" | "intValue" | "int_value" | "doubleValue"
            | "double_value" | "bytesValue" | "bytes_value",
            value,
        ) => value,
        (_, value) => {
            let rest: Map<String, Value> = std::iter::once((kind, value)).chain(members).collect();
            Value::Object(rest)
        }
    }
}

/// A point in time in nanoseconds since 1970: as digits, as `[seconds, nanoseconds]`, or as text
/// of RFC 3339, which is UTC where it names no zone.
fn nanoseconds(value: &Value) -> Option<i128> {
    match value {
        Value::Array(pair) => match pair.as_slice() {
            [seconds, nanos] => Some(seconds.as_i64()? as i128 * 1_000_000_000 + nanos.as_i64()? as i128),
            _ => None,
        },
        Value::String(text) => match text.parse::<i128>() {
            Ok(nanos) => Some(nanos),
            Err(_) => of_rfc3339(text),
        },
        Value::Number(written) => match written.as_i64() {
            // Digits of nanoseconds; smaller numbers are milliseconds.
            Some(nanos) if nanos > 100_000_000_000_000_000 => Some(nanos as i128),
            _ => number(value).map(|millis| (millis * 1e6) as i128),
        },
        _ => None,
    }
}

fn of_rfc3339(text: &str) -> Option<i128> {
    let with_zone = text.parse::<Timestamp>().ok();
    let civil = || TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok();
    with_zone.or_else(civil).map(Timestamp::as_nanosecond)
}
