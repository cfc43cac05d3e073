//! The review screen, drawn.

use super::open_item::OpenItem;
use super::open_item::diff::Diff;
use super::open_item::lens::STRIP_ROWS;
use super::open_item::rubric::Content;
use super::panes::{PANES, Pane};
use super::{OnScreen, Review, bars, end, header};
use crate::domain::check::FailedCheck;
use crate::domain::decision::Verdict;
use crate::domain::spec::Spec;
use crate::text::fit::cut;
use crate::text::sanitize;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::count;
use crate::tui::render::output;
use crate::tui::screen::Place;
use crate::tui::widget::text::{data, width_of};
use crate::tui::widget::{escalation, footer};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Padding, Widget};
use unicode_width::UnicodeWidthStr;

/// Rows of what an escalation asks, at most; the history has all of it.
const ASKED_ROWS: usize = 4;

/// Rows of what checks found, at most.
const CHECK_ROWS: usize = 3;

pub(super) fn draw(review: &mut Review, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let diff = review.open_item().and_then(|open| open.diff.as_ref());
    review.panes.compares = diff.is_some_and(Diff::is_side_by_side);
    review.panes.has_opinions = review.open_item().is_some_and(|open| !open.served.opinions.sides.is_empty());
    let tabs = u16::from(review.panes.has_tabs(area.width) && review.open_item().is_some());
    let rows = area.height.saturating_sub(header::ROWS + tabs + footer::ROWS);
    let OnTop { lines: asked, left_out } = OnTop::of(review, (area.width, rows), ctx);
    let parts = [
        Constraint::Length(header::ROWS),
        Constraint::Length(asked.len() as u16),
        Constraint::Length(tabs),
        Constraint::Fill(1),
        Constraint::Length(footer::ROWS),
    ];
    let [head, asked_rows, tab_row, body, foot] = Layout::vertical(parts).areas(area);
    header::draw(review, head, left_out.as_deref(), buf, ctx);
    for (line, row) in asked.into_iter().zip(asked_rows.rows()) {
        line.render(Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row }, buf);
    }
    if tabs > 0 {
        draw_tabs(review, tab_row, buf, ctx);
    } else {
        review.panes.place_tabs([None; PANES]);
    }
    draw_body(review, body, buf, ctx);
    footer::draw(foot, buf, review.context(), &review.keys(), ctx);
    bars::draw(review, foot, buf, ctx);
}

/// What is told above the panes.
#[derive(Default)]
struct OnTop {
    lines: Vec<Line<'static>>,
    /// What there was no room for, in a few words for the header.
    left_out: Option<String>,
}

impl OnTop {
    /// What is asked of the reviewer, where the item was escalated, why it was reopened, what checks
    /// found, and why the attempt before was rejected, where the panes can spare rows for it.
    fn of(review: &Review, (width, rows): (u16, u16), ctx: &AppContext) -> Self {
        let Some(open) = review.open_item() else { return Self::default() };
        let width = usize::from(width).saturating_sub(2);
        let mut lines = asked(open, review.spec(), width, ctx);
        lines.extend(open.served.opinions.reopened.as_ref().map(|(by, why)| reopened(by, why, width, ctx)));
        lines.extend(found(&open.served.checks, width, ctx));
        let free = usize::from(rows).saturating_sub(lines.len());
        let last = open.last_rejection_lines(review.spec(), (width, free), ctx);
        let is_left_out = last.is_empty() && open.last_rejection().is_some();
        lines.extend(last);
        let left_out = is_left_out.then(|| {
            let keys = ctx.keymap.keys_for(Context::Review, Action::History);
            let key = keys.first().map(|key| format!(" ({key})")).unwrap_or_default();
            format!("{} last one rejected{key}", Verdict::Reject.sign())
        });
        Self { lines, left_out }
    }
}

/// What is asked of the reviewer, where the item was escalated.
fn asked(open: &OpenItem, spec: &Spec, width: usize, ctx: &AppContext) -> Vec<Line<'static>> {
    let Some(asked) = &open.served.escalation else { return Vec::new() };
    let answer = asked.returned.as_ref().map(|returned| escalation::answer_lines(returned, width, ASKED_ROWS, ctx));
    [escalation::lines(asked, spec, width, ASKED_ROWS, ctx), answer.unwrap_or_default()].concat()
}

