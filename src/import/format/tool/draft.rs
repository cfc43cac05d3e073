//! A record as karat reads it, made of what another tool wrote.

use super::members::{Members, number};
use crate::domain::digest;
use crate::domain::judge::JudgeKind;
use serde_json::{Map, Number, Value};

/// The fields of an item that is being made, with what is said of its output.
#[derive(Debug, Default)]
pub(super) struct Draft {
    fields: Map<String, Value>,
    meta: Map<String, Value>,
    judgements: Vec<Value>,
}

/// What a tool brings along of somebody's judgement of an output.
pub(super) struct Judged {
    pub kind: JudgeKind,
    /// Who judged: a model or its prompt, an assertion, a metric; a person.
    pub name: String,
    pub version: Option<String>,
    /// What a person was asked.
    pub question: Option<String>,
    /// `None`: neither good nor bad is said.
    pub is_good: Option<bool>,
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

    /// Adds a judgement. All that one person says of an output is one; of several of another judge's name each but
    /// the first is numbered.
    pub(super) fn judged(&mut self, judged: Judged) {
        let Judged { kind, name, version, question, is_good, reason, mut others } = judged;
        let reason = reason.filter(|reason| !reason.is_empty());
        if is_good.is_none() && reason.is_none() && others.is_empty() {
            return;
        }
        let at = self.judgement_of(kind, &name, version);
        let members = &mut self.judgements[at];
        match is_good {
            Some(false) => members["verdict"] = "reject".into(),
            Some(true) if members["verdict"].is_null() => members["verdict"] = "accept".into(),
            _ => {}
        }
        if let Some(reason) = reason {
            members["reason"] = match members["reason"].as_str() {
                Some(before) if before != reason => format!("{before}\n{reason}").into(),
                _ => reason.into(),
            };
        }
        if let Some(question) = question {
            let answer = ["label", "score", "answer"].iter().find_map(|name| others.shift_remove(*name));
            let answers = &mut members["answers"];
            match (answers[&question].take(), answer) {
                (Value::Null, answer) => answers[question] = answer.unwrap_or_default(),
                (Value::Array(mut before), answer) => {
                    before.extend(answer);
                    answers[question] = Value::Array(before);
                }
                (before, answer) => answers[question] = std::iter::once(before).chain(answer).collect(),
            }
        }
        for (name, value) in others {
            members[name] = value;
        }
    }

    /// The place of what a person has said so far; of another judge that of a new judgement.
    fn judgement_of(&mut self, kind: JudgeKind, name: &str, version: Option<String>) -> usize {
        let is_person = |judgement: &Value| kind == JudgeKind::Person && judgement["kind"] == kind.as_str();
        let same = |judgement: &Value| judgement["judge"] == name && is_person(judgement);
        if let Some(at) = self.judgements.iter().position(same) {
            return at;
        }
        let is_taken = |name: &str| self.judgements.iter().any(|judgement| judgement["judge"] == name);
        let mut names = std::iter::once(name.to_owned()).chain((2..).map(|number| format!("{name} {number}")));
        let name = names.find(|name| !is_taken(name)).unwrap_or_default();
        let mut members = Map::from_iter([("judge".into(), name.into()), ("kind".into(), kind.as_str().into())]);
        members.extend(version.map(|version| ("version".into(), version.into())));
        self.judgements.push(Value::Object(members));
        self.judgements.len() - 1
    }

    /// The record as one JSON object, whose judgements were brought by `source`. One without an id gets one that its
    /// content makes: the same record has the same id whenever it comes.
    pub(super) fn into_json(self, source: &str) -> String {
        let Self { mut fields, meta, mut judgements } = self;
        if let Some(prompt) = fields.get("input").and_then(system_message).filter(|_| !fields.contains_key("prompt")) {
            fields.insert("prompt".into(), prompt);
        }
        if !meta.is_empty() {
            fields.insert("meta".into(), Value::Object(meta));
        }
        if !fields.contains_key("id") {
            let all = format!("{}{}", Value::Object(fields.clone()), Value::from(judgements.clone()));
            fields.insert("id".into(), digest::short(all.as_bytes()).into());
        }
        if !judgements.is_empty() {
            for judgement in &mut judgements {
                judgement["source"] = source.into();
                // A note is all that is said.
                if ["verdict", "score", "label", "answers"].iter().all(|name| judgement[*name].is_null()) {
                    judgement["answer"] = match judgement["answer"].take() {
                        Value::Null => judgement["reason"].clone(),
                        answer => answer,
                    };
                }
            }
            fields.insert("judgements".into(), Value::Array(judgements));
        }
        Value::Object(fields).to_string()
    }
}

