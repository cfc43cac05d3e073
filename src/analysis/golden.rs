//! What is wrong with a golden set as a whole: examples that are nearly the same, that say opposite
//! things, that were kept under other terms, and what no example shows.

use super::fingerprint::{Fingerprint, NEAR_DUPLICATE};
use crate::domain::decision::Verdict;
use crate::domain::spec::Spec;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// An example, as far as it is compared with others.
#[derive(Debug, Clone, PartialEq)]
pub struct Subject {
    /// The item's id.
    pub id: String,
    /// The case, or the id where there is none.
    pub case: String,
    /// What was asked, with the context.
    pub asked: String,
    pub output: String,
    pub verdict: Verdict,
    /// The output as it should be.
    pub expected: Option<String>,
    pub categories: Vec<String>,
    /// The version of the spec under which it was kept.
    pub spec_version: i64,
    /// The part of a split that it would be in.
    pub part: Option<String>,
}

/// Something that is wrong with a set.
#[derive(Debug, Clone, PartialEq)]
pub enum Finding {
    /// Two examples of different cases that ask nearly the same; where the set is split, in two parts.
    NearDuplicate { ids: [String; 2], similarity: f64, parts: Option<[String; 2]> },
    /// Two examples that ask the same, and what they expect differs.
    Contradiction { ids: [String; 2], expected: [String; 2] },
    /// An example that was kept under an earlier version of the spec, which said otherwise of what its
    /// expectation rests on.
    SpecChanged { id: String, version: i64, changed: Vec<Change> },
    /// A failure category of the spec that no example has.
    WithoutExample { category: String },
}

/// What a spec says otherwise of than an earlier one did, of what an expectation rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The earlier spec cannot be read.
    Unknown,
    /// The question that a verdict answers.
    Decision,
    /// A criterion of this key, by which a verdict is found: it is new, gone, or asks for something else.
    Criterion(String),
    /// A failure category of the example, of this key: its name or its severity.
    Category(String),
    /// A failure category of the example that there is no more.
    CategoryGone(String),
}

/// What is wrong with the examples under the spec as it is now, by kind, and by id within a kind. `earlier` has
/// the other versions of the spec under which examples were kept, as far as they can be read.
pub fn check(subjects: &[Subject], spec: &Spec, spec_version: i64, earlier: &HashMap<i64, Spec>) -> Vec<Finding> {
    let mut found = near_duplicates(subjects);
    found.extend(contradictions(subjects));
    found.extend(subjects.iter().filter(|subject| subject.spec_version != spec_version).filter_map(|subject| {
        let changed = match earlier.get(&subject.spec_version) {
            Some(earlier) => changes(subject, earlier, spec),
            None => vec![Change::Unknown],
        };
        let (id, version) = (subject.id.clone(), subject.spec_version);
        (!changed.is_empty()).then_some(Finding::SpecChanged { id, version, changed })
    }));
    let shown: BTreeSet<&str> = subjects.iter().flat_map(|subject| &subject.categories).map(String::as_str).collect();
    let hidden = spec.failures.iter().filter(|failure| !shown.contains(failure.key.as_str()));
    found.extend(hidden.map(|failure| Finding::WithoutExample { category: failure.key.clone() }));
    found
}

/// What the spec says otherwise than the earlier one of what the example's expectation rests on: the question,
/// the criteria, and its own categories.
fn changes(subject: &Subject, earlier: &Spec, now: &Spec) -> Vec<Change> {
    let mut changes = Vec::new();
    if earlier.decision != now.decision {
        changes.push(Change::Decision);
    }
    let asks = |spec: &Spec, key: &str| {
        let criterion = spec.criteria.iter().find(|criterion| criterion.key == key)?;
        Some((criterion.question.clone(), criterion.levels.clone()))
    };
    let keys: BTreeSet<&str> =
        earlier.criteria.iter().chain(&now.criteria).map(|criterion| criterion.key.as_str()).collect();
    let differ = keys.into_iter().filter(|key| asks(earlier, key) != asks(now, key));
    changes.extend(differ.map(|key| Change::Criterion(key.to_owned())));
    changes.extend(subject.categories.iter().filter_map(|key| match (earlier.failure(key), now.failure(key)) {
        (_, None) => Some(Change::CategoryGone(key.clone())),
        (Some(before), Some(now)) if before.name == now.name && before.severity == now.severity => None,
        _ => Some(Change::Category(key.clone())),
    }));
    changes
}

