//! A text with the place that is read in it.

use crate::text::compare::Search;
use crate::tui::rich_text::{Fit, Highlight, Part, RichText, Shown, ShownRange, Viewport, Wrap};
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::ops::Range;

/// A distance to scroll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scroll {
    Rows(isize),
    Pages(isize),
    Top,
    Bottom,
}

/// A text that a pane shows, and the place in it.
#[derive(Default)]
pub struct TextView {
    text: RichText,
    viewport: Viewport,
    /// The area it was drawn in last.
    area: Rect,
}

impl TextView {
    pub fn new(text: RichText) -> Self {
        Self { text, ..Self::default() }
    }

    /// A text of which lines of code and what stands in columns are not wrapped.
    pub fn in_columns(text: RichText) -> Self {
        let mut view = Self::new(text);
        view.set_wrap(Wrap::Prose);
        view
    }

    /// Another text of the same texts, at the place that was read.
    pub fn replace(&mut self, text: RichText) {
        let place = self.text.visible(&self.viewport).into_iter().flatten().next();
        self.text = text;
        self.viewport.top();
        if let Some((part, range)) = place {
            self.viewport.lead_to(&self.text, part, range.start);
        }
    }

    pub fn scroll(&mut self, scroll: Scroll) {
        match scroll {
            Scroll::Rows(rows) => self.viewport.scroll(&self.text, rows),
            Scroll::Pages(pages) => self.viewport.page(&self.text, pages),
            Scroll::Top => self.viewport.top(),
            Scroll::Bottom => self.viewport.bottom(&self.text),
        }
    }

    /// The section at the top of the view, and how many there are.
    pub fn section(&self) -> (usize, usize) {
        (self.viewport.section_at_top(&self.text), self.text.sections())
    }

    /// Puts the beginning of a section at the top, as far down as the text goes.
    pub fn to_section(&mut self, section: usize) {
        self.viewport.to_section(&self.text, section);
    }

    /// The progress of reading, where there is more than is seen.
    pub fn place(&self) -> Option<String> {
        (!self.viewport.fits(&self.text)).then(|| format!("{:.0}%", self.viewport.position(&self.text)))
    }

    /// Some of the text stands below what was drawn last.
    pub fn has_more_below(&self) -> bool {
        !self.viewport.fits(&self.text) && self.viewport.position(&self.text) < 100.0
    }

    /// Some of the text stands above what was drawn last.
    pub fn has_more_above(&self) -> bool {
        self.viewport.is_below_top()
    }

    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, theme: &Theme, highlights: &[Highlight]) {
        self.area = area;
        self.text.draw(area, buf, theme, &mut self.viewport, highlights);
    }

    /// The rows of some sections in a room; no more than `most` are counted.
    pub fn rows(&self, sections: Range<usize>, fit: Fit, most: usize) -> usize {
        self.text.rows(sections, fit, most)
    }

    /// The room that lines are laid out in at a width.
    pub fn fit_in(&self, width: u16) -> Fit {
        Fit { width: width.into(), wrap: self.viewport.wrap }
    }

    pub fn wrap(&self) -> Wrap {
        self.viewport.wrap
    }

    pub fn set_wrap(&mut self, wrap: Wrap) {
        self.viewport.set_wrap(wrap);
    }

    /// Moves sideways, right where positive.
    pub fn pan(&mut self, by: isize) {
        self.viewport.pan(by);
    }

    /// Whether it can be moved sideways, right where positive.
    pub fn can_pan(&self, by: isize) -> bool {
        self.viewport.can_pan(by)
    }

    /// Whether some of what was drawn last goes on beyond an edge.
    pub fn is_cut(&self) -> bool {
        self.viewport.is_cut()
    }

    /// Scrolls a place of a text into sight.
    pub fn reveal(&mut self, part: Part, byte: usize) {
        self.viewport.reveal(&self.text, part, byte);
    }

    /// Puts a place of a text at the top.
    pub fn lead_to(&mut self, part: Part, byte: usize) {
        self.viewport.lead_to(&self.text, part, byte);
    }

    pub fn sections(&self) -> usize {
        self.text.sections()
    }

    pub fn body(&self, section: usize, part: Part) -> Option<&str> {
        self.text.body(section, part)
    }

    pub fn source_of(&self, shown: &ShownRange) -> Option<Range<usize>> {
        self.text.source_of(shown)
    }

    pub fn shown_of(&self, part: Part, bytes: &Range<usize>) -> Option<ShownRange> {
        self.text.shown_of(part, bytes)
    }

    pub fn shown_at(&self, point: Position) -> Option<ShownRange> {
        self.text.shown_at(&self.viewport, self.area, point)
    }

    pub fn reveal_shown(&mut self, shown: &ShownRange) {
        self.viewport.reveal_shown(&self.text, shown);
    }

    pub fn find(&self, search: &Search) -> impl Iterator<Item = ShownRange> {
        self.text.find(search)
    }

    /// The area of the rows that are seen, and which bytes of which text each shows.
    pub fn visible(&self) -> (Rect, Vec<Shown>) {
        (self.area, self.text.visible(&self.viewport))
    }
}
