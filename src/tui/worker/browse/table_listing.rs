//! The items that the table shows: found in slices while nobody asks.

use super::{BrowseReply, Since};
use crate::domain::item::Seq;
use crate::domain::queue::{Counts, Queue};
use crate::store::{BrowseRow, Indexed, Listing, Result, Store};
use std::ops::Range;
use std::time::Duration;

/// Time for a slice of the search; a request waits for one at the most.
const EXTEND_SLICE: Duration = Duration::from_millis(12);

/// The items found by the filter of the table, in its order.
pub struct TableListing {
    /// Tells the replies of this listing from those of one before it.
    pub ticket: u64,
    pub queue: Queue,
    listing: Listing,
    /// The queue's counters when the listing was begun or went on last, and now.
    counts: (Counts, Counts),
    /// The extent to which texts were searched; `None` where the filter searches none.
    indexed: Option<Indexed>,
}

impl TableListing {
    pub fn new(ticket: u64, queue: Queue, counts: Counts, listing: Listing, indexed: Option<Indexed>) -> Self {
        Self { ticket, queue, listing, counts: (counts, counts), indexed }
    }

    pub fn is_done(&self) -> bool {
        self.listing.is_done()
    }

    /// Searches for a slice, and gives how far the listing is.
    pub fn work(&mut self, store: &Store) -> Result<BrowseReply> {
        store.extend_listing(&mut self.listing, EXTEND_SLICE)?;
        Ok(self.extent())
    }

    /// Goes on to what others brought in, where the listing takes it at its end. What was not
    /// searched for words yet cannot be found there: then it is only counted.
    pub fn follow(&mut self, store: &Store) -> Result<BrowseReply> {
        let (before, now) = &mut self.counts;
        *now = store.counts(&self.queue)?;
        if self.indexed.is_none() && store.follow_listing(&mut self.listing)? {
            before.items = now.items;
        }
        self.work(store)
    }

    fn since(&self) -> Since {
        let (before, now) = &self.counts;
        let verdicts = if self.listing.is_plain() { 0 } else { (now.decided() - before.decided()).abs() };
        Since { items: (now.items - before.items).max(0), verdicts }
    }

    pub fn extent(&self) -> BrowseReply {
        BrowseReply::Extent {
            ticket: self.ticket,
            known: self.listing.seqs().len(),
            found: self.listing.found(),
            progress: self.listing.progress(),
            done: self.listing.is_done(),
            indexed: self.indexed,
            since: self.since(),
        }
    }

    /// Takes how far the index of texts has come; gives the new extent where that matters.
    pub fn index_grew(&mut self, indexed: Indexed) -> Option<BrowseReply> {
        let before = self.indexed.as_mut().filter(|before| !before.is_complete())?;
        *before = indexed;
        Some(self.extent())
    }

    pub fn rows(&self, store: &Store, range: Range<usize>, reviewer: &str) -> Result<Vec<BrowseRow>> {
        let seqs = self.listing.seqs();
        let range = range.start.min(seqs.len())..range.end.min(seqs.len());
        store.browse(&seqs[range], reviewer, store.now())
    }

    /// All items of the listing but some; the listing is finished first.
    pub fn all_but(&mut self, store: &Store, left_out: &[Seq]) -> Result<Vec<Seq>> {
        while !self.listing.is_done() {
            store.extend_listing(&mut self.listing, EXTEND_SLICE)?;
        }
        let left_out: std::collections::HashSet<_> = left_out.iter().collect();
        Ok(self.listing.seqs().iter().filter(|seq| !left_out.contains(seq)).copied().collect())
    }
}
