//! Texts compared as people read them: however a letter is composed, whether it is a capital,
//! whatever cannot be seen within a word, and whichever blank stands between words.

use regex::{Regex, RegexBuilder};
use std::borrow::Cow;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};
use unicode_segmentation::UnicodeSegmentation;

/// A text in the form in which texts are compared, and where each stretch of it stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded<'t> {
    pub text: Cow<'t, str>,
    /// Stretches of another length than the text they stand for, ascending.
    changes: Vec<Change>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    folded: Range<usize>,
    source: Range<usize>,
}

/// The text in the form in which texts are compared: composed in compatibility (NFKC), without
/// what is never seen, each blank but a line break a space; without capitals unless they count.
pub fn fold(text: &str, capitals: bool) -> Folded<'_> {
    if text.is_ascii() {
        let is_folded = |c: char| fold_char(c) == c && (capitals || !c.is_ascii_uppercase());
        let fold = |c: char| fold_char(if capitals { c } else { c.to_ascii_lowercase() });
        let is_same = text.chars().all(is_folded);
        let text = if is_same { Cow::Borrowed(text) } else { text.chars().map(fold).collect() };
        return Folded { text, changes: Vec::new() };
    }
    let mut folded = String::with_capacity(text.len());
    let mut changes = Vec::new();
    for (at, grapheme) in text.grapheme_indices(true) {
        let start = folded.len();
        fold_into(grapheme, capitals, &mut folded);
        if folded.len() - start != grapheme.len() {
            changes.push(Change { folded: start..folded.len(), source: at..at + grapheme.len() });
        }
    }
    let text = if changes.is_empty() && folded == text { Cow::Borrowed(text) } else { Cow::Owned(folded) };
    Folded { text, changes }
}

fn fold_into(grapheme: &str, capitals: bool, out: &mut String) {
    if let [byte] = grapheme.as_bytes() {
        out.push(fold_char(if capitals { *byte } else { byte.to_ascii_lowercase() }.into()));
        return;
    }
    for c in grapheme.chars().filter(|c| !is_ignorable(*c)).nfkc().filter(|c| !is_ignorable(*c)) {
        match fold_char(c) {
            c if capitals || c == 'ı' => out.push(c),
            c => out.extend(small(c)),
        }
    }
}

/// The letters without capitals: those that share a capital are one, and `ß` is `ss`.
fn small(c: char) -> impl Iterator<Item = char> {
    let is_letters = c.to_uppercase().all(char::is_alphabetic);
    let capitals = is_letters.then(|| c.to_uppercase().flat_map(char::to_lowercase));
    let plain = (!is_letters).then(|| c.to_lowercase());
    capitals.into_iter().flatten().chain(plain.into_iter().flatten())
}

