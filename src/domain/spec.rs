//! The words of a spec. Its TOML shape and the checks across fields stand in
//! [`crate::spec`].

use super::bar::Bar;
use super::check::Check;
use super::policy::{Agree, Retry, Settle};
use super::team::Role;
use super::time::{HOUR_MILLIS, UtcMillis};
use std::fmt;

/// Levels of a criterion, at most: each is one digit key.
pub const MAX_LEVELS: usize = 9;

/// Criteria of a spec, at most: more cannot be scored with care.
pub const MAX_CRITERIA: usize = 24;

/// Failure categories of a spec, at most: each has a key on screen, 9 digits and 26 letters.
pub const MAX_FAILURES: usize = 35;

/// Which decision a queue's outputs support, and what the reviewer needs to make it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spec {
    /// The queue's name: lower-case letters, digits, `-` and `_`.
    pub name: String,
    pub title: String,
    /// The decision asked of the reviewer, as a question.
    pub decision: String,
    pub owner: Option<String>,
    pub source_of_truth: Option<String>,
    /// Names of the item's fields that a reviewer sees only once they have decided it.
    pub hide: Vec<&'static str>,
    pub criteria: Vec<Criterion>,
    pub failures: Vec<FailureCategory>,
    pub routes: Vec<Route>,
    /// Rules of sampling, of which the first that finds an item counts.
    pub samples: Vec<Sample>,
    pub groups: Vec<Group>,
    /// How good outputs must be.
    pub bars: Vec<Bar>,
    pub lens: LensTerms,
    /// What several opinions on an item come to; `None`: nothing is said.
    pub review: Option<ReviewTerms>,
    /// Golden examples among what is served; `None`: none are.
    pub calibrate: Option<CalibrateTerms>,
    /// Which rejected outputs are to be made again; `None`: none.
    pub retry: Option<RetryTerms>,
    /// What `[context]` asks of the documents.
    pub context: Option<Check>,
    pub checks: Vec<Check>,
    pub schemas: Vec<Schema>,
    /// Where the fields are found in files that come in.
    pub import: ImportTerms,
}

/// Where the fields of an item are found in files, as [`crate::domain::mapping`] reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportTerms {
    /// `output=.response.text`
    pub map: Vec<String>,
    /// `model=a-large`
    pub set: Vec<String>,
}

/// What the opinions of several reviewers on an item come to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReviewTerms {
    pub agree: Agree,
    pub settle: Settle,
    pub adjudicator: Adjudicator,
    /// Filter over an item with its first opinion: a second is asked of what it finds.
    pub second_opinion: Option<String>,
    /// Share of the cases of which a second opinion is asked, whatever the first says; above 0.
    pub audit: Option<f64>,
    /// Greatest share of what people have settled that one reviewer may hold, counted from the 50th
    /// settled item on; above 0. `None`: no limit.
    pub max_share: Option<f64>,
    /// Own decisions that are asked once more; `None`: none are.
    pub repeat: Option<RepeatTerms>,
    /// What an hour of reviewing costs, in whatever money the team counts in.
    pub hour_cost: Option<f64>,
    /// Others' opinions are shown before they are settled.
    pub shows_opinions: bool,
}

/// Which decisions their reviewers are to make once more, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RepeatTerms {
    /// Share of the cases, above 0.
    pub share: f64,
    /// Days after the first decision.
    pub after_days: u32,
}

/// Which golden examples are served among the items, to see how often reviewers are right.
#[derive(Debug, Clone, PartialEq)]
pub struct CalibrateTerms {
    /// Narrows the examples ([`super::golden::Narrow`]).
    pub golden: String,
    /// Share of the servings, above 0.
    pub share: f64,
    /// Answers before anything follows from them.
    pub least: u32,
    /// The share that should be right, between 0 and 1.
    pub pass: f64,
    /// Who is found below it is served nothing more; else it is told.
    pub pauses: bool,
}

