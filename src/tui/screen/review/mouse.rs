//! The mouse on the review screen: a click focuses, the wheel scrolls what is under it.

use super::Review;
use super::panes::Pane;
use super::reader::Scroll;
use super::rubric::Target;
use crate::tui::action::Action;
use crate::tui::overlay::Layer;
use crate::tui::station::Station;
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::layout::Position;

/// Rows that a notch of the wheel scrolls.
const NOTCH: isize = 3;

impl Review {
    pub fn mouse(&mut self, mouse: MouseEvent, station: &mut Station) -> Option<Layer> {
        let point = Position::new(mouse.column, mouse.row);
        let pane = self.panes.at(point)?;
        match mouse.kind {
            MouseEventKind::ScrollDown => self.scroll(pane, Scroll::Rows(NOTCH)),
            MouseEventKind::ScrollUp => self.scroll(pane, Scroll::Rows(-NOTCH)),
            MouseEventKind::Down(_) => {
                self.panes.focus(pane);
                return self.click(pane, point, station);
            }
            MouseEventKind::Drag(_) if pane == Pane::Output && !self.awaits_paint() && !self.is_busy() => {
                return self.drag(point, station);
            }
            _ => {}
        }
        None
    }

    fn click(&mut self, pane: Pane, point: Position, station: &mut Station) -> Option<Layer> {
        let sheet = self.sheet_mut()?;
        if pane == Pane::Output {
            sheet.pointed = sheet.output.spot_at(point);
        }
        if pane != Pane::Rubric {
            return None;
        }
        match sheet.rubric.target(point.y)? {
            Target::Mark => self.act(Action::Marks, station),
            Target::Criterion(at) => {
                sheet.criterion = at;
                None
            }
            Target::Failure(_) => self.act(Action::Reject, station),
            Target::Note => self.act(Action::Note, station),
        }
    }
}
