//! The mouse on the review screen: a click focuses, the wheel scrolls what is under it.

use super::Review;
use super::open_item::rubric::Target;
use super::panes::Pane;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::overlay::Outcome;
use crate::tui::screen::Place;
use crate::tui::text_view::Scroll;
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::layout::Position;

/// Rows that a notch of the wheel scrolls.
const NOTCH: isize = 3;

impl Review {
    pub(super) fn handle_mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Outcome<Self> {
        let point = Position::new(mouse.column, mouse.row);
        let Some(pane) = self.panes.at(point) else { return Outcome::Stay };
        match mouse.kind {
            MouseEventKind::ScrollDown => self.scroll(pane, Scroll::Rows(NOTCH)),
            MouseEventKind::ScrollUp => self.scroll(pane, Scroll::Rows(-NOTCH)),
            MouseEventKind::Down(_) => {
                self.panes.focus(pane);
                return self.click(pane, point, ctx);
            }
            MouseEventKind::Drag(_) if pane == Pane::Output && !self.awaits_paint() && !self.is_busy() => {
                return self.drag(point, ctx).into();
            }
            _ => {}
        }
        Outcome::Stay
    }

    fn click(&mut self, pane: Pane, point: Position, ctx: &mut AppContext) -> Outcome<Self> {
        let Some(open) = self.open_item_mut() else { return Outcome::Stay };
        if pane == Pane::Output {
            open.pointed = open.output.shown_at(point);
        }
        if pane != Pane::Rubric {
            return Outcome::Stay;
        }
        match open.rubric.target(point.y) {
            None => Outcome::Stay,
            Some(Target::Mark) => self.act(Action::Marks, ctx),
            Some(Target::Criterion(at)) => {
                open.criterion = at;
                Outcome::Stay
            }
            Some(Target::Failure(_)) => self.act(Action::Reject, ctx),
            Some(Target::Note) => self.act(Action::Note, ctx),
        }
    }
}
