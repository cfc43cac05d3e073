//! A question before something is lost.

use super::{Overlay, OverlayOutcome};
use crate::store::BulkAction;
use crate::store::view::Seq;
use crate::text::fit::wrap;
use crate::tui::action::{Action, Context};
use crate::tui::app_context::AppContext;
use crate::tui::screen::Screen;
use crate::tui::widget::popup::{self, Anchor};
use crossterm::event::KeyEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// What happens on "yes".
#[derive(Debug, Clone, PartialEq)]
pub enum Confirmed {
    Quit,
    /// Back to where one came from.
    Back,
    /// To the queue as a table.
    Browser,
    /// On to another item, by the action that was asked for.
    Act(Action),
    /// To a certain item.
    Show(Seq),
    /// To the golden set of the queue.
    GoldenSet,
    /// To another queue.
    Open(String),
    /// As if the action's key had been pressed.
    Press(Action),
    /// The selected items of the browser are changed.
    Bulk(Box<BulkAction>),
}

/// A question with what its answer leads to.
pub struct Confirm {
    title: &'static str,
    question: String,
    then: Confirmed,
}

impl Confirm {
    pub fn new(question: String, then: Confirmed) -> Self {
        Self::titled("Not saved", question, then)
    }

    pub fn titled(title: &'static str, question: String, then: Confirmed) -> Self {
        Self { title, question, then }
    }
}

impl Overlay for Confirm {
    fn context(&self) -> Context {
        Context::Confirm
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Yes, Action::No]
    }

    fn key(&mut self, key: KeyEvent, _: &mut Screen, ctx: &mut AppContext) -> OverlayOutcome {
        match ctx.keymap.lookup(Context::Confirm, &key) {
            Some(Action::Yes) => OverlayOutcome::Do(self.then.clone()),
            Some(Action::No) => OverlayOutcome::Close,
            _ => OverlayOutcome::Stay,
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Screen, ctx: &AppContext) {
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
