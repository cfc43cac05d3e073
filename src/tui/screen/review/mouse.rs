//! The mouse on the review screen: a click focuses, the wheel scrolls what is under it.

use super::Review;
use super::panes::Pane;
use super::rubric::Target;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::overlay::Layer;
use crate::tui::text_view::Scroll;
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::layout::Position;

/// Rows that a notch of the wheel scrolls.
const NOTCH: isize = 3;

impl Review {
    pub fn mouse(&mut self, mouse: MouseEvent, ctx: &mut AppContext) -> Option<Layer> {
        let point = Position::new(mouse.column, mouse.row);
        let pane = self.panes.at(point)?;
        match mouse.kind {
            MouseEventKind::ScrollDown => self.scroll(pane, Scroll::Rows(NOTCH)),
            MouseEventKind::ScrollUp => self.scroll(pane, Scroll::Rows(-NOTCH)),
            MouseEventKind::Down(_) => {
                self.panes.focus(pane);
                return self.click(pane, point, ctx);
            }
            MouseEventKind::Drag(_) if pane == Pane::Output && !self.awaits_paint() && !self.is_busy() => {
                return self.drag(point, ctx);
            }
            _ => {}
        }
        None
    }

    fn click(&mut self, pane: Pane, point: Position, ctx: &mut AppContext) -> Option<Layer> {
        let open = self.open_item_mut()?;
        if pane == Pane::Output {
            open.pointed = open.output.shown_at(point);
        }
        if pane != Pane::Rubric {
            return None;
        }
        match open.rubric.target(point.y)? {
            Target::Mark => self.act(Action::Marks, ctx),
            Target::Criterion(at) => {
                open.criterion = at;
                None
            }
            Target::Failure(_) => self.act(Action::Reject, ctx),
            Target::Note => self.act(Action::Note, ctx),
        }
    }
}
