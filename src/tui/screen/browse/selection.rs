//! Which items are selected: some, or all that match but some.

use crate::domain::item::Seq;
use crate::tui::worker::Chosen;
use std::collections::HashSet;

/// The selected items of a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// All that match are selected, and `seqs` are not.
    all: bool,
    seqs: HashSet<Seq>,
}

impl Selection {
    pub fn toggle(&mut self, seq: Seq) {
        if !self.seqs.insert(seq) {
            self.seqs.remove(&seq);
        }
    }

    /// All that match, or none.
    pub fn toggle_all(&mut self) {
        *self = Self { all: !self.all, seqs: HashSet::new() };
    }

    /// All that match are selected, whatever is found.
    pub fn is_all(&self) -> bool {
        self.all
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    pub fn has(&self, seq: Seq) -> bool {
        self.all != self.seqs.contains(&seq)
    }

    /// The number of items selected, of so many that match.
    pub fn count(&self, of: usize) -> usize {
        if self.all { of.saturating_sub(self.seqs.len()) } else { self.seqs.len() }
    }

    /// The selected items; without a selection, the row under the cursor.
    pub fn chosen(&self, cursor: Option<Seq>) -> Option<Chosen> {
        let mut seqs: Vec<Seq> = self.seqs.iter().copied().collect();
        seqs.sort_unstable();
        match (self.all, seqs.is_empty()) {
            (true, _) => Some(Chosen::AllBut(seqs)),
            (false, false) => Some(Chosen::These(seqs)),
            (false, true) => cursor.map(|seq| Chosen::These(vec![seq])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_are_selected_or_all_but_some() {
        let mut selection = Selection::default();
        assert_eq!(selection.chosen(Some(7)), Some(Chosen::These(vec![7])), "the row under the cursor");
        selection.toggle(2);
        selection.toggle(1);
        assert_eq!((selection.count(10), selection.chosen(Some(7))), (2, Some(Chosen::These(vec![1, 2]))));
        selection.toggle_all();
        selection.toggle(3);
        assert!(selection.has(1) && !selection.has(3));
        assert_eq!((selection.count(10), selection.chosen(None)), (9, Some(Chosen::AllBut(vec![3]))));
        selection.toggle_all();
        assert_eq!((selection.count(10), selection.chosen(None)), (0, None));
    }
}
