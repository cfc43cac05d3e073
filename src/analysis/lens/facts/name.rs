//! Names: capitalised words within a sentence.

pub(super) mod titled;
mod words;

use super::SourceFacts;
use crate::analysis::lens::language::SMALL_NUMBERS;
use crate::analysis::lens::source::Source;
use crate::analysis::lens::word::{Word, WordKind};
use foldhash::{HashMap, HashSet};
use std::cell::OnceCell;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use words::{NO_NAMES, OF_A_PLACE, OPENERS, PLACES};

/// Letters from which on a name is not found within another word by chance.
const FOUND_ANYWHERE: usize = 5;

/// Letters that the names of a people and its country have in common, at least.
const COMMON: usize = 4;

/// Letters of an abbreviation, at most; words from which it may be taken, at most.
const SHORT: usize = 6;
const LONG: usize = 8;

/// Words of a label before its colon, at most.
const LABEL: usize = 4;

/// A run of capitalised words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// Indexes of the words of the name.
    pub words: Range<usize>,
    /// Whether the first word would have its capital anyway.
    pub opens: bool,
}

/// The names of the sentence `range`; none where capitals tell nothing: in a heading, in a
/// label, in capitals. In a row of values the first word is as good as any.
pub(super) fn find(text: &str, range: &Range<usize>, words: &[Word], in_row: bool) -> Vec<Name> {
    if is_heading(text, words, in_row) {
        return Vec::new();
    }
    let label = label_end(text, range, words);
    let mut found: Vec<Name> = Vec::new();
    for (at, word) in words.iter().enumerate().skip(label) {
        let gap = &text[if at == 0 { word.range.start } else { words[at - 1].range.end }..word.range.start];
        let parts = |c: char| !matches!(c, ' ' | ',' | '&' | '-' | '.' | '/' | '\u{a0}' | '\'' | '’');
        let opens = at == 0 || at == label || gap.contains(parts);
        let own = &text[word.range.clone()];
        if !may_name(own, word) || (opens && OPENERS.contains(&own.to_lowercase().as_str())) {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.words.end == at && !opens && matches!(gap, " " | "-" | ". " | "." | "\u{a0}") => {
                last.words.end += 1;
            }
            _ => found.push(Name { words: at..at + 1, opens: opens && !in_row }),
        }
    }
    found
}

fn may_name(text: &str, word: &Word) -> bool {
    let is_no_name = || {
        let small = text.to_lowercase();
        NO_NAMES.contains(&small.as_str()) || SMALL_NUMBERS.contains(&small.as_str())
    };
    word.capital && word.kind == WordKind::Content && text.chars().count() > 1 && !is_no_name()
}

/// How many words stand before the colon of a label: `**Refund Time:** 5 days`.
fn label_end(text: &str, range: &Range<usize>, words: &[Word]) -> usize {
    let sentence = &text[range.clone()];
    let Some(colon) = sentence.find(':').map(|at| range.start + at) else { return 0 };
    let ends = text[colon + 1..].starts_with([' ', '*', '_', '\n']) || colon + 1 == text.len();
    let before = words.partition_point(|word| word.range.end <= colon);
    let marked = sentence.starts_with(['*', '-', '#', '_', '•', '|']);
    if ends && before <= LABEL && (marked || before < LABEL) { before } else { 0 }
}

fn is_heading(text: &str, words: &[Word], in_row: bool) -> bool {
    let content: Vec<&Word> = words.iter().filter(|word| word.kind == WordKind::Content).collect();
    let capitals = content.iter().filter(|word| word.capital).count();
    let Some(last) = words.last() else { return true };
    let ends = text[last.range.end..].trim_start().starts_with(['.', '!', '?']);
    let shouts = content.iter().filter(|word| is_shouted(&text[word.range.clone()])).count();
    (!in_row && content.len() >= 3 && capitals * 3 > content.len() * 2 && !ends)
        || (content.len() >= 3 && shouts * 2 > content.len())
}

fn is_shouted(word: &str) -> bool {
    word.chars().count() > 1 && !word.contains(char::is_lowercase)
}

/// A word in small letters without accents.
fn plain(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.to_lowercase().replace('’', "'").nfd().filter(|c| !is_combining_mark(*c)).collect()
}

