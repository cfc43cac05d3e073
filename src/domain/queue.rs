//! A queue with its current spec and its counters.

use super::decision::Verdict;
use super::spec::Spec;
use super::stage::Stage;
use super::time::UtcMillis;

/// A queue with its current spec.
#[derive(Debug, Clone, PartialEq)]
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
#[derive(Debug, Clone, PartialEq)]
pub struct SpecVersion {
    /// 1 for the first, counted by queue.
    pub version: i64,
    pub spec: Spec,
    /// The TOML as it was applied.
    pub source: String,
}

/// How many items of a queue stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub items: i64,
    /// Of those with a verdict, how many a check has decided.
    pub by_check: i64,
    /// In the order of [`Stage::ALL`].
    stages: [i64; Stage::ALL.len()],
}

impl Counts {
    /// The counters of a queue of `items`, of which so many stand at each stage; all others wait.
    pub fn of_stages(items: i64, stages: impl IntoIterator<Item = (Stage, i64)>) -> Self {
        let mut counts = Self { items, ..Self::default() };
        stages.into_iter().for_each(|(stage, number)| counts.stages[stage as usize] = number);
        counts.stages[Stage::Waiting as usize] = 0;
        counts.stages[Stage::Waiting as usize] = items - counts.sum(|_| true);
        counts
    }

    /// The counters, with how many a check has decided.
    pub fn by_check(self, by_check: i64) -> Self {
        Self { by_check, ..self }
    }

    /// Items that stand there.
    pub fn at(&self, stage: Stage) -> i64 {
        self.stages[stage as usize]
    }

    /// Items that are not held back by sampling.
    pub fn taken(&self) -> i64 {
        self.items - self.at(Stage::HeldBack)
    }

    fn sum(&self, test: fn(Stage) -> bool) -> i64 {
        Stage::ALL.into_iter().filter(|stage| test(*stage)).map(|stage| self.at(stage)).sum()
    }

    /// Items that nobody is to judge any more, but for an answer.
    pub fn decided(&self) -> i64 {
        self.sum(|stage| !stage.is_open() && stage != Stage::HeldBack)
    }

    /// Items that somebody is still to judge.
    pub fn remaining(&self) -> i64 {
        self.sum(Stage::is_open)
    }

    /// Items at the stages of a verdict: a rejection may also be one that is made again.
    pub fn of(&self, verdict: Verdict) -> i64 {
        match verdict {
            Verdict::Accept => self.at(Stage::Accepted),
            Verdict::Reject => self.at(Stage::Rejected) + self.at(Stage::ToRetry),
            Verdict::Escalate => self.at(Stage::Escalated),
        }
    }
}
