//! Text of any size, laid out as far as it is seen.

use super::theme::{Role, Theme};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A text with its heading.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    pub heading: Option<String>,
    /// A quiet line under the heading.
    pub detail: Option<String>,
    pub body: String,
    /// The style of the body.
    pub role: Role,
}

/// Sections one after the other, to be read in a pane.
#[derive(Debug, Clone, Default)]
pub struct Paper {
    sections: Vec<Section>,
}

impl Paper {
    pub fn new(sections: Vec<Section>) -> Self {
        Self { sections }
    }

    /// How many sections there are.
    pub fn sections(&self) -> usize {
        self.sections.len()
    }

    /// Draws what is seen from the view's place, and measures the view.
    pub fn draw(&self, area: Rect, buf: &mut Buffer, theme: &Theme, view: &mut View) {
        view.width = area.width;
        view.height = area.height;
        for (section, y) in self.sections.iter().zip(area.rows()) {
            buf.set_stringn(y.x, y.y, super::safe::plain(&section.body), area.width.into(), theme.role(section.role));
        }
    }
}

/// The place in a paper that is read, and the size it is read at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    width: u16,
    height: u16,
}

impl View {
    /// Scrolls by rows, down where positive.
    pub fn scroll(&mut self, _paper: &Paper, _rows: isize) {}

    /// Scrolls by pages, down where positive.
    pub fn page(&mut self, _paper: &Paper, _pages: isize) {}

    pub fn top(&mut self) {}

    pub fn bottom(&mut self, _paper: &Paper) {}

    /// The section at the top of the view, from 0.
    pub fn section_at_top(&self, _paper: &Paper) -> usize {
        0
    }

    /// How far the view is from the top (0) to the bottom (100), in percent.
    pub fn position(&self, _paper: &Paper) -> f64 {
        0.0
    }
}
