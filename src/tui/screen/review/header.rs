//! The head of the review screen: the queue and how far it is, the item and what is
//! special about it.

use super::open_item::OpenItem;
use super::{OnScreen, Review};
use crate::domain::claim::Claimed;
use crate::domain::order::{Order, Serving};
use crate::domain::spec::Spec;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::{about, count, percent, seconds, thousands, until};
use crate::tui::widget::bar;
use crate::tui::widget::text::{data, spread, width_of};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

/// Rows of the head.
pub(super) const ROWS: u16 = 2;

/// `left_out` is what is told above the panes where there is room.
pub(super) fn draw(review: &Review, area: Rect, left_out: Option<&str>, buf: &mut Buffer, ctx: &AppContext) {
    let width = usize::from(area.width).saturating_sub(2);
    let lines = [queue(review, width, ctx), item(review, left_out, width, ctx)];
    for (line, row) in lines.into_iter().zip(area.rows()) {
        line.render(Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row }, buf);
    }
}

/// Title, progress and reviewer.
fn queue(review: &Review, width: usize, ctx: &AppContext) -> Line<'static> {
    let (theme, counts) = (&ctx.theme, &review.counts);
    let room = (width / 3).max(12);
    let mut left = vec![Span::styled(cut(&review.spec().title, room), theme.heading()), Span::raw("  ")];
    left.extend(bar::shares(counts, (width / 8).clamp(6, 24), theme));
    let share = percent(counts.decided(), counts.taken());
    let progress = format!("  {} of {} · {share}", thousands(counts.decided()), thousands(counts.taken()));
    left.push(Span::styled(progress, theme.text()));
    if width >= 100 {
        left.push(Span::raw("   "));
        left.extend(bar::legend(counts, theme));
    }
    let reviewer = Span::styled(ctx.who(width), theme.dim());
    let free = width.saturating_sub(width_of(&left) + reviewer.width() + 3);
    let pace = pace(review).into_iter().find(|text| text.width() + 2 <= free);
    let right = pace.map(|text| Span::styled(format!("{text}  "), theme.dim())).into_iter().chain([reviewer]);
    spread(left, right.collect(), width)
}

/// The pace of this sitting: in full, and shorter for where there is less room.
fn pace(review: &Review) -> Vec<String> {
    let pace = &review.pace;
    let Some(median) = pace.median_millis() else { return Vec::new() };
    let each = seconds(median);
    let (count, left) = (pace.count(), pace.estimate_millis(review.counts.remaining()).map(about));
    match left {
        Some(left) => vec![
            format!("{count} done · {each} each · ≈ {left} left"),
            format!("{count} · {each} · ≈ {left} left"),
            format!("≈ {left} left"),
            format!("≈ {left}"),
        ],
        None => vec![format!("{count} done · {each} each"), format!("{count} · {each}")],
    }
}

/// The item, and what is special about it.
fn item(review: &Review, left_out: Option<&str>, width: usize, ctx: &AppContext) -> Line<'static> {
    let theme = &ctx.theme;
    let order = order(&review.serving, width, ctx);
    match &review.on_screen {
        OnScreen::Item(open) => {
            let mut left = vec![Span::styled(cut(&open.served.item.id, width / 2), theme.accent())];
            left.extend(marks(open, review.spec(), left_out, ctx));
            spread(left, order, width)
        }
        OnScreen::End(_) => {
            let order = if review.serving.is_plain() { Vec::new() } else { order };
            spread(vec![Span::styled("end of the queue", theme.dim())], order, width)
        }
    }
}

/// The order that the queue is served in: always where it is not the usual one, else where there is room.
fn order(serving: &Serving, width: usize, ctx: &AppContext) -> Vec<Span<'static>> {
    let theme = &ctx.theme;
    if serving.is_plain() {
        let title = serving.order.title();
        return if width >= 90 { vec![Span::styled(title, theme.dim())] } else { Vec::new() };
    }
    let title = match serving.order {
        Order::Priority => String::new(),
        order => order.title(),
    };
    let mut spans = vec![Span::styled(title, theme.accent())];
    if !serving.filter.is_everything() {
        let space = if spans[0].content.is_empty() { "" } else { "  " };
        let filter = cut(&serving.filter.to_string(), width / 3);
        spans.push(Span::styled(format!("{space}only {filter}"), theme.accent()));
    }
    spans
}

