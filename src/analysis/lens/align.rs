//! Which passages of the source a sentence is most like.

use super::source::{Source, TOO_COMMON};
use super::word::{Word, WordKind};
use foldhash::HashMap;

/// Passages that are compared in full: those that share most with the sentence.
const COMPARED: usize = 8;

/// Share of the sentence, missing in the first passage, that makes a second one worth giving.
const WORTH_A_SECOND: f32 = 0.2;

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Alignment {
    /// The best passage, then the one with most of what the first lacks.
    pub passages: Vec<u32>,
    /// The share of the sentence that stands in the best passage in the same order.
    pub recall: f32,
}

pub(super) fn align(sentence: &[Word], source: &Source) -> Alignment {
    let candidates = candidates(sentence, source);
    let stems = |passage: u32| &source.words[source.passages[passage as usize].words.clone()];
    let whole: f32 = sentence.iter().map(weight).sum();
    let mut best = (0.0, None);
    for passage in &candidates {
        let common = common(sentence, stems(*passage));
        if common > best.0 {
            best = (common, Some(*passage));
        }
    }
    let Some(first) = best.1 else { return Alignment::default() };
    let lacking: Vec<&Word> =
        sentence.iter().filter(|word| !stems(first).iter().any(|w| w.stem == word.stem)).collect();
    let gain = |passage: &u32| {
        let found = lacking.iter().filter(|word| stems(*passage).iter().any(|w| w.stem == word.stem));
        found.map(|word| weight(word)).sum::<f32>()
    };
    let second = candidates.iter().filter(|passage| **passage != first).map(|passage| (gain(passage), *passage));
    let second = second.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(gain, _)| *gain >= WORTH_A_SECOND * whole);
    Alignment { passages: std::iter::once(first).chain(second.map(|s| s.1)).collect(), recall: best.0 / whole }
}

/// The passages that share most with the sentence, rare words counting for more.
fn candidates(sentence: &[Word], source: &Source) -> Vec<u32> {
    let mut shared: HashMap<u32, f32> = HashMap::default();
    let mut seen = Vec::new();
    for word in sentence {
        let places = source.places(word.stem);
        if seen.contains(&word.stem) || places.len() > TOO_COMMON {
            continue;
        }
        seen.push(word.stem);
        let worth = source.weight(word.stem) * weight(word);
        let mut last = None;
        for place in places {
            let passage = source.passage_at(*place);
            if last.replace(passage) != Some(passage) {
                *shared.entry(passage).or_default() += worth;
            }
        }
    }
    let mut ranked: Vec<(f32, u32)> = shared.into_iter().map(|(passage, worth)| (worth, passage)).collect();
    ranked.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    ranked.into_iter().take(COMPARED).map(|(_, passage)| passage).collect()
}

fn weight(word: &Word) -> f32 {
    if word.kind == WordKind::Function { 0.5 } else { 1.0 }
}

/// The weight of the longest common subsequence.
fn common(sentence: &[Word], passage: &[Word]) -> f32 {
    let mut row = vec![0.0_f32; passage.len() + 1];
    for word in sentence {
        let mut diagonal = 0.0;
        for (at, other) in passage.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if word.stem == other.stem { diagonal + weight(word) } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[passage.len()]
}
