//! The thread itself: it opens the store, answers in order, reads ahead while
//! nobody asks, and gives its claims up at the end.

mod golden;
mod lens;

use super::browsing::Browsing;
use super::{Reply, Request};
use crate::domain::decision::Judgement;
use crate::domain::filter::Filter;
use crate::domain::order::{Order, Serving};
use crate::domain::time;
use crate::store::view::{LinkState, Next, Queue, Seq, Served};
use crate::store::{Address, Asker, Bulk, Result, Scope, Sort, Store, StoreError};
use crate::tui::screen::browse::selection::Chosen;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

/// Nobody has asked for anything for this long: the reviewer reads.
const IDLE_BEFORE_INDEXING: Duration = Duration::from_secs(1);

/// A slice of the index, and the rest after it at least. Half of the time the database
/// is free for others who write. A slice on a server ends early for whoever asks: over a
/// long way to it, each statement takes more than a slice of a file.
const INDEX_SLICE: Duration = Duration::from_millis(8);
const INDEX_SLICE_ON_SERVER: Duration = Duration::from_millis(250);
const PAUSE_BETWEEN_SLICES: Duration = Duration::from_millis(8);

/// Others' work is looked for this often, so that it is seen within a second.
const CHANGE_POLL: Duration = Duration::from_millis(500);

/// The workstation's end of the thread. Dropped, it lets the thread finish what was
/// asked, give its claims up and close the store.
pub struct Worker {
    requests: Option<Sender<Request>>,
    /// What the lens is to read. Its thread ends with the program: nothing is lost by it.
    readings: Sender<Request>,
    thread: Option<JoinHandle<()>>,
    heartbeat: Arc<Heartbeat>,
    /// A server may never answer; a file does.
    is_server: bool,
    /// Ends with the thread.
    end: Receiver<()>,
}

/// What is seen of the thread while it waits in the store.
#[derive(Default)]
struct Heartbeat {
    /// The connection is lost.
    is_lost: AtomicBool,
    /// It was lost since others' work was looked for last: what they did was not heard.
    was_lost: AtomicBool,
    /// Moves with each answer of the store.
    answers: AtomicU64,
    /// Something was asked that the thread has not begun with.
    is_awaited: AtomicBool,
}

impl Heartbeat {
    fn note(&self, link: &LinkState) {
        self.is_lost.store(*link != LinkState::Back, Ordering::Relaxed);
        self.was_lost.store(true, Ordering::Relaxed);
    }

    fn beat(&self) {
        self.answers.fetch_add(1, Ordering::Relaxed);
    }
}

impl Worker {
    /// Starts the thread and waits until the workspace is open, so that what is wrong
    /// with it is said on a plain terminal.
    pub fn start(place: impl Into<Address>, reviewer: String) -> Result<(Self, UnboundedReceiver<Reply>)> {
        let (requests, asked) = channel();
        let (answer, replies) = unbounded_channel();
        let (opened, outcome) = channel();
        let readings = lens::start(answer.clone())?;
        let address = place.into();
        let is_server = matches!(address, Address::Server(_));
        let heartbeat = Arc::<Heartbeat>::default();
        let shared = heartbeat.clone();
        let (ends, end) = channel();
        let thread = std::thread::Builder::new().name("store".into()).spawn(move || {
            let _ends = ends;
            match Store::open(address) {
                Ok(store) => {
                    let _ = opened.send(Ok(()));
                    let slice = if is_server { INDEX_SLICE_ON_SERVER } else { INDEX_SLICE };
                    WorkerState::new(store, reviewer, slice, shared, &answer).serve(&asked, &answer);
                }
                Err(error) => drop(opened.send(Err(error))),
            }
        });
        let thread = thread.map_err(no_thread)?;
        match outcome.recv() {
            Ok(Err(error)) => Err(error),
            _ => Ok((
                Self { requests: Some(requests), readings, thread: Some(thread), heartbeat, is_server, end },
                replies,
            )),
        }
    }

    /// `false` when the thread is gone.
    pub fn ask(&self, request: Request) -> bool {
        match request {
            Request::Lens { .. } => self.readings.send(request).is_ok(),
            request => {
                self.heartbeat.is_awaited.store(true, Ordering::Relaxed);
                self.requests.as_ref().is_some_and(|requests| requests.send(request).is_ok())
            }
        }
    }
}

