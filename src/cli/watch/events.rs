//! Waiting for files to change: by events of the system where they are to be had, and by looking every so often.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// Files are looked at this often though no event comes: over a network none may.
#[cfg(feature = "watch")]
const WITH_EVENTS: Duration = Duration::from_secs(2);
const WITHOUT_EVENTS: Duration = Duration::from_secs(1);

/// Interval of looking whether the watch is to end.
const GLANCE: Duration = Duration::from_millis(100);

/// What is written in many small pieces is looked at once after this long.
const GATHER: Duration = Duration::from_millis(20);

pub(super) struct Changes {
    interval: Duration,
    events: Option<Receiver<()>>,
    /// Sends the events as long as it is there.
    #[cfg(feature = "watch")]
    _watcher: Option<notify::RecommendedWatcher>,
}

impl Changes {
    /// Only looks every so often.
    pub(super) fn polled(interval: Duration) -> Self {
        #[cfg(feature = "watch")]
        return Self { interval, events: None, _watcher: None };
        #[cfg(not(feature = "watch"))]
        Self { interval, events: None }
    }

    /// Hears events of these files and folders; with them why there are none, where that is so.
    #[cfg(feature = "watch")]
    pub(super) fn of(paths: &[PathBuf]) -> (Self, Option<String>) {
        match heard(paths) {
            Ok((watcher, events)) => {
                (Self { interval: WITH_EVENTS, events: Some(events), _watcher: Some(watcher) }, None)
            }
            Err(error) => (Self::polled(WITHOUT_EVENTS), Some(error.to_string())),
        }
    }

    #[cfg(not(feature = "watch"))]
    pub(super) fn of(_: &[PathBuf]) -> (Self, Option<String>) {
        (Self::polled(WITHOUT_EVENTS), None)
    }

    /// Waits until something may have changed, for `at_most` so long; or until the watch is to end.
    pub(super) fn wait(&mut self, at_most: Option<Duration>, stop: &AtomicBool) {
        let end = Instant::now() + at_most.map_or(self.interval, |at_most| at_most.min(self.interval));
        while !stop.load(Ordering::Relaxed) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let Some(events) = &self.events else {
                std::thread::sleep(left.min(GLANCE));
                continue;
            };
            match events.recv_timeout(left.min(GLANCE)) {
                Ok(()) => {
                    std::thread::sleep(GATHER);
                    events.try_iter().for_each(drop);
                    return;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => self.events = None,
            }
        }
    }
}

/// Listens to the folders: a file that takes the name of another is another.
#[cfg(feature = "watch")]
fn heard(paths: &[PathBuf]) -> notify::Result<(notify::RecommendedWatcher, Receiver<()>)> {
    use notify::event::{AccessKind, AccessMode};
    use notify::{EventKind, RecursiveMode, Watcher};
    use std::path::Path;
    let (sender, events) = std::sync::mpsc::sync_channel(1);
    let hear = move |event: notify::Result<notify::Event>| {
        // To read a file is an event too.
        let is_read = |kind: EventKind| matches!(kind, EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write));
        if !event.is_ok_and(|event| is_read(event.kind)) {
            let _ = sender.try_send(()); // where one waits already, it is of this too
        }
    };
    let mut watcher = notify::recommended_watcher(hear)?;
    for path in paths {
        let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    Ok((watcher, events))
}
