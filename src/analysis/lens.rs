//! The grounding lens: where in the source does each sentence of an output come from, and
//! what in it does not? An aid to the reader: it compares words, and understands nothing.

mod align;
mod compose;
mod content;
mod facts;
mod finding;
mod language;
mod source;
mod support;
mod tokens;
mod word;

pub use content::{readable, sources};
pub use finding::{Finding, Grade, Subject};

use super::sentence::sentences;
use compose::Composition;
use facts::{Checked, Fact, SourceFacts};
use language::Language;
use source::Source;
use std::ops::Range;
use word::{Vocabulary, Word, WordKind};

/// What the lens sees in one output.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Sentences in order; whatever is not white space is in one of them.
    pub sentences: Vec<SentenceSupport>,
    /// Findings, the worst first.
    pub findings: Vec<Finding>,
}

/// How a sentence stands to the source.
#[derive(Debug, Clone, PartialEq)]
pub struct SentenceSupport {
    /// Bytes of the output.
    pub range: Range<usize>,
    /// Support by the source, from 0 (nothing like it there) to 1 (copied from it).
    pub support: f32,
    /// Number of content words; a greeting has few.
    pub content: usize,
    /// The passage most like the sentence, then the one with most of what the first lacks.
    pub passages: Vec<Place>,
    /// Runs of the output, each with the run of the source that it was copied from.
    pub copied: Vec<(Range<usize>, Place)>,
}

/// A stretch of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Index of the document.
    pub document: usize,
    /// Bytes of the document.
    pub range: Range<usize>,
}

impl Place {
    /// Whether `other` is within this stretch of the same document.
    pub fn holds(&self, other: &Place) -> bool {
        self.document == other.document && self.range.start <= other.range.start && other.range.end <= self.range.end
    }
}

/// Compares an output with the documents that it must agree with. Without any text in
/// them there is nothing to compare with: no support, and no findings.
pub fn read(output: &str, documents: &[&str]) -> Reading {
    let mut vocabulary = Vocabulary::default();
    let language = Language::of(documents);
    let source = Source::read(documents, &mut vocabulary, &language);
    let source_facts = SourceFacts::read(documents);
    let words = vocabulary.read(output, &language);
    let facts = facts::find(output);
    let translated = language.is_foreign(output);
    let reader =
        SentenceReader { output, source: &source, source_facts: &source_facts, language: &language, translated };
    let mut reading = Reading::default();
    let (mut words, mut facts) = (words.as_slice(), facts.as_slice());
    for range in sentences(output) {
        let (own_words, own_facts);
        (own_words, words) = words.split_at(words.partition_point(|word| word.range.start < range.end));
        (own_facts, facts) = facts.split_at(facts.partition_point(|fact| fact.range.start < range.end));
        reader.sentence(range, own_words, own_facts, &mut reading);
    }
    if source.is_empty() {
        reading.findings.clear();
    } else {
        reading.findings.extend(facts::check_quotations(output, &source_facts));
    }
    reading.findings.sort_by_key(Finding::rank);
    reading
}

struct SentenceReader<'a> {
    output: &'a str,
    source: &'a Source,
    source_facts: &'a SourceFacts<'a>,
    language: &'a Language,
    translated: bool,
}

impl SentenceReader<'_> {
    fn sentence(&self, range: Range<usize>, words: &[Word], facts: &[Fact], reading: &mut Reading) {
        let SentenceReader { output, source, source_facts, language, translated } = *self;
        let composition = compose::compose(words, source);
        let alignment = align::align(words, source);
        let checked = Checked { output, words, alignment: &alignment, source, source_facts, language, translated };
        let findings = facts::check(&checked, facts);
        let announces = output[range.clone()].ends_with(':');
        let support = support::support(words, source, &composition, &alignment, &findings, announces);
        if facts::is_invented(words, source, &alignment) && !announces && !translated {
            reading.findings.push(Finding::invented(range.clone()));
        }
        reading.findings.extend(findings);
        let copied = copied(words, &composition, source);
        let passages = alignment.passages.iter().map(|passage| {
            let passage = &source.passages[*passage as usize];
            Place { document: passage.document, range: passage.range.clone() }
        });
        let passages = passages.collect();
        let content = words.iter().filter(|word| word.kind != WordKind::Function).count();
        reading.sentences.push(SentenceSupport { range, support, content, passages, copied });
    }
}

/// The runs of a sentence that stand in the source, each with the place; runs that say
/// nothing (`of the`) are left out.
fn copied(words: &[Word], composition: &Composition, source: &Source) -> Vec<(Range<usize>, Place)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let start = at;
        at += 1;
        let Some(place) = composition.places[start] else { continue };
        while composition.places.get(at) == Some(&Some(place + (at - start) as u32)) {
            at += 1;
        }
        if words[start..at].iter().all(|word| word.kind == WordKind::Function) {
            continue;
        }
        let run = &source.words[place as usize..place as usize + at - start];
        let document = source.passages[source.passage_at(place) as usize].document;
        let range = run[0].range.start..run[run.len() - 1].range.end;
        found.push((words[start].range.start..words[at - 1].range.end, Place { document, range }));
    }
    found
}

#[cfg(test)]
mod tests;
