//! The browser, drawn.

use super::column::{Pen, cells, fitted, heads, places};
use super::{Browse, Working};
use crate::domain::decision::{Escalation, Judgement, Verdict};
use crate::domain::stage::Stage;
use crate::domain::time::ago;
use crate::store::Indexed;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::AppContext;
use crate::tui::context::Context;
use crate::tui::humanize::thousands;
use crate::tui::screen::Place;
use crate::tui::widget::categories::{severity_sign, severity_style};
use crate::tui::widget::text::{data, spread, width_of};
use crate::tui::widget::{escalation, footer};
use crate::tui::worker::Since;
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

const KEYS: &[Action] = &[
    Action::OpenItem,
    Action::Filter,
    Action::Select,
    Action::Sort,
    Action::PreviewDown,
    Action::Preview,
    Action::SavedFilters,
    Action::Columns,
    Action::SelectAll,
    Action::Clear,
    Action::Leave,
];

/// [`KEYS`] while items are selected.
const KEYS_SELECTED: &[Action] = &[
    Action::Accept,
    Action::Reject,
    Action::Escalate,
    Action::Defer,
    Action::Tag,
    Action::Prioritise,
    Action::Golden,
    Action::ReleaseHolds,
    Action::Select,
    Action::SelectAll,
    Action::Leave,
];

/// The least width for the preview to stand beside the table.
const BESIDE: u16 = 120;

/// The least height of a table and the preview below it, at their best.
const BELOW: u16 = 25;

impl Browse {
    pub(super) fn draw_all(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let parts = [Constraint::Length(3), Constraint::Fill(1), Constraint::Length(footer::ROWS)];
        let [head, body, foot] = Layout::vertical(parts).areas(area);
        self.draw_head(head, buf, ctx);
        let (table, preview) = match self.extent.known {
            0 => (body, None),
            _ => self.preview.divide(body, body.width >= BESIDE && body.height < BELOW, body.height),
        };
        self.draw_table(table, buf, ctx);
        if let Some(preview) = preview {
            self.preview.draw(preview, self.decided(ctx), buf, ctx);
        }
        let keys = if self.selected() > 0 { KEYS_SELECTED } else { KEYS };
        let keys: Vec<Action> = keys.iter().copied().filter(|action| self.offers(*action)).collect();
        footer::draw(foot, buf, Context::Browse, &keys, ctx);
    }

