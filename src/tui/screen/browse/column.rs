//! The columns of the browser: their heads, their widths, what stands in them.

use crate::domain::record::{Cell, RecordField};
use crate::domain::time::ago;
use crate::store::{BrowseRow, By};
use crate::text::fit::cut;
use crate::tui::app_context::AppContext;
use crate::tui::widget::text::{data, fit, width_of};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Field(RecordField),
    /// Since the item was created, or since it was imported where that is not known.
    Age,
    /// The beginning of the output.
    Words,
}

/// The words of an output get this much room before another column is shown.
const ROOM_FOR_WORDS: usize = 20;

const GAP: usize = 2;

const ID: RecordField = RecordField::item("id");
const VERDICT: RecordField = RecordField::decision("verdict");
const CATEGORIES: RecordField = RecordField::decision("categories");
const LATENCY: RecordField = RecordField::item("latency_ms");
const COST: RecordField = RecordField::item("cost_usd");

impl Column {
    /// The columns shown unless the reviewer says otherwise.
    pub const SHOWN: [Column; 10] = [
        Column::Field(ID),
        Column::Field(VERDICT),
        Column::Field(CATEGORIES),
        Column::Field(RecordField::item("model")),
        Column::Field(RecordField::item("prompt_version")),
        Column::Field(RecordField::decision("reviewer")),
        Column::Age,
        Column::Field(LATENCY),
        Column::Field(COST),
        Column::Words,
    ];

    /// Every column, in the order on screen: those that are shown at first, the other fields
    /// of the record, the words.
    pub fn all() -> impl Iterator<Item = Column> {
        let [first @ .., last] = Column::SHOWN;
        let headed = RecordField::all().filter(|field| field.uses().heading.is_some()).map(Column::Field);
        first.into_iter().chain(headed.filter(|column| !Column::SHOWN.contains(column))).chain([last])
    }

    pub fn title(self) -> &'static str {
        match self {
            Column::Field(field) => field.uses().heading.map_or(field.name(), |heading| heading.title),
            Column::Age => "age",
            Column::Words => "first words",
        }
    }

    fn width(self) -> usize {
        match self {
            Column::Field(field) => field.uses().heading.map_or(0, |heading| heading.width),
            Column::Age => 11,
            Column::Words => ROOM_FOR_WORDS,
        }
    }

    /// The sort key of the column; `None` for a column that has no order.
    pub fn order(self) -> Option<By> {
        match self {
            Column::Field(field) => field.uses().order.map(|_| By::Field(field)),
            Column::Age => Some(By::Field(const { RecordField::item("created_at") })),
            Column::Words => None,
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Column::Field(field) if field.holds().is_number())
    }

    fn cell(self, row: &BrowseRow, ctx: &AppContext) -> (String, Style) {
        let theme = &ctx.theme;
        match self {
            Column::Field(field) if field == VERDICT => verdict(row, ctx),
            Column::Field(field) if field == ID => (text(field, row, ctx), theme.accent()),
            Column::Field(field) if field == CATEGORIES => (text(field, row, ctx), theme.text()),
            Column::Field(field) => (text(field, row, ctx), theme.dim()),
            Column::Age => (ago(row.item.created_at.unwrap_or(row.imported_at), ctx.now), theme.dim()),
            Column::Words => (row.first_words.clone(), theme.text()),
        }
    }
}

/// The value of a field in a few cells.
fn text(field: RecordField, row: &BrowseRow, ctx: &AppContext) -> String {
    match row.cell(field) {
        Cell::Real(millis) if field == LATENCY => format!("{millis:.0} ms"),
        Cell::Real(cost) if field == COST => format!("${cost:.4}"),
        Cell::Real(number) => number.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Time(at) => ago(at, ctx.now),
        Cell::Words(words) => words.join(", "),
        Cell::Text(text) => text.into_owned(),
        _ => String::new(),
    }
}

/// The verdict of record; of an undecided item, what keeps it from being decided.
fn verdict(row: &BrowseRow, ctx: &AppContext) -> (String, Style) {
    let theme = &ctx.theme;
    match row.verdict() {
        Some(verdict) => (format!("{} {}", verdict.sign(), verdict.past()), theme.verdict(verdict)),
        None if row.claimed_by.is_some() => ("⚑ claimed".into(), theme.warning()),
        None if row.deferred => ("⏸ deferred".into(), theme.warning()),
        None => ("·".into(), theme.dim()),
    }
}

/// The columns that there is room for, each with its width; the words take what is left.
pub fn fitted(columns: &[Column], width: usize) -> Vec<(Column, usize)> {
    let has_words = columns.contains(&Column::Words);
    let mut left = width.saturating_sub(if has_words { ROOM_FOR_WORDS } else { 0 });
    let mut fitted = Vec::new();
    for column in columns.iter().copied().filter(|column| *column != Column::Words) {
        let wide = column.width() + GAP;
        if wide > left {
            break;
        }
        left -= wide;
        fitted.push((column, column.width()));
    }
    if has_words {
        fitted.push((Column::Words, left + ROOM_FOR_WORDS));
    }
    fitted
}

/// The heads, with an arrow at the one that the table is sorted by.
pub fn heads(columns: &[(Column, usize)], sorted: Option<(By, bool)>, ctx: &AppContext) -> Line<'static> {
    let mut spans = Vec::new();
    for &(column, width) in columns {
        let arrow = match sorted.filter(|(by, _)| column.order() == Some(*by)) {
            Some((_, true)) => " ↓",
            Some((_, false)) => " ↑",
            None => "",
        };
        spans.extend(padded(vec![Span::styled(format!("{}{arrow}", column.title()), ctx.theme.dim())], column, width));
    }
    Line::from(spans)
}

pub fn cells(columns: &[(Column, usize)], row: &BrowseRow, ctx: &AppContext) -> Line<'static> {
    let mut spans = Vec::new();
    for &(column, width) in columns {
        let (text, style) = column.cell(row, ctx);
        let shown = fit(data(&cut(&text, width), style, &ctx.theme), width);
        spans.extend(padded(shown, column, width));
    }
    Line::from(spans)
}

fn padded(mut spans: Vec<Span<'static>>, column: Column, width: usize) -> Vec<Span<'static>> {
    let room = Span::raw(" ".repeat(width.saturating_sub(width_of(&spans))));
    let at = if column.is_number() { 0 } else { spans.len() };
    spans.insert(at, room);
    spans.push(Span::raw(" ".repeat(GAP)));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_keep_their_room_and_take_what_is_left() {
        let narrow = fitted(&Column::SHOWN, 76);
        assert_eq!(
            narrow.iter().map(|(column, _)| *column).collect::<Vec<_>>(),
            [Column::Field(ID), Column::Field(VERDICT), Column::Field(CATEGORIES), Column::Words]
        );
        assert!(narrow.last().is_some_and(|(_, width)| *width >= ROOM_FOR_WORDS));
        assert_eq!(fitted(&Column::SHOWN, 200).len(), Column::SHOWN.len());
        assert_eq!(fitted(&[Column::Field(ID)], 4), [], "no room, no column");
    }
}
