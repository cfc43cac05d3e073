//! Facts that can be checked exactly (numbers, dates, names, links): which of an output's has
//! no equal in the source?

mod check;
mod contrast;
mod date;
mod derivation;
mod haystack;
mod identifier;
mod index;
mod link;
mod name;
mod number;
mod quotation;
mod slot;
mod time;

pub(super) use check::{Checked, check, check_quotations, has_values, is_invented};
pub(super) use name::SourceNames;

use super::finding::Subject;
use super::source::Passage;
use date::Date;
use haystack::Haystack;
use index::FactIndex;
use number::Number;
use std::cell::OnceCell;
use std::ops::Range;
use time::Time;

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
    let mut keep = |facts: Vec<Fact>, taken: &mut Vec<bool>| {
        for fact in facts {
            if !taken[fact.range.clone()].contains(&true) {
                taken[fact.range.clone()].fill(true);
                found.push(fact);
            }
        }
    };
    for facts in [link::find(text), date::find(text), time::find(text), identifier::find(text)] {
        keep(facts, &mut taken);
    }
    keep(number::find(text, &taken), &mut taken);
    found.sort_by_key(|fact| fact.range.start);
    found
}

impl FactValue {
    /// A number with the other sign.
    fn turned(&self) -> Option<Self> {
        match self {
            FactValue::Number(number) => Some(FactValue::Number(number.turned())),
            _ => None,
        }
    }

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
    /// Facts of the question and of the titles: an output may repeat them.
    asked: Vec<Fact>,
    years: Vec<i16>,
    /// The facts by their values, with those of the question behind them.
    index: OnceCell<FactIndex>,
    /// Letters and digits of each document, and of the question, for quotations and codes.
    flat: OnceCell<Haystack>,
    /// The documents in small letters, for links.
    small: OnceCell<Haystack>,
    question: &'d str,
}

impl<'d> SourceFacts<'d> {
    pub(super) fn read(documents: &'d [&'d str], question: &'d str) -> Self {
        let facts: Vec<Vec<Fact>> = documents.iter().map(|text| find(text)).collect();
        let asked = find(question);
        let years = facts.iter().flatten().chain(&asked).flat_map(|fact| match &fact.value {
            FactValue::Date(days) => days.iter().filter_map(|day| day.year).collect(),
            FactValue::Number(number) => {
                number.readings.iter().filter(|n| (1000.0..3000.0).contains(*n)).map(|n| *n as i16).collect()
            }
            _ => Vec::new(),
        });
        let mut years: Vec<i16> = years.collect();
        years.sort_unstable();
        years.dedup();
        let (index, flat, small) = Default::default();
        Self { documents, years, facts, asked, index, flat, small, question }
    }

    /// The facts of a passage.
    fn within(&self, passage: &Passage) -> &[Fact] {
        let facts = &self.facts[passage.document];
        let from = facts.partition_point(|fact| fact.range.start < passage.range.start);
        let to = facts.partition_point(|fact| fact.range.start < passage.range.end);
        &facts[from..to.max(from)]
    }

    fn states(&self, value: &FactValue) -> bool {
        self.stating(value).next().is_some()
            || match value {
                FactValue::Identifier(code) if code.len() >= 5 => self.flat().has(&code.to_lowercase()),
                FactValue::Link(link) => self.small().has(&link.to_lowercase()),
                _ => false,
            }
    }

    /// The facts that state a value, each with the document that it is of; those of the question
    /// are of none.
    fn stating(&self, value: &FactValue) -> impl Iterator<Item = (Option<usize>, &Fact)> {
        let lists = || self.facts.iter().chain([&self.asked]).map(Vec::as_slice);
        let index = self.index.get_or_init(|| FactIndex::of(lists()));
        let fact = |(list, at): index::FactAt| match self.facts.get(list as usize) {
            Some(facts) => (Some(list as usize), &facts[at as usize]),
            None => (None, &self.asked[at as usize]),
        };
        index.candidates(value).into_iter().map(fact).filter(|(_, fact)| self.agrees(value, &fact.value))
    }

    fn flat(&self) -> &Haystack {
        let texts = || self.documents.iter().chain([&self.question]);
        self.flat.get_or_init(|| Haystack::of(texts().map(|text| quotation::flat(text))))
    }

    /// Whether the source, or the question, has a name in a script without capitals; a word of two signs
    /// may stand before it: 社長田中.
    fn has_name(&self, name: &str) -> bool {
        let has = |name: &str| self.flat().has(&quotation::flat(name));
        let rest = name.char_indices().nth(2).filter(|_| name.chars().count() >= 4).map(|(at, _)| name.split_at(at));
        has(name) || rest.is_some_and(|(word, name)| has(word) && has(name))
    }

    fn small(&self) -> &Haystack {
        self.small.get_or_init(|| Haystack::of(self.documents.iter().map(|text| text.to_lowercase())))
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
