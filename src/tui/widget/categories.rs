//! The failure categories of a spec, drawn to be chosen from by a key.

use super::text::{spread, width_of};
use crate::domain::spec::{FailureCategory, Severity, Spec};
use crate::text::fit::cut;
use crate::tui::theme::Theme;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The keys of the categories, in the order of the spec.
pub const KEYS: &str = "123456789abcdefghijklmnopqrstuvwxyz";

/// The number of [`KEYS`] that mark at once: the letters select while one marks.
pub const MARKING_KEYS: usize = 9;

/// Columns that a category takes at least.
const LEAST_WIDTH: u16 = 36;

/// Takes the category in or out; those chosen stay in the order of the spec.
pub fn toggle(categories: &mut Vec<String>, failure: &FailureCategory, spec: &Spec) {
    match categories.iter().position(|key| *key == failure.key) {
        Some(at) => drop(categories.remove(at)),
        None => categories.push(failure.key.clone()),
    }
    spec.sort_categories(categories);
}

/// The number of columns: one, unless the categories do not fit one under the other.
pub fn columns(count: u16, area: Rect) -> u16 {
    let rows = area.height.saturating_sub(4).max(1);
    count.div_ceil(rows).clamp(1, (area.width / LEAST_WIDTH).max(1))
}

/// The cells of `count` categories, filled column by column.
pub fn cells(room: Rect, columns: u16, count: u16) -> Vec<Rect> {
    let rows = usize::from(count.div_ceil(columns));
    let columns = Layout::horizontal((0..columns).map(|_| Constraint::Fill(1))).spacing(2).split(room);
    let cells = columns.iter().flat_map(|column| column.rows().take(rows));
    cells.take(count.into()).collect()
}

/// How many of the categories can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    One,
    Many,
}

impl Choice {
    /// The signs of what is chosen, and of what is not.
    fn signs(self) -> [&'static str; 2] {
        match self {
            Choice::One => ["(•) ", "( ) "],
            Choice::Many => ["[x] ", "[ ] "],
        }
    }
}

/// A failure category in a line: its key, whether it is chosen, how grave it is, and what else
/// there is to say. The name comes first: the severity in words is left out where it does not
/// fit beside it.
pub fn failure_line(
    failure: &FailureCategory,
    choice: Choice,
    chosen: bool,
    (key, beside): (char, Option<&str>),
    width: usize,
    theme: &Theme,
) -> Line<'static> {
    let style = if chosen { theme.warning() } else { theme.text() };
    let severity = severity_style(failure.severity, theme);
    let [on, off] = choice.signs();
    let left = vec![
        Span::styled(format!("{key} "), theme.key()),
        Span::styled(if chosen { on } else { off }, style),
        Span::styled(format!("{:<3}", severity_sign(failure.severity)), severity),
        Span::styled(cut(&failure.name, width), style),
    ];
    let beside = beside.map(|beside| Span::styled(beside.to_owned(), theme.dim()));
    let mut right: Vec<_> = beside.into_iter().collect();
    let word = Span::styled(format!("  {}", failure.severity.as_str()), severity);
    if width >= ROOM_FOR_SEVERITY && width_of(&left) + width_of(&right) + word.width() < width {
        right.push(word);
    }
    spread(left, right, width)
}

/// The least width for a severity in words; in less its sign alone tells it.
const ROOM_FOR_SEVERITY: usize = 40;

/// The sign of a severity, so that colour never stands alone.
pub fn severity_sign(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "!!",
        Severity::Major => "!",
        Severity::Minor => "·",
    }
}

pub fn severity_style(severity: Severity, theme: &Theme) -> Style {
    match severity {
        Severity::Critical => theme.warning(),
        Severity::Major => theme.text(),
        Severity::Minor => theme.dim(),
    }
}
