//! What lies over a screen and sees keys first.

mod confirm;
mod golden_form;
mod help;
mod palette;

pub use confirm::{Confirm, Confirmed};
pub use golden_form::GoldenForm;
pub use help::Help;
pub use palette::Palette;

use super::action::{Action, Context};
use super::app_context::AppContext;
use super::screen::Screen;
use super::worker::Reply;
use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// An overlay. It closes when what it worked on is gone from the screen below.
pub trait Overlay {
    fn context(&self) -> Context;

    /// The keys for the foot of the screen.
    fn keys(&self) -> &'static [Action];

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, ctx: &mut AppContext) -> OverlayOutcome;

    /// Takes pasted text, where text is written.
    fn paste(&mut self, _pasted: &str, _screen: &mut Screen, _station: &mut AppContext) {}

    fn mouse(&mut self, _mouse: MouseEvent, _screen: &mut Screen, _station: &mut AppContext) -> OverlayOutcome {
        OverlayOutcome::Stay
    }

    /// Takes a reply that it has asked for; any other is given back.
    fn reply(&mut self, reply: Reply, _screen: &mut Screen, _station: &mut AppContext) -> Option<Reply> {
        Some(reply)
    }

    /// What it was for is done: it closes.
    fn is_done(&self) -> bool {
        false
    }

    /// Takes what was written in the editor.
    fn edited(&mut self, _text: &str, _screen: &mut Screen, _station: &mut AppContext) {}

    fn draw(&mut self, area: Rect, buf: &mut Buffer, screen: &mut Screen, ctx: &AppContext);
}

/// An overlay on the stack.
pub type Layer = Box<dyn Overlay>;

/// What becomes of an overlay that has seen an event.
pub enum OverlayOutcome {
    Stay,
    Close,
    /// Close, and leave what lies below as the overlay says.
    Do(Confirmed),
    /// The same, after a question where something would be lost by it.
    Leave(Confirmed),
    /// Another takes its place.
    Swap(Layer),
    /// Another lies over it.
    Over(Layer),
}