/// The names of the source in the forms in which an output may have them.
pub(in super::super) struct SourceNames<'d> {
    facts: &'d SourceFacts<'d>,
    forms: OnceCell<Forms>,
}

#[derive(Default)]
struct Forms {
    /// All words, in small letters without accents.
    words: HashSet<String>,
    /// Words with a capital by their first letters.
    by_beginning: HashMap<String, Vec<String>>,
    /// Words in capitals: `ICC`.
    shouted: HashSet<String>,
    /// Initials with the name behind them: `j brandt`.
    initials: HashSet<String>,
    /// Where words with a capital stand in [`Source::words`], by their initial.
    by_initial: HashMap<char, Vec<usize>>,
}

impl<'d> SourceNames<'d> {
    pub(in super::super) fn of(facts: &'d SourceFacts<'d>) -> Self {
        Self { facts, forms: OnceCell::new() }
    }

    /// Whether the source, or the question, has a word of the name `run` in a shorter, longer
    /// or other form.
    pub(super) fn knows(&self, source: &Source, word: &str, run: &[&str]) -> bool {
        let forms = self.forms.get_or_init(|| self.read(source));
        let plain = plain(word);
        let bare = plain.strip_suffix("'s").unwrap_or(&plain);
        forms.words.contains(bare)
            || forms.has_place(bare)
            || forms.is_initials(word, run)
            || self.has_written_out(source, forms, word)
            || (bare.chars().count() >= FOUND_ANYWHERE && self.facts.flat().has(bare))
    }

    fn read(&self, source: &Source) -> Forms {
        let mut forms = Forms::default();
        let mut before = String::new();
        for (at, (word, text)) in source.texts_from(0, self.facts.documents).enumerate() {
            let small = plain(text);
            if word.capital {
                let initial = small.chars().next();
                initial.into_iter().for_each(|initial| forms.by_initial.entry(initial).or_default().push(at));
                if is_shouted(text) {
                    forms.shouted.insert(text.to_owned());
                }
                let names = forms.by_beginning.entry(small.chars().take(COMMON).collect()).or_default();
                if !names.contains(&small) {
                    names.push(small.clone());
                }
            }
            if word.capital && before.chars().count() == 1 {
                forms.initials.insert(format!("{before} {small}"));
            }
            before.clone_from(&small);
            forms.words.insert(small);
        }
        let asked = crate::analysis::lens::tokens::ranges(self.facts.question);
        forms.words.extend(asked.map(|range| plain(&self.facts.question[range])));
        forms
    }

    /// Whether the source writes out what `short` has the first letters of.
    fn has_written_out(&self, source: &Source, forms: &Forms, short: &str) -> bool {
        if !is_shouted(short) || short.chars().count() > SHORT {
            return false;
        }
        let places = plain(short).chars().next().and_then(|initial| forms.by_initial.get(&initial));
        places.into_iter().flatten().any(|at| {
            let rest = source.texts_from(*at, self.facts.documents).take(LONG).map(|(_, text)| text);
            is_short_for(short, rest)
        })
    }
}

impl Forms {
    /// Whether a word names the country, people or language that another of the source does.
    fn has_place(&self, word: &str) -> bool {
        let listed = PLACES.iter().filter(|names| names.contains(&word));
        listed.flat_map(|names| names.iter()).any(|name| self.words.contains(*name))
            || self
                .by_beginning
                .get(&word.chars().take(COMMON).collect::<String>())
                .is_some_and(|names| names.iter().any(|name| is_of_same_place(word, name)))
    }

    /// Whether the source has the first letters of the whole name: `ICC`, or `J. Smith`.
    fn is_initials(&self, word: &str, run: &[&str]) -> bool {
        let short = |short: &String| run.len() > 1 && is_short_for(short, run.iter().copied());
        let initial = plain(word).chars().take(1).collect::<String>();
        let named = |last: &&str| self.initials.contains(&format!("{initial} {}", plain(last)));
        self.shouted.iter().any(short) || run.last().is_some_and(named)
    }
}

