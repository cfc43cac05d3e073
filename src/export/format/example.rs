//! A row as an example: what was asked, what was answered, what should have been.

use super::flat::value;
use crate::domain::decision::Verdict;
use crate::domain::golden::{Expected, Texts};
use crate::domain::item::{ContentKind, Document};
use crate::domain::mark::Mark;
use crate::domain::record::Cell;
use crate::export::columns::ExportColumn;
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// Where the fields stand in a row, by their names.
#[derive(Default)]
pub(super) struct Places(HashMap<String, usize>);

impl Places {
    pub(super) fn of(columns: &[ExportColumn]) -> Self {
        Self(columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect())
    }
}

/// Fields that the metadata of an example has, where they are known.
const TOLD: [&str; 13] = [
    "case",
    "verdict",
    "categories",
    "worst_severity",
    "note",
    "why",
    "tags",
    "model",
    "prompt_version",
    "reviewer",
    "decided_at",
    "spec_version",
    "meta",
];

/// A row of an export, by the names of its columns.
pub(super) struct Example<'a> {
    pub places: &'a Places,
    pub cells: &'a [Cell<'a>],
}

impl<'a> Example<'a> {
    /// The field of this name; null where the export has none.
    pub(super) fn cell(&self, name: &str) -> &'a Cell<'a> {
        static NULL: Cell = Cell::Null;
        self.places.0.get(name).and_then(|at| self.cells.get(*at)).unwrap_or(&NULL)
    }

    /// A text that is there and not empty.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        match self.cell(name) {
            Cell::Text(text) | Cell::Content(_, text) | Cell::Json(text) if !text.is_empty() => Some(text.as_ref()),
            _ => None,
        }
    }

    pub(super) fn id(&self) -> &'a str {
        self.text("id").unwrap_or_default()
    }

    pub(super) fn verdict(&self) -> Option<Verdict> {
        self.text("verdict")?.parse().ok()
    }

    pub(super) fn words(&self, name: &str) -> &'a [String] {
        if let Cell::Words(words) = self.cell(name) { words } else { &[] }
    }

    pub(super) fn marks(&self) -> &'a [Mark] {
        if let Cell::Marks(marks) = self.cell("marks") { marks } else { &[] }
    }

    /// The levels by their criteria.
    pub(super) fn scores(&self) -> Vec<(&'a str, u8)> {
        let Cell::Scores(scores) = self.cell("scores") else { return Vec::new() };
        scores.iter().map(|(key, level)| (key.as_str(), *level)).collect()
    }

    pub(super) fn documents(&self) -> &'a [Arc<Document>] {
        if let Cell::Documents(documents) = self.cell("context") { documents } else { &[] }
    }

    /// Each document of the context as a text, under its title.
    pub(super) fn context(&self) -> Vec<String> {
        let text = |document: &Arc<Document>| match &document.title {
            Some(title) => format!("{title}\n\n{}", document.text),
            None => document.text.clone(),
        };
        self.documents().iter().map(text).collect()
    }

    /// The output as it should be: what a golden example expects; else the accepted output, the correction
    /// or the reference, as a golden example of the item would by default.
    pub(super) fn expected(&self) -> Option<&'a Cell<'a>> {
        let known = |name: &str| Some(self.cell(name)).filter(|cell| **cell != Cell::Null);
        if self.places.0.contains_key("expected") {
            return known("expected");
        }
        let [reference, correction] = ["reference", "correction"].map(known);
        let texts = Texts { reference: reference.is_some(), correction: correction.is_some() };
        match Expected::proposed(self.verdict()?, texts) {
            Expected::Output => known("output"),
            Expected::Reference => reference,
            Expected::Correction => correction,
            Expected::Nothing => None,
        }
    }

    /// What was asked, as messages of a chat: those of a chat as they are, anything else said by the user.
    pub(super) fn messages(&self) -> Option<Vec<Value>> {
        self.text("input")?;
        match self.cell("input") {
            Cell::Content(ContentKind::Chat, chat) => serde_json::from_str(chat).ok(),
            cell => Some(vec![json!({ "role": "user", "content": plain(cell) })]),
        }
    }

    /// What is known of the example beside its texts.
    pub(super) fn metadata(&self) -> Map<String, Value> {
        let known = TOLD.iter().map(|name| (*name, value(self.cell(name))));
        let is_told = |value: &Value| match value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(list) => !list.is_empty(),
            Value::Object(members) => !members.is_empty(),
            _ => true,
        };
        let mut told: Map<String, Value> =
            known.filter(|(_, value)| is_told(value)).map(|(name, value)| (name.to_owned(), value)).collect();
        let scores = self.scores();
        if !scores.is_empty() {
            told.insert(
                "scores".into(),
                scores.into_iter().map(|(key, level)| (key.to_owned(), Value::from(level))).collect(),
            );
        }
        told
    }
}

/// The answers that a cell stands for, as messages of an assistant: those of a chat as they are.
pub(super) fn answers(cell: &Cell) -> Vec<Value> {
    match cell {
        Cell::Content(ContentKind::Chat, chat) => {
            serde_json::from_str(chat).unwrap_or_else(|_| vec![json!({ "role": "assistant", "content": chat })])
        }
        cell => vec![json!({ "role": "assistant", "content": plain(cell) })],
    }
}

/// The cell as one text: JSON as it was written.
pub(super) fn plain<'c>(cell: &'c Cell) -> &'c str {
    match cell {
        Cell::Text(text) | Cell::Content(_, text) | Cell::Json(text) => text,
        _ => "",
    }
}
