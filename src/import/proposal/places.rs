//! The places of the first records, and what stands there.

use crate::domain::mapping::{Path, Step};
use serde_json::Value;
use std::collections::HashMap;

/// Lists and objects further in are no places of their own.
const DEEPEST: usize = 8;

/// Members of a list of messages that say who wrote one, as a model is called there.
const OF_A_MODEL: [&str; 5] = ["assistant", "model", "ai", "bot", "gpt"];

/// A place in the records.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub steps: Vec<Step>,
    pub kind: Kind,
    /// How many records have it.
    pub seen: usize,
    /// What stands there, of each record that has it the first.
    pub values: Vec<Value>,
    /// In each record that has it there is another.
    pub is_unique: bool,
    /// The last record that has it, from 1.
    last: usize,
}

/// What stands at a place, in most records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    Bool,
    /// Nothing but `null`.
    Nothing,
    Object,
    /// A list of messages, the last of which is a model's or not.
    Chat {
        ends_with_model: bool,
    },
    Texts,
    Objects,
    /// A list of something else.
    List,
}

/// The places of records.
#[derive(Default)]
pub(super) struct Places {
    all: Vec<Place>,
    by_steps: HashMap<Vec<Step>, usize>,
    /// How many elements the longest list at a place has.
    longest: HashMap<Vec<Step>, usize>,
    records: usize,
}

impl Places {
    pub(super) fn of(records: &[Value]) -> Vec<Place> {
        let mut places = Self::default();
        for record in records {
            places.records += 1;
            if let Value::Object(members) = record {
                members.iter().for_each(|(name, value)| places.visit(value, vec![Step::Member(name.clone())]));
            }
        }
        let Self { mut all, longest, .. } = places;
        for place in &mut all {
            place.is_unique = is_unique(&place.values);
            place.steps = concrete(&place.steps, &longest);
        }
        all
    }

    fn visit(&mut self, value: &Value, steps: Vec<Step>) {
        let kind = kind(value);
        self.note(value, kind, &steps);
        if steps.len() >= DEEPEST {
            return;
        }
        let with = |more: &[Step]| [&steps[..], more].concat();
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| self.visit(value, with(&[Step::Member(name.clone())])));
            }
            Value::Array(messages) if matches!(kind, Kind::Chat { .. }) => {
                if let (Kind::Chat { ends_with_model: true }, Some((last, before))) = (kind, messages.split_last()) {
                    let before = Value::Array(before.to_vec());
                    self.note(&before, self::kind(&before), &with(&[Step::Slice(None, Some(-1))]));
                    let name = ["content", "value", "text"].into_iter().find(|name| last.get(name).is_some());
                    if let Some((name, content)) = name.and_then(|name| Some((name, last.get(name)?))) {
                        let steps = with(&[Step::Nth(-1), Step::Member(name.into())]);
                        self.note(content, self::kind(content), &steps);
                    }
                }
            }
            Value::Array(elements) if kind == Kind::Objects => {
                let longest = self.longest.entry(steps.clone()).or_default();
                *longest = (*longest).max(elements.len());
                elements.iter().filter_map(Value::as_object).flatten().for_each(|(name, value)| {
                    self.visit(value, with(&[Step::Each, Step::Member(name.clone())]));
                });
            }
            Value::String(text) => {
                if let Some(inner @ (Value::Object(_) | Value::Array(_))) = json_in(text) {
                    match inner {
                        Value::Object(members) => members
                            .iter()
                            .for_each(|(name, value)| self.visit(value, with(&[Step::Member(name.clone())]))),
                        _ => self.visit(&inner, steps),
                    }
                }
            }
            _ => {}
        }
    }

    fn note(&mut self, value: &Value, kind: Kind, steps: &[Step]) {
        let at = *self.by_steps.entry(steps.to_vec()).or_insert_with(|| {
            let (steps, values) = (steps.to_vec(), Vec::new());
            self.all.push(Place { steps, kind, seen: 0, values, is_unique: false, last: 0 });
            self.all.len() - 1
        });
        let place = &mut self.all[at];
        // The elements of a list are of one record.
        if place.last < self.records {
            (place.seen, place.last) = (place.seen + 1, self.records);
            place.values.push(value.clone());
        }
        if place.kind == Kind::Nothing || matches!(value, Value::Array(_)) && place.kind == Kind::Text {
            place.kind = kind;
        }
    }
}

