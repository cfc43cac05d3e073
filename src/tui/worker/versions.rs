//! Two versions of a queue's outputs.

use super::state::WorkerState;
use super::{Feature, Reply, Request};
use crate::analysis::versions::{Comparison, compare};
use crate::domain::item::{Item, Seq};
use crate::domain::versions::Versions;
use crate::store::Result;

/// A request about two versions.
#[derive(Debug, Clone, PartialEq)]
pub enum VersionsRequest {
    /// The versions that the queue has, as filters.
    Known { queue: String },
    /// Compares what the filters of A and of B find, among the items that `within` finds: all by an empty one.
    Compare { queue: String, filters: [String; 2], within: String },
    /// Reads the outputs of both versions to a case.
    Pair { seqs: [Seq; 2] },
}

/// A reply about two versions.
#[derive(Debug)]
pub enum VersionsReply {
    Known(Vec<String>),
    Compared { filters: [String; 2], within: String, versions: Box<Versions>, comparison: Box<Comparison> },
    Pair { seqs: [Seq; 2], items: Box<[Item; 2]> },
}

impl Feature for VersionsRequest {
    fn answer(&self, state: &mut WorkerState) -> Result<Reply> {
        let store = &state.store;
        Ok(Reply::Versions(match self {
            Self::Known { queue } => VersionsReply::Known(store.known_versions(&*state.named_queue(queue)?)?),
            Self::Compare { queue, filters, within } => {
                let queue = state.named_queue(queue)?;
                let now = store.now();
                let resolved = |text: &str| store.resolve(&queue, &store.filter(&queue, text)?, now);
                let [a, b] = [resolved(&filters[0])?, resolved(&filters[1])?];
                let versions = store.versions(queue.actor(&state.reviewer, now), [&a, &b], &resolved(within)?)?;
                let comparison = Box::new(compare(&versions));
                let (filters, within) = (filters.clone(), within.clone());
                VersionsReply::Compared { filters, within, versions: Box::new(versions), comparison }
            }
            Self::Pair { seqs } => {
                let [a, b] = *seqs;
                VersionsReply::Pair { seqs: *seqs, items: Box::new([store.peek(a)?, store.peek(b)?]) }
            }
        }))
    }

    fn is_count(&self) -> bool {
        matches!(self, Self::Known { .. } | Self::Compare { .. })
    }
}

impl From<VersionsRequest> for Request {
    fn from(request: VersionsRequest) -> Self {
        Self::Versions(request)
    }
}
