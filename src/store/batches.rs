//! Batches: when items were taken, in their order. A batch is an import, or an hour of one that goes
//! on, or a change of the rules of sampling that takes items in. An item's batch is fixed when it is
//! taken.

use super::Result;
use super::engine::params;
use super::transaction::Tx;
use crate::domain::time::{HOUR_MILLIS, UtcMillis};

/// The batch that takes items at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Batch {
    pub id: i64,
    began_at: UtcMillis,
}

/// SQL: the batch of an item.
pub(super) fn batch_of(item: &str) -> String {
    format!("COALESCE({item}.batch_id, (SELECT MIN(b.id) FROM batch b WHERE b.import_id = {item}.import_id), 0)")
}

impl Tx<'_> {
    /// The batch in which an import takes items now: `present`, within an hour of its beginning.
    pub(super) fn batch_of_import(
        &self,
        (queue, import): (i64, i64),
        present: Option<Batch>,
        now: UtcMillis,
    ) -> Result<Batch> {
        match present.filter(|batch| (0..HOUR_MILLIS).contains(&(now - batch.began_at))) {
            Some(batch) => Ok(batch),
            None => self.new_batch(queue, Some(import), now),
        }
    }

    /// A new batch, after all that there are; without an import for a change of the rules.
    pub(super) fn new_batch(&self, queue: i64, import: Option<i64>, now: UtcMillis) -> Result<Batch> {
        let sql = "INSERT INTO batch (queue_id, import_id, began_at) VALUES (?1, ?2, ?3) RETURNING id";
        Ok(Batch { id: self.number(sql, params![queue, import, now])?, began_at: now })
    }
}
