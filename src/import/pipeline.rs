//! Reading on a thread of its own, so that parsing overlaps with what is done with the
//! rows.

use super::reader::Reader;
use super::row::Row;
use crate::domain::imported::Record;
use std::collections::VecDeque;
use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

/// Interval between two checks for Ctrl-C: too short to be noticed.
const GLANCE: Duration = Duration::from_millis(50);

/// How much is read ahead. Memory is bounded by bytes as well as by counts: at most
/// `queued_bytes` of the file wait (or one batch, if it is larger), while one more batch
/// is being filled and one is in use. The items made of them take about as much again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimits {
    /// A batch is full with this many rows ...
    pub rows: usize,
    /// ... or with rows of this many bytes.
    pub bytes: usize,
    /// Batches that may wait.
    pub queued: usize,
    /// Bytes that may wait.
    pub queued_bytes: usize,
}

impl Default for BatchLimits {
    fn default() -> Self {
        Self { rows: 512, bytes: 1 << 20, queued: 8, queued_bytes: 8 << 20 }
    }
}

/// Rows that follow one another.
#[derive(Debug)]
pub struct Batch {
    /// Rows, at least one.
    pub rows: Vec<Row>,
    /// Bytes of the file up to the end of the last row.
    pub position: u64,
}

/// What a [`Pipeline`] has to give.
#[derive(Debug)]
pub enum Coming {
    Batch(io::Result<Batch>),
    /// Nothing until the time that was waited for.
    Nothing,
    /// Nothing more, or no more is wanted.
    End,
}

/// Batches in the order of the file; an error of the system comes in its place, and is
/// the last. Dropping it stops the thread when it next hands a batch over.
pub struct Pipeline {
    queue: Arc<Queue>,
    thread: Option<JoinHandle<()>>,
}

/// Starts to read. Fails when the system has no thread to give.
pub fn pipeline(reader: Reader, limits: BatchLimits) -> io::Result<Pipeline> {
    pipeline_through(reader, limits, |row| row)
}

/// Starts to read, and passes each row through `step` on the thread that reads.
pub fn pipeline_through(
    reader: Reader,
    limits: BatchLimits,
    step: impl Fn(Row) -> Row + Send + 'static,
) -> io::Result<Pipeline> {
    let queue = Arc::new(Queue { limits, state: Mutex::default(), changed: Condvar::new() });
    let feeder = Feeder { queue: queue.clone(), step };
    let thread = Builder::new().name("import".into()).spawn(move || feeder.run(reader))?;
    Ok(Pipeline { queue, thread: Some(thread) })
}

impl Pipeline {
    /// The next batch, waited for until `until` where that is given; the end also once `stop` is set, which is
    /// checked every 50 ms: standard input may give nothing for ever. Of a stream that pauses, what has come is given
    /// after as long, in a batch that is not full.
    pub fn next_unless(&mut self, stop: &AtomicBool, until: Option<Instant>) -> Coming {
        while !stop.load(Ordering::Relaxed) {
            if self.queue.has_news(GLANCE) {
                return self.next().map_or(Coming::End, Coming::Batch);
            }
            if let Some(batch) = self.queue.take_begun() {
                return Coming::Batch(Ok(batch));
            }
            if until.is_some_and(|until| until <= Instant::now()) {
                return Coming::Nothing;
            }
        }
        Coming::End
    }

    /// Takes back records that are done with. The reading thread frees them: their memory
    /// is from its share of the heap, and it has the time.
    pub fn give_back(&self, records: Vec<Box<Record>>) {
        self.queue.lock().used.push(records);
    }
}

impl Iterator for Pipeline {
    type Item = io::Result<Batch>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.queue.take();
        if batch.is_none()
            && let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
        {
            // A file that was read in part must not look like one that ended.
            std::panic::resume_unwind(panic);
        }
        batch
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        // Not joined: the thread may be waiting for standard input.
        self.queue.lock().dropped = true;
        self.queue.changed.notify_all();
    }
}

struct Queue {
    limits: BatchLimits,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<(usize, io::Result<Batch>)>,
    /// What was given back, to be freed.
    #[expect(clippy::vec_box, reason = "boxed by the reader; moving them out of it would copy each")]
    used: Vec<Vec<Box<Record>>>,
    bytes: usize,
    /// The batch of a stream that is being filled: whoever writes the stream may be waiting for what comes of it.
    begun: Filling,
    /// Nothing more will come.
    ended: bool,
    /// Whether the [`Pipeline`] was dropped: no batch will be taken any more.
    dropped: bool,
}