fn json_in(text: &str) -> Option<Value> {
    let text = text.trim();
    (text.starts_with(['{', '['])).then(|| serde_json::from_str(text).ok()).flatten()
}

fn kind(value: &Value) -> Kind {
    match value {
        Value::Null => Kind::Nothing,
        Value::Bool(_) => Kind::Bool,
        Value::Number(_) => Kind::Number,
        Value::String(_) => Kind::Text,
        Value::Object(_) => Kind::Object,
        Value::Array(elements) => {
            let speaker = |element: &Value| -> Option<String> {
                let said = ["role", "from", "type"].into_iter().find_map(|name| element.get(name)?.as_str());
                let says = ["content", "value", "parts", "tool_calls"].iter().any(|name| element.get(name).is_some());
                said.filter(|_| says).map(str::to_lowercase)
            };
            let speakers: Option<Vec<_>> = elements.iter().map(speaker).collect();
            match speakers.as_deref() {
                Some([.., last]) => Kind::Chat { ends_with_model: OF_A_MODEL.contains(&&**last) },
                _ if elements.is_empty() => Kind::List,
                _ if elements.iter().all(Value::is_string) => Kind::Texts,
                _ if elements.iter().all(Value::is_object) => Kind::Objects,
                _ => Kind::List,
            }
        }
    }
}

fn is_unique(values: &[Value]) -> bool {
    let mut seen = std::collections::HashSet::new();
    values.iter().all(|value| seen.insert(value.to_string()))
}

/// Where a list never has more than one element, that one is meant.
fn concrete(steps: &[Step], longest: &HashMap<Vec<Step>, usize>) -> Vec<Step> {
    let each = steps.iter().enumerate().map(|(at, step)| match step {
        Step::Each if longest.get(&steps[..at]).is_some_and(|longest| *longest == 1) && is_of_one(&steps[..at]) => {
            Step::Nth(0)
        }
        step => step.clone(),
    });
    each.collect()
}

/// A list of documents may have one here and more there.
fn is_of_one(steps: &[Step]) -> bool {
    !matches!(steps.last(), Some(Step::Member(name))
        if super::names::says("context", &super::names::plain(name)).is_some())
}

impl Place {
    /// Whether it is one value a record, and no part of a list.
    pub(super) fn is_one(&self) -> bool {
        !self.steps.contains(&Step::Each)
    }

    pub(super) fn path(&self, records: usize) -> Path {
        Path { is_optional: self.seen < records, ..Path::of(self.steps.clone()) }
    }

    /// Whether the values of the other are part of these, or the other way round.
    pub(super) fn overlaps(&self, steps: &[Step]) -> bool {
        self.steps.starts_with(steps) || steps.starts_with(&self.steps)
    }

    /// The values that are numbers, or texts that are; `None` where one is neither.
    pub(super) fn numbers(&self) -> Option<Vec<f64>> {
        let number = |value: &&Value| !value.is_null();
        let numbers = self.values.iter().filter(number).map(|value| match value {
            Value::Number(number) => number.to_string().parse().ok(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        });
        let numbers: Option<Vec<f64>> = numbers.collect();
        numbers.filter(|numbers| !numbers.is_empty() && numbers.iter().all(|number| *number >= 0.0))
    }

    /// Whether most of the texts have nothing in them.
    pub(super) fn is_mostly_empty(&self) -> bool {
        let is_empty = |value: &&Value| value.as_str().is_some_and(|text| text.trim().is_empty());
        self.values.iter().filter(is_empty).count() * 2 > self.values.len()
    }

    /// Characters of the texts, on average.
    pub(super) fn length(&self) -> usize {
        let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
        self.values.iter().map(length).sum::<usize>() / self.values.len().max(1)
    }
}
