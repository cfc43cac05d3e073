//! The rubric pane: the decision asked, the criteria with their scores, what can be
//! wrong, and what the reviewer has put down.

use super::{OpenItem, Retry, Unsaved};
use crate::domain::decision::Decision;
use crate::domain::mark::excerpt;
use crate::domain::spec::{Criterion, Spec};
use crate::domain::time::ago;
use crate::text::fit::{cut, wrap};
use crate::text::sanitize;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::text_view::Scroll;
use crate::tui::theme::Theme;
use crate::tui::widget::categories::{Choice, failure_line};
use crate::tui::widget::text::spread;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use std::ops::Range;

/// The thing that a row of the pane belongs to, for the mouse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    Criterion(usize),
    Failure(usize),
    Note,
    Mark,
}

struct Row {
    line: Line<'static>,
    target: Option<Target>,
}

/// The place in the pane, and what was seen there.
#[derive(Debug)]
pub struct RubricView {
    top: usize,
    /// Keep the focused criterion in sight.
    follow: bool,
    rows: usize,
    area: Rect,
    seen: Vec<Option<Target>>,
}

impl Default for RubricView {
    fn default() -> Self {
        Self { top: 0, follow: true, rows: 0, area: Rect::ZERO, seen: Vec::new() }
    }
}

impl RubricView {
    /// The focused criterion comes into sight.
    pub fn follow(&mut self) {
        self.follow = true;
    }

    pub fn scroll(&mut self, scroll: Scroll) {
        self.follow = false;
        let page = usize::from(self.area.height).max(1);
        let by = match scroll {
            Scroll::Rows(rows) => rows,
            Scroll::Pages(pages) => pages * page as isize,
            Scroll::Top => -(self.rows as isize),
            Scroll::Bottom => self.rows as isize,
        };
        self.top = self.top.saturating_add_signed(by).min(self.rows.saturating_sub(page));
    }

    /// The thing that was drawn in a row of the screen.
    pub fn target(&self, row: u16) -> Option<Target> {
        let at = row.checked_sub(self.area.y)?;
        self.seen.get(usize::from(at)).copied().flatten()
    }

    fn show(&mut self, rows: Vec<Row>, focused: Option<Range<usize>>, area: Rect, buf: &mut Buffer) {
        let height = usize::from(area.height);
        (self.area, self.rows) = (area, rows.len());
        if let Some(focused) = focused.filter(|_| self.follow) {
            self.top = self.top.max(focused.end.saturating_sub(height)).min(focused.start);
        }
        self.top = self.top.min(rows.len().saturating_sub(height));
        self.seen.clear();
        for (row, place) in rows.into_iter().skip(self.top).zip(area.rows()) {
            self.seen.push(row.target);
            row.line.render(place, buf);
        }
    }

    pub fn more_above(&self) -> bool {
        self.top > 0
    }

    pub fn more_below(&self) -> bool {
        self.top + usize::from(self.area.height) < self.rows
    }
}

/// Draws the pane's inside.
pub fn draw(open: &mut OpenItem, spec: &Spec, area: Rect, buf: &mut Buffer, ctx: &AppContext, focused: bool) {
    let mut page = Page::new(open, spec, usize::from(area.width), ctx);
    // As much of the focused criterion as there is room for; all of it where the
    // reviewer looks at the rubric.
    for detail in [Detail::Whole, Detail::Levels, Detail::Brief, Detail::Chosen] {
        page.write(detail);
        if focused || page.rows.len() <= usize::from(area.height) {
            break;
        }
    }
    let (rows, focus) = (std::mem::take(&mut page.rows), page.focus.clone());
    open.rubric.show(rows, focus, area, buf);
}

/// The part of the focused criterion that is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Detail {
    /// The question, and every level in full.
    Whole,
    /// Every level in full.
    Levels,
    /// Every level in one line.
    Brief,
    /// The level chosen.
    Chosen,
}

/// The pane's lines, in the making.
struct Page<'a> {
    open: &'a OpenItem,
    spec: &'a Spec,
    width: usize,
    ctx: &'a AppContext,
    theme: &'a Theme,
    rows: Vec<Row>,
    focus: Option<Range<usize>>,
}

