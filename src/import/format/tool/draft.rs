//! A record as karat reads it, made of what another tool wrote.

use super::members::{Members, number};
use crate::domain::digest;
use serde_json::{Map, Number, Value, json};

/// The fields of an item that is being made, with what is said of its output.
#[derive(Debug, Default)]
pub(super) struct Draft {
    fields: Map<String, Value>,
    meta: Map<String, Value>,
    judgements: Vec<Value>,
}

/// Who said something of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    Model,
    Code,
}

/// What a tool brings along of somebody's judgement of an output.
pub(super) struct Judged {
    pub kind: Kind,
    pub name: String,
    pub version: Option<String>,
    pub is_good: bool,
    pub reason: Option<String>,
    /// What else was said of it.
    pub others: Map<String, Value>,
}

impl Draft {
    /// Gives a field its value. `null` and nothing leave it absent.
    pub(super) fn set(&mut self, field: &'static str, value: impl Into<Option<Value>>) {
        if let Some(value) = value.into().filter(|value| !value.is_null()) {
            self.fields.insert(field.to_owned(), value);
        }
    }

    pub(super) fn has(&self, field: &str) -> bool {
        self.fields.contains_key(field)
    }

    /// Gives a field of milliseconds a number of seconds.
    pub(super) fn set_seconds(&mut self, seconds: Option<&Value>) {
        let millis = seconds.and_then(number).map(|seconds| (seconds * 1e6).round() / 1e3);
        self.set("latency_ms", millis.and_then(Number::from_f64).map(Value::Number));
    }

    /// Keeps what the tool says under a name of its own.
    pub(super) fn keep(&mut self, name: &str, value: impl Into<Option<Value>>) {
        if let Some(value) = value.into().filter(|value| !value.is_null()) {
            self.meta.insert(name.to_owned(), value);
        }
    }

    /// Keeps what is left of an object.
    pub(super) fn keep_rest(&mut self, rest: Members) {
        let said = |value: &Value| match value {
            Value::Null => false,
            Value::Object(members) => !members.is_empty(),
            Value::Array(list) => !list.is_empty(),
            _ => true,
        };
        self.meta.extend(rest.into_map().into_iter().filter(|(_, value)| said(value)));
    }

    /// Keeps a score that is no judgement.
    pub(super) fn score(&mut self, name: String, mut score: Value) {
        if let Value::Object(members) = &mut score {
            members.retain(|_, value| !value.is_null());
        }
        let scores = self.meta.entry("scores").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(scores) = scores {
            scores.insert(name, score);
        }
    }

    /// Adds a judgement. Of several of one name each but the first is numbered.
    pub(super) fn judged(&mut self, judged: Judged) {
        let Judged { kind, name, version, is_good, reason, others } = judged;
        let is_taken = |name: &str| self.judgements.iter().any(|judgement| judgement["judge"] == name);
        let names = std::iter::once(name.clone()).chain((2..).map(|number| format!("{name} {number}")));
        let name = names.into_iter().find(|name| !is_taken(name)).unwrap_or(name);
        let mut members = json!({
            "judge": name,
            "kind": kind.as_str(),
            "verdict": if is_good { "accept" } else { "reject" },
        });
        let mut add = |name: &str, value: Value| members[name] = value;
        version.into_iter().for_each(|version| add("version", version.into()));
        reason.into_iter().filter(|reason| !reason.is_empty()).for_each(|reason| add("reason", reason.into()));
        others.into_iter().for_each(|(name, value)| add(&name, value));
        self.judgements.push(members);
    }

    /// The record as one JSON object. One without an id gets one that its content makes: the same
    /// record has the same id whenever it comes.
    pub(super) fn into_json(self) -> String {
        let Self { mut fields, meta, judgements } = self;
        if !meta.is_empty() {
            fields.insert("meta".into(), Value::Object(meta));
        }
        if !judgements.is_empty() {
            fields.insert("judgements".into(), Value::Array(judgements));
        }
        if !fields.contains_key("id") {
            let id = digest::short(Value::Object(fields.clone()).to_string().as_bytes());
            fields.insert("id".into(), id.into());
        }
        Value::Object(fields).to_string()
    }
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Person => "person",
            Kind::Model => "model",
            Kind::Code => "code",
        }
    }
}

impl Judged {
    /// A judgement that is nothing but yes or no.
    pub(super) fn new(kind: Kind, name: impl Into<String>, is_good: bool) -> Self {
        Self { kind, name: name.into(), version: None, is_good, reason: None, others: Map::new() }
    }
}
