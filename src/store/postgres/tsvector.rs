//! The words of a text for PostgreSQL, which gets them ready made: what is found depends
//! neither on the server's parser nor on its locale. They are those of SQLite's tokenizer
//! `unicode61` as `sqlite/full_text.rs` sets it, so that both databases find the same.
//!
//! A `tsvector` holds some thousand words and 255 places of each, so a long text is kept
//! in pieces. They overlap: a phrase that a piece cuts stands whole in the next one.

use crate::domain::filter::Phrase;
use crate::store::tokens::{parted, sought};
use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;
use unicode_normalization::char::decompose_canonical;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// Words of a piece, at most; a place is a number up to 16383.
const PIECE: usize = 4096;

/// Words that two pieces share, and places of one word in a piece, at most.
const OVERLAP: usize = 256;
const PLACES: usize = 255;

/// Bytes of a piece's words, and of one word, at most.
const PIECE_BYTES: usize = 512 * 1024;
const WORD_BYTES: usize = 2046;

/// The words of one or two texts in a row, without an end between them: see [`Words::of`].
#[derive(Default)]
pub(super) struct Words {
    /// Words, one after the other.
    text: String,
    /// Where each ends.
    ends: Vec<usize>,
    /// Number of the first word of the second text.
    second: usize,
}

impl Words {
    /// The words of the texts. Between the texts stands an empty word: no phrase leaps
    /// over it.
    pub(super) fn of(texts: &[&str]) -> Self {
        let mut words = Self::default();
        for (at, text) in texts.iter().enumerate() {
            if at > 0 {
                words.ends.push(words.text.len());
                words.second = words.ends.len();
            }
            words.take_in(&parted(text));
        }
        words.second = if texts.len() > 1 { words.second } else { words.ends.len() };
        words
    }

    fn take_in(&mut self, parted: &str) {
        let mut begin = self.text.len();
        for c in parted.chars().chain(['\0']) {
            if is_word(c) || (is_diacritic(c) && self.text.len() > begin) {
                self.text.extend(folded(c));
            } else if self.text.len() > begin {
                let end = self.text.floor_char_boundary(begin + WORD_BYTES);
                self.text.truncate(end);
                self.ends.push(end);
                begin = end;
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    fn word(&self, at: usize) -> &str {
        let begin = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.text[begin..self.ends[at]]
    }

    /// Literals of `tsvector`, one for each piece; at least one. The places of the second
    /// text's words weigh `B`, the others `A`.
    pub(super) fn pieces(&self) -> impl Iterator<Item = String> {
        let mut next = Some(0);
        std::iter::from_fn(move || {
            let piece = self.piece(next?);
            next = (piece.end < self.len()).then(|| {
                let half = piece.start + piece.len().div_ceil(2); // there must be an end to it
                half.max(piece.end.saturating_sub(OVERLAP))
            });
            Some(self.literal(piece))
        })
    }

    /// The words from `start` that fit into a piece.
    fn piece(&self, start: usize) -> Range<usize> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut bytes = 0;
        for at in start..self.len() {
            let count = places.entry(self.word(at)).or_default();
            *count += 1;
            bytes += self.word(at).len();
            if at - start == PIECE || *count > PLACES || bytes > PIECE_BYTES {
                return start..at;
            }
        }
        start..self.len()
    }

    fn literal(&self, piece: Range<usize>) -> String {
        let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
        for at in piece.clone() {
            places.entry(self.word(at)).or_default().push(at);
        }
        places.remove("");
        let mut literal = String::with_capacity(piece.len() * 16);
        for (word, places) in places {
            let mut before = ':';
            let _ = write!(literal, " '{word}'");
            for at in places {
                let weight = if at < self.second { 'A' } else { 'B' };
                let _ = write!(literal, "{before}{}{weight}", at - piece.start + 1);
                before = ',';
            }
        }
        literal
    }
}

/// A literal of `tsquery`; `None` when there is no word in the phrase. Of a very long
/// phrase the beginning is looked for.
pub(super) fn pattern(phrase: &Phrase) -> Option<String> {
    let sought = sought(&phrase.text, phrase.open)?;
    let mut words = Words::default();
    words.take_in(&sought.parted);
    let mut quoted: Vec<String> = (0..words.len()).map(|at| format!("'{}'", words.word(at))).collect();
    let is_whole = quoted.len() <= OVERLAP;
    quoted.truncate(OVERLAP);
    let open = if sought.open && is_whole { ":*" } else { "" };
    (!quoted.is_empty()).then(|| format!("{}{open}", quoted.join(" <-> ")))
}

/// Letters, marks, digits, characters of private use, and signs like emoji: never a quote
/// or a backslash, so that a word stands in a literal as it is.
fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric();
    }
    use GeneralCategoryGroup::{Letter, Mark, Number};
    matches!(c.general_category_group(), Letter | Mark | Number)
        || matches!(c.general_category(), GeneralCategory::PrivateUse | GeneralCategory::OtherSymbol)
}

