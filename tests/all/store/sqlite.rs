//! What only the SQLite engine promises.

use karat::store::{Next, Store, StoreError};
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

/// Each page is written to the log, which the commit waits for, whatever stands in it.
#[test]
fn a_decision_writes_few_pages() {
    const DECISIONS: u32 = 256;
    let (w, mut store, queue) = Workspace::in_file().filled(DECISIONS as usize + 2);
    let (mut served, mut token) = serve(&mut store, &queue, "ops-1", T0);
    let before = pages_in_log(&w);
    for _ in 0..DECISIONS {
        let (_, next) = store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept()).unwrap();
        let Next::Item(next) = next else { panic!("the queue ended") };
        token = self::token(&next.claimed);
        served = next;
    }
    let pages = f64::from(pages_in_log(&w) - before) / f64::from(DECISIONS);
    assert!(pages <= 9.5, "{pages} pages for each decision");
}

/// `mxFrame` of the log's index: <https://sqlite.org/walformat.html#walidxfmt>.
fn pages_in_log(w: &Workspace) -> u32 {
    let index = std::fs::read(w.folder().join("w.db-shm")).unwrap();
    u32::from_ne_bytes(index[16..20].try_into().unwrap())
}
