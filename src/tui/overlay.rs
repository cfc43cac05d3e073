//! Overlays, which lie over a screen and see keys first. An overlay knows the state of its screen and
//! gives back an outcome; those in this folder lie over any screen.

mod confirm;
mod golden_form;
mod help;
mod palette;

pub use confirm::Confirm;
pub use golden_form::GoldenForm;
pub use help::Help;
pub use palette::Palette;

use super::action::Action;
use super::app_context::AppContext;
use super::context::Context;
use super::keymap::KeyPress;
use super::worker::Reply;
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crossterm::event::MouseEvent;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// An overlay on the screen `S`. It closes when what it worked on is gone from the screen.
pub trait Overlay<S> {
    fn context(&self) -> Context;

    /// The keys for the foot of the screen.
    fn keys(&self) -> &'static [Action];

    /// Takes a key, with what it means in the overlay's context.
    fn key(&mut self, key: KeyPress, screen: &mut S, ctx: &mut AppContext) -> Outcome<S>;

    /// Takes pasted text, where text is written.
    fn paste(&mut self, _pasted: &str, _screen: &mut S, _ctx: &mut AppContext) {}

    fn mouse(&mut self, _mouse: MouseEvent, _screen: &mut S, _ctx: &mut AppContext) -> Outcome<S> {
        Outcome::Stay
    }

    /// Takes a reply that it has asked for; any other is given back.
    fn reply(&mut self, reply: Reply, _screen: &mut S, _ctx: &mut AppContext) -> Option<Reply> {
        Some(reply)
    }

    /// Whether the overlay has done its work and closes.
    fn is_done(&self) -> bool {
        false
    }

    /// Takes what was written in the editor.
    fn edited(&mut self, _text: &str, _screen: &mut S, _ctx: &mut AppContext) {}

    fn draw(&mut self, area: Rect, buf: &mut Buffer, screen: &mut S, ctx: &AppContext);
}

/// An overlay on the stack.
pub type Layer<S> = Box<dyn Overlay<S>>;

/// A step that is taken on a screen once a question was answered, or was not needed.
pub type Step<S> = Box<dyn FnOnce(&mut S, &mut AppContext) -> Outcome<S>>;

/// The outcome of an event for a screen and its overlays.
pub enum Outcome<S> {
    /// All stays as it is.
    Stay,
    /// The overlay closes.
    Close,
    /// All overlays close.
    CloseAll,
    /// Another overlay lies over what is there.
    Over(Layer<S>),
    /// Another overlay takes the place of this one.
    Swap(Layer<S>),
    /// The overlay closes, and what its step says is done.
    Do(Step<S>),
    /// The overlay closes, and its step is done after a question where something would be lost
    /// by it.
    Leave(Step<S>),
    /// All overlays close, and the action is done as if its key had been pressed.
    Press(Action),
    /// The screen is left.
    Go(Navigation),
}

impl<S: 'static> Outcome<S> {
    pub fn over(overlay: impl Overlay<S> + 'static) -> Self {
        Self::Over(Box::new(overlay))
    }

    pub fn swap(overlay: impl Overlay<S> + 'static) -> Self {
        Self::Swap(Box::new(overlay))
    }

    /// Leaves the screen, after a question where something would be lost by it.
    pub fn leave_for(navigation: Navigation) -> Self {
        Self::Leave(Box::new(|_, _| Outcome::Go(navigation)))
    }
}

impl<S> From<Option<Layer<S>>> for Outcome<S> {
    fn from(overlay: Option<Layer<S>>) -> Self {
        overlay.map_or(Self::Stay, Self::Over)
    }
}

/// A way out of a screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Navigation {
    Quit,
    /// Goes to the screen that one came from, else to the queues.
    Back,
    /// Goes to the screen that the action opens on the queue at hand.
    To(Action),
    /// Goes to the bars of the queue at hand, at the one of this key.
    Bar(String),
    /// Goes to the table of the queue at hand, with this filter.
    Table(Filter),
    /// Goes to a queue under review: at an item, or at its next one.
    Queue {
        name: String,
        seq: Option<Seq>,
        /// What it is served by.
        filter: Filter,
    },
}
