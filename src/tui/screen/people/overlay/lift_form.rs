//! Lifting a pause: why.

use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::people::People;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text_field::TextField;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// Rows for the reason.
const WHY_ROWS: u16 = 3;

/// A pause that is about to be lifted.
pub struct LiftForm {
    person: String,
    why: TextField,
}

impl LiftForm {
    pub fn new(person: String) -> Self {
        Self { person, why: TextField::new("") }
    }

    fn commit(&self, people: &People, ctx: &mut AppContext) -> Outcome<People> {
        let why = self.why.text().trim().to_owned();
        if why.is_empty() {
            ctx.set_status(Tone::Warning, "say why, such as what was talked about: the log tells it");
            return Outcome::Stay;
        }
        people.lift(self.person.clone(), why, ctx);
        Outcome::Close
    }
}

impl Overlay<People> for LiftForm {
    fn context(&self) -> Context {
        Context::Lift
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Commit, Action::Cancel]
    }

    fn key(&mut self, key: KeyPress, people: &mut People, ctx: &mut AppContext) -> Outcome<People> {
        match key.action {
            Some(Action::Commit) => return self.commit(people, ctx),
            Some(Action::Cancel) => return Outcome::Close,
            _ => self.why.key(key.event),
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, _: &mut People, _: &mut AppContext) {
        self.why.paste(pasted);
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut People, ctx: &AppContext) {
        let theme = &ctx.theme;
        let size = (area.width.saturating_sub(8).min(72), WHY_ROWS + 1);
        let room = popup::draw(area, size, Anchor::Foot, "Lift the pause: they are served again", buf, theme);
        let [label, why] = Layout::vertical([1, WHY_ROWS].map(Constraint::Length)).areas(room);
        Line::styled("Why", theme.accent()).render(label, buf);
        self.why.draw(why, buf, theme);
    }
}
