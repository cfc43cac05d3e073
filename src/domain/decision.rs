//! Decisions, and the rules a decision must keep under its spec.

use super::check::{CHECK_REVIEWER, FailedCheck, Otherwise};
use super::correction::{self, Fault};
use super::item::Content;
use super::mark::Mark;
use super::policy::{Cause, Purpose, ReviewerKind};
use super::spec::Spec;
use super::time::UtcMillis;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a reviewer says of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    Accept,
    Reject,
    Escalate,
}

impl Verdict {
    pub const ALL: [Verdict; 3] = [Verdict::Accept, Verdict::Reject, Verdict::Escalate];

    /// The word in files, tables and arguments.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Accept => "accept",
            Verdict::Reject => "reject",
            Verdict::Escalate => "escalate",
        }
    }

    /// The word in sentences: "accepted".
    pub fn past(self) -> &'static str {
        match self {
            Verdict::Accept => "accepted",
            Verdict::Reject => "rejected",
            Verdict::Escalate => "escalated",
        }
    }

    /// The sign beside the word, so that colour never stands alone.
    pub fn sign(self) -> &'static str {
        match self {
            Verdict::Accept => "✓",
            Verdict::Reject => "✗",
            Verdict::Escalate => "▲",
        }
    }
}

impl std::str::FromStr for Verdict {
    type Err = String;

    /// Reads `accept`, `reject`, `escalate` and their past forms.
    fn from_str(text: &str) -> Result<Self, String> {
        Verdict::ALL
            .into_iter()
            .find(|v| text == v.as_str() || text == v.past())
            .ok_or_else(|| format!("`{text}` is no verdict; it is accept, reject or escalate"))
    }
}

/// Scores by criterion key, 1-based.
pub type Scores = BTreeMap<String, u8>;

/// What a reviewer has put down on an item: the draft while no verdict stands,
/// and the body of a decision once one does.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Failure category keys, in the order of the spec.
    pub categories: Vec<String>,
    pub scores: Scores,
    pub note: String,
    /// Key of the escalation route.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// Marks in the order of the text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// The output as it should have been. Kept beside the rest, not in it: it may be large.
    #[serde(skip)]
    pub correction: Option<Content>,
}

impl Draft {
    /// Adds the categories of the marks that are not chosen yet.
    pub fn propose_marked(&mut self, spec: &Spec) {
        self.categories.extend(self.marks.iter().map(|mark| mark.category.clone()));
        spec.sort_categories(&mut self.categories);
    }

    pub fn is_empty(&self) -> bool {
        *self == Draft::default()
    }

    /// What an escalation is addressed with: the route and the reason.
    pub fn what_is_asked(&self) -> Draft {
        Draft { route: self.route.clone(), note: self.note.clone(), ..Draft::default() }
    }
}

/// A verdict with its body, before it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    pub verdict: Verdict,
    /// Shared, for its correction may be large: nothing on the way to the database copies it.
    pub draft: Arc<Draft>,
    /// Active time on the item, in milliseconds.
    pub active_millis: i64,
    /// Whether the grounding lens was seen; `None` where there was none to see.
    pub lens: Option<bool>,
    /// The draft before the step that decides, which an undo brings back: without what a macro or
    /// the form of an escalation added. `None`: as the workspace has it. Not read back.
    pub before: Option<Arc<Draft>>,
    /// Why the opinions that it settles disagreed.
    pub cause: Option<Cause>,
}

/// A recorded decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// UUID (version 7), made by the program and not by the database.
    pub id: String,
    pub judgement: Judgement,
    pub reviewer: String,
    pub decided_at: UtcMillis,
    /// Version number of the spec it was made under.
    pub spec_version: i64,
    /// By when an escalation wants an answer; `None` for every other decision, and where its
    /// route sets no time.
    pub due_at: Option<UtcMillis>,
    /// What it is among those on its item.
    pub part: Part,
}

/// What part a decision has in settling its item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub reviewer_kind: ReviewerKind,
    pub purpose: Purpose,
    /// Which opinion it is, from 1; `None`: none that counts.
    pub slot: Option<i64>,
    /// An opinion that was changed after others' could be seen.
    pub after_seen: bool,
    /// The opinions that were shown as A and as B: a JSON list of their ids.
    pub sides: Option<String>,
}

