//! The note, written over the item. What is typed is the draft's at once.

use super::After;
use super::text::TextField;
use crate::tui::action::{Action, Context};
use crate::tui::message::Effect;
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

    pub fn key(&mut self, key: KeyEvent, review: &mut Review, station: &mut Station) -> After {
        match station.keymap.lookup(Context::Note, &key) {
            Some(Action::Keep) => return After::Close,
            Some(Action::Editor) => station.cause(Effect::Edit(self.text.text())),
            _ => self.text.key(key),
        }
        self.keep(review, station);
        After::Stay
    }

    pub fn paste(&mut self, pasted: &str, review: &mut Review, station: &mut Station) {
        self.text.paste(pasted);
        self.keep(review, station);
    }

    /// Takes what was written elsewhere.
    pub fn replace(&mut self, text: &str, review: &mut Review, station: &mut Station) {
        self.text = TextField::new(text);
        self.keep(review, station);
    }

    fn keep(&self, review: &mut Review, station: &Station) {
        if let Some(sheet) = review.sheet_mut() {
            sheet.draft.note = self.text.text();
            sheet.changed(station.now);
        }
    }

    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, station: &Station) {
        let theme = &station.theme;
        let size = (area.width.saturating_sub(8).min(76), (area.height / 3).clamp(5, 14));
        let room = popup::draw(area, size, Anchor::Foot, "Note", buf, theme);
        self.text.draw(room, buf, theme);
    }
}
