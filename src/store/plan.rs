//! How SQLite goes about a statement, for tests that hold it to its indexes.

use super::engine::{Engine, Param, Row};
use super::migrate::{MIGRATIONS, run};
use super::sqlite::Sqlite;

/// The steps of a statement with so many markers, a line each, in a workspace of nothing.
pub(super) fn plan(sql: &str, markers: usize) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.db");
    let engine = Sqlite::open(&path).unwrap();
    run(&engine, Some(&path), MIGRATIONS).unwrap();
    let mut plan = String::new();
    let read = &mut |row: &dyn Row| {
        plan.push_str(&row.string(3)?);
        plan.push('\n');
        Ok(())
    };
    engine.query(&format!("EXPLAIN QUERY PLAN {sql}"), &vec![Param::Null; markers], read).unwrap();
    plan
}
