//! The note, written over the item. What is typed is the draft's at once.

use crate::domain::decision::Verdict;
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

/// What is done with the note when it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteOf {
    /// It is the item's.
    Item,
    /// It is a rejection's, whose form lies below: `Enter` saves that, where it is complete.
    Rejection { complete: bool },
}

/// A note under way.
pub struct Note {
    of: NoteOf,
    text: TextField,
}

impl Note {
    pub fn new(of: NoteOf, open: &OpenItem) -> Self {
        Self { of, text: TextField::new(&open.draft.note) }
    }

    /// Saves the rejection, or goes back to its form for what is missing.
    fn commit(&self) -> Outcome<Review> {
        match self.of {
            NoteOf::Rejection { complete: true } => Outcome::Do(Box::new(|review: &mut Review, ctx| {
                review.decide(Verdict::Reject, ctx);
                Outcome::CloseAll
            })),
            _ => Outcome::Close,
        }
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
        if self.of == NoteOf::Item { Context::Note } else { Context::PickerNote }
    }

    fn keys(&self) -> &'static [Action] {
        match self.of {
            NoteOf::Rejection { complete: true } => &[Action::Commit, Action::Keep, Action::Editor],
            _ => &[Action::Keep, Action::Editor],
        }
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match key.action {
            Some(Action::Keep) => return Outcome::Close,
            Some(Action::Commit) => return self.commit(),
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
        let title = if self.of == NoteOf::Item { "Note" } else { "Note · Ctrl+J begins a line" };
        let room = popup::draw(area, size, Anchor::Foot, title, buf, theme);
        self.text.draw(room, buf, theme);
    }
}
