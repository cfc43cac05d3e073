//! What only the SQLite engine promises.

use super::fixture::*;
use karat::store::{Store, StoreError};
use rusqlite::Connection;

#[test]
fn the_file_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (w, _store, _queue) = Workspace::with_items(1);
    for file in std::fs::read_dir(w.folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
}

#[test]
fn the_log_cannot_be_changed_from_outside_either() {
    let (w, mut store, queue) = Workspace::with_items(1);
    decide_next(&mut store, &queue, "ops-1", &accept(), T0);
    let raw = Connection::open(w.path()).unwrap();
    for sql in ["UPDATE event SET actor = 'x'", "DELETE FROM event", "DELETE FROM decision"] {
        assert!(raw.execute(sql, []).is_err(), "{sql}");
    }
}

#[test]
fn the_doctor_finds_a_counter_out_of_step() {
    let (w, store, _queue) = Workspace::with_items(2);
    Connection::open(w.path()).unwrap().execute("UPDATE queue SET accepted = 2", []).unwrap();
    let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|finding| !finding.ok).collect();
    assert_eq!(wrong.len(), 1);
    assert!(
        wrong[0].detail.contains("kept 2 items, 2 accepted") && wrong[0].detail.contains("counted 2 items, 0 accepted")
    );
}

#[test]
fn a_newer_workspace_is_refused_untouched() {
    let (w, store, _queue) = Workspace::with_items(1);
    drop(store);
    Connection::open(w.path()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(w.path()).unwrap();
    let error = Store::open(&w.path()).err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    assert_eq!(std::fs::read(w.path()).unwrap(), before);
}

#[test]
fn another_programs_file_is_refused_untouched() {
    let w = Workspace::new();
    Connection::open(w.path()).unwrap().execute_batch("CREATE TABLE theirs (a)").unwrap();
    assert!(matches!(Store::open(&w.path()), Err(StoreError::Foreign { .. })));
    std::fs::write(w.path(), "not a database at all, but long enough to be read as one".repeat(40)).unwrap();
    assert!(matches!(Store::open(&w.path()), Err(StoreError::Foreign { .. })));
}

#[test]
fn a_backup_is_whole_while_others_work_and_replaces_nothing() {
    let (w, mut store, queue) = Workspace::with_items(3);
    decide_next(&mut store, &queue, "ops-1", &accept(), T0);
    let copy = w.folder.path().join("copy.db");
    w.open().backup(&copy).unwrap();
    let restored = Store::open(&copy).unwrap();
    assert_eq!(restored.counts(&restored.queue("replies").unwrap()).unwrap(), store.counts(&queue).unwrap());
    assert_sound(&restored);
    assert!(store.backup(&copy).is_err(), "an existing file is not overwritten");
    assert_sound(&restored);
}

#[test]
fn a_dead_programs_claims_are_freed_on_its_own_machine() {
    let (w, mut store, queue) = Workspace::with_items(1);
    serve(&mut store, &queue, "ops-1", T0);
    let raw = Connection::open(w.path()).unwrap();
    store.free_abandoned(&queue).unwrap();
    let claims =
        |raw: &Connection| raw.query_row("SELECT COUNT(*) FROM claim", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!(claims(&raw), 1, "a living program keeps its claim");
    let host =
        raw.query_row("SELECT substr(session, 1, instr(session, '/')) FROM claim", [], |row| row.get::<_, String>(0));
    raw.execute("UPDATE claim SET session = ?1 || '999999999/x'", [host.unwrap()]).unwrap();
    store.free_abandoned(&queue).unwrap();
    assert_eq!(claims(&raw), 0);
}

#[test]
fn the_doctor_finds_a_context_document_that_is_gone() {
    let (w, store, _queue) = Workspace::with_items(1);
    Connection::open(w.path()).unwrap().execute("DELETE FROM document", []).unwrap();
    let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|finding| !finding.ok).collect();
    assert_eq!(wrong.iter().map(|finding| finding.check).collect::<Vec<_>>(), ["context"], "{wrong:#?}");
}
