//! What is known of the people of a queue, and lifting a pause.

use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::analysis::reviewer::Person;
use crate::store::Result;

/// A request about the people of a queue.
#[derive(Debug, Clone, PartialEq)]
pub enum PeopleRequest {
    Figures {
        queue: String,
    },
    /// Lets a reviewer be served again.
    Lift {
        queue: String,
        person: String,
        why: String,
    },
}

/// A reply about the people of a queue.
#[derive(Debug)]
pub enum PeopleReply {
    Figures(Box<PeopleOfQueue>),
    /// The pause of this person is lifted, on disk.
    Lifted {
        person: String,
        people: Box<PeopleOfQueue>,
    },
}

/// The people whose figures the reviewer may see, their own first.
#[derive(Debug, Clone, PartialEq)]
pub struct PeopleOfQueue {
    pub people: Vec<Person>,
    /// The share of answers that should be right; `None`: the spec asks for none.
    pub pass: Option<f64>,
    /// The reviewer sees everybody's, and lifts pauses.
    pub leads: bool,
}

impl Feature for PeopleRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        let (Self::Figures { queue } | Self::Lift { queue, .. }) = self;
        let queue = state.named_queue(queue)?;
        let actor = queue.actor(&state.reviewer, state.store.now());
        if let Self::Lift { person, why, .. } = self {
            state.store.lift(actor, person, why)?;
        }
        let people = Box::new(PeopleOfQueue {
            people: state.store.people(actor, None)?,
            pass: queue.spec.spec.calibrate.as_ref().map(|terms| terms.pass),
            leads: state.store.may_see_all(&state.reviewer)?,
        });
        Ok(Reply::People(match self {
            Self::Figures { .. } => PeopleReply::Figures(people),
            Self::Lift { person, .. } => PeopleReply::Lifted { person: person.clone(), people },
        }))
    }

    fn is_count(&self) -> bool {
        matches!(self, Self::Figures { .. })
    }

    fn may_be_repeated(&self) -> bool {
        matches!(self, Self::Figures { .. })
    }
}

impl From<PeopleRequest> for Request {
    fn from(request: PeopleRequest) -> Self {
        Self::People(request)
    }
}