impl CalibrateTerms {
    /// The share that should be right where the spec names none.
    pub const PASS: f64 = 0.8;
}

impl ReviewTerms {
    /// Whether an item that has one opinion may need a second.
    pub fn asks_more(&self) -> bool {
        self.second_opinion.is_some() || self.audit.is_some()
    }
}

/// Who settles opinions that disagree; never somebody who gave one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adjudicator {
    /// Whoever has at least this role.
    Role(Role),
    Person(String),
}

impl Default for Adjudicator {
    fn default() -> Self {
        Adjudicator::Role(Role::Lead)
    }
}

impl From<String> for Adjudicator {
    /// A word that is a role is one, and any other a person.
    fn from(word: String) -> Self {
        word.parse().map_or(Adjudicator::Person(word), Adjudicator::Role)
    }
}

impl fmt::Display for Adjudicator {
    /// `a lead`, `ana`
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Adjudicator::Role(role) => write!(f, "a {role}"),
            Adjudicator::Person(name) => f.write_str(name),
        }
    }
}

impl Adjudicator {
    /// The word in a spec.
    pub fn word(&self) -> &str {
        match self {
            Adjudicator::Role(role) => role.word(),
            Adjudicator::Person(name) => name,
        }
    }
}

/// Which rejected outputs are to be made again, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryTerms {
    pub when: Retry,
    /// Outputs of a case at most, the first included.
    pub attempts: u32,
    /// Key of the [`Route`] that an item takes when they are used up.
    pub then: Option<String>,
    /// The program that makes an attempt, with its arguments; empty: none.
    pub run: Vec<String>,
    /// Names of the environment variables that it gets beside PATH, HOME and LANG.
    pub pass_env: Vec<String>,
}

/// A JSON Schema that checks name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    /// The path of its file, relative to that of the spec.
    pub path: String,
    pub text: String,
}

/// Whether the grounding lens is offered, and which failure categories its findings propose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LensTerms {
    pub enabled: bool,
    /// Key of the category for a claim that the source does not have.
    pub unsupported: Option<String>,
    /// Key of the category for a claim that the source says otherwise.
    pub contradicted: Option<String>,
}

impl Default for LensTerms {
    fn default() -> Self {
        Self { enabled: true, unsupported: None, contradicted: None }
    }
}

/// A quality that is scored. A score `n` means `levels[n - 1]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    pub key: String,
    pub name: String,
    pub question: String,
    /// Levels from worst to best, 2 to [`MAX_LEVELS`] sentences.
    pub levels: Vec<String>,
    /// An acceptance or a rejection needs a score on it.
    pub required: bool,
}

/// Why an output fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureCategory {
    pub key: String,
    pub name: String,
    pub severity: Severity,
    pub retryable: bool,
    /// Key of the [`Route`] that an escalation with this category takes.
    pub escalate_to: Option<String>,
}

/// Severity, ordered from mild to grave, so that `max` is the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Minor,
    Major,
    Critical,
}

/// Where an escalation goes, and by when it is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub key: String,
    pub name: String,
    /// Who answers: a person, or the key of a [`Group`].
    pub owner: Option<String>,
    pub due_hours: Option<u32>,
    /// Key of the route on which an escalation goes on when it is overdue; `None`: it stays.
    pub overdue: Option<String>,
    /// An answer may send the item back to who asked.
    pub returns: bool,
}

/// People who own routes together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub key: String,
    pub people: Vec<String>,
}

impl Route {
    /// By when an escalation that comes here at this time is due.
    pub fn due_at(&self, now: UtcMillis) -> Option<UtcMillis> {
        self.due_hours.map(|hours| now.saturating_add(i64::from(hours) * HOUR_MILLIS))
    }
}

