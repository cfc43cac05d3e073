//! The columns of the browser: their heads, their widths, what stands in them.

use crate::domain::decision::Scores;
use crate::domain::record::{Cell, FieldType, RecordField};
use crate::domain::spec::Spec;
use crate::domain::time::ago;
use crate::store::{BrowseRow, By, Sort};
use crate::text::fit::{cut, cut_middle};
use crate::tui::app_context::AppContext;
use crate::tui::humanize::about;
use crate::tui::widget::categories::{severity_sign, severity_style};
use crate::tui::widget::escalation::due_style;
use crate::tui::widget::text::{data, fit, width_of};
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    Field(RecordField),
    /// Since the item was created, or since it was imported where that is not known.
    Age,
    /// The beginning of the output.
    Words,
}

/// The words of an output get a third of the table, and at least this much of it, before another
/// column is shown.
const ROOM_FOR_WORDS: usize = 20;

/// A name is not made narrower to find room for one more column.
const NARROWEST: usize = 8;

const GAP: usize = 2;

const ID: RecordField = RecordField::item("id");
const VERDICT: RecordField = RecordField::decision("verdict");
const CATEGORIES: RecordField = RecordField::decision("categories");
const ROUTE: RecordField = RecordField::decision("route");
const CORRECTION: RecordField = RecordField::decision("correction");
const DUE: RecordField = RecordField::decision("due_at");
const LATENCY: RecordField = RecordField::item("latency_ms");
const COST: RecordField = RecordField::item("cost_usd");

/// What the cells of a table are written by.
#[derive(Clone, Copy)]
pub struct Pen<'a> {
    /// `None` until it was read.
    pub spec: Option<&'a Spec>,
    pub ctx: &'a AppContext,
}

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
            Column::Words => "the output begins",
        }
    }

    /// Cells that the column takes at most.
    fn most(self) -> usize {
        match self {
            Column::Field(field) => field.uses().heading.map_or(0, |heading| heading.width),
            Column::Age => 11,
            Column::Words => usize::MAX,
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

    /// Whether names stand in it, of which the end tells them apart.
    fn holds_names(self) -> bool {
        use FieldType::{Id, Name, Text};
        matches!(self, Column::Field(RecordField::Item(of)) if matches!(of.holds, Id | Name | Text))
    }

    /// The head, with an arrow where the table is sorted by it.
    fn head(self, sort: Sort) -> String {
        match self.order() {
            Some(by) if by == sort.by && sort.descending => format!("{} ↓", self.title()),
            Some(by) if by == sort.by => format!("{} ↑", self.title()),
            _ => self.title().into(),
        }
    }

    /// What stands in a row, in this many cells at most.
    fn cell(self, row: &BrowseRow, width: usize, pen: Pen) -> (String, Style) {
        let theme = &pen.ctx.theme;
        match self {
            Column::Field(field) if field == VERDICT => verdict(row, pen.ctx),
            Column::Field(field) if field == ID => (row.item.id.clone(), theme.accent()),
            Column::Field(field) if field == CATEGORIES => categories(row, width, pen),
            Column::Field(field) if field == ROUTE => (route(row, pen), theme.text()),
            Column::Field(field) if field == CORRECTION => {
                (if row.is_corrected { "✎".into() } else { String::new() }, theme.accent())
            }
            Column::Field(field) if pen.spec.is_some_and(|spec| field.is_hidden(spec, row.is_mine)) => {
                ("hidden".into(), theme.dim())
            }
            Column::Field(field) if field == DUE => deadline(row, pen.ctx),
            Column::Field(field) => match value(field, row, pen.spec) {
                Cell::Scores(scores) => (levels(scores, pen.spec), theme.text()),
                value => (text(field, value, pen.ctx), theme.dim()),
            },
            Column::Age => (ago(row.item.created_at.unwrap_or(row.imported_at), pen.ctx.now), theme.dim()),
            Column::Words => (row.beginning().to_owned(), theme.text()),
        }
    }
}

/// The value of a field, also of one that follows from the spec.
fn value<'r>(field: RecordField, row: &'r BrowseRow, spec: Option<&Spec>) -> Cell<'r> {
    match (field, &row.decision, spec) {
        (RecordField::Decision(of), Some(decision), Some(spec)) => of.cell(decision, spec),
        _ => row.cell(field),
    }
}

