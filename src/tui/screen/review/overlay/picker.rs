//! The failure categories to choose from, each under a key.

use super::{Note, NoteOf};
use crate::domain::decision::Verdict;
use crate::domain::spec::Spec;
use crate::text::fit::cut;
use crate::tui::action::Action;
use crate::tui::app_context::{AppContext, Tone};
use crate::tui::context::Context;
use crate::tui::keymap::KeyPress;
use crate::tui::overlay::{Outcome, Overlay};
use crate::tui::screen::review::Review;
use crate::tui::screen::review::open_item::OpenItem;
use crate::tui::widget::categories::{Choice, KEYS, cells, columns, failure_line, toggle};
use crate::tui::widget::popup::{self, Anchor};
use crate::tui::widget::text::{data, fit};
use crossterm::event::{KeyCode, KeyModifiers, MouseEvent, MouseEventKind};
use ratatui::buffer::Buffer;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::Line;
use ratatui::widgets::Widget;
use std::sync::Arc;

/// The least width of a category to tell of the attempt before and of a route.
const ROOM_FOR_BOTH: u16 = 56;

/// The use of the categories that are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To reject the output.
    Reject,
    /// To reject it for the one that is chosen, at once.
    RejectForOne,
    /// To give them to an escalation, whose form lies below.
    Escalate,
}

impl Purpose {
    fn title(self) -> &'static str {
        match self {
            Purpose::Reject => "Reject: what is wrong with it?",
            Purpose::RejectForOne => "Reject at once, for one category",
            Purpose::Escalate => "Escalate: what is wrong with it?",
        }
    }
}

/// Choosing failure categories. What is chosen is the draft's at once, and stays when the form
/// is closed.
pub struct Picker {
    purpose: Purpose,
    /// The area of each category as drawn last.
    places: Vec<Rect>,
}

impl Picker {
    /// The categories of the marks are chosen already.
    pub fn new(purpose: Purpose, spec: &Spec, open: &mut OpenItem) -> Self {
        open.draft_mut().propose_marked(spec);
        Self { purpose, places: Vec::new() }
    }

    fn choose(&self, at: usize, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let Some((spec, open)) = review.spec_and_item() else { return Outcome::Close };
        let Some(failure) = spec.failures.get(at) else { return Outcome::Stay };
        let before = Arc::clone(&open.draft);
        match self.purpose {
            Purpose::RejectForOne => open.draft_mut().categories = vec![failure.key.clone()],
            _ => toggle(&mut open.draft_mut().categories, failure, spec),
        }
        open.changed(ctx.now);
        match self.purpose {
            Purpose::RejectForOne => {
                review.decide_from(before, Verdict::Reject, ctx);
                Outcome::Close
            }
            // Where there is but one reason, its key is the whole answer.
            Purpose::Reject if spec.failures.len() == 1 => self.commit(review, ctx),
            Purpose::Reject | Purpose::Escalate => Outcome::Stay,
        }
    }

    fn commit(&self, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        let chosen = review.open_item().map_or(0, |open| open.draft.categories.len());
        let missing = match (self.purpose, chosen) {
            (Purpose::Escalate, _) => return Outcome::Close,
            (Purpose::Reject, 0) => "choose at least one failure category, by its key",
            (Purpose::RejectForOne, chosen) if chosen != 1 => "choose the failure category, by its key",
            (Purpose::Reject | Purpose::RejectForOne, _) => {
                review.decide(Verdict::Reject, ctx);
                return Outcome::Close;
            }
        };
        ctx.set_status(Tone::Warning, missing);
        Outcome::Stay
    }

    /// Opens the note; of an escalation it is the reason, which stands in the form below.
    fn note(&self, review: &Review) -> Outcome<Review> {
        match review.open_item() {
            Some(open) if self.purpose != Purpose::Escalate => {
                let complete = self.purpose == Purpose::Reject && !open.draft.categories.is_empty();
                Outcome::over(Note::new(NoteOf::Rejection { complete }, open))
            }
            _ => Outcome::Close,
        }
    }
}

impl Overlay<Review> for Picker {
    fn context(&self) -> Context {
        Context::Picker
    }

    fn keys(&self) -> &'static [Action] {
        match self.purpose {
            Purpose::Reject => &[Action::Commit, Action::Note, Action::Cancel, Action::SaveMacro],
            Purpose::RejectForOne => &[Action::Note, Action::Cancel],
            Purpose::Escalate => &[Action::Cancel],
        }
    }

    fn key(&mut self, key: KeyPress, review: &mut Review, ctx: &mut AppContext) -> Outcome<Review> {
        match (key.action, key.event.code) {
            (Some(Action::Commit), _) => self.commit(review, ctx),
            (Some(Action::Cancel), _) => {
                ctx.clear_status();
                Outcome::Close
            }
            (Some(Action::Note), _) => self.note(review),
            (Some(Action::SaveMacro), _) if self.purpose == Purpose::Reject => review.name_macro(Verdict::Reject, ctx),
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
        let rows = count.div_ceil(columns);
        let noted = !open.draft.note.is_empty();
        let size = ((columns * 72).min(area.width.saturating_sub(4)), rows + u16::from(noted));
        let again = open.again(spec).map(|names| format!(" · again: {names}")).unwrap_or_default();
        let title = cut(&format!("{}{again}", self.purpose.title()), size.0.into());
        let room = popup::draw(area, size, Anchor::Foot, &title, buf, theme);
        let [list, note] = Layout::vertical([rows, u16::from(noted)].map(Constraint::Length)).areas(room);
        if noted {
            let line = format!("Note  {}", open.draft.note.replace('\n', " "));
            Line::from(fit(data(&line, theme.dim(), theme), note.width.into())).render(note, buf);
        }
        self.places = cells(list, columns, count);
        let only_one = self.purpose == Purpose::RejectForOne;
        let choice = if only_one { Choice::One } else { Choice::Many };
        // What else is ticked is not what it would be rejected for.
        let is_shown = !only_one || open.draft.categories.len() == 1;
        for ((failure, key), &place) in spec.failures.iter().zip(KEYS.chars()).zip(&self.places) {
            let chosen = is_shown && open.draft.categories.contains(&failure.key);
            let route = failure.escalate_to.as_deref();
            let route = route.map(|key| spec.route(key).map_or(key, |route| &route.name));
            let route = route.map(|route| format!("→ {}", cut(route, 16)));
            let last = open.was_rejected_for(failure).then(|| if chosen { "again" } else { "last time" }.to_owned());
            let beside = match (last, route) {
                (Some(last), Some(route)) if place.width >= ROOM_FOR_BOTH => Some(format!("{last} · {route}")),
                (last, route) => last.or(route),
            };
            failure_line(failure, choice, chosen, (key, beside.as_deref()), place.width.into(), theme)
                .render(place, buf);
        }
    }
}
