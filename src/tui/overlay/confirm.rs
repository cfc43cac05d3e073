//! A question before something is lost.

use super::{Outcome, Overlay, Step};
use crate::text::fit::wrap;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::widget::popup::{self, Anchor};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// A question with what its answer leads to.
pub struct Confirm<S> {
    title: &'static str,
    question: String,
    /// The step that "yes" takes.
    on_yes: Option<Step<S>>,
}

impl<S> Confirm<S> {
    pub fn new(title: &'static str, question: String, on_yes: Step<S>) -> Self {
        Self { title, question, on_yes: Some(on_yes) }
    }
}

impl<S: 'static> Overlay<S> for Confirm<S> {
    fn context(&self) -> Context {
        Context::Confirm
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Yes, Action::No]
    }

    fn key(&mut self, key: KeyPress, _: &mut S, _: &mut AppContext) -> Outcome<S> {
        match key.action {
            Some(Action::Yes) => self.on_yes.take().map_or(Outcome::Close, Outcome::Do),
            Some(Action::No) => Outcome::Close,
            _ => Outcome::Stay,
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut S, ctx: &AppContext) {
        let theme = &ctx.theme;
        let width = area.width.saturating_sub(8).min(56);
        let lines = wrap(&self.question, usize::from(width));
        let room = popup::draw(area, (width, lines.len() as u16 + 2), Anchor::Centre, self.title, buf, theme);
        let answers = ctx.keymap.hint(Context::Confirm, &[Action::Yes, Action::No]);
        let answers = answers.into_iter().flat_map(|(key, label)| {
            [Span::styled(key, theme.key()), Span::styled(format!(" {label}    "), theme.text())]
        });
        let question = lines.into_iter().map(|line| Line::styled(line, theme.text()));
        let all = question.chain([Line::default(), Line::from_iter(answers)]);
        all.zip(room.rows()).for_each(|(line, row)| line.render(row, buf));
    }
}
