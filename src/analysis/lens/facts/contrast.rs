//! Words that turn a statement round or weaken it, on one side only: a negation, an
//! opposite, a hedge.

mod words;

use crate::analysis::lens::Place;
use crate::analysis::lens::finding::{Finding, Grade, Subject};
use crate::analysis::lens::tokens;
use crate::analysis::lens::word::{Word, WordKind};
use std::borrow::Cow;
use std::ops::Range;
use words::{Opposite, bounds};

/// Words between a marker and the word that it governs, at most.
const REACH: usize = 4;

/// Words around the governed one that are compared, and of them those that must be equal.
const AROUND: usize = 5;
const SAME: usize = 3;

/// The recall below which a passage is about something else.
const ALIKE: f32 = 0.3;

/// Bytes before and behind a number in which its bound stands.
const NEAR: usize = 24;

/// A sentence or a passage as words, with its text.
pub(super) struct Side<'t> {
    text: &'t str,
    words: &'t [Word],
    /// The words in small letters.
    small: Vec<Cow<'t, str>>,
    /// The words that negate, a pair such as `failed to` by its first.
    negators: Vec<usize>,
}

/// A marker without its like on the other side.
struct Lost {
    /// Words from the marker to the one that it governs.
    span: Range<usize>,
    /// The governed word on the other side.
    at: usize,
}

impl<'t> Side<'t> {
    pub(super) fn new(text: &'t str, words: &'t [Word]) -> Self {
        let small = |word: &Word| match tokens::small(&text[word.range.clone()]) {
            Cow::Owned(word) => Cow::Owned(word.replace('’', "'")),
            plain => plain,
        };
        let small: Vec<Cow<str>> = words.iter().map(small).collect();
        let negators = (0..small.len()).filter(|at| negates(&small[*at..])).collect();
        Self { text, words, small, negators }
    }

    fn hedges(&self) -> Vec<usize> {
        (0..self.words.len()).filter(|at| words::is_hedge(&self.text[self.words[*at].range.clone()])).collect()
    }

    /// The word that the marker at `at` governs.
    fn governed(&self, at: usize) -> Option<usize> {
        let reach = at + 1..(at + 1 + REACH).min(self.words.len());
        reach.into_iter().find(|next| self.words[*next].kind == WordKind::Content)
    }

    fn window(&self, at: usize) -> &[Word] {
        &self.words[at.saturating_sub(AROUND)..(at + AROUND + 1).min(self.words.len())]
    }

    fn bytes(&self, words: &Range<usize>) -> Range<usize> {
        self.words[words.start].range.start..self.words[words.end - 1].range.end
    }

    fn range(&self) -> Range<usize> {
        let first = self.words.first().map_or(0, |word| word.range.start);
        first..self.words.last().map_or(first, |word| word.range.end)
    }

    /// Content words that the surroundings of two words share.
    fn same_around(&self, at: usize, other: &Side, place: usize) -> usize {
        let theirs = other.window(place);
        let content = self.window(at).iter().filter(|word| word.kind != WordKind::Function);
        content.filter(|word| theirs.iter().any(|o| o.stem == word.stem)).count()
    }

    /// The marker at `at`, when the other side says the same without it.
    fn lost(&self, at: usize, plain: &Side) -> Option<Lost> {
        let governed = self.governed(at)?;
        let stem = self.words[governed].stem;
        let same = |place: usize| self.same_around(governed, plain, place);
        let content = self.window(governed).iter().filter(|word| word.kind != WordKind::Function).count();
        let needed = SAME.min(content).max(2);
        let places = (0..plain.words.len()).filter(|place| plain.words[*place].stem == stem);
        let place = places.max_by_key(|place| same(*place)).filter(|place| same(*place) >= needed)?;
        Some(Lost { span: at..governed + 1, at: place })
    }
}

/// Whether the first word negates.
fn negates(words: &[Cow<str>]) -> bool {
    let next = words.get(1).map_or("", AsRef::as_ref);
    let number = words[0] == "no" && next.starts_with(|c: char| c.is_numeric());
    (words::is_negator(&words[0]) && !words::is_no_negator_before(next) && !number)
        || (words::is_failure(&words[0]) && next == "to")
}

/// Negations, opposites and hedges of a sentence that its best passage has otherwise.
pub(super) fn find(output: &Side, source: &Side, document: usize, recall: f32) -> Vec<Finding> {
    if recall < ALIKE {
        return Vec::new();
    }
    let place = |range| Place { document, range };
    if let Some(finding) = negation(output, source, recall, place) {
        return vec![finding];
    }
    opposite(output, source, place).into_iter().chain(hedge(output, source, place)).collect()
}

