//! The thread that counts what takes long to count. It reads the workspace over a connection of its own, so that
//! whoever decides meanwhile does not wait for it.

use super::bars::BarCount;
use super::count::Count;
use super::replies::Replies;
use super::state::WorkerState;
use super::{Reply, Request};
use crate::store::{Address, Interrupter, Result, Store, StoreError};
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// The connection is closed when nothing was to be counted for this long.
const KEPT_OPEN: Duration = Duration::from_secs(60);

/// Time that a count has at the end to notice that nobody waits for it any more, and how often it is told.
const END_WAIT: Duration = Duration::from_millis(500);
const END_POLL: Duration = Duration::from_millis(5);

/// Opens the workspace once more.
pub(super) type Open = Box<dyn Fn(Address) -> Result<Store> + Send>;

/// The store's end of the thread.
pub(super) struct Counting {
    counts: Option<Sender<Count>>,
    thread: Option<JoinHandle<()>>,
    ending: Arc<Ending>,
}

/// Tells the thread that nobody waits for what it counts any more.
#[derive(Default)]
struct Ending {
    is_over: AtomicBool,
    /// Ends the statement under way.
    interrupt: Mutex<Option<Interrupter>>,
}

impl Ending {
    fn is_over(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
    }

    fn set_interrupt(&self, interrupt: Option<Interrupter>) {
        *self.interrupt.lock().unwrap_or_else(PoisonError::into_inner) = interrupt;
    }

    fn tell(&self) {
        self.is_over.store(true, Ordering::Relaxed);
        if let Some(interrupt) = &*self.interrupt.lock().unwrap_or_else(PoisonError::into_inner) {
            interrupt();
        }
    }
}

impl Counting {
    /// Starts the thread. It opens the workspace when there is something to count.
    pub(super) fn start(address: Address, reviewer: String, open: Open, replies: Replies) -> io::Result<Self> {
        let (counts, asked) = channel();
        let ending = Arc::<Ending>::default();
        let counter = Counter { address, reviewer, open, replies, ending: ending.clone(), bars: BarCount::default() };
        let thread = std::thread::Builder::new().name("counting".into()).spawn(move || counter.run(&asked))?;
        Ok(Self { counts: Some(counts), thread: Some(thread), ending })
    }

    pub(super) fn ask(&self, count: Count) {
        if let Some(counts) = &self.counts {
            let _ = counts.send(count); // the thread ends with this one
        }
    }
}

/// Waits a little until the thread has ended.
impl Drop for Counting {
    fn drop(&mut self) {
        self.counts = None;
        let Some(thread) = self.thread.take() else { return };
        let start = Instant::now();
        while !thread.is_finished() && start.elapsed() < END_WAIT {
            self.ending.tell();
            std::thread::sleep(END_POLL);
        }
        if thread.is_finished() {
            let _ = thread.join(); // a panic in there was reported by its hook
        }
    }
}

struct Counter {
    address: Address,
    reviewer: String,
    open: Open,
    replies: Replies,
    ending: Arc<Ending>,
    bars: BarCount,
}

impl Counter {
    fn run(mut self, asked: &Receiver<Count>) {
        let mut state = None;
        while !self.ending.is_over() {
            match asked.recv_timeout(self.bars.wait().unwrap_or(KEPT_OPEN)) {
                Ok(Count::Bars { queue, is_new }) => self.bars.look_after(queue, is_new),
                Ok(Count::Asked(request)) => self.answer(&mut state, &request),
                Err(RecvTimeoutError::Timeout) if self.bars.wait().is_some() => self.count_bars(&mut state),
                Err(RecvTimeoutError::Timeout) => self.close(&mut state),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        self.close(&mut state);
    }

    fn answer(&self, state: &mut Option<WorkerState>, request: &Request) {
        let outcome = self.opened(state).and_then(|state| request.answer(state));
        if let Some(state) = state {
            self.replies.tell_damaged(&state.store);
        }
        let failed = |error| Reply::Failed { request: Box::new(request.clone()), error };
        self.replies.send(outcome.unwrap_or_else(failed));
    }

    fn count_bars(&mut self, state: &mut Option<WorkerState>) {
        // What fails here fails again in what is asked next.
        let Ok(state) = self.opened(state) else { return self.bars.give_up() };
        if let Some((queue, bars)) = self.bars.recount(state) {
            self.replies.send(Reply::Bars { queue, bars });
        }
        self.replies.tell_damaged(&state.store);
    }

    fn opened<'s>(&self, state: &'s mut Option<WorkerState>) -> Result<&'s mut WorkerState> {
        if state.is_none() {
            let store = (self.open)(self.address.clone())?;
            self.ending.set_interrupt(store.interrupter());
            *state = Some(WorkerState::new(store, self.reviewer.clone()));
        }
        state.as_mut().ok_or_else(|| StoreError::Misuse("the workspace was opened and is not open".into()))
    }

    fn close(&self, state: &mut Option<WorkerState>) {
        self.ending.set_interrupt(None);
        *state = None;
    }
}
