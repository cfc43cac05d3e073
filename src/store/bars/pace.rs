//! How long a review takes at present.

use crate::domain::pace::mean_millis;
use crate::domain::queue::Queue;
use crate::store::checks::BY_PERSON;
use crate::store::decisions::STANDING;
use crate::store::engine::params;
use crate::store::{Result, Store};

impl Store {
    /// Time of people, in milliseconds, that an item of the queue has taken on average lately, with all opinions on it;
    /// `None` of fewer than five that took time on screen.
    pub fn review_millis(&self, queue: &Queue) -> Result<Option<f64>> {
        let sql = format!(
            "SELECT CAST(COALESCE(SUM(l.active_millis), 0) AS BIGINT), COUNT(DISTINCT l.item_seq) FROM (
                SELECT d.item_seq, d.active_millis FROM decision d
                WHERE d.queue_id = ?1 AND d.active_millis > 0 AND {STANDING} AND {BY_PERSON}
                ORDER BY d.seq DESC LIMIT 1000) l"
        );
        let lately = self.first(&sql, params![queue.id], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        Ok(lately.and_then(|(millis, items)| mean_millis(millis, items)))
    }
}
