//! Words that turn a statement round or weaken it, on one side only: a negation, an
//! opposite, a hedge.

mod words;

use crate::analysis::lens::Place;
use crate::analysis::lens::finding::{Finding, Grade, Subject};
use crate::analysis::lens::language::Language;
use crate::analysis::lens::tokens;
use crate::analysis::lens::word::{Word, WordKind};
use foldhash::HashSet;
use std::borrow::Cow;
use std::ops::Range;
use words::Opposite;
pub(super) use words::Words;

/// Words between a marker and the word that it governs, at most.
const REACH: usize = 4;

/// Words around the governed one that are compared, and of them those that must be equal.
const AROUND: usize = 5;
const SAME: usize = 3;

/// The recall below which a passage is about something else.
const ALIKE: f32 = 0.3;

/// The same of a whole statement, in scripts without spaces, and in Arabic and Korean.
const ALIKE_WIDE: f32 = 0.8;
const ALIKE_INFLECTED: f32 = 0.5;

/// Bytes before and behind a number in which its bound stands.
const NEAR: usize = 24;

/// A sentence or a passage as words, with its text.
pub(super) struct Side<'t> {
    text: &'t str,
    words: &'t [Word],
    lexicon: &'static Words,
    /// The words in small letters, without articles that lost their vowels.
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
    pub(super) fn new(text: &'t str, words: &'t [Word], language: &Language) -> Self {
        let small = |word: &Word| match tokens::small(&text[word.range.clone()]) {
            Cow::Owned(word) => Cow::Owned(language.without_elision(&word.replace('’', "'")).to_owned()),
            Cow::Borrowed(plain) => Cow::Borrowed(language.without_elision(plain)),
        };
        let small = words.iter().map(small).collect();
        let mut side = Self { text, words, lexicon: Words::of(language), small, negators: Vec::new() };
        side.negators = side.places(|word, next| side.lexicon.negates(word, next));
        side
    }

    /// The words that meet a condition on them and the next.
    fn places(&self, is: impl Fn(&str, &str) -> bool) -> Vec<usize> {
        let next = self.small.iter().skip(1).map(AsRef::as_ref).chain([""]);
        let words = self.small.iter().zip(next).enumerate();
        words.filter(|(_, (word, next))| is(word, next)).map(|(at, _)| at).collect()
    }

    /// The words that weaken a statement, an intention where the other side does not say that it
    /// will be so. `May` is a month.
    fn hedges(&self, other: &Side) -> Vec<usize> {
        let is_to_come = other.small.iter().any(|word| self.lexicon.is_future(word));
        let intends = |word: &str, next: &str| !is_to_come && self.lexicon.intends(word, next);
        let is_month = |at: &usize| &self.text[self.words[*at].range.clone()] == "May";
        let found = self.places(|word, next| self.lexicon.hedges(word, next) || intends(word, next));
        found.into_iter().filter(|at| !is_month(at)).collect()
    }

    /// The word that the marker at `at` governs: the next that says something; of a negator at
    /// the end, in languages that have it there, the one before.
    fn governed(&self, at: usize) -> Option<usize> {
        let is_content = |next: &usize| self.words[*next].kind == WordKind::Content;
        let next = (at + 1..(at + 1 + REACH).min(self.words.len())).find(is_content);
        next.or_else(|| {
            (at.saturating_sub(REACH)..at).rev().find(is_content).filter(|_| self.lexicon.negates_backwards)
        })
    }

    /// The recall from which on a passage says the same but for a negation, in scripts whose
    /// negated verbs have other forms, or where a negator is a part of a word.
    fn least_alike(&self) -> Option<f32> {
        let letters = || self.text[self.range()].chars();
        if self.words.iter().any(|word| word.kind == WordKind::Wide) {
            Some(ALIKE_WIDE)
        } else {
            letters().any(|c| matches!(c, '\u{600}'..='\u{6ff}' | '\u{ac00}'..='\u{d7af}')).then_some(ALIKE_INFLECTED)
        }
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
        Some(Lost { span: at.min(governed)..at.max(governed) + 1, at: place })
    }
}

/// Negations, opposites and hedges of a sentence that its best passage has otherwise.
pub(super) fn find(output: &Side, source: &Side, document: usize, recall: f32) -> Vec<Finding> {
    if recall < ALIKE {
        return Vec::new();
    }
    let contrast = Contrast { output, source, document };
    if let Some(finding) = contrast.negation(recall) {
        return vec![finding];
    }
    contrast.opposite().into_iter().chain(contrast.hedge().or_else(|| contrast.part())).collect()
}

/// A sentence and its best passage.
struct Contrast<'s> {
    output: &'s Side<'s>,
    source: &'s Side<'s>,
    document: usize,
}

