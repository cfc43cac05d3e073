//! Open items by whom they ask for a judgement. All items with the same `asked_of` ask the same
//! people: who has given an opinion on many that wait for another's passes over them at once.

use super::opinions::{asks, free_for_reviewer};
use super::stage::is_open;

/// SQL: the item that is served first by priority, among those that are free for the reviewer `?3` as
/// [`free_for_reviewer`] says and meet the condition on the item `i`; the words of `lock` follow it.
/// `adjudicates` says whether the reviewer settles disagreements.
pub(super) fn first_free(adjudicates: &str, condition: &str, lock: &str) -> String {
    // In most queues all open items ask everybody.
    let has_groups =
        format!("EXISTS (SELECT 1 FROM item i WHERE i.queue_id = ?1 AND {} AND i.asked_of > '')", is_open("i"));
    format!(
        "(SELECT i.seq FROM item i WHERE i.asked_of = CASE WHEN {has_groups} THEN {} ELSE '' END
            AND {} AND {condition} ORDER BY i.rank, i.seq LIMIT 1 {lock})",
        first_group(adjudicates, condition),
        free_for_reviewer(adjudicates)
    )
}

/// SQL: the `asked_of` of the item that [`first_free`] gives; NULL: there is none. Each of those
/// that there are is one look-up in the index `item_open`, and one more where its items ask the reviewer.
pub(super) fn first_group(adjudicates: &str, condition: &str) -> String {
    let (open, free, asks) = (is_open("i"), free_for_reviewer(adjudicates), asks("?3", adjudicates));
    // In the order of the index, and without a join: a server that takes the queue for an empty one would
    // read all of it.
    let first = "ORDER BY i.asked_of, i.rank, i.seq LIMIT 1";
    format!(
        "(WITH RECURSIVE asked (asked_of) AS (
            SELECT (SELECT i.asked_of FROM item i WHERE i.queue_id = ?1 AND {open} {first})
            UNION ALL
            SELECT (SELECT i.asked_of FROM item i WHERE i.queue_id = ?1 AND {open} AND i.asked_of > a.asked_of {first})
            FROM asked a WHERE a.asked_of IS NOT NULL),
        heads (asked_of, seq) AS MATERIALIZED (SELECT a.asked_of, CASE
            WHEN (SELECT {asks} FROM item i WHERE i.queue_id = ?1 AND {open} AND i.asked_of = a.asked_of
                ORDER BY i.rank, i.seq LIMIT 1)
            THEN (SELECT i.seq FROM item i WHERE {free} AND i.asked_of = a.asked_of AND {condition}
                ORDER BY i.rank, i.seq LIMIT 1) END
            FROM asked a)
        SELECT h.asked_of FROM heads h WHERE h.seq IS NOT NULL
        ORDER BY (SELECT i.rank FROM item i WHERE i.seq = h.seq), h.seq LIMIT 1)"
    )
}

#[cfg(test)]
mod tests {
    use super::super::plan::plan;
    use super::*;

    #[test]
    fn the_next_item_is_found_by_an_index_in_its_order() {
        let plan = plan(&format!("SELECT {}", first_free("1 = 1", "(i.rank, i.seq) > (?5, ?6)", "")), 6);
        let of_group = plan.matches("INDEX item_open (queue_id=? AND asked_of=? AND rank>?)").count();
        assert!(of_group == 2 && !plan.contains("SCAN i"), "{plan}");
        assert_eq!(plan.matches("TEMP B-TREE").count(), 1, "of the groups alone: {plan}");
    }
}
