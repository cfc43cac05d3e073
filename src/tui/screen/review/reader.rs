//! A paper with the place that is read in it.

use crate::tui::paper::{Highlight, Paper, Part, Shown, Spot, View};
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use regex::Regex;
use std::ops::Range;

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
    /// Where it was drawn last.
    area: Rect,
}

impl Reader {
    pub fn new(paper: Paper) -> Self {
        Self { paper, ..Self::default() }
    }

    /// Another paper of the same texts, at the place that was read.
    pub fn replace(&mut self, paper: Paper) {
        let place = self.paper.visible(&self.view).into_iter().flatten().next();
        self.paper = paper;
        self.view.top();
        if let Some((part, range)) = place {
            self.view.lead_to(&self.paper, part, range.start);
        }
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

    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, theme: &Theme, highlights: &[Highlight]) {
        self.area = area;
        self.paper.draw(area, buf, theme, &mut self.view, highlights);
    }

    /// Scrolls a place of a text into sight.
    pub fn reveal(&mut self, part: Part, byte: usize) {
        self.view.reveal(&self.paper, part, byte);
    }

    /// Puts a place of a text at the top.
    pub fn lead_to(&mut self, part: Part, byte: usize) {
        self.view.lead_to(&self.paper, part, byte);
    }

    pub fn sections(&self) -> usize {
        self.paper.sections()
    }

    pub fn body(&self, section: usize, part: Part) -> Option<&str> {
        self.paper.body(section, part)
    }

    pub fn source_of(&self, spot: &Spot) -> Option<Range<usize>> {
        self.paper.source_of(spot)
    }

    pub fn spot_of(&self, part: Part, bytes: &Range<usize>) -> Option<Spot> {
        self.paper.spot_of(part, bytes)
    }

    pub fn spot_at(&self, point: Position) -> Option<Spot> {
        self.paper.spot_at(&self.view, self.area, point)
    }

    pub fn reveal_spot(&mut self, spot: &Spot) {
        self.view.reveal_spot(&self.paper, spot);
    }

    pub fn find(&self, pattern: &Regex) -> impl Iterator<Item = Spot> {
        self.paper.find(pattern)
    }

    /// The place of a text that is shown at a point.
    pub fn at(&self, point: Position) -> Option<(Part, usize)> {
        self.paper.at(&self.view, self.area, point)
    }

    /// What each row that is seen shows of which text, and where the rows are.
    pub fn visible(&self) -> (Rect, Vec<Shown>) {
        (self.area, self.paper.visible(&self.view))
    }
}
