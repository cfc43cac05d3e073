//! A backend for terminals that disagree about widths. Of an emoji with a variation selector, a
//! joined family, a flag or a keycap one terminal makes a column, another two or four: the cells
//! beside it are right on all of them.

use ratatui::backend::{Backend, ClearType, CrosstermBackend, WindowSize};
use ratatui::buffer::{Cell, CellDiffOption, CellWidth};
use ratatui::layout::{Position, Size};
use std::io::{self, Write};
use unicode_width::UnicodeWidthChar;

/// Writes to a terminal. The cells that a grapheme of disputed width takes are blanked before it
/// is written; after it the cursor is put where it belongs, and what the grapheme may have
/// reached over is written again.
pub(super) struct ExactBackend<W: Write> {
    inner: CrosstermBackend<W>,
    /// The screen, row by row, as far as it was written.
    rows: Vec<Vec<Cell>>,
}

impl<W: Write> ExactBackend<W> {
    pub(super) fn new(writer: W) -> Self {
        Self { inner: CrosstermBackend::new(writer), rows: Vec::new() }
    }

    fn keep(&mut self, x: u16, y: u16, cell: &Cell) {
        let (x, y) = (usize::from(x), usize::from(y));
        if self.rows.len() <= y {
            self.rows.resize(y + 1, Vec::new());
        }
        let row = &mut self.rows[y];
        if row.len() <= x {
            row.resize(x + 1, Cell::default());
        }
        row[x] = cell.clone();
    }

    /// Writes cells that every terminal draws alike. Those beside each other in one style go out as one
    /// text: to write a cell takes about as long as to write a row.
    fn draw_plain(&mut self, cells: &[(u16, u16, &Cell)]) -> io::Result<()> {
        let runs = cells.chunk_by(|(x, y, cell), (next_x, next_y, next)| {
            y == next_y && x + 1 == *next_x && cell.style() == next.style()
        });
        let runs = runs.map(|run| {
            let (x, y, first) = run[0];
            let mut text = first.clone();
            text.set_symbol(&run.iter().map(|(.., cell)| cell.symbol()).collect::<String>());
            (x, y, text)
        });
        let runs: Vec<_> = runs.collect();
        self.inner.draw(runs.iter().map(|(x, y, text)| (*x, *y, text)))
    }

    /// Writes the cells of a row from `x` on, until no grapheme reaches further; gives the
    /// column after the last.
    fn draw_from(&mut self, mut x: u16, y: u16) -> io::Result<u16> {
        let row = &self.rows[usize::from(y)];
        let mut reached = x;
        while let Some(cell) = row.get(usize::from(x)) {
            let width = width(cell);
            match widest(cell) {
                None => self.inner.draw([(x, y, cell)].into_iter())?,
                Some(widest) => {
                    let mut blank = cell.clone();
                    blank.set_symbol(" ");
                    self.inner.draw((x..x + width).map(|x| (x, y, &blank)))?;
                    self.inner.draw([(x, y, cell)].into_iter())?;
                    reached = reached.max(x + widest);
                }
            }
            x += width;
            if x >= reached {
                break;
            }
        }
        Ok(x)
    }
}

/// The columns that a cell takes here.
fn width(cell: &Cell) -> u16 {
    match cell.diff_option {
        CellDiffOption::ForcedWidth(width) => width.get(),
        _ => cell.cell_width().max(1),
    }
}

/// The most columns that a terminal may take for a cell, where terminals disagree.
fn widest(cell: &Cell) -> Option<u16> {
    let symbol = cell.symbol();
    if symbol.is_ascii() || symbol.chars().all(|c| ('\u{2500}'..='\u{259f}').contains(&c)) {
        return None; // also what frames are drawn with
    }
    let widths = symbol.chars().map(|c| c.width_cjk().unwrap_or_default().max(usize::from(is_emoji(c)) * 2));
    let sum = widths.sum::<usize>() as u16;
    let is_disputed = sum != width(cell) || symbol.chars().any(is_emoji) || symbol.contains('\u{fe0f}');
    is_disputed.then(|| sum.max(width(cell)))
}

/// Emoji, of which terminals know those of their year.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}')
}

impl<W: Write> Backend for ExactBackend<W> {
    type Error = io::Error;

