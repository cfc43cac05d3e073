//! A queue as a table: what its filter finds, rows of it, saved filters, and doing one thing to
//! many items.

pub mod table_listing;

use super::state::{BulkUnderWay, WorkerState};
use super::{Feature, Reply, Request};
use crate::domain::filter::{Filter, Words};
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::record::RecordField;
use crate::store::{BrowseRow, BulkAction, BulkOutcome, Indexed, Result, SavedFilter, Sort, Totals};
use table_listing::TableListing;

/// A request about a queue as a table.
#[derive(Debug, Clone, PartialEq)]
pub enum BrowseRequest {
    /// Reads what the table needs first: the queue with its spec, and the words of its filters.
    Words {
        queue: String,
    },
    /// Begins a listing; the one before it is given up. Besides the one reply, more come while
    /// the listing grows.
    Begin {
        queue: String,
        filter: Filter,
        sort: Sort,
        ticket: u64,
    },
    /// Has the listing go on to what came in since, where that stands at its end.
    Follow {
        ticket: u64,
    },
    /// Rows of the listing.
    Rows {
        ticket: u64,
        from: usize,
        count: usize,
    },
    /// What the items of the listing add up to; it stands at its end.
    Totals {
        ticket: u64,
    },
    /// Values of a field that begin with a text.
    Known {
        queue: String,
        field: RecordField,
        begun: String,
    },
    SavedFilters {
        queue: String,
    },
    SaveFilter {
        queue: String,
        name: String,
        text: String,
    },
    RemoveFilter {
        queue: String,
        name: String,
    },
    /// Changes many items of the listing in one way. Progress is reported before the outcome.
    Bulk {
        queue: String,
        ticket: u64,
        chosen: Chosen,
        action: BulkAction,
    },
}

/// The items of a listing that something is done to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chosen {
    These(Vec<Seq>),
    /// All of the listing but these.
    AllBut(Vec<Seq>),
}

/// Changes of the queue since its listing was begun, which do not show in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Since {
    /// Items that came in.
    pub items: i64,
    /// Verdicts that may put an item elsewhere, in or out.
    pub verdicts: i64,
}

/// A reply about a queue as a table.
#[derive(Debug)]
pub enum BrowseReply {
    Words {
        queue: Box<Queue>,
        words: Box<Words>,
    },
    /// The extent of the listing of this ticket: rows that can be shown, items found, and from
    /// 0 to 1 how much was looked at.
    Extent {
        ticket: u64,
        known: usize,
        found: usize,
        progress: f64,
        done: bool,
        /// The extent to which texts were searched; `None` where the filter searches none.
        indexed: Option<Indexed>,
        since: Since,
    },
    Rows {
        ticket: u64,
        from: usize,
        rows: Vec<BrowseRow>,
    },
    Totals {
        ticket: u64,
        totals: Totals,
    },
    Known {
        field: RecordField,
        begun: String,
        values: Vec<String>,
    },
    /// The saved filters, and what was done to them.
    SavedFilters {
        filters: Vec<SavedFilter>,
        done: Option<String>,
    },
    BulkProgress {
        done: usize,
        of: usize,
    },
    BulkDone {
        outcome: BulkOutcome,
    },
}

impl BrowseRequest {
    fn reply(&self, state: &mut WorkerState) -> Result<BrowseReply> {
        match self {
            Self::Words { queue } => {
                let queue = state.store.queue(queue)?;
                let words = Box::new(state.store.words(&queue)?);
                Ok(BrowseReply::Words { queue: Box::new(queue), words })
            }
            Self::Begin { queue, filter, sort, ticket } => begin(state, queue, filter, *sort, *ticket),
            Self::Follow { ticket } => state.listing.of(*ticket)?.follow(&state.store),
            Self::Rows { ticket, from, count } => {
                // Of a listing that was given up nobody waits for rows.
                let rows = match state.listing.of(*ticket) {
                    Ok(listing) => listing.rows(&state.store, *from..from + count, &state.reviewer)?,
                    Err(_) => Vec::new(),
                };
                Ok(BrowseReply::Rows { ticket: *ticket, from: *from, rows })
            }
            Self::Totals { ticket } => {
                let totals = match state.listing.of(*ticket) {
                    Ok(listing) => listing.totals(&state.store, &state.reviewer)?,
                    Err(_) => Totals::default(),
                };
                Ok(BrowseReply::Totals { ticket: *ticket, totals })
            }
            Self::Known { queue, field, begun } => {
                let values = state.store.known_values(&state.store.queue(queue)?, *field, begun)?;
                Ok(BrowseReply::Known { field: *field, begun: begun.clone(), values })
            }
            Self::SavedFilters { queue } => saved_filters(state, queue, None),
            Self::SaveFilter { queue, name, text } => {
                state.store.save_filter(&state.store.queue(queue)?, name, text, &state.reviewer, state.store.now())?;
                saved_filters(state, queue, Some(format!("saved as @{name}")))
            }
            Self::RemoveFilter { queue, name } => {
                state.store.remove_filter(&state.store.queue(queue)?, name, &state.reviewer, state.store.now())?;
                saved_filters(state, queue, Some(format!("removed @{name}")))
            }
            Self::Bulk { queue, ticket, chosen, action } => {
                let queue = state.store.queue(queue)?;
                let items = items(state, *ticket, chosen)?;
                let bulk = state.store.begin_bulk(&queue, items, action.clone(), &state.reviewer)?;
                let (done, of) = bulk.progress();
                state.set_open_queue(queue);
                state.bulk = Some(BulkUnderWay { bulk, request: Box::new(self.clone().into()) });
                Ok(BrowseReply::BulkProgress { done, of })
            }
        }
    }
}

impl Feature for BrowseRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        self.reply(state).map(Reply::Browse)
    }

    fn is_lookup(&self) -> bool {
        !matches!(self, Self::SaveFilter { .. } | Self::RemoveFilter { .. } | Self::Bulk { .. })
    }

    fn may_be_repeated(&self) -> bool {
        !matches!(self, Self::Bulk { .. })
    }
}

impl From<BrowseRequest> for Request {
    fn from(request: BrowseRequest) -> Self {
        Self::Browse(request)
    }
}

/// Begins a listing, and answers with as much of it as a slice gives.
fn begin(state: &mut WorkerState, queue: &str, filter: &Filter, sort: Sort, ticket: u64) -> Result<BrowseReply> {
    let store = &state.store;
    let queue = store.queue(queue)?;
    let resolved = store.resolve(&queue, filter, store.now())?;
    let condition = store.condition(&queue, &resolved, &state.reviewer)?;
    let indexed = if resolved.seeks_text() { Some(store.indexed()?) } else { None };
    let counts = store.counts(&queue)?; // before the listing: what comes between is looked for again
    let listing = store.listing(&queue, condition, sort)?;
    state.set_open_queue(queue.clone());
    let listing = TableListing::new(ticket, queue, filter.clone(), counts, listing, indexed);
    state.listing.insert(listing).work(&state.store)
}

fn saved_filters(state: &WorkerState, queue: &str, done: Option<String>) -> Result<BrowseReply> {
    let filters = state.store.saved_filters(&state.store.queue(queue)?)?;
    Ok(BrowseReply::SavedFilters { filters, done })
}

fn items(state: &mut WorkerState, ticket: u64, chosen: &Chosen) -> Result<Vec<Seq>> {
    match chosen {
        Chosen::These(seqs) => Ok(seqs.clone()),
        Chosen::AllBut(left_out) => state.listing.of(ticket)?.all_but(&state.store, left_out),
    }
}
