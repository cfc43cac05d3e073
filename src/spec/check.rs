//! Checks of values against each other: names that collide, references, limits.

mod bars;
mod opinions;

pub use opinions::tie;

use super::document::{Document, Identity, Reference};
use super::name::shown;
use super::problem::Problems;
use super::scale::repetitions;
use super::shape::Form;
use super::syntax::Sound;
use crate::domain::filter::{self, Filter, FilterError, Words};
use crate::domain::team::Member;
use crate::text::suggest::nearest;
use std::iter::successors;
use toml::Spanned;

/// Checks a document once all its values are read.
pub(super) fn across(document: &Document, sound: &Sound, problems: &mut Problems) {
    for shape in &document.shapes {
        let Form::List { one, several, most } = shape.form else { continue };
        let entries = document.entries(shape);
        collisions(one, "key", entries.iter().map(|entry| &entry.key), problems);
        collisions(one, "name", entries.iter().filter_map(|entry| entry.name.as_ref()), problems);
        if let Some(most) = most {
            limit(several, most, &entries, problems);
        }
    }
    for reference in &document.references {
        check_reference(reference, document, sound, problems);
    }
    for text in &document.filters {
        check_filter(text, filter::parse_rule, READ_AS_IN_A_LIST, document, sound, problems);
    }
    if let Some(text) = &document.retry_when {
        check_filter(text, filter::parse_lasting, RETRY_WHEN, document, sound, problems);
    }
    for text in &document.bars_of {
        check_filter(text, filter::parse_lasting, BAR_OF, document, sound, problems);
    }
    bars::name_what_is_judged(document, sound, problems);
    circles(&document.overdue, problems);
    opinions::are_odd(document, problems);
}

/// What to do about a filter that has no better advice.
const READ_AS_IN_A_LIST: &str = "`karat spec check` reads it as `karat list --filter` does";
const RETRY_WHEN: &str = "write \"retryable\", or a filter such as \"category:tone attempt<2\"";

const BAR_OF: &str = "write what counts as good, such as \"verdict:accept\" or \"not category:KEY\"";

/// A filter may name only what the spec has. Something of it that could not be read may be what is
/// meant.
fn check_filter(
    text: &Spanned<String>,
    parse: fn(&str, &Words) -> Result<Filter, FilterError>,
    otherwise: &str,
    document: &Document,
    sound: &Sound,
    problems: &mut Problems,
) {
    if sound.hides_a_block() {
        return;
    }
    if let Err(error) = parse(text.get_ref(), &Words::of([&document.spec])) {
        let hint = error.hint.unwrap_or_else(|| otherwise.into());
        problems.push(text.span().start, format!("in this filter: {}", error.message), hint);
    }
}

/// Reports routes that hand an overdue escalation on in a circle, once each circle.
fn circles(overdue: &[(String, Spanned<String>)], problems: &mut Problems) {
    let next_of = |key: &str| overdue.iter().find(|(from, _)| from == key).map(|(_, to)| to.get_ref());
    let mut told: Vec<&String> = Vec::new();
    for (from, to) in overdue {
        let circle: Vec<&String> =
            successors(Some(from), |key| next_of(key).filter(|next| *next != from)).take(overdue.len()).collect();
        let is_closed = circle.last().and_then(|last| next_of(last)) == Some(from);
        if !is_closed || told.contains(&from) {
            continue;
        }
        let path: String = circle.iter().map(|key| format!("`{}`, ", shown(key))).collect();
        let reason = format!("overdue escalations go round in a circle: {path}and again `{}`", shown(from));
        problems.push(to.span().start, reason, "remove `overdue` from one of them: there they stay");
        told.extend(circle);
    }
}

/// Checks what is asked of people against those who have a role in the workspace.
pub(super) fn team(document: &Document, team: &[Member], problems: &mut Problems) {
    names(document, team, problems);
    opinions::can_be_given(document, team, problems);
    opinions::share_is_enough(document, team, problems);
}

/// Checks the names of people.
fn names(document: &Document, team: &[Member], problems: &mut Problems) {
    let known = || team.iter().map(|member| member.person.as_str());
    let is_there = |name: &str| known().any(|person| person == name);
    let groups = &document.spec.groups;
    for name in document.people.iter().filter(|name| !is_there(name.get_ref())) {
        let hint = nearest(name.get_ref(), known()).map_or_else(
            || "grant them a role with `karat team grant`".into(),
            |near| format!("did you mean \"{near}\"?"),
        );
        problems.push(name.span().start, format!("`{}` has no role in this workspace", shown(name.get_ref())), hint);
    }
    let routes = document.owners.iter().map(|owner| (owner, "answer"));
    let owners = routes.chain(document.bar_owners.iter().map(|owner| (owner, "own the bar")));
    for (owner, duty) in owners.filter(|(owner, _)| !is_there(owner.get_ref())) {
        let word = owner.get_ref();
        if groups.iter().any(|group| group.key == *word) {
            continue;
        }
        let hint = nearest(word, known().chain(groups.iter().map(|group| group.key.as_str()))).map_or_else(
            || format!("add a [[group]] with the key \"{}\", or name somebody who has a role", shown(word)),
            |near| format!("did you mean \"{}\"?", shown(near)),
        );
        problems.push(owner.span().start, format!("nobody is `{}`, who is to {duty}", shown(word)), hint);
    }
}

fn collisions<'d>(kind: &str, word: &str, words: impl Iterator<Item = &'d Spanned<String>>, problems: &mut Problems) {
    for (later, first) in repetitions(words) {
        let alike = if later.get_ref() == first.get_ref() { "" } else { ", which looks the same" };
        let line = problems.line(first.span().start);
        let earlier = shown(first.get_ref());
        let reason = format!("the {kind} on line {line} has the {word} `{earlier}`{alike}");
        problems.push(later.span().start, reason, format!("give each {kind} a {word} of its own"));
    }
}

fn limit(kind: &str, most: usize, entries: &[&Identity], problems: &mut Problems) {
    if let Some(surplus) = entries.get(most) {
        let reason = format!("a spec has at most {most} {kind}, but this one has {}", entries.len());
        problems.push(surplus.span.start, reason, format!("join or remove {kind}, beginning with the least used"));
    }
}

fn check_reference(Reference { to, key }: &Reference, document: &Document, sound: &Sound, problems: &mut Problems) {
    let entries = document.entries(to);
    let known = entries.iter().map(|entry| entry.key.get_ref().as_str());
    // An entry that could not be read may be the one that is meant.
    if sound.hides_a_block() || known.clone().any(str::is_empty) {
        return;
    }
    let wanted = key.get_ref();
    if wanted.is_empty() || known.clone().any(|known| known == wanted) {
        return;
    }
    let hint = nearest(wanted, known).map_or_else(
        || format!("add a {} with the key \"{}\", or remove the line", to.name(), shown(wanted)),
        |known| format!("did you mean \"{}\"?", shown(known)),
    );
    problems.push(key.span().start, format!("there is no {} `{}`", to.nouns().0, shown(wanted)), hint);
}
