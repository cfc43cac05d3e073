//! Looking things up for an overlay, which may be closed by the time of the reply.

use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::domain::attachment::Target;
use crate::domain::item::{Item, Seq};
use crate::store::{History, Indexed, Precedent, PreviousAttempt, Result, Settlement};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

/// What was written since the index was filled last is filed before precedents are looked for,
/// for this long at most.
const INDEX_BEFORE_PRECEDENTS: Duration = Duration::from_millis(50);

/// Precedents that are shown.
const PRECEDENT_COUNT: usize = 20;

/// Settled opinions that are shown: what one remembers having said.
const SETTLEMENTS: usize = 100;

/// A request that looks something up about an item.
#[derive(Debug, Clone, PartialEq)]
pub enum LookupRequest {
    /// Reads the events of an item before an event (all up to now without it).
    History { seq: Seq, before: Option<i64> },
    /// How the reviewer's opinions in the open queue were settled last.
    Settlements,
    /// The decided items that are most like an item.
    Precedents { seq: Seq },
    /// The attempt before the item's own, and why it was rejected.
    Previous { seq: Seq },
    /// Reads an item without claiming it.
    Peek { seq: Seq },
    /// The items of the open queue whose ids begin so.
    Ids { prefix: String, limit: usize },
    /// Where the file came from that names a file as its attachment.
    Attachment { seq: Seq, target: Target },
}

/// A reply with what was found about an item.
#[derive(Debug)]
pub enum LookupReply {
    History(Box<History>),
    Settlements(Vec<Settlement>),
    Precedents {
        seq: Seq,
        found: Vec<Precedent>,
        /// The part of the workspace that was searched.
        indexed: Indexed,
    },
    Previous {
        seq: Seq,
        previous: Option<Box<PreviousAttempt>>,
    },
    Peeked {
        seq: Seq,
        item: Box<Item>,
        /// A decision of the reviewer's own stands on it.
        is_mine: bool,
    },
    Ids {
        prefix: String,
        queue: String,
        items: Vec<(String, Seq)>,
    },
    Attachment {
        target: Target,
        /// The folder of the file that the item came with, where that is known.
        folder: Option<PathBuf>,
    },
}

impl Feature for LookupRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        Ok(Reply::Lookup(match self {
            Self::History { seq, before } => {
                let history = state.store.history(&*state.open_queue()?, *seq, &state.reviewer, *before)?;
                LookupReply::History(Box::new(history))
            }
            Self::Settlements => {
                let queue = state.open_queue()?;
                LookupReply::Settlements(state.store.settlements(&queue, &state.reviewer, SETTLEMENTS)?)
            }
            Self::Precedents { seq } => {
                // What was decided a moment ago is a precedent already.
                let filed =
                    state.store.index_slice(INDEX_BEFORE_PRECEDENTS, &AtomicBool::new(false), state.store.now());
                let indexed = filed.or_else(|_| state.store.indexed())?;
                let queue = state.open_queue()?;
                let reader = queue.actor(&state.reviewer, state.store.now());
                let found = state.store.precedents(reader, *seq, PRECEDENT_COUNT)?;
                LookupReply::Precedents { seq: *seq, found, indexed }
            }
            Self::Ids { prefix, limit } => {
                let queue = state.open_queue()?;
                let items = state.store.ids_that_begin(&queue, prefix, *limit)?;
                LookupReply::Ids { prefix: prefix.clone(), queue: queue.name.clone(), items }
            }
            Self::Attachment { seq, target } => {
                let file = state.store.file_of(*seq)?;
                let folder = file.and_then(|file| file.parent().map(Path::to_owned));
                LookupReply::Attachment { target: target.clone(), folder }
            }
            Self::Previous { seq } => {
                let previous = state.store.previous_attempt(&*state.open_queue()?, *seq, &state.reviewer)?;
                LookupReply::Previous { seq: *seq, previous: previous.map(Box::new) }
            }
            Self::Peek { seq } => {
                let is_mine = state.store.is_decided_by(*seq, &state.reviewer)?;
                LookupReply::Peeked { seq: *seq, item: Box::new(state.store.peek(*seq)?), is_mine }
            }
        }))
    }

    fn is_lookup(&self) -> bool {
        true
    }
}

impl From<LookupRequest> for Request {
    fn from(request: LookupRequest) -> Self {
        Self::Lookup(request)
    }
}