fn negation(output: &Side, source: &Side, recall: f32, place: impl Fn(Range<usize>) -> Place) -> Option<Finding> {
    let text = |range: &Range<usize>| &source.text[range.clone()];
    let (range, theirs, why) = if output.words.iter().any(|word| word.kind == WordKind::Wide) {
        wide_flip(output, source, recall)?
    } else {
        match (&output.negators[..], &source.negators[..]) {
            (negators @ [_, ..], []) => {
                let lost = negators.iter().find_map(|at| output.lost(*at, source))?;
                let theirs = source.words[lost.at].range.clone();
                let why = format!("the source says so without the negation, of {}", text(&theirs));
                (output.bytes(&lost.span), theirs, why)
            }
            ([], negators @ [_, ..]) => {
                let lost = negators.iter().find_map(|at| source.lost(*at, output))?;
                let theirs = source.bytes(&lost.span);
                let why = format!("the source negates it: {}", text(&theirs));
                (output.words[lost.at].range.clone(), theirs, why)
            }
            _ => return None,
        }
    };
    let source = Some(place(theirs));
    Some(Finding { grade: Grade::Contradicted, subject: Subject::Negation, range, why, source })
}

/// A word that the source has the opposite of in like surroundings. Where either side
/// negates, the words may well differ.
fn opposite(output: &Side, source: &Side, place: impl Fn(Range<usize>) -> Place) -> Option<Finding> {
    if !output.negators.is_empty() || !source.negators.is_empty() {
        return None;
    }
    let (ours, theirs) = (&output.small, &source.small);
    let has = |words: &[Cow<str>], any: &[&str]| words.iter().any(|word| any.contains(&word.as_ref()));
    let next = |side: &Side, at: usize| side.governed(at).map(|next| side.words[next].stem);
    let opposite_of = |at: usize| {
        let own = &ours[at];
        let alone = |pair: &Opposite| !has(ours, pair.other) && !has(theirs, pair.own);
        let pairs: Vec<Opposite> = words::opposites(own).filter(alone).collect();
        let is_opposite = |place: usize| {
            let other = &theirs[place];
            let same_next = || next(output, at).is_some() && next(output, at) == next(source, place);
            let is_other = |pair: &Opposite| pair.other.contains(&other.as_ref()) && (!pair.before_same || same_next());
            pairs.iter().any(is_other)
                || (words::differ_by_prefix(own, other) && !ours.contains(other) && !theirs.contains(own))
        };
        let mut opposites = (0..theirs.len()).filter(|place| is_opposite(*place));
        opposites.find(|place| output.same_around(at, source, *place) >= 2)
    };
    let (at, found) = (0..ours.len()).find_map(|at| Some((at, opposite_of(at)?)))?;
    let (range, theirs) = (output.words[at].range.clone(), source.words[found].range.clone());
    let why = format!("the source says {}", &source.text[theirs.clone()]);
    Some(Finding { grade: Grade::Contradicted, subject: Subject::Opposite, range, why, source: Some(place(theirs)) })
}

/// A hedge that only one side has.
fn hedge(output: &Side, source: &Side, place: impl Fn(Range<usize>) -> Place) -> Option<Finding> {
    let finding = |range, why, theirs| {
        let source = Some(place(theirs));
        Some(Finding { grade: Grade::Unsupported, subject: Subject::Hedge, range, why, source })
    };
    let is_plain = |side: &Side| side.small.iter().all(|word| !words::is_modal(word));
    match (&output.hedges()[..], &source.hedges()[..]) {
        (hedges @ [_, ..], []) if is_plain(source) => {
            let lost = hedges.iter().find_map(|at| output.lost(*at, source))?;
            let word = &output.text[output.words[lost.span.start].range.clone()];
            let why = format!("the source says so without {word}");
            finding(output.bytes(&lost.span), why, source.words[lost.at].range.clone())
        }
        ([], hedges @ [_, ..]) if is_plain(output) => {
            let lost = hedges.iter().find_map(|at| source.lost(*at, output))?;
            let theirs = source.bytes(&lost.span);
            let why = format!("the source says {}", &source.text[theirs.clone()]);
            finding(output.words[lost.at].range.clone(), why, theirs)
        }
        _ => None,
    }
}

