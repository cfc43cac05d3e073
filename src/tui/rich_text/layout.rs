//! A line laid out in rows: wrapped at a width, as long as it is, or in the columns of a table.

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

/// Cells that stand beside each other on a row, from a column on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Stretch {
    column: u32,
    cells: Range<u32>,
}

/// A line as it is displayed at one width.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    shown: String,
    cells: Vec<Cell>,
    /// What stands on the rows, one row after the other.
    stretches: Vec<Stretch>,
    /// The first stretch of each row; one row at least.
    rows: Vec<u32>,
    /// What stands under the text of each row but the first; each character takes a column.
    hang: String,
    /// The hang stands on the first row too.
    is_grid: bool,
    /// The columns of a layout that moves sideways, whether or not it has to; else `None`.
    panned: Option<usize>,
}

/// The beginning of a row, independent of the width.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RowStart {
    /// First byte in the line.
    pub byte: usize,
    /// The number of earlier rows that begin at the same byte: parts of one long mark.
    pub nth: usize,
}

/// One place of a row as it is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Glyph<'a> {
    /// First byte in the line.
    pub at: usize,
    /// The column where it begins.
    pub column: usize,
    pub text: &'a str,
    pub width: usize,
    pub marked: bool,
}

impl Glyph<'_> {
    /// Characters of a column each that are no grapheme: a mark's name, or a tab.
    pub(crate) fn is_plain_text(&self) -> bool {
        let name = self.marked && self.text.chars().all(|c| c.width() == Some(1));
        self.width > 1 && (name || self.text.bytes().all(|byte| byte == b' '))
    }
}

impl Layout {
    /// A line wrapped at a width.
    pub(crate) fn wrapped(line: &str, width: usize, hang: String) -> Layout {
        let indent = hang.chars().count();
        let room = width - indent;
        let mut layout = Layout { hang, ..Layout::with_room_for(line) };
        layout.place(line, 0, room);
        let rows = layout.wrap(0..layout.cells.len(), [width, room], room);
        let column = |row| if row == 0 { 0 } else { indent };
        let placed = rows.into_iter().enumerate().map(|(row, (cells, _))| (row, (column(row), cells)));
        layout.place_rows(placed.collect());
        layout
    }

    /// A line on one row, which moves sideways.
    pub(super) fn unwrapped(line: &str) -> Layout {
        let mut layout = Layout::with_room_for(line);
        layout.place(line, 0, usize::MAX);
        layout.place_rows(vec![(0, (0, 0..layout.cells.len()))]);
        layout.panned = Some(layout.width(0..layout.cells.len()));
        layout
    }

    fn with_room_for(line: &str) -> Layout {
        let (shown, cells) = (String::with_capacity(line.len()), Vec::with_capacity(line.chars().count()));
        Layout { shown, cells, ..Layout::default() }
    }

    /// A line of a table, whose bars stand on every row; it moves sideways where it is wider than
    /// its pane.
    pub(super) fn grid(grid: String, width: usize) -> Layout {
        let columns = grid.chars().count();
        let panned = (columns > width).then_some(columns);
        Layout { hang: grid, is_grid: true, panned, rows: vec![0], ..Layout::default() }
    }

    /// Places a cell of a table, and gives the cells of each of its rows, with their width.
    pub(super) fn wrap_cell(&mut self, line: &str, cell: Range<usize>, width: usize) -> Vec<(Range<usize>, usize)> {
        let first = self.cells.len();
        self.place(&line[cell.clone()], cell.start, width);
        match self.cells.len() > first {
            true => self.wrap(first..self.cells.len(), [width; 2], width),
            false => Vec::new(),
        }
    }

    /// Puts stretches of cells on their rows, each at its column.
    pub(super) fn place_rows(&mut self, mut placed: Vec<(usize, (usize, Range<usize>))>) {
        placed.sort_by_key(|(row, _)| *row);
        self.rows = vec![0];
        for (row, (column, cells)) in placed {
            if row == self.rows.len() {
                self.rows.push(self.stretches.len() as u32);
            }
            self.stretches.push(Stretch { column: column as u32, cells: cells.start as u32..cells.end as u32 });
        }
    }

    /// The cells of each row at the widths of the first row and the others, with their width.
    fn wrap(&self, cells: Range<usize>, widths: [usize; 2], longest: usize) -> Vec<(Range<usize>, usize)> {
        let words = self.fragments(cells.clone(), longest);
        let rows = wrap_first_fit(&words, &widths.map(|width| width as f64));
        let ends = rows.iter().skip(1).filter_map(|row| row.first()).map(|word| word.cells.start).chain([cells.end]);
        let mut start = cells.start;
        let row = |end| {
            let row = std::mem::replace(&mut start, end)..end;
            (row.clone(), self.width(row))
        };
        ends.map(row).collect()
    }

