//! A bar of the spec in a line: its sentence, and where it stands.

use super::text::{data, fit, spread};
use crate::domain::bar::Outcome;
use crate::domain::decision::Verdict;
use crate::tui::theme::Theme;
use crate::tui::worker::BarStanding;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

/// The bar at the left, where it stands at the right, in so many columns.
pub fn line(bar: &BarStanding, width: usize, theme: &Theme) -> Line<'static> {
    let (sign, style) = sign(bar.outcome, theme);
    let right = vec![Span::styled(bar.told(), style)];
    let left = [vec![Span::styled(format!("{sign} "), style)], data(&bar.title, theme.text(), theme)].concat();
    let room = width.saturating_sub(right.iter().map(Span::width).sum::<usize>() + 1);
    spread(fit(left, room), right, width)
}

/// The sign of an outcome, and how it is drawn.
pub fn sign(outcome: Outcome, theme: &Theme) -> (&'static str, Style) {
    match outcome {
        Outcome::Met => ("✓", theme.verdict(Verdict::Accept)),
        Outcome::Failed => ("✗", theme.verdict(Verdict::Reject)),
        Outcome::Waived => ("~", theme.warning()),
        Outcome::Undecided => ("?", theme.warning()),
    }
}
