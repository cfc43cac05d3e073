//! A box over the screen.

use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Padding, Widget};
use unicode_width::UnicodeWidthStr;

/// The place of a box.
#[derive(Debug, Clone, Copy)]
pub enum Anchor {
    Centre,
    /// The head of the area.
    Top,
    /// The foot of the area, where the rubric is: the source stays in sight.
    Foot,
}

/// Draws an empty box of at most the given size, and gives the room inside.
pub fn draw(area: Rect, size: (u16, u16), anchor: Anchor, title: &str, buf: &mut Buffer, theme: &Theme) -> Rect {
    let (width, height) = size;
    let frame = place(area, width.saturating_add(4), height.saturating_add(2), anchor);
    Clear.render(frame, buf);
    cut_in_two(frame, buf);
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border(true))
        .style(theme.base())
        .title(Line::styled(format!(" {title} "), theme.title(true)))
        .padding(Padding::horizontal(1));
    let inner = block.inner(frame);
    block.render(frame, buf);
    inner
}

/// Takes away the characters that reach two cells wide under the frame's left border, which a
/// terminal would draw over it.
fn cut_in_two(frame: Rect, buf: &mut Buffer) {
    let Some(x) = frame.x.checked_sub(1).filter(|x| *x >= buf.area.x) else { return };
    for y in frame.y..frame.bottom() {
        if buf[(x, y)].symbol().width() > 1 {
            buf[(x, y)].set_symbol(" ");
        }
    }
}

fn place(area: Rect, width: u16, height: u16, anchor: Anchor) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    let (x, y) = match anchor {
        Anchor::Centre => (area.x + (area.width - width) / 2, area.y + (area.height - height) / 2),
        Anchor::Top => (area.x + (area.width - width) / 2, area.y),
        Anchor::Foot => (area.right() - width, area.bottom() - height),
    };
    Rect { x, y, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wide_character_under_the_border_does_not_cover_it() {
        let area = Rect::new(0, 0, 21, 5);
        for begin in ["", "."] {
            let mut buf = Buffer::empty(area);
            for y in 0..5 {
                buf.set_string(0, y, format!("{begin}{}", "日本語".repeat(4)), ratatui::style::Style::new());
            }
            draw(area, (6, 1), Anchor::Centre, "", &mut buf, &Theme::plain());
            for (y, border) in [(1, "╭"), (2, "│"), (3, "╰")] {
                assert_eq!(buf[(5, y)].symbol(), border);
                assert!(
                    buf[(4, y)].symbol().width() < 2,
                    "row {y}: `{}` reaches into the border",
                    buf[(4, y)].symbol()
                );
            }
        }
    }
}