/// At which rate outputs are taken for review.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub key: String,
    /// A filter over what an import fixes ([`crate::domain::filter::ItemFilter`]).
    pub when: String,
    /// So many cases, the first in the order of import, are all taken.
    pub first: Option<u32>,
    /// Share of the cases that is taken, from 0 to 1.
    pub rate: f64,
    /// How many opinions are asked of an item.
    pub opinions: u32,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Minor => "minor",
            Severity::Major => "major",
            Severity::Critical => "critical",
        }
    }
}

impl Spec {
    /// Whether a filter says which rejections are to be made again.
    pub fn retries_by_filter(&self) -> bool {
        self.retry.as_ref().is_some_and(|terms| matches!(terms.when, Retry::Filter(_)))
    }

    /// What an hour of reviewing costs, where it says so.
    pub fn hour_cost(&self) -> Option<f64> {
        self.review.as_ref()?.hour_cost
    }

    /// Who settles opinions that disagree.
    pub fn adjudicator(&self) -> Adjudicator {
        self.review.as_ref().map(|review| review.adjudicator.clone()).unwrap_or_default()
    }

    pub fn criterion(&self, key: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|c| c.key == key)
    }

    pub fn failure(&self, key: &str) -> Option<&FailureCategory> {
        self.failures.iter().find(|f| f.key == key)
    }

    /// The names of categories, one after the other; of one that the spec has no more, its key.
    pub fn failure_names(&self, keys: &[String]) -> String {
        let name = |key| self.failure(key).map_or(key, |failure| failure.name.as_str());
        keys.iter().map(|key| name(key)).collect::<Vec<_>>().join(", ")
    }

    /// The bars that people's judgements decide, which count in the order of their stream.
    pub fn judged_bars(&self) -> impl Iterator<Item = &Bar> {
        self.bars.iter().filter(|bar| bar.is_judged)
    }

    pub fn bar(&self, key: &str) -> Option<&Bar> {
        self.bars.iter().find(|bar| bar.key == key)
    }

    pub fn route(&self, key: &str) -> Option<&Route> {
        self.routes.iter().find(|r| r.key == key)
    }

    /// All checks, that of `[context]` first.
    pub fn checks(&self) -> impl Iterator<Item = &Check> {
        self.context.iter().chain(&self.checks)
    }

    pub fn check(&self, key: &str) -> Option<&Check> {
        self.checks().find(|check| check.key == key)
    }

    /// The people who own a route; none where it names no owner.
    pub fn owners<'a>(&'a self, route: &'a Route) -> Vec<&'a str> {
        route.owner.as_deref().map_or_else(Vec::new, |owner| self.people(owner))
    }

    /// The people whom the name of an owner means: those of a group, or the one person.
    pub fn people<'a>(&'a self, owner: &'a str) -> Vec<&'a str> {
        match self.groups.iter().find(|group| group.key == owner) {
            Some(group) => group.people.iter().map(String::as_str).collect(),
            None => vec![owner],
        }
    }

    /// Puts category keys in the order of the spec, each once.
    pub fn sort_categories(&self, categories: &mut Vec<String>) {
        categories.sort_by_key(|key| self.failures.iter().position(|failure| failure.key == *key));
        categories.dedup();
    }

    /// The gravest severity among the categories; `None` without a known one.
    pub fn worst_severity<'a>(&self, categories: impl IntoIterator<Item = &'a String>) -> Option<Severity> {
        categories.into_iter().filter_map(|key| self.failure(key)).map(|f| f.severity).max()
    }

    /// Route of an escalation with these categories: that of the gravest one that names a route,
    /// else the only route there is.
    pub fn route_for<'a>(&self, categories: impl IntoIterator<Item = &'a String>) -> Option<&Route> {
        let named = categories
            .into_iter()
            .filter_map(|key| self.failure(key))
            .filter(|f| f.escalate_to.is_some())
            .max_by_key(|f| f.severity)
            .and_then(|f| self.route(f.escalate_to.as_deref()?));
        match (named, self.routes.as_slice()) {
            (Some(route), _) => Some(route),
            (None, [only]) => Some(only),
            _ => None,
        }
    }
}
