//! What the store tells: the shapes that screens, reports and exports read.

use super::golden::Golden;
use crate::domain::claim::{Claim, Holder};
use crate::domain::decision::{Decision, Draft, Verdict};
use crate::domain::golden::Example;
use crate::domain::item::Item;
use crate::domain::spec::Spec;
use crate::domain::time::UtcMillis;

/// An item's place in the workspace: its row number, given at import, never reused.
pub type Seq = i64;

/// A queue's kept counters. Verdicts are those of record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub items: i64,
    pub accepted: i64,
    pub rejected: i64,
    pub escalated: i64,
}

impl Counts {
    pub fn decided(&self) -> i64 {
        self.accepted + self.rejected + self.escalated
    }

    pub fn remaining(&self) -> i64 {
        self.items - self.decided()
    }

    pub fn of(&self, verdict: Verdict) -> i64 {
        match verdict {
            Verdict::Accept => self.accepted,
            Verdict::Reject => self.rejected,
            Verdict::Escalate => self.escalated,
        }
    }
}

/// A line of the home screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueSummary {
    pub name: String,
    pub title: String,
    pub counts: Counts,
    /// Live claims, by reviewer.
    pub holders: Vec<Holder>,
    /// Who decided last, and when.
    pub last: Option<(String, UtcMillis)>,
    /// Decisions standing that were made in the last 60 minutes.
    pub last_hour: i64,
}

/// One content-addressed version of a queue's spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecVersion {
    /// 1 for the first, counted by queue.
    pub version: i64,
    pub spec: Spec,
    /// The TOML as it was applied.
    pub source: String,
}

/// A queue with the spec in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    pub id: i64,
    pub name: String,
    pub spec: SpecVersion,
}

/// Whether the reviewer may decide the item that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hold {
    /// The reviewer holds it.
    Mine(Claim),
    /// Somebody else does; it can be read, not decided.
    Other { reviewer: String, until: UtcMillis },
}

/// An item with everything a reviewer of it may see (promise 8: no one else's opinion).
#[derive(Debug, Clone, PartialEq)]
pub struct Served {
    pub seq: Seq,
    pub item: Item,
    pub hold: Hold,
    /// The reviewer's own work under way.
    pub draft: Option<Draft>,
    /// The reviewer's own standing decision.
    pub mine: Option<Decision>,
    /// The reviewer has set it aside.
    pub deferred: bool,
    /// The example that the item is kept as, once the reviewer may know of it: after their
    /// own decision, or when they have kept it themself.
    pub golden: Option<Golden>,
}

/// A row of a table of items. What others decided is in it: whoever browses has chosen
/// to see it.
#[derive(Debug, Clone, PartialEq)]
pub struct BrowseRow {
    pub seq: Seq,
    pub id: String,
    pub case: Option<String>,
    pub attempt: i64,
    /// The verdict of record, with what its decision says.
    pub verdict: Option<Verdict>,
    pub categories: Vec<String>,
    pub reviewer: Option<String>,
    pub decided_at: Option<UtcMillis>,
    pub model: Option<String>,
    pub prompt_version: Option<String>,
    pub created_at: Option<UtcMillis>,
    pub imported_at: UtcMillis,
    pub latency_ms: Option<f64>,
    pub cost_usd: Option<f64>,
    pub priority: i64,
    pub tags: Vec<String>,
    /// The beginning of the output, in one line.
    pub first_words: String,
    /// Who holds it now.
    pub held_by: Option<String>,
    /// The reviewer has set it aside.
    pub deferred: bool,
}

/// A decided item that is like another.
#[derive(Debug, Clone, PartialEq)]
pub struct Precedent {
    pub seq: Seq,
    pub id: String,
    /// From 0 to 1: the words and pairs of words that both have, of all that they have.
    pub similarity: f64,
    /// They are the same but for details.
    pub is_near_duplicate: bool,
    /// Of record.
    pub verdict: Verdict,
    pub categories: Vec<String>,
    pub note: String,
    pub reviewer: String,
    pub decided_at: UtcMillis,
}

/// What is next in a queue for a reviewer.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    Item(Box<Served>),
    End(End),
}

/// Why nothing is next: all of it is decided, or the rest is deferred or held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct End {
    pub counts: Counts,
    /// Undecided items that others hold.
    pub held: Vec<Holder>,
    /// Undecided items that this reviewer has deferred.
    pub deferred: i64,
}

/// What an undo took back or a redo brought back.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// The decision, and the verdict of record that stands on its item now.
    Decision {
        decision: Box<Decision>,
        stands: Option<Verdict>,
    },
    Deferral,
    /// The same of many items: `decision`, `deferral`, `tags`, `priority` or `golden`.
    Bulk {
        what: &'static str,
        items: i64,
    },
    /// What was kept of the item as a golden example, and what is now.
    Golden {
        before: Option<Example>,
        after: Option<Example>,
    },
}

/// The outcome of an undo or redo: what changed, on which item, shown again.
#[derive(Debug, Clone, PartialEq)]
pub struct Reverted {
    pub change: Change,
    pub served: Served,
    pub counts: Counts,
}

/// How the connection to a server is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// It was tried so many times to make it anew; the next time is after a pause.
    Lost { tries: u32, next: std::time::Duration, why: String },
    /// It is there again.
    Back,
}
