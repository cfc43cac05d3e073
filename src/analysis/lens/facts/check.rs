//! The facts of a sentence against those of the passages that it is most like.

use super::contrast::{self, Side, Words};
use super::name::titled::{self, Titled};
use super::name::{self, Name, SourceNames};
use super::slot::Slot;
use super::{Date, Fact, FactValue, SourceFacts, link, quotation};
use crate::analysis::lens::Place;
use crate::analysis::lens::align::Alignment;
use crate::analysis::lens::finding::{Finding, Grade, Subject};
use crate::analysis::lens::language::Language;
use crate::analysis::lens::source::{Passage, Source};
use crate::analysis::lens::word::{Word, WordKind};
use std::ops::Range;

/// The recall from which on a sentence says what its best passage says.
const ALIKE: f32 = 0.6;

/// The same of a sentence whose names have changed places.
const ALIKE_SWAPPED: f32 = 0.4;

const NO_SUCH_NAME: &str = "the source does not have this name";

/// Words by which a value without a minus says what one with it says.
const DECLINES: [&str; 24] = [
    "below",
    "minus",
    "negative",
    "fell",
    "fall",
    "falls",
    "fallen",
    "down",
    "loss",
    "losses",
    "lost",
    "lose",
    "drop",
    "dropped",
    "drops",
    "decline",
    "declined",
    "decrease",
    "decreased",
    "less",
    "lower",
    "cut",
    "deficit",
    "reduced",
];

/// Words before a name that say what it is to another.
const DIRECTIONS: [&str; 10] = ["from", "to", "by", "over", "against", "than", "before", "after", "under", "behind"];

/// How sure it is that a value of the source stands in the place of one of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Instead {
    /// The words around both are the same.
    Surely,
    /// Both measure the same, and a word beside both or most of the sentence is the same.
    Likely,
    Perhaps,
}

/// A sentence of the output, with what it is most like.
pub(in super::super) struct Checked<'a> {
    pub output: &'a str,
    pub range: &'a Range<usize>,
    pub words: &'a [Word],
    pub alignment: &'a Alignment,
    pub source: &'a Source,
    pub source_facts: &'a SourceFacts<'a>,
    pub source_names: &'a SourceNames<'a>,
    pub language: &'a Language,
    /// Whether the source is in another language: then only values can be compared.
    pub translated: bool,
    /// Whether names and statements are no claims: courtesy, a heading.
    pub is_claim: bool,
    /// Whether the sentence is a value or a row of values, and no prose.
    pub is_value: bool,
}

/// Findings about a sentence: the facts in it that the source contradicts or does not have.
/// `facts` are those of the sentence.
pub(in super::super) fn check(sentence: &Checked, facts: &[Fact]) -> Vec<Finding> {
    let mut found: Vec<Finding> = facts.iter().filter_map(|fact| sentence.value(fact, facts)).collect();
    if !sentence.translated && sentence.is_claim {
        found.extend(sentence.names(facts));
        found.extend(sentence.titled_names());
        found.extend(sentence.contrasts());
    }
    found
}

/// Whether a sentence states a value or a name.
pub(in super::super) fn has_values(output: &str, range: &Range<usize>, words: &[Word], facts: &[Fact]) -> bool {
    !facts.is_empty() || !name::find(output, range, words, false).is_empty()
}

