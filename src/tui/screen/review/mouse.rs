//! The mouse on the review screen: a click focuses, the wheel scrolls what is under it.

use super::Review;
use super::open_item::rubric::Target;
use super::panes::Pane;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::overlay::Outcome;
use crate::tui::screen::Place;
use crate::tui::text_view::Scroll;
use crate::tui::widget::categories::toggle;
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
            MouseEventKind::Down(_) => return self.click(pane, point, ctx),
            MouseEventKind::Drag(_) if pane == Pane::Output && !self.awaits_paint() && !self.is_busy() => {
                return self.drag(point, ctx).into();
            }
            _ => {}
        }
        Outcome::Stay
    }

    /// What is clicked on in the rubric is done; the drawer opens, and closes, by a click beside it.
    fn click(&mut self, pane: Pane, point: Position, ctx: &mut AppContext) -> Outcome<Self> {
        let target = self.open_item().and_then(|open| open.rubric.target(point)).filter(|_| pane == Pane::Rubric);
        let Some(target) = target else {
            self.panes.focus(pane);
            if let Some(open) = self.open_item_mut().filter(|_| pane == Pane::Output) {
                open.pointed = open.output.shown_at(point);
            }
            return Outcome::Stay;
        };
        match target {
            Target::Mark => return self.act(Action::Marks, ctx),
            Target::Note => return self.act(Action::Note, ctx),
            Target::Criterion(at) => self.open_item_mut().into_iter().for_each(|open| open.criterion = at),
            Target::Level(score) if !self.refuses(Action::ClearScore, ctx) => self.score(score, ctx),
            Target::Failure(at) if !self.refuses(Action::Reject, ctx) => self.tick_category(at, ctx),
            Target::Level(_) | Target::Failure(_) => {}
        }
        Outcome::Stay
    }

    /// Ticks a category of the draft, or takes the tick off.
    fn tick_category(&mut self, at: usize, ctx: &AppContext) {
        let Some((spec, open)) = self.spec_and_item() else { return };
        if let Some(failure) = spec.failures.get(at) {
            toggle(&mut open.draft_mut().categories, failure, spec);
            open.changed(ctx.now);
        }
    }
}
