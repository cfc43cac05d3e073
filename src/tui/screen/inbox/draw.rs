//! The inbox, drawn.

use super::Inbox;
use crate::domain::decision::Verdict;
use crate::domain::time::ago;
use crate::store::Asked;
use crate::text::fit::{clipped, cut, wrap};
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::count;
use crate::tui::screen::Place;
use crate::tui::widget::escalation::{due, due_style};
use crate::tui::widget::footer;
use crate::tui::widget::text::{data, spread, width_of};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

const KEYS: &[Action] = &[
    Action::OpenItem,
    Action::Accept,
    Action::Reject,
    Action::SendBack,
    Action::PreviewDown,
    Action::Undo,
    Action::Down,
    Action::Refresh,
    Action::Leave,
];

/// Wider than this, the eye loses the line.
const WIDEST: u16 = 140;

/// The least width for the text of an item to stand beside the list.
const BESIDE: u16 = 100;

/// A question takes two lines and an empty one.
const ROWS: usize = 3;

/// Rows of the chosen question's reason, at most.
const REASON_ROWS: usize = 3;

impl Inbox {
    pub(super) fn draw_all(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let parts = [Constraint::Length(2), Constraint::Fill(1), Constraint::Length(footer::ROWS)];
        let [head, body, foot] = Layout::vertical(parts).areas(area);
        self.head(inset(head), buf, ctx);
        let theme = &ctx.theme;
        match self.questions.as_deref() {
            None => Line::styled("reading …", theme.dim()).render(inset(body), buf),
            Some([]) => {
                let room = inset(body);
                let text = "Nothing waits for your answer. What reviewers escalate to you, or to a group of yours, \
                            comes here.";
                let lines = wrap(text, usize::from(room.width)).into_iter();
                lines.zip(room.rows()).for_each(|(line, row)| Line::styled(line, theme.text()).render(row, buf));
            }
            Some(_) => {
                let rows = self.rows(usize::from(inset(body).width));
                let (list, text) = self.preview.divide(body, body.width >= BESIDE, rows);
                self.list(inset(list), buf, ctx);
                if let Some(text) = text {
                    self.preview.draw(text, Vec::new(), buf, ctx);
                }
            }
        }
        let keys: Vec<Action> = KEYS.iter().copied().filter(|action| self.offers(*action)).collect();
        footer::draw(foot, buf, Context::Inbox, &keys, ctx);
    }

    fn head(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let mut left = vec![Span::styled(format!("{} Inbox", Verdict::Escalate.sign()), theme.heading())];
        let questions = self.questions();
        if !questions.is_empty() {
            left.push(Span::styled(format!("  {}", count(questions.len() as i64, "question")), theme.text()));
        }
        let overdue = questions.iter().filter(|question| question.is_overdue(ctx.now)).count();
        if overdue > 0 {
            left.push(Span::styled(format!("  ! {overdue} overdue"), theme.error()));
        }
        let right = vec![Span::styled(cut(&ctx.reviewer, 40), theme.dim())];
        spread(left, right, usize::from(area.width)).render(area, buf);
    }

    /// Rows that all questions take.
    fn rows(&self, width: usize) -> u16 {
        let questions = self.questions().iter().enumerate();
        let rows: usize =
            questions.map(|(of, asked)| ROWS - 1 + lines_of_reason(asked, of == self.cursor.at, width).len()).sum();
        rows.min(usize::from(u16::MAX)) as u16
    }

    fn list(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let width = usize::from(area.width);
        let questions = self.questions.as_deref().unwrap_or_default();
        let at = self.cursor.at;
        let reason = |of: usize| lines_of_reason(&questions[of], of == at, width);
        let heights = |of: usize| ROWS - 1 + reason(of).len();
        for (of, place) in self.cursor.arrange(area, questions.len(), heights) {
            let (question, chosen) = (&questions[of], of == at);
            let reason = reason(of);
            if chosen {
                let height = place.height.min(1 + reason.len() as u16);
                let band = Rect { x: place.x - 1, width: place.width + 2, height, ..place };
                buf.set_style(band, ctx.theme.selection());
            }
            let route = question.asked.route.as_ref().map(|key| {
                let spec = self.specs.get(&question.queue);
                spec.and_then(|spec| spec.route(key)).map_or_else(|| key.clone(), |route| route.name.clone())
            });
            let first = first_line(question, route, chosen, width, ctx);
            let below = reason.into_iter().map(|text| Line::from(data(&text, ctx.theme.text(), &ctx.theme)));
            std::iter::once(first).chain(below).zip(place.rows()).for_each(|(line, row)| line.render(row, buf));
        }
    }
}

/// `▸ ! i7  replies → Policy desk    ana 2 h ago · overdue since 20 min`
fn first_line(question: &Asked, route: Option<String>, chosen: bool, width: usize, ctx: &AppContext) -> Line<'static> {
    let (theme, asked) = (&ctx.theme, &question.asked);
    let style = if chosen { theme.accent() } else { theme.text() };
    let mut right = Vec::new();
    match asked.due_at {
        Some(at) => right.push(Span::styled(format!("  {}", due(at, ctx.now)), due_style(at, ctx.now, theme))),
        None => right.push(Span::styled("  no time set", theme.dim())),
    }
    let mut left = vec![Span::styled(if chosen { "▸ " } else { "  " }, style)];
    if question.is_overdue(ctx.now) {
        left.push(Span::styled("! ", theme.error()));
    }
    let room = width.saturating_sub(width_of(&right) + width_of(&left));
    left.extend(data(&cut(&question.item, room), style, theme));
    let room = width.saturating_sub(width_of(&right) + 1);
    let route = route.map_or_else(String::new, |route| format!(" → {route}"));
    let asker = data(&format!("  {}, {}", asked.by, ago(asked.at, ctx.now)), theme.dim(), theme);
    // Who asks is wanted more than where, which the opened item says.
    let left_over = room.saturating_sub(width_of(&left) + width_of(&asker));
    let places = [format!("  {}{route}", question.queue), format!(" {route}")];
    let place = places.iter().map(|place| data(place, theme.dim(), theme)).find(|place| width_of(place) <= left_over);
    left.extend(place.unwrap_or_default());
    left.extend(asker);
    spread(left, right, width)
}

/// The reason: in a line, of the chosen question in a few.
fn lines_of_reason(question: &Asked, chosen: bool, width: usize) -> Vec<String> {
    let text = question.asked.reason.split_whitespace().collect::<Vec<_>>().join(" ");
    let rows = if chosen { REASON_ROWS } else { 1 };
    let lines = clipped(&format!("“{text}”"), width.saturating_sub(4).max(1), rows);
    lines.into_iter().map(|line| format!("    {line}")).collect()
}

fn inset(area: Rect) -> Rect {
    Rect { x: area.x + 2, width: area.width.saturating_sub(4).min(WIDEST), ..area }
}
