//! A claim: a reviewer's short hold on an item, so that nobody else is served it.

use super::time::UtcMillis;

/// How long a claim lasts unless it is extended.
pub const CLAIM_MILLIS: i64 = 5 * 60 * 1000;

/// A live claim's extension is asked for when this much of it is left.
pub const EXTEND_MILLIS: i64 = CLAIM_MILLIS / 2;

/// The hold a reviewer has on one item. The token is checked again when the
/// decision is written, so that a hold which expired and went to somebody else
/// cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub token: String,
    pub expires_at: UtcMillis,
}

/// Items that other reviewers hold, for telling a queue that is done from one
/// whose rest is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub reviewer: String,
    pub items: i64,
    /// When the first of these claims expires.
    pub first_free_at: UtcMillis,
}
