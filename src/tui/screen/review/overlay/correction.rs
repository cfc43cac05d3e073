//! The correction of an output, written over the item. What is typed is the draft's at
//! once; the output stays as it is.

use crate::domain::correction::{self, Fault};
use crate::domain::item::{Content, ContentKind};
use crate::text::fit::wrap;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::message::Effect;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::widget::edited_text::EditedText;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text_field::TextField;
use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;
use std::sync::Arc;

/// A longer text is for the user's own editor: here each key would be felt.
const MOST_EDITED: usize = 256 * 1024;

/// A correction under way.
pub struct Correction {
    /// `None`: the text is too long for it.
    text: Option<TextField>,
    /// The correction, of which the field shows what can be typed.
    edited: EditedText,
    /// The error in its form when it was to be kept.
    fault: Option<Fault>,
}

impl Correction {
    /// Starts at the draft's correction, else at the output.
    pub fn new(open: &OpenItem) -> Self {
        let content = present(open);
        Self { text: field(content), edited: EditedText::new(&content.text), fault: None }
    }

    fn key_in_text(&mut self, key: KeyEvent, open: &mut OpenItem, ctx: &AppContext) {
        if let Some(text) = &mut self.text {
            text.key(key);
            self.take(open, ctx);
        }
    }

    /// Makes the edit, and hands what comes of it to the draft.
    fn take(&mut self, open: &mut OpenItem, ctx: &AppContext) {
        let Some(field) = &self.text else { return };
        self.edited.edit(&field.text());
        let correction = correction::of(&open.served.item.output, self.edited.text());
        Arc::make_mut(&mut open.draft).correction = correction;
        open.changed(ctx.now);
    }

    /// Closes, unless the form is unsound and that was not said yet.
    fn keep(&mut self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let Some(open) = review.open_item() else { return Outcome::Close };
        let fault = open.draft.correction.as_ref().and_then(correction::fault);
        if let Some(found) = fault.as_ref().filter(|fault| self.fault.as_ref() != Some(fault)) {
            ctx.set_status(Tone::Warning, format!("{found} · once more keeps it as it is, for now"));
            if let Some(text) = &mut self.text {
                text.go_to(found.line, found.column);
            }
            self.fault = fault;
            return Outcome::Stay;
        }
        let is_corrected = open.draft.correction.is_some();
        review.show_correction(ctx);
        match fault {
            Some(_) => ctx.set_status(Tone::Warning, "kept, and unsound: no verdict goes with it until it is mended"),
            None if is_corrected => {}
            None => ctx.set_status(Tone::Quiet, "nothing is corrected: the text is the output's"),
        }
        Outcome::Close
    }

    fn put_back(&mut self, open: &mut OpenItem, ctx: &mut AppContext) {
        Arc::make_mut(&mut open.draft).correction = None;
        open.changed(ctx.now);
        *self = Self::new(open);
        ctx.set_status(Tone::Quiet, "the output is put back: nothing is corrected");
    }
}

/// The text to edit.
fn present(open: &OpenItem) -> &Content {
    open.draft.correction.as_ref().unwrap_or(&open.served.item.output)
}

fn field(content: &Content) -> Option<TextField> {
    (content.text.len() <= MOST_EDITED).then(|| TextField::from_top(&content.text))
}

impl Overlay<Review> for Correction {
    fn context(&self) -> Context {
        Context::Correct
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Keep, Action::Editor, Action::PutBack]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let action = key.action;
        if action == Some(Action::Keep) {
            return self.keep(review, ctx);
        }
        let Some(open) = review.open_item_mut() else { return Outcome::Close };
        match key.action {
            Some(Action::Editor) => {
                let content = present(open);
                let extension = if content.kind == ContentKind::Text { "md" } else { "json" };
                ctx.emit(Effect::Edit { text: content.text.clone(), extension });
            }
            Some(Action::PutBack) => self.put_back(open, ctx),
            _ => self.key_in_text(key.event, open, ctx),
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, review: &mut Review, ctx: &mut AppContext) {
        let Some(open) = review.open_item_mut() else { return };
        if let Some(text) = &mut self.text {
            text.paste(pasted);
            self.take(open, ctx);
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        let rows = match mouse.kind {
            MouseEventKind::ScrollDown => 3,
            MouseEventKind::ScrollUp => -3,
            _ => return Outcome::Stay,
        };
        if let Some(text) = &mut self.text {
            text.scroll(rows);
        }
        Outcome::Stay
    }

    fn edited(&mut self, text: &str, review: &mut Review, ctx: &mut AppContext) {
        let Some(open) = review.open_item_mut() else { return };
        Arc::make_mut(&mut open.draft).correction = correction::of(&open.served.item.output, text);
        open.changed(ctx.now);
        *self = Self::new(open);
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, review: &mut Review, ctx: &AppContext) {
        let Some(open) = review.open_item() else { return };
        let theme = &ctx.theme;
        // Where there is room, the source stays in sight.
        let (width, anchor) = match area.width {
            100.. => (area.width - area.width / 3, Anchor::Foot),
            _ => (area.width, Anchor::Centre),
        };
        let size = (width.saturating_sub(8).min(112), area.height.saturating_sub(5));
        let what = match open.served.item.output.kind {
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
                let editor = ctx.keymap.keys_for(Context::Correct, Action::Editor).join(" ");
                let megabytes = present(open).text.len() as f64 / 1e6;
                let said = format!("{megabytes:.1} MB are too much to edit here; {editor} opens them in $EDITOR.");
                let lines = wrap(&said, size.0.into());
                let room = popup::draw(area, (size.0, lines.len() as u16), anchor, what, buf, theme);
                lines.into_iter().zip(room.rows()).for_each(|(line, row)| Line::raw(line).render(row, buf));
            }
        }
    }
}