/// Who has put the item back, and why: it was written to whoever decides it anew.
fn reopened(by: &str, why: &str, width: usize, ctx: &AppContext) -> Line<'static> {
    let theme = &ctx.theme;
    let mut spans = vec![Span::styled("↺ reopened", theme.accent())];
    spans.extend(data(&cut(&format!(" by {by}: {why}"), width.saturating_sub(width_of(&spans))), theme.text(), theme));
    Line::from(spans)
}

/// What checks found: a row each, and how many more there are.
fn found(checks: &[FailedCheck], width: usize, ctx: &AppContext) -> Vec<Line<'static>> {
    let theme = &ctx.theme;
    let shown = if checks.len() > CHECK_ROWS { CHECK_ROWS - 1 } else { checks.len() };
    let rows = checks[..shown].iter().map(|FailedCheck { key, outcome, reason }| {
        let mut spans = vec![Span::styled(format!("⚠ {outcome} by {key}"), theme.warning())];
        spans.extend(data(&cut(&format!(": {reason}"), width.saturating_sub(width_of(&spans))), theme.text(), theme));
        Line::from(spans)
    });
    let more = checks.len() - shown;
    let more = (more > 0).then(|| Line::styled(format!("  and {more} more checks"), theme.dim()));
    rows.chain(more).collect()
}

/// The panes' names, where not all of them are seen.
fn draw_tabs(review: &mut Review, row: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let theme = &ctx.theme;
    let seen = review.panes.side_by_side(row.width);
    let mut x = row.x + 1;
    let mut places = [None; PANES];
    for pane in review.panes.present() {
        let name = pane.name();
        let name = if seen.contains(&pane) { format!("▸{name} ") } else { format!(" {name} ") };
        let span = Span::styled(name, theme.title(pane == review.panes.focus));
        let area = Rect { x, width: span.width() as u16, ..row }.intersection(row);
        span.render(area, buf);
        places[pane as usize] = Some(area);
        x += area.width + 2;
    }
    let key = |action| ctx.keymap.keys_for(Context::Review, action).join(" ");
    let zoom = if review.panes.zoomed { format!(" · {} zooms out", key(Action::Zoom)) } else { String::new() };
    let hint = Line::styled(format!("{} next pane{zoom} ", key(Action::NextPane)), theme.dim()).right_aligned();
    hint.render(Rect { x, width: row.right().saturating_sub(x), ..row }, buf);
    review.panes.place_tabs(places);
}

fn draw_body(review: &mut Review, body: Rect, buf: &mut Buffer, ctx: &AppContext) {
    if let OnScreen::End(view) = &review.on_screen {
        return end::draw(review, view, body, buf, ctx);
    }
    let focus = review.panes.focus;
    let (has_drawer, has_band) = (review.panes.has_drawer(body.width), review.panes.has_band());
    let Some((spec, open)) = review.spec_and_item() else { return };
    let opened = focus == Pane::Rubric;
    let band = if has_band { open.opinion_rows(spec, body, focus, ctx) } else { 0 };
    let above = Rect { height: body.height - band, ..body };
    let mut drawer = has_drawer.then(|| Content::of_drawer(open, spec, above, opened, ctx));
    let rows = drawer.as_ref().map_or(0, |drawer| drawer.height(above, opened));
    let areas = review.panes.arrange(body, rows, band);
    let Some((spec, open)) = review.spec_and_item() else { return };
    open.lens.without_source = areas.iter().all(|(pane, _)| *pane != Pane::Source);
    for (pane, area) in areas {
        let frame = Frame { area, focused: focus == pane };
        match (pane, drawer.take_if(|_| pane == Pane::Rubric)) {
            (Pane::Source, _) => draw_source(&frame, open, buf, ctx),
            (Pane::Output, _) => draw_output(&frame, spec, open, buf, ctx),
            (Pane::Opinions, _) => draw_opinions(&frame, spec, open, buf, ctx),
            (Pane::Rubric, Some(drawer)) => draw_rubric(&frame, drawer, spec, open, buf, ctx),
            (Pane::Rubric, None) => {
                let column = Content::of_column(open, spec, frame.inner().width, ctx);
                draw_rubric(&frame, column, spec, open, buf, ctx);
            }
        }
    }
}

/// The frame of a pane.
struct Frame {
    area: Rect,
    focused: bool,
}

