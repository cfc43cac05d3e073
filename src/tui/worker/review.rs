//! Serving items of the open queue one after the other, and recording what is decided.

use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::analysis::reviewer::Paused;
use crate::domain::decision::{Decision, Draft, Judgement, OtherDecision};
use crate::domain::item::Seq;
use crate::domain::pace::Pace;
use crate::domain::queue::{Counts, Over, Queue};
use crate::domain::time::UtcMillis;
use crate::store::{Next, Pick, Result, Reverted, Served, Store, UndoScope};
use std::sync::Arc;

/// A request about the open queue, item by item.
#[derive(Debug, Clone, PartialEq)]
pub enum ReviewRequest {
    /// Serves the next item.
    Next(Pick),
    /// Reads the queue's progress.
    Progress,
    /// Reads the reviewer's sitting that is under way.
    Sitting,
    /// Shows a given item, claimed for the reviewer where it is free.
    Show { seq: Seq },
    /// Shows the item that the reviewer decided before `before` (the newest without it).
    Earlier { before: Option<Seq> },
    /// Records a decision and serves the next item, in one transaction.
    Decide { seq: Seq, token: String, judgement: Judgement, over: Over },
    /// Defers the item and serves the next.
    Defer { seq: Seq, token: String },
    /// Leaves the item to others and serves the next.
    Decline { seq: Seq, why: String },
    /// Puts back what was decided on an item, and shows it.
    Reopen { seq: Seq, why: String, to: Option<String> },
    /// Takes it back that the item was left to others, and shows it.
    TakeDeclineBack { seq: Seq },
    /// Takes the reviewer's last decision or deferral back and shows its item.
    Undo,
    /// Brings back what was undone last.
    Redo,
    /// Keeps work under way, and the active time on the item so far.
    SaveDraft { seq: Seq, draft: Arc<Draft>, active_millis: i64 },
    /// Extends the claim on the item that is on screen.
    Extend { seq: Seq, token: String },
    /// Asks whether the answers of the reviewer speak against what the spec asks for since the decision
    /// that was made at this time.
    Told { since: UtcMillis },
    /// Gives a claim up.
    Release { seq: Seq, token: String },
}

/// A reply about items of the open queue.
#[derive(Debug)]
pub enum ReviewReply {
    Next {
        counts: Counts,
        next: Next,
    },
    /// The queue's progress, and whether an item of it is free for the reviewer.
    Progress {
        counts: Counts,
        free: bool,
    },
    /// The reviewer's sitting, with all that was decided before it was asked for.
    Sitting(Pace),
    /// `decided`: the verdict of record, where it is another's.
    Shown {
        served: Box<Served>,
        decided: Option<OtherDecision>,
    },
    /// `None`: there is no earlier one.
    Earlier {
        served: Option<Box<Served>>,
    },
    /// The decision is on disk.
    Decided {
        decision: Box<Decision>,
        counts: Counts,
        next: Next,
    },
    /// The deferral is on disk.
    Deferred {
        counts: Counts,
        next: Next,
    },
    /// That the reviewer leaves the item to others is on disk.
    Declined {
        counts: Counts,
        next: Next,
    },
    /// That the item was put back is on disk.
    Reopened {
        counts: Counts,
        served: Box<Served>,
    },
    /// `None`: nothing to undo.
    Undone(Option<Box<Reverted>>),
    /// `None`: nothing to redo.
    Redone(Option<Box<Reverted>>),
    /// `None`: nothing new speaks against them.
    Told(Option<Box<Paused>>),
    DraftSaved {
        seq: Seq,
    },
    /// The claim's new expiry, in UTC milliseconds.
    Extended {
        seq: Seq,
        expires_at: i64,
    },
    Released {
        seq: Seq,
    },
}