    /// The columns of some cells, without the spaces at their end.
    fn width(&self, cells: Range<usize>) -> usize {
        let spaces = cells.clone().rev().take_while(|cell| self.is_space(*cell)).count();
        self.cells[cells.start..cells.end - spaces].iter().map(|cell| usize::from(cell.width)).sum()
    }

    /// What stands on a row under its text.
    pub(crate) fn hang(&self, row: usize) -> &str {
        if row == 0 && !self.is_grid { "" } else { &self.hang }
    }

    /// The columns of a layout that moves sideways.
    pub(super) fn panned(&self) -> Option<usize> {
        self.panned
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// The memory it takes, roughly, in cells.
    pub(crate) fn size(&self) -> usize {
        self.cells.len() + self.rows.len() + 8
    }

    pub(crate) fn row_start(&self, row: usize) -> RowStart {
        let byte = self.first_byte(row);
        RowStart { byte, nth: row - self.rows_before(byte) }
    }

    /// The row that begins there, at this width or another.
    pub(crate) fn row_of(&self, start: RowStart) -> usize {
        if self.is_grid {
            let holds = |row: &usize| self.bytes(*row, usize::MAX).any(|bytes| bytes.contains(&start.byte));
            return (0..self.rows()).find(holds).unwrap_or_default();
        }
        let after = self.rows_before(start.byte + 1);
        let same = self.rows_before(start.byte);
        (same + start.nth).min(after.saturating_sub(1))
    }

    /// The number of rows that begin before a byte of the line.
    fn rows_before(&self, byte: usize) -> usize {
        let is_before = |first: &u32| self.first_cell(*first).is_some_and(|cell| (cell.at as usize) < byte);
        self.rows.partition_point(is_before)
    }

    fn first_byte(&self, row: usize) -> usize {
        let cell = self.rows.get(row).and_then(|first| self.first_cell(*first));
        cell.map_or(0, |cell| cell.at as usize)
    }

    fn first_cell(&self, stretch: u32) -> Option<&Cell> {
        self.cells.get(self.stretches.get(stretch as usize)?.cells.start as usize)
    }

    /// The bytes of the line that a row shows, of which there are `len`: a stretch, or one in each
    /// column of a table.
    pub(super) fn bytes(&self, row: usize, len: usize) -> impl Iterator<Item = Range<usize>> {
        let byte = move |cell: u32| self.cells.get(cell as usize).map_or(len, |cell| cell.at as usize);
        self.row(row).iter().map(move |stretch| byte(stretch.cells.start)..byte(stretch.cells.end))
    }

    /// The glyphs of a row. Spaces at its end may reach past the width.
    pub(crate) fn glyphs(&self, row: usize) -> impl Iterator<Item = Glyph<'_>> {
        self.row(row).iter().flat_map(move |stretch| {
            let mut column = stretch.column as usize;
            stretch.cells.clone().map(move |cell| {
                let Cell { at, width, marked, .. } = self.cells[cell as usize];
                let glyph =
                    Glyph { at: at as usize, column, text: self.text(cell as usize), width: width.into(), marked };
                column += glyph.width;
                glyph
            })
        })
    }

    fn row(&self, row: usize) -> &[Stretch] {
        let bound = |row: usize| self.rows.get(row).map_or(self.stretches.len(), |first| *first as usize);
        &self.stretches[bound(row)..bound(row + 1)]
    }

    fn text(&self, cell: usize) -> &str {
        let end = self.cells.get(cell + 1).map_or(self.shown.len(), |next| next.shown as usize);
        &self.shown[self.cells[cell].shown as usize..end]
    }

    /// Adds the cells of a text that begins at a byte of the line; none of them is wider than `width`.
    fn place(&mut self, text: &str, start: usize, width: usize) {
        for piece in pieces(text) {
            self.place_piece(&piece, start, width);
        }
    }

    fn place_piece(&mut self, piece: &Piece, start: usize, width: usize) {
        let at = start + piece.range.start;
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
    fn fragments(&self, cells: Range<usize>, width: usize) -> Vec<Word> {
        let mut words = Vec::new();
        let mut start = cells.start;
        let before = self.cells.get(start).map_or(0, |cell| cell.shown as usize);
        for (at, _) in linebreaks(&self.shown[before..]).map(|(at, how)| (before + at, how)) {
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

/// The columns that a text takes on one row, and those of its widest word.
pub(super) fn width_of(text: &str) -> (usize, usize) {
    let mut layout = Layout::default();
    layout.place(text, 0, usize::MAX);
    let all = 0..layout.cells.len();
    let words = layout.fragments(all.clone(), usize::MAX);
    (layout.width(all), words.iter().map(|word| word.width).max().unwrap_or_default())
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
