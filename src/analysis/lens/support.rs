//! How well a sentence is supported: a few measures of its distance from the source, each a
//! share of the sentence so that its length does not count, and what was found in it.

use super::align::Alignment;
use super::compose::Composition;
use super::finding::{Finding, Grade, Subject};
use super::source::Source;
use super::word::{Word, WordKind};

/// Weights of the measures.
const COMPOSITION: f32 = 0.5;
const UNLIKE_BEST: f32 = 0.5;
const NEW_RUNS: f32 = 0.25;
const UNSEEN: f32 = 0.5;

/// What a finding leaves of the support.
const CONTRADICTED: f32 = 0.4;
const UNSUPPORTED: f32 = 0.6;
const SLIGHT: f32 = 0.85;

/// Support of a sentence, from 0 (nothing like it in the source) to 1 (copied from it). It
/// falls as any measure grows, and with what was found.
pub(super) fn support(sentence: &[Word], source: &Source, composition: &Composition, alignment: &Alignment) -> f32 {
    if sentence.is_empty() {
        return 1.0;
    }
    let unseen = unseen(sentence, source);
    let distance = COMPOSITION * composition.share(sentence)
        + UNLIKE_BEST * (1.0 - alignment.recall)
        + NEW_RUNS * new_runs(sentence, source)
        + UNSEEN * unseen;
    // Of a sentence that shares next to nothing with the source next to nothing is left.
    (-distance).exp() * (1.0 - unseen.powi(8))
}

/// The factor by which findings lower support: the worst weighs, others a little.
pub(super) fn doubt<'f>(findings: impl Iterator<Item = &'f Finding>) -> f32 {
    let mut factors: Vec<f32> = findings.map(factor).collect();
    factors.sort_by(f32::total_cmp);
    let (worst, others) = match factors.split_first() {
        Some((worst, others)) => (*worst, others),
        None => return 1.0,
    };
    others.iter().take(2).fold(worst, |product, factor| product * factor.sqrt())
}

fn factor(finding: &Finding) -> f32 {
    match (finding.grade, finding.subject) {
        (Grade::Contradicted, _) => CONTRADICTED,
        (Grade::Derivable, _) | (_, Subject::Hedge) => SLIGHT,
        (_, Subject::Sentence) => 1.0, // what the measures say already
        (Grade::Unsupported, _) => UNSUPPORTED,
    }
}

/// Share of the sentence's word triples that the source does not have.
fn new_runs(sentence: &[Word], source: &Source) -> f32 {
    let runs: Vec<[u32; 3]> = sentence.windows(3).map(|run| [run[0].stem, run[1].stem, run[2].stem]).collect();
    let new = runs.iter().filter(|run| !source.has_run(*run)).count();
    new as f32 / runs.len().max(1) as f32
}

/// Share of the sentence's content words that the source does not have.
fn unseen(sentence: &[Word], source: &Source) -> f32 {
    let content: Vec<&Word> = sentence.iter().filter(|word| word.kind != WordKind::Function).collect();
    let unseen = content.iter().filter(|word| !source.has(word.stem)).count();
    unseen as f32 / content.len().max(1) as f32
}
