//! The line in which one types what narrows a list. It narrows while one types.

use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::golden::GoldenScreen;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text_field::TextField;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// The line being written that narrows the golden set.
pub struct NarrowLine {
    text: TextField,
}

impl NarrowLine {
    pub fn new(narrow: &str) -> Self {
        Self { text: TextField::new(narrow) }
    }

    fn narrow(&self, golden: &mut GoldenScreen, ctx: &mut AppContext) {
        golden.narrow(self.text.text().replace('\n', " "), ctx);
    }
}

impl Overlay<GoldenScreen> for NarrowLine {
    fn context(&self) -> Context {
        Context::Narrow
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::NarrowKeep, Action::NarrowEnd]
    }

    fn key(&mut self, key: KeyPress, golden: &mut GoldenScreen, ctx: &mut AppContext) -> Outcome<GoldenScreen> {
        match key.action {
            Some(Action::NarrowKeep) => return Outcome::Close,
            Some(Action::NarrowEnd) => {
                self.text = TextField::new("");
                self.narrow(golden, ctx);
                return Outcome::Close;
            }
            _ => self.text.key(key.event),
        }
        self.narrow(golden, ctx);
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, golden: &mut GoldenScreen, ctx: &mut AppContext) {
        self.text.paste(&pasted.replace(['\n', '\r'], " "));
        self.narrow(golden, ctx);
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut GoldenScreen, ctx: &AppContext) {
        let theme = &ctx.theme;
        let width = area.width.saturating_sub(8).min(64);
        let room = popup::draw(area, (width, 2), Anchor::Foot, "Show only", buf, theme);
        let [line, below] = [0, 1].map(|row| Rect { y: room.y + row, height: 1, ..room }.intersection(room));
        self.text.draw(line, buf, theme);
        Line::styled("words of id, tags or why · #tag · accept, reject, escalate", theme.dim()).render(below, buf);
    }
}
