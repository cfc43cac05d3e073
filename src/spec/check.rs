//! Checks of values against each other: scales, names that collide, references, limits.

use super::document::{Document, Identity, Reference};
use super::name::{folded, shown};
use super::problem::Problems;
use super::shape::Form;
use super::syntax::Sound;
use crate::domain::spec::MAX_LEVELS;
use crate::text::suggest::nearest;
use std::collections::HashMap;
use toml::Spanned;

/// Checks a document once all its values are read.
pub(super) fn across(document: &Document, sound: &Sound, problems: &mut Problems) {
    for shape in &document.shapes {
        let Form::List { one, several, most } = shape.form else { continue };
        let entries = document.entries(shape);
        collisions(one, "key", entries.iter().map(|entry| &entry.key), problems);
        collisions(one, "name", entries.iter().map(|entry| &entry.name), problems);
        if let Some(most) = most {
            limit(several, most, &entries, problems);
        }
    }
    for reference in &document.references {
        check_reference(reference, document, sound, problems);
    }
}

/// Checks the levels of one criterion; `at` is where their list begins.
pub(super) fn scale(at: usize, levels: &[Spanned<String>], problems: &mut Problems) {
    if levels.len() < 2 {
        let reason = format!("a scale needs at least 2 levels, but has {}", levels.len());
        problems.push(at, reason, format!("write 2 to {MAX_LEVELS} sentences, from worst to best; the first scores 1"));
    }
    if let Some(surplus) = levels.get(MAX_LEVELS) {
        let reason =
            format!("a scale has at most {MAX_LEVELS} levels, one a digit key, but this one has {}", levels.len());
        problems.push(surplus.span().start, reason, "join levels that reviewers could not tell apart");
    }
    for (level, first) in repetitions(levels.iter()) {
        let earlier = levels.iter().position(|level| std::ptr::eq(level, first)).map_or(1, |i| i + 1);
        let reason = format!("level {earlier} reads \"{}\" already", shown(first.get_ref()));
        problems.push(level.span().start, reason, "say what earns this level and no other");
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

/// Each word that looks like an earlier one, with the first of its kind. Empty words
/// stand for values that could not be read.
fn repetitions<'d>(
    words: impl Iterator<Item = &'d Spanned<String>>,
) -> Vec<(&'d Spanned<String>, &'d Spanned<String>)> {
    let mut seen: HashMap<String, &Spanned<String>> = HashMap::new();
    let mut found = Vec::new();
    for word in words.filter(|word| !word.get_ref().is_empty()) {
        let first = *seen.entry(folded(word.get_ref())).or_insert(word);
        if !std::ptr::eq(first, word) {
            found.push((word, first));
        }
    }
    found
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
    let mend = nearest(wanted, known).map_or_else(
        || format!("add a {} with the key \"{}\", or remove the line", to.name(), shown(wanted)),
        |known| format!("did you mean \"{}\"?", shown(known)),
    );
    problems.push(key.span().start, format!("there is no {} `{}`", to.nouns().0, shown(wanted)), mend);
}
