//! The mapping screen: a file whose fields have other names, as its first records would be read.

mod draw;
mod run;

pub use run::run;

use super::action::Action;
use super::context::Context;
use super::keymap::{KeyPattern, Keymap};
use crate::domain::mapping::Proposal;
use crossterm::event::{Event, KeyEvent, MouseEvent, MouseEventKind};
use ratatui::layout::Rect;
use std::cell::RefCell;

/// The screen, from a proposal to what the person makes of it.
pub struct MappingScreen {
    /// The file, and how it is read.
    pub about: String,
    pub proposal: Proposal,
    keymap: Keymap,
    /// Which record is shown.
    record: usize,
    /// Which field the keys are for.
    field: usize,
    /// The keys are listed in the place of the fields.
    shows_keys: bool,
    /// Why the last key did nothing.
    notice: Option<String>,
    /// Where it was drawn what a click means.
    drawn: RefCell<Drawn>,
}

/// Where each field was drawn, and each key that the foot names.
#[derive(Default)]
struct Drawn {
    fields: Vec<(Rect, usize)>,
    keys: Vec<(Rect, KeyPattern)>,
}

/// What the person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The fields are as they are chosen now.
    Take,
    Leave,
    /// Draw all of the screen again.
    Redraw,
    /// Stop, and give the shell the terminal.
    Suspend,
}

impl MappingScreen {
    pub fn new(about: String, proposal: Proposal, keymap: Keymap) -> Self {
        // Where a field is not sure the person is asked, and that is first.
        let unsure = proposal.fields.iter().position(|field| field.is_required() && !field.is_sure);
        let (field, drawn) = (unsure.unwrap_or(0), RefCell::default());
        Self { about, proposal, keymap, record: 0, field, shows_keys: false, notice: None, drawn }
    }

    /// What a key, the mouse, or a paste comes to.
    pub fn update(&mut self, event: &Event) -> Option<Answer> {
        match event {
            Event::Key(key) => self.key(key),
            Event::Mouse(mouse) => self.mouse(*mouse),
            _ => None,
        }
    }

    fn key(&mut self, key: &KeyEvent) -> Option<Answer> {
        let action = self.keymap.lookup(Context::Mapping, key)?;
        self.notice = None;
        let was_listing = std::mem::take(&mut self.shows_keys);
        match action {
            Action::Quit => return Some(Answer::Leave),
            Action::Redraw => return Some(Answer::Redraw),
            Action::Suspend => return Some(Answer::Suspend),
            Action::Help => self.shows_keys = !was_listing,
            // The list of the keys is closed, and nothing else.
            _ if was_listing => {}
            Action::Leave => return Some(Answer::Leave),
            Action::TakeMapping => return self.take(),
            Action::Up => self.field = self.field.saturating_sub(1),
            Action::Down => self.field = (self.field + 1).min(self.last_field()),
            Action::First => self.field = 0,
            Action::Last => self.field = self.last_field(),
            Action::NextPlace => self.other(true),
            Action::PreviousPlace => self.other(false),
            Action::NoPlace => self.proposal.choose(self.field, None),
            Action::NextRecord => {
                self.record = (self.record + 1).min(self.proposal.records.len().saturating_sub(1));
            }
            Action::PreviousRecord => self.record = self.record.saturating_sub(1),
            _ => {}
        }
        None
    }

    /// The wheel goes through the fields; a click goes to one, and once more takes its next place; what the foot
    /// names can be clicked.
    fn mouse(&mut self, mouse: MouseEvent) -> Option<Answer> {
        let at = (mouse.column, mouse.row).into();
        match mouse.kind {
            MouseEventKind::ScrollDown => self.field = (self.field + 1).min(self.last_field()),
            MouseEventKind::ScrollUp => self.field = self.field.saturating_sub(1),
            MouseEventKind::Down(_) => {
                let drawn = self.drawn.borrow();
                let key = drawn.keys.iter().find(|(place, _)| place.contains(at)).map(|(_, key)| key.press());
                let field = drawn.fields.iter().find(|(place, _)| place.contains(at)).map(|(_, field)| *field);
                drop(drawn);
                self.notice = None;
                match (key, field) {
                    (Some(key), _) => return self.key(&key),
                    (None, Some(field)) if field == self.field => self.other(true),
                    (None, Some(field)) => self.field = field,
                    (None, None) => {}
                }
            }
            _ => {}
        }
        None
    }

    fn last_field(&self) -> usize {
        self.proposal.fields.len().saturating_sub(1)
    }

    /// The next place of the field, or the one before; between the last and the first there is none.
    fn other(&mut self, is_next: bool) {
        let Some(field) = self.proposal.fields.get(self.field) else { return };
        let count = field.candidates.len();
        if count == 0 {
            self.notice = Some(format!("nothing in the records looks like the {}", field.target));
            return;
        }
        let chosen = match (field.chosen, is_next) {
            (None, true) => Some(0),
            (None, false) => Some(count - 1),
            (Some(at), true) => Some(at + 1).filter(|at| *at < count),
            (Some(at), false) => at.checked_sub(1),
        };
        self.proposal.choose(self.field, chosen);
    }

    fn take(&mut self) -> Option<Answer> {
        let missing = self.proposal.missing().map(|field| field.target.to_string()).collect::<Vec<_>>();
        if missing.is_empty() {
            return Some(Answer::Take);
        }
        // What is missing is what the next key is for.
        let first = self.proposal.fields.iter().position(|field| field.is_required() && field.chosen().is_none());
        self.field = first.unwrap_or(self.field);
        let keys = [Action::PreviousPlace, Action::NextPlace]
            .iter()
            .filter_map(|action| Some(self.keymap.first_key(Context::Mapping, *action)?.label()))
            .collect::<Vec<_>>();
        self.notice =
            Some(format!("an item needs its {}: choose a place with {}", missing.join(" and "), keys.join(" and ")));
        None
    }
}
