//! Bringing a workspace to the present schema.

use super::engine::{Engine, Lock};
use super::error::{Result, StoreError};
use super::sqlite::copy_before;
use std::path::Path;

/// In order; number `n` is the `n`-th. What has landed is never edited.
pub const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_workspace.sql"),
    include_str!("migrations/0002_finding.sql"),
    include_str!("migrations/0003_judging.sql"),
    include_str!("migrations/0004_golden.sql"),
    include_str!("migrations/0005_lens.sql"),
    include_str!("migrations/0006_move.sql"),
    include_str!("migrations/0007_tally.sql"),
    include_str!("migrations/0008_team.sql"),
];

/// Runs what is missing, all of it in one transaction: nobody who opens the workspace
/// meanwhile finds it halfway. A file that holds something is first copied beside itself.
pub fn run(engine: &dyn Engine, path: Option<&Path>, migrations: &[&str]) -> Result<()> {
    let known = migrations.len() as i64;
    let found = engine.schema_version()?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    if found == known {
        return Ok(());
    }
    if let Some(path) = path.filter(|_| found > 0) {
        keep_copy(engine, &copy_before(path, found))?;
    }
    engine.begin()?;
    match bring_up(engine, migrations).and_then(|()| engine.commit()) {
        Ok(()) => Ok(()),
        Err(error) => {
            engine.rollback();
            Err(match error {
                StoreError::Forbidden(_) if found > 0 => StoreError::Older { found, known },
                other => other,
            })
        }
    }
}

/// A copy left by an interrupted migration may be half: it is made again, under a name of
/// this program's own until it is whole.
fn keep_copy(engine: &dyn Engine, copy: &Path) -> Result<()> {
    let mut own = copy.as_os_str().to_owned();
    own.push(format!(".{}", std::process::id()));
    let own = Path::new(&own);
    let _ = std::fs::remove_file(own);
    engine.copy_to(own)?;
    let io = |source| StoreError::Io { what: format!("cannot write {}", copy.display()), source };
    std::fs::rename(own, copy).map_err(io)
}

/// Another program may have been faster while this one waited.
fn bring_up(engine: &dyn Engine, migrations: &[&str]) -> Result<()> {
    engine.lock(Lock::Migration)?;
    let found = engine.schema_version()?.max(0) as usize;
    (1..).zip(migrations).skip(found).try_for_each(|(version, sql)| engine.migrate(version, sql))
}

#[cfg(test)]
mod tests {
    use super::super::engine::{Row, params};
    use super::super::sqlite::Sqlite;
    use super::*;

    const ONE: &str = "CREATE TABLE note (id $KEY PRIMARY KEY, text TEXT);
        CREATE TABLE event (id $KEY PRIMARY KEY); CREATE TABLE decision (id $KEY PRIMARY KEY);";

    #[test]
    fn an_older_workspace_is_copied_and_brought_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), &[ONE]).unwrap();
        engine.execute("INSERT INTO note (text) VALUES (?1)", params!["kept"]).unwrap();

        run(&engine, Some(&path), &[ONE, "ALTER TABLE note ADD COLUMN author TEXT"]).unwrap();

        assert_eq!(engine.schema_version().unwrap(), 2);
        engine.execute("UPDATE note SET author = ?1", params!["ops-1"]).unwrap();
        let copy = Sqlite::open(&folder.path().join("w.db.v1")).unwrap();
        assert_eq!(copy.schema_version().unwrap(), 1, "the copy is the state before");
        let mut kept = Vec::new();
        copy.query("SELECT text FROM note", &[], &mut |row| {
            kept.push(row.string(0)?);
            Ok(())
        })
        .unwrap();
        assert_eq!(kept, ["kept"]);
    }

    #[test]
    fn the_counters_of_an_older_workspace_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), &MIGRATIONS[..6]).unwrap();
        let queue = "INSERT INTO queue (name, spec_version, created_at, items, accepted, rejected)
            VALUES ('q', 1, 1, 9, 4, 2)";
        engine.execute(queue, &[]).unwrap();

        run(&engine, Some(&path), MIGRATIONS).unwrap();

        let mut counters = Vec::new();
        let sql = "SELECT q.items, t.accepted, t.rejected, t.escalated FROM queue q JOIN tally t ON t.queue_id = q.id";
        let read = &mut |row: &dyn Row| {
            counters.push([0, 1, 2, 3].map(|column| row.need_int(column).unwrap()));
            Ok(())
        };
        engine.query(sql, &[], read).unwrap();
        assert_eq!(counters, [[9, 4, 2, 0]]);
    }

    #[test]
    fn a_failed_migration_leaves_the_old_state() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), &[ONE]).unwrap();
        run(&engine, Some(&path), &[ONE, "CREATE TABLE more (a TEXT); NO SUCH STATEMENT"]).unwrap_err();
        assert_eq!(engine.schema_version().unwrap(), 1);
        assert!(engine.execute("INSERT INTO more VALUES ('x')", &[]).is_err(), "no half of it stays");
    }

    #[test]
    fn a_newer_workspace_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.db");
        let engine = Sqlite::open(&path).unwrap();
        run(&engine, Some(&path), &[ONE, "CREATE TABLE b (a TEXT)"]).unwrap();
        let error = run(&engine, Some(&path), &[ONE]).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 2, known: 1 }), "{error}");
    }
}
