//! The lens's findings, worst first. Each finding is one step away in the output and in
//! the source below.

use super::MarkForm;
use crate::analysis::lens::{Finding, Grade};
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::theme::Theme;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, fit};
use crossterm::event::{MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// More rows would hide the output that they speak of.
const MOST_ROWS: usize = 7;

pub struct Findings {
    findings: Vec<Finding>,
    /// The output's words that each finding is about.
    texts: Vec<String>,
    cursor: Cursor,
}

impl Findings {
    /// Looks at the worst at once.
    pub fn new(findings: Vec<Finding>, open: &mut OpenItem) -> Self {
        let output = &open.served.item.output.text;
        let words = |finding: &Finding| output[finding.range.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        let texts = findings.iter().map(words).collect();
        findings.iter().take(1).for_each(|worst| open.look_at_finding(worst));
        Self { findings, texts, cursor: Cursor::default() }
    }

    fn look(&self, review: &mut Review) {
        let finding = self.findings.get(self.cursor.at);
        if let (Some(finding), Some(open)) = (finding, review.open_item_mut()) {
            open.look_at_finding(finding);
        }
    }

    /// A mark on what was found, with the category that the spec links to it.
    fn take(&self, review: &Review) -> Outcome<Review> {
        let Some(finding) = self.findings.get(self.cursor.at) else { return Outcome::Close };
        let category = review.spec().lens.category(finding.grade);
        Outcome::swap(MarkForm::at(finding.range.clone(), category))
    }

    fn line(&self, at: usize, chosen: bool, width: usize, theme: &Theme) -> Line<'static> {
        let finding = &self.findings[at];
        let (sign, style) = match finding.grade {
            Grade::Contradicted => ("✗", theme.error()),
            Grade::Unsupported => ("!", theme.warning()),
            Grade::Derivable => ("=", theme.dim()),
        };
        let mut spans = vec![
            Span::styled(if chosen { "▸ " } else { "  " }, theme.accent()),
            Span::styled(format!("{sign} {} {}  ", finding.grade.word(), finding.subject.word()), style),
        ];
        spans.extend(data(&cut(&self.texts[at], width / 3), theme.text(), theme));
        spans.push(Span::styled("  ", theme.dim()));
        spans.extend(data(&cut(&finding.why, width), theme.dim(), theme));
        Line::from(fit(spans, width))
    }
}

impl Overlay<Review> for Findings {
    fn context(&self) -> Context {
        Context::Findings
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Down, Action::Up, Action::MarkFinding, Action::Close]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        match key.action {
            Some(Action::Close) => return Outcome::Close,
            Some(Action::MarkFinding) => return self.take(review),
            Some(action) => _ = self.cursor.act(action, self.findings.len()),
            None => {}
        }
        self.look(review);
        Outcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, review: &mut Review, _: &mut AppContext) -> Outcome<Review> {
        if let MouseEventKind::Down(_) = mouse.kind
            && let Some(at) = self.cursor.hit(mouse.column, mouse.row)
        {
            self.cursor.at = at;
            self.look(review);
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let rows = self.findings.len().min(MOST_ROWS).min(usize::from(area.height / 3)) as u16;
        let title = match self.findings.len() {
            1 => "1 finding · an aid, it decides nothing".to_owned(),
            count => format!("{count} findings · an aid, it decides nothing"),
        };
        let size = (area.width.saturating_sub(4), rows);
        let room = popup::draw(area, size, Anchor::Foot, &title, buf, theme);
        for (at, place) in self.cursor.arrange(room, self.findings.len(), |_| 1) {
            self.line(at, at == self.cursor.at, place.width.into(), theme).render(place, buf);
        }
    }
}
