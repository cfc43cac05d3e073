//! Agreement, drawn: a row for each thing that is judged, and all coefficients of the one under the
//! cursor.

use super::{AgreementScreen, Tab};
use crate::analysis::opinions::{LeftOut, Subject};
use crate::analysis::stats::agreement::{Coefficient, ENOUGH, MANY, Undefined, chance_of_at_least, name};
use crate::domain::spec::Spec;
use crate::text::fit::{cut, wrap};
use crate::text::plural::count;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::screen::Place;
use crate::tui::theme::Theme;
use crate::tui::widget::footer;
use crate::tui::widget::text::{data, spread};
use crate::tui::worker::{Counted, Row};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use unicode_width::UnicodeWidthStr;

const KEYS: &[Action] =
    &[Action::OpenItem, Action::Disagreement, Action::PreviewDown, Action::Down, Action::Refresh, Action::Leave];

/// Wider than this, the eye loses the line.
pub(super) const WIDEST: u16 = 150;

/// Columns beside what is judged.
const NUMBERS: usize = 62;

/// Rows for all coefficients of one subject.
const DETAIL: u16 = 13;

impl AgreementScreen {
    pub(super) fn draw_all(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let parts = [Constraint::Length(3), Constraint::Fill(1), Constraint::Length(footer::ROWS)];
        let [head, body, foot] = Layout::vertical(parts).areas(area);
        self.head(inset(head), buf, ctx);
        let theme = &ctx.theme;
        match (&self.counted, self.tab) {
            (None, _) => Line::styled("counting …", theme.dim()).render(inset(body), buf),
            (Some(counted), Tab::Agree) if nothing(counted) => {
                let text = "Nothing was judged by two people yet. `opinions` of a sampling rule asks several of each output, \
                            and `[review] audit` a second of a share of them; how far they agree stands here then.";
                paragraph(text, inset(body), buf, theme);
            }
            (Some(_), Tab::Agree) => self.subjects(inset(body), buf, ctx),
            (Some(_), Tab::Differ) => self.draw_differing(body, buf, ctx),
        }
        let keys: Vec<Action> = KEYS.iter().copied().filter(|action| self.offers(*action)).collect();
        footer::draw(foot, buf, Context::Agreement, &keys, ctx);
    }

    fn head(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let width = usize::from(area.width);
        let mut left = vec![Span::styled("≈ Agreement", theme.heading()), Span::raw("  ")];
        left.extend(data(&cut(&self.title, width / 2), theme.text(), theme));
        spread(left, Vec::new(), width).render(area, buf);
        let tab = |tab: Tab, name: &'static str| {
            let chosen = tab == self.tab;
            let name = if chosen { format!("▸{name} ") } else { format!(" {name} ") };
            Span::styled(name, theme.title(chosen))
        };
        let tabs = vec![tab(Tab::Agree, "Agree"), Span::raw("  "), tab(Tab::Differ, "Differ")];
        let left_out = self.counted.as_ref().map(|counted| left_out(counted.left_out)).unwrap_or_default();
        let right = vec![Span::styled(left_out, theme.dim())];
        spread(tabs, right, width).render(Rect { y: area.y + 1, height: 1, ..area }, buf);
    }

    fn subjects(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let Some(counted) = &self.counted else { return };
        let theme = &ctx.theme;
        let height = if area.height >= DETAIL + 5 { DETAIL } else { 0 };
        let rows = (counted.rows.len() as u16).min(area.height.saturating_sub(height + 1));
        let [head, list, detail] =
            Layout::vertical([Constraint::Length(1), Constraint::Length(rows), Constraint::Length(height)]).areas(area);
        let width = usize::from(area.width).saturating_sub(NUMBERS).clamp(10, 30);
        let heads = format!("  {:<width$} {:>6} {:>6}  {:<21}  {:<21}", "", "BY TWO", "RAW", "AC1, AC2", "ALPHA");
        Line::styled(heads, theme.dim()).render(head, buf);
        let at = self.subjects.at;
        for (of, place) in self.subjects.arrange(list, counted.rows.len(), |_| 1) {
            let chosen = of == at;
            if chosen {
                buf.set_style(Rect { x: place.x - 1, width: place.width + 2, ..place }, theme.selection());
            }
            row(&counted.rows[of], &counted.spec, chosen, width, theme).render(place, buf);
        }
        if let Some(chosen) = counted.rows.get(at)
            && height > 0
        {
            let lines = coefficients(chosen, theme).into_iter();
            lines.zip(detail.rows().skip(1)).for_each(|(line, place)| line.render(place, buf));
        }
    }
}

fn nothing(counted: &Counted) -> bool {
    counted.rows.iter().all(|row| row.compared.agreement.judged_twice == 0)
}

/// `▸ verdict      96  85 %  0.70 (0.56 to 0.84)   0.32 (0.05 to 0.58)`
fn row(row: &Row, spec: &Spec, chosen: bool, width: usize, theme: &Theme) -> Line<'static> {
    let found = &row.compared.agreement;
    let style = if chosen { theme.accent() } else { theme.text() };
    let name = if row.is_drawn { row.subject.told(spec) } else { format!("{} · asked", row.subject.told(spec)) };
    let name = cut(&name, width);
    let gap = " ".repeat(width.saturating_sub(name.width()));
    let mut spans = vec![Span::styled(if chosen { "▸ " } else { "  " }, style)];
    spans.extend(data(&name, style, theme));
    spans.push(Span::raw(gap));
    let raw = match found.raw {
        Some(raw) if found.judged_twice >= ENOUGH => format!("{:.0} %", raw * 100.0),
        _ => String::new(),
    };
    spans.push(Span::styled(format!(" {:>6} {raw:>6}  ", found.judged_twice), theme.text()));
    if found.judged_twice < ENOUGH {
        let told = match found.judged_twice {
            0 => "nobody judged it by two".to_owned(),
            _ => format!("under {ENOUGH}: all the same on {}", found.unanimous),
        };
        spans.push(Span::styled(told, theme.dim()));
        return Line::from(spans);
    }
    let gwet = if row.subject == Subject::Categories { String::new() } else { short(&found.coefficients.gwet) };
    spans.push(Span::styled(format!("{gwet:<21}  "), theme.text()));
    spans.push(Span::styled(short(&found.coefficients.krippendorff), theme.text()));
    Line::from(spans)
}

