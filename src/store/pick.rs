//! What a reviewer asks for when they ask for the next item.

use crate::domain::item::Seq;

/// The items among which the next one is chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pick {
    /// Starts past this item; at the end of the queue it starts over.
    pub after: Option<Seq>,
    /// Whether items that the reviewer has deferred are served too.
    pub deferred: bool,
}

impl Pick {
    /// Past an item.
    pub fn after(item: Seq) -> Self {
        Self { after: Some(item), deferred: false }
    }

    /// This pick, among deferred items too.
    pub fn with_deferred() -> Self {
        Self { after: None, deferred: true }
    }
}
