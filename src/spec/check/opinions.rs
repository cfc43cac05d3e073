//! Checks of how many opinions are asked, against what settles them and who is there to give them.

use crate::domain::policy::Settle;
use crate::domain::spec::{Adjudicator, Spec};
use crate::domain::team::{Member, Role};
use crate::spec::document::Document;
use crate::spec::name::shown;
use crate::spec::problem::Problems;
use crate::text::plural::count;
use std::cmp::Ordering;

/// What `second_opinion` makes of one opinion.
const SECOND: u32 = 2;

/// Under `majority` an even number of opinions may be a tie.
pub(super) fn are_odd(document: &Document, problems: &mut Problems) {
    if settle(document) != Settle::Majority {
        return;
    }
    for (at, opinions) in document.opinions.iter().filter(|(_, opinions)| opinions % 2 == 0) {
        let reason = format!("{opinions} opinions have no majority where they are split in half");
        problems.push(*at, reason, "ask for an odd number, or write settle = \"adjudicate\" or \"strictest\"");
    }
}

/// What becomes of opinions that `second_opinion` and `audit` make two of, which have no majority where they
/// differ; `None`: nothing settles by majority, or makes two.
pub fn tie(spec: &Spec) -> Option<String> {
    let review = spec.review.as_ref().filter(|review| review.settle == Settle::Majority)?;
    let asks: Vec<&str> = [("second_opinion", review.second_opinion.is_some()), ("audit", review.audit.is_some())]
        .into_iter()
        .filter_map(|(key, is_there)| is_there.then_some(key))
        .collect();
    (!asks.is_empty()).then(|| {
        format!(
            "where {} asks for a second opinion, two that differ have no majority: {} settles them",
            asks.join(" or "),
            spec.adjudicator()
        )
    })
}

/// Everybody gives one opinion on an item at most, and nobody settles what they gave one on.
pub(super) fn can_be_given(document: &Document, team: &[Member], problems: &mut Problems) {
    let deciders: Vec<&Member> = team.iter().filter(|member| member.role >= Role::Reviewer).collect();
    if let (Adjudicator::Person(name), Some(at)) = (document.spec.adjudicator(), document.adjudicator)
        && let Some(member) = team.iter().find(|member| member.person == name && member.role < Role::Reviewer)
    {
        let reason = format!("`{}` is {} here, who decides nothing", shown(&name), member.role.phrase());
        problems.push(at, reason, "name somebody else, or grant them more with `karat team grant`");
    }
    let second = document.second_opinion.map(|at| (at, SECOND));
    for (at, asked) in document.opinions.iter().copied().chain(second) {
        match deciders.len().cmp(&(asked as usize)) {
            Ordering::Less => {
                let people = people(deciders.len());
                let reason = format!("{} are asked, and {people} here may decide", count(asked as usize, "opinion"));
                problems.push(at, reason, "ask for fewer, or grant somebody a role with `karat team grant`");
            }
            Ordering::Equal if settle(document) != Settle::Strictest => {
                let at = document.adjudicator.unwrap_or(at);
                let reason = format!(
                    "nobody is left to settle {} that differ: all {asked} who may decide gave one",
                    count(asked as usize, "opinion")
                );
                let hint = "grant one more person a role with `karat team grant`, or write settle = \"strictest\"";
                problems.push(at, reason, hint);
            }
            Ordering::Equal | Ordering::Greater => {}
        }
    }
}

/// Where nobody may hold more than a share, so many people hold the whole.
pub(super) fn share_is_enough(document: &Document, team: &[Member], problems: &mut Problems) {
    let most = document.spec.review.as_ref().and_then(|review| review.max_share);
    let (Some(at), Some(most)) = (document.max_share, most) else { return };
    let deciders = team.iter().filter(|member| member.role >= Role::Reviewer).count();
    if deciders == 0 || deciders as f64 * most >= 1.0 {
        return;
    }
    let reason = format!(
        "{} may decide here, who together hold less than all where nobody holds more than {most}",
        people(deciders)
    );
    let least = (100.0 / deciders as f64).ceil() / 100.0;
    problems.push(at, reason, format!("write at least {least}, or grant more people a role with `karat team grant`"));
}

fn people(number: usize) -> String {
    if number == 1 { "1 person".into() } else { format!("{number} people") }
}

fn settle(document: &Document) -> Settle {
    document.spec.review.as_ref().map(|review| review.settle).unwrap_or_default()
}
