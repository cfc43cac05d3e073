//! The grounding lens: where in the source does each sentence of an output come from, and
//! what in it does not? An aid to the reader: it compares words, and understands nothing.

mod align;
mod claims;
mod compose;
mod content;
mod finding;
mod language;
mod source;
mod support;
mod word;

pub use content::{readable, sources};
pub use finding::{Finding, Grade, Subject};

use super::sentence::sentences;
use claims::{Checked, Claim, Facts};
use compose::Composition;
use language::Language;
use source::Source;
use std::ops::Range;
use word::{Kind, Vocabulary, Word};

/// What the lens sees in one output.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// In order; what is not white space is in one of them.
    pub sentences: Vec<SentenceSupport>,
    /// The worst first.
    pub findings: Vec<Finding>,
}

/// How a sentence stands to the source.
#[derive(Debug, Clone, PartialEq)]
pub struct SentenceSupport {
    /// Bytes of the output.
    pub range: Range<usize>,
    /// From 0, nothing like it in the source, to 1, copied from it.
    pub support: f32,
    /// How many of its words say something; a greeting has few.
    pub content: usize,
    /// The passage most like it, then one with most of what that lacks.
    pub passages: Vec<Place>,
    /// What was taken from where: runs of the output beside runs of the source.
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
    /// Whether the other lies within this one.
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
    let facts = Facts::read(documents);
    let words = vocabulary.read(output, &language);
    let claims = claims::find(output);
    let translated = language.is_foreign(output);
    let reader = Reader { output, source: &source, facts: &facts, language: &language, translated };
    let mut reading = Reading::default();
    let (mut words, mut claims) = (words.as_slice(), claims.as_slice());
    for range in sentences(output) {
        let (own_words, own_claims);
        (own_words, words) = words.split_at(words.partition_point(|word| word.range.start < range.end));
        (own_claims, claims) = claims.split_at(claims.partition_point(|claim| claim.range.start < range.end));
        reader.sentence(range, own_words, own_claims, &mut reading);
    }
    if source.is_empty() {
        reading.findings.clear();
    } else {
        reading.findings.extend(claims::check_quotations(output, &facts));
    }
    reading.findings.sort_by_key(Finding::rank);
    reading
}

struct Reader<'a> {
    output: &'a str,
    source: &'a Source,
    facts: &'a Facts<'a>,
    language: &'a Language,
    translated: bool,
}

impl Reader<'_> {
    fn sentence(&self, range: Range<usize>, words: &[Word], claims: &[Claim], reading: &mut Reading) {
        let Reader { output, source, facts, language, translated } = *self;
        let composition = compose::compose(words, source);
        let alignment = align::align(words, source);
        let checked = Checked { output, words, alignment: &alignment, source, facts, language, translated };
        let findings = claims::check(&checked, claims);
        let announces = output[range.clone()].ends_with(':');
        let support = support::support(words, source, &composition, &alignment, &findings, announces);
        if claims::is_invented(words, source, &alignment) && !announces && !translated {
            reading.findings.push(Finding::invented(range.clone()));
        }
        reading.findings.extend(findings);
        let copied = copied(words, &composition, source);
        let passages = alignment.passages.iter().map(|passage| {
            let passage = &source.passages[*passage as usize];
            Place { document: passage.document, range: passage.range.clone() }
        });
        let passages = passages.collect();
        let content = words.iter().filter(|word| word.kind != Kind::Function).count();
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
        if words[start..at].iter().all(|word| word.kind == Kind::Function) {
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
