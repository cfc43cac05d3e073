//! A few whole stories in a real terminal.

#[path = "terminal/pty.rs"]
mod pty;
#[path = "terminal/stories.rs"]
mod stories;
