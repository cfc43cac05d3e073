//! How long one check may take.

use std::time::{Duration, Instant};

/// Longest time of one check on one item.
const LONGEST: Duration = Duration::from_millis(50);

/// The time of the checks of an item, one after the other.
pub(super) struct Budget {
    last: Instant,
    /// Time for which the thread had computed before the first check.
    computed: Duration,
}

impl Budget {
    pub(super) fn start() -> Self {
        Self { last: Instant::now(), computed: computed() }
    }

    /// Whether the check that ends now took too long. Only what it computed counts: on a busy
    /// machine a thread may wait for any time.
    pub(super) fn is_exceeded(&mut self) -> bool {
        let now = Instant::now();
        let took = now - self.last;
        self.last = now;
        took > LONGEST && computed().saturating_sub(self.computed) > LONGEST
    }
}

/// Time for which this thread has computed.
#[cfg(unix)]
fn computed() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.try_into().unwrap_or_default()
}

/// Elsewhere the time that passed stands for it.
#[cfg(not(unix))]
fn computed() -> Duration {
    static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
    START.elapsed()
}
