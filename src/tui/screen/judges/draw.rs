//! The judges of a queue, drawn.

use super::Judges;
use crate::store::Disagreement;
use crate::text::fit::{clipped, cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::count;
use crate::tui::screen::Place;
use crate::tui::widget::footer;
use crate::tui::widget::text::{data, spread, width_of};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

const KEYS: &[Action] =
    &[Action::OpenItem, Action::PreviewDown, Action::NextJudge, Action::Down, Action::Refresh, Action::Leave];

/// The least width for the report to stand beside the list.
const BESIDE: u16 = 100;

/// The least height of the list above the report.
const LEAST_ROWS: u16 = 4;

/// Rows of the chosen disagreement's reason, at most.
const REASON_ROWS: usize = 3;

impl Judges {
    pub(super) fn draw_all(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let parts = [Constraint::Length(2), Constraint::Fill(1), Constraint::Length(footer::ROWS)];
        let [head, body, foot] = Layout::vertical(parts).areas(area);
        self.head(inset(head), buf, ctx);
        match self.judges.as_deref() {
            None => Line::styled("measuring …", ctx.theme.dim()).render(inset(body), buf),
            Some([]) => {
                let text = format!(
                    "No model has judged anything here. `karat judge import {} FILE` brings in what a judge says; it is \
                     measured against what people decide.",
                    self.queue
                );
                sentence(&text, inset(body), buf, ctx);
            }
            Some(_) => self.body(body, buf, ctx),
        }
        let keys: Vec<Action> = KEYS.iter().copied().filter(|action| self.offers(*action)).collect();
        footer::draw(foot, buf, Context::Judges, &keys, ctx);
    }

    fn head(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let mut left = vec![Span::styled("Judges", theme.heading())];
        left.extend(data(&format!("  {}", cut(&self.title, 60)), theme.text(), theme));
        let judges = self.judges.as_ref().map_or(0, Vec::len);
        let right = match judges {
            0 | 1 => Vec::new(),
            _ => vec![Span::styled(format!("{} of {judges} judges", self.at + 1), theme.dim())],
        };
        spread(left, right, usize::from(area.width)).render(area, buf);
    }

    fn body(&mut self, body: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let width = usize::from(inset(body).width);
        let rows: usize = (0..self.disagreements().len()).map(|of| self.height(of, width)).sum();
        let rows = (rows.min(usize::from(body.height)) as u16 + 1).clamp(LEAST_ROWS.min(body.height), body.height);
        let (list, report) = self.report.divide(body, body.width >= BESIDE, rows);
        self.list(inset(list), buf, ctx);
        if let Some(report) = report {
            self.report.draw(report, Vec::new(), buf, ctx);
        }
    }

    /// Rows of a disagreement: its line, and the reason.
    fn height(&self, of: usize, width: usize) -> usize {
        let one = &self.disagreements()[of];
        1 + reason(one, of == self.cursor.at, width).len()
    }

    fn list(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let Some(shown) = self.shown() else { return };
        let report = &shown.figures.report;
        let [top, rest] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(area);
        let told = match report.disagreements.len() {
            0 if report.compared == 0 => "nothing to compare yet: people have settled none of these".to_owned(),
            0 => "it agrees with people on all that they have judged".to_owned(),
            many => format!("{} with people, what it would let through first", count(many as i64, "disagreement")),
        };
        Line::styled(cut(&told, usize::from(top.width)), ctx.theme.dim()).render(top, buf);
        let (width, at) = (usize::from(rest.width), self.cursor.at);
        let heights: Vec<usize> = (0..self.disagreements().len()).map(|of| self.height(of, width)).collect();
        for (of, place) in self.cursor.arrange(rest, heights.len(), |of| heights[of]) {
            let (one, chosen) = (&self.disagreements()[of], of == at);
            if chosen {
                let band = Rect {
                    x: place.x - 1,
                    width: place.width + 2,
                    height: place.height.min(heights[of] as u16),
                    ..place
                };
                buf.set_style(band, ctx.theme.selection());
            }
            let below = reason(one, chosen, width).into_iter();
            let below = below.map(|text| Line::from(data(&text, ctx.theme.text(), &ctx.theme)));
            let lines = std::iter::once(first_line(one, chosen, width, ctx)).chain(below);
            lines.zip(place.rows()).for_each(|(line, row)| line.render(row, buf));
        }
    }
}

/// `▸ sup-0012  ✓ accepted, people ✗ rejected: tone`
fn first_line(one: &Disagreement, chosen: bool, width: usize, ctx: &AppContext) -> Line<'static> {
    let theme = &ctx.theme;
    let style = if chosen { theme.accent() } else { theme.text() };
    let said = |verdict: crate::domain::decision::Verdict| {
        Span::styled(format!("{} {}", verdict.sign(), verdict.past()), theme.verdict(verdict))
    };
    let mut right = vec![said(one.said), Span::styled(", people ", theme.dim()), said(one.people)];
    if !one.draft.categories.is_empty() {
        right.extend(data(&format!(": {}", cut(&one.draft.categories.join(", "), 30)), theme.text(), theme));
    }
    let mut line = vec![Span::styled(if chosen { "▸ " } else { "  " }, style)];
    let room = width.saturating_sub(width_of(&right) + 4).max(8);
    line.extend(data(&cut(&one.id, room), style, theme));
    line.push(Span::raw("  "));
    line.extend(right);
    Line::from(line)
}

/// What the judge gave as its reason: in a line, of the chosen one in a few.
fn reason(one: &Disagreement, chosen: bool, width: usize) -> Vec<String> {
    let text = one.judgement.reason.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return Vec::new();
    }
    let rows = if chosen { REASON_ROWS } else { 1 };
    let lines = clipped(&format!("“{text}”"), width.saturating_sub(4).max(1), rows);
    lines.into_iter().map(|line| format!("    {line}")).collect()
}

fn sentence(text: &str, room: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let lines = wrap(text, usize::from(room.width)).into_iter();
    lines.zip(room.rows()).for_each(|(line, row)| Line::styled(line, ctx.theme.text()).render(row, buf));
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area }
}
