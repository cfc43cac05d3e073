//! The items visited in this session, for walking back and forth.

use crate::store::view::Seq;

/// Where a step leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To an item visited before.
    Visited(Seq),
    /// Past the end of the trail, to what the store has.
    Beyond,
}

/// The visited items in the order of the visits, and the place on them.
#[derive(Debug, Default)]
pub struct Trail {
    visited: Vec<Seq>,
    at: usize,
    /// The earliest decision known, from which the store goes on backwards.
    first_decided: Option<Seq>,
}

impl Trail {
    /// An item came to the screen. One that lies on the trail is walked to; a new one
    /// lengthens it.
    pub fn arrive(&mut self, seq: Seq) {
        match self.visited.iter().rposition(|&visited| visited == seq) {
            Some(at) => self.at = at,
            None => {
                self.visited.push(seq);
                self.at = self.visited.len() - 1;
            }
        }
    }

    /// An item from before this session came to the screen.
    pub fn arrive_before(&mut self, seq: Seq) {
        self.first_decided = Some(seq);
        if self.visited.contains(&seq) {
            return self.arrive(seq);
        }
        self.visited.insert(0, seq);
        self.at = 0;
    }

    /// No item is on screen: the end of the queue stands behind the last one.
    pub fn end(&mut self) {
        self.at = self.visited.len();
    }

    pub fn decided(&mut self, seq: Seq) {
        self.first_decided.get_or_insert(seq);
    }

    pub fn back(&self) -> Step {
        match self.at.checked_sub(1).and_then(|at| self.visited.get(at)) {
            Some(&seq) => Step::Visited(seq),
            None => Step::Beyond,
        }
    }

    pub fn forth(&self) -> Step {
        self.visited.get(self.at + 1).map_or(Step::Beyond, |&seq| Step::Visited(seq))
    }

    /// What the store is asked for beyond the trail's start.
    pub fn first_decided(&self) -> Option<Seq> {
        self.first_decided
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_walks_back_and_forth_over_what_was_visited() {
        let mut trail = Trail::default();
        [10, 11, 12].into_iter().for_each(|seq| trail.arrive(seq));
        assert_eq!(trail.back(), Step::Visited(11));
        trail.arrive(11);
        assert_eq!((trail.back(), trail.forth()), (Step::Visited(10), Step::Visited(12)));
        trail.arrive(12);
        assert_eq!(trail.forth(), Step::Beyond);
    }

    #[test]
    fn before_the_first_the_store_knows_on() {
        let mut trail = Trail::default();
        trail.arrive(10);
        trail.decided(10);
        assert_eq!((trail.back(), trail.first_decided()), (Step::Beyond, Some(10)));
        trail.arrive_before(4);
        assert_eq!((trail.forth(), trail.first_decided()), (Step::Visited(10), Some(4)));
    }

    #[test]
    fn the_end_of_the_queue_stands_behind_the_last_item() {
        let mut trail = Trail::default();
        trail.arrive(10);
        trail.end();
        assert_eq!(trail.back(), Step::Visited(10));
    }
}
