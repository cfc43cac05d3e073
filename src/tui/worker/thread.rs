//! The thread itself: it opens the store, answers in order, reads ahead while
//! nobody asks, and gives its claims up at the end.

use super::bars::BarWatch;
use super::count::Count;
use super::counting::{self, Counting};
use super::lens::{self, LensRequest, LensSender, ReadAhead, Whose};
use super::replies::Replies;
use super::state::{BulkUnderWay, WorkerState};
use super::{BrowseReply, BrowseRequest, Reply, Request};
use crate::clock::Clock;
use crate::domain::item::Seq;
use crate::domain::time::UtcMillis;
use crate::store::{ConnectionState, Store, StoreError};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// The index grows once nobody has asked for anything for this long: the reviewer reads.
const IDLE_BEFORE_INDEXING: Duration = Duration::from_secs(1);

/// A slice of the index, and the pause after it at least. Half of the time the database
/// is free for others who write. A slice on a server ends early for whoever asks: over a
/// long way to it, each statement takes more than a slice of a file.
const INDEX_SLICE: Duration = Duration::from_millis(8);
const INDEX_SLICE_ON_SERVER: Duration = Duration::from_millis(250);
const PAUSE_BETWEEN_SLICES: Duration = Duration::from_millis(8);

/// So many items are read ahead between two times that the newest rows are filed.
const LOOKS_BEFORE_FILING: u64 = 16;

/// Others' work is looked for this often, so that it is seen within a second.
const CHANGE_POLL: Duration = Duration::from_millis(500);

/// What is due is done this often.
const TICK: Duration = Duration::from_secs(60);

/// Interval, at the end, of looking whether the server can be reached.
const SHUTDOWN_POLL: Duration = Duration::from_millis(20);

/// A server that says nothing for longer is not waited for at the end.
const SHUTDOWN_WAIT: Duration = Duration::from_secs(3);

/// The workstation's end of the thread. Dropped, it lets the thread finish what was
/// asked, give its claims up and close the store.
pub struct Worker {
    requests: Option<Sender<Request>>,
    /// The lens's requests. Its thread ends with the program: nothing is lost by it.
    lens: LensSender,
    thread: Option<JoinHandle<()>>,
    heartbeat: Arc<Heartbeat>,
    clock: Clock,
    /// A server may never answer; a file does.
    is_server: bool,
    /// Ends with the thread.
    end: Receiver<()>,
}

/// Signs of life of the thread while it waits in the store.
#[derive(Default)]
struct Heartbeat {
    /// The connection is lost.
    is_lost: AtomicBool,
    /// The connection was lost since others' work was looked for last: what they did was not heard.
    was_lost: AtomicBool,
    /// Moves with each answer of the store.
    answers: AtomicU64,
    /// Something was asked that the thread has not begun with.
    is_awaited: AtomicBool,
}

impl Heartbeat {
    fn note(&self, state: &ConnectionState) {
        self.is_lost.store(*state != ConnectionState::Back, Ordering::Relaxed);
        self.was_lost.store(true, Ordering::Relaxed);
    }

    fn beat(&self) {
        self.answers.fetch_add(1, Ordering::Relaxed);
    }
}