/// What a conversation tells the model before anything is asked.
fn system_message(input: &Value) -> Option<Value> {
    let first = input.as_array()?.first()?;
    let is_system = matches!(first["role"].as_str(), Some("system" | "developer"));
    first.get("content").filter(|text| is_system && text.as_str().is_some_and(|text| !text.trim().is_empty())).cloned()
}

impl Judged {
    pub(super) fn new(kind: JudgeKind, name: impl Into<String>, is_good: impl Into<Option<bool>>) -> Self {
        Self {
            kind,
            name: name.into(),
            version: None,
            question: None,
            is_good: is_good.into(),
            reason: None,
            others: Map::new(),
        }
    }

    /// By a score and a label, of which some say that the output is good or bad.
    pub(super) fn by(kind: JudgeKind, name: impl Into<String>, score: Option<Value>, label: Option<Value>) -> Self {
        let by_label = match &label {
            Some(Value::Array(labels)) if labels.len() == 1 => labels[0].as_str(),
            label => label.as_ref().and_then(Value::as_str),
        };
        let by_score = score.as_ref().and_then(|score| match (score, number(score)) {
            (Value::Bool(is_good), _) => Some(*is_good),
            (_, Some(1.0)) => Some(true),
            (_, Some(0.0)) => Some(false),
            _ => None,
        });
        Self::new(kind, name, by_label.and_then(yes_or_no).or(by_score)).with("label", label).with("score", score)
    }

    /// What a person answered to a question.
    pub(super) fn answered(
        person: impl Into<String>,
        question: &str,
        label: Option<Value>,
        score: Option<Value>,
    ) -> Self {
        Self { question: Some(question.into()), ..Self::by(JudgeKind::Person, person, score, label) }
    }

    pub(super) fn with(mut self, name: &str, value: Option<Value>) -> Self {
        self.others.extend(value.filter(|value| !value.is_null()).map(|value| (name.to_owned(), value)));
        self
    }

    pub(super) fn because(self, reason: Option<String>) -> Self {
        Self { reason, ..self }
    }
}

/// Words of tools for a good and a bad output.
fn yes_or_no(label: &str) -> Option<bool> {
    match label.to_lowercase().as_str() {
        "pass" | "passed" | "correct" | "accept" | "accepted" | "good" | "yes" | "true" | "factual" | "relevant"
        | "thumbs_up" | "thumbs up" | "positive" => Some(true),
        "fail" | "failed" | "incorrect" | "reject" | "rejected" | "bad" | "no" | "false" | "hallucinated"
        | "irrelevant" | "unrelated" | "thumbs_down" | "thumbs down" | "negative" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn all_that_a_person_says_is_one_judgement() {
        let mut draft = Draft::default();
        let score = Some(json!(0.7));
        draft.judged(Judged::by(JudgeKind::Model, "tone", score, None).because(Some("curt".into())));
        draft.judged(Judged::by(JudgeKind::Model, "tone", None, Some(json!("pass"))));
        draft.judged(Judged::answered("ana", "helps", Some(json!("yes")), None).because(Some("it does".into())));
        draft.judged(Judged::answered("ana", "thumb", Some(json!("thumbs_down")), None));
        draft.judged(Judged::answered("ana", "issues", Some(json!(["cold", "long"])), None));
        draft.judged(Judged::answered("ben", "stars", Some(json!(1)), None));
        draft.judged(Judged::new(JudgeKind::Person, "cy", None).because(Some("hm".into())));
        draft.judged(Judged::new(JudgeKind::Person, "di", None));
        let made: Value = serde_json::from_str(&draft.into_json("x")).unwrap();
        let expected = json!([
            {"judge": "tone", "kind": "model", "reason": "curt", "score": 0.7, "source": "x"},
            {"judge": "tone 2", "kind": "model", "verdict": "accept", "label": "pass", "source": "x"},
            {"judge": "ana", "kind": "person", "verdict": "reject", "reason": "it does",
                "answers": {"helps": "yes", "thumb": "thumbs_down", "issues": ["cold", "long"]}, "source": "x"},
            {"judge": "ben", "kind": "person", "answers": {"stars": 1}, "source": "x"},
            {"judge": "cy", "kind": "person", "reason": "hm", "source": "x", "answer": "hm"},
        ]);
        assert_eq!(made["judgements"], expected);
        assert_eq!(made["meta"], Value::Null, "nobody sees it before the item is settled");
    }
}
