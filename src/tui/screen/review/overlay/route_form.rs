//! The form of an escalation: where it goes, and why.

use super::{Picker, Purpose};
use crate::domain::decision::{Draft, Verdict};
use crate::domain::spec::{Route, Spec};
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, fit, spread};
use crate::tui::widget::text_field::TextField;
use crossterm::event::{KeyCode, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;
use std::sync::Arc;

/// Rows for the reason.
const REASON_ROWS: u16 = 4;

/// An escalation under way. Its reason is the draft's note at once.
pub struct RouteForm {
    /// The draft as it was, which an undo brings back.
    before: Arc<Draft>,
    at: usize,
    reason: TextField,
    /// The areas of the routes as drawn last.
    places: Vec<Rect>,
}

impl RouteForm {
    /// Starts at the draft's route, else at the one that its categories lead to.
    pub fn new(spec: &Spec, open: &mut OpenItem) -> Self {
        let before = Arc::clone(&open.draft);
        open.draft_mut().propose_marked(spec);
        let fitting = || spec.route_for(&open.draft.categories).map(|route| route.key.clone());
        let chosen = open.draft.route.clone().or_else(fitting);
        let at = spec.routes.iter().position(|route| Some(&route.key) == chosen.as_ref()).unwrap_or_default();
        open.draft_mut().route = spec.routes.get(at).map(|route| route.key.clone());
        Self { before, at, reason: TextField::new(&open.draft.note), places: Vec::new() }
    }

    fn keep(&mut self, review: &mut Review, ctx: &AppContext) {
        let Some((spec, open)) = review.spec_and_item() else { return };
        self.at = self.at.min(spec.routes.len().saturating_sub(1));
        open.draft_mut().route = spec.routes.get(self.at).map(|route| route.key.clone());
        open.draft_mut().note = self.reason.text();
        open.changed(ctx.now);
    }

    fn commit(&mut self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        self.keep(review, ctx);
        if self.reason.text().trim().is_empty() {
            ctx.set_status(Tone::Warning, "an escalation needs a reason: say what the others must know");
            return Outcome::Stay;
        }
        review.decide_from(Arc::clone(&self.before), Verdict::Escalate, ctx);
        Outcome::Close
    }

    /// Closes. The route stays chosen for the next time, and the reason stays as the note.
    fn cancel(&mut self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let Some(open) = review.open_item_mut() else { return Outcome::Close };
        ctx.clear_status();
        if !open.draft.note.is_empty() {
            ctx.set_status(Tone::Quiet, "not escalated; the reason is kept as the note");
        }
        Outcome::Close
    }

    /// The routes around the chosen one.
    fn list(&mut self, routes: &[Route], area: Rect, buf: &mut Buffer, ctx: &AppContext) {
        let from = (self.at + 1).saturating_sub(usize::from(area.height));
        self.places = vec![Rect::ZERO; from];
        for ((at, route), row) in routes.iter().enumerate().skip(from).zip(area.rows()) {
            route_line(route, at == self.at, usize::from(area.width), ctx).render(row, buf);
            self.places.push(row);
        }
    }
}

impl Overlay<Review> for RouteForm {
    fn context(&self) -> Context {
        Context::Route
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Commit, Action::Up, Action::Down, Action::Categories, Action::Cancel, Action::SaveMacro]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let newline = key.event.code == KeyCode::Enter && key.event.modifiers != KeyModifiers::NONE;
        let action = key.action.filter(|_| !newline);
        match action {
            Some(Action::Commit) => return self.commit(review, ctx),
            Some(Action::Cancel) => return self.cancel(review, ctx),
            Some(Action::Categories) => return categories(review),
            Some(Action::SaveMacro) => return review.name_macro(Verdict::Escalate, ctx),
            Some(Action::Up) => self.at = self.at.saturating_sub(1),
            Some(Action::Down) => self.at += 1,
            _ => self.reason.key(key.event),
        }
        self.keep(review, ctx);
        Outcome::Stay
    }

    fn paste(&mut self, pasted: &str, review: &mut Review, ctx: &mut AppContext) {
        self.reason.paste(pasted);
        self.keep(review, ctx);
    }

    fn mouse(&mut self, mouse: MouseEvent, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let point = Position::new(mouse.column, mouse.row);
        let hit = self.places.iter().position(|place| place.contains(point));
        if let (MouseEventKind::Down(_), Some(at)) = (mouse.kind, hit) {
            self.at = at;
            self.keep(review, ctx);
        }
        Outcome::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, review: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let chosen = review.chosen_categories();
        let routes = &review.spec().routes;
        let listed = (routes.len() as u16).min(area.height.saturating_sub(REASON_ROWS + 6).max(1));
        let gap = u16::from(!routes.is_empty());
        let named = u16::from(!chosen.is_empty());
        let size = (area.width.saturating_sub(8).min(76), listed * gap + gap + named + 1 + REASON_ROWS);
        let room = popup::draw(area, size, Anchor::Foot, "Escalate", buf, theme);
        let rows = [listed * gap, gap, named, 1, REASON_ROWS].map(Constraint::Length);
        let [list, _, categories, label, reason] = Layout::vertical(rows).areas(room);
        self.list(routes, list, buf, ctx);
        let line = fit(data(&format!("Categories  {chosen}"), theme.text(), theme), categories.width.into());
        Line::from(line).render(categories, buf);
        Line::styled("Reason", theme.dim()).render(label, buf);
        self.reason.draw(reason, buf, theme);
    }
}

/// The failure categories to choose from, over the form.
fn categories(review: &mut Review) -> Outcome<Review> {
    match review.spec_and_item() {
        Some((spec, open)) if !spec.failures.is_empty() => Outcome::over(Picker::new(Purpose::Escalate, spec, open)),
        _ => Outcome::Stay,
    }
}

fn route_line(route: &Route, chosen: bool, width: usize, ctx: &AppContext) -> Line<'static> {
    let theme = &ctx.theme;
    let (sign, style) = if chosen { ("▸ ", theme.accent()) } else { ("  ", theme.text()) };
    let due = route.due_hours.map(|hours| format!("due in {hours} h"));
    let owner = route.owner.as_ref().map(|owner| cut(owner, 24));
    let detail = [owner, due].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let left = vec![Span::styled(format!("{sign}{}", cut(&route.name, 40)), style)];
    spread(left, vec![Span::styled(detail, theme.dim())], width)
}
