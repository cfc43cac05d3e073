//! The grounding lens: where in the source does each sentence of an output come from, and
//! what in it does not? An aid to the reader: it compares words, and understands nothing.

mod align;
mod claim;
mod compose;
mod content;
mod facts;
mod finding;
mod language;
mod source;
mod support;
mod tokens;
mod word;

pub use content::{Compared, NO_SOURCE, VALUES_ALONE, has_source};
pub use finding::{Finding, Grade, Subject};

use super::sentence::sentences;
use claim::Claim;
use compose::Composition;
use facts::{Checked, Fact, SourceFacts, SourceNames};
use language::Language;
use source::Source;
use std::ops::Range;
use word::{Vocabulary, Word, WordKind};

/// Words of a value; longer ones are prose.
const VALUE_WORDS: usize = 6;

/// What the lens sees in one output.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// Sentences in order; whatever is not white space is in one of them.
    pub sentences: Vec<SentenceSupport>,
    /// Findings, the worst first.
    pub findings: Vec<Finding>,
    /// Whether the output is in another language than the source: only its values were compared.
    pub translated: bool,
}

/// How a sentence stands to the source.
#[derive(Debug, Clone, PartialEq)]
pub struct SentenceSupport {
    /// Bytes of the output.
    pub range: Range<usize>,
    /// Support by the source, from 0 (nothing like it there) to 1 (copied from it).
    pub support: f32,
    /// Number of content words; 0 where nothing is claimed, as in a greeting, or nothing can be
    /// compared.
    pub content: usize,
    /// Whether it states a value or a name, which can be checked.
    pub is_checkable: bool,
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

impl Reading {
    /// Support of the whole output, from 0 to 1: the mean of its sentences by how much each
    /// says, lowered by the worst that was found. `None` where nothing could be compared.
    pub fn support(&self) -> Option<f64> {
        let said: usize = self.sentences.iter().map(|sentence| sentence.content).sum();
        let supported = self.sentences.iter().map(|sentence| f64::from(sentence.support) * sentence.content as f64);
        let mean = match said {
            0 if self.findings.is_empty() => return None,
            0 => 1.0,
            said => supported.sum::<f64>() / said as f64,
        };
        Some(mean * f64::from(support::doubt(self.findings.iter())))
    }
}

/// An output in prose, compared with the documents that it must agree with. Without any text
/// in them there is nothing to compare with: no sentences, and no findings.
pub fn read(output: &str, documents: &[&str]) -> Reading {
    read_texts(&Texts { output, values: &[], documents, question: "" })
}

/// What is compared.
struct Texts<'t> {
    output: &'t str,
    /// Bytes of the output that are values, one a line, and no prose.
    values: &'t [Range<usize>],
    documents: &'t [&'t str],
    /// Text whose values and names are no inventions, although it is no source.
    question: &'t str,
}

fn read_texts(texts: &Texts) -> Reading {
    let Texts { output, values, documents, question } = *texts;
    let mut vocabulary = Vocabulary::default();
    let language = Language::of(documents);
    let source = Source::read(documents, &mut vocabulary, &language);
    if source.is_empty() {
        return Reading::default();
    }
    let source_facts = SourceFacts::read(documents, question);
    let source_names = SourceNames::of(&source_facts);
    let words = vocabulary.read(output, &language);
    let facts = facts::find(output);
    let translated = language.is_foreign(words.iter().map(|word| (&output[word.range.clone()], source.has(word.stem))));
    let reader = SentenceReader {
        output,
        values,
        source: &source,
        source_facts: &source_facts,
        source_names: &source_names,
        language: &language,
        translated,
    };
    let mut reading = Reading { translated, ..Reading::default() };
    let (mut words, mut facts) = (words.as_slice(), facts.as_slice());
    let mut signs = false; // below `Kind regards,`
    for range in sentences(output) {
        let (own_words, own_facts);
        (own_words, words) = words.split_at(words.partition_point(|word| word.range.start < range.end));
        (own_facts, facts) = facts.split_at(facts.partition_point(|fact| fact.range.start < range.end));
        let sentence = reader.sentence(range, own_words, own_facts, signs);
        signs = sentence.claim == Claim::Nothing && (signs || sentence.text.ends_with(','));
        reader.compare(sentence, &mut reading);
    }
    reading.findings.extend(facts::check_quotations(output, &source_facts));
    reading.findings.sort_by_key(Finding::rank);
    reading
}

