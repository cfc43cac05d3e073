//! The comparison of two versions, drawn.

use super::{Shown, VersionsScreen};
use crate::domain::decision::Verdict;
use crate::domain::versions::{Basis, CaseResult, Output, Said};
use crate::text::fit::{cut, cut_middle, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::count;
use crate::tui::screen::Place;
use crate::tui::theme::Theme;
use crate::tui::widget::footer;
use crate::tui::widget::text::{data, fit, spread};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Padding, Widget};

const KEYS: &[Action] =
    &[Action::OpenItem, Action::Down, Action::PreviewDown, Action::ChooseVersions, Action::Refresh, Action::Leave];

/// The least width for the cases to stand beside the report.
const BESIDE: u16 = 140;

/// Columns of a case's name, at most.
const NAME: usize = 28;

impl VersionsScreen {
    pub(super) fn draw_all(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let parts = [Constraint::Length(2), Constraint::Fill(1), Constraint::Length(footer::ROWS)];
        let [head, body, foot] = Layout::vertical(parts).areas(area);
        self.head(inset(head), buf, ctx);
        let keys: Vec<Action> = KEYS.iter().copied().filter(|action| self.offers(*action)).collect();
        match &mut self.shown {
            None => {
                let text = match self.known {
                    None => "reading …",
                    Some(_) => {
                        "Two versions of the outputs, such as two prompts or two models, are compared case by case: \
                         which is better, who says so, and which cases changed."
                    }
                };
                let lines = wrap(text, usize::from(inset(body).width)).into_iter();
                lines.zip(inset(body).rows()).for_each(|(line, row)| Line::raw(line).render(row, buf));
            }
            Some(shown) => {
                let [report, cases] = divide(body, shown.changed.len());
                let inner = frame(report, "Figures", buf, &ctx.theme);
                shown.report.draw(inner, buf, &ctx.theme, &[]);
                if let Some(place) = shown.report.place() {
                    let foot =
                        Rect { y: report.bottom().saturating_sub(1), height: 1, width: report.width - 2, ..report };
                    Line::styled(format!(" {place} "), ctx.theme.dim()).right_aligned().render(foot, buf);
                }
                list(shown, &mut self.cursor, cases, buf, ctx);
            }
        }
        footer::draw(foot, buf, Context::Versions, &keys, ctx);
    }

    fn head(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let mut left = vec![Span::styled("Versions  ", theme.heading())];
        if let Some(Shown { names, within, .. }) = &self.shown {
            let [a, b] = &names.filters;
            let within = if within.is_empty() { String::new() } else { format!(", within {within}") };
            left.extend(data(&format!("{b} against {a}{within}"), theme.text(), theme));
        }
        let right = data(&cut(&self.title, 40), theme.dim(), theme);
        spread(left, right, usize::from(area.width)).render(area, buf);
    }
}

/// The areas of the report and of the cases.
fn divide(body: Rect, changed: usize) -> [Rect; 2] {
    if body.width >= BESIDE {
        return Layout::horizontal([Constraint::Length(84), Constraint::Fill(1)]).areas(body);
    }
    let rows = u16::try_from(changed.max(1) + 2).unwrap_or(u16::MAX).min(body.height * 45 / 100);
    Layout::vertical([Constraint::Fill(1), Constraint::Length(rows)]).areas(body)
}

fn frame(area: Rect, title: &str, buf: &mut Buffer, theme: &Theme) -> Rect {
    let block = Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(theme.border(false))
        .title(Line::styled(format!(" {title} "), theme.title(false)))
        .padding(Padding::horizontal(1));
    let inner = block.inner(area);
    block.render(area, buf);
    inner
}

/// The cases whose verdict changed, a line each.
fn list(shown: &Shown, cursor: &mut crate::tui::widget::list::Cursor, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
    let theme = &ctx.theme;
    let inner = frame(area, &count(shown.changed.len() as i64, "changed verdict"), buf, theme);
    if shown.changed.is_empty() {
        return Line::styled("no case has another verdict", theme.dim()).render(inner, buf);
    }
    let at = cursor.at;
    for (of, place) in cursor.arrange(inner, shown.changed.len(), |_| 1) {
        let chosen = of == at;
        if chosen {
            buf.set_style(Rect { x: place.x - 1, width: place.width + 2, ..place }, theme.selection());
        }
        line(shown, of, chosen, usize::from(place.width), theme).render(place, buf);
    }
}

/// `▸ ✗ lost  case-9   ✓ accepted → ✗ rejected: tone`
fn line(shown: &Shown, of: usize, chosen: bool, width: usize, theme: &Theme) -> Line<'static> {
    let Some(case) = shown.case(of) else { return Line::default() };
    let Said::Judged { result, basis } = case.said() else { return Line::default() };
    let verdict = if result == CaseResult::Won { Verdict::Accept } else { Verdict::Reject };
    let style = if chosen { theme.accent() } else { theme.text() };
    let mut spans = vec![
        Span::styled(if chosen { "▸ " } else { "  " }, style),
        Span::styled(format!("{} {:<4}  ", verdict.sign(), result.as_str()), theme.verdict(verdict)),
    ];
    spans.extend(data(&cut_middle(&case.name, NAME), style, theme));
    spans.push(Span::raw("  "));
    let [a, b] = case.outputs.each_ref().map(|output| output.as_ref().map_or(String::new(), told));
    spans.extend(data(&format!("{a} → {b}"), theme.dim(), theme));
    if basis != Basis::Person {
        spans.push(Span::styled(format!("  ({})", basis.as_str()), theme.dim()));
    }
    Line::from(fit(spans, width))
}

/// `rejected: tone`
pub(super) fn told(output: &Output) -> String {
    let Some(judged) = &output.judged else { return "undecided".into() };
    let categories = judged.remarks.categories.join(", ");
    let verdict = judged.verdict().past();
    if categories.is_empty() { verdict.into() } else { format!("{verdict}: {categories}") }
}

/// The style of an output's verdict.
pub(super) fn style(output: &Output, theme: &Theme) -> Style {
    output.judged.as_ref().map_or(theme.dim(), |judged| theme.verdict(judged.verdict()))
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 2, width: area.width.saturating_sub(4), ..area }
}
