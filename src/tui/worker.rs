//! The thread that owns the store while the workstation runs: requests in,
//! replies out, in order. The screen never waits for the disk.

mod browsing;
mod thread;

pub use thread::Worker;

use super::screen::browse::selection::Chosen;
use crate::analysis::lens::Reading;
use crate::domain::decision::{Decision, Draft, Judgement};
use crate::domain::filter::{Filter, Name, Words};
use crate::domain::golden::Example;
use crate::domain::item::Item;
use crate::domain::macros::Macro;
use crate::domain::order::{Order, Serving};
use crate::store::view::{
    BrowseRow, Change, Counts, LinkState, Next, Precedent, Queue, QueueSummary, Reverted, Seq, Served,
};
use crate::store::{BulkAction, BulkOutcome, Golden, GoldenFacts, GoldenRow, History, Indexed, Page, PreviousAttempt};
use crate::store::{Reach, SavedFilter, Sort, StoreError};

/// What the workstation asks. Every request gets exactly one reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    /// The queues, for the home screen.
    Home,
    /// Opens a queue and serves its next item.
    Open {
        queue: String,
    },
    /// The same, by a filter, and by an order where one is given.
    OpenBy {
        queue: String,
        order: Option<Order>,
        filter: Filter,
    },
    /// Serves the open queue so from now on, and its next item. The order is remembered.
    Serve {
        serving: Serving,
    },
    /// Serves the next item of the open queue: past `after` in the queue's order
    /// where given, from its head otherwise. `deferred` serves deferred items too.
    Next {
        after: Option<Seq>,
        deferred: bool,
    },
    /// How far the open queue is now.
    Progress,
    /// Shows a given item, held for the reviewer where it is free.
    Show {
        seq: Seq,
    },
    /// Opens the queue again, under the spec that is in force now, at the given item.
    Reopen {
        seq: Seq,
    },
    /// Shows the item that the reviewer decided before `before` (the newest without it).
    Earlier {
        before: Option<Seq>,
    },
    /// The attempt at the item's case before its own.
    Previous {
        seq: Seq,
    },
    /// Records a decision and serves the next item, in one transaction.
    Decide {
        seq: Seq,
        token: String,
        judgement: Judgement,
    },
    /// Sets the item aside and serves the next.
    Defer {
        seq: Seq,
        token: String,
    },
    /// Takes the reviewer's last decision or deferral back and shows its item.
    Undo,
    /// Brings back what was undone last.
    Redo,
    /// Keeps work under way; an empty draft removes it.
    SaveDraft {
        seq: Seq,
        draft: Draft,
    },
    /// The reviewer's macros in the open queue.
    Macros,
    SaveMacro {
        saved: Macro,
    },
    RemoveMacro {
        key: char,
    },
    /// Extends the claim on the item that is on screen.
    Extend {
        seq: Seq,
        token: String,
    },
    /// What happened to an item before an event (up to now without it).
    History {
        seq: Seq,
        before: Option<i64>,
    },
    /// The decided items that are most like an item.
    Precedents {
        seq: Seq,
    },
    /// Reads an item to look at it, and no more.
    Peek {
        seq: Seq,
    },
    /// What a form for an item's golden example has to know.
    GoldenFacts {
        queue: String,
        seq: Seq,
    },
    /// Keeps an item as a golden example.
    KeepGolden {
        queue: String,
        seq: Seq,
        example: Example,
    },
    /// The item is golden no more.
    RemoveGolden {
        queue: String,
        seq: Seq,
    },
    /// Takes the reviewer's last change of the golden set back.
    UndoGolden {
        queue: String,
    },
    /// Brings back the change of the golden set that was undone last.
    RedoGolden {
        queue: String,
    },
    /// A window of what `narrow` leaves of a queue's golden set; without it, of what could
    /// join the set. The reply names the list that it was asked for.
    Goldens {
        queue: String,
        narrow: Option<String>,
        reach: Reach,
        list: u64,
    },
    /// Opens a queue at a given item.
    OpenItem {
        queue: String,
        seq: Seq,
    },
    /// Compares an output with its sources, on a thread of its own: nobody waits for it.
    Lens {
        seq: Seq,
        output: String,
        sources: Vec<String>,
    },
    /// What the browser of a queue needs first: its spec, and the words of its filters.
    Words {
        queue: String,
    },
    /// Begins a line of items; the line before it is given up. Besides the one reply,
    /// more come while the line grows.
    Browse {
        queue: String,
        filter: Filter,
        sort: Sort,
        ticket: u64,
    },
    /// Has the line go on to what came in since, where that stands at its end.
    Follow {
        ticket: u64,
    },
    /// Rows of the line.
    Rows {
        ticket: u64,
        from: usize,
        count: usize,
    },
    /// Values of a field that begin with a text.
    Known {
        queue: String,
        name: Name,
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
    /// Does one thing to many items of the line. Progress is told before the outcome is.
    Bulk {
        queue: String,
        ticket: u64,
        chosen: Chosen,
        action: BulkAction,
    },
    /// Gives a claim up.
    Release {
        seq: Seq,
        token: String,
    },
}

