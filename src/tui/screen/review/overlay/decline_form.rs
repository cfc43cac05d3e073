//! Why the reviewer leaves the item to others: a digit says one of the usual reasons, or it is
//! written.

use crate::domain::decline::DeclineReason;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text_field::TextField;
use crossterm::event::{KeyCode, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// Rows for a reason in words of the reviewer's own.
const OWN_ROWS: u16 = 2;

/// Declining an item under way.
pub struct DeclineForm {
    /// The usual reason that is chosen while nothing is written.
    at: usize,
    own: TextField,
    /// The areas of the usual reasons as drawn last.
    places: Vec<Rect>,
}

impl Default for DeclineForm {
    fn default() -> Self {
        Self { at: 0, own: TextField::new(""), places: Vec::new() }
    }
}

impl DeclineForm {
    fn commit(&self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let own = self.own.text();
        let why = if own.trim().is_empty() { DeclineReason::ALL[self.at].as_str().to_owned() } else { own };
        review.decline(why, ctx);
        Outcome::Close
    }

    fn is_written(&self) -> bool {
        !self.own.text().trim().is_empty()
    }
}

impl Overlay<Review> for DeclineForm {
    fn context(&self) -> Context {
        Context::Decline
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Commit, Action::Up, Action::Down, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let last = DeclineReason::ALL.len() - 1;
        match (key.action, key.event.code) {
            (Some(Action::Commit), _) => return self.commit(review, ctx),
            (Some(Action::Cancel), _) => return Outcome::Close,
            (Some(Action::Up), _) => self.at = self.at.saturating_sub(1),
            (Some(Action::Down), _) => self.at = (self.at + 1).min(last),
            (_, KeyCode::Char(digit @ '1'..='9'))
                if key.event.modifiers == KeyModifiers::NONE && !self.is_written() =>
            {
                let at = usize::from(digit as u8 - b'1');
                if at <= last {
                    self.at = at;
                    return self.commit(review, ctx);
                }
            }
            _ => self.own.key(key.event),
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut Review, _: &mut AppContext) {
        self.own.paste(pasted);
    }

    fn mouse(&mut self, mouse: MouseEvent, _: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        let point = Position::new(mouse.column, mouse.row);
        let hit = self.places.iter().position(|place| place.contains(point));
        if let (MouseEventKind::Down(_), Some(at)) = (mouse.kind, hit) {
            self.at = at;
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let listed = DeclineReason::ALL.len() as u16;
        let size = (area.width.saturating_sub(8).min(60), listed + 2 + OWN_ROWS);
        let room = popup::draw(area, size, Anchor::Foot, "Decline: why is it not yours to decide?", buf, theme);
        let rows = [listed, 1, 1, OWN_ROWS].map(Constraint::Length);
        let [list, _, label, own] = Layout::vertical(rows).areas(room);
        self.places = list.rows().collect();
        for ((at, reason), row) in DeclineReason::ALL.iter().enumerate().zip(list.rows()) {
            let (sign, style) =
                if at == self.at && !self.is_written() { ("▸ ", theme.accent()) } else { ("  ", theme.text()) };
            let key = Span::styled(format!("{}  ", at + 1), theme.key());
            Line::from(vec![Span::styled(sign, style), key, Span::styled(reason.phrase(), style)]).render(row, buf);
        }
        Line::styled("Or in your own words", theme.dim()).render(label, buf);
        self.own.draw(own, buf, theme);
    }
}