fn is_diacritic(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// The character without capitals, and a Latin letter without diacritics.
fn folded(c: char) -> Option<char> {
    if c.is_ascii() {
        return Some(c.to_ascii_lowercase());
    }
    if is_diacritic(c) {
        return None;
    }
    let small = uncapital(c);
    let mut base = None;
    decompose_canonical(small, |part| base = base.or(Some(part)));
    base.filter(char::is_ascii_alphabetic).map(|base| base.to_ascii_lowercase()).or(Some(small))
}

/// Letters that share a capital are one: `ς` is `σ`. The dotless `ı` is a letter of its own.
fn uncapital(c: char) -> char {
    let only = |mut chars: std::char::ToLowercase| chars.next().filter(|_| chars.next().is_none());
    let small = only(c.to_lowercase()).unwrap_or(c);
    let mut capitals = small.to_uppercase();
    match (capitals.next(), capitals.next()) {
        (Some(capital), None) if small != 'ı' => only(capital.to_lowercase()).unwrap_or(small),
        _ => small,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;
    use proptest::test_runner::Config;

    fn words(text: &str) -> Vec<String> {
        let words = Words::of(&[text]);
        (0..words.len()).map(|at| words.word(at).to_owned()).collect()
    }

    /// The words that SQLite indexes of each text.
    fn of_sqlite(texts: &[String]) -> Vec<Vec<String>> {
        let sqlite = rusqlite::Connection::open_in_memory().unwrap();
        let tables = "CREATE VIRTUAL TABLE t USING fts5(x,
                tokenize=\"unicode61 remove_diacritics 2 categories 'L* M* N* Co So'\");
            CREATE VIRTUAL TABLE v USING fts5vocab(t, instance); BEGIN;";
        sqlite.execute_batch(tables).unwrap();
        for (at, text) in texts.iter().enumerate() {
            sqlite.execute("INSERT INTO t (rowid, x) VALUES (?1, ?2)", (at as i64, &*parted(text))).unwrap();
        }
        let mut found = vec![Vec::new(); texts.len()];
        let mut all = sqlite.prepare("SELECT doc, term FROM v ORDER BY doc, offset").unwrap();
        let mut rows = all.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let word: Option<String> = row.get(1).unwrap(); // nothing but diacritics is an empty word
            found[row.get::<_, i64>(0).unwrap() as usize].extend(word);
        }
        found
    }

    /// What SQLite's tables know: newer characters, a few rare marks and two letters differ.
    const SHARED: [std::ops::RangeInclusive<char>; 17] = [
        ' '..='\u{1df}',
        '\u{1e2}'..='\u{304}',
        '\u{384}'..='\u{527}',
        '\u{531}'..='\u{604}',
        '\u{620}'..='\u{6ff}',
        '\u{900}'..='\u{97f}',
        '\u{e00}'..='\u{eff}',
        '\u{1000}'..='\u{109f}',
        '\u{1e00}'..='\u{2064}',
        '\u{2070}'..='\u{20b9}',
        '\u{2100}'..='\u{2bff}',
        '\u{3000}'..='\u{33ff}',
        '\u{4e00}'..='\u{4fff}',
        '\u{ac00}'..='\u{b000}',
        '\u{e000}'..='\u{e0ff}',
        '\u{ff00}'..='\u{ffee}',
        '\u{1f300}'..='\u{1f3fa}',
    ];

    fn known() -> impl Iterator<Item = char> {
        let is_known = |c: &char| c.general_category() != GeneralCategory::Unassigned;
        SHARED.into_iter().flatten().filter(is_known)
    }

    #[test]
    fn every_character_is_taken_as_sqlite_takes_it() {
        let texts: Vec<String> = known().map(|c| format!("a{c}B {c}")).collect();
        let found = of_sqlite(&texts);
        for (text, found) in texts.iter().zip(found) {
            assert_eq!(words(text), found, "{text:?}");
        }
    }

    proptest! {
        #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]
        #[test]
        fn texts_are_taken_as_sqlite_takes_them(
            texts in prop::collection::vec(prop::collection::vec(select(known().collect::<Vec<_>>()), 0..40), 1..20)
        ) {
            let texts: Vec<String> = texts.into_iter().map(|text| text.into_iter().collect()).collect();
            for (text, found) in texts.iter().zip(of_sqlite(&texts)) {
                prop_assert_eq!(words(text), found, "{:?}", text);
            }
        }
    }

    /// The places of the words in a literal, in order.
    fn places(literal: &str) -> Vec<String> {
        let mut found: Vec<(usize, String)> = Vec::new();
        for entry in literal.split(' ').filter(|entry| !entry.is_empty()) {
            let (word, places) = entry.split_once(':').unwrap();
            for place in places.split(',') {
                found.push((place[..place.len() - 1].parse().unwrap(), format!("{word}{place}")));
            }
        }
        found.sort();
        found.into_iter().map(|(_, place)| place).collect()
    }

    fn literals(texts: &[&str]) -> Vec<Vec<String>> {
        Words::of(texts).pieces().map(|literal| places(&literal)).collect()
    }

    #[test]
    fn a_literal_has_the_places_of_both_texts_and_an_end_between_them() {
        assert_eq!(literals(&["To be", "be, Café!"]), [["'to'1A", "'be'2A", "'be'4B", "'cafe'5B"]]);
        assert_eq!(literals(&["a 退款"]), [["'a'1A", "'退款'2A", "'款'3A"]]);
        assert_eq!(literals(&["", "it's \\ '"]), [["'it'2B", "'s'3B"]]);
        assert_eq!(literals(&["", ""]), [Vec::<String>::new()], "a row without words is a row");
        assert_eq!(literals(&[]).len(), 1);
    }

    #[test]
    fn a_phrase_stands_whole_in_a_piece_of_a_long_text() {
        let text: String = (0..20_000).map(|n| format!("w{n} ")).collect();
        let pieces = literals(&[&text]);
        assert_eq!(pieces.len(), 6);
        for at in (0..20_000 - 250).step_by(50) {
            let is_whole = |piece: &Vec<String>| {
                let has = |n: usize| piece.iter().any(|place| place.starts_with(&format!("'w{n}'")));
                has(at) && has(at + 250)
            };
            assert!(pieces.iter().any(is_whole), "{at}");
        }
    }

    #[test]
    fn whatever_the_text_pieces_keep_within_limits_and_come_to_an_end() {
        let long = format!("{}é", "x".repeat(5000));
        for text in ["a ".repeat(100_000), format!("{long} ").repeat(2000), "退".repeat(50_000), long.clone()] {
            let pieces = Words::of(&[&text]);
            let mut last = 0;
            for literal in pieces.pieces() {
                let places = places(&literal);
                let mut words: HashMap<&str, usize> = HashMap::new();
                for place in &places {
                    *words.entry(place.rsplit_once('\'').unwrap().0).or_default() += 1;
                }
                assert!(words.values().all(|count| *count <= PLACES) && places.len() <= PIECE);
                assert!(words.keys().all(|word| word.len() <= WORD_BYTES + 1));
                last = places.len();
            }
            assert!(last > 0);
        }
    }

    #[test]
    fn a_pattern_is_words_in_a_row() {
        let found = |text: &str, open| pattern(&Phrase { text: text.into(), open });
        assert_eq!(found("Refund window", false).as_deref(), Some("'refund' <-> 'window'"));
        assert_eq!(found("it's \\ a & b | !c:*", false).as_deref(), Some("'it' <-> 's' <-> 'a' <-> 'b' <-> 'c'"));
        assert_eq!(found("re", true).as_deref(), Some("'re':*"));
        assert_eq!(found("退", false).as_deref(), Some("'退':*"));
        assert_eq!(found("退款窗", false).as_deref(), Some("'退款' <-> '款窗'"));
        assert_eq!(found("-- ' \u{301}", true), None);
        assert_eq!(found(&"so ".repeat(1000), true).unwrap().matches("'so'").count(), OVERLAP);
    }
}
