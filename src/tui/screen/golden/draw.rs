//! The golden set, drawn.

use super::{GoldenScreen, Tab};
use crate::domain::golden::Expected;
use crate::domain::time::ago;
use crate::store::{Because, Candidate, Golden, GoldenRow};
use crate::text::fit::{cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::screen::Place;
use crate::tui::theme::Theme;
use crate::tui::widget::footer;
use crate::tui::widget::text::{data, spread};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

const KEYS: &[Action] = &[
    Action::OpenItem,
    Action::Edit,
    Action::RemoveGolden,
    Action::PreviewDown,
    Action::NarrowList,
    Action::Candidates,
    Action::Undo,
    Action::Redo,
    Action::Down,
    Action::Leave,
];

const KEYS_CANDIDATES: &[Action] = &[
    Action::Golden,
    Action::OpenItem,
    Action::PreviewDown,
    Action::Candidates,
    Action::Undo,
    Action::Redo,
    Action::Down,
    Action::Leave,
];

const KEYS_EMPTY: &[Action] = &[Action::Candidates, Action::Undo, Action::Redo, Action::Refresh, Action::Leave];

/// Wider than this, the eye loses the line.
const WIDEST: u16 = 140;

/// The least width for the text of a row to stand beside the list.
const BESIDE: u16 = 100;

/// An entry takes two lines and an empty one.
const ROWS: usize = 3;

impl GoldenScreen {
    pub(super) fn draw_all(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let parts = [Constraint::Length(3), Constraint::Fill(1), Constraint::Length(footer::ROWS)];
        let [head, body, foot] = Layout::vertical(parts).areas(area);
        self.head(inset(head), buf, ctx);
        let theme = &ctx.theme;
        match &self.window {
            None => Line::styled("reading …", theme.dim()).render(inset(body), buf),
            Some(window) if window.rows.is_empty() => self.empty(inset(body), buf, ctx),
            Some(_) => {
                let (list, text) = self.preview.divide(body, body.width >= BESIDE, body.height);
                self.list(inset(list), buf, ctx);
                if let Some(text) = text {
                    self.preview.draw(text, Vec::new(), buf, ctx);
                }
            }
        }
        let keys = match self.tab {
            Tab::Examples if !self.narrow.is_empty() => KEYS,
            _ if self.rows().is_empty() => KEYS_EMPTY,
            Tab::Examples => KEYS,
            Tab::Candidates => KEYS_CANDIDATES,
        };
        let keys: Vec<Action> = keys.iter().copied().filter(|action| self.offers(*action)).collect();
        footer::draw(foot, buf, Context::Golden, &keys, ctx);
    }

    fn head(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let width = usize::from(area.width);
        let mut left = vec![Span::styled("★ Golden set", theme.heading()), Span::raw("  ")];
        left.extend(data(&cut(&self.title, width / 2), theme.text(), theme));
        let version = if self.set_version > 0 { format!("version {}", self.set_version) } else { String::new() };
        spread(left, vec![Span::styled(version, theme.dim())], width).render(area, buf);
        let tab = |tab: Tab, name: &'static str| {
            let chosen = tab == self.tab;
            let name = if chosen { format!("▸{name} ") } else { format!(" {name} ") };
            Span::styled(name, theme.title(chosen))
        };
        let mut tabs = vec![tab(Tab::Examples, "Examples"), Span::raw("  "), tab(Tab::Candidates, "Candidates")];
        if !self.narrow.trim().is_empty() && self.tab == Tab::Examples {
            tabs.extend(data(&format!("   only: {}", self.narrow.trim()), theme.warning(), theme));
        }
        let more = self.window.as_ref().is_some_and(|window| window.above || window.below);
        let count = format!("{}{}", self.rows().len(), if more { "+" } else { "" });
        let right = if self.window.is_some() { vec![Span::styled(count, theme.dim())] } else { Vec::new() };
        spread(tabs, right, width).render(Rect { y: area.y + 1, height: 1, ..area }, buf);
    }

    fn list(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let count = self.rows().len();
        for (at, place) in self.cursor.arrange(area, count, |_| ROWS) {
            let chosen = at == self.cursor.at;
            if chosen {
                let height = place.height.min(2);
                let band = Rect { x: place.x - 1, width: place.width + 2, height, ..place };
                buf.set_style(band, ctx.theme.selection());
            }
            let width = usize::from(place.width);
            let lines = match &self.rows()[at] {
                GoldenRow::Example(golden) => example(golden, chosen, width, ctx),
                GoldenRow::Candidate(candidate) => of_candidate(candidate, chosen, width, ctx),
            };
            lines.into_iter().zip(place.rows()).for_each(|(line, row)| line.render(row, buf));
        }
    }

    /// Draws what to do where there is nothing.
    fn empty(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let key = |context, action| ctx.keymap.keys_for(context, action).join(" or ");
        let text = match self.tab {
            Tab::Examples if !self.narrow.trim().is_empty() => {
                format!("No example is like that. {} changes what is shown.", key(Context::Golden, Action::NarrowList))
            }
            Tab::Examples => format!(
                "No golden examples yet.\n\nOn an item under review, {} keeps it as an example: with the verdict that a \
                 reviewer should come to, the output as it should be, tags, and a sentence why.\n\nRejected items that \
                 were corrected, and escalated ones that were answered, make good ones: {} shows them.\n\nWithout the screen:  karat golden add {} ITEM",
                key(Context::Review, Action::Golden),
                key(Context::Golden, Action::Candidates),
                self.queue,
            ),
            Tab::Candidates => {
                "No candidates.\n\nAn item that was rejected and corrected, or escalated and answered by another, \
                 stands here until it is golden."
                    .into()
            }
        };
        let lines = wrap(&text, usize::from(area.width).min(72)).into_iter();
        lines.zip(area.rows()).for_each(|(line, row)| Line::styled(line, ctx.theme.text()).render(row, buf));
    }
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 2, width: area.width.saturating_sub(4).min(WIDEST), ..area }
}