impl Worker {
    /// Starts the thread and waits until `open` has opened the workspace on it, so that what is
    /// wrong with that is said on a plain terminal; gives what `open` found besides.
    pub fn start<T: Send + 'static>(
        open: impl FnOnce() -> color_eyre::eyre::Result<(Store, T)> + Send + 'static,
        is_server: bool,
        reviewer: String,
    ) -> color_eyre::eyre::Result<(Self, UnboundedReceiver<Reply>, T)> {
        Self::start_with(open, Box::new(Store::open_existing), is_server, reviewer)
    }

    /// Starts the thread, and one that counts over a connection that `open_to_count` opens.
    fn start_with<T: Send + 'static>(
        open: impl FnOnce() -> color_eyre::eyre::Result<(Store, T)> + Send + 'static,
        open_to_count: counting::Open,
        is_server: bool,
        reviewer: String,
    ) -> color_eyre::eyre::Result<(Self, UnboundedReceiver<Reply>, T)> {
        let (requests, asked) = channel();
        let (replies, answered) = unbounded_channel();
        let (opened, outcome) = channel();
        let (lens, read_ahead) = lens::start(replies.clone()).map_err(no_thread)?;
        let heartbeat = Arc::<Heartbeat>::default();
        let shared = heartbeat.clone();
        let (ends, end) = channel();
        let of_store = (lens.clone(), read_ahead);
        let thread = std::thread::Builder::new().name("store".into()).spawn(move || {
            let _ends = ends;
            match open() {
                Ok((store, found)) => {
                    let replies = Replies::to(replies);
                    let (address, person) = (store.address().clone(), reviewer.clone());
                    let counting = match Counting::start(address, person, open_to_count, replies.clone()) {
                        Ok(counting) => counting,
                        Err(error) => return drop(opened.send(Err(no_thread(error).into()))),
                    };
                    let _ = opened.send(Ok((store.clock(), found)));
                    let slice = if is_server { INDEX_SLICE_ON_SERVER } else { INDEX_SLICE };
                    let state = WorkerState::new(store, reviewer);
                    StoreThread::new(state, slice, shared, replies, of_store, counting).run(&asked);
                }
                Err(error) => drop(opened.send(Err(error))),
            }
        });
        let thread = thread.map_err(no_thread)?;
        match outcome.recv() {
            Ok(Err(error)) => Err(error),
            Ok(Ok((clock, found))) => {
                let thread = Some(thread);
                let worker = Self { requests: Some(requests), lens, thread, heartbeat, clock, is_server, end };
                Ok((worker, answered, found))
            }
            Err(_) => {
                Err(StoreError::Misuse("the thread of the store ended before the workspace was open".into()).into())
            }
        }
    }

    /// `false` when the thread is gone.
    pub fn ask(&self, request: Request) -> bool {
        self.heartbeat.is_awaited.store(true, Ordering::Relaxed);
        self.requests.as_ref().is_some_and(|requests| requests.send(request).is_ok())
    }

    /// The time now, by the clock of the workspace.
    pub fn now(&self) -> UtcMillis {
        self.clock.now()
    }

    /// Has an output read by the lens; `false` when its thread is gone.
    pub fn read_with_lens(&self, request: LensRequest) -> bool {
        self.lens.send((Whose::OnScreen, request)).is_ok()
    }
}

fn no_thread(source: io::Error) -> StoreError {
    StoreError::Io { what: "no thread can be started".into(), source }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.requests = None; // the end of the channel is the thread's sign to finish
        if let Some(thread) = self.thread.take().filter(|_| self.finishes()) {
            let _ = thread.join(); // a panic in there was reported by its hook
        }
    }
}

impl Worker {
    /// Waits until the thread has finished; `false`: the server cannot be reached or does
    /// not answer, and nobody waits for it.
    fn finishes(&self) -> bool {
        let (mut answers, mut since) = (0, Instant::now());
        while self.end.recv_timeout(SHUTDOWN_POLL) == Err(RecvTimeoutError::Timeout) {
            let present = self.heartbeat.answers.load(Ordering::Relaxed);
            if present != answers {
                (answers, since) = (present, Instant::now());
            }
            let is_silent = self.is_server && since.elapsed() > SHUTDOWN_WAIT;
            if is_silent || self.heartbeat.is_lost.load(Ordering::Relaxed) {
                return false;
            }
        }
        true
    }
}

/// The loop of the thread, with its state.
struct StoreThread {
    state: WorkerState,
    /// Time for a slice of what is done while nobody asks.
    slice: Duration,
    /// The time at which others' work is looked for next.
    next_poll: Instant,
    /// The time at which what is due is done next.
    next_tick: Instant,
    /// Others have changed something that was not reported yet.
    has_changed: bool,
    /// A change was reported, and nothing was asked since.
    is_reported: bool,
    heartbeat: Arc<Heartbeat>,
    replies: Replies,
    lens: LensSender,
    read_ahead: ReadAhead,
    /// How often the next item was read ahead.
    looks: u64,
    bars: BarWatch,
    counting: Counting,
}

impl StoreThread {
    fn new(
        state: WorkerState,
        slice: Duration,
        heartbeat: Arc<Heartbeat>,
        replies: Replies,
        (lens, read_ahead): (LensSender, ReadAhead),
        counting: Counting,
    ) -> Self {
        let (noted, sender) = (heartbeat.clone(), replies.clone());
        let report = move |connection| {
            noted.note(&connection);
            sender.send(Reply::Connection(connection));
        };
        // Who leaves does not wait for this thread, so it need not give up.
        state.store.on_connection_change(Box::new(report), Arc::default());
        let (next_poll, next_tick) = (Instant::now() + CHANGE_POLL, Instant::now());
        let (has_changed, is_reported) = (false, false);
        Self {
            state,
            slice,
            next_poll,
            next_tick,
            has_changed,
            is_reported,
            heartbeat,
            replies,
            lens,
            read_ahead,
            looks: 0,
            bars: BarWatch::default(),
            counting,
        }
    }

