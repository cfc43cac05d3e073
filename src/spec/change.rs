//! What changed between two versions of a spec, and which recorded decisions that touches.

use crate::domain::spec::{Criterion, FailureCategory, Route, Spec};
use std::fmt::{self, Display, Formatter};

/// One difference between two specs. `Display` is a sentence without its full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A value at the top of the file.
    Queue { field: QueueField, old: Option<String>, new: Option<String> },
    /// Something about one criterion, failure category or route.
    Entry { kind: Kind, key: String, what: What },
    /// The entries that both versions have stand in another order, now this one.
    Reordered { kind: Kind, keys: Vec<String> },
}

/// A value at the top of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueueField {
    Name,
    Title,
    Decision,
    Owner,
    SourceOfTruth,
    LensEnabled,
    LensUnsupported,
    LensContradicted,
}

/// A kind of entry in a spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Criterion,
    Failure,
    Route,
}

/// What happened to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Added,
    Removed,
    /// A key of the file, with its values as they stand in a sentence.
    Field {
        field: &'static str,
        old: String,
        new: String,
    },
    /// A level of a criterion's scale, counted from 1.
    Level {
        number: usize,
        old: Option<String>,
        new: Option<String>,
    },
}

/// The recorded decisions that a change touches: those whose meaning is no longer
/// what the spec says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched<'a> {
    None,
    All,
    /// Those with a score on the criterion of this key.
    ScoresOn(&'a str),
    /// Those that carry the failure category of this key.
    CarryingCategory(&'a str),
    /// Those escalated along the route of this key.
    EscalatedTo(&'a str),
}

/// Every difference between two specs; empty only when they are equal. Entries are
/// the same when their keys are, so a changed key is one entry removed and one added.
pub fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let mut found = queue_changes(old, new);
    found.extend(entry_changes(Kind::Criterion, &old.criteria, &new.criteria));
    found.extend(entry_changes(Kind::Failure, &old.failures, &new.failures));
    found.extend(entry_changes(Kind::Route, &old.routes, &new.routes));
    found
}

fn queue_changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let some = |text: &String| Some(text.clone());
    let values = [
        (QueueField::Name, some(&old.name), some(&new.name)),
        (QueueField::Title, some(&old.title), some(&new.title)),
        (QueueField::Decision, some(&old.decision), some(&new.decision)),
        (QueueField::Owner, old.owner.clone(), new.owner.clone()),
        (QueueField::SourceOfTruth, old.source_of_truth.clone(), new.source_of_truth.clone()),
        (QueueField::LensEnabled, Some(old.lens.enabled.to_string()), Some(new.lens.enabled.to_string())),
        (QueueField::LensUnsupported, old.lens.unsupported.clone(), new.lens.unsupported.clone()),
        (QueueField::LensContradicted, old.lens.contradicted.clone(), new.lens.contradicted.clone()),
    ];
    let changed = values.into_iter().filter(|(_, old, new)| old != new);
    changed.map(|(field, old, new)| Change::Queue { field, old, new }).collect()
}

/// What the three kinds of entries have in common.
trait Entry {
    fn key(&self) -> &str;
    /// What differs from the same entry in the new spec.
    fn differences(&self, new: &Self) -> Vec<What>;
}

impl Entry for Criterion {
    fn key(&self) -> &str {
        &self.key
    }

    fn differences(&self, new: &Self) -> Vec<What> {
        let fields = [
            field("name", quoted(&self.name), quoted(&new.name)),
            field("question", quoted(&self.question), quoted(&new.question)),
            field("required", self.required.to_string(), new.required.to_string()),
        ];
        fields.into_iter().flatten().chain(level_changes(&self.levels, &new.levels)).collect()
    }
}

impl Entry for FailureCategory {
    fn key(&self) -> &str {
        &self.key
    }

    fn differences(&self, new: &Self) -> Vec<What> {
        let fields = [
            field("name", quoted(&self.name), quoted(&new.name)),
            field("severity", self.severity.as_str().into(), new.severity.as_str().into()),
            field("retryable", self.retryable.to_string(), new.retryable.to_string()),
            field("escalate_to", or_none(&self.escalate_to), or_none(&new.escalate_to)),
        ];
        fields.into_iter().flatten().collect()
    }
}

impl Entry for Route {
    fn key(&self) -> &str {
        &self.key
    }

    fn differences(&self, new: &Self) -> Vec<What> {
        let owner = |route: &Route| route.owner.as_deref().map(quoted);
        let fields = [
            field("name", quoted(&self.name), quoted(&new.name)),
            field("owner", or_none(&owner(self)), or_none(&owner(new))),
            field("due_hours", or_none(&self.due_hours), or_none(&new.due_hours)),
        ];
        fields.into_iter().flatten().collect()
    }
}