    fn draw<'a, I: Iterator<Item = (u16, u16, &'a Cell)>>(&mut self, content: I) -> io::Result<()> {
        let changed: Vec<_> = content.collect();
        for &(x, y, cell) in &changed {
            self.keep(x, y, cell);
        }
        let mut rest = changed.as_slice();
        while !rest.is_empty() {
            let plain = rest.iter().take_while(|(_, _, cell)| widest(cell).is_none()).count();
            let (run, others) = rest.split_at(plain);
            self.draw_plain(run)?;
            rest = others;
            if let Some(&(x, y, _)) = rest.first() {
                let end = self.draw_from(x, y)?;
                let drawn = rest.iter().take_while(|(x, row, _)| *row == y && *x < end).count();
                rest = &rest[drawn..];
            }
        }
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.rows.clear();
        self.inner.clear()
    }

    fn clear_region(&mut self, region: ClearType) -> io::Result<()> {
        self.rows.clear();
        self.inner.clear_region(region)
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.inner.hide_cursor()
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.inner.show_cursor()
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        self.inner.get_cursor_position()
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.inner.set_cursor_position(position)
    }

    fn size(&self) -> io::Result<Size> {
        self.inner.size()
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        self.inner.window_size()
    }

    fn flush(&mut self) -> io::Result<()> {
        Backend::flush(&mut self.inner)
    }
}

impl<W: Write> Write for ExactBackend<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Write::flush(&mut self.inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::buffer::Buffer;
    use unicode_segmentation::UnicodeSegmentation;
    use unicode_width::UnicodeWidthStr;

    const COLUMNS: u16 = 24;

    /// Draws one line after another, and gives the bytes.
    fn bytes(lines: &[&str]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut backend = ExactBackend::new(&mut bytes);
        let mut before = Buffer::with_lines([" ".repeat(COLUMNS.into())]);
        for line in lines {
            let mut after = Buffer::empty(before.area);
            after.set_string(0, 0, line, ratatui::style::Style::new());
            backend.draw(before.diff(&after).into_iter()).unwrap();
            before = after;
        }
        drop(backend);
        bytes
    }

    /// The columns of a terminal that has read the bytes, where a grapheme takes the columns that
    /// `width` says; one that another is written over goes whole.
    fn screen(bytes: &[u8], width: impl Fn(&str) -> usize) -> Vec<String> {
        let text = str::from_utf8(bytes).unwrap();
        let mut columns = vec![String::from(" "); 4 * usize::from(COLUMNS)];
        let mut at = 0;
        let mut rest = text;
        while let Some(grapheme) = rest.graphemes(true).next() {
            if let Some(sequence) = rest.strip_prefix("\u{1b}[") {
                let end = sequence.find(|c: char| c.is_ascii_alphabetic()).unwrap();
                if sequence[end..].starts_with('H') {
                    at = sequence[..end].split_once(';').unwrap().1.parse::<usize>().unwrap() - 1;
                }
                rest = &sequence[end + 1..];
                continue;
            }
            for covered in at..at + width(grapheme) {
                if columns[covered].is_empty() {
                    let first = (0..covered).rev().find(|at| !columns[*at].is_empty()).unwrap();
                    columns[first] = " ".into();
                }
                for column in columns[covered + 1..].iter_mut().take_while(|column| column.is_empty()) {
                    *column = " ".into();
                }
                columns[covered] = String::new();
            }
            columns[at] = grapheme.into();
            at += width(grapheme);
            rest = &rest[grapheme.len()..];
        }
        columns
    }

    #[test]
    fn beside_a_grapheme_of_disputed_width_every_cell_is_right() {
        for odd in ["☎️", "❤️", "✂️", "1️⃣", "👩‍💻", "👨‍👩‍👧‍👦", "🇩🇪", "👍🏽", "…", "①", "🫨"]
        {
            let lines = ["日本語の文字です。全部", &format!("ab{odd}cd"), &format!("ab{odd}xy {odd}z"), "a b c d e f"];
            for (nth, line) in lines.iter().enumerate().skip(1) {
                let bytes = bytes(&lines[..=nth]);
                for wide in 1..=4 {
                    let is_odd = |grapheme: &str| grapheme == odd;
                    let shown = screen(&bytes, |grapheme| if is_odd(grapheme) { wide } else { grapheme.width() });
                    let mut column = 0;
                    for grapheme in line.graphemes(true) {
                        if !is_odd(grapheme) {
                            assert_eq!(
                                shown[column], grapheme,
                                "column {column} of {line:?} where {odd} is {wide} wide"
                            );
                        }
                        column += grapheme.width();
                    }
                    assert!(shown[column..].iter().all(|column| column.trim().is_empty()), "after {line:?}: {shown:?}");
                }
            }
        }
    }
}
