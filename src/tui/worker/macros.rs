//! The reviewer's macros in the open queue.

use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::domain::macros::Macro;
use crate::store::Result;

/// A request about macros. The reply is always [`Reply::Macros`], all that there are.
#[derive(Debug, Clone, PartialEq)]
pub enum MacroRequest {
    List,
    Save { saved: Macro },
    Remove { key: char },
}

impl Feature for MacroRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        let (queue, reviewer) = (state.open_queue()?, state.reviewer.as_str());
        match self {
            Self::List => {}
            Self::Save { saved } => state.store.save_macro(&queue, reviewer, saved)?,
            Self::Remove { key } => state.store.remove_macro(&queue, reviewer, *key)?,
        }
        Ok(Reply::Macros(state.store.macros(&queue, reviewer)?))
    }

    fn is_lookup(&self) -> bool {
        matches!(self, Self::List)
    }
}

impl From<MacroRequest> for Request {
    fn from(request: MacroRequest) -> Self {
        Self::Macros(request)
    }
}
