//! Messages to the workstation, and effects that it asks of the world.

use super::theme::Theme;
use crate::domain::attachment::Target;
use crate::tui::worker::{LensRequest, Reply, Request};
use crossterm::event::Event;
use std::io;
use std::path::PathBuf;

/// Everything that can happen to the workstation.
#[derive(Debug)]
pub enum Message {
    /// A key, a paste, the mouse, another size.
    Terminal(Event),
    Reply(Reply),
    /// What was drawn last has reached the terminal, and every event that was
    /// readable by then has been told: whoever acts from now on has seen it.
    Painted,
    /// Something is due; see [`super::app::App::due`].
    Tick,
    /// The external editor is closed: its text, `None` for "unchanged".
    Edited(io::Result<Option<String>>),
    /// The outcome of opening an attachment: what was opened, or why it was not.
    Opened(Result<String, String>),
    /// The terminal has told its background: the colours that suit it.
    Theme(Theme),
    /// The job continues after a suspension.
    Resumed,
    /// The world wants the workstation gone: save what is under way and quit.
    Hangup,
}

/// An effect that the workstation asks of the world.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    Ask(Request),
    /// Has an output compared with its sources; nobody waits for it.
    ReadWithLens(LensRequest),
    /// Opens the user's editor on a text, in a file with the extension.
    Edit {
        text: String,
        extension: &'static str,
    },
    /// Opens an attachment with the system's program for it.
    Open {
        target: Target,
        /// Where a path is looked for first.
        folder: Option<PathBuf>,
    },
    /// Stops the program until the shell continues it.
    Suspend,
    /// Draws every cell again.
    Redraw,
    Quit,
}