impl Request {
    /// Asked once more after the connection was lost, it changes nothing that it may have
    /// changed already.
    pub fn may_be_repeated(&self) -> bool {
        use Request::*;
        let changes_more = matches!(self, Undo | Redo | UndoGolden { .. } | RedoGolden { .. } | Bulk { .. });
        let fails = matches!(self, Defer { .. } | KeepGolden { .. } | RemoveGolden { .. });
        !changes_more && !fails
    }

    /// The queue that it opens at its next item.
    pub fn opens(&self) -> Option<&str> {
        match self {
            Request::Open { queue } | Request::OpenBy { queue, .. } => Some(queue),
            _ => None,
        }
    }

    /// It only looks something up for an overlay, which may be closed by the time of the
    /// reply.
    pub fn is_a_look(&self) -> bool {
        use Request::*;
        matches!(
            self,
            History { .. }
                | Precedents { .. }
                | Peek { .. }
                | GoldenFacts { .. }
                | Goldens { .. }
                | Macros
                | Words { .. }
                | Browse { .. }
                | Follow { .. }
                | Progress
                | Rows { .. }
                | Known { .. }
                | SavedFilters { .. }
        )
    }
}

/// What has happened in the queue since its line was made, and does not show in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Since {
    /// Items that came in.
    pub items: i64,
    /// Verdicts that may put an item elsewhere, in or out.
    pub verdicts: i64,
}

/// What comes back, and what comes unasked: [`Reply::Changed`] and [`Reply::Link`].
#[derive(Debug)]
pub enum Reply {
    /// Others have changed the workspace.
    Changed,
    /// The connection to the server is lost, or back.
    Link(LinkState),
    Home(Vec<QueueSummary>),
    Opened {
        queue: Box<Queue>,
        serving: Serving,
        counts: Counts,
        next: Next,
    },
    Serves {
        serving: Serving,
        counts: Counts,
        next: Next,
    },
    Next {
        counts: Counts,
        next: Next,
    },
    /// How far the open queue is, and whether an item of it is free for the reviewer.
    Progress {
        counts: Counts,
        free: bool,
    },
    Shown {
        served: Box<Served>,
    },
    /// `None`: there is no earlier one.
    Earlier {
        served: Option<Box<Served>>,
    },
    Previous {
        seq: Seq,
        previous: Option<Box<PreviousAttempt>>,
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
    /// `None`: nothing to undo.
    Undone(Option<Box<Reverted>>),
    /// `None`: nothing to redo.
    Redone(Option<Box<Reverted>>),
    /// All of them, after a change too.
    Macros(Vec<Macro>),
    DraftSaved {
        seq: Seq,
    },
    /// The new expiry.
    Extended {
        seq: Seq,
        expires_at: i64,
    },
    History(Box<History>),
    Precedents {
        seq: Seq,
        found: Vec<Precedent>,
        /// How much of the workspace was searched.
        indexed: Indexed,
    },
    GoldenFacts(GoldenFacts),
    /// The example is on disk.
    GoldenKept(Box<Golden>),
    /// What the item was kept as.
    GoldenRemoved(Box<Golden>),
    /// The item's id with what changed; `None`: nothing to undo.
    GoldenUndone(Option<(String, Change)>),
    /// `None`: nothing to redo.
    GoldenRedone(Option<(String, Change)>),
    Goldens {
        list: u64,
        page: Page<GoldenRow>,
        set_version: i64,
    },
    Peeked {
        seq: Seq,
        item: Box<Item>,
    },
    Lens {
        seq: Seq,
        reading: Box<Reading>,
    },
    Words {
        queue: Box<Queue>,
        words: Box<Words>,
    },
    /// How far the line of this ticket is: rows that can be shown, items found, and from
    /// 0 to 1 how much was looked at.
    Line {
        ticket: u64,
        known: usize,
        found: usize,
        progress: f64,
        done: bool,
        /// How far texts were searched; `None` where the filter seeks none.
        indexed: Option<Indexed>,
        since: Since,
    },
    Rows {
        ticket: u64,
        from: usize,
        rows: Vec<BrowseRow>,
    },
    Known {
        name: Name,
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
    Released {
        seq: Seq,
    },
    /// Nothing was changed; the request can be sent again as it is.
    Failed {
        request: Box<Request>,
        error: StoreError,
    },
}
