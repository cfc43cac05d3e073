//! The bar of a queue: how much is decided, and how.

use crate::domain::decision::Verdict;
use crate::domain::queue::Counts;
use crate::tui::theme::Theme;
use ratatui::text::Span;

/// The block that a verdict's share is drawn with: they differ in shape as well as in colour.
fn block(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Accept => "█",
        Verdict::Reject => "▓",
        Verdict::Escalate => "▒",
    }
}

/// A bar of `width` cells.
pub fn shares(counts: &Counts, width: usize, theme: &Theme) -> Vec<Span<'static>> {
    let cells = cells(counts, width);
    let mut spans: Vec<Span> = Verdict::ALL
        .into_iter()
        .zip(cells)
        .map(|(verdict, cells)| Span::styled(block(verdict).repeat(cells), theme.bar(verdict)))
        .collect();
    let filled: usize = cells.iter().sum();
    spans.push(Span::styled("─".repeat(width - filled), theme.track()));
    spans
}

/// The cells of each verdict: at least one for whatever there is, and never all of
/// them while something remains.
fn cells(counts: &Counts, width: usize) -> [usize; 3] {
    let (items, decided) = (counts.taken().max(1), counts.decided());
    let of = |number: i64, cells: usize| (i128::from(number) * cells as i128 / i128::from(items)) as usize;
    let mut cells = Verdict::ALL.map(|verdict| match counts.of(verdict) {
        0 => 0,
        number => of(number, width).max(1),
    });
    let most = if decided >= counts.taken() { width } else { width.saturating_sub(1) };
    let target = of(decided, width).clamp(cells.iter().sum::<usize>().min(most), most);
    while cells.iter().sum::<usize>() != target {
        let widest = (0..3).max_by_key(|&at| cells[at]).unwrap_or_default();
        match cells.iter().sum::<usize>() < target {
            true => cells[widest] += 1,
            false => cells[widest] -= 1,
        }
    }
    cells
}

/// `✓ 41  ✗ 12  ▲ 3`.
pub fn legend(counts: &Counts, theme: &Theme) -> Vec<Span<'static>> {
    let part = |verdict: Verdict| {
        let number = crate::tui::humanize::thousands(counts.of(verdict));
        Span::styled(format!("{} {number}", verdict.sign()), theme.verdict(verdict))
    };
    let mut spans = vec![part(Verdict::Accept), Span::raw("  "), part(Verdict::Reject), Span::raw("  ")];
    spans.push(part(Verdict::Escalate));
    spans
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::stage::Stage;

    fn cells_of(items: i64, [accepted, rejected, escalated]: [i64; 3]) -> [usize; 3] {
        cells(
            &Counts::of_stages(
                items,
                [(Stage::Accepted, accepted), (Stage::Rejected, rejected), (Stage::Escalated, escalated)],
            ),
            10,
        )
    }

    #[test]
    fn shares_add_up_and_nothing_is_lost() {
        assert_eq!(cells_of(0, [0, 0, 0]), [0, 0, 0]);
        assert_eq!(cells_of(100, [50, 20, 10]), [5, 2, 1]);
        assert_eq!(cells_of(1_000_000, [1, 1, 1]), [1, 1, 1]);
        assert_eq!(cells_of(1000, [999, 0, 0]), [9, 0, 0], "full only when done");
        assert_eq!(cells_of(3, [1, 1, 1]).iter().sum::<usize>(), 10);
        assert_eq!(cells_of(1000, [997, 1, 1]).iter().sum::<usize>(), 9);
    }

    #[test]
    fn a_bar_without_room_is_no_crash() {
        assert_eq!(
            cells(&Counts::of_stages(3, [(Stage::Accepted, 1), (Stage::Rejected, 1), (Stage::Escalated, 1)]), 1),
            [1, 0, 0]
        );
        assert_eq!(
            cells(&Counts::of_stages(9, [(Stage::Accepted, 1), (Stage::Rejected, 1), (Stage::Escalated, 1)]), 0),
            [0, 0, 0]
        );
    }
}
