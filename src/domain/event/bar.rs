//! What the log tells of quality bars.

use crate::domain::time::UtcMillis;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Waived {
    /// The bar's key, and the hash of its terms: a waiver is of no others.
    pub bar: String,
    pub terms: String,
    /// The first moment at which it is over.
    pub until: UtcMillis,
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BarTold {
    /// The bar's key, and the hash of its terms.
    pub bar: String,
    pub terms: String,
    /// The word of the outcome.
    pub outcome: String,
}