fn marks(open: &OpenItem, spec: &Spec, left_out: Option<&str>, ctx: &AppContext) -> Vec<Span<'static>> {
    let theme = &ctx.theme;
    let item = &open.served.item;
    let mut spans = Vec::new();
    let mut mark = |text: String, style| spans.extend([vec![Span::raw("  ")], data(&text, style, theme)].concat());
    if let Some(unsaved) = &open.unsaved {
        mark(format!("{} NOT SAVED", unsaved.judgement.verdict.past()), theme.error());
    }
    if let Some(verdict) = open.sending.filter(|_| ctx.is_cut_off()) {
        mark(format!("{} NOT SAVED YET", verdict.past()), theme.error());
    }
    if let Some(mine) = &open.served.mine {
        let verdict = mine.judgement.verdict;
        mark(format!("{} {}", verdict.sign(), verdict.past()), theme.verdict(verdict));
    }
    if let Some(settled) = open.served.opinions.settled.as_ref().filter(|settled| settled.is_other()) {
        let verdict = settled.verdict;
        mark(format!("→ settled: {} {}", verdict.sign(), verdict.past()), theme.verdict(verdict));
    }
    match open.marked.gone {
        0 => {}
        gone => {
            mark(format!("{} gone: the output or the rubric has changed", count(gone as i64, "mark")), theme.warning());
        }
    }
    if open.draft.correction.is_some() {
        mark("✎ corrected".into(), theme.accent());
    }
    match (&open.served.claimed, &open.lost) {
        (Claimed::Other { reviewer, until: at }, _) => {
            mark(format!("⚑ claimed by {reviewer}, free {}", until(*at, ctx.now)), theme.warning());
        }
        (Claimed::Nobody, _) => {}
        (_, Some(Some(by))) => mark(format!("⚑ lost to {by}"), theme.warning()),
        (_, Some(None)) => mark("⚑ not claimed".into(), theme.warning()),
        _ => {}
    }
    if open.served.declined.is_some() {
        mark("⊘ declined".into(), theme.warning());
    }
    if open.served.deferred {
        mark("⏸ deferred".into(), theme.warning());
    }
    if open.invisible > 0 {
        mark(format!("{} invisible", thousands(open.invisible as i64)), theme.warning());
    }
    if open.served.golden.is_some() {
        mark("★ golden".into(), theme.accent());
    }
    if open.served.escalation.as_ref().is_some_and(|asked| asked.returned.is_some()) {
        mark("↩ returned".into(), theme.accent());
    }
    if !open.served.opinions.sides.is_empty() {
        mark(format!("≠ {} disagree", count(open.served.opinions.sides.len() as i64, "opinion")), theme.accent());
    }
    if let Some(opinion) = open.served.opinions.own {
        mark(format!("opinion {} of {}", opinion.number, opinion.asked), theme.accent());
    }
    match &spec.retry {
        Some(retry) if open.served.line_attempt > 1 => {
            mark(format!("attempt {} of {}", open.served.line_attempt, retry.attempts), theme.text());
        }
        _ if item.attempt > 1 => mark(format!("attempt {}", item.attempt), theme.text()),
        _ => {}
    }
    if let Some(left_out) = left_out {
        mark(left_out.into(), theme.warning());
    }
    if !open.attachments.is_empty() {
        let keys = ctx.keymap.keys_for(Context::Review, Action::Attachments);
        let key = keys.first().map(|key| format!(" ({key})")).unwrap_or_default();
        mark(format!("{}{key}", count(open.attachments.len() as i64, "attachment")), theme.text());
    }
    for tag in &item.tags {
        mark(format!("#{tag}"), theme.dim());
    }
    spans
}