impl Feature for ReviewRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        let queue = state.open_queue();
        let now = state.store.now();
        let (store, reviewer) = (&mut state.store, state.reviewer.as_str());
        Ok(Reply::Review(match self {
            Self::SaveDraft { seq, draft, active_millis } => {
                store.save_draft(*seq, reviewer, draft, *active_millis, now)?;
                ReviewReply::DraftSaved { seq: *seq }
            }
            Self::Extend { seq, token } => {
                ReviewReply::Extended { seq: *seq, expires_at: store.extend(*seq, token, now)? }
            }
            Self::Release { seq, token } => {
                store.release(*seq, token)?;
                ReviewReply::Released { seq: *seq }
            }
            Self::Told { since } => {
                let told = store.paused(&*queue?, reviewer)?.filter(|paused| paused.at >= *since);
                ReviewReply::Told(told.map(Box::new))
            }
            Self::Next(pick) => {
                let queue = queue?;
                let next = store.next(queue.actor(reviewer, now), *pick)?;
                ReviewReply::Next { counts: store.counts(&queue)?, next }
            }
            Self::Progress => progress(store, &*queue?, reviewer)?,
            Self::Sitting => ReviewReply::Sitting(Pace::resumed(store.sitting(queue?.actor(reviewer, now))?)),
            Self::Show { seq } => {
                let served = Box::new(store.show(queue?.actor(reviewer, now), *seq)?);
                ReviewReply::Shown { served, decided: store.decided_by_another(*seq, reviewer)? }
            }
            Self::Earlier { before } => {
                let queue = queue?;
                let seq = store.earlier(&queue, reviewer, *before)?;
                let served = seq.map(|seq| store.show(queue.actor(reviewer, now), seq)).transpose()?;
                ReviewReply::Earlier { served: served.map(Box::new) }
            }
            Self::Decide { seq, token, judgement, over } => {
                let queue = queue?;
                let (decision, next) = store.decide(queue.actor(reviewer, now).over(*over), *seq, token, judgement)?;
                ReviewReply::Decided { decision: Box::new(decision), counts: store.counts(&queue)?, next }
            }
            Self::Defer { seq, token } => {
                let queue = queue?;
                let actor = queue.actor(reviewer, now);
                store.defer(actor, *seq, token)?;
                let next = store.next(actor, Pick::default())?;
                ReviewReply::Deferred { counts: store.counts(&queue)?, next }
            }
            Self::Decline { seq, why } => {
                let queue = queue?;
                let actor = queue.actor(reviewer, now);
                store.decline(actor, *seq, why)?;
                let next = store.next(actor, Pick::default())?;
                ReviewReply::Declined { counts: store.counts(&queue)?, next }
            }
            Self::Reopen { seq, why, to } => {
                let queue = queue?;
                let actor = queue.actor(reviewer, now);
                store.reopen(actor, *seq, why, to.as_deref())?;
                ReviewReply::Reopened { counts: store.counts(&queue)?, served: Box::new(store.show(actor, *seq)?) }
            }
            Self::TakeDeclineBack { seq } => {
                let queue = queue?;
                let actor = queue.actor(reviewer, now);
                store.take_decline_back(actor, *seq)?;
                let served = Box::new(store.show(actor, *seq)?);
                ReviewReply::Shown { served, decided: store.decided_by_another(*seq, reviewer)? }
            }
            Self::Undo => {
                let undone = store.undo(queue?.actor(reviewer, now), UndoScope::Anything)?;
                ReviewReply::Undone(undone.map(Box::new))
            }
            Self::Redo => ReviewReply::Redone(store.redo(queue?.actor(reviewer, now))?.map(Box::new)),
        }))
    }

    fn is_lookup(&self) -> bool {
        matches!(self, Self::Progress | Self::Sitting | Self::Told { .. })
    }

    fn may_be_repeated(&self) -> bool {
        // A second undo takes one more back; a second deferral finds its claim gone, a second decline the first.
        !matches!(self, Self::Undo | Self::Redo | Self::Defer { .. } | Self::Decline { .. } | Self::Reopen { .. })
    }
}

impl From<ReviewRequest> for Request {
    fn from(request: ReviewRequest) -> Self {
        Self::Review(request)
    }
}

impl ReviewReply {
    /// The item that the reply puts on screen.
    pub fn served(&self) -> Option<&Served> {
        match self {
            Self::Next { next, .. }
            | Self::Decided { next, .. }
            | Self::Deferred { next, .. }
            | Self::Declined { next, .. } => next.item(),
            Self::Shown { served, .. } | Self::Reopened { served, .. } => Some(served),
            Self::Earlier { served } => served.as_deref(),
            Self::Undone(reverted) | Self::Redone(reverted) => reverted.as_ref().map(|reverted| &reverted.served),
            _ => None,
        }
    }
}

/// The queue's progress. Whether a filter leaves a free item only a search would tell: none is reported.
fn progress(store: &Store, queue: &Queue, reviewer: &str) -> Result<ReviewReply> {
    let counts = store.counts(queue)?;
    let all = store.serving().filter.is_everything() && counts.remaining() > 0;
    let free = all && store.next_free(queue.actor(reviewer, store.now()), None)?.is_some();
    Ok(ReviewReply::Progress { counts, free })
}
