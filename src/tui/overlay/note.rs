//! The note, written over the item. What is typed is the draft's at once.

use super::text::TextField;
use super::{After, Overlay};
use crate::tui::action::{Action, Context};
use crate::tui::message::Effect;
use crate::tui::screen::Screen;
use crate::tui::screen::review::Review;
use crate::tui::screen::review::sheet::Sheet;
use crate::tui::station::Station;
use crate::tui::widget::popup::{self, Anchor};
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A note under way.
pub struct Note {
    text: TextField,
}

impl Note {
    pub fn new(sheet: &Sheet) -> Self {
        Self { text: TextField::new(&sheet.draft.note) }
    }

    fn keep(&self, review: &mut Review, station: &Station) {
        if let Some(sheet) = review.sheet_mut() {
            sheet.draft.note = self.text.text();
            sheet.changed(station.now);
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

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, station: &mut Station) -> After {
        let Some(review) = screen.review_mut() else { return After::Close };
        match station.keymap.lookup(Context::Note, &key) {
            Some(Action::Keep) => return After::Close,
            Some(Action::Editor) => station.cause(Effect::Edit { text: self.text.text(), extension: "md" }),
            _ => self.text.key(key),
        }
        self.keep(review, station);
        After::Stay
    }

    fn paste(&mut self, pasted: &str, screen: &mut Screen, station: &mut Station) {
        let Some(review) = screen.review_mut() else { return };
        self.text.paste(pasted);
        self.keep(review, station);
    }

    fn edited(&mut self, text: &str, screen: &mut Screen, station: &mut Station) {
        let Some(review) = screen.review_mut() else { return };
        self.text = TextField::new(text);
        self.keep(review, station);
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Screen, station: &Station) {
        let theme = &station.theme;
        let size = (area.width.saturating_sub(8).min(76), (area.height / 3).clamp(5, 14));
        let room = popup::draw(area, size, Anchor::Foot, "Note", buf, theme);
        self.text.draw(room, buf, theme);
    }
}
