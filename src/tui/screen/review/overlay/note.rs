//! The note, written over the item. What is typed is the draft's at once.

use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::message::Effect;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text_field::TextField;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A note under way.
pub struct Note {
    text: TextField,
}

impl Note {
    pub fn new(open: &OpenItem) -> Self {
        Self { text: TextField::new(&open.draft.note) }
    }

    fn keep(&self, review: &mut Review, ctx: &AppContext) {
        if let Some(open) = review.open_item_mut() {
            open.draft_mut().note = self.text.text();
            open.changed(ctx.now);
        }
    }
}

impl Overlay<Review> for Note {
    fn context(&self) -> Context {
        Context::Note
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Keep, Action::Editor]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match key.action {
            Some(Action::Keep) => return Outcome::Close,
            Some(Action::Editor) => ctx.emit(Effect::Edit { text: self.text.text(), extension: "md" }),
            _ => self.text.key(key.event),
        }
        self.keep(review, ctx);
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, review: &mut Review, ctx: &mut AppContext) {
        self.text.paste(pasted);
        self.keep(review, ctx);
    }

    fn edited(&mut self, text: &str, review: &mut Review, ctx: &mut AppContext) {
        self.text = TextField::new(text);
        self.keep(review, ctx);
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let size = (area.width.saturating_sub(8).min(76), (area.height / 3).clamp(4, 6));
        let room = popup::draw(area, size, Anchor::Foot, "Note", buf, theme);
        self.text.draw(room, buf, theme);
    }
}
