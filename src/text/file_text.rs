//! A text in a file of its own, as editors save it.

use similar::{DiffOp, TextDiff};
use std::time::Duration;

/// After this long lines that were there are no longer sought.
const LONGEST_SEARCH: Duration = Duration::from_millis(500);

/// The text that a file holds, after an edit of the text that was there `before`. The byte order
/// mark before it, the line end of its last line, and line ends of a kind that was not there are
/// the editor's, and no part of the edit.
pub fn text_of_file(written: &str, before: &str) -> String {
    let text = if before.starts_with('\u{feff}') { written } else { written.trim_start_matches('\u{feff}') };
    let without_end = match before.as_bytes().last() {
        Some(b'\n') => None,
        Some(b'\r') => text.strip_suffix('\n').filter(|text| text.ends_with('\r')),
        _ => text.strip_suffix("\r\n").or(text.strip_suffix(['\n', '\r'])),
    };
    with_line_ends(without_end.unwrap_or(text), before)
}

/// The text with line ends as they were: each line that was there has its own, and one of a
/// kind that was not there becomes one that was.
fn with_line_ends(text: &str, before: &str) -> String {
    let (old, new) = (Lines::of(before), Lines::of(text));
    let Some(usual) = old.ends.iter().find(|end| !end.is_empty()) else { return text.to_owned() };
    let is_usual = |end: &&str| end.is_empty() || end == usual;
    if old.ends.iter().chain(&new.ends).all(is_usual) {
        return text.to_owned();
    }
    let mut ends = new.ends.clone();
    ends.iter_mut().filter(|end| !old.ends.contains(end)).for_each(|end| *end = usual);
    for op in TextDiff::configure().timeout(LONGEST_SEARCH).diff_slices(&old.texts, &new.texts).ops() {
        let DiffOp::Equal { old_index, new_index, len } = *op else { continue };
        let pairs = old.ends[old_index..][..len].iter().zip(&mut ends[new_index..][..len]);
        pairs.filter(|(was, end)| !was.is_empty() && !end.is_empty()).for_each(|(was, end)| *end = was);
    }
    new.texts.iter().zip(ends).flat_map(|(text, end)| [*text, end]).collect()
}

/// The lines of a text, and what ends each; the last has no end.
struct Lines<'t> {
    texts: Vec<&'t str>,
    ends: Vec<&'t str>,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Self {
        let mut lines = Self { texts: Vec::new(), ends: Vec::new() };
        let mut rest = text;
        while let Some(at) = rest.find(['\r', '\n']) {
            let length = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
            lines.push(&rest[..at], &rest[at..at + length]);
            rest = &rest[at + length..];
        }
        lines.push(rest, "");
        lines
    }

    fn push(&mut self, text: &'t str, end: &'t str) {
        self.texts.push(text);
        self.ends.push(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_the_files_comes_off() {
        for (written, before, text) in [
            ("\u{feff}better\r\n", "", "better"),
            ("better\n", "worse", "better"),
            ("better\n\n", "worse", "better\n"),
            ("better", "worse\n", "better"),
            ("better\r\n", "worse\r\n", "better\r\n"),
            ("\u{feff}better\n", "\u{feff}worse", "\u{feff}better"),
            ("better\r", "worse", "better"),
            ("worse\r\n", "worse\r", "worse\r"),
        ] {
            assert_eq!(text_of_file(written, before), text, "{written:?} after {before:?}");
        }
    }

    #[test]
    fn line_ends_are_those_that_were_there() {
        for (written, before, text) in [
            ("a\nX\nc\n", "a\r\nb\r\nc", "a\r\nX\r\nc"),
            ("a\nnew\nb\n", "a\r\nb\r\n", "a\r\nnew\r\nb\r\n"),
            ("a\r\nX\r\nc\r\n", "a\nb\nc\n", "a\nX\nc\n"),
            ("a\nb\nX\nd\n", "a\r\nb\nc\rd", "a\r\nb\nX\nd"),
            ("a\r\nb\nc\rX\n", "a\r\nb\nc\rd", "a\r\nb\nc\rX"),
            ("a\nX\n", "a\rb", "a\rX"),
            ("a\r\nb\r\n", "one line", "a\r\nb"),
        ] {
            assert_eq!(text_of_file(written, before), text, "{written:?} after {before:?}");
        }
    }

    proptest! {
        #[test]
        fn an_editor_that_changes_line_ends_alone_changes_nothing(before in "[ab\r\n\u{feff}]{0,12}", end in "\r\n|\n|\r") {
            let mut written: String = Lines::of(&before).texts.iter().map(|line| format!("{line}{end}")).collect();
            if before.ends_with(['\r', '\n']) {
                written.truncate(written.len() - end.len());
            }
            prop_assert_eq!(text_of_file(&written, &before), before);
        }
    }
}
