//! Rows of an export of karat: what they tell of a decision, and of where the item stood, is no
//! part of the item.

use super::json::Member;
use crate::domain::record::{DECISION, STANDING};

/// Columns that no other program has together.
const OWN: [&str; 3] = ["verdict", "spec_version", "decision_id"];

/// The members that an import reads of an exported row; `None` where the row is no such.
pub(super) fn without_review<'a>(members: &[Member<'a>]) -> Option<Vec<Member<'a>>> {
    let is_exported = OWN.iter().all(|own| members.iter().any(|(name, _)| name == own));
    is_exported.then(|| members.iter().filter(|(name, _)| !is_of_review(name)).cloned().collect())
}

/// A field of a decision or of where the item stands, a score, or which of several decisions it is.
fn is_of_review(name: &str) -> bool {
    let mut fields = DECISION.iter().map(|field| field.name).chain(STANDING.iter().map(|field| field.name));
    fields.any(|field| field == name) || name == "status" || name.starts_with("score_")
}