/// Whether two names differ in such an ending: `Israel` and `Israelis`, but not `France` and
/// `French`.
fn is_of_same_place(a: &str, b: &str) -> bool {
    let shared = a.chars().zip(b.chars()).take_while(|(a, b)| a == b);
    let (letters, shared) = shared.fold((0, 0), |(letters, bytes), (a, _)| (letters + 1, bytes + a.len_utf8()));
    letters >= COMMON && OF_A_PLACE.contains(&&a[shared..]) && OF_A_PLACE.contains(&&b[shared..])
}

/// Whether `short` has the first letters of `words`; small words may be left out.
fn is_short_for<'w>(short: &str, words: impl Iterator<Item = &'w str>) -> bool {
    let mut letters = short.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_lowercase).peekable();
    for word in words {
        let Some(first) = word.chars().next() else { continue };
        let next = letters.next_if(|letter| first.to_lowercase().eq([*letter]));
        if next.is_none() && first.is_uppercase() {
            return false;
        }
        if letters.peek().is_none() {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::lens::{language::Language, read, word::Vocabulary};

    fn names(text: &str) -> Vec<&str> {
        let words = Vocabulary::default().read(text, &Language::of(&["the house of the lords"]));
        let found = find(text, &(0..text.len()), &words, false).into_iter();
        found.map(|name| &text[words[name.words.start].range.start..words[name.words.end - 1].range.end]).collect()
    }

    fn findings(source: &str, output: &str) -> Vec<(String, String)> {
        let found = read(output, &[source]).findings.into_iter();
        found.map(|finding| (finding.kind(), output[finding.range].to_owned())).collect()
    }

    #[test]
    fn names_are_runs_of_capitals() {
        assert_eq!(names("In June John Smith, of the Acme Bank, met Jo."), ["John Smith", "Acme Bank", "Jo"]);
        assert!(names("KEY FINDINGS ABOUT REFUNDS").is_empty() && names("Key Findings And Results").is_empty());
        assert!(names("I met Dr. X on Monday, May 3.").is_empty());
    }

    #[test]
    fn openers_contractions_and_labels_are_no_names() {
        assert!(names("However, his wife is here. He's late, and I'm not.").is_empty());
        assert!(names("Despite the rain they went.").is_empty() && names("Brief: it was wet.").is_empty());
        assert!(names("**Refund Time:** 5 days").is_empty() && names("- Refund Time: 5 days").is_empty());
        assert!(names("The President told the Court that Parliament had voted.").is_empty());
    }

    #[test]
    fn short_names_and_peoples_are_known() {
        assert!(is_short_for("ICC", ["the", "International", "Criminal", "Court"].into_iter().skip(1)));
        assert!(!is_short_for("ICC", ["International", "Bank", "Court"].into_iter()));
        assert!(is_of_same_place("palestine", "palestinians") && is_of_same_place("canada", "canadian"));
        assert!(is_of_same_place("belgium", "belgian") && !is_of_same_place("johnson", "johnston"));
    }

    #[test]
    fn a_name_in_another_form_is_no_invention() {
        for (source, output) in [
            ("Two clubs from Belgium play the final in Lyon.", "The final in Lyon is played by Belgian clubs."),
            ("The final is in France, said François Petit.", "The French final, said Francois Petit."),
            ("The bakery of Jonas Brandt is open.", "It is open, says the bakery of J. Brandt."),
            ("A baker from poland sold the bread of the town.", "A Polish baker sold the bread of the town."),
            ("The Zugspitze Railway Company paid the fine.", "The fine was paid by the ZRC."),
            ("Ring the Smith family about the parcel.", "Ring the Smiths about the parcel."),
        ] {
            assert_eq!(findings(source, output), [], "{output}");
        }
    }

    #[test]
    fn a_name_is_contradicted_only_in_its_own_place() {
        let source = "Ingrid Solberg wrote to the bank in Oslo. Erik Dahl answered from Bergen a week later.";
        let found = |output| findings(source, output);
        let contradicted = |text: &str| vec![("contradicted_name".to_owned(), text.to_owned())];
        assert_eq!(found("A week later Astrid Solberg wrote."), contradicted("Astrid"));
        assert_eq!(found("Ingrid Solberg wrote to the bank in Lillehammer."), contradicted("Lillehammer"));
        assert_eq!(found("Ingrid Solberg, who knows Erik Dahl, wrote to the bank in Oslo."), []);
        assert_eq!(found("The answer came from Erik Dahl in Bergen."), []);
    }
}