/// A number that is a bound on one side, such as `up to 5`, and not so on the other.
pub(super) fn bound(output: &str, range: &Range<usize>, source: &str, told: &Range<usize>) -> Option<(Grade, String)> {
    let around = |text: &str, range: &Range<usize>| {
        let start = text.ceil_char_boundary(range.start.saturating_sub(NEAR));
        let end = text.floor_char_boundary((range.end + NEAR).min(text.len()));
        bounds(&text[start..range.start], &text[range.end.min(end)..end])
    };
    let (ours, theirs) = (around(output, range), around(source, told));
    let number = &source[told.clone()];
    match (ours, theirs) {
        (Some((ours, _)), Some((theirs, word))) if !ours.agrees(theirs) => {
            Some((Grade::Contradicted, format!("the source says {word}: {number}")))
        }
        (None, Some((bound, word))) if bound.is_sure() => {
            Some((Grade::Unsupported, format!("the source says {word}: {number}")))
        }
        (Some((bound, word)), None) if bound.is_sure() => {
            Some((Grade::Unsupported, format!("the source says {number} without {word}")))
        }
        _ => None,
    }
}

/// A negation in a script without spaces: its bytes in the output, those in the source, and why.
fn wide_flip(output: &Side, source: &Side, recall: f32) -> Option<(Range<usize>, Range<usize>, String)> {
    let negates = |side: &Side| words::has_wide_negator(&side.text[side.range()]);
    let alike = recall >= 0.8 && source.words.len() < output.words.len() * 3 / 2;
    let why = |negates: bool| if negates { "the source says so without the negation" } else { "the source negates it" };
    (alike && negates(output) != negates(source)).then(|| (output.range(), source.range(), why(negates(output)).into()))
}

#[cfg(test)]
mod tests {
    use crate::analysis::lens::read;

    fn found(source: &str, output: &str) -> Vec<(String, String)> {
        let findings = read(output, &[source]).findings.into_iter();
        findings.map(|finding| (finding.kind(), output[finding.range].to_owned())).collect()
    }

    fn is_found(source: &str, output: &str, kind: &str) {
        assert!(found(source, output).iter().any(|(found, _)| found == kind), "{output}: {:?}", found(source, output));
        assert_eq!(found(source, source), [], "{source}");
        assert_eq!(found(output, output), [], "{output}");
    }

    #[test]
    fn a_failure_negates() {
        let failed = "The museum failed to get the licence for the new hall.";
        is_found(failed, "The museum did get the licence for the new hall.", "contradicted_negation");
        assert_eq!(found(failed, "The museum did not get the licence for the new hall."), []);
        assert_eq!(found("The baker was unable to deliver the cakes.", "The baker did not deliver the cakes."), []);
        assert_eq!(found("She is the world number one in chess now.", "She is the world No 1 in chess now."), []);
    }

    #[test]
    fn an_opposite_is_a_contradiction() {
        for (source, output) in [
            ("Sales of tea rose in the second half of the year.", "Sales of tea fell in the second half of the year."),
            ("The shop opens before the market closes at noon.", "The shop opens after the market closes at noon."),
            ("The first train to the coast was full on that day.", "The last train to the coast was full on that day."),
            ("All boxes in the cellar were wet that morning.", "Some boxes in the cellar were wet that morning."),
            (
                "Parcels are sent unless the customer cancels the order.",
                "Parcels are sent if the customer cancels the order.",
            ),
            ("The council doubled the parking fee last winter.", "The council halved the parking fee last winter."),
            ("The mushrooms in this forest are safe to eat.", "The mushrooms in this forest are unsafe to eat."),
        ] {
            is_found(source, output, "contradicted_opposite");
            is_found(output, source, "contradicted_opposite");
        }
        assert_eq!(found("Wash it before you cut it on the board.", "Cut it on the board after you wash it."), []);
    }

    #[test]
    fn a_hedge_dropped_or_gained_is_a_finding() {
        for (source, output) in [
            ("The clerk allegedly stole the silver spoons.", "The clerk stole the silver spoons."),
            ("The bridge will likely close next autumn.", "The bridge will close next autumn."),
            ("The drug may cause headaches in older patients.", "The drug causes headaches in older patients."),
            ("The former mayor opened the new library.", "The mayor opened the new library."),
        ] {
            is_found(source, output, "unsupported_hedge");
            is_found(output, source, "unsupported_hedge");
        }
    }

    #[test]
    fn a_bound_belongs_to_its_number() {
        let plain = "The hall seats 300 guests at dinner.";
        for bound in ["up to", "at least", "more than", "almost"] {
            let bounded = format!("The hall seats {bound} 300 guests at dinner.");
            is_found(&bounded, plain, "unsupported_hedge");
            is_found(plain, &bounded, "unsupported_hedge");
        }
        is_found("The hall seats at least 300 guests.", "The hall seats up to 300 guests.", "contradicted_hedge");
        assert_eq!(found("The hall seats over 300 guests.", "The hall seats more than 300 guests."), []);
        assert_eq!(found("About 3, 800 people came to the fair.", "3,800 people came to the fair."), []);
    }
}
