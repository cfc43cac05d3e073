//! What the log tells of steps that can be undone, and of bulks.

use super::is_false;
use crate::domain::decision::{Decision, Verdict};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// A value of an item that a bulk has changed: tags, or the priority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    pub bulk: i64,
    pub before: Value,
    pub after: Value,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bulk {
    #[serde(flatten)]
    pub what: BulkWhat,
    /// The step of the bulk; none where nothing was changed.
    pub bulk: Option<i64>,
    pub changed: i64,
    pub skipped: i64,
}

/// What was done to each item of a bulk.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum BulkWhat {
    Decision { verdict: Verdict, categories: Vec<String> },
    Deferral,
    Tags { add: Vec<String>, remove: Vec<String> },
    Priority { priority: i64 },
    Golden { tags: Vec<String>, why: String },
    Release,
}

/// A step that was undone or redone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reversal {
    pub what: StepWhat,
    /// The decision's id and verdict, of a step that is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// For a decision: the item's verdict of record afterwards; `Some(None)` if it has none.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "present")]
    pub stands: Option<Option<Verdict>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<i64>,
    /// For a whole bulk: the number of items that were changed back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<String>,
    /// The log did not tell it, and was repaired.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repaired: bool,
}

impl Reversal {
    pub fn new(what: StepWhat) -> Self {
        Self {
            what,
            decision: None,
            verdict: None,
            stands: None,
            bulk: None,
            items: None,
            merged: None,
            repaired: false,
        }
    }

    pub fn decision(decision: &Decision, stands: Option<Verdict>) -> Self {
        Self {
            decision: Some(decision.id.clone()),
            verdict: Some(decision.judgement.verdict),
            stands: Some(stands),
            ..Self::new(StepWhat::Decision)
        }
    }

    pub fn in_bulk(self, step: i64) -> Self {
        Self { bulk: Some(step), ..self }
    }
}

/// What a step has changed of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepWhat {
    Decision,
    Deferral,
    Decline,
    Reopening,
    Golden,
    Tags,
    Priority,
    Merged,
}

impl StepWhat {
    /// The word in sentences: "the deferral of 12 items".
    pub fn noun(self) -> &'static str {
        match self {
            StepWhat::Decision => "decision",
            StepWhat::Deferral => "deferral",
            StepWhat::Decline => "decline",
            StepWhat::Reopening => "reopening",
            StepWhat::Golden => "golden",
            StepWhat::Tags => "tags",
            StepWhat::Priority => "priority",
            StepWhat::Merged => "merged",
        }
    }
}

/// Reads a member that is present, though it may be `null`.
fn present<'de, D: Deserializer<'de>>(value: D) -> Result<Option<Option<Verdict>>, D::Error> {
    Option::deserialize(value).map(Some)
}
