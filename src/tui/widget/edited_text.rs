//! A text that is edited in a field, which does not show all of it.

use super::text_field::{clean, shown_characters};
use std::ops::Range;

/// A text, and what a field shows of it: line ends of one kind, and nothing that turns the
/// direction of writing or hides. An edit of what is shown is made to the text, and the rest
/// of it stays as it is.
pub struct EditedText {
    text: String,
    shown: String,
}

impl EditedText {
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), shown: clean(text) }
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Makes the edit after which the field shows this.
    pub fn edit(&mut self, shown: &str) {
        let (removed, inserted) = change(&self.shown, shown);
        let place = self.place_of(removed);
        let own = if self.text.contains("\r\n") { "\r\n" } else { "\n" };
        // A line end that is typed beside half of another would become one with it.
        let edited = [own, "\r\n", "\n"].into_iter().find_map(|line_end| {
            let mut text = self.text.clone();
            text.replace_range(place.clone(), &inserted.replace('\n', line_end));
            (clean(&text) == shown).then_some(text)
        });
        self.text = edited.unwrap_or_else(|| shown.to_owned());
        self.shown = shown.to_owned();
    }

    /// Where in the text a stretch of what is shown stands. What is not shown on either side
    /// of it is no part of it.
    fn place_of(&self, shown: Range<usize>) -> Range<usize> {
        let (mut start, mut end, mut at) = (self.text.len(), None, 0);
        for (place, c) in shown_characters(&self.text) {
            if at == shown.start {
                start = place.start;
            }
            at += c.len_utf8();
            if at == shown.end && !shown.is_empty() {
                end = Some(place.end);
            }
            if at > shown.end {
                break;
            }
        }
        start..end.unwrap_or(start)
    }
}

/// The stretch of `before` that is gone, and what of `after` is there instead.
fn change<'a>(before: &str, after: &'a str) -> (Range<usize>, &'a str) {
    let same = |one: &mut dyn Iterator<Item = char>, other: &mut dyn Iterator<Item = char>| -> usize {
        one.zip(other).take_while(|(one, other)| one == other).map(|(c, _)| c.len_utf8()).sum()
    };
    let start = same(&mut before.chars(), &mut after.chars());
    let end = same(&mut before[start..].chars().rev(), &mut after[start..].chars().rev());
    (start..before.len() - end, &after[start..after.len() - end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_edited_stays() {
        let text = "\u{feff}line one\r\nline\rtwo \u{200f}\u{5d0}\u{202c}\n\u{1b}[1mthree";
        let mut edited = EditedText::new(text);
        let shown = clean(text);
        edited.edit(&format!("X{shown}"));
        assert_eq!(edited.text(), text.replacen("line one", "Xline one", 1));
        edited.edit(&format!("X{}", shown.replace("[1mthree", "[1mth")));
        assert_eq!(edited.text(), text.replacen("line one", "Xline one", 1).replace("three", "th"));
        edited.edit(&format!("X{shown}"));
        edited.edit(&shown);
        assert_eq!(edited.text(), text, "and back");
        edited.edit(&shown.replacen("one\n", "one\n\n", 1));
        assert_eq!(edited.text(), text.replacen("one\r\n", "one\r\n\r\n", 1), "a line end is as the others are");
    }

    /// Letters, and all that fields do not show.
    const TEXT: &str = "[a-c\r\n\u{200b}\u{202e}\u{feff}\u{1b}é\t]{0,12}";

    proptest! {
        /// What is not shown is there as before, but for what stood within what was removed.
        #[test]
        fn an_edit_changes_nothing_else(text in TEXT, edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), "[x\n]{0,2}"), 1..5)) {
            let mut edited = EditedText::new(&text);
            for (one, other, typed) in edits {
                let (before, shown) = (edited.text().to_owned(), clean(edited.text()));
                let places: Vec<_> = shown.char_indices().map(|(at, _)| at).chain([shown.len()]).collect();
                let (one, other) = (places[one.index(places.len())], places[other.index(places.len())]);
                let mut after = shown.clone();
                after.replace_range(one.min(other)..one.max(other), &typed);
                edited.edit(&after);
                prop_assert_eq!(clean(edited.text()), after.clone(), "what is shown is what is kept");
                let (removed, inserted) = change(&shown, &after);
                if !inserted.contains('\n') && !before.contains('\r') {
                    let (kept_before, kept_after) = (edited.text().len(), before.len());
                    let place = EditedText::new(&before).place_of(removed);
                    prop_assert_eq!(kept_before, kept_after - place.len() + inserted.len());
                    prop_assert!(edited.text().starts_with(&before[..place.start]), "before it");
                    prop_assert!(edited.text().ends_with(&before[place.end..]), "behind it");
                }
            }
        }
    }
}
