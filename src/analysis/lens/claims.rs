//! Claims that can be checked exactly: what of them has no equal in the source?

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
use super::word::{Kind, Word};
use date::Date;
use number::Number;
use slot::Slot;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::ops::Range;
use time::Time;

/// Numbers this many passages from an aligned one may have been added up with its own.
const NEAR: u32 = 2;

/// The recall from which on a sentence says what its best passage says.
const ALIKE: f32 = 0.6;

/// A name of so many letters is not found within another word by chance.
const FOUND_ANYWHERE: usize = 5;

/// A stretch of text that states a value.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// Bytes of the text.
    pub range: Range<usize>,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Link(String),
    Email(String),
    Date(Date),
    Time(Time),
    Identifier(String),
    Number(Number),
}

/// The values that a text states, in order. None overlaps another.
pub fn find(text: &str) -> Vec<Claim> {
    let mut taken = vec![false; text.len()];
    let mut found: Vec<Claim> = Vec::new();
    for claims in [link::find(text), date::find(text), time::find(text), identifier::find(text), number::find(text)] {
        for claim in claims {
            if !taken[claim.range.clone()].contains(&true) {
                taken[claim.range.clone()].fill(true);
                found.push(claim);
            }
        }
    }
    found.sort_by_key(|claim| claim.range.start);
    found
}

impl Value {
    fn subject(&self) -> Subject {
        match self {
            Value::Link(_) => Subject::Link,
            Value::Email(_) => Subject::Email,
            Value::Date(_) => Subject::Date,
            Value::Time(_) => Subject::Time,
            Value::Identifier(_) => Subject::Identifier,
            Value::Number(_) => Subject::Number,
        }
    }
}

/// What the documents state.
pub struct Facts<'d> {
    documents: &'d [&'d str],
    /// The values of each document, in order.
    claims: Vec<Vec<Claim>>,
    years: Vec<i16>,
    /// The documents' letters and digits, for quotations and codes.
    flat: OnceCell<Vec<String>>,
}

impl<'d> Facts<'d> {
    pub fn read(documents: &'d [&'d str]) -> Self {
        let claims: Vec<Vec<Claim>> = documents.iter().map(|text| find(text)).collect();
        let years = claims.iter().flatten().flat_map(|claim| match &claim.value {
            Value::Date(days) => days.iter().filter_map(|day| day.year).collect(),
            Value::Number(number) => {
                number.readings.iter().filter(|n| (1000.0..3000.0).contains(*n)).map(|n| *n as i16).collect()
            }
            _ => Vec::new(),
        });
        Self { documents, years: years.collect(), claims, flat: OnceCell::new() }
    }

    /// The claims of a passage.
    fn within(&self, passage: &Passage) -> &[Claim] {
        let claims = &self.claims[passage.document];
        let from = claims.partition_point(|claim| claim.range.start < passage.range.start);
        let to = claims.partition_point(|claim| claim.range.start < passage.range.end);
        &claims[from..to.max(from)]
    }

    fn states(&self, value: &Value) -> bool {
        let flat = match value {
            Value::Identifier(code) if code.len() >= 5 => {
                self.flat().iter().any(|text| text.contains(&code.to_lowercase()))
            }
            Value::Link(link) => self.documents.iter().any(|text| text.to_lowercase().contains(&link.to_lowercase())),
            _ => false,
        };
        flat || self.claims.iter().flatten().any(|claim| self.agrees(value, &claim.value))
    }

    fn flat(&self) -> &[String] {
        self.flat.get_or_init(|| self.documents.iter().map(|text| quotation::flat(text)).collect())
    }

    /// Whether what the source states is what the output states.
    fn agrees(&self, output: &Value, source: &Value) -> bool {
        match (output, source) {
            (Value::Date(ours), Value::Date(theirs)) => {
                ours.iter().any(|day| theirs.iter().any(|other| day.is_told_by(other, &self.years)))
            }
            (Value::Time(ours), Value::Time(theirs)) => ours.iter().any(|time| theirs.contains(time)),
            (Value::Time(ours), Value::Number(hour)) => {
                let hours = ours.iter().map(|time| f64::from(*time) / 60.0).flat_map(|hour| [hour, hour - 12.0]);
                hour.unit.is_none() && hours.into_iter().any(|time| hour.readings.contains(&time))
            }
            (Value::Number(ours), Value::Number(theirs)) => ours.equals(theirs),
            (Value::Number(ours), Value::Date(days)) => days.iter().any(|day| {
                let parts = [day.year.map(f64::from), day.day.map(f64::from)];
                ours.unit.is_none() && parts.into_iter().flatten().any(|part| ours.readings.contains(&part))
            }),
            (Value::Number(ours), Value::Identifier(code)) => {
                let digits: String = code.chars().filter(char::is_ascii_digit).collect();
                ours.readings.iter().any(|number| number.to_string() == digits)
            }
            (ours, theirs) => ours == theirs,
        }
    }
}

/// A sentence of the output, with what it is most like.
pub struct Checked<'a> {
    pub output: &'a str,
    pub words: &'a [Word],
    pub alignment: &'a Alignment,
    pub source: &'a Source,
    pub facts: &'a Facts<'a>,
    pub language: &'a Language,
    /// Whether the source is in another language: then only values can be compared.
    pub translated: bool,
}

