//! What lies over a screen and sees keys first.

mod attachments;
mod beside;
mod bulk_form;
mod columns;
mod confirm;
mod correct;
mod filter_line;
mod find;
mod findings;
mod golden;
mod help;
mod history;
mod macro_form;
mod macros;
mod mark_form;
mod marking;
mod marks;
mod narrow;
mod note;
mod orders;
mod palette;
mod picker;
mod precedent;
mod prompt;
mod route;
mod saved;
pub mod text;

pub use attachments::Attachments;
pub use beside::Beside;
pub use bulk_form::BulkForm;
pub use columns::Columns;
pub use confirm::{Confirm, Then};
pub use correct::Correct;
pub use filter_line::FilterLine;
pub use find::FindLine;
pub use findings::Findings;
pub use golden::GoldenForm;
pub use help::Help;
pub use history::HistoryView;
pub use macro_form::MacroForm;
pub use macros::Macros;
pub use mark_form::MarkForm;
pub use marking::Marking;
pub use marks::Marks;
pub use narrow::NarrowLine;
pub use note::Note;
pub use orders::Orders;
pub use palette::Palette;
pub use picker::Picker;
pub use precedent::PrecedentView;
pub use prompt::Prompt;
pub use route::RouteForm;
pub use saved::SavedFilters;

use super::action::{Action, Context};
use super::screen::Screen;
use super::station::Station;
use super::worker::Reply;
use crossterm::event::{KeyEvent, MouseEvent};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// An overlay. It closes when what it worked on is gone from the screen below.
pub trait Overlay {
    fn context(&self) -> Context;

    /// The keys for the foot of the screen.
    fn keys(&self) -> &'static [Action];

    fn key(&mut self, key: KeyEvent, screen: &mut Screen, station: &mut Station) -> After;

    /// Takes pasted text, where text is written.
    fn paste(&mut self, _pasted: &str, _screen: &mut Screen, _station: &mut Station) {}

    fn mouse(&mut self, _mouse: MouseEvent, _screen: &mut Screen, _station: &mut Station) -> After {
        After::Stay
    }

    /// Takes a reply that it has asked for; any other is given back.
    fn reply(&mut self, reply: Reply, _screen: &mut Screen, _station: &mut Station) -> Option<Reply> {
        Some(reply)
    }

    /// What it was for is done: it closes.
    fn is_done(&self) -> bool {
        false
    }

    /// Takes what was written in the editor.
    fn edited(&mut self, _text: &str, _screen: &mut Screen, _station: &mut Station) {}

    fn draw(&mut self, area: Rect, buf: &mut Buffer, screen: &mut Screen, station: &Station);
}

/// An overlay on the stack.
pub type Layer = Box<dyn Overlay>;

/// What becomes of an overlay that has seen an event.
pub enum After {
    Stay,
    Close,
    /// Close, and leave what lies below as the overlay says.
    Then(Then),
    /// The same, after a question where something would be lost by it.
    Leave(Then),
    /// Another takes its place.
    Swap(Layer),
    /// Another lies over it.
    Over(Layer),
}