/// A sentence of the output, with what is in it.
struct Sentence<'s> {
    range: Range<usize>,
    text: &'s str,
    words: &'s [Word],
    facts: &'s [Fact],
    is_checkable: bool,
    /// Whether it is a value, or a row of values, and no prose.
    is_value: bool,
    claim: Claim,
}

struct SentenceReader<'a> {
    output: &'a str,
    values: &'a [Range<usize>],
    source: &'a Source,
    source_facts: &'a SourceFacts<'a>,
    source_names: &'a SourceNames<'a>,
    language: &'a Language,
    translated: bool,
}

impl SentenceReader<'_> {
    /// Whether a sentence is a short value of JSON.
    fn is_value(&self, range: &Range<usize>, words: &[Word]) -> bool {
        let within = self.values.iter().any(|values| values.start <= range.start && range.end <= values.end);
        within && words.len() <= VALUE_WORDS && !self.output[range.clone()].ends_with(['.', '!', '?'])
    }

    fn sentence<'s>(&'s self, range: Range<usize>, words: &'s [Word], facts: &'s [Fact], signs: bool) -> Sentence<'s> {
        let text = &self.output[range.clone()];
        let is_checkable = facts::has_values(self.output, &range, words, facts);
        let is_value = self.is_value(&range, words) || is_row(text);
        let claim = match is_value {
            true => Claim::Subject,
            false if signs && claim::is_signature(text, words) => Claim::Nothing,
            false => claim::of(text, words, is_checkable),
        };
        Sentence { range, text, words, facts, is_checkable, is_value, claim }
    }

    fn compare(&self, sentence: Sentence, reading: &mut Reading) {
        let SentenceReader { output, source, translated, .. } = *self;
        let Sentence { range, words, facts, is_checkable, is_value, claim, .. } = sentence;
        let said = &words[claim::framing(output, words)..];
        let alignment = align::align(said, source);
        let checked = Checked {
            output,
            range: &range,
            words,
            alignment: &alignment,
            source,
            source_facts: self.source_facts,
            source_names: self.source_names,
            language: self.language,
            translated,
            is_claim: claim != Claim::Nothing,
            is_value,
        };
        let mut findings = facts::check(&checked, facts);
        let composition = compose::compose(said, source);
        let is_compared = claim == Claim::Subject && !translated;
        let likeness = if is_compared { support::support(said, source, &composition, &alignment) } else { 1.0 };
        let support = likeness * support::doubt(findings.iter());
        if is_compared && facts::is_invented(said, source, &alignment) && findings.is_empty() {
            findings.push(Finding::invented(range.clone()));
        }
        reading.findings.extend(findings);
        let passages = alignment.passages.iter().map(|passage| {
            let passage = &source.passages[*passage as usize];
            Place { document: passage.document, range: passage.range.clone() }
        });
        let passages = passages.collect();
        let content = words.iter().filter(|word| word.kind != WordKind::Function).count();
        let content = if is_compared { content } else { 0 };
        let copied = copied(said, &composition, source);
        reading.sentences.push(SentenceSupport { range, support, content, is_checkable, passages, copied });
    }
}

/// Whether a line is a row of a table or of CSV.
fn is_row(line: &str) -> bool {
    let parts = |c: char| line.matches(c).count() > 1;
    let commas = line.match_indices(',').filter(|(at, _)| line[at + 1..].starts_with(|c: char| !c.is_whitespace()));
    parts('|') || parts('\t') || commas.count() > 1
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
