//! The places of the first records, and what stands there.

use crate::domain::mapping::{Path, Step};
use crate::import::scalar::decimal;
use serde_json::Value;
use std::collections::{HashMap, HashSet};

/// Lists and objects further in are no places of their own.
const DEEPEST: usize = 8;

/// Members of a list of messages that say who wrote one, as a model is called there.
const OF_A_MODEL: [&str; 6] = ["assistant", "model", "ai", "bot", "gpt", "chatgpt"];

/// The same of who asks, and of what a model is given.
const OF_WHO_ASKS: [&str; 7] = ["user", "human", "customer", "system", "developer", "tool", "function"];

/// Members of a message that say who wrote it, and those that have its text.
const SPEAKERS: [&str; 6] = ["role", "from", "speaker", "sender", "author", "type"];
const TEXTS: [&str; 4] = ["content", "value", "text", "message"];

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
    /// It is the last message of a conversation, or those before, though nobody known as a model wrote it.
    pub is_guess: bool,
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
    /// A list of messages, and who wrote the last.
    Chat {
        last: Speaker,
    },
    Texts,
    Objects,
    /// A list of something else.
    List,
}

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaker {
    Model,
    /// A person who asks, or who sets the model up, or a tool: no answer follows.
    Asking,
    /// By a word that says neither.
    Another,
}

/// The places of records.
#[derive(Default)]
pub(super) struct Places {
    all: Vec<Place>,
    by_steps: HashMap<Vec<Step>, usize>,
    /// How many elements the longest list at a place has.
    longest: HashMap<Vec<Step>, usize>,
    /// The places whose texts are JSON in some records and none in others.
    mixed: HashSet<Vec<Step>>,
    records: usize,
}

impl Places {
    pub(super) fn of(records: &[Value]) -> Vec<Place> {
        let mut texts = HashMap::new();
        for record in records {
            note_texts(record, &mut Vec::new(), &mut texts);
        }
        let mixed = texts.into_iter().filter(|(_, (json, other))| *json && *other).map(|(steps, _)| steps).collect();
        let mut places = Self { mixed, ..Self::default() };
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
        self.note(value, kind, &steps, false);
        if steps.len() >= DEEPEST {
            return;
        }
        let with = |more: &[Step]| [&steps[..], more].concat();
        match value {
            Value::Object(members) => {
                members.iter().for_each(|(name, value)| self.visit(value, with(&[Step::Member(name.clone())])));
            }
            Value::Array(messages) if matches!(kind, Kind::Chat { .. }) => {
                let Kind::Chat { last: wrote } = kind else { return };
                let Some((last, before)) = messages.split_last() else { return };
                if wrote == Speaker::Asking || wrote == Speaker::Another && before.is_empty() {
                    return;
                }
                let (before, is_guess) = (Value::Array(before.to_vec()), wrote == Speaker::Another);
                self.note(&before, self::kind(&before), &with(&[Step::Slice(None, Some(-1))]), is_guess);
                if let Some((name, content)) = TEXTS.iter().find_map(|name| Some((*name, last.get(name)?))) {
                    let steps = with(&[Step::Nth(-1), Step::Member(name.into())]);
                    self.note(content, self::kind(content), &steps, is_guess);
                }
            }
            Value::Array(elements) if kind == Kind::Objects => {
                let longest = self.longest.entry(steps.clone()).or_default();
                *longest = (*longest).max(elements.len());
                elements.iter().filter_map(Value::as_object).flatten().for_each(|(name, value)| {
                    self.visit(value, with(&[Step::Each, Step::Member(name.clone())]));
                });
            }
            Value::String(text) if !self.mixed.contains(&steps) => {
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

    fn note(&mut self, value: &Value, kind: Kind, steps: &[Step], is_guess: bool) {
        let at = *self.by_steps.entry(steps.to_vec()).or_insert_with(|| {
            let (steps, values) = (steps.to_vec(), Vec::new());
            self.all.push(Place { steps, kind, seen: 0, values, is_unique: false, is_guess, last: 0 });
            self.all.len() - 1
        });
        let place = &mut self.all[at];
        place.is_guess &= is_guess;
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

/// Notes of each place with a text whether some are JSON, and whether some are not.
fn note_texts(value: &Value, steps: &mut Vec<Step>, texts: &mut HashMap<Vec<Step>, (bool, bool)>) {
    let mut within = |step: Step, value: &Value, texts: &mut HashMap<_, _>| {
        steps.push(step);
        note_texts(value, steps, texts);
        steps.pop();
    };
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| within(Step::Member(name.clone()), value, texts));
        }
        Value::Array(elements) => elements.iter().for_each(|value| within(Step::Each, value, texts)),
        Value::String(text) if !text.trim().is_empty() => {
            let (json, other) = texts.entry(steps.clone()).or_default();
            *(if json_in(text).is_some() { json } else { other }) = true;
        }
        _ => {}
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
                let (name, said) = SPEAKERS.iter().find_map(|name| Some((*name, element.get(name)?.as_str()?)))?;
                // A part of a message has a type, too, and a text.
                let texts = if name == "type" { &TEXTS[..2] } else { &TEXTS[..] };
                let says = texts.iter().chain(&["parts", "tool_calls"]).any(|name| element.get(name).is_some());
                says.then(|| said.to_lowercase())
            };
            let speakers: Option<Vec<_>> = elements.iter().map(speaker).collect();
            match speakers.as_deref() {
                Some([.., last]) if OF_A_MODEL.contains(&&**last) => Kind::Chat { last: Speaker::Model },
                Some([.., last]) if OF_WHO_ASKS.contains(&&**last) => Kind::Chat { last: Speaker::Asking },
                Some([_, ..]) => Kind::Chat { last: Speaker::Another },
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
        let number = |value: &&Value| !value.is_null() && value.as_str() != Some("");
        let numbers = self.values.iter().filter(number).map(|value| match value {
            Value::Number(number) => number.to_string().parse().ok(),
            Value::String(text) => decimal(text.trim()),
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
