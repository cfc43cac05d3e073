//! The row number up to which all rows of a table are visible.
//!
//! A row has its number before its transaction is committed: when number 8 is there, 7 may
//! still come, or never. Whoever reads a table as it grows, and remembers how far, must
//! not pass it.

use super::Postgres;
use crate::store::Result;
use std::collections::{HashMap, HashSet};

/// What is known of each table.
pub(super) type Horizons = HashMap<&'static str, Horizon>;

#[derive(Debug, Default)]
pub(super) struct Horizon {
    /// Row number up to which all rows are visible.
    all_to: i64,
    /// Row number up to which they will be, once the transactions in `waits_for` have ended.
    next: i64,
    waits_for: HashSet<String>,
}

impl Horizon {
    /// `newest` was there before it was asked who was `writing`.
    fn seen(&mut self, newest: i64, writing: HashSet<String>) -> i64 {
        if self.waits_for.is_disjoint(&writing) {
            self.all_to = self.next;
            (self.next, self.waits_for) = (newest, writing);
        }
        if self.waits_for.is_empty() {
            self.all_to = self.next;
        }
        self.all_to
    }
}

impl Postgres {
    /// See `Engine::visible_horizon`. Who has written to a table holds a lock on it until
    /// the end of the transaction.
    pub(super) fn ask_horizon(&self, table: &'static str, key: &str) -> Result<i64> {
        // What the statement sees is older than the locks that it finds.
        let sql = format!(
            "SELECT COALESCE((SELECT MAX({key}) FROM {table}), 0), l.virtualtransaction
             FROM (SELECT 1) one LEFT JOIN pg_locks l ON l.locktype = 'relation' AND l.mode = 'RowExclusiveLock'
             AND l.relation = CAST('{table}' AS REGCLASS) AND l.pid <> pg_backend_pid()
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        let rows = self.rows(&sql, &[])?;
        let newest = rows.first().map_or(0, |row| row.get(0));
        let writing = rows.iter().filter_map(|row| row.get(1)).collect();
        Ok(self.horizons.borrow_mut().entry(table).or_default().seen(newest, writing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_passed_once_those_who_wrote_when_it_was_seen_have_ended() {
        let mut horizon = Horizon::default();
        let mut seen =
            |newest, writing: &[&str]| horizon.seen(newest, writing.iter().map(ToString::to_string).collect());
        assert_eq!(seen(5, &[]), 5);
        assert_eq!(seen(8, &["2/7"]), 5, "7 may still come");
        assert_eq!(seen(9, &["2/7", "3/1"]), 5);
        assert_eq!(seen(12, &["3/1", "4/4"]), 8, "it has come, or will not");
        assert_eq!(seen(13, &["4/5"]), 12);
        assert_eq!(seen(13, &[]), 13);
    }
}
