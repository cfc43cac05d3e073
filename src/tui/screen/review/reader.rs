//! A paper with the place that is read in it.

use crate::tui::paper::{Paper, View};
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// How far to scroll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scroll {
    Rows(isize),
    Pages(isize),
    Top,
    Bottom,
}

/// What a pane reads.
#[derive(Default)]
pub struct Reader {
    paper: Paper,
    view: View,
}

impl Reader {
    pub fn new(paper: Paper) -> Self {
        Self { paper, view: View::default() }
    }

    /// Another paper, from its top.
    pub fn replace(&mut self, paper: Paper) {
        *self = Self::new(paper);
    }

    pub fn scroll(&mut self, scroll: Scroll) {
        match scroll {
            Scroll::Rows(rows) => self.view.scroll(&self.paper, rows),
            Scroll::Pages(pages) => self.view.page(&self.paper, pages),
            Scroll::Top => self.view.top(),
            Scroll::Bottom => self.view.bottom(&self.paper),
        }
    }

    /// The section at the top of the view, and how many there are.
    pub fn section(&self) -> (usize, usize) {
        (self.view.section_at_top(&self.paper), self.paper.sections())
    }

    /// How far the reading is, where there is more than is seen.
    pub fn place(&self) -> Option<String> {
        (!self.view.fits(&self.paper)).then(|| format!("{:.0}%", self.view.position(&self.paper)))
    }

    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, theme: &Theme) {
        self.paper.draw(area, buf, theme, &mut self.view);
    }
}
