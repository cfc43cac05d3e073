//! What the log tells of a decision.

use super::is_false;
use crate::domain::decision::{Decision, Verdict};
use crate::domain::policy::{Cause, Purpose, ReviewerKind};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The decision's id.
    pub decision: String,
    pub verdict: Verdict,
    /// An answer with the verdict escalate sends the item back to who asked.
    #[serde(default, skip_serializing_if = "Purpose::is_opinion")]
    pub purpose: Purpose,
    pub categories: Vec<String>,
    /// Whether the decision replaced an earlier one of its reviewer.
    pub superseded: bool,
    /// Whether the lens was before the reviewer, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lens: Option<Lens>,
    /// The step of the bulk that it was part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<i64>,
    /// The copy that it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub second_opinion: bool,
    /// The decision of another reviewer that was of record until then: its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<String>,
    /// The log did not tell it, and was repaired.
    #[serde(default, skip_serializing_if = "is_false")]
    pub repaired: bool,
    /// A check of the spec made it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub by_check: bool,
    /// Why the opinions that it settles disagreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The opinions that it settles, in the order in which they were shown as A, B and so on: their ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<String>,
}

impl Decided {
    pub fn new(decision: &Decision, superseded: bool) -> Self {
        Self {
            decision: decision.id.clone(),
            verdict: decision.judgement.verdict,
            purpose: decision.part.purpose,
            categories: decision.judgement.draft.categories.clone(),
            superseded,
            lens: decision.judgement.lens.map(|shown| if shown { Lens::Shown } else { Lens::Hidden }),
            bulk: None,
            merged: None,
            second_opinion: false,
            over: None,
            repaired: false,
            by_check: decision.part.reviewer_kind == ReviewerKind::Check,
            cause: decision.judgement.cause,
            sides: decision.part.sides.as_ref().and_then(|ids| serde_json::from_str(ids).ok()).unwrap_or_default(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lens {
    Shown,
    Hidden,
}

/// What became of one decision.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum OfDecision<'e> {
    Made(&'e Decided),
    /// By the decision's id.
    Undone(&'e str),
    /// By the decision's id.
    Redone(&'e str),
}

impl<'e> OfDecision<'e> {
    /// The decision's id.
    pub fn id(self) -> &'e str {
        match self {
            OfDecision::Made(decided) => &decided.decision,
            OfDecision::Undone(id) | OfDecision::Redone(id) => id,
        }
    }
}
