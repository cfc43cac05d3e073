//! Rows of an export of karat: what they tell of a decision is no part of the item.

use super::json::Member;
use crate::domain::record::DECISION;

/// Columns that no other program has together.
const OWN: [&str; 3] = ["verdict", "spec_version", "decision_id"];

/// The members that tell nothing of a decision; `None` where there is no decision among them.
pub(super) fn without_decision<'a>(members: &[Member<'a>]) -> Option<Vec<Member<'a>>> {
    let is_exported = OWN.iter().all(|own| members.iter().any(|(name, _)| name == own));
    is_exported.then(|| members.iter().filter(|(name, _)| !is_of_decision(name)).cloned().collect())
}

/// A field of a decision, a score, or which of several decisions it is.
fn is_of_decision(name: &str) -> bool {
    DECISION.iter().any(|field| field.name == name) || name == "status" || name.starts_with("score_")
}