impl Default for Part {
    /// A person's first opinion.
    fn default() -> Self {
        Self {
            reviewer_kind: ReviewerKind::Person,
            purpose: Purpose::Opinion,
            slot: Some(1),
            after_seen: false,
            sides: None,
        }
    }
}

impl Decision {
    /// The decision without what its reviewer thinks of the output: the verdict, and what an
    /// escalation asks.
    pub fn what_is_asked(mut self) -> Self {
        self.judgement.draft = Arc::new(self.judgement.draft.what_is_asked());
        self
    }
}

impl Part {
    /// An opinion that counts only where no other stands.
    pub fn extra() -> Self {
        Self { slot: None, ..Self::default() }
    }

    /// An answer to an escalation.
    pub fn answer() -> Self {
        Self { purpose: Purpose::Answer, slot: None, ..Self::default() }
    }

    /// Whether it is an opinion that stands beside that of another.
    pub fn is_extra(&self) -> bool {
        self.purpose.is_opinion() && self.slot.is_none()
    }
}

/// The decision of record on an item, as it is told to a reviewer who would decide over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherDecision {
    /// Its row.
    pub seq: i64,
    pub id: String,
    pub reviewer: String,
    pub verdict: Verdict,
    pub decided_at: UtcMillis,
}

impl OtherDecision {
    /// Whether a check of the spec made it, and no person.
    pub fn is_by_check(&self) -> bool {
        self.reviewer.starts_with(CHECK_REVIEWER)
    }
}

/// What an escalation tells those who are to answer it. Everybody may read it before they decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Escalation {
    pub by: String,
    pub at: UtcMillis,
    /// Key of the route.
    pub route: Option<String>,
    pub due_at: Option<UtcMillis>,
    pub reason: String,
    /// The answer with which it came back to who asked.
    pub returned: Option<Returned>,
}

/// The answer to an escalation that leaves the verdict to who asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    pub by: String,
    pub at: UtcMillis,
    pub note: String,
}

impl Escalation {
    /// Whether a person asks, who can have the item back: the program and checks cannot.
    pub fn is_by_person(&self) -> bool {
        self.by != "program" && !self.by.starts_with("check:")
    }

    /// What the decision asks of others; `None` where it is no escalation.
    pub fn of(decision: &Decision) -> Option<Self> {
        let Judgement { verdict, draft, .. } = &decision.judgement;
        (*verdict == Verdict::Escalate).then(|| Self {
            by: decision.reviewer.clone(),
            at: decision.decided_at,
            route: draft.route.clone(),
            due_at: decision.due_at,
            reason: draft.note.clone(),
            returned: None,
        })
    }
}

/// Why a judgement cannot be recorded under a spec. `Display` is a sentence for the reviewer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    #[error("the spec has no failure category `{0}`; it has {1}")]
    UnknownCategory(String, String),
    #[error("the spec has no criterion `{0}`; it has {1}")]
    UnknownCriterion(String, String),
    #[error("the score on `{key}` is {score}, but its levels go from 1 to {levels}")]
    ScoreOutOfRange { key: String, score: u8, levels: usize },
    #[error("the spec has no route `{0}`; it has {1}")]
    UnknownRoute(String, String),
    #[error("a rejection needs at least one failure category: {0}")]
    NoCategory(String),
    #[error("an accepted output has no failure categories; take {0} off, or reject")]
    AcceptWithCategories(String),
    #[error("an accepted output is good as it is, and has no correction; take the correction back, or reject")]
    AcceptWithCorrection,
    #[error("an accepted output has no marks; take its {} off, or reject", counted(*.0))]
    AcceptWithMarks(usize),
    #[error("the correction is unsound: {0}")]
    UnsoundCorrection(Fault),
    #[error("an escalation needs a route: {0}")]
    NoRoute(String),
    #[error("an escalation needs a reason in its note")]
    NoReason,
    #[error("only an escalation takes a route; take `{0}` off, or escalate")]
    RouteWithoutEscalation(String),
    #[error("the criterion {name} (`{key}`) is required: score it first")]
    MissingScore { key: String, name: String },
}

