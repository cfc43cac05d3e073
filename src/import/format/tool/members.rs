//! An object of another tool, whose members are taken one by one; what is left is kept in `meta`.

use serde_json::{Map, Value};

/// The members of an object that nobody has taken yet. `null` is no member.
#[derive(Debug, Default)]
pub(super) struct Members(Map<String, Value>);

impl Members {
    /// The members of an object; anything else has none.
    pub(super) fn of(value: Value) -> Self {
        match value {
            Value::Object(members) => Self(members),
            _ => Self::default(),
        }
    }

    /// Takes a member.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.shift_remove(name).filter(|value| !value.is_null())
    }

    /// Takes the first of the members that is there.
    pub(super) fn first(&mut self, names: &[&str]) -> Option<Value> {
        names.iter().find_map(|name| self.take(name))
    }

    /// Takes a member that is an object, to take its members in turn.
    pub(super) fn members(&mut self, name: &str) -> Members {
        match self.0.get(name) {
            Some(Value::Object(_)) => self.take(name).map(Members::of).unwrap_or_default(),
            _ => Members::default(),
        }
    }

    /// Takes a member that is a list.
    pub(super) fn list(&mut self, name: &str) -> Vec<Value> {
        match self.0.get(name) {
            Some(Value::Array(_)) => match self.take(name) {
                Some(Value::Array(list)) => list,
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// Takes a member that is text and not empty.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty())?;
        self.take(name).and_then(into_text)
    }

    /// The members that are text and not empty, which stay.
    pub(super) fn texts(&self) -> Vec<&str> {
        self.0.values().filter_map(Value::as_str).filter(|text| !text.trim().is_empty()).collect()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives a member another value.
    pub(super) fn put(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    /// Puts what is left of an object back under its name.
    pub(super) fn put_back(&mut self, name: &str, rest: Members) {
        if !rest.is_empty() {
            self.0.insert(name.to_owned(), Value::Object(rest.0));
        }
    }

    pub(super) fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

/// The text of a value that is one.
pub(super) fn into_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Text that holds a JSON list or object is that; anything else stays as it is.
pub(super) fn parsed(value: Value) -> Value {
    match &value {
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => serde_json::from_str(text).unwrap_or(value),
        _ => value,
    }
}

/// The number of a value that is one, or is written as text.
pub(super) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}