fn field(field: &'static str, old: String, new: String) -> Option<What> {
    (old != new).then_some(What::Field { field, old, new })
}

fn quoted(text: &str) -> String {
    format!("“{text}”")
}

fn or_none(value: &Option<impl Display>) -> String {
    value.as_ref().map_or_else(|| "none".into(), ToString::to_string)
}

/// A score is the number of a level, so levels are compared number by number.
fn level_changes(old: &[String], new: &[String]) -> impl Iterator<Item = What> {
    (0..old.len().max(new.len()))
        .map(|i| (i + 1, old.get(i).cloned(), new.get(i).cloned()))
        .filter(|(_, old, new)| old != new)
        .map(|(number, old, new)| What::Level { number, old, new })
}

fn entry_changes<T: Entry>(kind: Kind, old: &[T], new: &[T]) -> Vec<Change> {
    let twin = |entry: &T, others: &[T]| others.iter().position(|other| other.key() == entry.key());
    let mut found = Vec::new();
    let mut say = |entry: &T, what| found.push(Change::Entry { kind, key: entry.key().to_owned(), what });
    for entry in old {
        match twin(entry, new) {
            Some(i) => entry.differences(&new[i]).into_iter().for_each(|what| say(entry, what)),
            None => say(entry, What::Removed),
        }
    }
    new.iter().filter(|entry| twin(entry, old).is_none()).for_each(|entry| say(entry, What::Added));
    let kept: Vec<(usize, &T)> = new.iter().filter_map(|entry| Some((twin(entry, old)?, entry))).collect();
    if !kept.is_sorted_by_key(|(place, _)| *place) {
        let keys = kept.iter().map(|(_, entry)| entry.key().to_owned()).collect();
        found.push(Change::Reordered { kind, keys });
    }
    found
}

impl Change {
    /// Which recorded decisions the change touches. What only steers decisions to come
    /// (a required score, a route's owner, an entry added) touches none.
    pub fn touches(&self) -> Touched<'_> {
        match self {
            Change::Queue { field: QueueField::Decision, .. } => Touched::All,
            Change::Queue { .. } | Change::Reordered { .. } | Change::Entry { what: What::Added, .. } => Touched::None,
            Change::Entry { kind, key, what } => kind.touched(key, what),
        }
    }
}

impl Kind {
    fn touched<'a>(self, key: &'a str, what: &What) -> Touched<'a> {
        match (self, what) {
            (Kind::Criterion, What::Field { field: "required", .. }) => Touched::None,
            (Kind::Criterion, _) => Touched::ScoresOn(key),
            (Kind::Failure, _) => Touched::CarryingCategory(key),
            (Kind::Route, What::Removed) => Touched::EscalatedTo(key),
            (Kind::Route, _) => Touched::None,
        }
    }

    fn one(self) -> &'static str {
        match self {
            Kind::Criterion => "criterion",
            Kind::Failure => "failure category",
            Kind::Route => "route",
        }
    }

    fn several(self) -> &'static str {
        match self {
            Kind::Criterion => "criteria",
            Kind::Failure => "failure categories",
            Kind::Route => "routes",
        }
    }
}

impl Display for QueueField {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            QueueField::Name => "name",
            QueueField::Title => "title",
            QueueField::Decision => "decision asked",
            QueueField::Owner => "owner",
            QueueField::SourceOfTruth => "source of truth",
            QueueField::LensEnabled => "lens",
            QueueField::LensUnsupported => "lens category for what is unsupported",
            QueueField::LensContradicted => "lens category for what is contradicted",
        })
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Change::Queue { field, old, new } => {
                let said = |text: &Option<String>| or_none(&text.as_deref().map(quoted));
                write!(f, "{field}: {} instead of {}", said(new), said(old))
            }
            Change::Entry { kind, key, what } => what.sentence(f, kind.one(), key),
            Change::Reordered { kind, keys } => write!(f, "{} reordered: {}", kind.several(), keys.join(", ")),
        }
    }
}

