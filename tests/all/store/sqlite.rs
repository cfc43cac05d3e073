//! What only the SQLite engine promises.

use karat::store::{Store, StoreError};
use rusqlite::Connection;
use support::fixture::*;

#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (w, _store, _queue) = Workspace::in_file().filled(1);
    for file in std::fs::read_dir(w.folder()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[test]
fn a_newer_workspace_is_refused_untouched() {
    let (w, store, _queue) = Workspace::in_file().filled(1);
    drop(store);
    Connection::open(w.path()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(w.path()).unwrap();
    let error = Store::open(w.path()).err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    assert_eq!(std::fs::read(w.path()).unwrap(), before);
}

#[test]
fn another_programs_file_is_refused_untouched() {
    let w = Workspace::in_file();
    Connection::open(w.path()).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
    assert!(matches!(Store::open(w.path()), Err(StoreError::Foreign { .. })));
    std::fs::write(w.path(), "not a database at all, but long enough to be read as one".repeat(40)).unwrap();
    assert!(matches!(Store::open(w.path()), Err(StoreError::Foreign { .. })));
}

#[test]
fn a_backup_is_whole_while_others_work_and_replaces_nothing() {
    let (w, mut store, queue) = Workspace::in_file().filled(3);
    decide_next(&mut store, &queue, "ops-1", &accept(), T0);
    let copy = w.folder().join("copy.db");
    w.open().backup(&copy).unwrap();
    let restored = Store::open(&copy).unwrap();
    assert_eq!(restored.counts(&restored.queue("replies").unwrap()).unwrap(), store.counts(&queue).unwrap());
    assert_sound(&restored);
    assert!(store.backup(&copy).is_err(), "an existing file is not overwritten");
    assert_sound(&restored);
}
