//! The items that the table shows: found in slices while nobody asks.

use super::{BrowseReply, Since};
use crate::domain::filter::Filter;
use crate::domain::item::Seq;
use crate::domain::queue::{Counts, Queue};
use crate::domain::stage::Stage;
use crate::store::{BrowseRow, Indexed, Listing, Result, Store, Totals};
use std::ops::Range;
use std::time::Duration;

/// Time for a slice of the search; a request waits for one at the most.
const EXTEND_SLICE: Duration = Duration::from_millis(12);

/// Items whose totals are counted: more would keep other requests waiting.
const MAX_TOTALLED: usize = 20_000;

/// The items found by the filter of the table, in its order.
pub struct TableListing {
    /// Tells the replies of this listing from those of one before it.
    pub ticket: u64,
    pub queue: Queue,
    /// As it is written: what it means may move with the time.
    pub filter: Filter,
    listing: Listing,
    /// The queue's counters when the listing was begun or went on last, and now.
    counts: (Counts, Counts),
    /// The extent to which texts were searched; `None` where the filter searches none.
    indexed: Option<Indexed>,
}

impl TableListing {
    pub fn new(
        ticket: u64,
        queue: Queue,
        filter: Filter,
        counts: Counts,
        listing: Listing,
        indexed: Option<Indexed>,
    ) -> Self {
        Self { ticket, queue, filter, listing, counts: (counts, counts), indexed }
    }

    /// The items found, in order, as far as they are known.
    pub fn found(&self) -> &[Seq] {
        self.listing.seqs()
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

    /// What the items found add up to: all of it where they are few, else where they stand if the
    /// listing is the whole queue, whose counters are kept.
    pub fn totals(&self, store: &Store, reviewer: &str) -> Result<Totals> {
        let seqs = self.listing.seqs();
        if seqs.len() <= MAX_TOTALLED {
            return store.totals(seqs, reviewer);
        }
        if !self.listing.is_plain() {
            return Ok(Totals::default());
        }
        let counts = store.counts(&self.queue)?;
        let stages = Stage::ALL.map(|stage| (stage, counts.at(stage)));
        Ok(Totals { stages: stages.into_iter().filter(|(_, items)| *items > 0).collect(), categories: Vec::new() })
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