impl Frame {
    fn block(&self, ctx: &AppContext) -> Block<'static> {
        // The focus shows in the shape of the border too.
        let border = if self.focused { BorderType::Thick } else { BorderType::Rounded };
        let style = ctx.theme.border(self.focused);
        Block::bordered().border_type(border).border_style(style).padding(PADDING)
    }

    fn inner(&self) -> Rect {
        Block::bordered().padding(PADDING).inner(self.area)
    }

    /// Draws it with a title at the left and what there is room for at the right, and gives the
    /// room inside.
    fn draw(&self, title: &str, right: &[String], buf: &mut Buffer, ctx: &AppContext) -> Rect {
        let theme = &ctx.theme;
        let room = usize::from(self.area.width).saturating_sub(4);
        let title = cut(title, room);
        let mut block = self.block(ctx).title(Line::styled(format!(" {title} "), theme.title(self.focused)));
        let right = joined(right, room.saturating_sub(title.width() + 4));
        if !right.is_empty() {
            let spans = data(&format!(" {right} "), theme.dim(), theme);
            block = block.title(Line::from(spans).right_aligned());
        }
        block.render(self.area, buf);
        self.inner()
    }

    /// Writes on the lower border: the hints that there is room for at the left, and the place that
    /// the pane is scrolled to.
    fn draw_foot(&self, hints: &[String], place: Option<String>, buf: &mut Buffer, ctx: &AppContext) {
        let area = self.area;
        let foot = area.rows().next_back().unwrap_or(area);
        let foot = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..foot };
        let hint = joined(hints, usize::from(foot.width).saturating_sub(8));
        if !hint.is_empty() {
            Line::styled(format!(" {hint} "), ctx.theme.dim()).render(foot, buf);
        }
        let place = place.map(|place| Line::styled(format!(" {place} "), ctx.theme.dim()).right_aligned());
        place.into_iter().for_each(|place| place.render(foot, buf));
    }
}

const PADDING: Padding = Padding::horizontal(1);

fn draw_source(frame: &Frame, open: &mut OpenItem, buf: &mut Buffer, ctx: &AppContext) {
    let name = Pane::Source.name();
    let document = |at: usize| open.served.item.context.get(at)?.title.as_deref();
    let as_it_came = as_it_came(open);
    let title = match open.source.section() {
        (at, count) if count > 1 => match document(at) {
            Some(title) => format!("{name} {}/{count}{as_it_came} · {title}", at + 1),
            None => format!("{name} {}/{count}{as_it_came}", at + 1),
        },
        _ => format!("{name}{as_it_came}"),
    };
    let inner = frame.draw(&title, &[], buf, ctx);
    let highlights = open.highlights(Pane::Source);
    open.source.draw(inner, buf, &ctx.theme, &highlights);
    frame.draw_foot(&[], open.source.place(), buf, ctx);
}

/// Says of a text that it is not laid out.
fn as_it_came(open: &OpenItem) -> &'static str {
    if open.look.raw { " as it came" } else { "" }
}

fn draw_output(frame: &Frame, spec: &Spec, open: &mut OpenItem, buf: &mut Buffer, ctx: &AppContext) {
    let words = open.words.as_ref().map(|words| format!(" · {words}")).unwrap_or_default();
    let title = format!("{}{}{words}", Pane::Output.name(), as_it_came(open));
    let made_by = output::made_by(&open.served.item, spec, open.served.mine.is_some());
    let text = frame.draw(&title, &made_by, buf, ctx);
    if let Some(diff) = &mut open.diff {
        diff.draw(text, buf, ctx);
        return frame.draw_foot(&[], diff.place(), buf, ctx);
    }
    let strip = if open.lens.needs_strip() && text.height > 3 * STRIP_ROWS { STRIP_ROWS } else { 0 };
    let [text, strip] = Layout::vertical([Constraint::Fill(1), Constraint::Length(strip)]).areas(text);
    let keys = ctx.keymap.keys_for(Context::Review, Action::Input);
    open.fit_input(text, keys.first().map_or("", String::as_str));
    let highlights = open.highlights(Pane::Output);
    open.output.draw(text, buf, &ctx.theme, &highlights);
    // What is selected must stand out: the lens is silent meanwhile.
    if !open.is_marking() {
        open.lens.draw_gutter(open.output.visible(), buf, &ctx.theme);
    }
    open.opinions.draw_gutter(open.output.visible(), buf, &ctx.theme);
    open.draw_passage(strip, buf, ctx);
    let hints = [open.lens.footer_hints(ctx), without_source(open, spec)].concat();
    frame.draw_foot(&hints, open.output.place(), buf, ctx);
}

