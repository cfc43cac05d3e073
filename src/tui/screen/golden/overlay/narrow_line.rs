//! The line in which one types what narrows a list. It narrows while one types.

use crate::tui::action::{Action, Context};
use crate::tui::app_context::AppContext;
use crate::tui::overlay::{Overlay, OverlayOutcome};
use crate::tui::screen::Screen;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text_field::TextField;
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// What narrows the golden set, under way.
pub struct NarrowLine {
    text: TextField,
}

impl NarrowLine {
    pub fn new(narrow: &str) -> Self {
        Self { text: TextField::new(narrow) }
    }

    fn narrow(&self, screen: &mut Screen, ctx: &mut AppContext) {
        if let Screen::Golden(golden) = screen {
            golden.narrow(self.text.text().replace('\n', " "), ctx);
        }
    }
}

impl Overlay for NarrowLine {
    fn context(&self) -> Context {
        Context::Narrow
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::NarrowKeep, Action::NarrowEnd]
    }

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, ctx: &mut AppContext) -> OverlayOutcome {
        match ctx.keymap.lookup(Context::Narrow, &key) {
            Some(Action::NarrowKeep) => return OverlayOutcome::Close,
            Some(Action::NarrowEnd) => {
                self.text = TextField::new("");
                self.narrow(screen, ctx);
                return OverlayOutcome::Close;
            }
            _ => self.text.key(key),
        }
        self.narrow(screen, ctx);
        OverlayOutcome::Stay
    }

    fn paste(&mut self, pasted: &str, screen: &mut Screen, ctx: &mut AppContext) {
        self.text.paste(&pasted.replace(['\n', '\r'], " "));
        self.narrow(screen, ctx);
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Screen, ctx: &AppContext) {
        let theme = &ctx.theme;
        let width = area.width.saturating_sub(8).min(64);
        let room = popup::draw(area, (width, 2), Anchor::Foot, "Show only", buf, theme);
        let [line, below] = [0, 1].map(|row| Rect { y: room.y + row, height: 1, ..room }.intersection(room));
        self.text.draw(line, buf, theme);
        Line::styled("words of id, tags or why · #tag · accept, reject, escalate", theme.dim()).render(below, buf);
    }
}
