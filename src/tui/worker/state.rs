//! The state of the store's thread: the store, and what is open in it.

use super::Request;
use super::browse::table_listing::TableListing;
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::store::{Bulk, Result, Store, StoreError};
use std::rc::Rc;

/// The store, who works on it, and what is open in it.
pub(super) struct WorkerState {
    pub store: Store,
    pub reviewer: String,
    queue: Option<Rc<Queue>>,
    /// The listing that the table shows.
    pub listing: Listing,
    pub bulk: Option<BulkUnderWay>,
}

/// A bulk under way, and what asked for it.
pub(super) struct BulkUnderWay {
    pub bulk: Bulk,
    pub request: Box<Request>,
}

impl WorkerState {
    pub(super) fn new(store: Store, reviewer: String) -> Self {
        Self { store, reviewer, queue: None, listing: Listing::default(), bulk: None }
    }

    /// The queue that is open; an error where none is.
    pub(super) fn open_queue(&self) -> Result<Rc<Queue>> {
        self.queue.clone().ok_or_else(|| misuse("no queue is open"))
    }

    pub(super) fn set_open_queue(&mut self, queue: Queue) {
        self.queue = Some(Rc::new(queue));
    }

    /// The queue of a name, under the spec of the open one where it is that.
    pub(super) fn named_queue(&self, name: &str) -> Result<Rc<Queue>> {
        match self.queue.as_ref().filter(|queue| queue.name == name) {
            Some(queue) => Ok(Rc::clone(queue)),
            None => self.store.queue(name).map(Rc::new),
        }
    }
}

/// The listing of the table, one at a time.
#[derive(Default)]
pub(super) struct Listing(Option<TableListing>);

impl Listing {
    pub(super) fn insert(&mut self, listing: TableListing) -> &mut TableListing {
        self.0.insert(listing)
    }

    /// The listing of a ticket; an error where another has taken its place.
    pub(super) fn of(&mut self, ticket: u64) -> Result<&mut TableListing> {
        let listing = self.0.as_mut().filter(|listing| listing.ticket == ticket);
        listing.ok_or_else(|| misuse("this listing was given up"))
    }

    /// The items that the table has found in this queue by this filter, in its order.
    pub(super) fn found(&self, queue: &Queue, filter: &Filter) -> Option<&[Seq]> {
        let listing = self.0.as_ref().filter(|listing| listing.queue.id == queue.id && listing.filter == *filter);
        listing.map(TableListing::found).filter(|found| !found.is_empty())
    }

    pub(super) fn get(&mut self) -> Option<&mut TableListing> {
        self.0.as_mut()
    }

    pub(super) fn take(&mut self) -> Option<TableListing> {
        self.0.take()
    }
}

fn misuse(what: &str) -> StoreError {
    StoreError::Misuse(what.into())
}
