//! What changed between two versions of a spec, and which recorded decisions that touches.

use super::shape::Shape;
use crate::domain::decision::Judgement;
use std::fmt::{self, Display, Formatter};

/// A difference between two specs. `Display` is a sentence without its full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    sentence: String,
    touches: Touched,
}

/// The recorded decisions whose meaning is no longer what the spec says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    None,
    All,
    /// Decisions with a score on the criterion of this key.
    ScoresOn(String),
    /// Decisions that carry the failure category of this key.
    CarryingCategory(String),
    /// Decisions escalated along the route of this key.
    EscalatedTo(String),
}

impl Change {
    pub(super) fn new(sentence: String, touches: Touched) -> Self {
        Self { sentence, touches }
    }

    /// Which recorded decisions the change touches. What only steers decisions to come
    /// (a required score, a route's owner, an entry added) touches none.
    pub fn touches(&self) -> &Touched {
        &self.touches
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl Touched {
    /// Whether a judgement is one of them.
    pub fn includes(&self, Judgement { draft, .. }: &Judgement) -> bool {
        match self {
            Touched::None => false,
            Touched::All => true,
            Touched::ScoresOn(key) => draft.scores.contains_key(key),
            Touched::CarryingCategory(key) => {
                let marked = draft.marks.iter().map(|mark| &mark.category);
                draft.categories.iter().chain(marked).any(|category| category == key)
            }
            Touched::EscalatedTo(key) => draft.route.as_deref() == Some(key),
        }
    }
}

/// An entry of a section that is a list.
pub(super) trait TableEntry {
    fn key(&self) -> &str;

    /// The decisions that mean nothing without it.
    fn supports(&self) -> Touched;

    /// What differs from the entry of this key in the newer spec.
    fn differences(&self, new: &Self) -> Vec<Change>;
}

/// The change of a value that a spec has once; `None` where it is as it was.
pub(super) fn value(label: &str, old: Option<&String>, new: Option<&String>, touches: Touched) -> Option<Change> {
    let quote = |text: Option<&String>| or_none(text.map(quoted));
    (old != new).then(|| Change::new(format!("{label}: {} instead of {}", quote(new), quote(old)), touches))
}

/// The change of one key of an entry; `None` where it is as it was.
pub(super) fn field(shape: &Shape, key: &str, name: &str, old: &str, new: &str, touches: Touched) -> Option<Change> {
    let sentence = || format!("`{name}` of {} `{key}` from {old} to {new}", shape.nouns().0);
    (old != new).then(|| Change::new(sentence(), touches))
}

pub(super) fn quoted(text: impl AsRef<str>) -> String {
    format!("“{}”", text.as_ref())
}

pub(super) fn or_none(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "none".into(), |value| value.to_string())
}

/// What differs between the entries of a section.
pub(super) fn entries<T: TableEntry>(shape: &Shape, old: &[T], new: &[T]) -> Vec<Change> {
    let (one, several) = shape.nouns();
    let twin = |entry: &T, others: &[T]| others.iter().position(|other| other.key() == entry.key());
    let mut found = Vec::new();
    for entry in old {
        match twin(entry, new) {
            Some(at) => found.extend(entry.differences(&new[at])),
            None => found.push(Change::new(format!("{one} `{}` removed", entry.key()), entry.supports())),
        }
    }
    for entry in new.iter().filter(|entry| twin(entry, old).is_none()) {
        found.push(Change::new(format!("{one} `{}` added", entry.key()), Touched::None));
    }
    let kept: Vec<(usize, &T)> = new.iter().filter_map(|entry| Some((twin(entry, old)?, entry))).collect();
    if !kept.is_sorted_by_key(|(place, _)| *place) {
        let keys: Vec<&str> = kept.iter().map(|(_, entry)| entry.key()).collect();
        found.push(Change::new(format!("{several} reordered: {}", keys.join(", ")), Touched::None));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::spec::{Criterion, Spec};
    use crate::spec::{changes, general};

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
        assert_eq!(changes(&with, &without)[0].touches(), &Touched::None);
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
        assert_eq!(tone.touches(), &Touched::ScoresOn("tone".into()));
        let unsafe_ = gone.iter().find(|change| change.to_string() == "failure category `unsafe` removed").unwrap();
        assert_eq!(unsafe_.touches(), &Touched::CarryingCategory("unsafe".into()));
        let lead = gone.iter().find(|change| change.to_string() == "route `lead` removed").unwrap();
        assert_eq!(lead.touches(), &Touched::EscalatedTo("lead".into()));
        let come = changes(&without, &general());
        assert_eq!(come.len(), gone.len());
        assert!(come.iter().all(|change| change.to_string().ends_with(" added") && change.touches() == &Touched::None));
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