impl Contrast<'_> {
    /// The finding of a stretch of the output, with the one of the source that it is about.
    fn finding(&self, subject: Subject, range: Range<usize>, why: String, theirs: Range<usize>) -> Finding {
        let grade = if subject == Subject::Hedge { Grade::Unsupported } else { Grade::Contradicted };
        Finding { grade, subject, range, why, source: Some(Place { document: self.document, range: theirs }) }
    }

    fn negation(&self, recall: f32) -> Option<Finding> {
        let Contrast { output, source, .. } = *self;
        let text = |range: &Range<usize>| &source.text[range.clone()];
        let (range, theirs, why) = if let Some(least) = output.least_alike() {
            let is_alike = recall >= least && source.words.len() < output.words.len() * 3 / 2;
            self.flip().filter(|_| is_alike)?
        } else {
            match (&output.negators[..], &source.negators[..]) {
                (ours @ [_, ..], []) => {
                    let lost = ours.iter().find_map(|at| output.lost(*at, source))?;
                    let theirs = source.words[lost.at].range.clone();
                    let why = format!("the source says so without the negation, of {}", text(&theirs));
                    (output.bytes(&lost.span), theirs, why)
                }
                ([], theirs @ [_, ..]) => {
                    let lost = theirs.iter().find_map(|at| source.lost(*at, output))?;
                    let theirs = source.bytes(&lost.span);
                    let why = format!("the source negates it: {}", text(&theirs));
                    (output.words[lost.at].range.clone(), theirs, why)
                }
                _ => return None,
            }
        };
        Some(self.finding(Subject::Negation, range, why, theirs))
    }

    /// A negation on one side only of a whole statement: its bytes in the output, those in the
    /// source, and why.
    fn flip(&self) -> Option<(Range<usize>, Range<usize>, String)> {
        let Contrast { output, source, .. } = *self;
        let negates = |side: &Side| words::has_wide_negator(&side.text[side.range()]) || !side.negators.is_empty();
        let why = match (negates(output), negates(source)) {
            (true, false) => "the source says so without the negation",
            (false, true) => "the source negates it",
            _ => return None,
        };
        Some((output.range(), source.range(), why.into()))
    }

    /// A word that the source has the opposite of in like surroundings. Where either side
    /// negates, the words may well differ.
    fn opposite(&self) -> Option<Finding> {
        let Contrast { output, source, .. } = *self;
        if !output.negators.is_empty() || !source.negators.is_empty() {
            return None;
        }
        let lexicon = output.lexicon;
        let (ours, theirs) = (&output.small, &source.small);
        let has = |words: &[Cow<str>], any: &HashSet<&str>| words.iter().any(|word| any.contains(word.as_ref()));
        let next = |side: &Side, at: usize| side.governed(at).map(|next| side.words[next].stem);
        let opposite_of = |at: usize| {
            let own = &ours[at];
            let alone = |pair: &Opposite| !has(ours, pair.other) && !has(theirs, pair.own);
            let pairs: Vec<Opposite> = lexicon.opposites(own).filter(alone).collect();
            let is_opposite = |place: usize| {
                let other = &theirs[place];
                let same_next = || next(output, at).is_some() && next(output, at) == next(source, place);
                let is_other =
                    |pair: &Opposite| pair.other.contains(other.as_ref()) && (!pair.before_same || same_next());
                pairs.iter().any(is_other)
                    || (lexicon.differ_by_prefix(own, other) && !ours.contains(other) && !theirs.contains(own))
            };
            let mut opposites = (0..theirs.len()).filter(|place| is_opposite(*place));
            opposites.find(|place| output.same_around(at, source, *place) >= 2)
        };
        let (at, found) = (0..ours.len()).find_map(|at| Some((at, opposite_of(at)?)))?;
        let (range, theirs) = (output.words[at].range.clone(), source.words[found].range.clone());
        let why = format!("the source says {}", &source.text[theirs.clone()]);
        Some(self.finding(Subject::Opposite, range, why, theirs))
    }

    /// A hedge that only one side has.
    fn hedge(&self) -> Option<Finding> {
        let Contrast { output, source, .. } = *self;
        let is_plain = |side: &Side| side.small.iter().all(|word| !side.lexicon.is_modal(word));
        match (&output.hedges(source)[..], &source.hedges(output)[..]) {
            (ours @ [_, ..], []) if is_plain(source) => self.weakened(ours),
            ([], theirs @ [_, ..]) if is_plain(output) => self.strengthened(theirs),
            _ => None,
        }
    }

    /// A word for a part of many, where the other side says it of them without a quantity.
    fn part(&self) -> Option<Finding> {
        let Contrast { output, source, .. } = *self;
        let parts = |side: &Side| side.places(|word, next| side.lexicon.is_part(word, next));
        let is_plain = |side: &Side| side.small.iter().all(|word| !side.lexicon.is_quantity(word));
        match (&parts(output)[..], &parts(source)[..]) {
            (ours @ [_, ..], []) if is_plain(source) => self.weakened(ours),
            ([], theirs @ [_, ..]) if is_plain(output) => self.strengthened(theirs),
            _ => None,
        }
    }

    /// What the output says with one of these words, and the source without.
    fn weakened(&self, ours: &[usize]) -> Option<Finding> {
        let Contrast { output, source, .. } = *self;
        let lost = ours.iter().find_map(|at| output.lost(*at, source))?;
        let word = &output.text[output.words[lost.span.start].range.clone()];
        let why = format!("the source says so without {word}");
        Some(self.finding(Subject::Hedge, output.bytes(&lost.span), why, source.words[lost.at].range.clone()))
    }

    /// What the source says with one of these words, and the output without.
    fn strengthened(&self, theirs: &[usize]) -> Option<Finding> {
        let Contrast { output, source, .. } = *self;
        let lost = theirs.iter().find_map(|at| source.lost(*at, output))?;
        let theirs = source.bytes(&lost.span);
        let why = format!("the source says {}", &source.text[theirs.clone()]);
        Some(self.finding(Subject::Hedge, output.words[lost.at].range.clone(), why, theirs))
    }
}

