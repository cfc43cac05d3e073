//! Checks of values against each other: names that collide, references, limits.

use super::document::{Document, Identity, Reference};
use super::name::shown;
use super::problem::Problems;
use super::scale::repetitions;
use super::shape::Form;
use super::syntax::Sound;
use crate::domain::filter::{self, Words};
use crate::text::suggest::nearest;
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
        check_filter(text, document, sound, problems);
    }
}

/// A filter may name only what the spec has. Something of it that could not be read may be what is
/// meant.
fn check_filter(text: &Spanned<String>, document: &Document, sound: &Sound, problems: &mut Problems) {
    if sound.hides_a_block() {
        return;
    }
    if let Err(error) = filter::parse_rule(text.get_ref(), &Words::of([&document.spec])) {
        let hint = error.hint.unwrap_or_else(|| "`karat spec check` reads it as `karat list --filter` does".into());
        problems.push(text.span().start, format!("in this filter: {}", error.message), hint);
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
