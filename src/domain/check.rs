//! Checks: what a spec asks of every item before anybody reads it, and what follows where one fails.

use super::policy::words;
use std::fmt;

/// The key of the check that `[context]` makes.
pub const CONTEXT_CHECK: &str = "context";

/// What stands before a check's key where a reviewer's name stands.
pub const CHECK_REVIEWER: &str = "check:";

/// A rule that an item passes or fails without a reader.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    pub key: String,
    pub on: CheckedField,
    pub rule: Rule,
    pub otherwise: Otherwise,
    /// Key of the failure category of who is rejected or escalated by it.
    pub failure: Option<String>,
    /// Key of the route that an escalation takes; without it, that of the failure category.
    pub route: Option<String>,
}

/// The field of an item that a check looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckedField {
    Output,
    Input,
    Context,
    Reference,
    /// The member of `meta` with this name.
    Meta(String),
}

/// What a check asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Rule {
    /// Keeps to the JSON Schema of this path, whose text stands in the spec.
    Schema(String),
    /// Has a match of the pattern.
    Matches(String),
    /// Has no match of the pattern.
    Forbids(String),
    /// Unicode scalar values, at least.
    MinChars(u32),
    /// Unicode scalar values, at most.
    MaxChars(u32),
    /// Elements of a list, at least.
    MinItems(u32),
    Format(TextFormat),
    /// Least support of a sentence by its source, from 0 to 1.
    Grounded(f64),
    /// Kinds of what the grounding lens finds that must not be there.
    Findings(Vec<&'static str>),
    MaxLatencyMs(u32),
    MaxCostUsd(f64),
    /// Is there, and not empty.
    Present,
    /// What `[context]` asks of the documents.
    Documents {
        required: bool,
        /// Age of a document in days when the output was made, at most.
        max_age_days: Option<u32>,
    },
}

words! {
    /// What becomes of an item that fails a check, the gravest first.
    Otherwise, "consequence of a check" {
        /// It is not imported.
        Refuse = "refuse",
        Reject = "reject",
        Escalate = "escalate",
        /// It is marked, and served like any other.
        Flag = "flag",
    }
}

words! {
    /// How a text is written.
    TextFormat, "format" {
        Json = "json",
        /// A text that is no JSON, and whose code blocks end.
        Markdown = "markdown",
        /// A text that is no JSON.
        Text = "text",
        /// A JSON list of objects that each have a `role`.
        Chat = "chat",
    }
}

/// A check that an item failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedCheck {
    /// Key of the check.
    pub key: String,
    pub outcome: Otherwise,
    /// What is wrong, as a sentence on one line, without its full stop.
    pub reason: String,
}

/// A check that could not be decided on an item, which passes for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCheck {
    /// Key of the check.
    pub key: String,
    pub why: Undecided,
}

/// Why a check could not be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    TooSlow,
    TooLong,
    /// A document without a date.
    NoDate,
    NoCreationTime,
    NoSource,
    OtherLanguage,
}

impl Undecided {
    /// The reason, as what follows "not decided:".
    pub fn reason(self) -> &'static str {
        match self {
            Undecided::TooSlow => "it took longer than 50 ms",
            Undecided::TooLong => "the text is too long for it",
            Undecided::NoDate => "a document has no date (`updated_at`), so its age is not known",
            Undecided::NoCreationTime => "the item has no `created_at`, so the age of its documents is not known",
            Undecided::NoSource => "there is no source to compare the output with",
            Undecided::OtherLanguage => {
                "the output is in another language than its source, so its sentences cannot be compared"
            }
        }
    }
}

/// What all checks came to on an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// The failed ones, in the order of the spec.
    pub failed: Vec<FailedCheck>,
    pub undecided: Vec<OpenCheck>,
}

impl CheckReport {
    /// The check that keeps the item out, where one does.
    pub fn refusal(&self) -> Option<&FailedCheck> {
        self.failed.iter().find(|failed| failed.outcome == Otherwise::Refuse)
    }
}

/// `output`, `meta.KEY`: as it is written in a spec.
impl fmt::Display for CheckedField {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            CheckedField::Output => f.write_str("output"),
            CheckedField::Input => f.write_str("input"),
            CheckedField::Context => f.write_str("context"),
            CheckedField::Reference => f.write_str("reference"),
            CheckedField::Meta(key) => write!(f, "meta.{key}"),
        }
    }
}
