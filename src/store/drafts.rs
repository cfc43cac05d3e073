//! Work under way: it survives leaving the item, a crash and a lost terminal.

use super::engine::params;
use super::view::Seq;
use super::{Result, Store, StoreError};
use crate::domain::decision::Draft;
use crate::domain::time::UtcMillis;

impl Store {
    /// Keeps the reviewer's draft on an item; an empty one removes it.
    pub fn save_draft(&self, seq: Seq, reviewer: &str, draft: &Draft, now: UtcMillis) -> Result<()> {
        self.write(|| self.put_draft(seq, reviewer, draft, now))
    }

    pub(super) fn put_draft(&self, seq: Seq, reviewer: &str, draft: &Draft, now: UtcMillis) -> Result<()> {
        if draft.is_empty() {
            return self.drop_draft(seq, reviewer);
        }
        let sql = "INSERT INTO draft (item_seq, reviewer, body, saved_at) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (item_seq, reviewer) DO UPDATE SET body = excluded.body, saved_at = excluded.saved_at";
        self.execute(sql, params![seq, reviewer, &to_json(draft), now]).map(drop)
    }

    pub(super) fn drop_draft(&self, seq: Seq, reviewer: &str) -> Result<()> {
        let sql = "DELETE FROM draft WHERE item_seq = ?1 AND reviewer = ?2";
        self.execute(sql, params![seq, reviewer]).map(drop)
    }

    pub(super) fn draft(&self, seq: Seq, reviewer: &str) -> Result<Option<Draft>> {
        let sql = "SELECT body FROM draft WHERE item_seq = ?1 AND reviewer = ?2";
        self.first(sql, params![seq, reviewer], |row| from_json(row.need_text(0)?))
    }
}

/// A body of categories, scores, note and route, as the database keeps it.
pub(super) fn to_json(draft: &Draft) -> String {
    serde_json::to_string(draft).unwrap_or_else(|_| "{}".into()) // strings and small numbers: it cannot fail
}

pub(super) fn from_json(body: &str) -> Result<Draft> {
    serde_json::from_str(body).map_err(|e| StoreError::Damaged(format!("the body of a decision or draft: {e}")))
}
