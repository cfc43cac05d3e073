//! A box over the screen.

use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Clear, Padding, Widget};

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

fn place(area: Rect, width: u16, height: u16, anchor: Anchor) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    let (x, y) = match anchor {
        Anchor::Centre => (area.x + (area.width - width) / 2, area.y + (area.height - height) / 2),
        Anchor::Top => (area.x + (area.width - width) / 2, area.y),
        Anchor::Foot => (area.right() - width, area.bottom() - height),
    };
    Rect { x, y, width, height }
}