/// A batch that is being filled.
#[derive(Default)]
struct Filling {
    rows: Vec<Row>,
    bytes: usize,
    /// Bytes of the file up to the end of the last row.
    position: u64,
}

impl Filling {
    fn is_full(&self, limits: &BatchLimits) -> bool {
        self.rows.len() >= limits.rows || self.bytes >= limits.bytes
    }

    fn batch(self) -> Batch {
        Batch { rows: self.rows, position: self.position }
    }
}

impl State {
    fn has_room(&self, bytes: usize, limits: &BatchLimits) -> bool {
        self.waiting.is_empty()
            || (self.waiting.len() < limits.queued && self.bytes.saturating_add(bytes) <= limits.queued_bytes)
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'a>(&self, state: MutexGuard<'a, State>, waits: impl Fn(&State) -> bool) -> MutexGuard<'a, State> {
        self.changed.wait_while(state, |state| waits(state)).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits so long at most for a batch, or for the end.
    fn has_news(&self, pause: Duration) -> bool {
        let quiet = |state: &mut State| state.waiting.is_empty() && !state.ended;
        let waited = self.changed.wait_timeout_while(self.lock(), pause, quiet);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    fn take(&self) -> Option<io::Result<Batch>> {
        let mut state = self.wait(self.lock(), |state| state.waiting.is_empty() && !state.ended);
        let (bytes, batch) = state.waiting.pop_front()?;
        state.bytes -= bytes;
        self.changed.notify_all();
        Some(batch)
    }

    /// Adds to the begun batch of a stream, and takes it where it is full.
    fn lay_open(&self, filling: Filling) -> Filling {
        let begun = &mut self.lock().begun;
        begun.rows.extend(filling.rows);
        (begun.bytes, begun.position) = (begun.bytes + filling.bytes, filling.position);
        if begun.is_full(&self.limits) { std::mem::take(begun) } else { Filling::default() }
    }

    /// Takes the begun batch of a stream as it is, unless one before it waits.
    fn take_begun(&self) -> Option<Batch> {
        let mut state = self.lock();
        let is_next = state.waiting.is_empty() && !state.begun.rows.is_empty();
        is_next.then(|| std::mem::take(&mut state.begun).batch())
    }

    /// Waits for room; breaks when the [`Pipeline`] was dropped.
    fn put(&self, bytes: usize, batch: io::Result<Batch>) -> ControlFlow<()> {
        let mut state = self.wait(self.lock(), |state| !state.dropped && !state.has_room(bytes, &self.limits));
        if state.dropped {
            return ControlFlow::Break(());
        }
        state.bytes += bytes;
        state.waiting.push_back((bytes, batch));
        self.changed.notify_all();
        ControlFlow::Continue(())
    }
}

/// The reading end. However the thread ends, the queue learns of it.
struct Feeder<F> {
    queue: Arc<Queue>,
    step: F,
}

impl<F> Drop for Feeder<F> {
    fn drop(&mut self) {
        self.queue.lock().ended = true;
        self.queue.changed.notify_all();
    }
}

impl<F: Fn(Row) -> Row> Feeder<F> {
    fn run(self, mut reader: Reader) {
        while self.feed(&mut reader).is_continue() {}
    }

    /// Reads one batch and hands it over.
    fn feed(&self, reader: &mut Reader) -> ControlFlow<()> {
        let used = std::mem::take(&mut self.queue.lock().used);
        drop(used);
        let limits = self.queue.limits;
        let (mut filling, mut failure) = (Filling::default(), None);
        while !filling.is_full(&limits) {
            match reader.next() {
                Some(Ok(row)) => {
                    filling.bytes += row.held();
                    filling.rows.push((self.step)(row));
                    filling.position = reader.bytes_read();
                }
                Some(Err(error)) => {
                    failure = Some(error);
                    break;
                }
                None => break,
            }
            if reader.may_wait() {
                filling = self.queue.lay_open(filling);
            }
        }
        if reader.may_wait() && filling.rows.is_empty() {
            filling = std::mem::take(&mut self.queue.lock().begun);
        }
        let last = filling.rows.is_empty();
        if !last {
            self.queue.put(filling.bytes, Ok(filling.batch()))?;
        }
        match failure {
            Some(error) => self.queue.put(0, Err(error)),
            None if last => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    }
}
