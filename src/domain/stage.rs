//! Where an item stands, in one word.

use super::decision::Verdict;
use std::str::FromStr;

/// Where an item stands. The database's view `item_outcome` says which decisions lead where;
/// what a word means to everybody else is asked here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Waits for a reviewer.
    Waiting,
    Accepted,
    Rejected,
    /// Waits for an answer from the person it was escalated to.
    Escalated,
}

impl Stage {
    pub const ALL: [Stage; 4] = [Stage::Waiting, Stage::Accepted, Stage::Rejected, Stage::Escalated];

    /// The word, in the database and for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Waiting => "waiting",
            Stage::Accepted => "accepted",
            Stage::Rejected => "rejected",
            Stage::Escalated => "escalated",
        }
    }

    /// The verdict that put an item there.
    pub fn verdict(self) -> Option<Verdict> {
        match self {
            Stage::Waiting => None,
            Stage::Accepted => Some(Verdict::Accept),
            Stage::Rejected => Some(Verdict::Reject),
            Stage::Escalated => Some(Verdict::Escalate),
        }
    }

    /// Whether reviewers are served the item.
    pub fn is_open(self) -> bool {
        match self {
            Stage::Waiting => true,
            Stage::Accepted | Stage::Rejected | Stage::Escalated => false,
        }
    }
}

impl FromStr for Stage {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let stage = Self::ALL.into_iter().find(|stage| stage.as_str() == word);
        stage.ok_or_else(|| format!("`{word}` is no stage of an item"))
    }
}
