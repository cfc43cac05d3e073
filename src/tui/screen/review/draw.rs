//! The review screen, drawn.

use super::open_item::OpenItem;
use super::open_item::diff::Diff;
use super::open_item::lens::STRIP_ROWS;
use super::open_item::rubric;
use super::panes::Pane;
use super::{OnScreen, Review, end, header};
use crate::domain::spec::Spec;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::render::output;
use crate::tui::screen::Place;
use crate::tui::widget::text::{data, fit};
use crate::tui::widget::{escalation, footer};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Padding, Widget};
use unicode_width::UnicodeWidthStr;

/// Rows of what an escalation asks, at most; the history has all of it.
const ASKED_ROWS: usize = 4;

/// The keys at the foot, the most useful first.
const KEYS: &[Action] = &[
    Action::Accept,
    Action::Reject,
    Action::Escalate,
    Action::Defer,
    Action::Undo,
    Action::Note,
    Action::NextPane,
    Action::Mark,
    Action::Correct,
    Action::ScrollDown,
    Action::NextItem,
    Action::PreviousItem,
    Action::Find,
    Action::Raw,
    Action::Input,
    Action::Zoom,
    Action::Redo,
    Action::History,
    Action::Precedent,
    Action::Golden,
    Action::Leave,
];

/// [`KEYS`] while a decision is not saved.
const KEYS_UNSAVED: &[Action] = &[Action::Retry, Action::Accept, Action::Reject, Action::Escalate, Action::Leave];

/// [`KEYS`] while the item is not the reviewer's to decide.
const KEYS_HELD: &[Action] = &[
    Action::Retry,
    Action::NextItem,
    Action::PreviousItem,
    Action::Undo,
    Action::NextPane,
    Action::ScrollDown,
    Action::Input,
    Action::Leave,
];

/// [`KEYS`] while a search stands.
const KEYS_FOUND: &[Action] = &[
    Action::FindNext,
    Action::FindPrevious,
    Action::FindEnd,
    Action::Accept,
    Action::Reject,
    Action::Escalate,
    Action::Raw,
    Action::Leave,
];

const KEYS_END: &[Action] = &[Action::Refresh, Action::Undo, Action::Redo, Action::PreviousItem, Action::Leave];

const KEYS_END_DEFERRED: &[Action] =
    &[Action::ServeDeferred, Action::Refresh, Action::Undo, Action::Redo, Action::PreviousItem, Action::Leave];

pub(super) fn draw(review: &mut Review, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let tabs = u16::from(review.panes.has_tabs(area.width) && review.open_item().is_some());
    let asked = asked(review, area, ctx);
    let parts = [
        Constraint::Length(header::ROWS),
        Constraint::Length(asked.len() as u16),
        Constraint::Length(tabs),
        Constraint::Fill(1),
        Constraint::Length(footer::ROWS),
    ];
    let [head, asked_rows, tab_row, body, foot] = Layout::vertical(parts).areas(area);
    header::draw(review, head, buf, ctx);
    for (line, row) in asked.into_iter().zip(asked_rows.rows()) {
        line.render(Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row }, buf);
    }
    if tabs > 0 {
        draw_tabs(review, tab_row, buf, ctx);
    } else {
        review.panes.place_tabs([None; 3]);
    }
    draw_body(review, body, buf, ctx);
    footer::draw(foot, buf, review.context(), keys(review), ctx);
}

/// What is asked of the reviewer, where the item was escalated.
fn asked(review: &Review, area: Rect, ctx: &AppContext) -> Vec<Line<'static>> {
    let asked = review.open_item().and_then(|open| open.served.escalation.as_ref());
    let width = usize::from(area.width).saturating_sub(2);
    asked.map(|asked| escalation::lines(asked, review.spec(), width, ASKED_ROWS, ctx)).unwrap_or_default()
}

fn keys(review: &Review) -> &'static [Action] {
    match &review.on_screen {
        OnScreen::End(view) if view.end.deferred > 0 => KEYS_END_DEFERRED,
        OnScreen::End(_) => KEYS_END,
        OnScreen::Item(open) if open.token().is_none() => KEYS_HELD,
        OnScreen::Item(open) if open.unsaved.is_some() => KEYS_UNSAVED,
        OnScreen::Item(open) if open.find.is_some() => KEYS_FOUND,
        OnScreen::Item(_) => KEYS,
    }
}

/// The panes' names, where not all of them are seen.
fn draw_tabs(review: &mut Review, row: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let theme = &ctx.theme;
    let seen = review.panes.seen(row.width);
    let mut x = row.x + 1;
    let mut places = [None; 3];
    for pane in Pane::ALL {
        let name = pane_title(review, pane);
        let name = if seen.contains(&pane) { format!("▸{name} ") } else { format!(" {name} ") };
        let span = Span::styled(name, theme.title(pane == review.panes.focus));
        let area = Rect { x, width: span.width() as u16, ..row }.intersection(row);
        span.render(area, buf);
        places[pane as usize] = Some(area);
        x += area.width + 2;
    }
    let key = ctx.keymap.keys_for(Context::Review, Action::NextPane).join(" ");
    let hint = Line::styled(format!("{key} turns "), theme.dim()).right_aligned();
    hint.render(Rect { x, width: row.right().saturating_sub(x), ..row }, buf);
    review.panes.place_tabs(places);
}