impl<'a> Page<'a> {
    fn new(open: &'a OpenItem, spec: &'a Spec, width: usize, ctx: &'a AppContext) -> Self {
        Self { open, spec, width, ctx, theme: &ctx.theme, rows: Vec::new(), focus: None }
    }

    fn write(&mut self, detail: Detail) {
        self.rows.clear();
        self.unsaved();
        self.text(&self.spec.decision, self.theme.heading(), 0, None);
        self.mine();
        self.criteria(detail);
        self.failures();
        self.marks();
        self.route();
        self.note();
    }

    fn put(&mut self, line: Line<'static>, target: Option<Target>) {
        self.rows.push(Row { line, target });
    }

    fn text(&mut self, text: &str, style: Style, indent: usize, target: Option<Target>) {
        for line in wrap(text, self.width.saturating_sub(indent)) {
            self.put(Line::styled(format!("{}{line}", " ".repeat(indent)), style), target);
        }
    }

    fn heading(&mut self, text: &str) {
        self.put(Line::default(), None);
        self.put(Line::styled(text.to_owned(), self.theme.dim()), None);
    }

    /// The decision that could not be recorded stays in sight, with what helps.
    fn unsaved(&mut self) {
        let Some(Unsaved { judgement, reason, hint, retry }) = &self.open.unsaved else { return };
        let verdict = judgement.verdict;
        self.text(&format!("{} {} NOT SAVED", verdict.sign(), verdict.past()), self.theme.error(), 0, None);
        self.text(reason, self.theme.warning(), 2, None);
        if let Some(hint) = hint {
            self.text(hint, self.theme.dim(), 2, None);
        }
        let keys = self.ctx.keymap.keys_for(Context::Review, Action::Retry).join(" or ");
        let what = match retry {
            Retry::Again => "saves it again",
            Retry::LookAgain => "looks at the item again",
            Retry::Reopen => "shows the rubric in force",
        };
        self.text(&format!("{keys} {what}; nothing is lost"), self.theme.text(), 2, None);
        self.put(Line::default(), None);
    }

    fn mine(&mut self) {
        let Some(Decision { judgement, decided_at, .. }) = &self.open.served.mine else { return };
        let verdict = judgement.verdict;
        self.put(Line::default(), None);
        let words = format!("{} You {} it", verdict.sign(), verdict.past());
        let when = format!(" · {}", ago(*decided_at, self.ctx.now));
        let spans = vec![Span::styled(words, self.theme.verdict(verdict)), Span::styled(when, self.theme.dim())];
        self.put(Line::from(spans), None);
        self.text("another verdict takes its place", self.theme.dim(), 2, None);
    }

    fn criteria(&mut self, detail: Detail) {
        if self.spec.criteria.is_empty() {
            return;
        }
        self.heading("Criteria");
        for (at, criterion) in self.spec.criteria.iter().enumerate() {
            let start = self.rows.len();
            let is_focused = at == self.open.criterion;
            self.criterion(at, criterion, is_focused);
            match detail {
                Detail::Whole if is_focused => {
                    self.text(&criterion.question, self.theme.dim(), 4, Some(Target::Criterion(at)));
                    self.levels(at, criterion, false);
                }
                Detail::Levels if is_focused => self.levels(at, criterion, false),
                Detail::Brief if is_focused => self.levels(at, criterion, true),
                _ => self.level(at, criterion),
            }
            if is_focused {
                self.focus = Some(start..self.rows.len());
            }
        }
    }

    fn criterion(&mut self, at: usize, criterion: &Criterion, focused: bool) {
        let theme = self.theme;
        let score = self.open.draft.scores.get(&criterion.key).copied();
        let (pointer, style) = if focused { ("▸ ", theme.accent()) } else { ("  ", theme.text()) };
        let required = if criterion.required && score.is_none() { " *" } else { "" };
        let name = format!("{pointer}{}", sanitize::line(&criterion.name));
        let left = vec![Span::styled(name, style), Span::styled(required, theme.warning())];
        let line = spread(left, scale(score, criterion.levels.len(), theme), self.width);
        self.put(line, Some(Target::Criterion(at)));
    }

