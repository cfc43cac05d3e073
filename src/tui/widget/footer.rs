//! The foot of every screen: what was said last, and the keys that work now.

use super::text::{data, fit, width_of};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Outage, Status, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPattern;
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};
use unicode_width::UnicodeWidthStr;

/// Between two things that are told in one row.
const BETWEEN: &str = " · ";

/// Rows of the foot.
pub const ROWS: u16 = 2;

/// Draws the status above the keys, and notes where each key is named.
pub fn draw(area: Rect, buf: &mut Buffer, context: Context, actions: &[Action], ctx: &AppContext) {
    Clear.render(area, buf);
    buf.set_style(area, ctx.theme.base());
    let [status, keys] = [0, 1].map(|row| Rect { y: area.y + row, height: 1, ..area }.intersection(area));
    let room = usize::from(area.width).saturating_sub(2);
    Line::from([vec![Span::raw(" ")], told(ctx, room)].concat()).render(status, buf);
    hints(context, actions, keys, ctx).render(keys, buf);
}

/// What stands before what was said last: the outage, with its reason where nothing was said; the warning that is
/// still to be read.
fn before(ctx: &AppContext) -> Vec<Span<'static>> {
    let theme = &ctx.theme;
    let outage = ctx.outage.as_ref().map(|outage| cut_off(outage, &ctx.status, theme));
    let warning = ctx.warning.as_ref().map(|text| {
        let mut spans = vec![Span::styled("! ", theme.warning())];
        spans.extend(data(text, theme.warning(), theme));
        spans
    });
    let both = outage.into_iter().chain(warning).collect::<Vec<_>>();
    both.join(&Span::styled(BETWEEN, theme.dim()))
}

fn cut_off(outage: &Outage, status: &Status, theme: &Theme) -> Vec<Span<'static>> {
    let mut spans = vec![Span::styled(format!("✗ {}", outage.summary()), theme.error())];
    if status.text.is_empty() {
        spans.extend(data(&format!("{BETWEEN}{}", outage.why), theme.dim(), theme));
    }
    spans
}

/// What was said last behind what is still to be read: of what was said the first part is told whole, such as that a
/// decision was saved, which is told once; what stands before it has the room that this leaves.
fn told(ctx: &AppContext, room: usize) -> Vec<Span<'static>> {
    let (before, said) = (before(ctx), said(&ctx.status, &ctx.theme));
    if before.is_empty() || ctx.status.text.is_empty() {
        return fit([before, said].concat(), room);
    }
    let first = ctx.status.text.split(BETWEEN).next().unwrap_or_default();
    // With a column for the sign that more was said.
    let first_part = width_of(&said).saturating_sub(ctx.status.text.width()) + first.width() + 1;
    let before = fit(before, room.saturating_sub(first_part + BETWEEN.width()).max(room / 3));
    fit([before, vec![Span::styled(BETWEEN, ctx.theme.dim())], said].concat(), room)
}

fn said(status: &Status, theme: &Theme) -> Vec<Span<'static>> {
    let (sign, style): (&str, Style) = match status.tone {
        Tone::Quiet => ("", theme.dim()),
        Tone::Good => ("", theme.accent()),
        Tone::Warning => ("! ", theme.warning()),
        Tone::Error => ("✗ ", theme.error()),
    };
    let mut spans = if status.text.is_empty() { Vec::new() } else { vec![Span::styled(sign, style)] };
    spans.extend(data(&status.text, style, theme));
    spans
}

/// Keys as many as fit, the most useful first; at the end always how to find the others.
fn hints(context: Context, actions: &[Action], area: Rect, ctx: &AppContext) -> Line<'static> {
    let others: &[Action] = if context.is_screen() { &[Action::Palette, Action::Help] } else { &[Action::Help] };
    let others: Vec<_> = others.iter().filter_map(|action| hint(context, *action, ctx)).collect();
    let mut room = usize::from(area.width).saturating_sub(1 + others.iter().map(Hint::width).sum::<usize>());
    let mut shown = Vec::new();
    for &action in actions.iter().filter(|action| ctx.refusal(**action).is_none()) {
        let Some(next) = hint(context, action, ctx) else { continue };
        let Some(left) = room.checked_sub(next.width()) else { break };
        room = left;
        shown.push(next);
    }
    shown.extend(others);
    let (mut spans, mut x) = (vec![Span::raw(" ")], area.x + 1);
    let mut places = ctx.foot.borrow_mut();
    places.clear();
    for hint in shown {
        let width = hint.width() as u16;
        let words = Rect { x, width: width - GAP.len() as u16, ..area };
        places.push((words.intersection(area), hint.key));
        spans.extend(hint.spans);
        x += width;
    }
    Line::from(spans)
}

/// A key with its word.
struct Hint {
    key: KeyPattern,
    spans: [Span<'static>; 3],
}

/// What stands between two hints.
const GAP: &str = "  ";

impl Hint {
    fn width(&self) -> usize {
        width_of(&self.spans)
    }
}

fn hint(context: Context, action: Action, ctx: &AppContext) -> Option<Hint> {
    let theme = &ctx.theme;
    let key = ctx.keymap.first_key(context, action)?;
    let label = Span::styled(format!(" {}", action.label_in(context)), theme.dim());
    Some(Hint { key, spans: [Span::styled(key.label(), theme.key()), label, Span::raw(GAP)] })
}

/// The key that the foot names at a place of the screen.
pub fn key_at(place: Position, ctx: &AppContext) -> Option<KeyPattern> {
    ctx.foot.borrow().iter().find(|(words, _)| words.contains(place)).map(|(_, key)| *key)
}
