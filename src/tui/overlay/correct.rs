//! The correction of an output, written over the item. What is typed is the draft's at
//! once; the output stays as it is.

use super::text::{TextField, clean};
use super::{After, Overlay};
use crate::domain::correction::{self, Fault};
use crate::domain::item::{Content, ContentKind};
use crate::tui::action::{Action, Context};
use crate::tui::message::Effect;
use crate::tui::screen::Screen;
use crate::tui::screen::review::Review;
use crate::tui::screen::review::sheet::Sheet;
use crate::tui::station::{Station, Tone};
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::wrap;
use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// A longer text is for the user's own editor: here each key would be felt.
const MOST_EDITED: usize = 256 * 1024;

/// A correction under way.
pub struct Correct {
    /// `None`: the text is too long for it.
    text: Option<TextField>,
    /// What was wrong with its form when it was to be kept.
    fault: Option<Fault>,
}

impl Correct {
    /// Starts at the draft's correction, else at the output.
    pub fn new(sheet: &Sheet) -> Self {
        Self { text: field(present(sheet)), fault: None }
    }

    fn key_in_text(&mut self, key: KeyEvent, sheet: &mut Sheet, station: &Station) {
        if let Some(text) = &mut self.text {
            text.key(key);
            self.take(sheet, station);
        }
    }

    /// Hands what is written to the draft. What cannot be typed and was left out of the
    /// field is no correction.
    fn take(&mut self, sheet: &mut Sheet, station: &Station) {
        let Some(text) = self.text.as_ref().map(TextField::text) else { return };
        let output = &sheet.served.item.output;
        let same = text == clean(&output.text);
        sheet.draft.correction = if same { None } else { correction::of(output, &text) };
        sheet.changed(station.now);
    }

    /// Closes, unless the form is unsound and that was not said yet.
    fn keep(&mut self, review: &mut Review, station: &mut Station) -> After {
        let Some(sheet) = review.sheet() else { return After::Close };
        let fault = sheet.draft.correction.as_ref().and_then(correction::fault);
        if let Some(found) = fault.as_ref().filter(|fault| self.fault.as_ref() != Some(fault)) {
            station.say(Tone::Warning, format!("{found} · once more keeps it as it is, for now"));
            if let Some(text) = &mut self.text {
                text.go_to(found.line, found.column);
            }
            self.fault = fault;
            return After::Stay;
        }
        let is_corrected = sheet.draft.correction.is_some();
        review.show_correction(station);
        match fault {
            Some(_) => station.say(Tone::Warning, "kept, and unsound: no verdict goes with it until it is mended"),
            None if is_corrected => {}
            None => station.say(Tone::Quiet, "nothing is corrected: the text is the output's"),
        }
        After::Close
    }

    fn put_back(&mut self, sheet: &mut Sheet, station: &mut Station) {
        sheet.draft.correction = None;
        sheet.changed(station.now);
        self.text = field(&sheet.served.item.output);
        station.say(Tone::Quiet, "the output is put back: nothing is corrected");
    }
}

/// What there is to edit.
fn present(sheet: &Sheet) -> &Content {
    sheet.draft.correction.as_ref().unwrap_or(&sheet.served.item.output)
}

fn field(content: &Content) -> Option<TextField> {
    (content.text.len() <= MOST_EDITED).then(|| TextField::from_top(&content.text))
}

impl Overlay for Correct {
    fn context(&self) -> Context {
        Context::Correct
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Keep, Action::Editor, Action::PutBack]
    }

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, station: &mut Station) -> After {
        let Some(review) = screen.review_mut() else { return After::Close };
        let action = station.keymap.lookup(Context::Correct, &key);
        if action == Some(Action::Keep) {
            return self.keep(review, station);
        }
        let Some(sheet) = review.sheet_mut() else { return After::Close };
        match action {
            Some(Action::Editor) => {
                let content = present(sheet);
                let extension = if content.kind == ContentKind::Text { "md" } else { "json" };
                station.cause(Effect::Edit { text: content.text.clone(), extension });
            }
            Some(Action::PutBack) => self.put_back(sheet, station),
            _ => self.key_in_text(key, sheet, station),
        }
        After::Stay
    }

    fn paste(&mut self, pasted: &str, screen: &mut Screen, station: &mut Station) {
        let Some(sheet) = screen.review_mut().and_then(Review::sheet_mut) else { return };
        if let Some(text) = &mut self.text {
            text.paste(pasted);
            self.take(sheet, station);
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut Screen, _: &mut Station) -> After {
        let rows = match mouse.kind {
            MouseEventKind::ScrollDown => 3,
            MouseEventKind::ScrollUp => -3,
            _ => return After::Stay,
        };
        if let Some(text) = &mut self.text {
            text.scroll(rows);
        }
        After::Stay
    }

    fn edited(&mut self, text: &str, screen: &mut Screen, station: &mut Station) {
        let Some(sheet) = screen.review_mut().and_then(Review::sheet_mut) else { return };
        sheet.draft.correction = correction::of(&sheet.served.item.output, text);
        sheet.changed(station.now);
        self.text = field(present(sheet));
        self.fault = None;
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, screen: &mut Screen, station: &Station) {
        let Some(sheet) = screen.review().and_then(Review::sheet) else { return };
        let theme = &station.theme;
        // Where there is room, the source stays in sight.
        let (width, anchor) = match area.width {
            100.. => (area.width - area.width / 3, Anchor::Foot),
            _ => (area.width, Anchor::Centre),
        };
        let size = (width.saturating_sub(8).min(112), area.height.saturating_sub(5));
        let what = match sheet.served.item.output.kind {
            ContentKind::Text => "Correct the output",
            ContentKind::Json => "Correct the output: JSON, as it is written",
            ContentKind::Chat => "Correct the output: a chat, as JSON",
        };
        match &mut self.text {
            Some(text) => {
                let room = popup::draw(area, size, anchor, what, buf, theme);
                text.draw(room, buf, theme);
            }
            None => {
                let editor = station.keymap.keys_for(Context::Correct, Action::Editor).join(" ");
                let megabytes = present(sheet).text.len() as f64 / 1e6;
                let said = format!("{megabytes:.1} MB are too much to edit here; {editor} opens them in $EDITOR.");
                let lines = wrap(&said, size.0.into());
                let room = popup::draw(area, (size.0, lines.len() as u16), anchor, what, buf, theme);
                lines.into_iter().zip(room.rows()).for_each(|(line, row)| Line::raw(line).render(row, buf));
            }
        }
    }
}