    /// The sentence of the level chosen.
    fn level(&mut self, at: usize, criterion: &Criterion) {
        let score = self.open.draft.scores.get(&criterion.key);
        if let Some(level) = score.and_then(|&score| criterion.levels.get(usize::from(score).checked_sub(1)?)) {
            self.text(level, self.theme.dim(), 4, Some(Target::Criterion(at)));
        }
    }

    /// Every level with its digit; in one line each, or in full.
    fn levels(&mut self, at: usize, criterion: &Criterion, brief: bool) {
        let target = Some(Target::Criterion(at));
        let width = self.width.saturating_sub(7);
        let score = self.open.draft.scores.get(&criterion.key).map(|&score| usize::from(score));
        for (digit, level) in (1..).zip(&criterion.levels) {
            let style = if score == Some(digit) { self.theme.accent() } else { self.theme.dim() };
            let sign = if score == Some(digit) { '●' } else { ' ' };
            let level = if brief { vec![cut(level, width)] } else { wrap(level, width) };
            for (row, line) in level.into_iter().enumerate() {
                let spans = match row {
                    0 => vec![
                        Span::styled(format!("   {sign}"), style),
                        Span::styled(format!("{digit} "), self.theme.key()),
                        Span::styled(line, style),
                    ],
                    _ => vec![Span::styled(format!("      {line}"), style)],
                };
                self.put(Line::from(spans), target);
            }
        }
    }

    fn failures(&mut self) {
        if self.spec.failures.is_empty() {
            return;
        }
        self.heading("Failure categories");
        for (at, failure) in self.spec.failures.iter().enumerate() {
            let chosen = self.open.draft.categories.contains(&failure.key);
            let line = failure_line(failure, Choice::Many, chosen, None, self.width, self.theme);
            self.put(line, Some(Target::Failure(at)));
        }
    }

    fn marks(&mut self) {
        if self.open.draft.marks.is_empty() {
            return;
        }
        self.heading("Marks");
        for (at, mark) in self.open.draft.marks.iter().enumerate() {
            let target = Some(Target::Mark);
            let name = self.spec.failure(&mark.category).map_or(&mark.category, |failure| &failure.name);
            let name = cut(name, self.width.saturating_sub(4));
            let spans = vec![
                Span::styled(format!("  {} ", at + 1), self.theme.key()),
                Span::styled(name, self.theme.warning()),
            ];
            self.put(Line::from(spans), target);
            let room = self.width.saturating_sub(6);
            let text = cut(&excerpt(&mark.text, self.width), room);
            self.put(Line::styled(format!("    “{text}”"), self.theme.text()), target);
            if !mark.comment.is_empty() {
                self.text(&mark.comment, self.theme.dim(), 4, target);
            }
        }
    }

    fn route(&mut self) {
        let Some(key) = &self.open.draft.route else { return };
        let name = self.spec.route(key).map_or(key, |route| &route.name);
        self.heading("Escalation route");
        self.text(name, self.theme.text(), 2, None);
    }

    fn note(&mut self) {
        self.heading("Note");
        let target = Some(Target::Note);
        match self.open.draft.note.as_str() {
            "" => {
                let keys = self.ctx.keymap.keys_for(Context::Review, Action::Note).join(" or ");
                self.text(&format!("none yet · {keys} writes one"), self.theme.dim(), 2, target);
            }
            note => self.text(note, self.theme.text(), 2, target),
        }
    }
}

/// `●●●○○ 3`: filled up to the score.
fn scale(score: Option<u8>, levels: usize, theme: &Theme) -> Vec<Span<'static>> {
    let filled = usize::from(score.unwrap_or(0)).min(levels);
    let number = score.map_or("–".into(), |score| score.to_string());
    vec![
        Span::styled("●".repeat(filled), theme.accent()),
        Span::styled("○".repeat(levels - filled), theme.track()),
        Span::styled(format!(" {number}"), if score.is_some() { theme.accent() } else { theme.dim() }),
    ]
}