impl Violation {
    /// Whether it is about categories that are there, and not about what is missing.
    pub(super) fn is_of_categories(&self) -> bool {
        matches!(self, Violation::UnknownCategory(..) | Violation::AcceptWithCategories(_))
    }
}

fn counted(marks: usize) -> String {
    if marks == 1 { "mark".into() } else { format!("{marks} marks") }
}

fn keys<'a>(keys: impl Iterator<Item = &'a String>) -> String {
    let list: Vec<&str> = keys.map(String::as_str).collect();
    if list.is_empty() { "none".into() } else { list.join(", ") }
}

impl Judgement {
    /// A judgement that took no time, where there was no lens to see.
    pub fn new(verdict: Verdict, draft: impl Into<Arc<Draft>>) -> Self {
        Self { verdict, draft: draft.into(), active_millis: 0, lens: None, before: None, cause: None }
    }

    /// What follows from failed checks: the name that decides, which is `check:KEY`, and the
    /// judgement. The gravest check decides, the first of those; `None` where all but flag.
    pub fn by_checks(spec: &Spec, failed: &[FailedCheck]) -> Option<(String, Self)> {
        let gravest = failed.iter().min_by_key(|failed| failed.outcome)?;
        let verdict = match gravest.outcome {
            Otherwise::Flag => return None,
            Otherwise::Escalate => Verdict::Escalate,
            // What is in the queue already cannot be kept out of it.
            Otherwise::Refuse | Otherwise::Reject => Verdict::Reject,
        };
        let agreeing = failed.iter().filter(|failed| failed.outcome == gravest.outcome);
        let mut draft = Draft::default();
        for failed in agreeing.clone() {
            draft.categories.extend(spec.check(&failed.key).and_then(|check| check.failure.clone()));
        }
        spec.sort_categories(&mut draft.categories);
        let reasons: Vec<&str> = agreeing.map(|failed| failed.reason.as_str()).collect();
        draft.note = reasons.join("\n");
        if verdict == Verdict::Escalate {
            let own = spec.check(&gravest.key).and_then(|check| check.route.clone());
            draft.route = own.or_else(|| spec.route_for(&draft.categories).map(|route| route.key.clone()));
        }
        Some((format!("{CHECK_REVIEWER}{}", gravest.key), Self::new(verdict, draft)))
    }

    /// By when the decision is due that it makes at this time under this spec.
    pub fn due_at(&self, spec: &Spec, decided_at: UtcMillis) -> Option<UtcMillis> {
        let route = self.draft.route.as_ref().filter(|_| self.verdict == Verdict::Escalate)?;
        spec.route(route)?.due_at(decided_at)
    }

    /// The draft, to be changed: a copy of it where it is shared.
    pub fn draft_mut(&mut self) -> &mut Draft {
        Arc::make_mut(&mut self.draft)
    }

    /// Whether it is worth keeping as an example: it says what was wrong and what is right.
    pub fn is_golden_candidate(&self) -> bool {
        self.verdict == Verdict::Reject && self.draft.correction.is_some()
    }

    /// Violations of the spec's rules, gravest first; empty when the judgement may be recorded.
    pub fn violations(&self, spec: &Spec) -> Vec<Violation> {
        let mut found = self.unknown_words(spec);
        found.extend(self.broken_rules(spec));
        found
    }

    pub(super) fn unknown_words(&self, spec: &Spec) -> Vec<Violation> {
        let mut found = Vec::new();
        let marked = self.draft.marks.iter().map(|mark| &mark.category);
        for key in self.draft.categories.iter().chain(marked) {
            if spec.failure(key).is_none() {
                found.push(Violation::UnknownCategory(key.clone(), keys(spec.failures.iter().map(|f| &f.key))));
            }
        }
        for (key, &score) in &self.draft.scores {
            match spec.criterion(key) {
                None => {
                    found.push(Violation::UnknownCriterion(key.clone(), keys(spec.criteria.iter().map(|c| &c.key))));
                }
                Some(c) if score == 0 || usize::from(score) > c.levels.len() => {
                    found.push(Violation::ScoreOutOfRange { key: key.clone(), score, levels: c.levels.len() });
                }
                Some(_) => {}
            }
        }
        if let Some(key) = &self.draft.route
            && spec.route(key).is_none()
        {
            found.push(Violation::UnknownRoute(key.clone(), keys(spec.routes.iter().map(|r| &r.key))));
        }
        found
    }

