//! The people of a queue, drawn.

use super::People;
use crate::analysis::reviewer::Person;
use crate::text::fit::{cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::screen::Place;
use crate::tui::widget::footer;
use crate::tui::widget::text::{data, spread};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

const KEYS: &[Action] = &[Action::Lift, Action::PreviewDown, Action::Down, Action::Refresh, Action::Leave];

/// The least width for the figures to stand beside the list.
const BESIDE: u16 = 100;

/// The least height of the list above the figures.
const LEAST_ROWS: u16 = 3;

impl People {
    pub(super) fn draw_all(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let parts = [Constraint::Length(2), Constraint::Fill(1), Constraint::Length(footer::ROWS)];
        let [head, body, foot] = Layout::vertical(parts).areas(area);
        self.head(inset(head), buf, ctx);
        match &self.read {
            None => Line::styled("counting …", ctx.theme.dim()).render(inset(body), buf),
            Some(_) => self.body(body, buf, ctx),
        }
        let keys: Vec<Action> = KEYS.iter().copied().filter(|action| self.offers(*action)).collect();
        footer::draw(foot, buf, Context::People, &keys, ctx);
    }

    fn head(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let mut left = vec![Span::styled("People", theme.heading())];
        left.extend(data(&format!("  {}", cut(&self.title, 60)), theme.text(), theme));
        let who = match self.read.as_ref().is_some_and(|read| read.leads) {
            true => "yours first, then by name",
            false => "yours alone: others see theirs, a lead sees all",
        };
        let right = vec![Span::styled(who, theme.dim())];
        spread(left, right, usize::from(area.width)).render(area, buf);
    }

    fn body(&mut self, body: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let width = usize::from(inset(body).width);
        let rows: usize = self.people().iter().map(|person| row(person, width).len()).sum();
        let rows = (rows.min(usize::from(body.height) / 2) as u16 + 1).clamp(LEAST_ROWS.min(body.height), body.height);
        let (list, figures) = self.figures.divide(body, body.width >= BESIDE, rows);
        self.list(inset(list), buf, ctx);
        if let Some(figures) = figures {
            self.figures.draw(figures, Vec::new(), buf, ctx);
        }
    }

    fn list(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let (width, at) = (usize::from(area.width), self.cursor.at);
        let rows: Vec<Vec<String>> = self.people().iter().map(|person| row(person, width)).collect();
        let theme = &ctx.theme;
        for (of, place) in self.cursor.arrange(area, rows.len(), |of| rows[of].len()) {
            let chosen = of == at;
            if chosen {
                let height = place.height.min(rows[of].len() as u16);
                buf.set_style(Rect { x: place.x - 1, width: place.width + 2, height, ..place }, theme.selection());
            }
            let style = if chosen { theme.accent() } else { theme.text() };
            for (number, (text, line)) in rows[of].iter().zip(place.rows()).enumerate() {
                let mark = if chosen && number == 0 { "▸ " } else { "  " };
                let mut spans = vec![Span::styled(mark, style)];
                spans.extend(data(text, if number == 0 { style } else { theme.warning() }, theme));
                Line::from(spans).render(line, buf);
            }
        }
    }
}

/// The name, and that the person is paused or told.
fn row(person: &Person, width: usize) -> Vec<String> {
    let mut lines = vec![cut(&person.reviewer, width.saturating_sub(2).max(1)).to_string()];
    let told = person.paused.as_ref().map(|paused| if paused.stops { "paused" } else { "told" });
    lines.extend(
        told.into_iter().flat_map(|told| wrap(told, width.saturating_sub(4).max(1))).map(|line| format!("  {line}")),
    );
    lines
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area }
}
