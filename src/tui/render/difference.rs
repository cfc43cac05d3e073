//! Two texts compared by word.

use super::page::Page;
use crate::tui::theme::Role;
use similar::{ChangeTag, TextDiff};
use std::time::Duration;

/// Longer texts are compared by line: by word, it would be felt at the key.
const MOST_BY_WORD: usize = 64 * 1024;

/// After this long the least difference is no longer sought, and a plain one taken.
const LONGEST_SEARCH: Duration = Duration::from_millis(100);

/// Words of both texts, in hundredths, that they share at least to be shown in one.
const LEAST_SHARED: usize = 40;

/// A stretch of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    tag: ChangeTag,
    text: String,
}

/// The changes that turn one text into another.
#[derive(Debug, Clone)]
pub struct Difference {
    pieces: Vec<Piece>,
    by_line: bool,
}

impl Difference {
    pub fn between(before: &str, after: &str) -> Self {
        let by_line = before.len().max(after.len()) > MOST_BY_WORD;
        let mut method = TextDiff::configure();
        method.timeout(LONGEST_SEARCH);
        let diff = match by_line {
            true => method.diff_lines(before, after),
            false => method.diff_unicode_words(before, after),
        };
        let mut pieces: Vec<Piece> = Vec::new();
        for change in diff.iter_all_changes() {
            match pieces.last_mut() {
                Some(piece) if piece.tag == change.tag() => piece.text.push_str(change.value()),
                _ => pieces.push(Piece { tag: change.tag(), text: change.value().into() }),
            }
        }
        Self { pieces: joined(pieces), by_line }
    }

    /// The amount of change: `−2 +3 words`.
    pub fn summary(&self) -> String {
        let unit = if self.by_line { "lines" } else { "words" };
        match (self.count(ChangeTag::Delete), self.count(ChangeTag::Insert)) {
            _ if self.pieces.iter().all(|piece| piece.tag == ChangeTag::Equal) => "they are equal".into(),
            (0, 0) => "they differ in spaces and signs".into(),
            (removed, added) => format!("−{removed} +{added} {unit}"),
        }
    }

    /// Whether the texts share so few words, under `LEAST_SHARED`, that one woven into the other
    /// could not be read.
    pub fn has_little_in_common(&self) -> bool {
        let shared = 2 * self.count(ChangeTag::Equal);
        let all = shared + self.count(ChangeTag::Delete) + self.count(ChangeTag::Insert);
        shared * 100 < all * LEAST_SHARED
    }

    /// Words, or lines, of the stretches of a kind.
    fn count(&self, tag: ChangeTag) -> usize {
        let texts = self.pieces.iter().filter(|piece| piece.tag == tag).map(|piece| piece.text.as_str());
        texts.map(|text| if self.by_line { text.lines().count() } else { words(text) }).sum()
    }

    /// A page of both texts in one; with signs around what differs, where no colour tells it.
    pub fn both(&self, with_signs: bool) -> Page {
        self.page(|tag| match tag {
            ChangeTag::Delete if with_signs => Some(["[-", "-]"]),
            ChangeTag::Insert if with_signs => Some(["{+", "+}"]),
            _ => Some(["", ""]),
        })
    }

    /// The first text, with what the other does not have.
    pub fn before(&self) -> Page {
        self.page(|tag| (tag != ChangeTag::Insert).then_some(["", ""]))
    }

    /// The second text, with what the first does not have.
    pub fn after(&self) -> Page {
        self.page(|tag| (tag != ChangeTag::Delete).then_some(["", ""]))
    }

    /// A page of the comparison, each piece between its signs.
    fn page(&self, signs: impl Fn(ChangeTag) -> Option<[&'static str; 2]>) -> Page {
        let mut page = Page::default();
        for Piece { tag, text } in &self.pieces {
            let Some([open, close]) = signs(*tag) else { continue };
            let role = match tag {
                ChangeTag::Equal => Role::Text,
                ChangeTag::Delete => Role::Removed,
                ChangeTag::Insert => Role::Added,
            };
            page.add(open, role);
            page.add(text, role);
            page.add(close, role);
        }
        page.detail = Some(self.summary());
        page
    }
}

/// The pieces with changes put together that only blanks and signs part: a phrase that was rewritten
/// is read whole, and then what took its place.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined = Vec::new();
    let mut pieces = pieces.into_iter().peekable();
    let (mut removed, mut added) = (String::new(), String::new());
    while let Some(Piece { tag, text }) = pieces.next() {
        let is_amid = !removed.is_empty() && !added.is_empty() && words(&text) == 0 && pieces.peek().is_some();
        match tag {
            ChangeTag::Delete => removed.push_str(&text),
            ChangeTag::Insert => added.push_str(&text),
            ChangeTag::Equal if is_amid => [&mut removed, &mut added].into_iter().for_each(|side| side.push_str(&text)),
            ChangeTag::Equal => {
                joined.extend(changed(&mut removed, &mut added));
                joined.push(Piece { tag, text });
            }
        }
    }
    joined.extend(changed(&mut removed, &mut added));
    joined
}

/// What was removed, then what was added; both are empty afterwards.
fn changed(removed: &mut String, added: &mut String) -> impl Iterator<Item = Piece> + use<> {
    [(ChangeTag::Delete, std::mem::take(removed)), (ChangeTag::Insert, std::mem::take(added))]
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(tag, text)| Piece { tag, text })
}

fn words(text: &str) -> usize {
    use unicode_segmentation::UnicodeSegmentation;
    text.unicode_words().count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_that_differ_are_told_apart() {
        let difference = Difference::between("The refund takes 3 days.", "The refund takes 5 working days.");
        assert_eq!(difference.summary(), "−1 +2 words");
        assert_eq!(difference.both(true).text, "The refund takes [-3-]{+5 working+} days.");
        assert_eq!(difference.both(false).text, "The refund takes 35 working days.");
        let rewritten = Difference::between("Dear Sir, your kettle is here.", "I am sorry, your kettle is here.");
        assert_eq!(rewritten.both(true).text, "[-Dear Sir-]{+I am sorry+}, your kettle is here.");
        assert_eq!(Difference::between("a b", "a b").summary(), "they are equal");
        assert_eq!(Difference::between("a b", "a  b!").summary(), "they differ in spaces and signs");
        assert_eq!(Difference::between("返金は三日", "返金は五日").summary(), "−1 +1 words");
    }

    #[test]
    fn texts_of_which_most_differs_have_little_in_common() {
        let differ = |before, after| Difference::between(before, after).has_little_in_common();
        assert!(!differ("The refund takes 3 days.", "The refund takes 5 working days."));
        assert!(differ("Sympathy first; the desk rings.", "I am so sorry. Somebody from the desk will call you soon."));
        assert!(!differ("a b", "a b") && !differ("", "") && !differ("...", "…"));
        assert!(differ("", "all of it is new"));
    }

    #[test]
    fn long_texts_are_compared_by_line() {
        let text = "one line of many\n".repeat(5000);
        assert_eq!(Difference::between(&text, &format!("{text}more\n")).summary(), "−0 +1 lines");
    }

    proptest! {
        #[test]
        fn each_side_is_whole(before in "[a-c \n]{0,40}", after in "\\PC{0,40}") {
            let difference = Difference::between(&before, &after);
            prop_assert_eq!(difference.before().text, before);
            prop_assert_eq!(difference.after().text, after);
        }
    }
}
