//! The thread that owns the store while the workstation runs: requests in,
//! replies out, in order. The screen never waits for the disk. What is counted over all of a queue is handed on
//! to a second thread.
//!
//! Requests and replies are grouped by feature, a file each. A feature answers its own.

pub mod agreement;
mod bars;
pub mod browse;
mod count;
mod counting;
pub mod golden;
pub mod inbox;
pub mod influence;
pub mod judges;
pub mod lens;
pub mod lookup;
pub mod macros;
pub mod people;
pub mod queue;
mod replies;
pub mod review;
mod state;
mod thread;
pub mod versions;

pub use agreement::{AgreementReply, AgreementRequest, Counted, Row};
pub use bars::BarStanding;
pub use browse::{BrowseReply, BrowseRequest, Chosen, Since};
pub use golden::{GoldenReply, GoldenRequest};
pub use inbox::{InboxReply, InboxRequest};
pub use influence::{HangingBar, HangingItem, InfluenceReply, InfluenceRequest};
pub use judges::{JudgeOfQueue, JudgesReply, JudgesRequest};
pub use lens::LensRequest;
pub use lookup::{LookupReply, LookupRequest};
pub use macros::MacroRequest;
pub use people::{PeopleOfQueue, PeopleReply, PeopleRequest};
pub use queue::{QueueReply, QueueRequest};
pub use review::{ReviewReply, ReviewRequest};
pub use thread::Worker;
pub use versions::{VersionsReply, VersionsRequest};

use crate::analysis::lens::Reading;
use crate::domain::macros::Macro;
use crate::store::{ConnectionState, DamagedRow, Next, Result, Served, StoreError};
use state::WorkerState;

/// A request of the workstation to the store. Every request gets exactly one reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Request {
    Queue(QueueRequest),
    Review(ReviewRequest),
    Lookup(LookupRequest),
    Macros(MacroRequest),
    Golden(GoldenRequest),
    Inbox(InboxRequest),
    Influence(InfluenceRequest),
    Judges(JudgesRequest),
    People(PeopleRequest),
    Agreement(AgreementRequest),
    Browse(BrowseRequest),
    Versions(VersionsRequest),
}

/// A reply to a request; [`Reply::Changed`] and [`Reply::Connection`] come unasked.
#[derive(Debug)]
pub enum Reply {
    /// Others have changed the workspace.
    Changed,
    /// The connection to the server is lost, or back.
    Connection(ConnectionState),
    /// Rows that cannot be read were passed over, each told once; this comes unasked too.
    Damaged(Vec<DamagedRow>),
    /// How the bars of the queue that was looked at last stand now; this comes unasked too.
    Bars {
        queue: String,
        bars: Vec<BarStanding>,
    },
    Queue(QueueReply),
    Review(ReviewReply),
    Lookup(LookupReply),
    /// All macros of the reviewer in the open queue.
    Macros(Vec<Macro>),
    Golden(GoldenReply),
    Inbox(InboxReply),
    Influence(InfluenceReply),
    Judges(JudgesReply),
    People(PeopleReply),
    Agreement(AgreementReply),
    Browse(BrowseReply),
    Versions(VersionsReply),
    /// The lens's reading of the item on screen, or of the one after it.
    Lens {
        request: Box<LensRequest>,
        reading: Box<Reading>,
    },
    /// Nothing was changed; the request can be sent again as it is.
    Failed {
        request: Box<Request>,
        error: StoreError,
    },
}

/// The requests of one feature.
trait Feature {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply>;

    /// Whether the request only looks something up for an overlay or a list, which may be closed by the time of
    /// the reply.
    fn is_lookup(&self) -> bool {
        false
    }

    /// Whether the request reads so much of a queue that nobody should wait for it who asks for something else.
    fn is_count(&self) -> bool {
        false
    }

    /// Whether the request, asked once more after the connection was lost, changes nothing that it may have
    /// changed already.
    fn may_be_repeated(&self) -> bool {
        true
    }
}

impl Request {
    fn feature(&self) -> &dyn Feature {
        match self {
            Self::Queue(request) => request,
            Self::Review(request) => request,
            Self::Lookup(request) => request,
            Self::Macros(request) => request,
            Self::Golden(request) => request,
            Self::Inbox(request) => request,
            Self::Influence(request) => request,
            Self::Judges(request) => request,
            Self::People(request) => request,
            Self::Agreement(request) => request,
            Self::Browse(request) => request,
            Self::Versions(request) => request,
        }
    }

    fn is_count(&self) -> bool {
        self.feature().is_count()
    }

    /// The reply; asked for once more where the connection was lost, and is made anew.
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        let feature = self.feature();
        match feature.answer(state) {
            Err(StoreError::Lost(_)) if feature.may_be_repeated() => feature.answer(state),
            reply => reply,
        }
    }

    /// Whether the request is about an item that may have been left since: a screen that knows nothing of it
    /// passes its failure on.
    pub fn outlives_its_screen(&self) -> bool {
        matches!(self, Self::Review(ReviewRequest::SaveDraft { .. } | ReviewRequest::Release { .. }))
    }

    /// Whether the request only looks something up: where it fails, nothing is lost by it.
    pub fn is_lookup(&self) -> bool {
        self.feature().is_lookup()
    }
}

impl Reply {
    fn lens(request: LensRequest, reading: Reading) -> Self {
        Self::Lens { request: Box::new(request), reading: Box::new(reading) }
    }

    /// The item that the reply puts on screen.
    pub fn served(&self) -> Option<&Served> {
        match self {
            Self::Queue(reply) => reply.served(),
            Self::Review(reply) => reply.served(),
            _ => None,
        }
    }
}

impl Next {
    fn item(&self) -> Option<&Served> {
        match self {
            Next::Item(served) => Some(served),
            Next::End(_) => None,
        }
    }
}
