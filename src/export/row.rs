//! One row of an export: what both formats say of an item and its decision.

use crate::domain::decision::Decision;
use crate::domain::item::{Document, Item};
use crate::domain::queue::Queue;
use crate::domain::spec::{Severity, Spec};
use crate::domain::time::format_rfc3339;
use crate::store::{Outgoing, Result, Rows, Store};
use serde::Serialize;
use std::collections::HashMap;

/// Column names of the item, in order.
pub const ITEM: [&str; 17] = [
    "id",
    "case",
    "attempt",
    "priority",
    "input",
    "output",
    "reference",
    "context",
    "model",
    "prompt_version",
    "latency_ms",
    "cost_usd",
    "tokens_in",
    "tokens_out",
    "created_at",
    "tags",
    "meta",
];

/// Column names of the decision before the scores.
pub const VERDICT: [&str; 4] = ["verdict", "categories", "worst_severity", "route"];

/// Column names of the decision after the scores.
pub const DECISION: [&str; 9] =
    ["note", "correction", "marks", "reviewer", "decided_at", "seconds", "lens", "spec_version", "decision_id"];

/// What a row holds, in order: the item, the verdict, the `scores`, the rest of the decision.
pub fn columns(rows: Rows, scores: impl Iterator<Item = String>) -> Vec<String> {
    let status = (rows == Rows::Decisions).then(|| "status".to_owned());
    let fixed = |names: &'static [&'static str]| names.iter().map(|name| name.to_string());
    fixed(&ITEM).chain(fixed(&VERDICT)).chain(scores).chain(fixed(&DECISION)).chain(status).collect()
}

pub struct Row {
    pub item: Item,
    pub decision: Decision,
    pub standing: bool,
    pub second_opinion: bool,
    /// Of the categories, by the spec that the decision was made under.
    pub worst_severity: Option<Severity>,
}

/// Makes rows of what the store gives; knows every version of the spec that occurs.
pub struct Reader<'a> {
    store: &'a Store,
    queue: &'a Queue,
    specs: HashMap<i64, Spec>,
}

impl<'a> Reader<'a> {
    pub fn new(store: &'a Store, queue: &'a Queue) -> Self {
        Self { store, queue, specs: HashMap::new() }
    }

    pub fn row(&mut self, outgoing: Outgoing) -> Result<Row> {
        let Outgoing { item, decision, standing, second_opinion } = outgoing;
        let spec = self.spec(decision.spec_version)?;
        let worst_severity = spec.worst_severity(&decision.judgement.draft.categories);
        Ok(Row { item, decision, standing, second_opinion, worst_severity })
    }

    fn spec(&mut self, version: i64) -> Result<&Spec> {
        if !self.specs.contains_key(&version) {
            self.specs.insert(version, self.store.spec_at(self.queue, version)?.spec);
        }
        Ok(&self.specs[&version])
    }
}

impl Row {
    pub fn status(&self) -> &'static str {
        match (self.standing, self.second_opinion) {
            (false, _) => "superseded",
            (true, true) => "second opinion",
            (true, false) => "standing",
        }
    }

    /// Active time on the item.
    pub fn seconds(&self) -> f64 {
        self.decision.judgement.active_millis as f64 / 1000.0
    }

    /// Whether the reviewer saw the grounding lens; `None` where there was none.
    pub fn lens(&self) -> Option<&'static str> {
        self.decision.judgement.lens.map(|seen| if seen { "shown" } else { "hidden" })
    }

    /// The context documents as a JSON list.
    pub fn context_json(&self) -> String {
        let documents: Vec<DocumentJson> =
            self.item.context.iter().map(|document| DocumentJson::from(&**document)).collect();
        serde_json::to_string(&documents).unwrap_or_default() // texts: it cannot fail
    }
}

/// A context document as it would be imported again.
#[derive(Serialize)]
struct DocumentJson<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<String>,
}

impl<'a> From<&'a Document> for DocumentJson<'a> {
    fn from(document: &'a Document) -> Self {
        Self {
            title: document.title.as_deref(),
            text: &document.text,
            url: document.url.as_deref(),
            id: document.id.as_deref(),
            updated_at: document.updated_at.map(format_rfc3339),
        }
    }
}
