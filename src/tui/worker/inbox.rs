//! What waits for the reviewer's answer, in all queues.

use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::domain::decision::{Decision, Judgement};
use crate::domain::item::{Item, Seq};
use crate::domain::spec::Spec;
use crate::store::{Asked, Change, InboxSize, Result};
use std::collections::BTreeMap;

/// Questions that are read; what is behind them comes as they are answered.
const QUESTIONS: usize = 200;

/// A request about the inbox.
#[derive(Debug, Clone, PartialEq)]
pub enum InboxRequest {
    /// How much is in it, for the home screen.
    Size,
    List,
    /// Reads the item of a question.
    Text {
        seq: Seq,
    },
    /// Answers the question on an item.
    Answer {
        queue: String,
        item: String,
        judgement: Judgement,
    },
    /// Takes the reviewer's last answer in a queue back.
    Undo {
        queue: String,
    },
}

/// A reply about the inbox.
#[derive(Debug)]
pub enum InboxReply {
    Size(InboxSize),
    List {
        questions: Vec<Asked>,
        /// The specs of their queues, by name.
        specs: BTreeMap<String, Spec>,
    },
    Text {
        seq: Seq,
        item: Box<Item>,
    },
    /// The answer is on disk.
    Answered {
        item: String,
        decision: Box<Decision>,
    },
    /// The item's id with what changed; `None`: nothing to undo.
    Undone(Option<(String, Change)>),
}

impl Feature for InboxRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        let (store, reviewer, now) = (&state.store, state.reviewer.as_str(), state.store.now());
        Ok(Reply::Inbox(match self {
            Self::Size => InboxReply::Size(store.inbox_size(reviewer, now)?),
            Self::List => {
                let questions = store.inbox(reviewer, None, QUESTIONS)?;
                let mut specs = BTreeMap::new();
                for question in &questions {
                    if !specs.contains_key(&question.queue) {
                        let spec = state.named_queue(&question.queue)?.spec.spec.clone();
                        specs.insert(question.queue.clone(), spec);
                    }
                }
                InboxReply::List { questions, specs }
            }
            Self::Text { seq } => InboxReply::Text { seq: *seq, item: Box::new(store.peek(*seq)?) },
            Self::Answer { queue, item, judgement } => {
                let queue = store.queue(queue)?;
                let decision = Box::new(store.answer(queue.actor(reviewer, now), item, judgement)?);
                InboxReply::Answered { item: item.clone(), decision }
            }
            Self::Undo { queue } => {
                let queue = store.queue(queue)?;
                InboxReply::Undone(store.undo_decision(queue.actor(reviewer, now))?)
            }
        }))
    }

    fn is_lookup(&self) -> bool {
        matches!(self, Self::Size)
    }

    fn may_be_repeated(&self) -> bool {
        // A second undo takes one more back; a second answer finds none asked for.
        !matches!(self, Self::Answer { .. } | Self::Undo { .. })
    }
}

impl From<InboxRequest> for Request {
    fn from(request: InboxRequest) -> Self {
        Self::Inbox(request)
    }
}
