//! The documents as one sequence of words, with an index of where each stands.

use super::language::Language;
use super::word::{Vocabulary, Word, WordKind};
use crate::analysis::sentence::sentences;
use std::ops::Range;

/// Words of a passage; a longer sentence (a table, a log) becomes several.
const WORDS_A_PASSAGE: usize = 60;

/// Places from which on a word says nothing about where a sentence comes from.
pub(super) const TOO_COMMON: usize = 768;

/// Number of no word, between passages of different documents.
const BREAK: u32 = u32::MAX;

pub(super) struct Source {
    pub words: Vec<Word>,
    pub passages: Vec<Passage>,
    /// Passage index of each word.
    passage_of: Vec<u32>,
    /// Places of the words; those of one stem stand together, in order.
    places: Vec<u32>,
    /// Where in `places` those of each stem begin, and where the last ones end.
    starts: Vec<u32>,
}

/// A sentence of a document, or a piece of a long one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Passage {
    pub document: usize,
    /// Bytes of the document.
    pub range: Range<usize>,
    /// Range of the passage's words in [`Source::words`].
    pub words: Range<usize>,
}

impl Source {
    pub(super) fn read(documents: &[&str], vocabulary: &mut Vocabulary, language: &Language) -> Self {
        let mut source = Self {
            words: Vec::new(),
            passages: Vec::new(),
            passage_of: Vec::new(),
            places: Vec::new(),
            starts: Vec::new(),
        };
        for (document, text) in documents.iter().enumerate() {
            let words = vocabulary.read(text, language);
            source.add(document, &sentences(text), words);
        }
        source.index(vocabulary.stems());
        source
    }

    /// Finds the places of each stem, by a counting sort.
    fn index(&mut self, stems: usize) {
        let words = || self.words.iter().enumerate().filter(|(_, word)| word.stem != BREAK);
        let mut starts = vec![0; stems + 1];
        words().for_each(|(_, word)| starts[word.stem as usize + 1] += 1);
        (1..starts.len()).for_each(|stem| starts[stem] += starts[stem - 1]);
        let mut places = vec![0; starts[stems] as usize];
        let mut next = starts.clone();
        for (at, word) in words() {
            let next = &mut next[word.stem as usize];
            places[*next as usize] = at as u32;
            *next += 1;
        }
        (self.places, self.starts) = (places, starts);
    }

    fn add(&mut self, document: usize, sentences: &[Range<usize>], words: Vec<Word>) {
        self.words.reserve(words.len() + 1);
        let mut words = words.into_iter().peekable();
        for sentence in sentences {
            loop {
                let start = self.words.len();
                while self.words.len() - start < WORDS_A_PASSAGE {
                    let Some(word) = words.next_if(|word| word.range.start < sentence.end) else { break };
                    self.words.push(word);
                }
                if self.words.len() == start {
                    break;
                }
                let whole = self.words.len() - start < WORDS_A_PASSAGE;
                let from =
                    if self.continues(document, sentence) { self.words[start].range.start } else { sentence.start };
                let to = if whole { sentence.end } else { self.words[self.words.len() - 1].range.end };
                self.passage_of.resize(self.words.len(), self.passages.len() as u32);
                self.passages.push(Passage { document, range: from..to, words: start..self.words.len() });
            }
        }
        let end = self.words.last().map_or(0, |word| word.range.end);
        self.words.push(Word { range: end..end, exact: BREAK, stem: BREAK, kind: WordKind::Function, capital: false });
        self.passage_of.push(self.passages.len() as u32);
    }

    /// Whether the last passage is an earlier piece of the same sentence.
    fn continues(&self, document: usize, sentence: &Range<usize>) -> bool {
        self.passages.last().is_some_and(|last| last.document == document && last.range.start >= sentence.start)
    }

    /// The passage of a document in which a byte stands.
    pub(super) fn passage_holding(&self, document: usize, byte: usize) -> Option<&Passage> {
        let after = self.passages.partition_point(|passage| {
            passage.document < document || (passage.document == document && passage.range.start <= byte)
        });
        self.passages[..after].last().filter(|passage| passage.document == document && byte < passage.range.end)
    }

    /// The words from a place on, with their text.
    pub(super) fn texts_from<'s>(
        &'s self,
        place: usize,
        documents: &'s [&str],
    ) -> impl Iterator<Item = (&'s Word, &'s str)> {
        let words = self.words[place..].iter().zip(&self.passage_of[place..]);
        words.map(|(word, passage)| {
            let document = self.passages.get(*passage as usize).map_or(0, |passage| passage.document);
            (word, documents.get(document).and_then(|text| text.get(word.range.clone())).unwrap_or_default())
        })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.passages.is_empty()
    }

    /// Places of the words of a stem.
    pub(super) fn places(&self, stem: u32) -> &[u32] {
        match self.starts.get(stem as usize..stem as usize + 2) {
            Some(&[start, end]) => &self.places[start as usize..end as usize],
            _ => &[], // a word of the output alone
        }
    }

    pub(super) fn has(&self, stem: u32) -> bool {
        !self.places(stem).is_empty()
    }

    /// The passage in which a word stands.
    pub(super) fn passage_at(&self, place: u32) -> u32 {
        self.passage_of[place as usize]
    }

    /// Weight of a stem as evidence of where a sentence comes from; rare stems weigh more.
    pub(super) fn weight(&self, stem: u32) -> f32 {
        let all = self.passages.len() as f32;
        (1.0 + all / self.places(stem).len().max(1) as f32).ln()
    }

    /// Whether the stems stand side by side somewhere.
    pub(super) fn has_run(&self, stems: &[u32]) -> bool {
        let rarest = stems.iter().enumerate().min_by_key(|(_, stem)| self.places(**stem).len());
        let Some((at, stem)) = rarest else { return true };
        self.places(*stem).iter().any(|place| {
            let Some(start) = (*place as usize).checked_sub(at) else { return false };
            let run = self.words.get(start..start + stems.len()).unwrap_or_default();
            run.len() == stems.len() && run.iter().zip(stems).all(|(word, stem)| word.stem == *stem)
        })
    }
}
