//! Why a reviewer leaves an item to others.

use super::policy::words;

/// Characters of a reason, at most.
pub const MAX_WHY: usize = 10_000;

words! {
    /// Reasons that have a word; any other is a text.
    DeclineReason, "reason with a word" {
        Conflict = "conflict",
        Language = "language",
        Field = "field",
    }
}

impl DeclineReason {
    /// The reason for people.
    pub const fn phrase(self) -> &'static str {
        match self {
            DeclineReason::Conflict => "conflict of interest",
            DeclineReason::Language => "language",
            DeclineReason::Field => "not my field",
        }
    }
}

/// What is told of a reason, which is a word or a text.
pub fn told(why: &str) -> &str {
    why.parse().map_or(why, |reason: DeclineReason| reason.phrase())
}
