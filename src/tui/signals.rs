//! The signals that the operating system sends: to end, a resized terminal, a continued job.

use rustix::process::{Signal, kill_current_process_group};
use std::io;
use tokio::signal::unix::{SignalKind, signal};

/// A signal, by what it means to the workstation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OsEvent {
    /// The program is to end: the signal's number.
    Terminate(i32),
    /// The terminal has another size.
    Resized,
    /// The job was stopped and continues; its terminal may be in any state.
    Continued,
}

/// Listens for signals.
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    resumed: tokio::signal::unix::Signal,
    resized: tokio::signal::unix::Signal,
}

impl Signals {
    /// Starts to listen. Needs a running event loop.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            resumed: signal(SignalKind::from_raw(Signal::CONT.as_raw()))?,
            resized: signal(SignalKind::window_change())?,
        })
    }

    /// Waits for the next signal.
    pub(super) async fn next(&mut self) -> OsEvent {
        tokio::select! {
            biased; // the end goes first
            _ = self.terminate.recv() => OsEvent::Terminate(Signal::TERM.as_raw()),
            _ = self.hang_up.recv() => OsEvent::Terminate(Signal::HUP.as_raw()),
            _ = self.interrupt.recv() => OsEvent::Terminate(Signal::INT.as_raw()),
            _ = self.resumed.recv() => OsEvent::Continued,
            _ = self.resized.recv() => OsEvent::Resized,
        }
    }
}

/// Stops this job, as Ctrl-Z does; returns when it goes on.
pub(super) fn stop() -> io::Result<()> {
    Ok(kill_current_process_group(Signal::TSTP)?)
}
