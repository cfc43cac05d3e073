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
    /// To be called when there is something to do: whoever still waits for the first
    /// line of standard input is ended by the first Ctrl-C.
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

/// The same of rows.
pub(super) fn of_rows(total: u64) -> ProgressBar {
    styled(ProgressBar::new(total), "{wide_bar} {percent:>3} %  {per_sec}  {eta} left  {msg}")
}

fn styled(bar: ProgressBar, form: &str) -> ProgressBar {
    match ProgressStyle::with_template(form) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
