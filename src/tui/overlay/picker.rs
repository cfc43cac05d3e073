//! The failure categories to choose from, each under a key.

use super::{After, Overlay};
use crate::domain::decision::Verdict;
use crate::domain::spec::{FailureCategory, Spec};
use crate::tui::action::{Action, Context};
use crate::tui::screen::Screen;
use crate::tui::screen::review::Review;
use crate::tui::screen::review::rubric::failure_line;
use crate::tui::screen::review::sheet::Sheet;
use crate::tui::station::{Station, Tone};
use crate::tui::widget::popup::{self, Anchor};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::widgets::Widget;

/// The keys of the categories, in the order of the spec.
pub(super) const KEYS: &str = "123456789abcdefghijklmnopqrstuvwxyz";

/// A column of categories is not made narrower.
const COLUMN: u16 = 36;

/// Choosing why an output is rejected. What is chosen is the draft's at once.
pub struct Picker {
    /// What the draft had, for when nothing is to be changed after all.
    before: Vec<String>,
    /// Where each category was drawn.
    places: Vec<Rect>,
}

impl Picker {
    /// The categories of the marks are chosen already.
    pub fn new(spec: &Spec, sheet: &mut Sheet) -> Self {
        let before = sheet.draft.categories.clone();
        sheet.draft.propose_marked(spec);
        Self { before, places: Vec::new() }
    }

    fn choose(&self, at: usize, review: &mut Review, station: &mut Station) -> After {
        let Some((spec, sheet)) = review.desk() else { return After::Close };
        let Some(failure) = spec.failures.get(at) else { return After::Stay };
        toggle(&mut sheet.draft.categories, failure, spec);
        sheet.changed(station.now);
        // Where there is but one reason, its key is the whole answer.
        if spec.failures.len() == 1 { self.commit(review, station) } else { After::Stay }
    }

    fn commit(&self, review: &mut Review, station: &mut Station) -> After {
        if review.sheet().is_some_and(|sheet| sheet.draft.categories.is_empty()) {
            station.say(Tone::Warning, "choose at least one failure category, by its key");
            return After::Stay;
        }
        review.decide(Verdict::Reject, station);
        After::Close
    }

    fn cancel(&self, review: &mut Review, station: &mut Station) -> After {
        if let Some(sheet) = review.sheet_mut() {
            sheet.draft.categories.clone_from(&self.before);
            sheet.changed(station.now);
        }
        station.hush();
        After::Close
    }
}

impl Overlay for Picker {
    fn context(&self) -> Context {
        Context::Picker
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Commit, Action::Cancel, Action::SaveMacro]
    }

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, station: &mut Station) -> After {
        let Some(review) = screen.review_mut() else { return After::Close };
        match (station.keymap.lookup(Context::Picker, &key), key.code) {
            (Some(Action::Commit), _) => self.commit(review, station),
            (Some(Action::Cancel), _) => self.cancel(review, station),
            (Some(Action::SaveMacro), _) => review.name_macro(Verdict::Reject, station),
            (None, KeyCode::Char(c)) if key.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                match KEYS.chars().position(|key| key == c) {
                    Some(at) => self.choose(at, review, station),
                    None => After::Stay,
                }
            }
            _ => After::Stay,
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, screen: &mut Screen, station: &mut Station) -> After {
        let Some(review) = screen.review_mut() else { return After::Close };
        let point = Position::new(mouse.column, mouse.row);
        let hit = self.places.iter().position(|place| place.contains(point));
        match (mouse.kind, hit) {
            (MouseEventKind::Down(_), Some(at)) => self.choose(at, review, station),
            _ => After::Stay,
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, screen: &mut Screen, station: &Station) {
        let Some(review) = screen.review_mut() else { return };
        let theme = &station.theme;
        let Some((spec, sheet)) = review.desk() else { return };
        let count = spec.failures.len() as u16;
        let columns = columns(count, area);
        let size = ((columns * 72).min(area.width.saturating_sub(4)), count.div_ceil(columns));
        let title = "Reject: what is wrong with it?";
        let room = popup::draw(area, size, Anchor::Foot, title, buf, theme);
        self.places = cells(room, columns, count);
        for ((failure, key), &place) in spec.failures.iter().zip(KEYS.chars()).zip(&self.places) {
            let chosen = sheet.draft.categories.contains(&failure.key);
            let route = failure.escalate_to.as_deref();
            let route = route.map(|key| spec.route(key).map_or(key, |route| &route.name));
            failure_line(failure, chosen, Some((key, route)), usize::from(place.width), theme).render(place, buf);
        }
    }
}

/// Takes the category in or out; those chosen stay in the order of the spec.
pub(super) fn toggle(categories: &mut Vec<String>, failure: &FailureCategory, spec: &Spec) {
    match categories.iter().position(|key| *key == failure.key) {
        Some(at) => drop(categories.remove(at)),
        None => categories.push(failure.key.clone()),
    }
    spec.sort_categories(categories);
}

/// One column, unless the categories do not fit one under the other.
pub(super) fn columns(count: u16, area: Rect) -> u16 {
    let rows = area.height.saturating_sub(4).max(1);
    count.div_ceil(rows).clamp(1, (area.width / COLUMN).max(1))
}

pub(super) fn cells(room: Rect, columns: u16, count: u16) -> Vec<Rect> {
    let rows = usize::from(count.div_ceil(columns));
    let columns = Layout::horizontal((0..columns).map(|_| Constraint::Fill(1))).spacing(2).split(room);
    let cells = columns.iter().flat_map(|column| column.rows().take(rows));
    cells.take(count.into()).collect()
}
