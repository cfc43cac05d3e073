//! Adjudication: the opinions on a disputed item as who settles it is shown them, without names.

use super::decision::{Decision, Draft, Verdict};
use super::sampling::{SIDES, draw};
use std::sync::Arc;

/// An opinion on a disputed item, without its maker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub verdict: Verdict,
    pub draft: Arc<Draft>,
}

impl Side {
    /// What there is to see of a decision whose maker is not to be known.
    pub fn of(decision: Decision) -> Self {
        Self { verdict: decision.judgement.verdict, draft: decision.judgement.draft }
    }
}

/// The letter under which a side is shown, from 0.
pub fn letter(side: usize) -> char {
    u8::try_from(side).map_or('?', |side| char::from(b'A' + side))
}

/// The order in which so many opinions on an item are shown, as their places among the opinions by
/// number: drawn, so that which of them is A says nothing of who came first. An item is drawn by
/// its case, or else its id.
pub fn order(queue: &str, case: &str, opinions: usize) -> Vec<usize> {
    let mut left: Vec<usize> = (0..opinions).collect();
    let mut u = draw(SIDES, queue, case);
    let mut order = Vec::with_capacity(opinions);
    while !left.is_empty() {
        u *= left.len() as f64;
        let at = (u as usize).min(left.len() - 1);
        u -= at as f64;
        order.push(left.remove(at));
    }
    order
}

/// Whether the sides are not alike in something.
pub fn differ<T: PartialEq>(sides: &[Side], of: impl Fn(&Side) -> T) -> bool {
    let mut all = sides.iter().map(of);
    let first = all.next();
    all.any(|other| Some(other) != first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_order_is_drawn_as_often() {
        let mut seen = std::collections::BTreeMap::new();
        for case in 0..6_000 {
            *seen.entry(order("replies", &format!("case-{case}"), 3)).or_insert(0) += 1;
        }
        assert_eq!(seen.len(), 6, "{seen:?}");
        assert!(seen.values().all(|times| (850..1150).contains(times)), "{seen:?}");
    }

    #[test]
    fn what_was_shown_as_a_is_shown_so_again() {
        assert_eq!(order("support-replies", "refund-17", 2), order("support-replies", "refund-17", 2));
        assert_eq!(order("q", "c", 0), [0; 0]);
        assert_eq!([letter(0), letter(1), letter(8)], ['A', 'B', 'I']);
    }
}