    fn run(mut self, asked: &Receiver<Request>) {
        let mut present = None;
        loop {
            self.replies.tell_damaged(&self.state.store);
            let request = match asked.try_recv() {
                Ok(request) => request,
                Err(TryRecvError::Empty) if self.work_ahead(&mut present) => continue,
                // Nothing is left that somebody waits for.
                _ => match self.next_request(asked) {
                    Some(request) => request,
                    None => break,
                },
            };
            self.heartbeat.is_awaited.store(false, Ordering::Relaxed);
            if request.is_count() {
                self.counting.ask(Count::Asked(request)); // what was asked before it is on disk
                self.is_reported = false;
                continue;
            }
            let reply = self.answer(request);
            if let Some(seq) = reply.served().map(|served| served.seq) {
                self.send_read_ahead(seq);
                present = Some(seq);
            }
            self.replies.send(reply);
            // The screen, which may have been woken on this processor, paints before anything is read ahead.
            std::thread::yield_now();
        }
        while self.state.bulk.is_some() {
            self.work_on_bulk(); // what was confirmed is done whole
        }
        let _ = self.state.store.release_all(); // what cannot be released expires
        drop(self.counting); // its connection first: the last one clears the log of a file away
    }

    /// Sends the lens's reading of an item that is about to come on screen, where it was read ahead.
    fn send_read_ahead(&self, served: Seq) {
        let newest = self.read_ahead.try_iter().last();
        if let Some((request, reading)) = newest.filter(|(request, _)| request.seq == served) {
            self.replies.send(Reply::lens(request, reading));
        }
    }

    fn answer(&mut self, request: Request) -> Reply {
        let reply = request.answer(&mut self.state);
        self.heartbeat.beat();
        self.bars.note(&request, &self.state);
        self.is_reported = false;
        reply.unwrap_or_else(|error| Reply::Failed { request: Box::new(request), error })
    }

