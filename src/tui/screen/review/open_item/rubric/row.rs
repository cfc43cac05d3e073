//! Rows of the rubric, with what stands where in them.

use super::Target;
use crate::text::fit::wrap;
use crate::tui::widget::text::width_of;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use std::ops::Range;

/// A row, and the columns in it at which the mouse finds something.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) line: Line<'static>,
    targets: Vec<(Range<u16>, Target)>,
}

/// A stretch of a row that stands for one thing.
pub(super) struct Cell {
    pub(super) spans: Vec<Span<'static>>,
    pub(super) target: Option<Target>,
}

impl Row {
    /// A row that stands for one thing over its whole width.
    pub(super) fn of(line: impl Into<Line<'static>>, target: Option<Target>) -> Self {
        let targets = target.into_iter().map(|target| (0..u16::MAX, target)).collect();
        Self { line: line.into(), targets }
    }

    /// The area of each thing in the row as it is drawn.
    pub(super) fn targets_in(&self, place: Rect) -> impl Iterator<Item = (Rect, Target)> {
        self.targets.iter().map(move |(columns, target)| {
            let start = columns.start.min(place.width);
            let width = columns.end.min(place.width) - start;
            (Rect { x: place.x + start, width, ..place }, *target)
        })
    }

    fn push(&mut self, cell: Cell) {
        let start = self.line.width() as u16;
        self.line.spans.extend(cell.spans);
        self.targets.extend(cell.target.map(|target| (start..self.line.width() as u16, target)));
    }
}

/// A text in as many rows as it takes, behind a margin.
pub(super) fn text(text: &str, style: Style, (margin, width): (usize, usize), target: Option<Target>) -> Vec<Row> {
    let lines = wrap(text, width.saturating_sub(margin));
    let row = |line| Row::of(Line::styled(format!("{}{line}", " ".repeat(margin)), style), target);
    lines.into_iter().map(row).collect()
}

/// Cells one after the other, in as many rows as they take.
pub(super) fn flow(cells: Vec<Cell>, width: usize) -> Vec<Row> {
    const GAP: &str = "  ";
    let mut rows = Vec::new();
    let mut row = Row::default();
    for cell in cells {
        let present = row.line.width();
        if present > 0 && present + GAP.len() + width_of(&cell.spans) > width {
            rows.push(std::mem::take(&mut row));
        } else if present > 0 {
            row.line.push_span(GAP);
        }
        row.push(cell);
    }
    rows.push(row);
    rows
}

/// Cells in at most so many rows: their names are cut to the longest width that allows it.
pub(super) fn fitted(cells: impl Fn(usize) -> Vec<Cell>, rows: usize, width: usize) -> Vec<Row> {
    let (mut least, mut most) = (SHORTEST, width.max(SHORTEST));
    while least < most {
        let middle = (least + most).div_ceil(2);
        let fits = flow(cells(middle), width).len() <= rows;
        (least, most) = if fits { (middle, most) } else { (least, middle - 1) };
    }
    let mut fitted = flow(cells(least), width);
    fitted.truncate(rows);
    fitted
}

/// The fewest columns that a name is cut to.
const SHORTEST: usize = 4;

/// Rows at the left and rows at the right of a rule.
pub(super) fn beside(left: Vec<Row>, right: Vec<Row>, left_width: u16, rule: Style) -> Vec<Row> {
    let count = left.len().max(right.len());
    let filled = |rows: Vec<Row>| rows.into_iter().chain(std::iter::repeat_with(Row::default)).take(count);
    let joined = filled(left).zip(filled(right)).map(|(mut left, right)| {
        let gap = usize::from(left_width).saturating_sub(left.line.width());
        left.targets.iter_mut().for_each(|(columns, _)| columns.end = columns.end.min(left_width));
        left.line.spans.extend([Span::raw(" ".repeat(gap)), Span::styled(RULE, rule)]);
        left.line.spans.extend(right.line.spans);
        let shift = left_width + RULE_WIDTH;
        let shifted = |(columns, target): (Range<u16>, Target)| {
            (columns.start + shift..columns.end.saturating_add(shift), target)
        };
        left.targets.extend(right.targets.into_iter().map(shifted));
        left
    });
    joined.collect()
}

const RULE: &str = " │ ";

/// Columns of the rule between two halves.
pub(super) const RULE_WIDTH: u16 = 3;
