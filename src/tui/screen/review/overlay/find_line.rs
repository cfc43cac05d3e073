//! The line in which one types what to find in the item. It is found while one types.

use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::find::Find;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text_field::TextField;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;

/// The line being written of what to find.
pub struct FindLine {
    text: TextField,
}

impl FindLine {
    /// Starts at the last search, which is repeated or typed over.
    pub fn new(query: &str) -> Self {
        Self { text: TextField::to_replace(query) }
    }

    fn seek(&self, review: &mut Review) {
        review.find(&self.text.text());
    }
}

impl Overlay<Review> for FindLine {
    fn context(&self) -> Context {
        Context::Find
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::FindKeep, Action::FindNext, Action::FindPrevious, Action::FindEnd]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match key.action {
            Some(Action::FindKeep) => {
                review.say_found(ctx);
                return Outcome::Close;
            }
            Some(Action::FindEnd) => {
                review.end_find();
                return Outcome::Close;
            }
            Some(Action::FindNext) => review.jump(1),
            Some(Action::FindPrevious) => review.jump(-1),
            _ => {
                self.text.key(key.event);
                self.seek(review);
            }
        }
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, review: &mut Review, _: &mut AppContext) {
        self.text.paste(&pasted.replace(['\n', '\r'], " "));
        self.seek(review);
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, review: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let width = area.width.saturating_sub(8).min(56);
        let room = popup::draw(area, (width, 2), Anchor::Foot, "Find in the item", buf, theme);
        let [line, below] = [0, 1].map(|row| Rect { y: room.y + row, height: 1, ..room }.intersection(room));
        self.text.draw(line, buf, theme);
        let find = review.found();
        let style = if find.is_some_and(|find| find.fault.is_some()) { theme.warning() } else { theme.dim() };
        let said = find.map_or("regular expression; capitals count when you write one".into(), Find::summary);
        Line::styled(cut(&said, usize::from(below.width)), style).render(below, buf);
    }
}
