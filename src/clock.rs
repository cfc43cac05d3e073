//! The clock by which a workspace goes.

use crate::domain::time::UtcMillis;
use jiff::Timestamp;
use std::sync::{Arc, RwLock};
use std::time::Instant;

/// The machine's clock, or that of the server that holds the workspace: all who share one agree
/// on when a claim expires, whatever their own clocks show. Clones show the same time, in every
/// thread.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    server: Arc<RwLock<Option<Reading>>>,
}

/// A server's time, and when it was read here.
#[derive(Debug, Clone, Copy)]
struct Reading {
    time: UtcMillis,
    /// `None`: it stands still.
    at: Option<Instant>,
}

impl Clock {
    /// The time now.
    pub fn now(&self) -> UtcMillis {
        let reading = self.server.read().ok().and_then(|reading| *reading);
        reading.map_or_else(
            || Timestamp::now().as_millisecond(),
            |Reading { time, at }| time + at.map_or(0, |at| at.elapsed().as_millis() as UtcMillis),
        )
    }

    /// Goes by a server's clock from here on, which shows `time` now.
    pub fn follow(&self, time: UtcMillis) {
        if let Ok(mut server) = self.server.write() {
            *server = Some(Reading { time, at: Some(Instant::now()) });
        }
    }

    /// A clock that shows this time for ever, for what is read as it was then.
    pub fn stopped(time: UtcMillis) -> Self {
        Self { server: Arc::new(RwLock::new(Some(Reading { time, at: None }))) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_go_by_the_server_and_other_clocks_do_not() {
        let (clock, own) = (Clock::default(), Clock::default());
        let clone = clock.clone();
        clock.follow(5_000);
        assert!((5_000..60_000).contains(&clone.now()), "{}", clone.now());
        assert!(own.now() > 1_700_000_000_000, "{}", own.now());
    }
}
