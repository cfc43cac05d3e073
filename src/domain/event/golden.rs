//! What the log tells of golden examples.

use crate::domain::decision::Verdict;
use crate::domain::golden::{Example, Expected};
use serde::{Deserialize, Serialize};

/// A golden example that was kept or removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoldenChanged {
    pub verdict: Verdict,
    pub expected: Expected,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<String>,
    pub tags: Vec<String>,
    pub why: String,
    pub set_version: i64,
}

impl GoldenChanged {
    pub fn new(example: &Example, set_version: i64) -> Self {
        let Example { verdict, expected, categories, tags, why } = example.clone();
        Self { verdict, expected, categories, tags, why, set_version }
    }
}

/// A set that was frozen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GoldenFrozen {
    pub name: String,
    pub version: i64,
    /// SHA-256 of what is in it, hexadecimal.
    pub digest: String,
    pub examples: i64,
}
