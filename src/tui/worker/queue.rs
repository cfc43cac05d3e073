//! Listing the queues, opening one, and the order in which it is served.

use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crate::domain::order::{Order, Serving};
use crate::domain::queue::{Counts, Queue};
use crate::store::{Dashboard, Next, Pick, QueueSummary, Result, Served};
use std::time::Duration;

/// A request about queues as a whole.
#[derive(Debug, Clone, PartialEq)]
pub enum QueueRequest {
    /// The queues, for the home screen.
    List,
    /// A queue at a glance, for the home screen.
    Dashboard { queue: String },
    /// Opens a queue and serves its next item: by a filter, and by the reviewer's usual order
    /// where none is given.
    Open { queue: String, order: Option<Order>, filter: Filter },
    /// Opens a queue at a given item, and goes on from there with what the filter finds.
    OpenItem { queue: String, seq: Seq, filter: Filter },
    /// Opens the queue again, under the spec that is in force now, at a given item.
    Reopen { seq: Seq },
    /// Serves the open queue in another way from now on, and its next item. The order is
    /// remembered.
    Serve { serving: Serving },
}

/// A reply about queues.
#[derive(Debug)]
pub enum QueueReply {
    List(Vec<QueueSummary>),
    Dashboard(Box<Dashboard>),
    Opened { queue: Box<Queue>, serving: Serving, counts: Counts, next: Next },
    Serves { serving: Serving, counts: Counts, next: Next },
}

impl QueueRequest {
    /// Opens a queue as a whole, in the reviewer's usual order.
    pub fn open(queue: &str) -> Self {
        Self::Open { queue: queue.into(), order: None, filter: Filter::default() }
    }

    /// The name of the queue that is opened.
    pub fn queue(&self) -> Option<&str> {
        match self {
            Self::Open { queue, .. } | Self::OpenItem { queue, .. } => Some(queue),
            _ => None,
        }
    }

    /// The queue that is opened as a whole.
    pub fn opened_queue(&self) -> Option<&str> {
        match self {
            Self::Open { queue, .. } => Some(queue),
            _ => None,
        }
    }

    fn reply(&self, state: &mut WorkerState) -> Result<QueueReply> {
        match self {
            Self::List => Ok(QueueReply::List(state.store.queues(state.store.now())?)),
            Self::Dashboard { queue } => dashboard(state, queue),
            Self::Open { queue, order, filter } => open(state, queue, *order, filter),
            Self::OpenItem { queue, seq, filter } => open_item(state, queue, *seq, filter),
            Self::Reopen { seq } => reopen(state, *seq),
            Self::Serve { serving } => serve(state, serving),
        }
    }
}

impl Feature for QueueRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        self.reply(state).map(Reply::Queue)
    }

    fn is_lookup(&self) -> bool {
        matches!(self, Self::Dashboard { .. })
    }
}

impl From<QueueRequest> for Request {
    fn from(request: QueueRequest) -> Self {
        Self::Queue(request)
    }
}

impl QueueReply {
    /// The item that the reply puts on screen.
    pub fn served(&self) -> Option<&Served> {
        match self {
            Self::List(_) | Self::Dashboard(_) => None,
            Self::Opened { next, .. } | Self::Serves { next, .. } => next.item(),
        }
    }
}

/// The figures, with what was decided just now.
fn dashboard(state: &mut WorkerState, name: &str) -> Result<QueueReply> {
    let queue = state.named_queue(name)?;
    let _ = state.store.count_groups(Duration::ZERO); // what cannot be counted now is told as such
    let dashboard = state.store.dashboard(queue.actor(&state.reviewer, state.store.now()))?;
    Ok(QueueReply::Dashboard(Box::new(dashboard)))
}

fn open(state: &mut WorkerState, name: &str, order: Option<Order>, filter: &Filter) -> Result<QueueReply> {
    let (store, reviewer) = (&mut state.store, state.reviewer.as_str());
    let queue = store.queue(name)?;
    store.free_abandoned(&queue)?;
    let order = order.map_or_else(|| store.usual_order(&queue, reviewer), Ok)?;
    let actor = queue.actor(reviewer, store.now());
    store.serve_by(actor, &Serving { order, filter: filter.clone() })?;
    let next = store.next(actor, Pick::default())?;
    opened(state, queue, next)
}

fn open_item(state: &mut WorkerState, name: &str, seq: Seq, filter: &Filter) -> Result<QueueReply> {
    let (store, reviewer) = (&mut state.store, state.reviewer.as_str());
    let queue = store.queue(name)?;
    store.free_abandoned(&queue)?;
    let order = store.usual_order(&queue, reviewer)?;
    let actor = queue.actor(reviewer, store.now());
    let serving = Serving { order, filter: filter.clone() };
    // To search a long queue again would keep the item waiting.
    match state.listing.found(&queue, filter).filter(|_| !filter.is_everything()) {
        Some(found) => store.serve_found(&serving, found, seq)?,
        None => store.serve_by(actor, &serving)?,
    }
    let served = store.show(actor, seq)?;
    opened(state, queue, Next::Item(Box::new(served)))
}

fn reopen(state: &mut WorkerState, seq: Seq) -> Result<QueueReply> {
    let queue = state.store.queue(&state.open_queue()?.name)?;
    let served = state.store.show(queue.actor(&state.reviewer, state.store.now()), seq)?;
    opened(state, queue, Next::Item(Box::new(served)))
}

fn opened(state: &mut WorkerState, queue: Queue, next: Next) -> Result<QueueReply> {
    let counts = state.store.counts(&queue)?;
    state.set_open_queue(queue.clone());
    Ok(QueueReply::Opened { queue: Box::new(queue), serving: state.store.serving(), counts, next })
}

fn serve(state: &mut WorkerState, serving: &Serving) -> Result<QueueReply> {
    let queue = state.open_queue()?;
    let actor = queue.actor(&state.reviewer, state.store.now());
    state.store.serve_by(actor, serving)?;
    state.store.remember_order(&queue, &state.reviewer, serving.order)?;
    let next = state.store.next(actor, Pick::default())?;
    Ok(QueueReply::Serves { serving: serving.clone(), counts: state.store.counts(&queue)?, next })
}