/// A number that is a bound on one side, such as `up to 5`, and not so on the other.
pub(super) fn bound(
    words: &Words,
    (output, range): (&str, &Range<usize>),
    (source, told): (&str, &Range<usize>),
) -> Option<(Grade, String)> {
    let around = |text: &str, range: &Range<usize>| {
        let start = text.ceil_char_boundary(range.start.saturating_sub(NEAR));
        let end = text.floor_char_boundary((range.end + NEAR).min(text.len()));
        words.bounds(&text[start..range.start], &text[range.end.min(end)..end])
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
    fn what_is_planned_is_not_done_and_a_part_is_not_all() {
        for (source, output) in [
            ("The firm plans to open a plant in Leeds this year.", "The firm opened a plant in Leeds this year."),
            ("The painting is said to be worth a fortune today.", "The painting is worth a fortune today."),
            ("Some residents of the valley lost power that night.", "Residents of the valley lost power that night."),
        ] {
            is_found(source, output, "unsupported_hedge");
        }
        let plan = "The firm plans to open a plant in Leeds this year.";
        assert_eq!(found(plan, "The firm will open a plant in Leeds this year."), []);
        let some = "Some residents of the valley lost power that night.";
        assert_eq!(found(some, "Several residents of the valley lost power that night."), []);
        assert_eq!(found("The envoy was unable to reach the camp.", "The envoy could not reach the camp."), []);
        is_found(
            "The bank refused to lend money to the farmers.",
            "The bank lent money to the farmers.",
            "contradicted_negation",
        );
    }

    const GERMAN: &str = "Der Rat tagte am Montag über die Bücherei und ihre Gärten, und eine Wahl ist im Mai. ";
    const FRENCH: &str =
        "Le conseil s'est réuni lundi sur la bibliothèque et ses jardins, et un vote est prévu en mai. ";
    const SPANISH: &str =
        "El consejo se reunió el lunes por la biblioteca y sus jardines, y en mayo hay una votación. ";

    #[test]
    fn what_turns_a_statement_round_is_found_in_other_languages() {
        for (before, source, output, kind) in [
            (
                GERMAN,
                "Die Brücke wird wahrscheinlich im Herbst gesperrt.",
                "Die Brücke wird im Herbst gesperrt.",
                "unsupported_hedge",
            ),
            (
                GERMAN,
                "Der frühere Bürgermeister eröffnete die Schule.",
                "Der Bürgermeister eröffnete die Schule.",
                "unsupported_hedge",
            ),
            (
                GERMAN,
                "Das Mittel kann bei Kindern Schmerzen verursachen.",
                "Das Mittel verursacht bei Kindern Schmerzen.",
                "unsupported_hedge",
            ),
            (GERMAN, "Die Karten kosten mindestens 40 Euro.", "Die Karten kosten 40 Euro.", "unsupported_hedge"),
            (
                GERMAN,
                "Die Preise für Milch stiegen im Winter.",
                "Die Preise für Milch sanken im Winter.",
                "contradicted_opposite",
            ),
            (
                GERMAN,
                "Der erste Zug an die Küste war voll.",
                "Der letzte Zug an die Küste war voll.",
                "contradicted_opposite",
            ),
            (
                GERMAN,
                "Alle Kisten im Keller waren nass.",
                "Einige Kisten im Keller waren nass.",
                "contradicted_opposite",
            ),
            (
                GERMAN,
                "Die Firma zahlte den Lohn der Arbeiter im Mai nicht.",
                "Die Firma zahlte den Lohn der Arbeiter im Mai.",
                "contradicted_negation",
            ),
            (
                GERMAN,
                "Die Bank weigerte sich, den Bauern Geld zu leihen.",
                "Die Bank lieh den Bauern Geld.",
                "contradicted_negation",
            ),
            (
                GERMAN,
                "Erwachsene zahlen 7 Euro und Kinder zahlen 12 Euro.",
                "Erwachsene zahlen 12 Euro und Kinder zahlen 7 Euro.",
                "contradicted_number",
            ),
            (
                FRENCH,
                "Le pont sera probablement fermé en automne.",
                "Le pont sera fermé en automne.",
                "unsupported_hedge",
            ),
            (
                FRENCH,
                "L'ancien maire a inauguré la nouvelle école.",
                "Le maire a inauguré la nouvelle école.",
                "unsupported_hedge",
            ),
            (
                FRENCH,
                "La salle accueille jusqu'à 300 personnes.",
                "La salle accueille 300 personnes.",
                "unsupported_hedge",
            ),
            (
                FRENCH,
                "Les prix du lait ont augmenté cet hiver.",
                "Les prix du lait ont baissé cet hiver.",
                "contradicted_opposite",
            ),
            (
                FRENCH,
                "Le premier train vers la côte était plein.",
                "Le dernier train vers la côte était plein.",
                "contradicted_opposite",
            ),
            (
                FRENCH,
                "La banque a refusé de prêter de l'argent aux fermiers.",
                "La banque a prêté de l'argent aux fermiers.",
                "contradicted_negation",
            ),
            (
                FRENCH,
                "Le notaire est incapable de trouver le testament.",
                "Le notaire a trouvé le testament.",
                "contradicted_negation",
            ),
            (SPANISH, "El puente probablemente cerrará en otoño.", "El puente cerrará en otoño.", "unsupported_hedge"),
            (
                SPANISH,
                "El antiguo alcalde inauguró la nueva escuela.",
                "El alcalde inauguró la nueva escuela.",
                "unsupported_hedge",
            ),
            (SPANISH, "Las entradas cuestan al menos 40 euros.", "Las entradas cuestan 40 euros.", "unsupported_hedge"),
            (
                SPANISH,
                "Los precios de la leche subieron en invierno.",
                "Los precios de la leche bajaron en invierno.",
                "contradicted_opposite",
            ),
            (
                SPANISH,
                "Todas las cajas del sótano estaban mojadas.",
                "Algunas cajas del sótano estaban mojadas.",
                "contradicted_opposite",
            ),
            (
                SPANISH,
                "El banco se negó a prestar dinero a los granjeros.",
                "El banco prestó dinero a los granjeros.",
                "contradicted_negation",
            ),
            (
                SPANISH,
                "El consejo no aprobó el presupuesto de la escuela.",
                "El consejo aprobó el presupuesto de la escuela.",
                "contradicted_negation",
            ),
        ] {
            let source = format!("{before}{source}");
            let findings = found(&source, output);
            assert!(findings.iter().any(|(found, _)| found == kind), "{output}: {findings:?}");
            assert_eq!(found(&source, &source), [], "{source}");
        }
    }

    #[test]
    fn a_negation_in_korean_and_arabic_is_found() {
        for (source, output) in [
            ("서울의 시립 박물관은 월요일에 열렸다.", "서울의 시립 박물관은 월요일에 열리지 않았다."),
            ("فتح المتحف أبوابه في المدينة يوم الاثنين.", "لم يفتح المتحف أبوابه في المدينة يوم الاثنين."),
        ] {
            is_found(source, output, "contradicted_negation");
            is_found(output, source, "contradicted_negation");
        }
    }

    #[test]
    fn a_negation_of_one_language_is_a_word_of_another() {
        let german = format!("{GERMAN}Die Wahl in der Stadt ist am dritten Tag.");
        assert_eq!(found(&german, "Die Wahl in der Stadt ist im Mai am dritten Tag."), []);
        let english = "The priest spoke of pride in the old church on that day.";
        assert_eq!(found(english, "The priest spoke of the sin of pride in the old church on that day."), []);
    }

    #[test]
    fn values_that_changed_places_between_like_things_are_found() {
        let source = "The north tower has 14 floors and the south tower has 22 floors.";
        is_found(source, "The north tower has 22 floors and the south tower has 14 floors.", "contradicted_number");
        assert_eq!(found(source, "The south tower has 22 floors and the north tower has 14 floors."), []);
        assert_eq!(found(source, "The south tower has 22 floors."), []);
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
