//! Two versions of the outputs, paired by case: what is compared, before any figure.

use super::decision::{Scores, Verdict};
use super::item::Seq;
use std::collections::HashMap;
use std::sync::Arc;

/// One of the two versions: the first filter finds A, the second B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    A,
    B,
}

/// What stands behind a verdict of record, from the strongest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// A person who looked at this one output.
    Person,
    /// A person who decided many at once.
    Bulk,
    /// A check of the spec.
    Check,
}

impl Basis {
    /// The word in files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Basis::Person => "person",
            Basis::Bulk => "bulk",
            Basis::Check => "check",
        }
    }
}

/// What a decision says of an output beside the verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Remarks {
    /// Failure category keys.
    pub categories: Vec<String>,
    pub scores: Scores,
}

/// A verdict of record that accepts or rejects.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub is_accepted: bool,
    pub basis: Basis,
    pub reviewer: Arc<str>,
    /// Whether it rests on more than one person's decision.
    pub is_by_several: bool,
    /// Version of the spec that it was made under.
    pub spec_version: i64,
    pub remarks: Arc<Remarks>,
}

/// An output of one of the versions.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    pub seq: Seq,
    pub id: Box<str>,
    /// Which output to its case it is, from 1.
    pub attempt: i64,
    pub latency_ms: Option<f64>,
    pub cost_usd: Option<f64>,
    /// Characters of the output.
    pub length: i64,
    /// `None`: nobody has accepted or rejected it; an escalated one waits for an answer.
    pub judged: Option<Judged>,
}

/// A case with the output that each version has for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    pub name: String,
    /// Of A and of B: the first attempt that the version has.
    pub outputs: [Option<Output>; 2],
}

/// What a case says of the versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Both outputs are judged.
    Judged { result: CaseResult, basis: Basis },
    /// Nobody has accepted or rejected the output of A, of B, or either.
    Undecided([bool; 2]),
    /// The other version has no output for it.
    Only(Version),
}

/// What both verdicts on a case come to, for B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseResult {
    BothAccepted,
    /// B is accepted, and A is not.
    Won,
    /// A is accepted, and B is not.
    Lost,
    BothRejected,
}

impl CaseResult {
    /// The result of a case by whether A and B are accepted.
    pub fn of(accepted: [bool; 2]) -> Self {
        match accepted {
            [true, true] => CaseResult::BothAccepted,
            [false, true] => CaseResult::Won,
            [true, false] => CaseResult::Lost,
            [false, false] => CaseResult::BothRejected,
        }
    }

    /// The word in files and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            CaseResult::BothAccepted => "accepted",
            CaseResult::Won => "won",
            CaseResult::Lost => "lost",
            CaseResult::BothRejected => "rejected",
        }
    }
}

impl Judged {
    pub fn verdict(&self) -> Verdict {
        if self.is_accepted { Verdict::Accept } else { Verdict::Reject }
    }
}

impl Case {
    /// The outputs of a case that both versions have.
    pub fn pair(&self) -> Option<[&Output; 2]> {
        let [a, b] = &self.outputs;
        Some([a.as_ref()?, b.as_ref()?])
    }

    pub fn said(&self) -> Said {
        let Some([a, b]) = self.pair() else {
            return Said::Only(if self.outputs[0].is_some() { Version::A } else { Version::B });
        };
        match (&a.judged, &b.judged) {
            (Some(a), Some(b)) => {
                Said::Judged { result: CaseResult::of([a.is_accepted, b.is_accepted]), basis: a.basis.max(b.basis) }
            }
            (a, b) => Said::Undecided([a.is_none(), b.is_none()]),
        }
    }
}

/// Both versions by case.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Versions {
    /// Sorted by name.
    pub cases: Vec<Case>,
    /// Items that only the filter of A finds, and only that of B.
    pub items: [u64; 2],
    /// Items that both filters find: they are of neither version.
    pub under_both: u64,
    /// Of `items`, those that do not count, for the version has an earlier attempt at their case.
    pub later_attempts: [u64; 2],
}

impl Versions {
    /// The cases whose verdict changed: those that B lost, then those that it won.
    pub fn changed(&self) -> impl Iterator<Item = (&Case, CaseResult, Basis)> {
        [CaseResult::Lost, CaseResult::Won].into_iter().flat_map(|wanted| {
            self.cases.iter().filter_map(move |case| match case.said() {
                Said::Judged { result, basis } if result == wanted => Some((case, result, basis)),
                _ => None,
            })
        })
    }
}

/// Versions as their items come.
#[derive(Debug, Default)]
pub struct Pairing {
    /// Which of the outputs are a case's: the table of names stays small, however large an output is.
    places: HashMap<String, usize>,
    outputs: Vec<[Option<Output>; 2]>,
    versions: Versions,
}

impl Pairing {
    /// Adds an item that the filter of one version finds.
    pub fn add(&mut self, version: Version, case: &str, output: Output) {
        let at = version as usize;
        self.versions.items[at] += 1;
        let place = match self.places.get(case) {
            Some(place) => *place,
            None => {
                self.places.insert(case.to_owned(), self.outputs.len());
                self.outputs.push([None, None]);
                self.outputs.len() - 1
            }
        };
        let outputs = &mut self.outputs[place];
        match &mut outputs[at] {
            None => outputs[at] = Some(output),
            Some(first) => {
                self.versions.later_attempts[at] += 1;
                // Attempts of one number are in the order in which they came in.
                if (output.attempt, output.seq) < (first.attempt, first.seq) {
                    *first = output;
                }
            }
        }
    }

    /// Notes an item that both filters find.
    pub fn add_under_both(&mut self) {
        self.versions.under_both += 1;
    }

    pub fn finish(self) -> Versions {
        let mut names = vec![String::new(); self.outputs.len()];
        self.places.into_iter().for_each(|(name, place)| names[place] = name);
        let cases = names.into_iter().zip(self.outputs).map(|(name, outputs)| Case { name, outputs });
        let mut cases: Vec<Case> = cases.collect();
        cases.sort_by(|one, other| one.name.cmp(&other.name)); // most come in order
        Versions { cases, ..self.versions }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(seq: Seq, attempt: i64) -> Output {
        Output { seq, id: "".into(), attempt, latency_ms: None, cost_usd: None, length: 0, judged: None }
    }

    #[test]
    fn the_first_attempt_of_a_version_counts_whichever_comes_first() {
        let mut pairing = Pairing::default();
        for (version, case, seq, attempt) in
            [(Version::B, "c", 9, 2), (Version::A, "c", 3, 1), (Version::B, "c", 8, 1), (Version::B, "c", 7, 1)]
        {
            pairing.add(version, case, output(seq, attempt));
        }
        pairing.add(Version::A, "b", output(1, 1));
        pairing.add_under_both();
        let versions = pairing.finish();
        let names: Vec<&str> = versions.cases.iter().map(|case| case.name.as_str()).collect();
        assert_eq!(names, ["b", "c"]);
        assert_eq!(versions.cases[1].pair().unwrap().map(|output| output.seq), [3, 7]);
        assert_eq!(versions.cases[0].pair(), None, "B has no output for it");
        assert_eq!((versions.items, versions.later_attempts, versions.under_both), ([2, 3], [0, 2], 1));
    }
}
