//! The failure categories to choose from, each under a key.

use crate::domain::decision::Verdict;
use crate::domain::spec::Spec;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::widget::categories::{KEYS, cells, columns, failure_line, toggle};
use crate::tui::widget::popup::{self, Anchor};
use crossterm::event::{KeyCode, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::widgets::Widget;

/// Choosing why an output is rejected. What is chosen is the draft's at once.
pub struct Picker {
    /// The draft's categories before, for when nothing is to be changed after all.
    before: Vec<String>,
    /// The area of each category as drawn last.
    places: Vec<Rect>,
}

impl Picker {
    /// The categories of the marks are chosen already.
    pub fn new(spec: &Spec, open: &mut OpenItem) -> Self {
        let before = open.draft.categories.clone();
        open.draft_mut().propose_marked(spec);
        Self { before, places: Vec::new() }
    }

    fn choose(&self, at: usize, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let Some((spec, open)) = review.spec_and_item() else { return Outcome::Close };
        let Some(failure) = spec.failures.get(at) else { return Outcome::Stay };
        toggle(&mut open.draft_mut().categories, failure, spec);
        open.changed(ctx.now);
        // Where there is but one reason, its key is the whole answer.
        if spec.failures.len() == 1 { self.commit(review, ctx) } else { Outcome::Stay }
    }

    fn commit(&self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        if review.open_item().is_some_and(|open| open.draft.categories.is_empty()) {
            ctx.set_status(Tone::Warning, "choose at least one failure category, by its key");
            return Outcome::Stay;
        }
        review.decide(Verdict::Reject, ctx);
        Outcome::Close
    }

    fn cancel(&self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        if let Some(open) = review.open_item_mut() {
            open.draft_mut().categories.clone_from(&self.before);
            open.changed(ctx.now);
        }
        ctx.clear_status();
        Outcome::Close
    }
}

impl Overlay<Review> for Picker {
    fn context(&self) -> Context {
        Context::Picker
    }

    fn keys(&self) -> &'static [Action] {
        &[Action::Commit, Action::Cancel, Action::SaveMacro]
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match (key.action, key.event.code) {
            (Some(Action::Commit), _) => self.commit(review, ctx),
            (Some(Action::Cancel), _) => self.cancel(review, ctx),
            (Some(Action::SaveMacro), _) => review.name_macro(Verdict::Reject, ctx),
            (None, KeyCode::Char(c)) if key.event.modifiers.difference(KeyModifiers::SHIFT).is_empty() => {
                match KEYS.chars().position(|key| key == c) {
                    Some(at) => self.choose(at, review, ctx),
                    None => Outcome::Stay,
                }
            }
            _ => Outcome::Stay,
        }
    }

    fn mouse(&mut self, mouse: MouseEvent, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let point = Position::new(mouse.column, mouse.row);
        let hit = self.places.iter().position(|place| place.contains(point));
        match (mouse.kind, hit) {
            (MouseEventKind::Down(_), Some(at)) => self.choose(at, review, ctx),
            _ => Outcome::Stay,
        }
    }

    fn draw(&mut self, area: Rect, buf: &mut Buffer, review: &mut Review, ctx: &AppContext) {
        let theme = &ctx.theme;
        let Some((spec, open)) = review.spec_and_item() else { return };
        let count = spec.failures.len() as u16;
        let columns = columns(count, area);
        let size = ((columns * 72).min(area.width.saturating_sub(4)), count.div_ceil(columns));
        let title = "Reject: what is wrong with it?";
        let room = popup::draw(area, size, Anchor::Foot, title, buf, theme);
        self.places = cells(room, columns, count);
        for ((failure, key), &place) in spec.failures.iter().zip(KEYS.chars()).zip(&self.places) {
            let chosen = open.draft.categories.contains(&failure.key);
            let route = failure.escalate_to.as_deref();
            let route = route.map(|key| spec.route(key).map_or(key, |route| &route.name));
            failure_line(failure, chosen, Some((key, route)), usize::from(place.width), theme).render(place, buf);
        }
    }
}