/// `0.70 (0.56 to 0.84)`
fn short(Coefficient { value, interval, .. }: &Coefficient) -> String {
    match (value, interval) {
        (Some(value), Some(interval)) => {
            format!("{} ({} to {})", decimal(*value), decimal(interval.low), decimal(interval.high))
        }
        (Some(value), None) => decimal(*value),
        (None, _) => "undefined".into(),
    }
}

/// All coefficients of a subject, with what explains them.
fn coefficients(row: &Row, theme: &Theme) -> Vec<Line<'static>> {
    let found = &row.compared.agreement;
    let (first, last) = row.versions;
    let versions = if first == last { format!("version {first}") } else { format!("versions {first} to {last}") };
    let few = if (ENOUGH..MANY).contains(&found.judged_twice) { ", which are few" } else { "" };
    let by_two = count(found.judged_twice as usize, "item");
    let people = count(found.raters, "reviewer");
    let head = format!("{}: {by_two} judged by two or more{few}, {people}, {versions} of the spec", row.subject.key());
    let mut lines = vec![Line::from(data(&head, theme.heading(), theme))];
    let by_level = found.specific.by_level.iter().zip(&row.compared.names);
    let by_level = by_level.filter_map(|(share, name)| Some(format!("{name} {:.0} %", (*share)? * 100.0)));
    let by_level: Vec<String> = by_level.collect();
    if row.subject != Subject::Categories && !by_level.is_empty() {
        let mut told = format!("where one says so, another does too: {}", by_level.join(", "));
        if let Some(index) = found.specific.prevalence_index {
            told.push_str(&format!("; prevalence index {}", decimal(index)));
        }
        if let Some(index) = found.specific.bias_index {
            told.push_str(&format!(", bias index {}", decimal(index)));
        }
        lines.push(Line::from(data(&told, theme.text(), theme)));
    }
    if found.judged_twice < ENOUGH {
        lines.push(Line::styled("too few for coefficients", theme.dim()));
        return lines;
    }
    let is_weighted = row.subject.scale().1 != "identity";
    let is_of_these = |coefficient: &Coefficient| coefficient.why != Some(Undefined::Sets);
    let each = found.coefficients.each().into_iter().filter(|(_, coefficient)| is_of_these(coefficient));
    for (key, coefficient) in each {
        let Coefficient { value, se, why, .. } = coefficient;
        let name = name(key, is_weighted);
        let value_told = value.map_or("-".into(), |_| short(coefficient));
        let sure = value.zip(*se).filter(|(_, se)| *se > 0.0);
        let sure = sure.map(|(value, se)| format!("at least 0.6: {:.0} %", chance_of_at_least(value, se, 0.6) * 100.0));
        let holds = coefficient.interval.and_then(|_| found.shortfall(key));
        let holds = holds.map(|holds| format!("holds in {:.0} %", holds * 100.0));
        let sure = match (sure, holds) {
            (Some(sure), Some(holds)) => Some(format!("{holds} · {sure}")),
            (sure, holds) => sure.or(holds),
        };
        let behind = why.map(|why| why.told(&row.compared.names)).or(sure).unwrap_or_default();
        let spans = vec![
            Span::styled(format!("  {name:<20}  {value_told:<22}  "), theme.text()),
            Span::styled(cut(&behind, 90), theme.dim()),
        ];
        lines.push(Line::from(spans));
    }
    let is_short = found
        .coefficients
        .each()
        .iter()
        .any(|(key, coefficient)| coefficient.interval.is_some() && found.shortfall(key).is_some());
    if is_short {
        let told = "holds in: how often such an interval held the truth in simulations; it should in 95 %";
        lines.push(Line::styled(format!("  {told}"), theme.dim()));
    }
    lines
}

/// Two decimals, without a sign of what rounds to nothing.
fn decimal(number: f64) -> String {
    format!("{:.2}", (number * 100.0).round() / 100.0 + 0.0)
}

fn left_out(LeftOut { seen, bulk, kept, .. }: LeftOut) -> String {
    let parts = [(seen, "seen before"), (bulk, "in bulk"), (kept, "kept from you")];
    let told: Vec<String> =
        parts.into_iter().filter(|(times, _)| *times > 0).map(|(times, what)| format!("{times} {what}")).collect();
    if told.is_empty() { String::new() } else { format!("left out: {}", told.join(", ")) }
}

pub(super) fn paragraph(text: &str, area: Rect, buf: &mut Buffer, theme: &Theme) {
    let lines = wrap(text, usize::from(area.width)).into_iter();
    lines.zip(area.rows()).for_each(|(line, row)| Line::styled(line, theme.text()).render(row, buf));
}

pub(super) fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 2, width: area.width.saturating_sub(4).min(WIDEST), ..area }
}
