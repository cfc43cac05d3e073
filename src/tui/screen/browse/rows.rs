//! The rows of the table that are in memory, and which to ask for.

use crate::store::BrowseRow;
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Rows that are asked for at once.
pub(super) const CHUNK: usize = 64;

/// Chunks that are kept: some hundred screens.
const MAX_CHUNKS: usize = 64;

/// A window on a table of any length.
#[derive(Debug, Default)]
pub(super) struct Rows {
    chunks: HashMap<usize, Vec<BrowseRow>>,
    asked: HashSet<usize>,
    /// Rows read before something changed: they are shown until they were read again.
    aged: HashSet<usize>,
}

impl Rows {
    /// The row at a place; `None` until it was read.
    pub(super) fn get(&self, at: usize) -> Option<&BrowseRow> {
        self.chunks.get(&(at / CHUNK))?.get(at % CHUNK)
    }

    /// The stretches that are missing around what is seen, of a table of `count` rows.
    pub(super) fn missing(&mut self, seen: Range<usize>, count: usize) -> Vec<usize> {
        let first = (seen.start / CHUNK).saturating_sub(1);
        let last = (seen.end / CHUNK + 1).min(count.saturating_sub(1) / CHUNK);
        let wanted = (first..=last).filter(|_| count > 0);
        let is_there = |chunk: &usize| self.chunks.contains_key(chunk) && !self.aged.contains(chunk);
        let missing = wanted.filter(|chunk| !is_there(chunk) && !self.asked.contains(chunk));
        let missing: Vec<usize> = missing.collect();
        self.asked.extend(&missing);
        missing
    }

    /// Rows have come; those that are far from them may be forgotten. `true` when they are
    /// others than there were.
    pub(super) fn fill(&mut self, from: usize, rows: Vec<BrowseRow>) -> bool {
        let chunk = from / CHUNK;
        self.asked.remove(&chunk);
        self.aged.remove(&chunk);
        let are_new = self.chunks.get(&chunk) != Some(&rows);
        if self.chunks.len() >= MAX_CHUNKS {
            self.chunks.retain(|at, _| at.abs_diff(chunk) < MAX_CHUNKS / 4);
        }
        self.chunks.insert(chunk, rows);
        are_new
    }

    /// Others have changed something: what is seen is asked for anew, and stays until then.
    pub(super) fn age(&mut self) {
        self.aged = self.chunks.keys().copied().collect();
    }

    /// The table is longer than it was, so its last stretch has more rows.
    pub(super) fn grow(&mut self, count: usize) {
        self.aged.insert(count / CHUNK);
    }

    /// Asks for all known rows anew: they may be true no more.
    pub(super) fn refresh(&mut self) {
        self.chunks.clear();
        self.asked.clear();
        self.aged.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_near_is_asked_for_and_only_once() {
        let mut rows = Rows::default();
        assert_eq!(rows.missing(640..680, 1_000_000), [9, 10, 11]);
        assert!(rows.missing(640..680, 1_000_000).is_empty());
        assert_eq!(rows.missing(0..30, 70), [0, 1], "the table ends there");
        assert!(rows.missing(0..0, 0).is_empty());
    }

    #[test]
    fn memory_is_bounded() {
        let mut rows = Rows::default();
        for chunk in 0..1000 {
            rows.fill(chunk * CHUNK, Vec::new());
        }
        assert!(rows.chunks.len() <= MAX_CHUNKS);
    }
}
