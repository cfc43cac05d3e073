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

/// The text cut to a width in its middle: names that begin alike are told apart by their ends.
pub fn cut_middle(text: &str, width: usize) -> String {
    let text = sanitize::line(text);
    if text.width() <= width {
        return text.into_owned();
    }
    let pieces: Vec<_> = pieces(&text).collect();
    let room = width.saturating_sub(1);
    let kept = |wanted: usize, from_end: bool| {
        let mut left = wanted;
        let ordered: Box<dyn Iterator<Item = &_>> =
            if from_end { Box::new(pieces.iter().rev()) } else { Box::new(pieces.iter()) };
        ordered.take_while(|piece| left.checked_sub(piece.width).map(|rest| left = rest).is_some()).count()
    };
    let last = kept(room.div_ceil(2), true);
    let end: String = pieces[pieces.len() - last..].iter().map(|piece| &*piece.text).collect();
    let first = kept(room - end.width(), false);
    let begin: String = pieces[..first].iter().map(|piece| &*piece.text).collect();
    format!("{begin}…{end}")
}

/// Names cut to a width, so that no two look alike: those that would are cut in their middle.
pub fn cut_apart<'n>(names: impl Iterator<Item = &'n str> + Clone, width: usize) -> Vec<String> {
    let ends: Vec<String> = names.clone().map(|name| cut(name, width)).collect();
    let is_alike = |end: &String| ends.iter().filter(|other| *other == end).count() > 1;
    names.zip(&ends).map(|(name, end)| if is_alike(end) { cut_middle(name, width) } else { end.clone() }).collect()
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

    #[test]
    fn names_that_begin_alike_are_told_apart() {
        let names = ["Bank details missing", "Bank details differ", "Invented value", "Wrong VAT"];
        let cut = cut_apart(names.into_iter(), 12);
        assert_eq!(cut, ["Bank …issing", "Bank …differ", "Invented va…", "Wrong VAT"]);
    }

    #[test]
    fn of_a_name_the_end_is_kept() {
        let cut = ["support-replies-v7", "support-replies-v8", "東京都庁", "ab"].map(|name| cut_middle(name, 8));
        assert_eq!(cut, ["sup…s-v7", "sup…s-v8", "東京都庁", "ab"]);
        assert_eq!(cut_middle("東京都庁", 6), "東…庁");
    }
}