    /// What was decided on the previewed item, and why.
    fn decided(&self, ctx: &AppContext) -> Vec<Span<'static>> {
        let row = self.row().filter(|row| self.preview.shows(&row.seq));
        let decision = row.and_then(|row| row.decision.as_ref());
        let (Some(decision), Some(spec)) = (decision, self.spec()) else { return Vec::new() };
        let theme = &ctx.theme;
        let Judgement { verdict, draft, .. } = &decision.judgement;
        let mut spans = vec![Span::styled("· ", theme.dim())];
        match Escalation::of(decision) {
            Some(asked) => spans.extend(escalation::head(&asked, spec, ctx)),
            None => {
                let words = format!("{} {}", verdict.sign(), verdict.past());
                spans.push(Span::styled(words, theme.verdict(*verdict)));
                let when = ago(decision.decided_at, ctx.now);
                spans.extend(data(&format!(" by {}, {when}", decision.reviewer), theme.dim(), theme));
            }
        }
        let note = draft.note.trim();
        if !note.is_empty() {
            spans.extend(data(&format!(": “{note}”"), theme.text(), theme));
        }
        spans.push(Span::raw(" "));
        spans
    }

    pub(super) fn selected(&self) -> usize {
        self.selection.count(self.extent.found)
    }

    fn draw_head(&self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let rows: Vec<Rect> =
            area.rows().map(|row| Rect { x: row.x + 1, width: row.width.saturating_sub(2), ..row }).collect();
        let [first, second, third] = rows[..] else { return };
        let width = usize::from(first.width);
        let title = self.spec().map_or(self.name.as_str(), |spec| spec.title.as_str());
        let mut left = vec![Span::styled(cut(title, width / 3), theme.heading()), Span::raw("  ")];
        left.push(Span::styled(self.extent_text(), theme.text()));
        if let Some(since) = self.since_text(ctx) {
            left.push(Span::styled(format!("  {since}"), theme.accent()));
        }
        if self.selected() > 0 {
            left.push(Span::styled(format!("  ● {} selected", thousands(self.selected() as i64)), theme.warning()));
        }
        spread(left, vec![Span::styled(ctx.who(width), theme.dim())], width).render(first, buf);
        self.filter_line(width, ctx).render(second, buf);
        let totals = self.totals(ctx);
        let hints = self.totals_hints(ctx).into_iter();
        let hint = hints.filter(|hint| width_of(&totals) + width_of(hint) < width).max_by_key(|hint| width_of(hint));
        spread(totals, hint.unwrap_or_default(), width).render(third, buf);
    }

    fn extent_text(&self) -> String {
        let found = thousands(self.extent.found as i64);
        let unread = self.extent.indexed.filter(|indexed| !indexed.is_complete());
        match &self.working {
            Some(Working { done, of, .. }) => {
                format!("working: {} of {}", thousands(*done as i64), thousands(*of as i64))
            }
            None if !self.extent.done => format!("{found} found, searched {:.0}%", self.extent.progress * 100.0),
            None if unread.is_some() => {
                let percent = unread.map_or(100, Indexed::percent);
                format!("{found} match, texts searched {percent}% so far")
            }
            None if self.filter().is_everything() => format!("{found} items"),
            None => format!("{found} match"),
        }
    }

    /// What the filter found adds up to: `12 open  ✗ 6  ▲ 3   !! Contradicts 2  ! Wrong tone 2`
    fn totals(&self, ctx: &AppContext) -> Vec<Span<'static>> {
        let theme = &ctx.theme;
        let stages = self.totals.stages.iter().map(|(stage, items)| {
            let items = thousands(*items);
            let of_verdict =
                |verdict: Verdict| Span::styled(format!("{} {items}  ", verdict.sign()), theme.verdict(verdict));
            match stage {
                Stage::Waiting => Span::styled(format!("{items} open  "), theme.dim()),
                Stage::Accepted => of_verdict(Verdict::Accept),
                Stage::Rejected => of_verdict(Verdict::Reject),
                Stage::Escalated => of_verdict(Verdict::Escalate),
                Stage::HeldBack
                | Stage::NeedsOpinion
                | Stage::Disputed
                | Stage::Returned
                | Stage::ToRetry
                | Stage::Replaced => Span::styled(format!("{items} {}  ", stage.phrase()), theme.dim()),
            }
        });
        let categories = self.totals.categories.iter().flat_map(|(key, items)| {
            let failure = self.spec().and_then(|spec| spec.failure(key));
            let sign = failure.map(|failure| {
                let sign = format!("{} ", severity_sign(failure.severity));
                Span::styled(sign, severity_style(failure.severity, theme))
            });
            let name = failure.map_or(key.as_str(), |failure| &failure.name);
            let name = data(&format!("{name} {}  ", thousands(*items)), theme.text(), theme);
            std::iter::once(Span::raw(" ")).chain(sign).chain(name)
        });
        stages.chain(categories).collect()
    }

    /// How to filter by a total, where there is room for it and where there is little:
    /// `/ category:tone finds them`.
    fn totals_hints(&self, ctx: &AppContext) -> Vec<Vec<Span<'static>>> {
        let Some((category, _)) = self.totals.categories.first() else { return Vec::new() };
        let key = ctx.keymap.keys_for(Context::Browse, Action::Filter).join(" ");
        let hint = |end: &str| data(&format!("{key} category:{category}{end}"), ctx.theme.dim(), &ctx.theme);
        vec![hint(" finds them"), hint("")]
    }

    /// The changes by others that show in a new line alone: `since: 12 new, 5 decided · r`.
    fn since_text(&self, ctx: &AppContext) -> Option<String> {
        let Since { items, verdicts } = self.extent.since;
        let part = |number, what| (number > 0).then(|| format!("{} {what}", thousands(number)));
        let parts: Vec<String> = [part(items, "new"), part(verdicts, "decided")].into_iter().flatten().collect();
        let key = ctx.keymap.keys_for(Context::Browse, Action::Refresh).join(" or ");
        (!parts.is_empty() && self.extent.done).then(|| format!("since: {} · {key} looks again", parts.join(", ")))
    }

    fn filter_line(&self, width: usize, ctx: &AppContext) -> Line<'static> {
        let theme = &ctx.theme;
        let key = ctx.keymap.keys_for(Context::Browse, Action::Filter).join(" ");
        let spans = match (&self.filter.error, self.filter.text.trim()) {
            (Some(error), _) => data(&format!("filter: {error}"), theme.warning(), theme),
            (None, "") => vec![Span::styled(format!("no filter · {key} writes one"), theme.dim())],
            (None, text) => [vec![Span::styled("filter  ", theme.dim())], data(text, theme.accent(), theme)].concat(),
        };
        spread(spans, Vec::new(), width)
    }

    fn draw_table(&mut self, area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let theme = &ctx.theme;
        let inner = Rect { x: area.x + 1, width: area.width.saturating_sub(2), ..area };
        let [head, body] = Layout::vertical([Constraint::Length(1), Constraint::Fill(1)]).areas(inner);
        // The first cells tell where the cursor is, and what is selected.
        let [head, body] = [head, body].map(|area| Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area });
        let seen = self.cursor.arrange(body, self.extent.known, |_| 1);
        let pen = Pen { spec: self.queue.as_ref().map(|queue| &queue.spec.spec), ctx };
        let rows: Vec<_> = seen.iter().filter_map(|(at, _)| self.rows.get(*at)).collect();
        let columns = fitted(&self.columns, &rows, self.sort, usize::from(body.width), pen);
        heads(&columns, self.sort, ctx).render(head, buf);
        self.shown = places(&columns, head);
        if self.extent.known == 0 {
            return Line::styled(self.nothing(), theme.dim()).render(body, buf);
        }
        for (at, row) in seen {
            match self.rows.get(at) {
                Some(item) => {
                    if self.selection.has(item.seq) {
                        Line::styled("●", theme.warning()).render(Rect { x: row.x - 2, width: 1, ..row }, buf);
                    }
                    cells(&columns, item, pen).render(row, buf);
                }
                None => Line::styled("…", theme.dim()).render(row, buf),
            }
            if at == self.cursor.at {
                buf.set_style(Rect { x: row.x - 2, width: row.width + 2, ..row }, theme.selection());
                Line::styled("▌", theme.accent()).render(Rect { x: row.x - 3, width: 1, ..row }, buf);
            }
        }
    }

    fn nothing(&self) -> &'static str {
        match (self.extent.done, self.filter().is_everything()) {
            (false, _) => "looking …",
            (true, true) => "this queue has no items yet",
            (true, false) => "no item matches the filter",
        }
    }
}
