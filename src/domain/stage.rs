//! Where an item stands, in one word.

use super::policy::SettledBy;
use std::str::FromStr;

/// Where an item stands, with what put it there.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Standing {
    pub stage: Stage,
    /// How many opinions are asked.
    pub opinions: i64,
    /// What the verdict of record rests on.
    pub settled_by: Option<SettledBy>,
    /// The greatest rate at which sampling could take it; `None` where no rule applied.
    pub chance: Option<f64>,
    /// Key of the rule that set the chance.
    pub rule: Option<String>,
    /// Keys of the checks that it failed, or that flagged it.
    pub checks: Vec<String>,
    /// Id of the attempt that stands for it.
    pub replaced_by: Option<String>,
}

/// Where an item stands. The database's view `item_outcome` says which decisions lead where; what
/// a word means to everybody else is asked here. The verdict of record is the item's own, and
/// follows from no stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Stage {
    /// Was not taken by the rules of sampling: searched, not served.
    HeldBack,
    /// Waits for a reviewer.
    #[default]
    Waiting,
    /// Has an opinion, and waits for another's.
    NeedsOpinion,
    /// Has opinions that disagree, and waits for an adjudicator.
    Disputed,
    /// Was answered, and waits for who had escalated it.
    Returned,
    Accepted,
    Rejected,
    /// Waits for an answer from the person it was escalated to.
    Escalated,
    /// Was rejected, and is to be made again.
    ToRetry,
    /// Has been made again: a later attempt stands for it.
    Replaced,
}

impl Stage {
    pub const ALL: [Stage; 10] = [
        Stage::HeldBack,
        Stage::Waiting,
        Stage::NeedsOpinion,
        Stage::Disputed,
        Stage::Returned,
        Stage::Accepted,
        Stage::Rejected,
        Stage::Escalated,
        Stage::ToRetry,
        Stage::Replaced,
    ];

    /// The word, in the database and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Stage::HeldBack => "held_back",
            Stage::Waiting => "waiting",
            Stage::NeedsOpinion => "needs_opinion",
            Stage::Disputed => "disputed",
            Stage::Returned => "returned",
            Stage::Accepted => "accepted",
            Stage::Rejected => "rejected",
            Stage::Escalated => "escalated",
            Stage::ToRetry => "to_retry",
            Stage::Replaced => "replaced",
        }
    }

    /// The word in sentences: "needs opinion".
    pub fn phrase(self) -> String {
        self.as_str().replace('_', " ")
    }

    /// Meaning for an item.
    pub const fn detail(self) -> &'static str {
        match self {
            Stage::HeldBack => "sampling left it out",
            Stage::Waiting => "nobody has decided it",
            Stage::NeedsOpinion => "another opinion is asked",
            Stage::Disputed => "opinions disagree",
            Stage::Returned => "it came back with an answer",
            Stage::Accepted => "it is accepted",
            Stage::Rejected => "it is rejected",
            Stage::Escalated => "it waits for an answer",
            Stage::ToRetry => "it is rejected and to be made again",
            Stage::Replaced => "a later attempt has taken its place",
        }
    }

    /// Whether the verdict of record is what the judgements on the item have come to.
    pub const fn is_settled(self) -> bool {
        matches!(self, Stage::Accepted | Stage::Rejected | Stage::ToRetry | Stage::Replaced)
    }

    /// Whether somebody's judgement is still to come, but for an answer: the item is served as the
    /// next one to those whose judgement it is.
    pub const fn is_open(self) -> bool {
        matches!(self, Stage::Waiting | Stage::NeedsOpinion | Stage::Disputed | Stage::Returned)
    }
}

impl FromStr for Stage {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let stage = Self::ALL.into_iter().find(|stage| stage.as_str() == word);
        stage.ok_or_else(|| format!("`{word}` is no stage of an item"))
    }
}
