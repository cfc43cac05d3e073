//! The list of queues: how far each is, and who is at it.

use crate::domain::stage::Stage;
use crate::domain::time::ago;
use crate::store::QueueSummary;
use crate::text::fit::cut;
use crate::text::sanitize;
use crate::tui::app_context::AppContext;
use crate::tui::humanize::{count, percent, thousands};
use crate::tui::widget::bar;
use crate::tui::widget::text::{fit, spread, width_of};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

/// The least width for what is merely good to know.
const ROOMY: usize = 90;

/// Title and name, the bar, and how far it is.
pub(super) fn first_line(
    queue: &QueueSummary,
    chosen: bool,
    opening: bool,
    width: usize,
    ctx: &AppContext,
) -> Line<'static> {
    let (theme, counts) = (&ctx.theme, &queue.counts);
    let bar_width = if width < ROOMY { width / 6 } else { width / 4 };
    let progress = format!("  {:>4}  {:>13}", percent(counts.decided(), counts.taken()), left(queue));
    let mut right = bar::shares(counts, bar_width, theme);
    right.push(Span::styled(progress, if counts.remaining() == 0 { theme.dim() } else { theme.text() }));
    let pointer = if chosen { "▸ " } else { "  " };
    let style = if chosen { theme.accent() } else { theme.text() };
    let room = width.saturating_sub(width_of(&right) + 1);
    let mut left = vec![Span::styled(format!("{pointer}{}", queue.title), style)];
    if opening {
        left.push(Span::styled("  opening …", theme.dim()));
    } else if queue.title != queue.name && queue.title.width() + queue.name.width() + 4 <= room {
        left.push(Span::styled(format!("  {}", queue.name), theme.dim()));
    }
    let left = fit(left, room);
    spread(left, right, width)
}

fn left(queue: &QueueSummary) -> String {
    match (queue.counts.items, queue.counts.remaining()) {
        (0, _) => "empty".into(),
        (_, 0) => "done".into(),
        (_, remaining) => format!("{} left", thousands(remaining)),
    }
}

/// The verdicts so far, who is at it, who was, and how fast it goes.
pub(super) fn second_line(queue: &QueueSummary, width: usize, ctx: &AppContext) -> Line<'static> {
    let theme = &ctx.theme;
    let counts = &queue.counts;
    let mut left = vec![Span::raw("  ")];
    if counts.decided() == 0 {
        left.push(Span::styled(nothing_yet(queue, ctx), theme.dim()));
    } else {
        left.extend(bar::legend(counts, theme));
        let of = format!("   {} of {}", thousands(counts.decided()), thousands(counts.taken()));
        left.push(Span::styled(if width >= ROOMY { of } else { String::new() }, theme.dim()));
    }
    if let held_back @ 1.. = counts.at(Stage::HeldBack) {
        left.push(Span::styled(format!("   {} held back", thousands(held_back)), theme.dim()));
    }
    if let Some(held) = held(queue, width, ctx) {
        left.push(Span::styled(format!("   ⚑ {held}"), theme.warning()));
    }
    spread(left, lately(queue, width, ctx, theme.dim()), width)
}

fn nothing_yet(queue: &QueueSummary, ctx: &AppContext) -> String {
    match (queue.counts.items, queue.counts.taken()) {
        (0, _) => format!("fill it:  karat import {} FILE{}", queue.name, sanitize::line(&ctx.db_option)),
        (_, taken) => format!("{}, none decided yet", count(taken, "item")),
    }
}

fn held(queue: &QueueSummary, width: usize, ctx: &AppContext) -> Option<String> {
    let others: Vec<_> = queue.claimants.iter().filter(|holder| holder.reviewer != ctx.reviewer).collect();
    match others.as_slice() {
        [] => None,
        [one] => Some(format!("{} has claimed {}", cut(&one.reviewer, width / 6), thousands(one.items))),
        several => {
            Some(format!("{} reviewers have claimed {}", several.len(), several.iter().map(|h| h.items).sum::<i64>()))
        }
    }
}

fn lately(queue: &QueueSummary, width: usize, ctx: &AppContext, style: Style) -> Vec<Span<'static>> {
    let Some((reviewer, at)) = &queue.last else { return Vec::new() };
    let mut parts = vec![format!("{} {}", cut(reviewer, width / 6), ago(*at, ctx.now))];
    if queue.last_hour > 0 && width >= ROOMY {
        parts.push(format!("{} in the last hour", thousands(queue.last_hour)));
    }
    vec![Span::styled(parts.join(" · "), style)]
}
