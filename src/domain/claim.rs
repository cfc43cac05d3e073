//! A claim: an item is reserved for one reviewer for some minutes, and served to no other.

use super::time::UtcMillis;

/// How long a claim lasts unless it is extended.
pub const CLAIM_MILLIS: i64 = 5 * 60 * 1000;

/// A live claim's extension is asked for when this much of it is left.
pub const EXTEND_MILLIS: i64 = CLAIM_MILLIS / 2;

/// A reviewer's claim on one item. Its token is checked again when the decision is written, so
/// that a claim which expired, and whose item another reviewer has claimed since, cannot be
/// used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub token: String,
    pub expires_at: UtcMillis,
}

/// The claimant of the item that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// The reviewer, who may decide it.
    Mine(Claim),
    /// Another reviewer: the item can be read, not decided.
    Other { reviewer: String, until: UtcMillis },
    /// Nobody: whoever looks may change nothing in the workspace.
    Nobody,
}

/// A reviewer with open items claimed, which tells a queue that is done from one whose
/// rest is with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimant {
    pub reviewer: String,
    pub items: i64,
    /// When the first of these claims expires.
    pub first_free_at: UtcMillis,
}
