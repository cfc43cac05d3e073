//! Where an escalation goes, and why.

use super::text::TextField;
use super::{After, Overlay};
use crate::domain::decision::Verdict;
use crate::domain::spec::{Route, Spec};
use crate::tui::action::{Action, Context};
use crate::tui::screen::Screen;
use crate::tui::screen::review::Review;
use crate::tui::screen::review::sheet::Sheet;
use crate::tui::station::{Station, Tone};
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{cut, spread};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

/// Rows for the reason.
const REASON_ROWS: u16 = 4;

/// An escalation under way. Its reason is the draft's note at once.
pub struct RouteForm {
    /// The route that the draft had.
    before: Option<String>,
    at: usize,
    reason: TextField,
    /// Where the routes were drawn.
    places: Vec<Rect>,
}

impl RouteForm {
    /// Starts at the draft's route, else at the one that its categories lead to.
    pub fn new(spec: &Spec, sheet: &mut Sheet) -> Self {
        let before = sheet.draft.route.clone();
        sheet.draft.propose_marked(spec);
        let chosen = before.clone().or_else(|| spec.route_for(&sheet.draft.categories).map(|route| route.key.clone()));
        let at = spec.routes.iter().position(|route| Some(&route.key) == chosen.as_ref()).unwrap_or_default();
        sheet.draft.route = spec.routes.get(at).map(|route| route.key.clone());
        Self { before, at, reason: TextField::new(&sheet.draft.note), places: Vec::new() }
    }

    fn keep(&mut self, review: &mut Review, station: &Station) {
        let Some((spec, sheet)) = review.desk() else { return };
        self.at = self.at.min(spec.routes.len().saturating_sub(1));
        sheet.draft.route = spec.routes.get(self.at).map(|route| route.key.clone());
        sheet.draft.note = self.reason.text();
        sheet.changed(station.now);
    }

    fn commit(&mut self, review: &mut Review, station: &mut Station) -> After {
        self.keep(review, station);
        if self.reason.text().trim().is_empty() {
            station.say(Tone::Warning, "an escalation needs a reason: say what the others must know");
            return After::Stay;
        }
        review.decide(Verdict::Escalate, station);
        After::Close
    }

    /// Takes the route back. The reason stays, as the note: words are never thrown away.
    fn cancel(&mut self, review: &mut Review, station: &mut Station) -> After {
        let Some(sheet) = review.sheet_mut() else { return After::Close };
        sheet.draft.route.clone_from(&self.before);
        sheet.changed(station.now);
        station.hush();
        if !sheet.draft.note.is_empty() {
            station.say(Tone::Quiet, "not escalated; the reason is kept as the note");
        }
        After::Close
    }

    /// The routes around the chosen one.
    fn list(&mut self, routes: &[Route], area: Rect, buf: &mut Buffer, station: &Station) {
        let from = (self.at + 1).saturating_sub(usize::from(area.height));
        self.places = vec![Rect::ZERO; from];
        for ((at, route), row) in routes.iter().enumerate().skip(from).zip(area.rows()) {
            route_line(route, at == self.at, usize::from(area.width), station).render(row, buf);
            self.places.push(row);
        }
    }
}

impl Overlay for RouteForm {
    fn context(&self) -> Context {
        Context::Route
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Commit, Action::Up, Action::Down, Action::Cancel, Action::SaveMacro]
    }

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, station: &mut Station) -> After {
        let Some(review) = screen.review_mut() else { return After::Close };
        let newline = key.code == KeyCode::Enter && key.modifiers != KeyModifiers::NONE;
        let action = station.keymap.lookup(Context::Route, &key).filter(|_| !newline);
        match action {
            Some(Action::Commit) => return self.commit(review, station),
            Some(Action::Cancel) => return self.cancel(review, station),
            Some(Action::SaveMacro) => return review.name_macro(Verdict::Escalate, station),
            Some(Action::Up) => self.at = self.at.saturating_sub(1),
            Some(Action::Down) => self.at += 1,
            _ => self.reason.key(key),
        }
        self.keep(review, station);
        After::Stay
    }

    fn paste(&mut self, pasted: &str, screen: &mut Screen, station: &mut Station) {
        let Some(review) = screen.review_mut() else { return };
        self.reason.paste(pasted);
        self.keep(review, station);
    }

    fn mouse(&mut self, mouse: MouseEvent, screen: &mut Screen, station: &mut Station) -> After {
        let Some(review) = screen.review_mut() else { return After::Close };
        let point = Position::new(mouse.column, mouse.row);
        let hit = self.places.iter().position(|place| place.contains(point));
        if let (MouseEventKind::Down(_), Some(at)) = (mouse.kind, hit) {
            self.at = at;
            self.keep(review, station);
        }
        After::Stay
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, screen: &mut Screen, station: &Station) {
        let Some(review) = screen.review_mut() else { return };
        let theme = &station.theme;
        let routes = &review.spec().routes;
        let listed = (routes.len() as u16).min(area.height.saturating_sub(REASON_ROWS + 6).max(1));
        let gap = u16::from(!routes.is_empty());
        let size = (area.width.saturating_sub(8).min(76), listed * gap + gap + 1 + REASON_ROWS);
        let room = popup::draw(area, size, Anchor::Foot, "Escalate", buf, theme);
        let rows = [listed * gap, gap, 1, REASON_ROWS].map(Constraint::Length);
        let [list, _, label, reason] = Layout::vertical(rows).areas(room);
        self.list(routes, list, buf, station);
        Line::styled("Reason", theme.dim()).render(label, buf);
        self.reason.draw(reason, buf, theme);
    }
}

fn route_line(route: &Route, chosen: bool, width: usize, station: &Station) -> Line<'static> {
    let theme = &station.theme;
    let (sign, style) = if chosen { ("▸ ", theme.accent()) } else { ("  ", theme.text()) };
    let due = route.due_hours.map(|hours| format!("due in {hours} h"));
    let owner = route.owner.as_ref().map(|owner| cut(owner, 24));
    let detail = [owner, due].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let left = vec![Span::styled(format!("{sign}{}", cut(&route.name, 40)), style)];
    spread(left, vec![Span::styled(detail, theme.dim())], width)
}
