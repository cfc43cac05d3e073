//! Where an item stands, in SQL: the one home of its rules, as conditions over a row of
//! `item` and its decisions.

/// The item is open: it waits for a reviewer.
pub(super) fn is_open(item: &str) -> String {
    format!("{item}.verdict IS NULL")
}

/// The item has a verdict of record.
pub(super) fn is_decided(item: &str) -> String {
    format!("{item}.verdict IS NOT NULL")
}

/// The item `i` is free for a reviewer: of the queue `?1`, open, at the time `?2` claimed by
/// nobody, and not deferred by `?3`; where `?4` is 1, also deferred.
pub(super) fn free_for_reviewer() -> String {
    format!(
        "i.queue_id = ?1 AND {} AND NOT {}
         AND (?4 = 1 OR NOT EXISTS (SELECT 1 FROM deferral f WHERE f.item_seq = i.seq AND f.reviewer = ?3))",
        is_open("i"),
        is_claimed("i", "?2"),
    )
}

/// Somebody has claimed the item at the time `now`.
pub(super) fn is_claimed(item: &str, now: &str) -> String {
    format!("EXISTS (SELECT 1 FROM claim c WHERE c.item_seq = {item}.seq AND c.expires_at > {now})")
}
