//! The golden set of a queue. The queue is named: the set may be shown while another queue is
//! open, or none.

use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::domain::golden::{Example, Narrow};
use crate::domain::item::{Content, Item, Seq};
use crate::store::{Change, Golden, GoldenFacts, GoldenRow, Page, Reach, Result};

/// Rows of a window: some screens full.
const WINDOW_ROWS: usize = 150;

/// A request about a golden set.
#[derive(Debug, Clone, PartialEq)]
pub enum GoldenRequest {
    /// Reads what a form for an item's example has to know.
    Facts { queue: String, seq: Seq },
    /// Keeps an item as an example.
    Keep { queue: String, seq: Seq, example: Example },
    /// Takes an item out of the set.
    Remove { queue: String, seq: Seq },
    /// Takes the reviewer's last change of the set back.
    Undo { queue: String },
    /// Brings back the change of the set that was undone last.
    Redo { queue: String },
    /// A window of the examples that `narrow` leaves; without it, of the items that could join
    /// the set. The reply names the list that it was asked for.
    Window { queue: String, narrow: Option<String>, reach: Reach, list: u64 },
    /// Reads the texts of a row.
    Text { queue: String, row: Box<GoldenRow> },
}

/// A reply about a golden set.
#[derive(Debug)]
pub enum GoldenReply {
    Facts(GoldenFacts),
    /// The example is on disk.
    Kept(Box<Golden>),
    /// The item was taken out; what it was kept as.
    Removed(Box<Golden>),
    /// The item's id with what changed; `None`: nothing to undo.
    Undone(Option<(String, Change)>),
    /// The item's id with what changed; `None`: nothing to redo.
    Redone(Option<(String, Change)>),
    Window {
        list: u64,
        page: Page<GoldenRow>,
        set_version: i64,
    },
    /// The row's key and item, and the output as it should be.
    Text {
        key: i64,
        item: Box<Item>,
        expected: Option<Content>,
    },
}

impl GoldenRequest {
    fn queue(&self) -> &str {
        match self {
            Self::Facts { queue, .. }
            | Self::Keep { queue, .. }
            | Self::Remove { queue, .. }
            | Self::Undo { queue }
            | Self::Redo { queue }
            | Self::Window { queue, .. }
            | Self::Text { queue, .. } => queue,
        }
    }
}

impl Feature for GoldenRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        let queue = state.named_queue(self.queue())?;
        let (store, reviewer) = (&state.store, state.reviewer.as_str());
        let actor = queue.actor(reviewer, store.now());
        Ok(Reply::Golden(match self {
            Self::Facts { seq, .. } => GoldenReply::Facts(store.golden_facts(&queue, *seq, reviewer)?),
            Self::Keep { seq, example, .. } => GoldenReply::Kept(Box::new(store.keep_golden(actor, *seq, example)?)),
            Self::Remove { seq, .. } => GoldenReply::Removed(Box::new(store.remove_golden(actor, *seq)?)),
            Self::Undo { .. } => GoldenReply::Undone(store.undo_golden(actor)?),
            Self::Redo { .. } => GoldenReply::Redone(store.redo_golden(actor)?),
            Self::Text { row, .. } => {
                let (item, expected) = store.golden_row_text(row)?;
                GoldenReply::Text { key: row.key(), item: Box::new(item), expected }
            }
            Self::Window { narrow, reach, list, .. } => {
                let page = match narrow {
                    Some(narrow) => {
                        let narrow = Narrow::parse(narrow);
                        store.goldens(&queue, &narrow, reviewer, *reach, WINDOW_ROWS)?.map(GoldenRow::Example)
                    }
                    None => store.golden_candidates(&queue, *reach, WINDOW_ROWS)?.map(GoldenRow::Candidate),
                };
                GoldenReply::Window { list: *list, page, set_version: store.golden_version(queue.id)? }
            }
        }))
    }

    fn is_lookup(&self) -> bool {
        matches!(self, Self::Facts { .. } | Self::Window { .. } | Self::Text { .. })
    }

    fn may_be_repeated(&self) -> bool {
        self.is_lookup()
    }
}

impl From<GoldenRequest> for Request {
    fn from(request: GoldenRequest) -> Self {
        Self::Golden(request)
    }
}
