//! The bars of the queue: what they take yet, in the foot, and what was decided, told once.

use super::Review;
use crate::domain::bar::Outcome;
use crate::domain::time::HOUR_MILLIS;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::humanize::{about, thousands};
use crate::tui::widget::text::data;
use crate::tui::worker::BarStanding;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

impl Review {
    /// Takes how the bars stand now, and says which of them was decided since.
    pub(super) fn bars_counted(&mut self, queue: &str, bars: Vec<BarStanding>, ctx: &mut AppContext) {
        if queue != self.queue.name {
            return;
        }
        let was_undecided = |bar: &&BarStanding| {
            self.bars.iter().any(|before| before.key == bar.key && before.outcome == Outcome::Undecided)
        };
        let is_decided = |bar: &&BarStanding| matches!(bar.outcome, Outcome::Met | Outcome::Failed);
        let decided: Vec<&BarStanding> = bars.iter().filter(is_decided).filter(was_undecided).collect();
        let told: Vec<String> = decided.iter().map(|bar| sentence(bar)).collect();
        if let Some(last) = decided.last() {
            let tone = if last.outcome == Outcome::Met { Tone::Good } else { Tone::Warning };
            ctx.set_status(tone, format!("{} · {}", told.join(" · "), worth_reading(&bars)));
        }
        ctx.stale_frame = true;
        self.bars = bars;
    }

    /// What the foot says of the bars, in full and shorter for where there is less room.
    fn bars_told(&self) -> Vec<String> {
        let undecided: Vec<&BarStanding> = self.bars.iter().filter(|bar| is_worth_reading(bar)).collect();
        let Some(bar) = undecided.iter().max_by_key(|bar| bar.more.unwrap_or(u64::MAX)) else {
            return Vec::new();
        };
        let others = match undecided.len() {
            1 => String::new(),
            count => format!(" ({count} bars)"),
        };
        let Some(more) = bar.more.and_then(|more| i64::try_from(more).ok()) else {
            return vec![format!("{}: no end in sight{others}", bar.key)];
        };
        let reviews = format!("{} ≈ {} more{others}", bar.key, thousands(more));
        let Some(millis) = self.pace.estimate_millis(more) else { return vec![reviews] };
        let timed = format!("{reviews} · ≈ {}", about(millis));
        let cost = self.queue.spec.spec.hour_cost().map(|hour| hour * millis as f64 / HOUR_MILLIS as f64);
        let with_cost = cost.map(|cost| format!("{timed} · costs {cost:.2}"));
        with_cost.into_iter().chain([timed, reviews]).collect()
    }
}

/// Draws at the right of what was said last what the bars take yet, where there is room.
pub(super) fn draw(review: &Review, foot: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let row = Rect { height: 1, width: foot.width.saturating_sub(1), ..foot };
    let is_empty = |x: u16| buf.cell((x, row.y)).is_none_or(|cell| cell.symbol().trim().is_empty());
    let free = (row.x..row.right()).rev().take_while(|x| is_empty(*x)).count();
    if let Some(told) = review.bars_told().into_iter().find(|told| told.width() + 3 <= free) {
        Line::from(data(&told, ctx.theme.dim(), &ctx.theme)).right_aligned().render(row, buf);
    }
}

/// `faithful is met: at least 96.1 %`
fn sentence(bar: &BarStanding) -> String {
    let outcome = if bar.outcome == Outcome::Met { "is met" } else { "has failed" };
    let shown = if bar.shown.is_empty() { String::new() } else { format!(": {}", bar.shown) };
    format!("bar {} {outcome}{shown}", bar.key)
}

/// Reviews can decide it yet.
fn is_worth_reading(bar: &BarStanding) -> bool {
    bar.outcome == Outcome::Undecided && bar.more != Some(0)
}

/// What is still worth reading for the bars.
fn worth_reading(bars: &[BarStanding]) -> String {
    let open: Vec<&str> = bars.iter().filter(|bar| is_worth_reading(bar)).map(|bar| bar.key.as_str()).collect();
    match open[..] {
        [] => "no bar needs another review".into(),
        _ => format!("more reviews serve {}", open.join(", ")),
    }
}