fn fold_char(c: char) -> char {
    match c {
        '\n' => c,
        '‘' | '’' | 'ʼ' => '\'',
        '“' | '”' | '„' => '"',
        '‐' | '‑' | '−' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// Whether a text has the phrase, which is folded without capitals: blanks are alike.
pub fn has(text: &str, phrase: &str) -> bool {
    let folded = fold(text, false).text;
    match folded.contains(['\n', '\r']) || folded.contains("  ") {
        true => in_a_row(&folded).contains(phrase),
        false => folded.contains(phrase),
    }
}

/// The form of a phrase for [`has`].
pub fn phrase(text: &str) -> String {
    in_a_row(&fold(text, false).text.replace(char::is_control, " "))
}

fn in_a_row(folded: &str) -> String {
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text has signs, which an index of words does not know.
pub fn has_signs(text: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c.general_category_group() == GeneralCategoryGroup::Mark;
    text.chars().any(|c| !is_word(c) && !c.is_whitespace() && !c.is_control() && !is_ignorable(c))
}

/// Whether a character is passed over in reading (Unicode's `Default_Ignorable_Code_Point`, with
/// the marks of annotations).
pub fn is_ignorable(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

impl Folded<'_> {
    /// The bytes of the text that a stretch of the folded one stands for.
    pub fn source(&self, folded: Range<usize>) -> Range<usize> {
        let start = match self.changes.partition_point(|change| change.folded.start <= folded.start) {
            0 => folded.start,
            after => {
                let Change { folded: f, source } = &self.changes[after - 1];
                if folded.start < f.end { source.start } else { source.end + folded.start - f.end }
            }
        };
        let end = match self.changes.partition_point(|change| change.folded.start < folded.end) {
            0 => folded.end,
            after => {
                let Change { folded: f, source } = &self.changes[after - 1];
                source.end + folded.end.saturating_sub(f.end)
            }
        };
        start..end
    }
}

/// What is looked for in texts: a regular expression. Capitals count if there is one in it; a
/// space in it stands for blanks of any kind and number, a line's end and a bar among them.
#[derive(Debug, Clone)]
pub struct Search {
    /// For folded texts.
    folded: Regex,
    /// For texts as they are, where nothing is found in folded ones: `\x{200b}`, `\u{a0}`.
    plain: Regex,
    capitals: bool,
}

impl Search {
    /// # Errors
    ///
    /// What is wrong with the expression.
    pub fn new(query: &str) -> Result<Self, regex::Error> {
        let capitals = query.chars().any(char::is_uppercase);
        let build = |pattern: &str| RegexBuilder::new(pattern).case_insensitive(!capitals).multi_line(true).build();
        Ok(Self { plain: build(query)?, folded: build(&folded_pattern(query, capitals))?, capitals })
    }

    /// A search for a text as it is.
    ///
    /// # Errors
    ///
    /// The text is too long to be looked for.
    pub fn literal(text: &str) -> Result<Self, regex::Error> {
        Self::new(&regex::escape(text))
    }

    /// The stretches of a text that are found, in order; none of them is empty.
    pub fn find<'t>(&'t self, text: &'t str) -> Vec<Range<usize>> {
        let folded = fold(text, self.capitals);
        let found = self.folded.find_iter(&folded.text).map(|found| folded.source(found.range()));
        let found: Vec<_> = found.filter(|range| !range.is_empty()).collect();
        match found.is_empty() {
            true => self.plain.find_iter(text).map(|found| found.range()).filter(|range| !range.is_empty()).collect(),
            false => found,
        }
    }
}

/// The expression for folded texts. What is not ASCII stands for itself.
fn folded_pattern(query: &str, capitals: bool) -> String {
    let mut pattern = String::with_capacity(query.len());
    let (mut is_escaped, mut is_class) = (false, false);
    for grapheme in query.graphemes(true) {
        match grapheme {
            " " if !is_escaped && !is_class => {
                if !pattern.ends_with(BLANKS) {
                    pattern.push_str(BLANKS);
                }
            }
            _ if grapheme.is_ascii() => pattern.push_str(grapheme),
            _ => {
                let mut folded = String::new();
                fold_into(grapheme, capitals, &mut folded);
                pattern.push_str(&regex::escape(&folded));
            }
        }
        match grapheme {
            "[" if !is_escaped => is_class = true,
            "]" if !is_escaped => is_class = false,
            _ => {}
        }
        is_escaped = grapheme == "\\" && !is_escaped;
    }
    pattern
}

/// Blanks, and the bars that lines of a quote or of code begin with.
const BLANKS: &str = r"[\s│▏]+";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found<'t>(query: &str, text: &'t str) -> Vec<&'t str> {
        Search::new(query).unwrap().find(text).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn what_reads_alike_is_found() {
        let text = "cafe\u{301} na\u{ef}ve \u{1112}\u{1161}\u{11ab}국 \u{fb01}nal x\u{a0}y re\u{ad}fund Straße ＡＢ Ⅳ";
        for (query, expected) in [
            ("café", "cafe\u{301}"),
            ("nai\u{308}ve", "na\u{ef}ve"),
            ("한국", "\u{1112}\u{1161}\u{11ab}국"),
            ("final", "\u{fb01}nal"),
            ("x y", "x\u{a0}y"),
            ("refund", "re\u{ad}fund"),
            ("strasse", "Straße"),
            ("STRAẞE", ""),
            ("ab iv", "ＡＢ Ⅳ"),
            (r"\x{ad}", "\u{ad}"),
            ("r.fund", "re\u{ad}fund"),
        ] {
            let expected: Vec<&str> = Some(expected).filter(|text| !text.is_empty()).into_iter().collect();
            assert_eq!(found(query, text), expected, "{query}");
        }
        assert_eq!(found("refund window", "the Refund\n│  window"), ["Refund\n│  window"]);
        assert_eq!(found("don't", "don’t"), ["don’t"]);
        assert!(has("Uses  C++\nand re\u{ad}gex", &phrase("c++ AND regex")) && !has("C and C#", &phrase("C++")));
        assert!(has_signs("C++") && has_signs("10%") && !has_signs("naïve cafe\u{301} x"));
        assert_eq!(found("Refund", "refund Refund"), ["Refund"]);
        assert_eq!(found("[a b]c", "a bc"), ["bc"]);
        assert_eq!(found(r"\$5|C\+\+", "$5 C++"), ["$5", "C++"]);
    }

    proptest! {
        /// Any stretch of a text is found in it, where it stands.
        #[test]
        fn what_stands_in_a_text_is_found(before in "\\PC{0,8}", inner in "[a-zß-ü\u{301}한국がｶﾞ\u{ad}\u{200d}👩💻]{1,8}", after in " \\PC{0,8}") {
            let text = format!("{before} {inner}{after}");
            prop_assume!(!fold(&inner, true).text.is_empty());
            let ranges = Search::literal(&inner).unwrap().find(&text);
            prop_assert!(ranges.iter().all(|range| text.get(range.clone()).is_some()));
            prop_assert!(!ranges.is_empty(), "{inner:?} in {text:?}");
        }
    }
}
