//! A queue with its current spec and its counters.

use super::decision::Verdict;
use super::spec::Spec;
use super::stage::Stage;
use super::time::UtcMillis;

/// A queue with its current spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    pub id: i64,
    pub name: String,
    pub spec: SpecVersion,
}

/// Who acts, on which queue, at what time.
#[derive(Debug, Clone, Copy)]
pub struct Actor<'a> {
    pub queue: &'a Queue,
    pub reviewer: &'a str,
    pub now: UtcMillis,
    /// Whose verdict of record a decision of theirs may replace.
    pub over: Over,
}

/// Whose verdict of record a decision may replace. Their own, and an escalation, which asks
/// for an answer, every reviewer may.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Over {
    #[default]
    Nobody,
    /// The decision of this row, of which the reviewer was told.
    Decision(i64),
    Anybody,
}

impl Over {
    pub fn allows(self, decision: i64) -> bool {
        self == Over::Anybody || self == Over::Decision(decision)
    }
}

impl Actor<'_> {
    pub fn over(self, over: Over) -> Self {
        Self { over, ..self }
    }
}

impl Queue {
    /// A reviewer who acts on the queue.
    pub fn actor<'a>(&'a self, reviewer: &'a str, now: UtcMillis) -> Actor<'a> {
        Actor { queue: self, reviewer, now, over: Over::Nobody }
    }
}

/// A version of a queue's spec, identified by its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecVersion {
    /// 1 for the first, counted by queue.
    pub version: i64,
    pub spec: Spec,
    /// The TOML as it was applied.
    pub source: String,
}

/// A queue's kept counters. Verdicts are those of record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub items: i64,
    pub accepted: i64,
    pub rejected: i64,
    pub escalated: i64,
}

impl Counts {
    /// The counters of a queue of `items`, of which so many stand at each stage.
    pub fn of_stages(items: i64, stages: impl IntoIterator<Item = (Stage, i64)>) -> Self {
        stages.into_iter().fold(Self { items, ..Self::default() }, |counts, (stage, n)| match stage {
            Stage::Waiting => counts,
            Stage::Accepted => Self { accepted: n, ..counts },
            Stage::Rejected => Self { rejected: n, ..counts },
            Stage::Escalated => Self { escalated: n, ..counts },
        })
    }

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
