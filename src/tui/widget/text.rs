//! Short texts as safe lines.

use crate::tui::safe::{pieces, plain};
use crate::tui::theme::Theme;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// A line of data, with what must not reach the terminal as marks.
pub fn data(text: &str, style: Style, theme: &Theme) -> Vec<Span<'static>> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return vec![Span::styled(text.to_owned(), style)];
    }
    let line = text.replace('\n', " ⏎ ");
    let spans = pieces(&line).map(|piece| {
        let style = if piece.marked { theme.mark() } else { style };
        Span::styled(piece.text.into_owned(), style)
    });
    spans.collect()
}

/// The text cut to a width, with `…` where something is missing.
pub fn cut(text: &str, width: usize) -> String {
    let text = plain(text);
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
    text.split('\n').flat_map(|line| wrap_line(&plain(line), width.max(1))).collect()
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

/// A line with one part at its left and one at its right; the left gives way.
pub fn spread(left: Vec<Span<'static>>, right: Vec<Span<'static>>, width: usize) -> Line<'static> {
    let room = width.saturating_sub(width_of(&right) + usize::from(!right.is_empty()));
    let mut spans = fit(left, room);
    let gap = width.saturating_sub(width_of(&spans) + width_of(&right));
    spans.push(Span::raw(" ".repeat(gap)));
    spans.extend(right);
    Line::from(spans)
}

/// The spans as far as there is room, with `…` where they are cut.
pub fn fit(spans: Vec<Span<'static>>, width: usize) -> Vec<Span<'static>> {
    if width_of(&spans) <= width {
        return spans;
    }
    let mut out = Vec::new();
    let mut room = width;
    for span in spans {
        if span.width() >= room {
            out.push(Span::styled(cut(&format!("{} ", span.content), room), span.style));
            break;
        }
        room -= span.width();
        out.push(span);
    }
    out
}

pub fn width_of(spans: &[Span]) -> usize {
    spans.iter().map(Span::width).sum()
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
        assert_eq!(
            (cut("abcdef", 4).as_str(), cut("東京都", 4).as_str(), cut("ab", 4).as_str()),
            ("abc…", "東…", "ab")
        );
        let line = spread(vec![Span::raw("left side")], vec![Span::raw("right")], 12);
        assert_eq!(line.to_string(), "left … right");
    }
}