/// What in the sentence is not as the source has it. `claims` are those of the sentence.
pub fn check(sentence: &Checked, claims: &[Claim]) -> Vec<Finding> {
    let mut found: Vec<Finding> = claims.iter().filter_map(|claim| sentence.value(claim, claims)).collect();
    if !sentence.translated {
        found.extend(sentence.names());
        found.extend(sentence.negation());
    }
    found
}

/// The quotations of the output that the source does not have.
pub fn check_quotations(output: &str, facts: &Facts) -> Vec<Finding> {
    let invented = quotation::find(output).into_iter().filter(|range| {
        let pieces = quotation::pieces(&output[range.clone()]);
        !facts.flat().iter().any(|text| pieces.iter().all(|piece| text.contains(piece)))
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
        self.facts.documents[place.document][place.range.clone()].trim()
    }

    fn value(&self, claim: &Claim, all: &[Claim]) -> Option<Finding> {
        let facts = self.facts;
        let text = &self.output[claim.range.clone()];
        if matches!(&claim.value, Value::Number(number) if !number.is_claim(text)) {
            return None;
        }
        if self
            .passages()
            .any(|passage| facts.within(passage).iter().any(|other| facts.agrees(&claim.value, &other.value)))
        {
            return None;
        }
        let instead = self.instead(claim, all);
        if instead.as_ref().is_none_or(|(_, sure)| !sure) && facts.states(&claim.value) {
            return None;
        }
        let finding = |grade, why, source| {
            Some(Finding { grade, subject: claim.value.subject(), range: claim.range.clone(), why, source })
        };
        if let Value::Number(number) = &claim.value
            && let Some((a, b, place)) = self.derivation(number)
        {
            return finding(Grade::Derivable, format!("follows from {a} and {b} in the source"), Some(place));
        }
        match instead {
            Some((place, _)) => {
                let why = format!("the source has {}", self.source_text(&place));
                finding(Grade::Contradicted, why, Some(place))
            }
            None if matches!(&claim.value, Value::Number(number) if number.may_count()) => None,
            None => finding(Grade::Unsupported, "the source has no equal".into(), None),
        }
    }

    /// What the aligned passages have in the place of a claim that they do not make, and
    /// whether the words around it leave no doubt.
    fn instead(&self, claim: &Claim, all: &[Claim]) -> Option<(Place, bool)> {
        let facts = self.facts;
        let ours = Slot::of(self.words, &claim.range);
        let mut likely = None;
        for passage in self.passages() {
            for other in facts.within(passage) {
                let stated = all.iter().any(|claim| facts.agrees(&claim.value, &other.value));
                if stated || !is_of_same_sort(&claim.value, &other.value) {
                    continue;
                }
                let place = Place { document: passage.document, range: other.range.clone() };
                let theirs = Slot::of(self.words_of(passage), &other.range);
                if ours.is_same_place(&theirs) {
                    return Some((place, true));
                }
                let measured = has_same_measure(&claim.value, &other.value);
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
                let place = |claim: &Claim| Place { document: passage.document, range: claim.range.clone() };
                self.facts.within(passage).iter().filter_map(move |claim| match &claim.value {
                    Value::Number(number) => Some((place(claim), number)),
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
        let source = negation::Side { text: self.facts.documents[passage.document], words: self.words_of(passage) };
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

    /// A short form, a long form, or another form of a name of the source.
    fn is_known_otherwise(&self, word: &Word, name: &name::Name) -> bool {
        let text = |word: &Word| &self.output[word.range.clone()];
        let own = text(word);
        let run = self.words[name.words.clone()].iter().map(text);
        let is_short = name::is_shouted(own) && own.chars().count() <= 6;
        let small = own.to_lowercase();
        // Written together, as in a link: `osterbyfinch` has `Osterby & Finch`.
        if own.chars().count() >= FOUND_ANYWHERE && self.facts.flat().iter().any(|text| text.contains(&small)) {
            return true;
        }
        self.facts.documents.iter().enumerate().any(|(document, source)| {
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

    /// Whether the passages around the best one have words of the slot: he whom they name
    /// may be meant by a pronoun.
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

    /// The name that an aligned passage has in the place of words of this one.
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
            let text = self.facts.documents[passage.document];
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

/// Whether one could stand for the other: of one subject, and dates that tell the same parts.
fn is_of_same_sort(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Date(a), Value::Date(b)) => a.iter().any(|a| b.iter().any(|b| a.is_like(b))),
        (Value::Link(a), Value::Link(b)) | (Value::Email(a), Value::Email(b)) => link::host(a) == link::host(b),
        (Value::Identifier(a), Value::Identifier(b)) => strsim::levenshtein(a, b) <= 2.min(a.len() / 2),
        (Value::Number(a), Value::Number(b)) => a.is_year() == b.is_year(),
        _ => ours.subject() == theirs.subject(),
    }
}

/// Whether both measure the same, so that one is likely to be meant for the other.
fn has_same_measure(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) => a.unit.is_some() && a.measures(b),
        _ => true,
    }
}

/// Whether a sentence says something of its own that the source has next to nothing of.
pub fn is_invented(words: &[Word], source: &Source, alignment: &Alignment) -> bool {
    let content: Vec<&Word> = words.iter().filter(|word| word.kind != Kind::Function).collect();
    let seen = content.iter().filter(|word| source.has(word.stem)).count();
    content.len() >= 4 && seen * 5 < content.len() * 2 && alignment.recall < 0.4
}
