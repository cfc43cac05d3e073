//! The foot of every screen: what was said last, and the keys that work now.

use super::text::{data, fit, width_of};
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Outage, Status, Tone};
use crate::tui::context::Context;
use crate::tui::theme::Theme;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Clear, Widget};

/// Rows of the foot.
pub const ROWS: u16 = 2;

/// Draws the status above the keys.
pub fn draw(area: Rect, buf: &mut Buffer, context: Context, actions: &[Action], ctx: &AppContext) {
    Clear.render(area, buf);
    buf.set_style(area, ctx.theme.base());
    let [status, keys] = [0, 1].map(|row| Rect { y: area.y + row, height: 1, ..area }.intersection(area));
    let outage = ctx.outage.iter().flat_map(|outage| cut_off(outage, &ctx.status, &ctx.theme));
    let warning = ctx.warning.iter().flat_map(|text| warning(text, &ctx.theme));
    let said = outage.chain(warning).chain(said(&ctx.status, &ctx.theme)).collect();
    let said = fit(said, usize::from(area.width).saturating_sub(2));
    Line::from([vec![Span::raw(" ")], said].concat()).render(status, buf);
    hints(context, actions, usize::from(area.width), ctx).render(keys, buf);
}

/// The outage, before what was said; with its reason where nothing was.
fn cut_off(outage: &Outage, status: &Status, theme: &Theme) -> Vec<Span<'static>> {
    let mut spans = vec![Span::styled(format!("✗ {}", outage.summary()), theme.error())];
    if status.text.is_empty() {
        spans.extend(data(&format!(" · {}", outage.why), theme.dim(), theme));
    } else {
        spans.push(Span::styled(" · ", theme.dim()));
    }
    spans
}

/// The warning that is still to be read, before what was said last.
fn warning(text: &str, theme: &Theme) -> Vec<Span<'static>> {
    let mut spans = vec![Span::styled("! ", theme.warning())];
    spans.extend(data(text, theme.warning(), theme));
    spans.push(Span::styled(" · ", theme.dim()));
    spans
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
fn hints(context: Context, actions: &[Action], width: usize, ctx: &AppContext) -> Line<'static> {
    let others: &[Action] = if context.is_screen() { &[Action::Palette, Action::Help] } else { &[Action::Help] };
    let others: Vec<_> = others.iter().flat_map(|action| hint(context, *action, ctx)).collect();
    let mut room = width.saturating_sub(1 + width_of(&others));
    let mut spans = vec![Span::raw(" ")];
    for &action in actions.iter().filter(|action| ctx.refusal(**action).is_none()) {
        let next = hint(context, action, ctx);
        let Some(left) = room.checked_sub(width_of(&next)) else { break };
        room = left;
        spans.extend(next);
    }
    spans.extend(others);
    Line::from(spans)
}

fn hint(context: Context, action: Action, ctx: &AppContext) -> Vec<Span<'static>> {
    let theme = &ctx.theme;
    let found = ctx.keymap.hint(context, &[action]);
    let spans = found.into_iter().flat_map(|(key, label)| {
        [Span::styled(key, theme.key()), Span::styled(format!(" {label}"), theme.dim()), Span::raw("  ")]
    });
    spans.collect()
}
