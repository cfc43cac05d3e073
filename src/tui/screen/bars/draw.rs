//! The bars of a queue, drawn.

use super::Bars;
use crate::text::fit::{cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::screen::Place;
use crate::tui::widget::text::{data, spread};
use crate::tui::widget::{footer, standing};
use crate::tui::worker::HangingItem;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

const KEYS: &[Action] = &[
    Action::OpenItem,
    Action::NextBar,
    Action::AskAgain,
    Action::PreviewDown,
    Action::Down,
    Action::Refresh,
    Action::Leave,
];

/// The least width for the report to stand beside the list.
const BESIDE: u16 = 100;

/// The least height of the list above the report.
const LEAST_ROWS: u16 = 4;

impl Bars {
    pub(super) fn draw_all(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let bars = self.bars.as_ref().map_or(0, Vec::len) as u16;
        let parts = [
            Constraint::Length(2),
            Constraint::Length((bars + 1).min(area.height / 3)),
            Constraint::Fill(1),
            Constraint::Length(footer::ROWS),
        ];
        let [head, above, body, foot] = Layout::vertical(parts).areas(area);
        self.head(inset(head), buf, ctx);
        match self.bars.as_deref() {
            None => Line::styled("counting …", ctx.theme.dim()).render(inset(above), buf),
            Some([]) => {
                let text = format!(
                    "The spec of {} has no bar. A [[bar]] says how good its outputs must be before they may be used: \
                     docs/bars.md.",
                    self.queue
                );
                sentence(&text, inset(body), buf, ctx);
            }
            Some(_) => {
                self.all(inset(above), buf, ctx);
                self.body(body, buf, ctx);
            }
        }
        let keys: Vec<Action> = KEYS.iter().copied().filter(|action| self.offers(*action)).collect();
        footer::draw(foot, buf, Context::Bars, &keys, ctx);
    }

    fn head(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let mut left = vec![Span::styled("Bars", theme.heading())];
        left.extend(data(&format!("  {}", cut(&self.title, 60)), theme.text(), theme));
        spread(left, Vec::new(), usize::from(area.width)).render(area, buf);
    }

    /// All bars, a line each, from the one that is shown on where there is no room for them.
    fn all(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let bars = self.bars.as_deref().unwrap_or_default();
        let rows = usize::from(area.height.saturating_sub(1)).max(1);
        let first = (self.at + 1).saturating_sub(rows);
        for ((at, bar), row) in bars.iter().enumerate().skip(first).zip(area.rows().take(rows)) {
            if at == self.at {
                buf.set_style(Rect { x: row.x - 1, width: row.width + 2, ..row }, ctx.theme.selection());
            }
            standing::line(&bar.standing, usize::from(row.width), &ctx.theme).render(row, buf);
        }
    }

    fn body(&mut self, body: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let rows = (self.items().len().min(usize::from(body.height)) as u16 + 1).max(LEAST_ROWS).min(body.height);
        let (list, report) = self.report.divide(body, body.width >= BESIDE, rows);
        self.list(inset(list), buf, ctx);
        if let Some(report) = report {
            self.report.draw(report, Vec::new(), buf, ctx);
        }
    }

    fn list(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let Some(shown) = self.shown() else { return };
        let [top, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
        let told = match &shown.items {
            None => "it hangs on no single verdict".to_owned(),
            Some(items) => match items.iter().filter(|item| item.is_decisive).count() {
                0 => "no single verdict changes the outcome".to_owned(),
                1 => "1 verdict changes the outcome if it is otherwise".to_owned(),
                several => format!("{several} verdicts change the outcome, each by itself"),
            },
        };
        Line::styled(cut(&told, usize::from(top.width)), ctx.theme.dim()).render(top, buf);
        let (at, count) = (self.cursor.at, self.items().len());
        for (of, place) in self.cursor.arrange(rest, count, |_| 1) {
            let chosen = of == at;
            if chosen {
                buf.set_style(Rect { x: place.x - 1, width: place.width + 2, ..place }, ctx.theme.selection());
            }
            line(&self.items()[of], chosen, usize::from(place.width), ctx).render(place, buf);
        }
    }
}

/// `▸ sup-0012                   decisive`
fn line(item: &HangingItem, chosen: bool, width: usize, ctx: &AppContext) -> Line<'static> {
    let theme = &ctx.theme;
    let style = if chosen { theme.accent() } else { theme.text() };
    let right = if item.is_decisive { "decisive" } else { "drawn beside them" };
    let right = vec![Span::styled(right, theme.dim())];
    let room = width.saturating_sub(right[0].width() + 4).max(8);
    let mut left = vec![Span::styled(if chosen { "▸ " } else { "  " }, style)];
    left.extend(data(&cut(&item.id, room), style, theme));
    spread(left, right, width)
}

fn sentence(text: &str, room: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let lines = wrap(text, usize::from(room.width)).into_iter();
    lines.zip(room.rows()).for_each(|(line, row)| Line::styled(line, ctx.theme.text()).render(row, buf));
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area }
}