/// What the output is to agree with, where it came without a source.
fn without_source(open: &OpenItem, spec: &Spec) -> Vec<String> {
    let truth = spec.source_of_truth.iter().filter(|_| open.served.item.context.is_empty());
    truth.flat_map(|truth| ["no source came with it".to_owned(), sanitize::line(truth).into_owned()]).collect()
}

fn draw_opinions(frame: &Frame, spec: &Spec, open: &mut OpenItem, buf: &mut Buffer, ctx: &AppContext) {
    let title = format!("{} that disagree", count(open.served.opinions.sides.len() as i64, "opinion"));
    let inner = frame.draw(&title, &["≠ differs".into()], buf, ctx);
    let lines = open.opinion_lines(spec, inner.width, ctx);
    open.opinions.draw(lines, inner, buf);
    let more = open.opinions.more();
    let keys = ctx.keymap.keys_for(Context::Review, Action::NextPane);
    let key = keys.first().filter(|_| more.is_some() && !frame.focused);
    let hint = key.map(|key| format!("{key} goes from pane to pane"));
    frame.draw_foot(hint.as_slice(), more, buf, ctx);
}

fn draw_rubric(frame: &Frame, content: Content, spec: &Spec, open: &mut OpenItem, buf: &mut Buffer, ctx: &AppContext) {
    if !content.has_frame() {
        let area = Rect { x: frame.area.x + 1, width: frame.area.width.saturating_sub(2), ..frame.area };
        return open.rubric.draw(content, area, buf);
    }
    let scored = format!("{}/{}", open.draft.scores.len(), spec.criteria.len());
    let scored = if spec.criteria.is_empty() { String::new() } else { format!(" {scored}") };
    let title = match content.rule {
        Some(_) => format!("{}{scored} · {}", Pane::Rubric.name(), spec.decision),
        None => format!("{}{scored}", Pane::Rubric.name()),
    };
    let rule = content.rule.map(|rule| frame.inner().x + rule);
    let title = match rule {
        Some(rule) => cut(&title, usize::from(rule - frame.area.x).saturating_sub(4)),
        None => title,
    };
    let inner = frame.draw(&title, &[], buf, ctx);
    if let Some(x) = rule {
        draw_rule(frame, x, open, buf, ctx);
    }
    open.rubric.draw(content, inner, buf);
    let arrows = [(open.rubric.more_above(), "↑"), (open.rubric.more_below(), "↓ more")];
    let arrows: Vec<_> = arrows.into_iter().filter_map(|(is, arrow)| is.then_some(arrow)).collect();
    frame.draw_foot(&[], (!arrows.is_empty()).then(|| arrows.join(" ")), buf, ctx);
}

/// Joins the rule between the halves to the frame, and says what the right half is.
fn draw_rule(frame: &Frame, x: u16, open: &OpenItem, buf: &mut Buffer, ctx: &AppContext) {
    let (top, bottom) = (frame.area.y, frame.area.bottom().saturating_sub(1));
    let signs = if frame.focused { ["┯", "┷"] } else { ["┬", "┴"] };
    for (y, sign) in [top, bottom].into_iter().zip(signs) {
        buf[(x, y)].set_symbol(sign);
    }
    let key = ctx.keymap.keys_for(Context::Review, Action::Reject).into_iter().next();
    let title = match (open.is_marking(), key) {
        (true, _) => " Mark it as ".into(),
        (false, Some(key)) => format!(" What is wrong · {key} "),
        (false, None) => " What is wrong ".into(),
    };
    let width = frame.area.right().saturating_sub(x + 2);
    Line::styled(title, ctx.theme.title(frame.focused)).render(Rect { x: x + 1, y: top, width, height: 1 }, buf);
}

/// The parts that fit beside each other, the first ones first.
fn joined(parts: &[String], width: usize) -> String {
    let mut line = String::new();
    for part in parts {
        let gap = if line.is_empty() { "" } else { " · " };
        if line.width() + gap.width() + part.width() > width {
            break;
        }
        line.push_str(gap);
        line.push_str(part);
    }
    line
}