/// The value of a field in a few cells.
fn text(field: RecordField, value: Cell, ctx: &AppContext) -> String {
    match value {
        Cell::Real(millis) if field == LATENCY => format!("{millis:.0} ms"),
        Cell::Real(cost) if field == COST => format!("${cost:.4}"),
        Cell::Real(number) => number.to_string(),
        Cell::Integer(number) => number.to_string(),
        Cell::Time(at) => ago(at, ctx.now),
        Cell::Words(words) => words.join(", "),
        Cell::Text(text) => text.into_owned(),
        Cell::Marks(marks) if !marks.is_empty() => format!("▸{}", marks.len()),
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

/// The sign of the gravest category and the names of as many as there is room for, with the
/// number of the rest.
fn categories(row: &BrowseRow, width: usize, pen: Pen) -> (String, Style) {
    let keys = row.decision.as_ref().map_or(&[][..], |decision| &decision.judgement.draft.categories);
    let Some(spec) = pen.spec.filter(|_| !keys.is_empty()) else { return (keys.join(", "), pen.ctx.theme.text()) };
    let worst = spec.worst_severity(keys);
    let sign = worst.map_or(String::new(), |severity| format!("{} ", severity_sign(severity)));
    let names: Vec<&str> = keys.iter().map(|key| spec.failure(key).map_or(key.as_str(), |of| &of.name)).collect();
    let shown = (1..=names.len()).rev().map(|count| match names.len() - count {
        0 => format!("{sign}{}", names.join(" · ")),
        left_out => format!("{sign}{} +{left_out}", names[..count].join(" · ")),
    });
    let shown: Vec<String> = shown.collect();
    let text = shown.iter().find(|text| text.width() <= width).or(shown.last()).cloned().unwrap_or_default();
    (text, worst.map_or(pen.ctx.theme.text(), |severity| severity_style(severity, &pen.ctx.theme)))
}

fn route(row: &BrowseRow, pen: Pen) -> String {
    let key = row.decision.as_ref().and_then(|decision| decision.judgement.draft.route.as_ref());
    let name =
        |key: &String| pen.spec.and_then(|spec| spec.route(key)).map_or_else(|| key.clone(), |of| of.name.clone());
    key.map(name).unwrap_or_default()
}

/// By when an answer is due: `in 3 h 48 min`, `late by 20 min`.
fn deadline(row: &BrowseRow, ctx: &AppContext) -> (String, Style) {
    let Some(at) = row.decision.as_ref().and_then(|decision| decision.due_at) else {
        return (String::new(), ctx.theme.dim());
    };
    let text = match at - ctx.now {
        left @ 0.. => format!("in {}", about(left)),
        late => format!("late by {}", about(-late)),
    };
    (text, due_style(at, ctx.now, &ctx.theme))
}

/// The levels in the order of the criteria: `3 2 –`.
fn levels(scores: &Scores, spec: Option<&Spec>) -> String {
    let level = |score: Option<&u8>| score.map_or("–".to_owned(), u8::to_string);
    let levels: Vec<String> = match spec {
        _ if scores.is_empty() => Vec::new(),
        Some(spec) => spec.criteria.iter().map(|criterion| level(scores.get(&criterion.key))).collect(),
        None => scores.values().map(|score| level(Some(score))).collect(),
    };
    levels.join(" ")
}

/// The columns that there is room for, each as wide as what these rows have in it; the words
/// take what is left. A column that does not fit as it is, is made narrower if it is the last.
pub fn fitted(columns: &[Column], rows: &[&BrowseRow], sort: Sort, width: usize, pen: Pen) -> Vec<(Column, usize)> {
    let has_words = columns.contains(&Column::Words);
    let for_words = if has_words { (width / 3).max(ROOM_FOR_WORDS).min(width) } else { 0 };
    let mut left = width - for_words;
    let mut fitted = Vec::new();
    for column in columns.iter().copied().filter(|column| *column != Column::Words) {
        let wanted = rows.iter().map(|row| column.cell(row, column.most(), pen).0.width()).max().unwrap_or(0);
        let wanted = wanted.min(column.most()).max(column.head(sort).width());
        let least = wanted.min(column.head(sort).width().max(NARROWEST));
        let Some(room) = left.checked_sub(GAP).filter(|room| *room >= least) else { break };
        let given = wanted.min(room);
        left = room - given;
        fitted.push((column, given));
    }
    if has_words && width > 0 {
        fitted.push((Column::Words, left + for_words));
    }
    fitted
}

/// The heads, with an arrow at the one that the table is sorted by.
pub fn heads(columns: &[(Column, usize)], sort: Sort, ctx: &AppContext) -> Line<'static> {
    let head = |column: Column| vec![Span::styled(column.head(sort), ctx.theme.dim())];
    let spans = columns.iter().flat_map(|&(column, width)| padded(fit(head(column), width), column, width));
    Line::from(spans.collect::<Vec<_>>())
}

/// The area of each column's head.
pub fn places(columns: &[(Column, usize)], heads: Rect) -> Vec<(Column, Rect)> {
    let mut x = heads.x;
    let place = |&(column, width): &(Column, usize)| {
        let place = Rect { x, width: width as u16, ..heads }.intersection(heads);
        x = x.saturating_add((width + GAP) as u16);
        (column, place)
    };
    columns.iter().map(place).collect()
}

pub fn cells(columns: &[(Column, usize)], row: &BrowseRow, pen: Pen) -> Line<'static> {
    let mut spans = Vec::new();
    for &(column, width) in columns {
        let (text, style) = column.cell(row, width, pen);
        let text = if column.holds_names() { cut_middle(&text, width) } else { cut(&text, width) };
        spans.extend(padded(fit(data(&text, style, &pen.ctx.theme), width), column, width));
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
