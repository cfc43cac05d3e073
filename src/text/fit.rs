//! Text fitted into the columns of a terminal, sanitised.

use super::sanitize::{self, pieces};
use unicode_width::UnicodeWidthStr;

/// The text cut to a width, with `…` where something is missing.
pub fn cut(text: &str, width: usize) -> String {
    let text = sanitize::line(text);
    if text.width() <= width {
        return text.into_owned();
    }
    let mut out = String::new();
    for piece in pieces(&text) {
        if out.width() + piece.text.width() + 1 > width {
            break;
        }
        out.push_str(&piece.text);
    }
    out + "…"
}

/// The text in lines of a width, broken between words where there are any.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    text.split('\n').flat_map(|line| wrap_line(&sanitize::line(line), width.max(1))).collect()
}

/// The text in lines of a width, and `…` after as many as there is room for.
pub fn clipped(text: &str, width: usize, rows: usize) -> Vec<String> {
    let mut lines = wrap(text, width);
    if lines.len() > rows {
        lines.truncate(rows);
        if let Some(last) = lines.last_mut() {
            *last = cut(&format!("{last} …"), width);
        }
    }
    lines
}

fn wrap_line(line: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split_inclusive(' ') {
        let present = lines.last().map_or(0, |line| line.width());
        if present > 0 && present + word.trim_end().width() > width {
            lines.push(String::new());
        }
        for piece in pieces(word) {
            if lines.last().is_some_and(|line| line.width() + piece.width > width && piece.text != " ") {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(&piece.text);
            }
        }
    }
    lines.iter_mut().for_each(|line| line.truncate(line.trim_end().len()));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_long_words_within() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("abcdefghij k", 4), ["abcd", "efgh", "ij k"]);
        assert_eq!(wrap("a\n\nb", 4), ["a", "", "b"]);
        assert_eq!(wrap("東京都庁", 5), ["東京", "都庁"]);
    }

    #[test]
    fn what_does_not_fit_is_cut() {
        assert_eq!([cut("abcdef", 4), cut("東京都", 4), cut("ab", 4)], ["abc…", "東…", "ab"]);
    }
}