fn no_thread(source: std::io::Error) -> StoreError {
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

/// At the end it is looked this often whether the server can be reached.
const SHUTDOWN_POLL: Duration = Duration::from_millis(20);

/// A server that says nothing for longer is not waited for at the end.
const SHUTDOWN_WAIT: Duration = Duration::from_secs(3);

/// What was written since the index was filled last is filed before precedents are
/// looked for, for this long at most.
const INDEX_BEFORE_PRECEDENTS: Duration = Duration::from_millis(50);

/// Precedents that are shown.
const PRECEDENT_COUNT: usize = 20;

/// What the thread works with.
struct WorkerState {
    store: Store,
    reviewer: String,
    queue: Option<Rc<Queue>>,
    browsing: Option<Browsing>,
    bulk: Option<UnderWay>,
    /// Of what is done in the quiet.
    slice: Duration,
    /// When others' work is looked for next.
    next_poll: Instant,
    /// Others have changed something that was not told yet.
    has_changed: bool,
    /// It was told, and nothing was asked since.
    is_reported: bool,
    heartbeat: Arc<Heartbeat>,
}

/// A bulk under way, and what asked for it.
struct UnderWay {
    bulk: Bulk,
    request: Box<Request>,
}

impl WorkerState {
    fn new(
        store: Store,
        reviewer: String,
        slice: Duration,
        heartbeat: Arc<Heartbeat>,
        answer: &UnboundedSender<Reply>,
    ) -> Self {
        let (noted, answer) = (heartbeat.clone(), answer.clone());
        let tell = move |link| {
            noted.note(&link);
            let _ = answer.send(Reply::Link(link));
        };
        // Who leaves does not wait for this thread, so it need not give up.
        store.on_link(Box::new(tell), Arc::default());
        let next_poll = Instant::now() + CHANGE_POLL;
        let (has_changed, is_reported) = (false, false);
        let (queue, browsing, bulk) = (None, None, None);
        Self { store, reviewer, queue, browsing, bulk, slice, next_poll, has_changed, is_reported, heartbeat }
    }

    fn serve(mut self, asked: &Receiver<Request>, answer: &UnboundedSender<Reply>) {
        let mut present = None;
        loop {
            let request = match asked.try_recv() {
                Ok(request) => request,
                Err(TryRecvError::Empty) if self.works_on(&mut present, answer) => continue,
                // Nothing is left that somebody waits for.
                _ => match self.next_request(asked, answer) {
                    Some(request) => request,
                    None => break,
                },
            };
            self.heartbeat.is_awaited.store(false, Ordering::Relaxed);
            present = self.reply_to(request, answer).or(present);
        }
        while self.bulk.is_some() {
            self.work_on_bulk(answer); // what was confirmed is done whole
        }
        let _ = self.store.release_all(); // what cannot be released expires
    }

    /// Waits for a request. Meanwhile others' work is looked for, and when none comes for a
    /// while, what is done in the quiet: whoever asks then waits for one slice at most.
    fn next_request(&mut self, asked: &Receiver<Request>, answer: &UnboundedSender<Reply>) -> Option<Request> {
        let (mut slice_at, mut reached) = (Some(Instant::now() + IDLE_BEFORE_INDEXING), 0);
        loop {
            let wake = slice_at.map_or(self.next_poll, |at| at.min(self.next_poll));
            match asked.recv_timeout(wake.saturating_duration_since(Instant::now())) {
                Ok(request) => return Some(request),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            }
            if self.next_poll <= Instant::now() && self.look(answer) {
                slice_at = slice_at.or(Some(Instant::now() + IDLE_BEFORE_INDEXING)); // there may be more to file
            }
            if slice_at.is_some_and(|at| at <= Instant::now()) {
                slice_at = self.work_in_the_quiet(&mut reached, answer).map(|pause| Instant::now() + pause);
            }
        }
    }

    /// Looks whether others have changed the workspace, and tells; not again before
    /// something was asked, for the workstation may be asleep. What fails here is told by what
    /// is asked next.
    fn look(&mut self, answer: &UnboundedSender<Reply>) -> bool {
        let was_lost = self.heartbeat.was_lost.swap(false, Ordering::Relaxed);
        self.has_changed |= self.store.changed().unwrap_or(false) | was_lost;
        self.next_poll = Instant::now() + CHANGE_POLL;
        if self.is_reported || !self.has_changed {
            return false;
        }
        let _ = answer.send(Reply::Changed);
        (self.has_changed, self.is_reported) = (false, true);
        true
    }

    /// The index of full-text search grows a little, then the reading of how items are
    /// grounded; gives the pause before the next slice, `None` when all is done.
    fn work_in_the_quiet(&mut self, reached: &mut i64, answer: &UnboundedSender<Reply>) -> Option<Duration> {
        let start = Instant::now();
        let indexed = self.store.index_slice(self.slice, &self.heartbeat.is_awaited, time::now());
        let browsing = self.browsing.as_mut().zip(indexed.as_ref().ok());
        if let Some(extent) = browsing.and_then(|(browsing, indexed)| browsing.index_grew(*indexed)) {
            let _ = answer.send(extent);
        }
        match indexed {
            Ok(indexed) if !indexed.is_complete() => {
                let is_stuck = indexed.rows == *reached; // another program is at it
                *reached = indexed.rows;
                Some(if is_stuck { IDLE_BEFORE_INDEXING } else { start.elapsed().max(PAUSE_BETWEEN_SLICES) })
            }
            // What cannot be filed now is filed when the next quiet comes.
            _ => self.ground_on().then(|| start.elapsed().max(PAUSE_BETWEEN_SLICES)),
        }
    }

    /// Does a little of what is done while nobody asks, the most urgent first; `false`
    /// when there is nothing.
    fn works_on(&mut self, present: &mut Option<Seq>, answer: &UnboundedSender<Reply>) -> bool {
        if let Some(seq) = present.take() {
            self.look_ahead(seq);
            return true;
        }
        if self.bulk.is_some() {
            self.work_on_bulk(answer);
            return true;
        }
        let Some(browsing) = self.browsing.as_mut().filter(|browsing| !browsing.is_done()) else { return false };
        match browsing.work(&self.store) {
            Ok(extent) => drop(answer.send(extent)),
            Err(error) => self.give_up_line(error, answer),
        }
        true
    }

    /// A line that cannot be read on is told once, in answer to its request.
    fn give_up_line(&mut self, error: StoreError, answer: &UnboundedSender<Reply>) {
        if let Some(browsing) = self.browsing.take() {
            let request = Request::Words { queue: browsing.queue.name };
            let _ = answer.send(Reply::Failed { request: Box::new(request), error });
        }
    }

    fn work_on_bulk(&mut self, answer: &UnboundedSender<Reply>) {
        let Some(mut under_way) = self.bulk.take() else { return };
        let outcome = self.store.continue_bulk(&mut under_way.bulk, time::now());
        self.heartbeat.beat();
        let (done, of) = under_way.bulk.progress();
        let reply = match outcome {
            Err(error) => Reply::Failed { request: under_way.request, error },
            Ok(()) if under_way.bulk.is_done() => Reply::BulkDone { outcome: under_way.bulk.outcome() },
            Ok(()) => {
                self.bulk = Some(under_way);
                Reply::BulkProgress { done, of }
            }
        };
        let _ = answer.send(reply);
    }

    /// Reads on how items are grounded, where they are served by it; `true`: more is left.
    fn ground_on(&mut self) -> bool {
        let Some(queue) = self.queue.clone() else { return false };
        self.store.ground_slice(&queue, self.slice).unwrap_or(false)
    }

    /// Answers, and tells the item that is on screen from now on.
    fn reply_to(&mut self, request: Request, answer: &UnboundedSender<Reply>) -> Option<Seq> {
        let mut reply = self.answer(&request);
        if matches!(reply, Err(StoreError::Lost(_))) && request.may_be_repeated() {
            reply = self.answer(&request); // over a connection that is made anew
        }
        self.heartbeat.beat();
        self.is_reported = false;
        let reply = reply.unwrap_or_else(|error| Reply::Failed { request: Box::new(request), error });
        let present = reply.served();
        let _ = answer.send(reply); // nobody listens once the workstation has closed
        present
    }

    fn look_ahead(&mut self, present: Seq) {
        if let Some(queue) = self.queue.clone() {
            // What cannot be read now is read, or reported, when it is asked for.
            let _ = self.store.look_ahead(&queue, &self.reviewer, present, time::now());
        }
    }

    fn answer(&mut self, request: &Request) -> Result<Reply> {
        match request {
            Request::Home => Ok(Reply::Home(self.store.queues(time::now())?)),
            Request::Open { queue } => self.open(queue, None, Filter::default()),
            Request::OpenBy { queue, order, filter } => self.open(queue, *order, filter.clone()),
            Request::Serve { serving } => self.serve_by(serving),
            Request::Next { after, deferred } => self.next(*after, *deferred),
            Request::Progress => self.progress(),
            Request::Show { seq } => Ok(Reply::Shown { served: self.show(*seq)? }),
            Request::Reopen { seq } => self.reopen(*seq),
            Request::Earlier { before } => self.earlier(*before),
            Request::Previous { seq } => {
                let previous = self.store.previous_attempt(&*self.queue()?, *seq)?;
                Ok(Reply::Previous { seq: *seq, previous: previous.map(Box::new) })
            }
            Request::Decide { seq, token, judgement } => self.decide(*seq, token, judgement),
            Request::Defer { seq, token } => self.defer(*seq, token),
            Request::Undo => {
                let undone = self.store.undo(&*self.queue()?, &self.reviewer, Scope::Anything, time::now())?;
                Ok(Reply::Undone(undone.map(Box::new)))
            }
            Request::Redo => {
                let redone = self.store.redo(&*self.queue()?, &self.reviewer, time::now())?;
                Ok(Reply::Redone(redone.map(Box::new)))
            }
            Request::SaveDraft { seq, draft } => {
                self.store.save_draft(*seq, &self.reviewer, draft, time::now())?;
                Ok(Reply::DraftSaved { seq: *seq })
            }
            Request::Macros => self.macros(),
            Request::SaveMacro { saved } => {
                self.store.save_macro(&*self.queue()?, &self.reviewer, saved)?;
                self.macros()
            }
            Request::RemoveMacro { key } => {
                self.store.remove_macro(&*self.queue()?, &self.reviewer, *key)?;
                self.macros()
            }
            Request::Extend { seq, token } => {
                Ok(Reply::Extended { seq: *seq, expires_at: self.store.extend(*seq, token, time::now())? })
            }
            Request::History { seq, before } => {
                let history = self.store.history(&*self.queue()?, *seq, &self.reviewer, *before)?;
                Ok(Reply::History(Box::new(history)))
            }
            Request::Precedents { seq } => {
                // What was decided a moment ago is a precedent already.
                let indexed = self
                    .store
                    .index_slice(INDEX_BEFORE_PRECEDENTS, &AtomicBool::new(false), time::now())
                    .or_else(|_| self.store.indexed())?;
                let found = self.store.precedents(&*self.queue()?, *seq, PRECEDENT_COUNT)?;
                Ok(Reply::Precedents { seq: *seq, found, indexed })
            }
            Request::Peek { seq } => Ok(Reply::Peeked { seq: *seq, item: Box::new(self.store.peek(*seq)?) }),
            Request::Lens { .. } => Err(StoreError::Damaged("the lens has a thread of its own".into())),
            Request::GoldenFacts { queue, seq } => self.golden_facts(queue, *seq),
            Request::KeepGolden { queue, seq, example } => self.keep_golden(queue, *seq, example),
            Request::RemoveGolden { queue, seq } => self.remove_golden(queue, *seq),
            Request::UndoGolden { queue } => self.turn_golden(queue, true),
            Request::RedoGolden { queue } => self.turn_golden(queue, false),
            Request::Goldens { queue, narrow, reach, list } => self.goldens(queue, narrow.as_deref(), *reach, *list),
            Request::OpenItem { queue, seq } => self.open_item(queue, *seq),
            Request::Words { queue } => {
                let queue = self.store.queue(queue)?;
                let words = Box::new(self.store.words(&queue)?);
                Ok(Reply::Words { queue: Box::new(queue), words })
            }
            Request::Browse { queue, filter, sort, ticket } => self.browse(queue, filter, *sort, *ticket),
            Request::Follow { ticket } => {
                let browsing = self.browsing.as_mut().filter(|browsing| browsing.ticket == *ticket);
                let browsing = browsing.ok_or_else(given_up)?;
                browsing.follow(&self.store)
            }
            Request::Rows { ticket, from, count } => {
                let browsing = self.browsing.as_ref().filter(|browsing| browsing.ticket == *ticket);
                let rows = browsing.map(|browsing| browsing.rows(&self.store, *from..from + count, &self.reviewer));
                Ok(Reply::Rows { ticket: *ticket, from: *from, rows: rows.transpose()?.unwrap_or_default() })
            }
            Request::Known { queue, name, begun } => {
                let values = self.store.known_values(&self.store.queue(queue)?, *name, begun)?;
                Ok(Reply::Known { name: *name, begun: begun.clone(), values })
            }
            Request::SavedFilters { queue } => self.saved_filters(queue, None),
            Request::SaveFilter { queue, name, text } => {
                self.store.save_filter(&self.store.queue(queue)?, name, text, &self.reviewer, time::now())?;
                self.saved_filters(queue, Some(format!("saved as @{name}")))
            }
            Request::RemoveFilter { queue, name } => {
                self.store.remove_filter(&self.store.queue(queue)?, name, &self.reviewer, time::now())?;
                self.saved_filters(queue, Some(format!("removed @{name}")))
            }
            Request::Bulk { queue, ticket, chosen, action } => {
                let queue = self.store.queue(queue)?;
                let items = self.chosen(*ticket, chosen)?;
                let bulk = self.store.begin_bulk(&queue, items, action.clone(), &self.reviewer)?;
                let (done, of) = bulk.progress();
                self.queue = Some(Rc::new(queue));
                self.bulk = Some(UnderWay { bulk, request: Box::new(request.clone()) });
                Ok(Reply::BulkProgress { done, of })
            }
            Request::Release { seq, token } => {
                self.store.release(*seq, token)?;
                Ok(Reply::Released { seq: *seq })
            }
        }
    }

    /// Begins a line, and answers with as much of it as a slice gives.
    fn browse(&mut self, queue: &str, filter: &Filter, sort: Sort, ticket: u64) -> Result<Reply> {
        let queue = self.store.queue(queue)?;
        let asker = Asker { reviewer: &self.reviewer, now: time::now() };
        let condition = self.store.condition(&queue, filter, asker)?;
        let seeks_texts = self.store.expanded(&queue, filter.clone())?.terms().iter().any(|term| term.is_text());
        let indexed = if seeks_texts { Some(self.store.indexed()?) } else { None };
        let counts = self.store.counts(&queue)?; // before the line: what comes between is looked for again
        let line = self.store.line(&queue, condition, sort)?;
        self.queue = Some(Rc::new(queue.clone()));
        self.browsing.insert(Browsing::new(ticket, queue, counts, line, indexed)).work(&self.store)
    }

    fn saved_filters(&self, queue: &str, done: Option<String>) -> Result<Reply> {
        Ok(Reply::SavedFilters { filters: self.store.saved_filters(&self.store.queue(queue)?)?, done })
    }

    fn chosen(&mut self, ticket: u64, chosen: &Chosen) -> Result<Vec<Seq>> {
        let left_out = match chosen {
            Chosen::These(seqs) => return Ok(seqs.clone()),
            Chosen::AllBut(seqs) => seqs,
        };
        let browsing = self.browsing.as_mut().filter(|browsing| browsing.ticket == ticket);
        let browsing = browsing.ok_or_else(given_up)?;
        browsing.all_but(&self.store, left_out)
    }

    fn queue(&self) -> Result<Rc<Queue>> {
        self.queue.clone().ok_or_else(|| StoreError::Damaged("no queue is open".into()))
    }

    fn macros(&self) -> Result<Reply> {
        Ok(Reply::Macros(self.store.macros(&*self.queue()?, &self.reviewer)?))
    }

    fn next(&mut self, after: Option<Seq>, deferred: bool) -> Result<Reply> {
        let queue = self.queue()?;
        let next = self.store.next(&queue, &self.reviewer, after, deferred, time::now())?;
        Ok(Reply::Next { counts: self.store.counts(&queue)?, next })
    }

    /// Of what a filter leaves, only a search would tell whether any is free.
    fn progress(&self) -> Result<Reply> {
        let queue = self.queue()?;
        let counts = self.store.counts(&queue)?;
        let all = self.store.serving().filter.is_everything() && counts.remaining() > 0;
        let free = all && self.store.next_free(&queue, &self.reviewer, None, time::now())?.is_some();
        Ok(Reply::Progress { counts, free })
    }

    fn show(&mut self, seq: Seq) -> Result<Box<Served>> {
        let queue = self.queue()?;
        self.store.show(&queue, seq, &self.reviewer, time::now()).map(Box::new)
    }

    fn earlier(&mut self, before: Option<Seq>) -> Result<Reply> {
        let seq = self.store.earlier(&*self.queue()?, &self.reviewer, before)?;
        Ok(Reply::Earlier { served: seq.map(|seq| self.show(seq)).transpose()? })
    }

    fn decide(&mut self, seq: Seq, token: &str, judgement: &Judgement) -> Result<Reply> {
        let queue = self.queue()?;
        let (decision, next) = self.store.decide(&queue, seq, token, judgement, &self.reviewer, time::now())?;
        Ok(Reply::Decided { decision: Box::new(decision), counts: self.store.counts(&queue)?, next })
    }

    fn defer(&mut self, seq: Seq, token: &str) -> Result<Reply> {
        let queue = self.queue()?;
        self.store.defer(&queue, seq, token, &self.reviewer, time::now())?;
        let next = self.store.next(&queue, &self.reviewer, None, false, time::now())?;
        Ok(Reply::Deferred { counts: self.store.counts(&queue)?, next })
    }

    fn open(&mut self, name: &str, order: Option<Order>, filter: Filter) -> Result<Reply> {
        let queue = self.store.queue(name)?;
        self.store.free_abandoned(&queue)?;
        let order = order.map_or_else(|| self.store.usual_order(&queue, &self.reviewer), Ok)?;
        self.store.serve_by(&queue, &Serving { order, filter }, &self.reviewer, time::now())?;
        let next = self.store.next(&queue, &self.reviewer, None, false, time::now())?;
        self.opened(queue, next)
    }

    fn serve_by(&mut self, serving: &Serving) -> Result<Reply> {
        let queue = self.queue()?;
        self.store.serve_by(&queue, serving, &self.reviewer, time::now())?;
        self.store.remember_order(&queue, &self.reviewer, serving.order)?;
        let next = self.store.next(&queue, &self.reviewer, None, false, time::now())?;
        Ok(Reply::Serves { serving: serving.clone(), counts: self.store.counts(&queue)?, next })
    }

    fn reopen(&mut self, seq: Seq) -> Result<Reply> {
        let queue = self.store.queue(&self.queue()?.name)?;
        let served = self.store.show(&queue, seq, &self.reviewer, time::now())?;
        self.opened(queue, Next::Item(Box::new(served)))
    }

    fn opened(&mut self, queue: Queue, next: Next) -> Result<Reply> {
        let counts = self.store.counts(&queue)?;
        self.queue = Some(Rc::new(queue.clone()));
        Ok(Reply::Opened { queue: Box::new(queue), serving: self.store.serving(), counts, next })
    }
}

fn given_up() -> StoreError {
    StoreError::Damaged("the line was given up".into())
}

impl Reply {
    /// The item that the reply puts on screen.
    fn served(&self) -> Option<Seq> {
        match self {
            Reply::Opened { next, .. }
            | Reply::Serves { next, .. }
            | Reply::Next { next, .. }
            | Reply::Decided { next, .. }
            | Reply::Deferred { next, .. } => next.seq(),
            Reply::Shown { served } => Some(served.seq),
            Reply::Earlier { served } => served.as_ref().map(|served| served.seq),
            Reply::Undone(reverted) | Reply::Redone(reverted) => reverted.as_ref().map(|r| r.served.seq),
            _ => None,
        }
    }
}

impl Next {
    fn seq(&self) -> Option<Seq> {
        match self {
            Next::Item(served) => Some(served.seq),
            Next::End(_) => None,
        }
    }
}

#[cfg(test)]
mod tests;
