//! What lies over a screen and sees keys first.

mod beside;
mod confirm;
mod help;
mod history;
mod note;
mod picker;
mod route;
pub mod text;

pub use beside::Beside;
pub use confirm::{Confirm, Then};
pub use help::Help;
pub use history::HistoryView;
pub use note::Note;
pub use picker::Picker;
pub use route::RouteForm;

use super::action::{Action, Context};
use super::screen::review::Review;
use super::station::Station;
use super::worker::Reply;
use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// An overlay.
pub enum Overlay {
    Help(Help),
    Picker(Picker),
    Route(Box<RouteForm>),
    Note(Box<Note>),
    Confirm(Confirm),
    History(Box<HistoryView>),
    Beside(Box<Beside>),
}

/// What becomes of an overlay that has seen an event.
pub enum After {
    Stay,
    Close,
    /// Close, and leave what lies below as the overlay says.
    Then(Then),
    /// The same, after a question where something would be lost by it.
    Leave(Then),
    /// Stay, with another overlay on top.
    Over(Box<Overlay>),
}

impl Overlay {
    pub fn context(&self) -> Context {
        match self {
            Overlay::Help(_) => Context::Help,
            Overlay::Picker(_) => Context::Picker,
            Overlay::Route(_) => Context::Route,
            Overlay::Note(_) => Context::Note,
            Overlay::Confirm(_) => Context::Confirm,
            Overlay::History(_) => Context::History,
            Overlay::Beside(_) => Context::Beside,
        }
    }

    /// The keys for the foot of the screen.
    pub fn keys(&self) -> &'static [Action] {
        match self {
            Overlay::Help(_) => &[Action::ScrollDown, Action::ScrollUp, Action::Close],
            Overlay::Picker(_) => &[Action::Commit, Action::Cancel],
            Overlay::Route(_) => &[Action::Commit, Action::Up, Action::Down, Action::Cancel],
            Overlay::Note(_) => &[Action::Keep, Action::Editor],
            Overlay::Confirm(_) => &[Action::Yes, Action::No],
            Overlay::History(_) => &[Action::Down, Action::Up, Action::Beside, Action::Close],
            Overlay::Beside(_) => &[Action::NextPane, Action::ScrollDown, Action::GoThere, Action::Close],
        }
    }

    pub fn key(&mut self, key: KeyEvent, review: Option<&mut Review>, station: &mut Station) -> After {
        match (self, review) {
            (Overlay::Help(help), _) => help.key(key, station),
            (Overlay::Confirm(confirm), _) => confirm.key(key, station),
            (Overlay::History(history), _) => history.key(key, station),
            (Overlay::Beside(beside), _) => beside.key(key, station),
            (Overlay::Picker(picker), Some(review)) => picker.key(key, review, station),
            (Overlay::Route(form), Some(review)) => form.key(key, review, station),
            (Overlay::Note(note), Some(review)) => note.key(key, review, station),
            (_, None) => After::Close, // what it worked on is gone
        }
    }

    pub fn paste(&mut self, pasted: &str, review: Option<&mut Review>, station: &mut Station) {
        match (self, review) {
            (Overlay::Route(form), Some(review)) => form.paste(pasted, review, station),
            (Overlay::Note(note), Some(review)) => note.paste(pasted, review, station),
            _ => {}
        }
    }

    pub fn mouse(&mut self, mouse: MouseEvent, review: Option<&mut Review>, station: &mut Station) -> After {
        match (self, review) {
            (Overlay::Help(help), _) => help.mouse(mouse),
            (Overlay::History(history), _) => history.mouse(mouse, station),
            (Overlay::Beside(beside), review) => beside.mouse(mouse, review),
            (Overlay::Picker(picker), Some(review)) => picker.mouse(mouse, review, station),
            (Overlay::Route(form), Some(review)) => form.mouse(mouse, review, station),
            _ => After::Stay,
        }
    }

    /// Takes what the overlay has asked for; gives back what is for somebody else.
    pub fn reply(&mut self, reply: Reply, review: Option<&Review>, station: &mut Station) -> Option<Reply> {
        match self {
            Overlay::History(history) => history.reply(reply, station),
            Overlay::Beside(beside) => beside.reply(reply, review, station),
            _ => Some(reply),
        }
    }

    pub fn draw(&mut self, area: Rect, buf: &mut Buffer, review: Option<&mut Review>, station: &Station) {
        match (self, review) {
            (Overlay::Help(help), _) => help.draw(area, buf, station),
            (Overlay::Confirm(confirm), _) => confirm.draw(area, buf, station),
            (Overlay::History(history), _) => history.draw(area, buf, station),
            (Overlay::Beside(beside), review) => beside.draw(area, buf, review, station),
            (Overlay::Picker(picker), Some(review)) => picker.draw(area, buf, review, station),
            (Overlay::Route(form), Some(review)) => form.draw(area, buf, review, station),
            (Overlay::Note(note), Some(_)) => note.draw(area, buf, station),
            (_, None) => {}
        }
    }
}
