//! What several opinions on an item come to by the rules of a spec, whichever that is. Of what
//! stands in a workspace the view `item_way` says the same by the rules in force, and a test holds
//! the two against each other.

use super::decision::{Draft, Verdict};
use super::policy::{Agree, Settle, SettledBy};
use super::spec::Spec;
use super::time::UtcMillis;

/// What somebody said of an item, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    pub verdict: Verdict,
    pub draft: Draft,
    pub at: UtcMillis,
}

/// What opinions come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// One of them asks for an answer: the opinion at this place.
    Escalated(usize),
    /// There are fewer than are asked.
    Open,
    /// The opinion at this place is of record.
    Settled(SettledBy, usize),
    /// They disagree, and somebody else settles that.
    Disputed,
}

impl Agreement {
    /// What the opinions, in the order of their slots, come to where so many are asked.
    pub fn of(spec: &Spec, asked: usize, opinions: &[Said]) -> Self {
        let given = &opinions[..opinions.len().min(asked)];
        let first = |verdict: Verdict| given.iter().position(|said| said.verdict == verdict);
        if let Some(place) = first(Verdict::Escalate) {
            return Agreement::Escalated(place);
        }
        if given.len() < asked || given.is_empty() {
            return Agreement::Open;
        }
        if asked == 1 {
            return Agreement::Settled(SettledBy::Single, 0);
        }
        let terms = spec.review.clone().unwrap_or_default();
        let agrees =
            |(place, one): (usize, &Said)| given[place + 1..].iter().all(|other| terms.agree.holds(spec, one, other));
        if given.iter().enumerate().all(agrees) {
            return Agreement::Settled(SettledBy::Unanimous, 0);
        }
        let has_majority = |verdict| 2 * given.iter().filter(|said| said.verdict == verdict).count() > given.len();
        let (way, chosen) = match terms.settle {
            Settle::Adjudicate => return Agreement::Disputed,
            Settle::Strictest => (SettledBy::Strictest, first(Verdict::Reject).or(Some(0))),
            Settle::Majority => {
                let winner = [Verdict::Accept, Verdict::Reject].into_iter().find(|verdict| has_majority(*verdict));
                (SettledBy::Majority, winner.and_then(first))
            }
        };
        chosen.map_or(Agreement::Disputed, |place| Agreement::Settled(way, place))
    }
}

impl Agree {
    /// Whether two opinions are equal in what must be equal.
    fn holds(&self, spec: &Spec, one: &Said, other: &Said) -> bool {
        let worst = |said: &Said| spec.worst_severity(&said.draft.categories);
        (!self.verdict || one.verdict == other.verdict)
            && (!self.categories || is_same_set(&one.draft.categories, &other.draft.categories))
            && (!self.severity || worst(one) == worst(other))
            && self.scores.iter().all(|key| is_near(key, one, other))
    }
}

fn is_same_set(one: &[String], other: &[String]) -> bool {
    one.iter().all(|key| other.contains(key)) && other.iter().all(|key| one.contains(key))
}

/// The levels differ by one at most, or neither has one.
fn is_near(criterion: &str, one: &Said, other: &Said) -> bool {
    let level = |said: &Said| said.draft.scores.get(criterion).copied();
    match (level(one), level(other)) {
        (Some(one), Some(other)) => one.abs_diff(other) < 2,
        (one, other) => one == other,
    }
}
