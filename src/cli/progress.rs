//! What long commands share: a bar, and Ctrl-C that lets the present transaction end.

use indicatif::{ProgressBar, ProgressStyle};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ctrl-C, as a long command hears it: the first ends it after the present transaction, the
/// second at once.
#[derive(Default)]
pub(super) struct Stop {
    pub pressed: Arc<AtomicBool>,
    listening: bool,
}

impl Stop {
    /// Starts to listen for Ctrl-C. Call this when there is work to interrupt: until the first
    /// line of standard input has come, the first Ctrl-C ends the program.
    pub(super) fn listen(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.listening, true) {
            return Ok(()); // where the handlers stood twice, the first Ctrl-C would be taken for the second
        }
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            signal_hook::flag::register_conditional_shutdown(signal, 1, self.pressed.clone())?;
            signal_hook::flag::register(signal, self.pressed.clone())?;
        }
        Ok(())
    }

    pub(super) fn is_pressed(&self) -> bool {
        self.pressed.load(Ordering::Relaxed)
    }
}

/// Rate and time left of what is read from files; nothing where standard error is no terminal.
pub(super) fn of_bytes(total: Option<u64>) -> ProgressBar {
    match total {
        Some(total) => styled(ProgressBar::new(total), "{wide_bar} {percent:>3} %  {bytes_per_sec}  {eta} left  {msg}"),
        None => styled(ProgressBar::no_length(), "{spinner} {bytes}  {bytes_per_sec}  {msg}"),
    }
}

/// A bar of rows, as [`of_bytes`] makes one of bytes.
pub(super) fn of_rows(total: u64) -> ProgressBar {
    styled(ProgressBar::new(total), "{wide_bar} {percent:>3} %  {per_sec}  {eta} left  {msg}")
}

fn styled(bar: ProgressBar, form: &str) -> ProgressBar {
    match ProgressStyle::with_template(form) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
