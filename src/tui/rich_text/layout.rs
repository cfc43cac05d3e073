//! A line laid out in rows of a width.

use crate::text::sanitize::{Piece, pieces};
use std::ops::Range;
use textwrap::core::Fragment;
use textwrap::wrap_algorithms::wrap_first_fit;
use unicode_linebreak::linebreaks;
use unicode_width::UnicodeWidthChar;

/// Stands for a character that is wider than the whole row.
const TOO_WIDE: &str = "▯";

/// One place of a row: a grapheme, a mark, or a part of a mark
/// that is wider than the row.
#[derive(Debug, Clone, Copy)]
struct Cell {
    /// First byte in the line.
    at: u32,
    /// First byte in the displayed text.
    shown: u32,
    width: u8,
    marked: bool,
}

/// A line as it is displayed at one width.
#[derive(Debug, Clone, Default)]
pub(in crate::tui) struct Layout {
    shown: String,
    cells: Vec<Cell>,
    /// The first cell of each row; one row at least.
    rows: Vec<u32>,
    /// The beginning of rows after the first; each character takes a column.
    hang: String,
}

/// The beginning of a row, independent of the width.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::tui) struct RowStart {
    /// First byte in the line.
    pub byte: usize,
    /// The number of earlier rows that begin at the same byte: parts of one long mark.
    pub nth: usize,
}

/// One place of a row as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tui) struct Glyph<'a> {
    /// First byte in the line.
    pub at: usize,
    pub text: &'a str,
    pub width: usize,
    pub marked: bool,
}

impl Glyph<'_> {
    /// Characters of a column each that are no grapheme: a mark's name, or a tab.
    pub(in crate::tui) fn is_plain_text(&self) -> bool {
        let name = self.marked && self.text.chars().all(|c| c.width() == Some(1));
        self.width > 1 && (name || self.text.bytes().all(|byte| byte == b' '))
    }
}

impl Layout {
    pub(in crate::tui) fn new(line: &str, width: usize, hang: String) -> Layout {
        let room = width - hang.chars().count();
        let mut layout = Layout { hang, ..Layout::default() };
        for piece in pieces(line) {
            layout.place(&piece, room);
        }
        let fragments = layout.fragments(room);
        let rows = wrap_first_fit(&fragments, &[width as f64, room as f64]);
        layout.rows = rows.iter().map(|row| row.first().map_or(0, |first| first.cells.start as u32)).collect();
        layout
    }

    /// The beginning of a row, before its text.
    pub(in crate::tui) fn hang(&self, row: usize) -> &str {
        if row == 0 { "" } else { &self.hang }
    }

    pub(in crate::tui) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The memory it takes, roughly, in cells.
    pub(in crate::tui) fn size(&self) -> usize {
        self.cells.len() + self.rows.len() + 8
    }

    pub(in crate::tui) fn row_start(&self, row: usize) -> RowStart {
        let byte = self.first_byte(row);
        RowStart { byte, nth: row - self.rows_before(byte) }
    }

    /// The row that begins there, at this width or another.
    pub(in crate::tui) fn row_of(&self, start: RowStart) -> usize {
        let after = self.rows_before(start.byte + 1);
        let same = self.rows_before(start.byte);
        (same + start.nth).min(after.saturating_sub(1))
    }

    /// The number of rows that begin before a byte of the line.
    fn rows_before(&self, byte: usize) -> usize {
        self.rows.partition_point(|first| self.cells.get(*first as usize).is_some_and(|cell| (cell.at as usize) < byte))
    }

    fn first_byte(&self, row: usize) -> usize {
        let cell = self.rows.get(row).and_then(|first| self.cells.get(*first as usize));
        cell.map_or(0, |cell| cell.at as usize)
    }

    /// The glyphs of a row. Spaces at its end may reach past the width.
    pub(in crate::tui) fn glyphs(&self, row: usize) -> impl Iterator<Item = Glyph<'_>> {
        self.cells_of(row).map(|cell| Glyph {
            at: self.cells[cell].at as usize,
            text: self.text(cell),
            width: self.cells[cell].width.into(),
            marked: self.cells[cell].marked,
        })
    }

    fn cells_of(&self, row: usize) -> Range<usize> {
        let bound = |row: usize| self.rows.get(row).map_or(self.cells.len(), |cell| *cell as usize);
        bound(row)..bound(row + 1)
    }

    fn text(&self, cell: usize) -> &str {
        let end = self.cells.get(cell + 1).map_or(self.shown.len(), |next| next.shown as usize);
        &self.shown[self.cells[cell].shown as usize..end]
    }

    fn place(&mut self, piece: &Piece, width: usize) {
        let at = piece.range.start;
        if piece.width <= width {
            self.push(at, &piece.text, piece.width, piece.marked);
        } else if piece.text.chars().all(|c| c.width() == Some(1)) {
            for c in piece.text.chars() {
                self.push(at, c.encode_utf8(&mut [0; 4]), 1, piece.marked);
            }
        } else {
            self.push(at, TOO_WIDE, 1, true);
        }
    }

    // The casts hold: a line is a chunk at most, and a piece a few characters.
    fn push(&mut self, at: usize, text: &str, width: usize, marked: bool) {
        self.cells.push(Cell { at: at as u32, shown: self.shown.len() as u32, width: width as u8, marked });
        self.shown.push_str(text);
    }

    /// The words, with what is too long for a row cut to size.
    fn fragments(&self, width: usize) -> Vec<Word> {
        let mut words = Vec::new();
        let mut start = 0;
        for (at, _) in linebreaks(&self.shown) {
            let end = start + self.cells[start..].partition_point(|cell| (cell.shown as usize) < at);
            let between_cells = self.cells.get(end).is_none_or(|cell| cell.shown as usize == at);
            if between_cells && end > start {
                self.cut(start..end, width, &mut words);
                start = end;
            }
        }
        words
    }

    /// Adds a word, in parts where it is wider than a row.
    fn cut(&self, cells: Range<usize>, width: usize, words: &mut Vec<Word>) {
        let spaces = cells.clone().rev().take_while(|cell| self.is_space(*cell)).count();
        let last = cells.end - spaces;
        let mut part = Word { cells: cells.start..cells.start, width: 0, space: 0 };
        for at in cells.start..last {
            let wide = usize::from(self.cells[at].width);
            if part.width + wide > width && !part.cells.is_empty() {
                words.push(std::mem::replace(&mut part, Word { cells: at..at, width: 0, space: 0 }));
            }
            part.cells.end = at + 1;
            part.width += wide;
        }
        part.space = self.cells[last..cells.end].iter().map(|cell| usize::from(cell.width)).sum();
        part.cells.end = cells.end;
        words.push(part);
    }

    /// A space or a tab; a space that carries an accent is to be seen.
    fn is_space(&self, cell: usize) -> bool {
        self.text(cell).bytes().all(|byte| byte == b' ')
    }
}

/// A stretch that is kept together on a row, and the spaces after it, which may hang over
/// the row's end.
#[derive(Debug)]
struct Word {
    cells: Range<usize>,
    width: usize,
    space: usize,
}

impl Fragment for Word {
    fn width(&self) -> f64 {
        self.width as f64
    }

    fn whitespace_width(&self) -> f64 {
        self.space as f64
    }

    fn penalty_width(&self) -> f64 {
        0.0
    }
}
