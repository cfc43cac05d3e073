//! Facts that can be checked exactly (numbers, dates, names, links): which of an output's has
//! no equal in the source?

mod date;
mod identifier;
mod link;
mod name;
mod negation;
mod number;
mod quotation;
mod slot;
mod time;

use super::Place;
use super::align::Alignment;
use super::finding::{Finding, Grade, Subject};
use super::language::Language;
use super::source::{Passage, Source};
use super::word::{Word, WordKind};
use date::Date;
use number::Number;
use slot::Slot;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;
use time::Time;

/// Passages around an aligned one whose numbers may be parts of a sum with its own.
const NEAR: u32 = 2;

/// The recall from which on a sentence says what its best passage says.
const ALIKE: f32 = 0.6;

/// Letters from which on a name is not found within another word by chance.
const FOUND_ANYWHERE: usize = 5;

/// A stretch of text that states a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fact {
    /// Bytes of the text.
    pub range: Range<usize>,
    pub value: FactValue,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum FactValue {
    Link(String),
    Email(String),
    Date(Date),
    Time(Time),
    Identifier(String),
    Number(Number),
}

/// The values that a text states, in order. None overlaps another.
pub(super) fn find(text: &str) -> Vec<Fact> {
    let mut taken = vec![false; text.len()];
    let mut found: Vec<Fact> = Vec::new();
    for facts in [link::find(text), date::find(text), time::find(text), identifier::find(text), number::find(text)] {
        for fact in facts {
            if !taken[fact.range.clone()].contains(&true) {
                taken[fact.range.clone()].fill(true);
                found.push(fact);
            }
        }
    }
    found.sort_by_key(|fact| fact.range.start);
    found
}

impl FactValue {
    fn subject(&self) -> Subject {
        match self {
            FactValue::Link(_) => Subject::Link,
            FactValue::Email(_) => Subject::Email,
            FactValue::Date(_) => Subject::Date,
            FactValue::Time(_) => Subject::Time,
            FactValue::Identifier(_) => Subject::Identifier,
            FactValue::Number(_) => Subject::Number,
        }
    }
}

/// Facts that the source documents state.
pub(super) struct SourceFacts<'d> {
    documents: &'d [&'d str],
    /// Facts of each document, in order.
    facts: Vec<Vec<Fact>>,
    years: Vec<i16>,
    /// Letters and digits of each document, for quotations and codes.
    flat: OnceCell<Vec<String>>,
}

impl<'d> SourceFacts<'d> {
    pub(super) fn read(documents: &'d [&'d str]) -> Self {
        let facts: Vec<Vec<Fact>> = documents.iter().map(|text| find(text)).collect();
        let years = facts.iter().flatten().flat_map(|fact| match &fact.value {
            FactValue::Date(days) => days.iter().filter_map(|day| day.year).collect(),
            FactValue::Number(number) => {
                number.readings.iter().filter(|n| (1000.0..3000.0).contains(*n)).map(|n| *n as i16).collect()
            }
            _ => Vec::new(),
        });
        Self { documents, years: years.collect(), facts, flat: OnceCell::new() }
    }

    /// The facts of a passage.
    fn within(&self, passage: &Passage) -> &[Fact] {
        let facts = &self.facts[passage.document];
        let from = facts.partition_point(|fact| fact.range.start < passage.range.start);
        let to = facts.partition_point(|fact| fact.range.start < passage.range.end);
        &facts[from..to.max(from)]
    }

    fn states(&self, value: &FactValue) -> bool {
        let flat = match value {
            FactValue::Identifier(code) if code.len() >= 5 => {
                self.flat().iter().any(|text| text.contains(&code.to_lowercase()))
            }
            FactValue::Link(link) => {
                self.documents.iter().any(|text| text.to_lowercase().contains(&link.to_lowercase()))
            }
            _ => false,
        };
        flat || self.facts.iter().flatten().any(|fact| self.agrees(value, &fact.value))
    }

    fn flat(&self) -> &[String] {
        self.flat.get_or_init(|| self.documents.iter().map(|text| quotation::flat(text)).collect())
    }

    /// Whether what the source states is what the output states.
    fn agrees(&self, output: &FactValue, source: &FactValue) -> bool {
        match (output, source) {
            (FactValue::Date(ours), FactValue::Date(theirs)) => {
                ours.iter().any(|day| theirs.iter().any(|other| day.is_told_by(other, &self.years)))
            }
            (FactValue::Time(ours), FactValue::Time(theirs)) => ours.iter().any(|time| theirs.contains(time)),
            (FactValue::Time(ours), FactValue::Number(hour)) => {
                let hours = ours.iter().map(|time| f64::from(*time) / 60.0).flat_map(|hour| [hour, hour - 12.0]);
                hour.unit.is_none() && hours.into_iter().any(|time| hour.readings.contains(&time))
            }
            (FactValue::Number(ours), FactValue::Number(theirs)) => ours.equals(theirs),
            (FactValue::Number(ours), FactValue::Date(days)) => days.iter().any(|day| {
                let parts = [day.year.map(f64::from), day.day.map(f64::from)];
                ours.unit.is_none() && parts.into_iter().flatten().any(|part| ours.readings.contains(&part))
            }),
            (FactValue::Number(ours), FactValue::Identifier(code)) => {
                let digits: String = code.chars().filter(char::is_ascii_digit).collect();
                ours.readings.iter().any(|number| number.to_string() == digits)
            }
            (ours, theirs) => ours == theirs,
        }
    }
}

