//! The rows that a text takes in its field, and where the cursor is among them.

use crate::tui::rich_text::Layout;
use std::ops::Range;

/// Lines laid out at a width, broken where a text may be broken.
pub(super) struct Rows {
    laid: Vec<Layout>,
    /// The number of rows before each line, and of all.
    before: Vec<usize>,
}

/// A row: its line, and its number among the rows of that line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowPlace {
    pub line: usize,
    pub row: usize,
}

impl Rows {
    pub(super) fn new(lines: &[String], width: usize) -> Self {
        let laid: Vec<Layout> = lines.iter().map(|line| Layout::wrapped(line, width.max(1), String::new())).collect();
        let mut before = vec![0];
        laid.iter().for_each(|layout| before.push(before.last().copied().unwrap_or(0) + layout.rows()));
        Self { laid, before }
    }

    pub(super) fn count(&self) -> usize {
        self.before.last().copied().unwrap_or(0)
    }

    pub(super) fn layout(&self, line: usize) -> &Layout {
        &self.laid[line]
    }

    /// The place of the row that has this number from the top.
    pub(super) fn place(&self, number: usize) -> RowPlace {
        let line = self.before.partition_point(|before| *before <= number).saturating_sub(1).min(self.laid.len() - 1);
        RowPlace { line, row: number - self.before[line] }
    }

    /// The number from the top of the row with a byte of a line, and the column of the byte in it.
    pub(super) fn find(&self, line: usize, byte: usize) -> (usize, usize) {
        let layout = &self.laid[line];
        let row = (1..layout.rows()).take_while(|row| layout.row_start(*row).byte <= byte).last().unwrap_or(0);
        let before = layout.glyphs(row).take_while(|glyph| glyph.at < byte);
        (self.before[line] + row, before.map(|glyph| glyph.width).sum())
    }

    /// The byte of the line that is shown at a column of a row, or the last one before it.
    pub(super) fn byte_at(&self, place: RowPlace, column: usize, line: &str) -> usize {
        let bytes = self.bytes(place, line);
        let mut x = 0;
        let mut glyphs = self.laid[place.line].glyphs(place.row);
        let found = glyphs.find(|glyph| {
            let is_there = column < x + glyph.width;
            x += glyph.width;
            is_there
        });
        match found {
            Some(glyph) => glyph.at,
            None if bytes.end == line.len() => bytes.end,
            // The end of the row is the beginning of the next one.
            None => line[bytes.clone()].char_indices().next_back().map_or(bytes.start, |(at, _)| bytes.start + at),
        }
    }

    fn bytes(&self, place: RowPlace, line: &str) -> Range<usize> {
        let layout = &self.laid[place.line];
        let is_last = place.row + 1 == layout.rows();
        let end = if is_last { line.len() } else { layout.row_start(place.row + 1).byte };
        layout.row_start(place.row).byte..end
    }
}
