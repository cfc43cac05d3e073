//! What the operating system tells: signals, a terminal of another size, a continued job.

use rustix::process::{Signal, kill_current_process_group};
use std::io;
use tokio::signal::unix::{SignalKind, signal};

/// News from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// A signal wants the program to end.
    Signal(i32),
    /// The terminal has another size.
    Resized,
    /// The job was stopped and goes on; its terminal may be in any state.
    Continued,
}

/// Listens for news.
pub(super) struct Outside {
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    goes_on: tokio::signal::unix::Signal,
    resized: tokio::signal::unix::Signal,
}

impl Outside {
    /// Starts to listen. Needs a running event loop.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            goes_on: signal(SignalKind::from_raw(Signal::CONT.as_raw()))?,
            resized: signal(SignalKind::window_change())?,
        })
    }

    pub(super) async fn next(&mut self) -> News {
        tokio::select! {
            biased; // the end goes first
            _ = self.terminate.recv() => News::Signal(Signal::TERM.as_raw()),
            _ = self.hang_up.recv() => News::Signal(Signal::HUP.as_raw()),
            _ = self.interrupt.recv() => News::Signal(Signal::INT.as_raw()),
            _ = self.goes_on.recv() => News::Continued,
            _ = self.resized.recv() => News::Resized,
        }
    }
}

/// Stops this job, as Ctrl-Z does; returns when it goes on.
pub(super) fn stop() -> io::Result<()> {
    Ok(kill_current_process_group(Signal::TSTP)?)
}
