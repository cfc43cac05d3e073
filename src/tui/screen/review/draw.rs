//! The review screen, drawn.

use super::open_item::OpenItem;
use super::open_item::diff::Diff;
use super::open_item::lens::STRIP_ROWS;
use super::open_item::rubric::Content;
use super::panes::Pane;
use super::visit_history::Step;
use super::{OnScreen, Review, end, header};
use crate::domain::spec::Spec;
use crate::text::fit::cut;
use crate::text::sanitize;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::render::output;
use crate::tui::screen::Place;
use crate::tui::widget::text::data;
use crate::tui::widget::{escalation, footer};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Padding, Widget};
use unicode_width::UnicodeWidthStr;

/// Rows of what an escalation asks, at most; the history has all of it.
const ASKED_ROWS: usize = 4;

/// The keys at the foot that decide.
const KEYS_DECIDING: [Action; 4] = [Action::Accept, Action::Reject, Action::Escalate, Action::Defer];

/// The keys after those that decide and those that help at this moment.
const KEYS: [Action; 16] = [
    Action::Undo,
    Action::Note,
    Action::Mark,
    Action::Correct,
    Action::NextPane,
    Action::Browser,
    Action::Find,
    Action::NextItem,
    Action::PreviousItem,
    Action::Zoom,
    Action::Raw,
    Action::History,
    Action::Precedent,
    Action::Golden,
    Action::Redo,
    Action::Leave,
];

/// The keys while a decision is not saved.
const KEYS_UNSAVED: &[Action] = &[Action::Retry, Action::Accept, Action::Reject, Action::Escalate, Action::Leave];

/// The keys while the item is not the reviewer's to decide.
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

/// The keys while a search stands.
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
    let diff = review.open_item().and_then(|open| open.diff.as_ref());
    review.panes.compares = diff.is_some_and(Diff::is_side_by_side);
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
    footer::draw(foot, buf, review.context(), &keys(review), ctx);
}

/// What is asked of the reviewer, where the item was escalated.
fn asked(review: &Review, area: Rect, ctx: &AppContext) -> Vec<Line<'static>> {
    let asked = review.open_item().and_then(|open| open.served.escalation.as_ref());
    let width = usize::from(area.width).saturating_sub(2);
    asked.map(|asked| escalation::lines(asked, review.spec(), width, ASKED_ROWS, ctx)).unwrap_or_default()
}

fn keys(review: &Review) -> Vec<Action> {
    let keys = match &review.on_screen {
        OnScreen::End(view) if view.end.deferred > 0 => KEYS_END_DEFERRED,
        OnScreen::End(_) => KEYS_END,
        OnScreen::Item(open) if open.token().is_none() => KEYS_HELD,
        OnScreen::Item(open) if open.unsaved.is_some() => KEYS_UNSAVED,
        OnScreen::Item(open) if open.find.is_some() => KEYS_FOUND,
        OnScreen::Item(open) => {
            let now = keys_now(review, open);
            let idle = (!has_earlier(review)).then_some(Action::PreviousItem);
            let others = KEYS.into_iter().filter(|action| !now.contains(action) && Some(*action) != idle);
            return KEYS_DECIDING.into_iter().chain(now.iter().copied()).chain(others).collect();
        }
    };
    keys.to_vec()
}

/// Whether there may be an item to go back to.
fn has_earlier(review: &Review) -> bool {
    matches!(review.history.previous(), Step::Visited(_)) || review.counts.decided() > 0
}

/// The keys that help with this item, as it is now.
fn keys_now(review: &Review, open: &OpenItem) -> Vec<Action> {
    let item = &open.served.item;
    let is_source_seen = review.panes.is_seen(Pane::Source);
    let has_more_source = !item.context.is_empty() && (!is_source_seen || open.source.has_more_below());
    let (document, documents) = open.source.section();
    let in_rubric = review.panes.focus == Pane::Rubric;
    let has_findings = open.lens.reading().is_some_and(|reading| !reading.findings.is_empty());
    let has_links =
        || open.attachments.len() + item.context.iter().filter(|document| document.url.is_some()).count() > 0;
    let is_cut = open.source.is_cut() || open.output.is_cut();
    let helps = [
        (Action::Zoom, review.panes.zoomed),
        (Action::PanRight, is_cut),
        (Action::Wrap, is_cut),
        (Action::Input, open.input.is_folded),
        (Action::NextCriterion, in_rubric),
        (Action::Golden, open.draft.correction.is_some() && open.served.golden.is_none()),
        (Action::Macros, !review.macros.is_empty()),
        (Action::SourceDown, has_more_source),
        (Action::NextDocument, has_more_source && document + 1 < documents),
        (Action::Findings, has_findings),
        (Action::Diff, open.diff.is_some() || item.attempt > 1 && item.case.is_some()),
        (Action::Attachments, has_links()),
    ];
    helps.into_iter().filter_map(|(action, helps)| helps.then_some(action)).collect()
}