/// Pairs that ask nearly the same, found by the bands of their fingerprints.
fn near_duplicates(subjects: &[Subject]) -> Vec<Finding> {
    let fingerprints: Vec<Fingerprint> = subjects.iter().map(|subject| Fingerprint::of(&subject.asked)).collect();
    let mut by_band: HashMap<(usize, i64), Vec<usize>> = HashMap::new();
    let mut pairs = BTreeSet::new();
    for (at, fingerprint) in fingerprints.iter().enumerate() {
        for (band, key) in fingerprint.bands().into_iter().enumerate() {
            let others = by_band.entry((band, key)).or_default();
            pairs.extend(others.iter().map(|other| (*other, at)));
            others.push(at);
        }
    }
    let mut found = Vec::new();
    for (one, other) in pairs {
        let [a, b] = [&subjects[one], &subjects[other]];
        let apart = match (&a.part, &b.part) {
            (Some(one), Some(other)) => one != other,
            _ => a.case != b.case,
        };
        let similarity = fingerprints[one].similarity(&fingerprints[other]);
        if apart && similarity >= NEAR_DUPLICATE {
            let parts = a.part.clone().zip(b.part.clone()).map(|(a, b)| [a, b]);
            found.push(Finding::NearDuplicate { ids: [a.id.clone(), b.id.clone()], similarity, parts });
        }
    }
    found
}

/// Examples that ask the same, each with the first before it that expects something else.
fn contradictions(subjects: &[Subject]) -> Vec<Finding> {
    let mut by_asked: BTreeMap<String, Vec<&Subject>> = BTreeMap::new();
    let mut found = Vec::new();
    for subject in subjects {
        let before = by_asked.entry(words(&subject.asked)).or_default();
        if let Some((other, expected)) = before.iter().find_map(|other| Some((*other, difference(other, subject)?))) {
            found.push(Finding::Contradiction { ids: [other.id.clone(), subject.id.clone()], expected });
        }
        before.push(subject);
    }
    found
}

/// What two examples that ask the same expect, where it cannot both be right: of one output two verdicts or other
/// categories, or two texts.
fn difference(one: &Subject, other: &Subject) -> Option<[String; 2]> {
    let judged = |subject: &Subject| {
        let categories = subject.categories.join(", ");
        let of = if categories.is_empty() { String::new() } else { format!(" for {categories}") };
        format!("{}{of}", subject.verdict.as_str())
    };
    if words(&one.output) == words(&other.output) && judged(one) != judged(other) {
        return Some([judged(one), judged(other)]);
    }
    match (&one.expected, &other.expected) {
        (Some(a), Some(b)) if words(a) != words(b) => Some([a.clone(), b.clone()]),
        _ => None,
    }
}