impl What {
    fn sentence(&self, f: &mut Formatter<'_>, kind: &str, key: &str) -> fmt::Result {
        match self {
            What::Added => write!(f, "{kind} `{key}` added"),
            What::Removed => write!(f, "{kind} `{key}` removed"),
            What::Field { field, old, new } => write!(f, "`{field}` of {kind} `{key}` from {old} to {new}"),
            What::Level { number, old: Some(old), new: Some(new) } => {
                write!(f, "{kind} `{key}`: level {number} reads “{new}” instead of “{old}”")
            }
            What::Level { number, old, new } => {
                let (text, happened) = if new.is_some() { (new, "added") } else { (old, "removed") };
                write!(f, "{kind} `{key}`: level {number} {happened}, “{}”", text.as_deref().unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::general;

    fn said(edit: impl FnOnce(&mut Spec)) -> Vec<(String, String)> {
        let old = general();
        let mut new = old.clone();
        edit(&mut new);
        let found = changes(&old, &new);
        found.iter().map(|change| (change.to_string(), format!("{:?}", change.touches()))).collect()
    }

    #[track_caller]
    fn expect(edit: impl FnOnce(&mut Spec), sentence: &str, touched: &str) {
        assert_eq!(said(edit), [(sentence.to_owned(), touched.to_owned())]);
    }

    #[test]
    fn equal_specs_have_no_changes() {
        assert_eq!(said(|_| {}), []);
    }

    #[test]
    fn another_question_touches_every_decision() {
        let old = general().decision;
        let sentence = format!("decision asked: “Send it?” instead of “{old}”");
        expect(|spec| spec.decision = "Send it?".into(), &sentence, "All");
    }

    #[test]
    fn titles_and_owners_touch_nothing() {
        let old = general().title;
        expect(|spec| spec.title = "T".into(), &format!("title: “T” instead of “{old}”"), "None");
        let sentence = "owner: none instead of “o”";
        let (mut with, without) = (general(), Spec { owner: None, ..general() });
        with.owner = Some("o".into());
        assert_eq!(changes(&with, &without)[0].to_string(), sentence);
        assert_eq!(changes(&with, &without)[0].touches(), Touched::None);
    }

    #[test]
    fn a_level_that_reads_otherwise_touches_its_scores() {
        let old = general().criterion("tone").unwrap().levels[1].clone();
        let sentence = format!("criterion `tone`: level 2 reads “Stiff” instead of “{old}”");
        let edit = |spec: &mut Spec| tone(spec).levels[1] = "Stiff".into();
        expect(edit, &sentence, "ScoresOn(\"tone\")");
    }

    #[test]
    fn a_longer_scale_touches_its_scores() {
        let number = general().criterion("tone").unwrap().levels.len() + 1;
        let sentence = format!("criterion `tone`: level {number} added, “Sings”");
        expect(|spec| tone(spec).levels.push("Sings".into()), &sentence, "ScoresOn(\"tone\")");
    }

    #[test]
    fn a_score_that_becomes_required_stays_what_it_was() {
        expect(|spec| tone(spec).required = true, "`required` of criterion `tone` from false to true", "None");
    }

    fn tone(spec: &mut Spec) -> &mut Criterion {
        spec.criteria.iter_mut().find(|criterion| criterion.key == "tone").unwrap()
    }

    #[test]
    fn entries_come_and_go() {
        let without = Spec { criteria: Vec::new(), failures: Vec::new(), routes: Vec::new(), ..general() };
        let gone = changes(&general(), &without);
        let tone = gone.iter().find(|change| change.to_string() == "criterion `tone` removed").unwrap();
        assert_eq!(tone.touches(), Touched::ScoresOn("tone"));
        let unsafe_ = gone.iter().find(|change| change.to_string() == "failure category `unsafe` removed").unwrap();
        assert_eq!(unsafe_.touches(), Touched::CarryingCategory("unsafe"));
        let lead = gone.iter().find(|change| change.to_string() == "route `lead` removed").unwrap();
        assert_eq!(lead.touches(), Touched::EscalatedTo("lead"));
        let come = changes(&without, &general());
        assert_eq!(come.len(), gone.len());
        assert!(come.iter().all(|change| change.to_string().ends_with(" added") && change.touches() == Touched::None));
    }

    #[test]
    fn a_changed_category_touches_those_who_carry_it() {
        let edit = |spec: &mut Spec| spec.failures[0].severity = crate::domain::spec::Severity::Minor;
        let (old, key) = (general().failures[0].severity.as_str(), general().failures[0].key.clone());
        let sentence = format!("`severity` of failure category `{key}` from {old} to minor");
        expect(edit, &sentence, &format!("CarryingCategory({key:?})"));
    }

    #[test]
    fn a_route_that_answers_sooner_touches_nothing() {
        let old = general().routes[0].due_hours.unwrap();
        let sentence = format!("`due_hours` of route `lead` from {old} to none");
        expect(|spec| spec.routes[0].due_hours = None, &sentence, "None");
    }

    #[test]
    fn another_order_is_said() {
        let mut keys: Vec<String> = general().criteria.into_iter().map(|criterion| criterion.key).collect();
        keys.reverse();
        let sentence = format!("criteria reordered: {}", keys.join(", "));
        expect(|spec| spec.criteria.reverse(), &sentence, "None");
    }
}