/// A sentence of the output, with what it is most like.
pub(super) struct Checked<'a> {
    pub output: &'a str,
    pub words: &'a [Word],
    pub alignment: &'a Alignment,
    pub source: &'a Source,
    pub source_facts: &'a SourceFacts<'a>,
    pub language: &'a Language,
    /// Whether the source is in another language: then only values can be compared.
    pub translated: bool,
}

/// Findings about a sentence: the facts in it that the source contradicts or does not have.
/// `facts` are those of the sentence.
pub(super) fn check(sentence: &Checked, facts: &[Fact]) -> Vec<Finding> {
    let mut found: Vec<Finding> = facts.iter().filter_map(|fact| sentence.value(fact, facts)).collect();
    if !sentence.translated {
        found.extend(sentence.names());
        found.extend(sentence.negation());
    }
    found
}

/// The quotations of the output that the source does not have.
pub(super) fn check_quotations(output: &str, source_facts: &SourceFacts) -> Vec<Finding> {
    let invented = quotation::find(output).into_iter().filter(|range| {
        let pieces = quotation::pieces(&output[range.clone()]);
        !source_facts.flat().iter().any(|text| pieces.iter().all(|piece| text.contains(piece)))
    });
    let finding = |range| Finding {
        grade: Grade::Unsupported,
        subject: Subject::Quotation,
        range,
        why: "the source does not have this word for word".into(),
        source: None,
    };
    invented.map(finding).collect()
}

