//! The item under the cursor, to be read beside the table.

use crate::domain::item::{Item, Seq};
use crate::tui::app_context::AppContext;
use crate::tui::render::Look;
use crate::tui::render::output;
use crate::tui::text_view::TextView;
use crate::tui::worker::{LookupRequest, Request};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::{Block, BorderType, Padding, Widget};

/// The item read beside the table. It never waits: the one before stays until the next comes.
#[derive(Default)]
pub(super) struct Preview {
    pub hidden: bool,
    /// The item that was asked for last.
    asked: Option<Seq>,
    /// An item is on its way.
    waiting: bool,
    shown: Option<(Seq, String, TextView)>,
}

impl Preview {
    pub(super) fn toggle(&mut self) {
        self.hidden = !self.hidden;
        self.asked = None;
    }

    /// The request to send when the cursor stands on an item. One item at a time is on its way.
    pub(super) fn wants(&mut self, seq: Seq) -> Option<Request> {
        if self.hidden || self.waiting || self.asked == Some(seq) {
            return None;
        }
        (self.asked, self.waiting) = (Some(seq), true);
        Some(Request::Lookup(LookupRequest::Peek { seq }))
    }

    pub(super) fn fill(&mut self, seq: Seq, item: Item) {
        self.waiting = false;
        let view = TextView::new(output::rich_text(&item, false, Look::default()));
        self.shown = Some((seq, item.id, view));
    }

    pub(super) fn failed(&mut self) {
        self.waiting = false;
    }

    pub(super) fn draw(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let block = Block::bordered().border_type(BorderType::Rounded).border_style(theme.border(false));
        let mut block = block.padding(Padding::horizontal(1));
        if let Some((_, id, _)) = &self.shown {
            block = block.title(Line::styled(format!(" {} ", crate::text::fit::cut(id, 40)), theme.title(false)));
        }
        let inner = block.inner(area);
        block.render(area, buf);
        if let Some((_, _, view)) = &mut self.shown {
            view.draw(inner, buf, theme, &[]);
        }
    }
}
