//! The columns of the browser: their heads, their widths, what stands in them.

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
    Id,
    Verdict,
    Categories,
    Model,
    PromptVersion,
    Reviewer,
    Age,
    Latency,
    Cost,
    Priority,
    Tags,
    Words,
}

/// The words of an output get this much room before another column is shown.
const ROOM_FOR_WORDS: usize = 20;

const GAP: usize = 2;

impl Column {
    pub const ALL: [Column; 12] = [
        Column::Id,
        Column::Verdict,
        Column::Categories,
        Column::Model,
        Column::PromptVersion,
        Column::Reviewer,
        Column::Age,
        Column::Latency,
        Column::Cost,
        Column::Priority,
        Column::Tags,
        Column::Words,
    ];

    /// What is shown unless the reviewer says otherwise.
    pub const SHOWN: [Column; 10] = [
        Column::Id,
        Column::Verdict,
        Column::Categories,
        Column::Model,
        Column::PromptVersion,
        Column::Reviewer,
        Column::Age,
        Column::Latency,
        Column::Cost,
        Column::Words,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Column::Id => "item",
            Column::Verdict => "verdict",
            Column::Categories => "categories",
            Column::Model => "model",
            Column::PromptVersion => "prompt",
            Column::Reviewer => "reviewer",
            Column::Age => "age",
            Column::Latency => "latency",
            Column::Cost => "cost",
            Column::Priority => "priority",
            Column::Tags => "tags",
            Column::Words => "first words",
        }
    }

    fn width(self) -> usize {
        match self {
            Column::Id => 14,
            Column::Verdict => 11,
            Column::Categories | Column::Tags => 16,
            Column::Model => 12,
            Column::PromptVersion | Column::Latency | Column::Cost => 8,
            Column::Reviewer => 10,
            Column::Age => 11,
            Column::Priority => 8,
            Column::Words => ROOM_FOR_WORDS,
        }
    }

    /// What sorts by it; `None` for a column that has no order.
    pub fn order(self) -> Option<By> {
        Some(match self {
            Column::Id => By::Id,
            Column::Verdict => By::Verdict,
            Column::Model => By::Model,
            Column::PromptVersion => By::PromptVersion,
            Column::Reviewer => By::Reviewer,
            Column::Age => By::Created,
            Column::Latency => By::Latency,
            Column::Cost => By::Cost,
            Column::Priority => By::Priority,
            Column::Categories | Column::Tags | Column::Words => return None,
        })
    }

    fn is_number(self) -> bool {
        matches!(self, Column::Latency | Column::Cost | Column::Priority)
    }

    fn cell(self, row: &BrowseRow, ctx: &AppContext) -> (String, Style) {
        let theme = &ctx.theme;
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        match self {
            Column::Id => (row.id.clone(), theme.accent()),
            Column::Verdict => verdict(row, ctx),
            Column::Categories => (row.categories.join(", "), theme.text()),
            Column::Model => (text(&row.model), theme.dim()),
            Column::PromptVersion => (text(&row.prompt_version), theme.dim()),
            Column::Reviewer => (text(&row.reviewer), theme.dim()),
            Column::Age => (ago(row.created_at.unwrap_or(row.imported_at), ctx.now), theme.dim()),
            Column::Latency => {
                (row.latency_ms.map(|millis| format!("{millis:.0} ms")).unwrap_or_default(), theme.dim())
            }
            Column::Cost => (row.cost_usd.map(|cost| format!("${cost:.4}")).unwrap_or_default(), theme.dim()),
            Column::Priority => (row.priority.to_string(), theme.dim()),
            Column::Tags => (row.tags.join(", "), theme.dim()),
            Column::Words => (row.first_words.clone(), theme.text()),
        }
    }
}

/// The verdict of record; of an undecided item, what keeps it from being decided.
fn verdict(row: &BrowseRow, ctx: &AppContext) -> (String, Style) {
    let theme = &ctx.theme;
    match row.verdict {
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
            [Column::Id, Column::Verdict, Column::Categories, Column::Words]
        );
        assert!(narrow.last().is_some_and(|(_, width)| *width >= ROOM_FOR_WORDS));
        assert_eq!(fitted(&Column::SHOWN, 200).len(), Column::SHOWN.len());
        assert_eq!(fitted(&[Column::Id], 4), [], "no room, no column");
    }
}
