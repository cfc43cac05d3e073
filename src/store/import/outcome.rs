//! What an import asks for, and what becomes of each record.

/// Choices of an import.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOptions {
    /// Replace items whose content changed and on which no decision of a person rests, and what a judge
    /// says otherwise than before.
    pub update: bool,
    /// Change nothing, and only say what would become of each record.
    pub dry_run: bool,
}

/// Outcome of importing a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportOutcome {
    New,
    Unchanged,
    Updated,
    /// The record was refused, for this reason.
    Refused(String),
    /// What a model says in it was refused, for this reason.
    RefusedJudgement(String),
}

impl ImportOutcome {
    /// The second of two records with one id stays out.
    pub(super) fn twice_in_file() -> Self {
        Self::Refused("this id occurs earlier in the same file".into())
    }

    /// What an agent brings is an attempt at a case that there is.
    pub(super) fn no_attempt() -> Self {
        Self::Refused("an agent brings attempts, and the queue has no output of this case".into())
    }

    /// A record whose id the queue has with other content stays out, unless it may replace it.
    pub(super) fn other_content() -> Self {
        Self::Refused("the queue has this id with other content; --update replaces it".into())
    }
}