fn name(id: &str, chosen: bool, width: usize, theme: &Theme) -> Vec<Span<'static>> {
    let style = if chosen { theme.accent() } else { theme.text() };
    let mut spans = vec![Span::styled(if chosen { "▸ " } else { "  " }, style)];
    spans.extend(data(&cut(id, width / 3), style, theme));
    spans
}

fn by(who: &str, at: i64, width: usize, ctx: &AppContext) -> Vec<Span<'static>> {
    vec![Span::styled(format!("{} · {}", cut(who, width / 6), ago(at, ctx.now)), ctx.theme.dim())]
}

/// The lines of an example: what is expected, of which item, with which tags; and why.
fn example(golden: &Golden, chosen: bool, width: usize, ctx: &AppContext) -> Vec<Line<'static>> {
    let theme = &ctx.theme;
    let example = &golden.example;
    let mut left = name(&golden.id, chosen, width, theme);
    let verdict = example.verdict;
    left.push(Span::styled(format!("  {} {}", verdict.sign(), verdict.as_str()), theme.verdict(verdict)));
    let expected = match example.expected {
        Expected::Output => "  its own output",
        Expected::Reference => "  the reference",
        Expected::Correction => "  the correction",
        Expected::Nothing => "  no output",
    };
    left.push(Span::styled(expected, theme.dim()));
    for category in &example.categories {
        left.extend(data(&format!("  {category}"), theme.warning(), theme));
    }
    for tag in &example.tags {
        left.extend(data(&format!("  #{tag}"), theme.accent(), theme));
    }
    let (why, style) = match example.why.trim() {
        "" => ("no reason given".to_owned(), theme.dim()),
        why => (why.to_owned(), theme.text()),
    };
    let mut second = vec![Span::raw("  ")];
    second.extend(data(&why, style, theme));
    let edited = if golden.version > 1 { format!("version {}", golden.version) } else { String::new() };
    let first = spread(left, by(&golden.kept_by, golden.kept_at, width, ctx), width);
    vec![first, spread(second, vec![Span::styled(edited, theme.dim())], width)]
}

/// The lines of a candidate: how it was decided; what it was corrected to, or what was asked.
fn of_candidate(candidate: &Candidate, chosen: bool, width: usize, ctx: &AppContext) -> Vec<Line<'static>> {
    let theme = &ctx.theme;
    let mut left = name(&candidate.id, chosen, width, theme);
    if let Because::Answered { .. } = &candidate.because {
        let verdict = candidate.verdict;
        left.push(Span::styled(format!("  {} {}", verdict.sign(), verdict.past()), theme.verdict(verdict)));
    }
    left.extend(data(&format!("  {}", candidate.categories.join(", ")), theme.warning(), theme));
    if !candidate.note.trim().is_empty() {
        left.extend(data(&format!("  “{}”", candidate.note.trim()), theme.text(), theme));
    }
    let (what, text) = match &candidate.because {
        Because::Corrected(correction) => ("  corrected to: ".into(), correction.trim().to_owned()),
        Because::Answered { asked_by, asked } => {
            (format!("  {} asked: ", cut(asked_by, width / 6)), format!("“{}”", asked.trim()))
        }
    };
    let second = [data(&what, theme.dim(), theme), data(&text, theme.text(), theme)].concat();
    let first = spread(left, by(&candidate.reviewer, candidate.decided_at, width, ctx), width);
    vec![first, spread(second, Vec::new(), width)]
}
