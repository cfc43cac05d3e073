//! What the operating system tells: signals, a lost terminal, a continued job.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Signal, kill_current_process_group};
use std::io;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// News from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// A signal wants the program to end.
    Signal(i32),
    TerminalLost,
    /// The job was stopped and goes on; its terminal may be in any state.
    Continued,
}

/// Listens for news.
pub struct Outside {
    terminate: tokio::signal::unix::Signal,
    hang_up: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    goes_on: tokio::signal::unix::Signal,
    lost: UnboundedReceiver<()>,
}

impl Outside {
    /// Starts to listen. Needs a running event loop.
    pub fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            goes_on: signal(SignalKind::from_raw(Signal::CONT.as_raw()))?,
            lost: watch_terminal()?,
        })
    }

    pub async fn next(&mut self) -> News {
        tokio::select! {
            biased; // a lost terminal comes with several of them, and the end goes first
            _ = self.terminate.recv() => News::Signal(Signal::TERM.as_raw()),
            _ = self.hang_up.recv() => News::Signal(Signal::HUP.as_raw()),
            _ = self.interrupt.recv() => News::Signal(Signal::INT.as_raw()),
            Some(()) = self.lost.recv() => News::TerminalLost,
            _ = self.goes_on.recv() => News::Continued,
        }
    }

    /// The terminal is gone. Reading from it would never end.
    pub fn is_terminal_lost(&self) -> bool {
        let stdin = io::stdin();
        let mut watched = [PollFd::new(&stdin, PollFlags::empty())];
        let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut watched, Some(&now)).is_ok_and(|ready| ready > 0)
    }
}

/// A thread that sleeps until the terminal hangs up.
fn watch_terminal() -> io::Result<UnboundedReceiver<()>> {
    let (tell, lost) = unbounded_channel();
    let watch = move || {
        let stdin = io::stdin();
        // Asked for nothing, the system still reports a hang-up or an error.
        let mut watched = [PollFd::new(&stdin, PollFlags::empty())];
        while poll(&mut watched, None) == Err(rustix::io::Errno::INTR) {}
        let _ = tell.send(());
    };
    std::thread::Builder::new().name("terminal".into()).spawn(watch)?;
    Ok(lost)
}

/// Stops this job, as Ctrl-Z does; returns when it goes on.
pub fn stop() -> io::Result<()> {
    Ok(kill_current_process_group(Signal::TSTP)?)
}