impl Checked<'_> {
    fn passages(&self) -> impl Iterator<Item = &Passage> {
        self.alignment.passages.iter().map(|passage| &self.source.passages[*passage as usize])
    }

    fn words_of(&self, passage: &Passage) -> &[Word] {
        &self.source.words[passage.words.clone()]
    }

    fn source_text(&self, place: &Place) -> &str {
        self.source_facts.documents[place.document][place.range.clone()].trim()
    }

    fn value(&self, fact: &Fact, all: &[Fact]) -> Option<Finding> {
        let source_facts = self.source_facts;
        let text = &self.output[fact.range.clone()];
        if matches!(&fact.value, FactValue::Number(number) if !number.is_checkable(text)) {
            return None;
        }
        if self.passages().any(|passage| {
            source_facts.within(passage).iter().any(|other| source_facts.agrees(&fact.value, &other.value))
        }) {
            return None;
        }
        let instead = self.instead(fact, all);
        if instead.as_ref().is_none_or(|(_, sure)| !sure) && source_facts.states(&fact.value) {
            return None;
        }
        let finding = |grade, why, source| {
            Some(Finding { grade, subject: fact.value.subject(), range: fact.range.clone(), why, source })
        };
        if let FactValue::Number(number) = &fact.value
            && let Some((a, b, place)) = self.derivation(number)
        {
            return finding(Grade::Derivable, format!("follows from {a} and {b} in the source"), Some(place));
        }
        match instead {
            Some((place, _)) => {
                let why = format!("the source has {}", self.source_text(&place));
                finding(Grade::Contradicted, why, Some(place))
            }
            None if matches!(&fact.value, FactValue::Number(number) if number.may_count()) => None,
            None => finding(Grade::Unsupported, "the source has no equal".into(), None),
        }
    }

    /// The value that the aligned passages have in the place of a fact, and whether the words
    /// around it leave no doubt.
    fn instead(&self, fact: &Fact, all: &[Fact]) -> Option<(Place, bool)> {
        let source_facts = self.source_facts;
        let ours = Slot::of(self.words, &fact.range);
        let mut likely = None;
        for passage in self.passages() {
            for other in source_facts.within(passage) {
                let stated = all.iter().any(|fact| source_facts.agrees(&fact.value, &other.value));
                if stated || !is_of_same_sort(&fact.value, &other.value) {
                    continue;
                }
                let place = Place { document: passage.document, range: other.range.clone() };
                let theirs = Slot::of(self.words_of(passage), &other.range);
                if ours.is_same_place(&theirs) {
                    return Some((place, true));
                }
                let measured = has_same_measure(&fact.value, &other.value);
                if measured || ours.is_beside_same_word(&theirs) {
                    likely.get_or_insert((place, measured && self.alignment.recall >= ALIKE));
                }
            }
        }
        likely
    }

    /// Two numbers in or near the aligned passages whose sum or difference the number is.
    fn derivation(&self, number: &Number) -> Option<(String, String, Place)> {
        let near = self.alignment.passages.iter().flat_map(|at| at.saturating_sub(NEAR)..=at + NEAR);
        let near: BTreeSet<u32> = near.filter(|at| (*at as usize) < self.source.passages.len()).collect();
        let passages = near.iter().map(|at| &self.source.passages[*at as usize]);
        let numbers: Vec<(Place, &Number)> = passages
            .flat_map(|passage| {
                let place = |fact: &Fact| Place { document: passage.document, range: fact.range.clone() };
                self.source_facts.within(passage).iter().filter_map(move |fact| match &fact.value {
                    FactValue::Number(number) => Some((place(fact), number)),
                    _ => None,
                })
            })
            .collect();
        numbers.iter().enumerate().find_map(|(at, (place, a))| {
            let (other, _) = numbers[at + 1..].iter().find(|(_, b)| number.derives_from(a, b))?;
            Some((self.source_text(place).to_owned(), self.source_text(other).to_owned(), place.clone()))
        })
    }

    fn negation(&self) -> Option<Finding> {
        let passage = self.passages().next()?;
        if self.alignment.recall < ALIKE / 2.0 {
            return None;
        }
        let output = negation::Side { text: self.output, words: self.words };
        let source =
            negation::Side { text: self.source_facts.documents[passage.document], words: self.words_of(passage) };
        let (range, place) = negation::flip(output, source, self.alignment.recall)?;
        let place = Place { document: passage.document, range: place };
        let why = if negation::is_negator(self.output[range.clone()].split(' ').next().unwrap_or_default()) {
            format!("the source says so without the negation, of {}", self.source_text(&place))
        } else {
            format!("the source negates it: {}", self.source_text(&place))
        };
        Some(Finding { grade: Grade::Contradicted, subject: Subject::Negation, range, why, source: Some(place) })
    }

    fn names(&self) -> Vec<Finding> {
        name::find(self.output, self.words).into_iter().filter_map(|name| self.name(&name)).collect()
    }

    fn name(&self, name: &name::Name) -> Option<Finding> {
        let words = &self.words[name.words.clone()];
        let unseen = |word: &Word| !self.source.has(word.stem) && !self.is_known_otherwise(word, name);
        // A first word's capital says nothing: it is checked by what the source has there.
        let checked = if name.opens { &words[1..] } else { words };
        let bytes = |words: &[Word]| words[0].range.start..words[words.len() - 1].range.end;
        let finding = |grade, words: &[Word], why, source| {
            Some(Finding { grade, subject: Subject::Name, range: bytes(words), why, source })
        };
        if let Some((place, span)) = self.name_instead(name) {
            let why = format!("the source has {}", self.source_text(&place));
            return finding(Grade::Contradicted, &self.words[span], why, Some(place));
        }
        if self.language.capitalises_nouns() && words.len() < 2 {
            return None;
        }
        let first = checked.iter().position(&unseen)?;
        let last = checked.iter().rposition(unseen)?;
        finding(Grade::Unsupported, &checked[first..=last], "the source does not have this name".into(), None)
    }

    /// Whether the source has the name in a shorter, longer or other form.
    fn is_known_otherwise(&self, word: &Word, name: &name::Name) -> bool {
        let text = |word: &Word| &self.output[word.range.clone()];
        let own = text(word);
        let run = self.words[name.words.clone()].iter().map(text);
        let is_short = name::is_shouted(own) && own.chars().count() <= 6;
        let small = own.to_lowercase();
        // Written together, as in a link: `osterbyfinch` has `Osterby & Finch`.
        if own.chars().count() >= FOUND_ANYWHERE && self.source_facts.flat().iter().any(|text| text.contains(&small)) {
            return true;
        }
        self.source_facts.documents.iter().enumerate().any(|(document, source)| {
            let words = self.source.words_of_document(document);
            words.iter().enumerate().filter(|(_, other)| other.capital).any(|(at, other)| {
                let other_text = &source[other.range.clone()];
                let rest = words[at..].iter().take(8).map(|word| &source[word.range.clone()]);
                (is_short && name::is_short_for(own, rest))
                    || (name::is_shouted(other_text)
                        && name::is_short_for(other_text, run.clone())
                        && name.words.len() > 1)
                    || name::is_of_same_place(&small, &other_text.to_lowercase())
            })
        })
    }

    /// Whether a sentence's first word is likely a name: the source writes it with a capital
    /// within a sentence, or does not have it at all.
    fn may_name(&self, word: &Word) -> bool {
        let places = self.source.places(word.stem);
        let within = |place: &u32| {
            let first = self.source.passages[self.source.passage_at(*place) as usize].words.start;
            self.source.words[*place as usize].capital && *place as usize > first
        };
        let text = &self.output[word.range.clone()];
        places.iter().any(within) || (places.is_empty() && !text.ends_with("ly") && !text.ends_with("ing"))
    }

    /// Whether the passages around the best one have words of the slot: the output may name whom
    /// the source calls `he`.
    fn is_near(&self, slot: &Slot) -> bool {
        let Some(best) = self.alignment.passages.first().map(|best| *best as usize) else { return false };
        let near = best.saturating_sub(1)..=(best + 1).min(self.source.passages.len() - 1);
        let words = near.flat_map(|passage| self.words_of(&self.source.passages[passage]));
        let stems: Vec<u32> = words.map(|word| word.stem).collect();
        slot.words[slot.span.clone()].iter().any(|word| stems.contains(&word.stem))
    }

    /// Whether the source has the words of both side by side somewhere: `Paul` and `Smith`.
    fn are_one_name(&self, ours: &Slot, theirs: &Slot) -> bool {
        let stems = |slot: &Slot| slot.words[slot.span.clone()].iter().map(|word| word.stem).collect::<Vec<_>>();
        let (ours, theirs) = (stems(ours), stems(theirs));
        self.source.has_run(&[&ours[..], &theirs[..]].concat()) || self.source.has_run(&[theirs, ours].concat())
    }

    /// The name that an aligned passage has in the place of this one.
    fn name_instead(&self, name: &name::Name) -> Option<(Place, Range<usize>)> {
        let stems = |word: &Word| self.words.iter().any(|own| own.stem == word.stem);
        let passages: Vec<&Passage> = self.passages().collect();
        let is_told =
            |word: &Word| passages.iter().any(|p| self.words_of(p).iter().any(|other| other.stem == word.stem));
        let other = name.words.clone().filter(|at| !is_told(&self.words[*at]));
        let (first, last) =
            other.fold(None, |span: Option<(usize, usize)>, at| Some((span.map_or(at, |s| s.0), at)))?;
        let ours = Slot { words: self.words, span: first..last + 1 };
        let replaces = self.alignment.recall >= ALIKE
            && (!name.opens || last > first || self.may_name(&self.words[first]))
            && !self.is_near(&ours);
        passages.iter().enumerate().find_map(|(at, passage)| {
            let words = self.words_of(passage);
            let text = self.source_facts.documents[passage.document];
            name::find(text, words).into_iter().find_map(|theirs| {
                let lacking = |at: &usize| !stems(&words[*at]);
                let start = theirs.words.clone().find(lacking)?;
                let end = theirs.words.clone().rfind(lacking)? + 1;
                let theirs = Slot { words, span: start..end };
                let same = ours.is_same_place(&theirs) || (replaces && at == 0);
                let range = words[start].range.start..words[end - 1].range.end;
                (same && !self.are_one_name(&ours, &theirs))
                    .then(|| (Place { document: passage.document, range }, ours.span.clone()))
            })
        })
    }
}

