//! What an item said of itself before it changed: kept at each change, so that the workspace can be read as it was
//! (`past.rs`).

use super::Result;
use super::engine::params;
use super::transaction::Tx;
use crate::domain::item::Seq;
use crate::domain::time::UtcMillis;

/// The values that the item `?1` has, until the time `until`.
fn keep(until: &str) -> String {
    format!(
        "INSERT INTO item_before (item_seq, nth, until, held_back, chance, rule, opinions, replaced_by, retries)
            SELECT i.seq, (SELECT COUNT(*) + 1 FROM item_before b WHERE b.item_seq = i.seq), {until}, i.held_back,
                i.chance, i.rule, i.opinions, i.replaced_by, i.retries
            FROM item i WHERE i.seq = ?1"
    )
}

impl Tx<'_> {
    /// Keeps what sampling, the number of opinions asked, the next attempt and the mark of a retry say of
    /// the item until now: the transaction is about to change some of it.
    pub(super) fn keep_before(&self, item: Seq, now: UtcMillis) -> Result<()> {
        self.pipeline(&keep("?2"), params![item, now])
    }

    /// The same, where what changes follows from the decision that the transaction has just made, taken back or
    /// brought back: until the time of that.
    pub(super) fn keep_before_decision(&self, item: Seq) -> Result<()> {
        let newest = "(SELECT MAX(CASE WHEN d.stood_until > d.stood_from THEN d.stood_until ELSE d.stood_from END)
            FROM decision d WHERE d.item_seq = i.seq)";
        self.pipeline(&keep(&format!("COALESCE({newest}, 0)")), params![item])
    }

    /// Forgets what checks found on the item, and keeps that it was so until now.
    pub(super) fn forget_checks(&self, item: Seq, now: UtcMillis) -> Result<()> {
        let sql = "INSERT INTO failed_check_before (item_seq, check_key, at, until, outcome, reason, spec_version)
            SELECT item_seq, check_key, at, ?2, outcome, reason, spec_version FROM failed_check
            WHERE item_seq = ?1 AND at < ?2";
        self.pipeline(sql, params![item, now])?;
        self.pipeline("DELETE FROM failed_check WHERE item_seq = ?1", params![item])
    }
}
