//! Tables within a body: a row a line, its cells wrapped inside their columns.

use super::layout::{Layout, width_of};
use std::ops::Range;

/// The bar between cells, as it stands in the body.
pub const BAR: &str = " │ ";

/// Columns that a bar takes.
const BAR_WIDTH: usize = 3;

/// Words are not broken for a narrower column, where the table may be wider than its pane.
const NARROWEST: usize = 8;

/// A stretch of a body that is a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub range: Range<u32>,
    /// The bytes that each line has before its row.
    pub prefix: usize,
    pub columns: Vec<Column>,
    /// The first bytes of the bars between cells, ascending.
    pub bars: Vec<u32>,
    /// The first byte of the line that is the rule below the head.
    pub rule: u32,
}

/// A column of a table, in columns of the terminal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Column {
    pub side: Side,
    /// The width of its widest cell, and of the widest word in it.
    cell: usize,
    word: usize,
}

/// The side of a column that its cells stand at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Side {
    #[default]
    Left,
    Centre,
    Right,
}

impl Side {
    /// Blank columns before what leaves so many free.
    fn blank(self, free: usize) -> usize {
        match self {
            Side::Left => 0,
            Side::Centre => free / 2,
            Side::Right => free,
        }
    }
}

impl Column {
    pub fn new<'t>(side: Side, cells: impl Iterator<Item = &'t str>) -> Self {
        let widths = cells.map(width_of);
        let (cell, word) = widths.fold((0, 0), |widest, cell| (widest.0.max(cell.0), widest.1.max(cell.1)));
        Column { side, cell, word }
    }
}

impl Table {
    /// A line that begins at a byte of the body, laid out at a width. With `pans` the table may
    /// be wider, for what is beyond the edge can be moved to.
    pub(super) fn layout(&self, line: &str, start: usize, width: usize, pans: bool) -> Layout {
        let prefix = line.get(..self.prefix).unwrap_or_default();
        let bars = self.columns.len().saturating_sub(1) * BAR_WIDTH;
        let room = width.saturating_sub(prefix.chars().count() + bars);
        let widths = shared(&self.columns, room, if pans { NARROWEST } else { 1 });
        let is_rule = start == self.rule as usize;
        let (blank, bar) = if is_rule { ("─", "─┼─") } else { (" ", BAR) };
        let grid: Vec<String> = widths.iter().map(|width| blank.repeat(*width)).collect();
        let mut layout = Layout::grid(format!("{prefix}{}", grid.join(bar)), width);
        if !is_rule {
            let mut x = prefix.chars().count();
            let columns = self.columns.iter().zip(&widths);
            let placed = self.cells(line, start).zip(columns).flat_map(|(cell, (column, &width))| {
                let left = x;
                x += width + BAR_WIDTH;
                let rows = layout.wrap_cell(line, cell, width);
                rows.into_iter()
                    .map(move |(cells, used)| (left + column.side.blank(width.saturating_sub(used)), cells))
                    .enumerate()
            });
            let placed = placed.collect();
            layout.place_rows(placed);
        }
        layout
    }

    /// The bytes of a line that are its cells.
    fn cells(&self, line: &str, start: usize) -> impl Iterator<Item = Range<usize>> {
        let bytes = start + self.prefix..start + line.len();
        let from = self.bars.partition_point(|bar| (*bar as usize) < bytes.start);
        let bars = self.bars[from..].iter().map(|bar| *bar as usize).take_while(move |bar| *bar < bytes.end);
        let mut begin = self.prefix;
        bars.chain([start + line.len()]).map(move |end| {
            let cell = begin.min(end - start)..end - start;
            begin = end - start + BAR.len();
            cell
        })
    }
}

/// The widths of columns that share a room: what is narrower than its fair share has what it
/// needs, the others have as much as each other, and a word at least where possible. Words are
/// broken down to `narrowest`; what still has no room reaches beyond it.
fn shared(columns: &[Column], room: usize, narrowest: usize) -> Vec<usize> {
    let widths = |share: usize, word: usize| -> Vec<usize> {
        columns.iter().map(|column| column.cell.min(share.max(column.word.min(word)))).collect()
    };
    let fits = |widths: &Vec<usize>| widths.iter().sum::<usize>() <= room;
    let whole = widths(usize::MAX, 0);
    if fits(&whole) {
        return whole;
    }
    let shares = (1..room).rev().map(|share| widths(share, usize::MAX));
    let words = (narrowest..room.max(narrowest)).rev().map(|word| widths(1, word));
    shares.chain(words).find(fits).unwrap_or_else(|| widths(1, narrowest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_share_the_room_fairly() {
        let column = |cell, word| Column { cell, word, ..Column::default() };
        let columns = [column(4, 4), column(30, 9), column(80, 12)];
        assert_eq!(shared(&columns, 200, 8), [4, 30, 80], "there is room for all");
        assert_eq!(shared(&columns, 44, 8), [4, 20, 20]);
        assert_eq!(shared(&columns, 26, 8), [4, 10, 12], "a word at least");
        assert_eq!(shared(&columns, 20, 8), [4, 8, 8], "or a part of it");
        assert_eq!(shared(&columns, 10, 8), [4, 8, 8], "the table is wider than its room");
        assert_eq!(shared(&columns, 10, 1), [3, 3, 3]);
    }
}
