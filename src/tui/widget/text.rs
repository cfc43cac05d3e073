//! Lines of styled spans: from data, side by side, cut to a width.

use crate::text::fit::cut;
use crate::text::sanitize::pieces;
use crate::tui::theme::Theme;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

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
    fn the_left_part_gives_way() {
        let line = spread(vec![Span::raw("left side")], vec![Span::raw("right")], 12);
        assert_eq!(line.to_string(), "left … right");
    }
}
