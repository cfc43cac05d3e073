//! The mapping screen: a file whose fields have other names, as its first records would be read.

mod draw;
mod run;

pub use run::run;

use crate::domain::mapping::Proposal;
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};

/// The screen, from a proposal to what the person makes of it.
pub struct MappingScreen {
    /// The file, and how it is read.
    pub about: String,
    pub proposal: Proposal,
    /// Which record is shown.
    record: usize,
    /// Which field the keys are for.
    field: usize,
    /// Why the last key did nothing.
    notice: Option<String>,
}

/// What the person decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The fields are as they are chosen now.
    Take,
    Leave,
}

impl MappingScreen {
    pub fn new(about: String, proposal: Proposal) -> Self {
        // Where a field is not sure the person is asked, and that is first.
        let unsure = proposal.fields.iter().position(|field| field.is_required() && !field.is_sure);
        Self { about, proposal, record: 0, field: unsure.unwrap_or(0), notice: None }
    }

    /// What a key, or a paste, comes to.
    pub fn update(&mut self, event: &Event) -> Option<Answer> {
        let Event::Key(KeyEvent { code, modifiers, kind, .. }) = event else { return None };
        if *kind == KeyEventKind::Release {
            return None;
        }
        self.notice = None;
        match code {
            KeyCode::Char('c' | 'd') if modifiers.contains(KeyModifiers::CONTROL) => return Some(Answer::Leave),
            KeyCode::Esc | KeyCode::Char('q') => return Some(Answer::Leave),
            KeyCode::Enter => return self.take(),
            KeyCode::Up | KeyCode::Char('k') => self.field = self.field.saturating_sub(1),
            KeyCode::Down | KeyCode::Char('j') => self.field = (self.field + 1).min(self.last_field()),
            KeyCode::Home => self.field = 0,
            KeyCode::End => self.field = self.last_field(),
            KeyCode::Right | KeyCode::Char('l') => self.other(true),
            KeyCode::Left | KeyCode::Char('h') => self.other(false),
            KeyCode::Char('x') | KeyCode::Delete | KeyCode::Backspace => self.proposal.choose(self.field, None),
            KeyCode::Tab | KeyCode::PageDown | KeyCode::Char('n') => {
                self.record = (self.record + 1).min(self.proposal.records.len().saturating_sub(1));
            }
            KeyCode::BackTab | KeyCode::PageUp | KeyCode::Char('p') => self.record = self.record.saturating_sub(1),
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
        self.notice = Some(format!("an item needs its {}: choose a place with ← and →", missing.join(" and ")));
        None
    }
}
