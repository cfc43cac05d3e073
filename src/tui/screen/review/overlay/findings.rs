//! What the lens found, worst first. Each finding is one step away in the output and in
//! the source below.

use crate::analysis::lens::{Finding, Grade};
use crate::text::fit::cut;
use crate::tui::action::{Action, Context};
use crate::tui::app_context::AppContext;
use crate::tui::overlay::{Overlay, OverlayOutcome};
use crate::tui::screen::Screen;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::screen::review::overlay::MarkForm;
use crate::tui::theme::Theme;
use crate::tui::widget::list::Cursor;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, fit};
use crossterm::event::{KeyEvent, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// More rows would hide the output that they speak of.
const MOST_ROWS: usize = 7;

pub struct Findings {
    findings: Vec<Finding>,
    /// What each is about, in the output's words.
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

    fn look(&self, screen: &mut Screen) {
        let finding = self.findings.get(self.cursor.at);
        if let (Some(finding), Some(open)) = (finding, screen.review_mut().and_then(|review| review.open_item_mut())) {
            open.look_at_finding(finding);
        }
    }

    /// A mark on what was found, with the category that the spec links to it.
    fn take(&self, screen: &mut Screen) -> OverlayOutcome {
        let Some(finding) = self.findings.get(self.cursor.at) else { return OverlayOutcome::Close };
        let category = screen.review().and_then(|review| review.spec().lens.category(finding.grade));
        OverlayOutcome::Swap(Box::new(MarkForm::at(finding.range.clone(), category)))
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

impl Overlay for Findings {
    fn context(&self) -> Context {
        Context::Findings
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Down, Action::Up, Action::MarkFinding, Action::Close]
    }

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, ctx: &mut AppContext) -> OverlayOutcome {
        match ctx.keymap.lookup(Context::Findings, &key) {
            Some(Action::Close) => return OverlayOutcome::Close,
            Some(Action::MarkFinding) => return self.take(screen),
            Some(action) => _ = self.cursor.act(action, self.findings.len()),
            None => {}
        }
        self.look(screen);
        OverlayOutcome::Stay
    }

    fn mouse(&mut self, mouse: MouseEvent, screen: &mut Screen, _: &mut AppContext) -> OverlayOutcome {
        if let MouseEventKind::Down(_) = mouse.kind
            && let Some(at) = self.cursor.hit(mouse.column, mouse.row)
        {
            self.cursor.at = at;
            self.look(screen);
        }
        OverlayOutcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, _: &mut Screen, ctx: &AppContext) {
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
