//! What the checks of a spec found, as it is kept beside the items.

mod keep;

use super::engine::params;
use super::stage::was_reopened;
use super::{Result, Store, StoreError};
use crate::domain::check::FailedCheck;
use crate::domain::item::Seq;
use crate::domain::queue::Queue;
use crate::domain::stage::Stage;

/// SQL: what the checks found on the item `i`, a line each, by their keys. Neither a key nor a
/// reason has more than one line.
pub(super) const FOUND: &str = "(SELECT string_agg(c.outcome || ' ' || c.check_key || ' ' || c.reason, '
' ORDER BY c.check_key) FROM failed_check c WHERE c.item_seq = i.seq)";

/// SQL: a person made the decision `d`.
pub(super) const BY_PERSON: &str = "d.reviewer_kind = 'person'";

impl Store {
    /// The items on which a new spec's checks are to be run, in the order in which they came; what a
    /// lead has put back is for people.
    pub fn waiting(&self, queue: &Queue) -> Result<Vec<Seq>> {
        let sql = format!(
            "SELECT i.seq FROM item i WHERE i.queue_id = ?1 AND i.stage IN (?2, ?3) AND NOT {} ORDER BY i.seq",
            was_reopened("i")
        );
        let words = params![queue.id, Stage::Waiting.as_str(), Stage::HeldBack.as_str()];
        self.all(&sql, words, |row| row.need_int(0))
    }
}

/// What checks found, from the text that [`FOUND`] gives.
pub(super) fn found(lines: Option<&str>) -> Result<Vec<FailedCheck>> {
    let read = |line: &str| {
        let mut words = line.splitn(3, ' ');
        let [outcome, key, reason] = [words.next(), words.next(), words.next()].map(Option::unwrap_or_default);
        let outcome = outcome.parse().map_err(StoreError::Damaged)?;
        Ok(FailedCheck { key: key.into(), outcome, reason: reason.into() })
    };
    lines.into_iter().flat_map(str::lines).map(read).collect()
}
