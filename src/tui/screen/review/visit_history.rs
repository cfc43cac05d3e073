//! The items visited in this session, for going back and on again.

use crate::domain::item::Seq;

/// The item that a step leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// An item visited before.
    Visited(Seq),
    /// past the visited items, to what the store has.
    Beyond,
}

/// The visited items in the order of the visits, and the place on them.
#[derive(Debug, Default)]
pub(super) struct VisitHistory {
    visited: Vec<Seq>,
    at: usize,
    /// The earliest decision known, from which the store goes on backwards.
    first_decided: Option<Seq>,
    /// The store has none before that.
    is_whole: bool,
}

impl VisitHistory {
    /// An item came to the screen. One that lies on the history is walked to; a new one
    /// is added at the end.
    pub(super) fn arrive(&mut self, seq: Seq) {
        match self.visited.iter().rposition(|&visited| visited == seq) {
            Some(at) => self.at = at,
            None => {
                self.visited.push(seq);
                self.at = self.visited.len() - 1;
            }
        }
    }

    /// An item from before this session came to the screen.
    pub(super) fn arrive_before(&mut self, seq: Seq) {
        self.first_decided = Some(seq);
        if self.visited.contains(&seq) {
            return self.arrive(seq);
        }
        self.visited.insert(0, seq);
        self.at = 0;
    }

    /// The store has no earlier decision.
    pub(super) fn reached_first(&mut self) {
        self.is_whole = true;
    }

    /// No item from before the history can come.
    pub(super) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// No item is on screen: the end of the queue stands behind the last one.
    pub(super) fn end(&mut self) {
        self.at = self.visited.len();
    }

    pub(super) fn decided(&mut self, seq: Seq) {
        self.first_decided.get_or_insert(seq);
    }

    pub(super) fn previous(&self) -> Step {
        match self.at.checked_sub(1).and_then(|at| self.visited.get(at)) {
            Some(&seq) => Step::Visited(seq),
            None => Step::Beyond,
        }
    }

    pub(super) fn next(&self) -> Step {
        self.visited.get(self.at + 1).map_or(Step::Beyond, |&seq| Step::Visited(seq))
    }

    /// The item before which the store is asked, beyond the history's start.
    pub(super) fn first_decided(&self) -> Option<Seq> {
        self.first_decided
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_walks_back_and_forth_over_what_was_visited() {
        let mut history = VisitHistory::default();
        [10, 11, 12].into_iter().for_each(|seq| history.arrive(seq));
        assert_eq!(history.previous(), Step::Visited(11));
        history.arrive(11);
        assert_eq!((history.previous(), history.next()), (Step::Visited(10), Step::Visited(12)));
        history.arrive(12);
        assert_eq!(history.next(), Step::Beyond);
    }

    #[test]
    fn before_the_first_the_store_knows_on() {
        let mut history = VisitHistory::default();
        history.arrive(10);
        history.decided(10);
        assert_eq!((history.previous(), history.first_decided()), (Step::Beyond, Some(10)));
        history.arrive_before(4);
        assert_eq!((history.next(), history.first_decided()), (Step::Visited(10), Some(4)));
    }

    #[test]
    fn the_end_of_the_queue_stands_behind_the_last_item() {
        let mut history = VisitHistory::default();
        history.arrive(10);
        history.end();
        assert_eq!(history.previous(), Step::Visited(10));
    }
}
