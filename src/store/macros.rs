//! A reviewer's macros in a queue.

use super::drafts::{from_json, to_json};
use super::engine::{Row, params};
use super::{Result, Store, StoreError};
use crate::domain::macros::Macro;
use crate::domain::queue::Queue;

impl Store {
    /// The reviewer's macros, by their keys; without those that cannot be read.
    pub fn macros(&self, queue: &Queue, reviewer: &str) -> Result<Vec<Macro>> {
        let sql = "SELECT key, name, verdict, body FROM macro WHERE queue_id = ?1 AND reviewer = ?2 ORDER BY key";
        let readable = |row: &dyn Row| {
            self.readable("macro", &format!("{}/{} of {reviewer}", queue.id, row.need_text(0)?), saved(row))
        };
        Ok(self.all(sql, params![queue.id, reviewer], readable)?.into_iter().flatten().collect())
    }

    /// Keeps a macro; it takes the place of another under its key.
    pub fn save_macro(&self, queue: &Queue, reviewer: &str, saved: &Macro) -> Result<()> {
        let sql = "INSERT INTO macro (queue_id, reviewer, key, name, verdict, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
            ON CONFLICT (queue_id, reviewer, key) DO UPDATE SET name = excluded.name, verdict = excluded.verdict,
                body = excluded.body";
        let (key, body) = (saved.key.to_string(), to_json(&saved.draft));
        let params = params![queue.id, reviewer, &key, &saved.name, saved.verdict.as_str(), &body];
        self.write(|tx| tx.execute(sql, params).map(drop))
    }

    pub fn remove_macro(&self, queue: &Queue, reviewer: &str, key: char) -> Result<()> {
        let sql = "DELETE FROM macro WHERE queue_id = ?1 AND reviewer = ?2 AND key = ?3";
        self.write(|tx| tx.execute(sql, params![queue.id, reviewer, &key.to_string()]).map(drop))
    }
}

pub(super) fn saved(row: &dyn Row) -> Result<Macro> {
    let key = row.need_text(0)?;
    Ok(Macro {
        key: key.chars().next().ok_or_else(|| StoreError::Damaged("a macro without a key".into()))?,
        name: row.string(1)?,
        verdict: row.need_text(2)?.parse().map_err(StoreError::Damaged)?,
        draft: from_json(row.need_text(3)?)?,
    })
}
