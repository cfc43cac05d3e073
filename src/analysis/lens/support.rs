//! How well a sentence is supported: a few measures of its distance from the source,
//! added up. Each grows as the sentence departs from what the source says in its words.

use super::align::Alignment;
use super::compose::Composition;
use super::finding::{Finding, Grade};
use super::source::Source;
use super::word::{Word, WordKind};

/// Weights of the measures: each about two of its standard deviations over news summaries.
const COMPOSITION: f32 = 0.5;
const UNLIKE_BEST: f32 = 4.0;
const PIECE: f32 = 0.2;
const NEW_RUNS: f32 = 1.5;
/// Weight of a fact that the source does not have.
const FAULT: f32 = 1.0;
const MOST_FAULTS: usize = 3;

/// The distance at which support has fallen to a third.
const FAR_OFF: f32 = 10.0;

/// Support of a sentence, from 0 (nothing like it in the source) to 1 (copied from it). It
/// falls as any measure grows; a sentence that `announces` what follows says little that
/// could be wrong.
pub(super) fn support(
    sentence: &[Word],
    source: &Source,
    composition: &Composition,
    alignment: &Alignment,
    findings: &[Finding],
    announces: bool,
) -> f32 {
    if sentence.is_empty() {
        return 1.0;
    }
    let pieces = composition.pieces().saturating_sub(1) as f32;
    let distance = COMPOSITION * composition.cost
        + UNLIKE_BEST * (1.0 - alignment.recall)
        + PIECE * pieces
        + NEW_RUNS * new_runs(sentence, source)
        + FAULT * faults(findings);
    if announces && !source.is_empty() {
        return (-distance / FAR_OFF / 2.0).exp();
    }
    (-distance / FAR_OFF).exp() * likeness(sentence, source)
}

fn faults(findings: &[Finding]) -> f32 {
    let faults = findings.iter().filter(|finding| finding.grade != Grade::Derivable).count();
    faults.min(MOST_FAULTS) as f32
}

/// Share of the sentence's word triples that the source does not have.
fn new_runs(sentence: &[Word], source: &Source) -> f32 {
    let runs: Vec<[u32; 3]> = sentence.windows(3).map(|run| [run[0].stem, run[1].stem, run[2].stem]).collect();
    let new = runs.iter().filter(|run| !source.has_run(*run)).count();
    new as f32 / runs.len().max(1) as f32
}

/// 1, except for a sentence of whose content the source has next to nothing.
fn likeness(sentence: &[Word], source: &Source) -> f32 {
    let content: Vec<&Word> = sentence.iter().filter(|word| word.kind != WordKind::Function).collect();
    if content.is_empty() {
        return 1.0;
    }
    let unseen = content.iter().filter(|word| !source.has(word.stem)).count() as f32 / content.len() as f32;
    1.0 - unseen.powi(8)
}
