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
        let pane = self.panes.at(Position::new(mouse.column, mouse.row))?;
        match mouse.kind {
            MouseEventKind::ScrollDown => self.scroll(pane, Scroll::Rows(NOTCH)),
            MouseEventKind::ScrollUp => self.scroll(pane, Scroll::Rows(-NOTCH)),
            MouseEventKind::Down(_) => {
                self.panes.focus(pane);
                return self.click(pane, mouse.row, station);
            }
            _ => {}
        }
        None
    }

    fn click(&mut self, pane: Pane, row: u16, station: &mut Station) -> Option<Layer> {
        if pane != Pane::Rubric {
            return None;
        }
        let sheet = self.sheet_mut()?;
        match sheet.rubric.target(row)? {
            Target::Criterion(at) => {
                sheet.criterion = at;
                None
            }
            Target::Failure(_) => self.act(Action::Reject, station),
            Target::Note => self.act(Action::Note, station),
        }
    }
}
