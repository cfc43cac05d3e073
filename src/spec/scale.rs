//! Checks of a scale's levels, and of words that look alike.

use super::name::{folded, shown};
use super::problem::Problems;
use crate::domain::spec::MAX_LEVELS;
use std::collections::HashMap;
use toml::Spanned;

/// Checks the levels of one criterion; `at` is where their list begins.
pub(super) fn check(at: usize, levels: &[Spanned<String>], problems: &mut Problems) {
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

/// Each word that looks like an earlier one, with the first of its kind. Empty words
/// stand for values that could not be read.
pub(super) fn repetitions<'d>(
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