/// The panes' names, where not all of them are seen.
fn draw_tabs(review: &mut Review, row: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let theme = &ctx.theme;
    let seen = review.panes.side_by_side(row.width);
    let mut x = row.x + 1;
    let mut places = [None; 3];
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
    let hint = Line::styled(format!("{} turns{zoom} ", key(Action::NextPane)), theme.dim()).right_aligned();
    hint.render(Rect { x, width: row.right().saturating_sub(x), ..row }, buf);
    review.panes.place_tabs(places);
}

fn draw_body(review: &mut Review, body: Rect, buf: &mut Buffer, ctx: &AppContext) {
    if let OnScreen::End(view) = &review.on_screen {
        return end::draw(review, view, body, buf, ctx);
    }
    let focus = review.panes.focus;
    let has_drawer = review.panes.has_drawer(body.width);
    let Some((spec, open)) = review.spec_and_item() else { return };
    let opened = focus == Pane::Rubric;
    let mut drawer = has_drawer.then(|| Content::of_drawer(open, spec, body, opened, ctx));
    let rows = drawer.as_ref().map_or(0, |drawer| drawer.height(body, opened));
    let areas = review.panes.arrange(body, rows);
    let Some((spec, open)) = review.spec_and_item() else { return };
    open.lens.without_source = areas.iter().all(|(pane, _)| *pane != Pane::Source);
    for (pane, area) in areas {
        let frame = Frame { area, focused: focus == pane };
        match (pane, drawer.take_if(|_| pane == Pane::Rubric)) {
            (Pane::Source, _) => draw_source(&frame, open, buf, ctx),
            (Pane::Output, _) => draw_output(&frame, spec, open, buf, ctx),
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

    /// Writes on the lower border: a hint at the left where there is room, and the place that the
    /// pane is scrolled to.
    fn draw_foot(&self, hint: Option<String>, place: Option<String>, buf: &mut Buffer, ctx: &AppContext) {
        let area = self.area;
        let foot = area.rows().next_back().unwrap_or(area);
        let foot = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..foot };
        let hint = hint.map(|hint| format!(" {hint} ")).filter(|hint| hint.width() + 6 <= usize::from(foot.width));
        hint.into_iter().for_each(|hint| Line::styled(hint, ctx.theme.dim()).render(foot, buf));
        let place = place.map(|place| Line::styled(format!(" {place} "), ctx.theme.dim()).right_aligned());
        place.into_iter().for_each(|place| place.render(foot, buf));
    }
}

const PADDING: Padding = Padding::horizontal(1);

fn draw_source(frame: &Frame, open: &mut OpenItem, buf: &mut Buffer, ctx: &AppContext) {
    let name = Pane::Source.name();
    let document = |at: usize| open.served.item.context.get(at)?.title.as_deref();
    let title = match open.source.section() {
        (at, count) if count > 1 => match document(at) {
            Some(title) => format!("{name} {}/{count} · {title}", at + 1),
            None => format!("{name} {}/{count}", at + 1),
        },
        _ => name.into(),
    };
    let inner = frame.draw(&title, &[], buf, ctx);
    let highlights = open.highlights(Pane::Source);
    open.source.draw(inner, buf, &ctx.theme, &highlights);
    frame.draw_foot(None, open.source.place(), buf, ctx);
}

fn draw_output(frame: &Frame, spec: &Spec, open: &mut OpenItem, buf: &mut Buffer, ctx: &AppContext) {
    let title = match &open.words {
        Some(words) => format!("{} · {words}", Pane::Output.name()),
        None => Pane::Output.name().into(),
    };
    let made_by = output::made_by(&open.served.item, spec, open.served.mine.is_some());
    let text = frame.draw(&title, &made_by, buf, ctx);
    if let Some(diff) = &mut open.diff {
        diff.draw(text, buf, ctx);
        return frame.draw_foot(None, diff.place(), buf, ctx);
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
    open.draw_passage(strip, buf, ctx);
    let hint = open.lens.footer_hint(ctx).or_else(|| without_source(open, spec));
    frame.draw_foot(hint, open.output.place(), buf, ctx);
}

/// What the output is to agree with, where it came without a source.
fn without_source(open: &OpenItem, spec: &Spec) -> Option<String> {
    let truth = spec.source_of_truth.as_ref().filter(|_| open.served.item.context.is_empty())?;
    Some(format!("no source came with it · {}", sanitize::line(truth)))
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
    frame.draw_foot(None, (!arrows.is_empty()).then(|| arrows.join(" ")), buf, ctx);
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