    /// Waits for a request. Meanwhile others' work is looked for, and when none comes for a
    /// while, the index grows: whoever asks then waits for one slice at most.
    fn next_request(&mut self, asked: &Receiver<Request>) -> Option<Request> {
        let (mut slice_at, mut reached) = (Some(Instant::now() + IDLE_BEFORE_INDEXING), 0);
        loop {
            let wake = slice_at.map_or(self.next_poll, |at| at.min(self.next_poll));
            match asked.recv_timeout(wake.saturating_duration_since(Instant::now())) {
                Ok(request) => return Some(request),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.do_what_is_due();
            if self.next_poll <= Instant::now() && self.report_changes() {
                slice_at = slice_at.or(Some(Instant::now() + IDLE_BEFORE_INDEXING)); // there may be more to file
            }
            if slice_at.is_some_and(|at| at <= Instant::now()) {
                let pause = self.work_while_idle(&mut reached);
                slice_at = pause.map(|pause| Instant::now() + pause);
            }
        }
    }

    /// Moves escalations that nobody has answered in time. What cannot move now, or by this person,
    /// moves later or by another.
    fn do_what_is_due(&mut self) {
        if self.next_tick > Instant::now() {
            return;
        }
        self.next_tick = Instant::now() + TICK;
        let WorkerState { store, reviewer, .. } = &self.state;
        self.has_changed |= store.tick(reviewer, store.now()).is_ok_and(|moved| !moved.is_empty());
    }

    /// Reports whether others have changed the workspace; not again before something was asked,
    /// for the workstation may be asleep. What fails here fails again in what is asked next.
    fn report_changes(&mut self) -> bool {
        let was_lost = self.heartbeat.was_lost.swap(false, Ordering::Relaxed);
        self.has_changed |= self.state.store.changed().unwrap_or(false) | was_lost;
        self.next_poll = Instant::now() + CHANGE_POLL;
        if self.is_reported || !self.has_changed {
            return false;
        }
        self.replies.send(Reply::Changed);
        self.bars.changed();
        (self.has_changed, self.is_reported) = (false, true);
        true
    }

    /// Bars that may stand otherwise are handed on to be counted, what was decided is counted by group, the index of
    /// full-text search grows a little, then the scores of how items are grounded; gives the pause before the next slice, `None` when all is done.
    fn work_while_idle(&mut self, reached: &mut i64) -> Option<Duration> {
        let start = Instant::now();
        if let Some(count) = self.bars.take_due(&self.state) {
            self.counting.ask(count);
        }
        if self.state.store.count_groups(self.slice).unwrap_or(false) {
            return Some(start.elapsed().max(PAUSE_BETWEEN_SLICES));
        }
        let indexed = self.state.store.index_slice(self.slice, &self.heartbeat.is_awaited, self.state.store.now());
        let listing = self.state.listing.get().zip(indexed.as_ref().ok());
        if let Some(extent) = listing.and_then(|(listing, indexed)| listing.index_grew(*indexed)) {
            self.replies.send(Reply::Browse(extent));
        }
        match indexed {
            Ok(indexed) if !indexed.is_complete() => {
                let is_stuck = indexed.rows == *reached; // another program is at it
                *reached = indexed.rows;
                Some(if is_stuck { IDLE_BEFORE_INDEXING } else { start.elapsed().max(PAUSE_BETWEEN_SLICES) })
            }
            // What cannot be filed now is filed when nobody asks the next time.
            _ => self.ground_on().then(|| start.elapsed().max(PAUSE_BETWEEN_SLICES)),
        }
    }

    /// Does a slice of the work that is done before anybody asks again, the most urgent first; `false`
    /// when there is nothing.
    fn work_ahead(&mut self, present: &mut Option<Seq>) -> bool {
        if let Some(seq) = present.take() {
            self.look_ahead(seq);
            self.looks += 1;
            if self.looks.is_multiple_of(LOOKS_BEFORE_FILING) {
                let _ = self.state.store.file_newest(); // else a decision to come does
            }
            return true;
        }
        if self.state.bulk.is_some() {
            self.work_on_bulk();
            return true;
        }
        let Some(listing) = self.state.listing.get().filter(|listing| !listing.is_done()) else { return false };
        match listing.work(&self.state.store) {
            Ok(extent) => self.replies.send(Reply::Browse(extent)),
            Err(error) => self.give_up_listing(error),
        }
        true
    }

    /// A listing that cannot be read on is reported once, as a failed request.
    fn give_up_listing(&mut self, error: StoreError) {
        if let Some(listing) = self.state.listing.take() {
            let request = BrowseRequest::Words { queue: listing.queue.name };
            self.replies.send(Reply::Failed { request: Box::new(request.into()), error });
        }
    }

    fn work_on_bulk(&mut self) {
        let Some(BulkUnderWay { mut bulk, request }) = self.state.bulk.take() else { return };
        let outcome = self.state.store.continue_bulk(&mut bulk, self.state.store.now());
        self.heartbeat.beat();
        let (done, of) = bulk.progress();
        let reply = match outcome {
            Err(error) => Reply::Failed { request, error },
            Ok(()) if bulk.is_done() => Reply::Browse(BrowseReply::BulkDone { outcome: bulk.outcome() }),
            Ok(()) => {
                self.state.bulk = Some(BulkUnderWay { bulk, request });
                Reply::Browse(BrowseReply::BulkProgress { done, of })
            }
        };
        self.replies.send(reply);
    }

    /// Goes on to score how items are grounded, where they are served by it; `true`: more is left.
    fn ground_on(&mut self) -> bool {
        let Ok(queue) = self.state.open_queue() else { return false };
        self.state.store.ground_slice(&queue, self.slice).unwrap_or(false)
    }

    /// Reads the next item, and has it read by the lens, so that both are there when it comes.
    fn look_ahead(&mut self, present: Seq) {
        let Ok(queue) = self.state.open_queue() else { return };
        // What cannot be read now is read, or reported, when it is asked for.
        let now = self.state.store.now();
        let ahead = self.state.store.look_ahead(queue.actor(&self.state.reviewer, now), present);
        if let Ok(Some((seq, item))) = ahead
            && queue.spec.spec.lens.enabled
            && !LensRequest::is_too_long(item)
            && let Some(request) = LensRequest::of(seq, item)
        {
            let _ = self.lens.send((Whose::Next, request));
        }
    }
}

#[cfg(test)]
mod tests;
