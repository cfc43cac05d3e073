//! Putting back what was decided on an item: why, and for whom.

use crate::text::fit::wrap;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::data;
use crate::tui::widget::text_field::TextField;
use crossterm::event::MouseEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Rows for the reason.
const WHY_ROWS: u16 = 3;

/// A reopening under way.
pub struct ReopenForm {
    why: TextField,
    to: TextField,
    /// The person is being written; else the reason.
    names: bool,
    /// The areas of the two fields as drawn last.
    places: [Rect; 2],
}

impl Default for ReopenForm {
    fn default() -> Self {
        Self { why: TextField::new(""), to: TextField::new(""), names: false, places: [Rect::ZERO; 2] }
    }
}

impl ReopenForm {
    fn commit(&mut self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let [why, to] = [&self.why, &self.to].map(|field| field.text().trim().to_owned());
        if why.is_empty() {
            self.names = false;
            ctx.set_status(Tone::Warning, "say why: the item's history tells it to whoever decides anew");
            return Outcome::Stay;
        }
        review.reopen(why, Some(to).filter(|to| !to.is_empty()), ctx);
        Outcome::Close
    }

    fn field(&mut self) -> &mut TextField {
        if self.names { &mut self.to } else { &mut self.why }
    }
}

impl Overlay<Review> for ReopenForm {
    fn context(&self) -> Context {
        Context::Reopen
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Commit, Action::OtherField, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match key.action {
            Some(Action::Commit) => return self.commit(review, ctx),
            Some(Action::Cancel) => return Outcome::Close,
            Some(Action::OtherField) => self.names = !self.names,
            _ => self.field().key(key.event),
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut Review, _: &mut AppContext) {
        self.field().paste(pasted);
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        let point = Position::new(mouse.column, mouse.row);
        if let Some(at) = self.places.iter().position(|place| place.contains(point)) {
            self.names = at == 1;
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let size = (area.width.saturating_sub(8).min(72), WHY_ROWS + 4);
        let room = popup::draw(area, size, Anchor::Foot, "Reopen: what stands now stands no more", buf, theme);
        let rows = [1, WHY_ROWS, 1, 1, 1].map(Constraint::Length);
        let [why_label, why, _, to_label, to] = Layout::vertical(rows).areas(room);
        self.places = [why, to];
        let label = |text: &'static str, is_chosen: bool| {
            Line::styled(text, if is_chosen { theme.accent() } else { theme.dim() })
        };
        label("Why", !self.names).render(why_label, buf);
        label("For whom alone (empty: for everybody)", self.names).render(to_label, buf);
        for (field, place, is_written) in [(&mut self.why, why, !self.names), (&mut self.to, to, self.names)] {
            if is_written {
                field.draw(place, buf, theme);
                continue;
            }
            let lines = wrap(&field.text(), place.width.into()).into_iter();
            lines
                .zip(place.rows())
                .for_each(|(line, row)| Line::from(data(&line, theme.text(), theme)).render(row, buf));
        }
    }
}