/// The quotations of the output that the source does not have.
pub(in super::super) fn check_quotations(output: &str, source_facts: &SourceFacts) -> Vec<Finding> {
    let invented = quotation::find(output).into_iter().filter(|range| {
        let pieces = quotation::pieces(&output[range.clone()]);
        !source_facts.flat().has_all(&pieces)
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

impl<'a> Checked<'a> {
    pub(super) fn passages(&self) -> impl Iterator<Item = &'a Passage> {
        self.alignment.passages.iter().map(|passage| &self.source.passages[*passage as usize])
    }

    pub(super) fn words_of(&self, passage: &Passage) -> &'a [Word] {
        &self.source.words[passage.words.clone()]
    }

    pub(super) fn source_text(&self, place: &Place) -> &str {
        self.source_facts.documents[place.document][place.range.clone()].trim()
    }

    fn value(&self, fact: &Fact, all: &[Fact]) -> Option<Finding> {
        let number = match &fact.value {
            FactValue::Number(number) => Some(number),
            _ => None,
        };
        if number.is_some_and(|number| !number.is_checkable()) {
            return None;
        }
        let finding = |grade, why, source| Finding {
            grade,
            subject: fact.value.subject(),
            range: fact.range.clone(),
            why,
            source,
        };
        let contradicted = |place: Place| {
            let why = format!("the source has {}", self.source_text(&place));
            finding(Grade::Contradicted, why, Some(place))
        };
        if let Some((passage, told)) = self.told(fact) {
            if let Some(place) = self.swapped(fact) {
                return Some(contradicted(place));
            }
            if number.is_none_or(|number| number.ordinal) {
                return None;
            }
            let theirs = (self.source_facts.documents[passage.document], &told.range);
            let bound = contrast::bound(Words::of(self.language), (self.output, &fact.range), theirs);
            return bound.map(|(grade, why)| {
                let place = Place { document: passage.document, range: told.range.clone() };
                Finding { subject: Subject::Hedge, ..finding(grade, why, Some(place)) }
            });
        }
        let instead = self.instead(fact, all);
        // A share is measured by what it is a share of: 25 % stands where the source has 50.
        if let Some((why, place)) =
            number.filter(|number| number.is_percentage()).and_then(|number| self.derivation(fact, number))
        {
            return Some(finding(Grade::Derivable, why, Some(place)));
        }
        match instead {
            Some((place, Instead::Surely)) if !self.is_stated_in_place(fact, 0) => return Some(contradicted(place)),
            _ if self.is_stated(fact) => return None,
            _ => {}
        }
        if number.is_some_and(super::Number::may_be_missing) {
            return None;
        }
        if let Some((why, place)) = number.and_then(|number| self.derivation(fact, number)) {
            return Some(finding(Grade::Derivable, why, Some(place)));
        }
        match instead {
            Some((place, Instead::Likely)) => Some(contradicted(place)),
            Some((place, _)) => {
                let why = format!("the source has {} in a like place", self.source_text(&place));
                Some(finding(Grade::Unsupported, why, Some(place)))
            }
            None => Some(finding(Grade::Unsupported, "the source has no equal".into(), None)),
        }
    }

    /// The fact of an aligned passage that states the same, with the passage.
    fn told(&self, fact: &Fact) -> Option<(&'a Passage, &'a Fact)> {
        let ours = Slot::of(self.words, &fact.range);
        let mut told = None;
        for passage in self.passages() {
            let facts = self.source_facts.within(passage).iter();
            for other in facts.filter(|other| self.states(fact, other, passage)) {
                let theirs = Slot::of(self.words_of(passage), &other.range);
                if ours.is_same_place(&theirs, self.is_value) {
                    return Some((passage, other));
                }
                told.get_or_insert((passage, other));
            }
        }
        told
    }

    /// Whether a fact of a passage states the same, its sign included.
    fn states(&self, fact: &Fact, other: &Fact, passage: &Passage) -> bool {
        let agrees = |value: &FactValue| self.source_facts.agrees(value, &other.value);
        agrees(&fact.value)
            || fact.value.turned().is_some_and(|turned| {
                agrees(&turned)
                    && (declines(self.words, self.output)
                        || declines(self.words_of(passage), self.source_facts.documents[passage.document]))
            })
    }

    /// Whether the source, or the question, states a fact anywhere.
    fn is_stated(&self, fact: &Fact) -> bool {
        let turned = || fact.value.turned().filter(|_| declines(self.words, self.output));
        self.source_facts.states(&fact.value) || turned().is_some_and(|turned| self.source_facts.states(&turned))
    }

    /// The value that an aligned passage has in the place of a fact that is stated elsewhere.
    fn swapped(&self, fact: &Fact) -> Option<Place> {
        let ours = Slot::of(self.words, &fact.range);
        let (mut own, mut instead): (Option<usize>, Option<(usize, Place)>) = (None, None);
        for passage in self.passages() {
            for other in self.source_facts.within(passage) {
                let theirs = Slot::of(self.words_of(passage), &other.range);
                let reach = ours.reach(&theirs);
                if self.source_facts.agrees(&fact.value, &other.value) {
                    if ours.has_like_surroundings(&theirs, self.is_value) {
                        own = own.max(Some(reach));
                    }
                } else if is_of_same_sort(&fact.value, &other.value)
                    && ours.is_surely_same_place(&theirs, self.is_value)
                    && instead.as_ref().is_none_or(|(most, _)| reach > *most)
                {
                    instead = Some((reach, Place { document: passage.document, range: other.range.clone() }));
                }
            }
        }
        let (reach, place) = instead?;
        let is_there = own.is_some_and(|own| own >= reach) || self.is_stated_in_place(fact, reach);
        (!is_there).then_some(place)
    }

    /// Whether a passage anywhere in the source states the fact in the same place, with so many
    /// words around both at least.
    fn is_stated_in_place(&self, fact: &Fact, reach: usize) -> bool {
        let ours = Slot::of(self.words, &fact.range);
        self.source_facts.stating(&fact.value).any(|(document, other)| {
            let passage = document.and_then(|document| self.source.passage_holding(document, other.range.start));
            passage.is_some_and(|passage| {
                let theirs = Slot::of(self.words_of(passage), &other.range);
                ours.is_same_place(&theirs, self.is_value) && ours.reach(&theirs) >= reach
            })
        })
    }

    /// The value that the aligned passages have in the place of a fact.
    fn instead(&self, fact: &Fact, all: &[Fact]) -> Option<(Place, Instead)> {
        let source_facts = self.source_facts;
        let ours = Slot::of(self.words, &fact.range);
        let mut found: Option<(Place, Instead)> = None;
        for passage in self.passages() {
            for other in source_facts.within(passage) {
                let stated = all.iter().any(|fact| self.states(fact, other, passage));
                let is_article = matches!(&other.value, FactValue::Number(number) if !number.is_checkable());
                if stated || is_article || !is_of_same_sort(&fact.value, &other.value) {
                    continue;
                }
                let place = Place { document: passage.document, range: other.range.clone() };
                let theirs = Slot::of(self.words_of(passage), &other.range);
                if ours.is_same_place(&theirs, self.is_value) {
                    return Some((place, Instead::Surely));
                }
                let measured = has_same_measure(&fact.value, &other.value);
                let beside = ours.is_beside_same_word(&theirs);
                let how = match measured && (beside || self.alignment.recall >= ALIKE) {
                    true => Instead::Likely,
                    false if measured || beside => Instead::Perhaps,
                    false => continue,
                };
                if found.as_ref().is_none_or(|(_, before)| how < *before) {
                    found = Some((place, how));
                }
            }
        }
        found
    }

    fn contrasts(&self) -> Vec<Finding> {
        let Some(passage) = self.passages().next() else { return Vec::new() };
        let text = self.source_facts.documents[passage.document];
        let output = Side::new(self.output, self.words, self.language);
        let source = Side::new(text, self.words_of(passage), self.language);
        contrast::find(&output, &source, passage.document, self.alignment.recall)
    }

    /// Findings about names; a word of a value, such as that of a month, is none.
    fn names(&self, facts: &[Fact]) -> Vec<Finding> {
        let found = name::find(self.output, self.range, self.words, self.is_value).into_iter();
        let in_fact = |word: &Word| facts.iter().any(|fact| fact.range.contains(&word.range.start));
        let names = found.filter(|name| !self.words[name.words.clone()].iter().any(in_fact));
        names.filter_map(|name| self.name(&name)).collect()
    }

    /// Findings about names that a title tells, as 田中さん.
    fn titled_names(&self) -> impl Iterator<Item = Finding> {
        let said = titled::find(self.output, self.range).into_iter();
        said.filter(|name| !self.source_facts.has_name(&self.output[name.range.clone()])).map(|name| {
            let instead = self.titled_instead(&name);
            let (grade, why) = match &instead {
                Some(place) => (Grade::Contradicted, format!("the source has {}", self.source_text(place))),
                None => (Grade::Unsupported, NO_SUCH_NAME.into()),
            };
            Finding { grade, subject: Subject::Name, range: name.range, why, source: instead }
        })
    }

    /// The one name that the best passage has under the same title, and the sentence has not.
    fn titled_instead(&self, name: &Titled) -> Option<Place> {
        let passage = self.passages().next()?;
        let text = self.source_facts.documents[passage.document];
        let sentence = &self.output[self.range.clone()];
        let is_other = |other: &Titled| other.title == name.title && !sentence.contains(&text[other.range.clone()]);
        let mut others = titled::find(text, &passage.range).into_iter().filter(is_other);
        let other = others.next()?;
        others.next().is_none().then_some(Place { document: passage.document, range: other.range })
    }

    fn name(&self, name: &Name) -> Option<Finding> {
        let text = |word: &Word| &self.output[word.range.clone()];
        let run: Vec<&str> = self.words[name.words.clone()].iter().map(text).collect();
        let bytes = |span: &Range<usize>| self.words[span.start].range.start..self.words[span.end - 1].range.end;
        let finding = |grade, span: &Range<usize>, why, source| {
            Some(Finding { grade, subject: Subject::Name, range: bytes(span), why, source })
        };
        let contradicted = |span: &Range<usize>, place: Place| {
            finding(Grade::Contradicted, span, format!("the source has {}", self.source_text(&place)), Some(place))
        };
        let is_known = |at: &usize| {
            let word = &self.words[*at];
            self.source.has(word.stem) || self.source_names.knows(self.source, text(word), &run)
        };
        let Some(first) = name.words.clone().find(|at| !is_known(at)) else {
            return self.name_swapped(&name.words).and_then(|place| contradicted(&name.words, place));
        };
        let mut span = first..name.words.clone().rfind(|at| !is_known(at)).map_or(first, |last| last) + 1;
        // A first word's capital says nothing.
        let is_doubtful = name.opens && name.words.len() == 1;
        if let Some(place) = self.name_instead(&span, is_doubtful) {
            return contradicted(&span, place);
        }
        if is_doubtful {
            let replaced = self.alignment.recall >= ALIKE && self.lacks_name();
            return finding(Grade::Unsupported, &span, NO_SUCH_NAME.into(), None).filter(|_| replaced);
        }
        span.start += usize::from(name.opens && span.start == name.words.start);
        if span.is_empty() || (self.language.capitalises_nouns() && name.words.len() < 2) {
            return None;
        }
        finding(Grade::Unsupported, &span, NO_SUCH_NAME.into(), None)
    }

    /// Whether the sentence has a word of this stem.
    pub(super) fn says(&self, word: &Word) -> bool {
        self.words.iter().any(|own| own.stem == word.stem)
    }

    /// The names of a passage as far as the sentence lacks them.
    fn lacking_names(&self, passage: &'a Passage) -> impl Iterator<Item = Slot<'a>> {
        let words = self.words_of(passage);
        let text = self.source_facts.documents[passage.document];
        name::find(text, &passage.range, words, self.is_value).into_iter().filter_map(move |name| {
            let start = name.words.clone().find(|at| !self.says(&words[*at]))?;
            let end = name.words.clone().rfind(|at| !self.says(&words[*at]))? + 1;
            Some(Slot { words, span: start..end })
        })
    }

    fn lacks_name(&self) -> bool {
        self.passages().next().is_some_and(|best| self.lacking_names(best).next().is_some())
    }

    /// The name that an aligned passage has in the place of the words `span`. Of a word that
    /// opens a sentence more must be the same.
    fn name_instead(&self, span: &Range<usize>, is_doubtful: bool) -> Option<Place> {
        let ours = Slot { words: self.words, span: span.clone() };
        self.passages().find_map(|passage| {
            let text = self.source_facts.documents[passage.document];
            let same = |theirs: &Slot| match is_doubtful {
                true => ours.is_surely_same_place(theirs, self.is_value),
                false => ours.is_same_place(theirs, self.is_value) || self.is_namesake(&ours, theirs, text),
            };
            let theirs =
                self.lacking_names(passage).find(|theirs| same(theirs) && !self.are_one_name(&ours, theirs))?;
            Some(Place { document: passage.document, range: theirs.bytes() })
        })
    }

    /// The name that stands in the place of one that its passage has elsewhere, where the
    /// sentence has both: `Ann beat Bob` against `Bob beat Ann`.
    fn name_swapped(&self, span: &Range<usize>) -> Option<Place> {
        let passage = self.passages().next()?;
        let words = self.words_of(passage);
        let ours = Slot { words: self.words, span: span.clone() };
        let stems = |slot: &Slot| slot.words[slot.span.clone()].iter().map(|word| word.stem).collect::<Vec<_>>();
        let own = stems(&ours);
        let tells = |word: &Word| {
            let small = || self.output[word.range.clone()].to_lowercase();
            word.kind != WordKind::Function || DIRECTIONS.contains(&small().as_str())
        };
        let text = self.source_facts.documents[passage.document];
        let slots = name::find(text, &passage.range, words, self.is_value).into_iter();
        let slots: Vec<Slot> = slots.map(|name| Slot { words, span: name.words }).collect();
        let own_slots: Vec<&Slot> = slots.iter().filter(|slot| stems(slot) == own).collect();
        if self.alignment.recall < ALIKE_SWAPPED || own_slots.iter().any(|slot| ours.shares_a_side(slot, tells)) {
            return None;
        }
        let said = name::find(self.output, self.range, self.words, self.is_value).into_iter();
        let said: Vec<Slot> = said.map(|name| Slot { words: self.words, span: name.words }).collect();
        // Each of the two stands where the other does.
        let is_other = |slot: &&Slot| {
            let mut there = said.iter().filter(|name| stems(name) == stems(slot));
            there.any(|name| own_slots.iter().any(|own| name.shares_a_side(own, tells)))
        };
        let theirs =
            slots.iter().filter(|slot| stems(slot) != own && ours.shares_a_side(slot, tells)).find(is_other)?;
        Some(Place { document: passage.document, range: theirs.bytes() })
    }

    /// Whether both are first names of one family name: `Astrid Solberg` and `Ingrid Solberg`.
    fn is_namesake(&self, ours: &Slot, theirs: &Slot, text: &str) -> bool {
        let next = |slot: &Slot, text: &str| {
            let (last, next) = (&slot.words[slot.span.end - 1], slot.words.get(slot.span.end)?);
            let joined = &text[last.range.end..next.range.start] == " ";
            (joined && next.capital && next.kind == WordKind::Content).then_some(next.stem)
        };
        let name = next(ours, self.output);
        name.is_some() && name == next(theirs, text)
    }

    /// Whether the source has the words of both side by side somewhere: `Paul` and `Smith`.
    fn are_one_name(&self, ours: &Slot, theirs: &Slot) -> bool {
        let stems = |slot: &Slot| slot.words[slot.span.clone()].iter().map(|word| word.stem).collect::<Vec<_>>();
        let (ours, theirs) = (stems(ours), stems(theirs));
        self.source.has_run(&[&ours[..], &theirs[..]].concat()) || self.source.has_run(&[theirs, ours].concat())
    }
}

fn declines(words: &[Word], text: &str) -> bool {
    words.iter().any(|word| DECLINES.contains(&text[word.range.clone()].to_lowercase().as_str()))
}

/// Whether the source has next to nothing of a sentence that says something.
pub(in super::super) fn is_invented(words: &[Word], source: &Source, alignment: &Alignment) -> bool {
    let content: Vec<&Word> = words.iter().filter(|word| word.kind != WordKind::Function).collect();
    let seen = content.iter().filter(|word| source.has(word.stem)).count();
    content.len() >= 4 && seen * 5 < content.len() * 2 && alignment.recall < 0.4
}

/// Whether one value could stand for the other: equal subjects, and dates of equal precision.
fn is_of_same_sort(ours: &FactValue, theirs: &FactValue) -> bool {
    match (ours, theirs) {
        (FactValue::Date(a), FactValue::Date(b)) => have_same_parts(a, b),
        (FactValue::Link(a), FactValue::Link(b)) | (FactValue::Email(a), FactValue::Email(b)) => {
            link::host(a) == link::host(b)
        }
        (FactValue::Identifier(a), FactValue::Identifier(b)) => strsim::levenshtein(a, b) <= 2.min(a.len() / 2),
        (FactValue::Number(a), FactValue::Number(b)) => a.is_year() == b.is_year() && a.ordinal == b.ordinal,
        _ => ours.subject() == theirs.subject(),
    }
}

fn have_same_parts(a: &Date, b: &Date) -> bool {
    a.iter().any(|a| b.iter().any(|b| a.is_like(b)))
}

/// Whether both numbers measure the same, so that one was likely meant for the other.
fn has_same_measure(ours: &FactValue, theirs: &FactValue) -> bool {
    match (ours, theirs) {
        (FactValue::Number(a), FactValue::Number(b)) => a.unit.is_some() && a.measures(b),
        _ => true,
    }
}