/// Whether one value could stand for the other: equal subjects, and dates of equal precision.
fn is_of_same_sort(ours: &FactValue, theirs: &FactValue) -> bool {
    match (ours, theirs) {
        (FactValue::Date(a), FactValue::Date(b)) => a.iter().any(|a| b.iter().any(|b| a.is_like(b))),
        (FactValue::Link(a), FactValue::Link(b)) | (FactValue::Email(a), FactValue::Email(b)) => {
            link::host(a) == link::host(b)
        }
        (FactValue::Identifier(a), FactValue::Identifier(b)) => strsim::levenshtein(a, b) <= 2.min(a.len() / 2),
        (FactValue::Number(a), FactValue::Number(b)) => a.is_year() == b.is_year(),
        _ => ours.subject() == theirs.subject(),
    }
}

/// Whether both numbers measure the same, so that one was likely meant for the other.
fn has_same_measure(ours: &FactValue, theirs: &FactValue) -> bool {
    match (ours, theirs) {
        (FactValue::Number(a), FactValue::Number(b)) => a.unit.is_some() && a.measures(b),
        _ => true,
    }
}

/// Whether the source has next to nothing of a sentence that says something.
pub(super) fn is_invented(words: &[Word], source: &Source, alignment: &Alignment) -> bool {
    let content: Vec<&Word> = words.iter().filter(|word| word.kind != WordKind::Function).collect();
    let seen = content.iter().filter(|word| source.has(word.stem)).count();
    content.len() >= 4 && seen * 5 < content.len() * 2 && alignment.recall < 0.4
}
