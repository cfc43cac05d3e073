//! The note, written over the item. What is typed is the draft's at once.

use crate::tui::action::{Action, Context};
use crate::tui::app_context::AppContext;
use crate::tui::message::Effect;
use crate::tui::overlay::{Overlay, OverlayOutcome};
use crate::tui::screen::Screen;
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text_field::TextField;
use crossterm::event::KeyEvent;
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
            open.draft.note = self.text.text();
            open.changed(ctx.now);
        }
    }
}

impl Overlay for Note {
    fn context(&self) -> Context {
        Context::Note
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Keep, Action::Editor]
    }

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, ctx: &mut AppContext) -> OverlayOutcome {
        let Some(review) = screen.review_mut() else { return OverlayOutcome::Close };
        match ctx.keymap.lookup(Context::Note, &key) {
            Some(Action::Keep) => return OverlayOutcome::Close,
            Some(Action::Editor) => ctx.emit(Effect::Edit { text: self.text.text(), extension: "md" }),
            _ => self.text.key(key),
        }
        self.keep(review, ctx);
        OverlayOutcome::Stay
    }

    fn paste(&mut self, pasted: &str, screen: &mut Screen, ctx: &mut AppContext) {
        let Some(review) = screen.review_mut() else { return };
        self.text.paste(pasted);
        self.keep(review, ctx);
    }

    fn edited(&mut self, text: &str, screen: &mut Screen, ctx: &mut AppContext) {
        let Some(review) = screen.review_mut() else { return };
        self.text = TextField::new(text);
        self.keep(review, ctx);
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Screen, ctx: &AppContext) {
        let theme = &ctx.theme;
        let size = (area.width.saturating_sub(8).min(76), (area.height / 3).clamp(5, 14));
        let room = popup::draw(area, size, Anchor::Foot, "Note", buf, theme);
        self.text.draw(room, buf, theme);
    }
}