    fn broken_rules(&self, spec: &Spec) -> Vec<Violation> {
        let Draft { categories, scores, note, route, marks, correction } = &*self.draft;
        let mut found = Vec::new();
        if let Some(fault) = correction.as_ref().and_then(correction::fault) {
            found.push(Violation::UnsoundCorrection(fault));
        }
        if self.verdict == Verdict::Accept && correction.is_some() {
            found.push(Violation::AcceptWithCorrection);
        }
        if self.verdict == Verdict::Accept && !marks.is_empty() {
            found.push(Violation::AcceptWithMarks(marks.len()));
        }
        match self.verdict {
            Verdict::Accept if !categories.is_empty() => {
                found.push(Violation::AcceptWithCategories(categories.join(", ")));
            }
            Verdict::Reject if categories.is_empty() && !spec.failures.is_empty() => {
                found.push(Violation::NoCategory(keys(spec.failures.iter().map(|f| &f.key))));
            }
            Verdict::Escalate => {
                if route.is_none() && !spec.routes.is_empty() {
                    found.push(Violation::NoRoute(keys(spec.routes.iter().map(|r| &r.key))));
                }
                if note.trim().is_empty() {
                    found.push(Violation::NoReason);
                }
            }
            _ => {}
        }
        if self.verdict != Verdict::Escalate
            && let Some(key) = route
        {
            found.push(Violation::RouteWithoutEscalation(key.clone()));
        }
        // An escalation hands the question on, so it may leave scores open.
        if self.verdict != Verdict::Escalate {
            let missing = spec.criteria.iter().filter(|c| c.required && !scores.contains_key(&c.key));
            found.extend(missing.map(|c| Violation::MissingScore { key: c.key.clone(), name: c.name.clone() }));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::item::ContentKind;

    const SPEC: &str = r#"
        name = "q"
        title = "Q"
        decision = "May it?"
        criterion = [
            { key = "tone", name = "Tone", question = "Kind?", levels = ["no", "so", "yes"] },
            { key = "facts", name = "Facts", question = "True?", levels = ["no", "yes"], required = true },
        ]
        failure = [
            { key = "cold", name = "Cold", severity = "minor", escalate_to = "lead" },
            { key = "wrong", name = "Wrong", severity = "critical" },
            { key = "unsafe", name = "Unsafe", severity = "critical", escalate_to = "safety" },
        ]
        route = [{ key = "lead", name = "Lead" }, { key = "safety", name = "Safety" }]
    "#;

    fn spec() -> Spec {
        crate::spec::parse(SPEC).unwrap()
    }

    fn complaints(verdict: Verdict, change: impl Fn(&mut Draft)) -> Vec<String> {
        let mut draft = Draft { scores: [("facts".to_owned(), 2)].into(), ..Draft::default() };
        change(&mut draft);
        let judgement = Judgement::new(verdict, draft);
        judgement.violations(&spec()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn sound_judgements_pass() {
        assert_eq!(complaints(Verdict::Accept, |_| {}), [""; 0]);
        assert_eq!(complaints(Verdict::Reject, |draft| draft.categories = vec!["cold".into()]), [""; 0]);
        let escalated = |draft: &mut Draft| {
            draft.route = Some("lead".into());
            draft.note = "who decides?".into();
            draft.scores.clear();
        };
        assert_eq!(complaints(Verdict::Escalate, escalated), [""; 0], "an escalation may leave scores open");
    }

    #[test]
    fn each_broken_rule_is_complaints() {
        let accept_with = complaints(Verdict::Accept, |draft| draft.categories = vec!["cold".into()]);
        assert_eq!(accept_with, ["an accepted output has no failure categories; take cold off, or reject"]);
        assert!(complaints(Verdict::Reject, |_| {})[0].ends_with("at least one failure category: cold, wrong, unsafe"));
        assert_eq!(complaints(Verdict::Escalate, |_| {}).len(), 2, "a route and a reason are missing");
        let unscored = complaints(Verdict::Accept, |draft| draft.scores.clear());
        assert_eq!(unscored, ["the criterion Facts (`facts`) is required: score it first"]);
        let routed = complaints(Verdict::Accept, |draft| draft.route = Some("lead".into()));
        assert!(routed[0].starts_with("only an escalation takes a route"));
    }

    #[test]
    fn a_correction_belongs_to_what_was_not_accepted() {
        let corrected = |draft: &mut Draft| {
            draft.categories = vec!["cold".into()];
            draft.correction = Some(Content::text("Dear Ms Okafor"));
        };
        assert_eq!(complaints(Verdict::Reject, corrected), [""; 0]);
        let accepted = complaints(Verdict::Accept, |draft| draft.correction = Some(Content::text("mended")));
        assert!(accepted[0].starts_with("an accepted output is good as it is"), "{accepted:?}");
        let broken = complaints(Verdict::Reject, |draft| {
            corrected(draft);
            draft.correction = Some(Content { kind: ContentKind::Json, text: "{\n \"a\": }".into() });
        });
        assert_eq!(broken, ["the correction is unsound: line 2, column 7: expected value"]);
    }

    #[test]
    fn marks_propose_their_categories_and_forbid_to_accept() {
        let mark = |category: &str| Mark::on("Dear Ms Okafor", 0..4, category, "").unwrap();
        let marked = |draft: &mut Draft| draft.marks = vec![mark("wrong"), mark("cold"), mark("wrong")];
        let mut draft = Draft::default();
        marked(&mut draft);
        draft.propose_marked(&spec());
        assert_eq!(draft.categories, ["cold", "wrong"]);
        assert_eq!(
            complaints(Verdict::Accept, marked),
            ["an accepted output has no marks; take its 3 marks off, or reject"]
        );
        let odd = complaints(Verdict::Reject, |draft| {
            draft.categories = vec!["cold".into()];
            draft.marks = vec![mark("odd")];
        });
        assert_eq!(odd, ["the spec has no failure category `odd`; it has cold, wrong, unsafe"]);
    }

    #[test]
    fn a_rejected_output_with_a_correction_is_worth_keeping() {
        let judgement = |verdict, correction: Option<&str>| {
            let draft = Draft { correction: correction.map(Content::text), ..Draft::default() };
            Judgement::new(verdict, draft)
        };
        assert!(judgement(Verdict::Reject, Some("mended")).is_golden_candidate());
        assert!(!judgement(Verdict::Reject, None).is_golden_candidate());
        assert!(!judgement(Verdict::Escalate, Some("mended")).is_golden_candidate());
    }

    #[test]
    fn words_that_the_spec_does_not_have_are_told_with_those_it_has() {
        let strange = |draft: &mut Draft| {
            draft.categories = vec!["odd".into()];
            draft.scores.extend([("tone".to_owned(), 4), ("odd".to_owned(), 1)]);
            draft.route = Some("odd".into());
        };
        let told = complaints(Verdict::Reject, strange).join("\n");
        for part in ["category `odd`; it has cold, wrong, unsafe", "criterion `odd`; it has tone, facts"] {
            assert!(told.contains(part), "{told}");
        }
        assert!(told.contains("the score on `tone` is 4, but its levels go from 1 to 3"), "{told}");
        assert!(told.contains("route `odd`; it has lead, safety"), "{told}");
    }

    #[test]
    fn the_gravest_category_that_names_a_route_chooses_it() {
        let spec = spec();
        let route = |keys: &[&str]| {
            let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
            spec.route_for(&keys).map(|route| route.key.clone())
        };
        assert_eq!(route(&["cold", "unsafe"]).as_deref(), Some("safety"));
        assert_eq!(route(&["cold", "wrong"]).as_deref(), Some("lead"), "the gravest names none");
        assert_eq!(route(&[]), None, "two routes: the reviewer chooses");
    }
}