/// The text with single blanks.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::spec::{Criterion, FailureCategory, Severity};

    fn subject(id: &str, asked: &str, verdict: Verdict, expected: Option<&str>) -> Subject {
        Subject {
            id: id.into(),
            case: id.into(),
            asked: asked.into(),
            output: "the output".into(),
            verdict,
            expected: expected.map(str::to_owned),
            categories: Vec::new(),
            spec_version: 1,
            part: None,
        }
    }

    const LONG: &str =
        "When will the parcel that I ordered on Monday with express delivery arrive at my new address in Bonn";

    #[test]
    fn what_asks_nearly_the_same_is_found_where_it_is_apart() {
        let near = format!("{LONG} please");
        let mut subjects = vec![
            subject("a", LONG, Verdict::Accept, None),
            subject("b", &near, Verdict::Accept, None),
            subject("c", "Something else altogether", Verdict::Accept, None),
        ];
        let found = near_duplicates(&subjects);
        let [Finding::NearDuplicate { ids, .. }] = &found[..] else { panic!("{found:?}") };
        assert_eq!(ids, &["a", "b"]);
        subjects[0].part = Some("train".into());
        subjects[1].part = Some("train".into());
        assert_eq!(near_duplicates(&subjects), [], "in one part they may be alike");
        subjects[1].part = Some("test".into());
        assert_eq!(near_duplicates(&subjects).len(), 1);
        subjects[1].case = "a".into();
        subjects[1].part = None;
        assert_eq!(near_duplicates(&subjects), [], "a case is in one part");
    }

    #[test]
    fn a_spec_has_changed_for_an_example_where_its_expectation_rests_on_what_did() {
        let failure = |key: &str, severity| FailureCategory {
            key: key.into(),
            name: key.into(),
            severity,
            retryable: false,
            escalate_to: None,
        };
        let old = Spec {
            decision: "May it be sent?".into(),
            failures: vec![failure("cold", Severity::Minor), failure("wrong", Severity::Minor)],
            ..Spec::default()
        };
        let mut cold = subject("a", LONG, Verdict::Reject, None);
        cold.categories = vec!["cold".into()];
        let plain = subject("b", "Something else altogether", Verdict::Accept, None);
        let changed = |now: &Spec| -> Vec<(String, Vec<Change>)> {
            let earlier = HashMap::from([(1, old.clone())]);
            let found = check(&[cold.clone(), plain.clone()], now, 2, &earlier).into_iter();
            found
                .filter_map(|found| match found {
                    Finding::SpecChanged { id, changed, .. } => Some((id, changed)),
                    _ => None,
                })
                .collect()
        };
        let title = Spec { title: "Another title".into(), ..old.clone() };
        assert_eq!(changed(&title), [], "no expectation rests on a title");
        let graver = Spec { failures: vec![failure("cold", Severity::Major)], ..old.clone() };
        assert_eq!(changed(&graver), [("a".to_owned(), vec![Change::Category("cold".into())])]);
        let without = Spec { failures: Vec::new(), ..old.clone() };
        assert_eq!(changed(&without), [("a".to_owned(), vec![Change::CategoryGone("cold".into())])]);
        let criterion = Criterion {
            key: "tone".into(),
            name: "Tone".into(),
            question: "Is it warm?".into(),
            levels: vec!["No".into(), "Yes".into()],
            required: false,
        };
        let other = Spec { decision: "Is it true?".into(), criteria: vec![criterion], ..old.clone() };
        let all = vec![Change::Decision, Change::Criterion("tone".into())];
        assert_eq!(changed(&other), [("a".to_owned(), all.clone()), ("b".to_owned(), all)]);
    }

    #[test]
    fn what_cannot_both_be_right_is_found() {
        let accepted = subject("a", LONG, Verdict::Accept, Some("the output"));
        let rejected = subject("b", LONG, Verdict::Reject, Some("the output"));
        let other = subject("c", LONG, Verdict::Accept, Some("another text"));
        let found = |subjects: &[Subject]| -> Vec<[String; 2]> {
            let expected = contradictions(subjects).into_iter();
            expected
                .filter_map(
                    |found| if let Finding::Contradiction { expected, .. } = found { Some(expected) } else { None },
                )
                .collect()
        };
        assert_eq!(found(&[accepted.clone(), rejected]), [["accept", "reject"]]);
        assert_eq!(found(&[accepted.clone(), other]), [["the output", "another text"]]);
        assert!(found(&[accepted.clone(), accepted]).is_empty());
    }
}
