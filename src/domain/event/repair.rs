//! What the log tells of repairs.

use crate::domain::decision::Verdict;
use serde::{Deserialize, Serialize};

/// What was found wrong and was put right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Repair {
    /// The event tells what an earlier one tells already: of a decision, or of a step that is none.
    Duplicate {
        event: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        decision: Option<String>,
    },
    /// The data of the event is no JSON.
    Unreadable { event: i64 },
    /// The event tells a decision that was never recorded.
    Unfounded { event: i64, decision: Option<String> },
    /// A decision stands, or does not, as its step says.
    Standing { decision: String, stands: bool },
    /// So many items of a bulk, or of its undo or redo that the event tells, have no event of their own.
    BulkItems {
        bulk: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event: Option<i64>,
        items: i64,
    },
    /// The row, such as `decision 7`, could not be read, and was taken out of the way of others.
    SetAside { row: String, why: String },
    /// The verdict of record is what the item's decisions add up to.
    Verdict { before: Option<Verdict>, after: Option<Verdict> },
}