fn pane_title(review: &Review, pane: Pane) -> String {
    let Some(open) = review.open_item() else { return pane.name().into() };
    match pane {
        Pane::Source => source_title(open),
        Pane::Output => pane.name().into(),
        Pane::Rubric => match (open.draft.scores.len(), review.spec().criteria.len()) {
            (_, 0) => pane.name().into(),
            (scored, all) => format!("{} {scored}/{all}", pane.name()),
        },
    }
}

fn source_title(open: &OpenItem) -> String {
    match open.source.section() {
        (at, count) if count > 1 => format!("{} {}/{count}", Pane::Source.name(), at + 1),
        _ => Pane::Source.name().into(),
    }
}

fn draw_body(review: &mut Review, body: Rect, buf: &mut Buffer, ctx: &AppContext) {
    if let OnScreen::End(view) = &review.on_screen {
        return end::draw(review, view, body, buf, ctx);
    }
    let focus = review.panes.focus;
    let tabs = review.panes.has_tabs(body.width);
    let areas = review.panes.arrange(body);
    let without_source = areas.iter().all(|(pane, _)| *pane != Pane::Source);
    for (pane, area) in areas {
        let title = if tabs { String::new() } else { pane_title(review, pane) };
        if let Some((spec, open)) = review.spec_and_item() {
            open.lens.without_source = without_source;
            draw_pane(pane, &title, (spec, open), area, buf, ctx, focus == pane);
        }
    }
}

fn draw_pane(
    pane: Pane,
    title: &str,
    (spec, open): (&Spec, &mut OpenItem),
    area: Rect,
    buf: &mut Buffer,
    ctx: &AppContext,
    focused: bool,
) {
    let theme = &ctx.theme;
    // The focus shows in the shape of the border too.
    let border = if focused { BorderType::Thick } else { BorderType::Rounded };
    let block =
        Block::bordered().border_type(border).border_style(theme.border(focused)).padding(Padding::horizontal(1));
    // Where tabs name the panes, a title would say it twice.
    let block =
        if title.is_empty() { block } else { block.title(Line::styled(format!(" {title} "), theme.title(focused))) };
    let inner = block.inner(area);
    block.render(area, buf);
    match pane {
        Pane::Source => {
            let highlights = open.highlights(pane);
            open.source.draw(inner, buf, theme, &highlights);
        }
        Pane::Output => draw_output(open, inner, buf, ctx),
        Pane::Rubric => rubric::draw(open, spec, inner, buf, ctx, focused),
    }
    let foot = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area.rows().next_back().unwrap_or(area) };
    if let Some(hint) = open.lens.footer_hint(ctx).filter(|_| pane == Pane::Output && open.diff.is_none()) {
        let hint = format!(" {hint} ");
        if hint.width() + 6 <= usize::from(foot.width) {
            Line::styled(hint, theme.dim()).render(foot, buf);
        }
    }
    let place = place_in(pane, open).map(|place| Line::styled(format!(" {place} "), theme.dim()).right_aligned());
    if let Some(place) = place {
        place.render(foot, buf);
    }
}

/// The place the pane is scrolled to, where there is more than is seen.
fn place_in(pane: Pane, open: &OpenItem) -> Option<String> {
    match pane {
        Pane::Source => open.source.place(),
        Pane::Output => open.diff.as_ref().map_or_else(|| open.output.place(), Diff::place),
        Pane::Rubric => {
            let arrows = [(open.rubric.more_above(), "↑"), (open.rubric.more_below(), "↓ more")];
            let arrows: Vec<_> = arrows.into_iter().filter_map(|(is, arrow)| is.then_some(arrow)).collect();
            (!arrows.is_empty()).then(|| arrows.join(" "))
        }
    }
}

fn draw_output(open: &mut OpenItem, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
    if let Some(diff) = &mut open.diff {
        return diff.draw(area, buf, ctx);
    }
    let made_by = output::made_by(&open.served.item);
    let lines = joined(&made_by, usize::from(area.width));
    let rows = if area.height < 8 { 0 } else { lines.len() as u16 };
    let parts = [rows, u16::from(rows > 0)].map(Constraint::Length);
    let [head, gap] = parts;
    let [head, _, text] = Layout::vertical([head, gap, Constraint::Fill(1)]).areas(area);
    for (line, row) in lines.into_iter().zip(head.rows()) {
        Line::from(fit(data(&line, ctx.theme.dim(), &ctx.theme), usize::from(area.width))).render(row, buf);
    }
    let strip = if open.lens.needs_strip() && text.height > 3 * STRIP_ROWS { STRIP_ROWS } else { 0 };
    let [text, strip] = Layout::vertical([Constraint::Fill(1), Constraint::Length(strip)]).areas(text);
    let highlights = open.highlights(Pane::Output);
    open.output.draw(text, buf, &ctx.theme, &highlights);
    open.lens.draw_gutter(open.output.visible(), buf, &ctx.theme);
    open.draw_passage(strip, buf, ctx);
}

/// The parts joined to lines of a width, none of them broken.
fn joined(parts: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if line.width() + part.width() + 3 <= width => line.push_str(&format!(" · {part}")),
            _ => lines.push(part.clone()),
        }
    }
    lines
}
