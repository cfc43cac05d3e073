//! What only the SQLite engine promises.

use karat::domain::claim::Claimed;
use karat::domain::item::Content;
use karat::domain::team::Role;
use karat::store::{Next, Store, StoreError};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
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

fn displaced(error: StoreError) -> (bool, PathBuf) {
    match error {
        StoreError::Displaced { is_replaced, copy, .. } => (is_replaced, copy.expect("what was saved is copied")),
        other => panic!("{other}"),
    }
}

fn move_parts(from: &Path, to: &Path) {
    for end in ["", "-wal", "-shm"] {
        let named = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
        std::fs::rename(named(from), named(to)).unwrap();
    }
}

#[test]
fn nothing_is_saved_in_a_file_that_was_removed() {
    let (w, mut store, queue) = Workspace::in_file().filled(3);
    decide_next(&mut store, &queue, "ops-1", &accept(), T0);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    for end in ["", "-wal", "-shm"] {
        std::fs::remove_file(w.folder().join(format!("w.db{end}"))).unwrap();
    }
    let decide = |store: &mut Store| store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept());
    let error = decide(&mut store).err().unwrap();
    assert!(error.to_string().contains("the workspace"), "{error}");
    let (is_replaced, copy) = displaced(error);
    assert!(!is_replaced);
    displaced(decide(&mut store).err().unwrap());
    displaced(store.decide_at_once(queue.actor("ops-1", T0), "i3", &accept()).err().unwrap());
    drop(store);
    let rescued = Store::open(&copy).unwrap();
    assert_eq!(rescued.counts(&rescued.queue("replies").unwrap()).unwrap().decided(), 1);
    assert_sound(&rescued);
}

#[test]
fn a_file_that_is_put_back_is_worked_on_again() {
    let (w, mut store, queue) = Workspace::in_file().filled(3);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    let away = w.folder().join("away.db");
    move_parts(&w.path(), &away);
    displaced(store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept()).err().unwrap());
    move_parts(&away, &w.path());
    store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept()).unwrap();
    assert_eq!(w.open().counts(&queue).unwrap().decided(), 1);
}

#[test]
fn a_copy_that_takes_the_files_place_is_not_damaged() {
    for writes_after in [true, false] {
        let (w, mut store, queue) = Workspace::in_file().filled(3);
        let copy = w.folder().join("copy.db");
        store.backup(&copy).unwrap();
        decide_next(&mut store, &queue, "ops-1", &accept(), T0);
        std::fs::rename(&copy, w.path()).unwrap();
        if writes_after {
            let error = store.decide_at_once(queue.actor("ops-1", T0), "i3", &accept()).err().unwrap();
            let (is_replaced, rescued) = displaced(error);
            assert!(is_replaced);
            let beside = w.open();
            assert_eq!(beside.counts(&queue).unwrap().decided(), 0, "the copy is read while the other is open");
            assert_eq!(Store::open(&rescued).unwrap().counts(&queue).unwrap().decided(), 1);
        }
        drop(store);
        let present = w.open();
        assert_eq!(present.counts(&queue).unwrap().decided(), 0);
        assert_sound(&present);
    }
}

#[test]
fn whoever_may_only_look_is_shown_an_item_that_is_nobodys() {
    let (_w, mut store, queue) = Workspace::in_file().filled(2);
    assert!(store.refuse_onlooker("vi").is_ok(), "nobody has given roles yet");
    store.grant("vi", Role::Viewer, None, "lee", T0).unwrap();
    assert!(store.refuse_onlooker("lee").is_ok());
    let refusal = store.refuse_onlooker("vi").unwrap_err();
    assert!(refusal.permits_reading() && refusal.to_string().contains("`vi` is a viewer here"), "{refusal}");
    let seq = store.seq_of(&queue, "i1").unwrap();
    let shown = store.show(queue.actor("vi", T0), seq).unwrap();
    assert_eq!((shown.claimed, shown.seq), (Claimed::Nobody, seq));
    let shown = store.show(queue.actor("lee", T0), seq).unwrap();
    assert!(matches!(shown.claimed, Claimed::Mine(_)), "whoever only looks keeps nobody from it");
}

#[test]
fn who_only_looks_on_sees_opinions_and_who_may_decide_does_not() {
    let (w, store, _) = Workspace::in_file().filled(1);
    let queue = apply(&store, &format!("{SPEC}\n[review]\nadjudicator = \"lee\"\n"));
    w.sql("UPDATE item SET opinions = 2").unwrap();
    store.decide_at_once(queue.actor("ana", T0), "i1", &reject("cold")).unwrap();
    for (person, role) in [("vi", Role::Viewer), ("ben", Role::Reviewer)] {
        store.grant(person, role, None, "lee", T0).unwrap();
    }
    let told = |reader| {
        let mut withheld = 0;
        let each = |event: karat::domain::event::Event| {
            withheld += usize::from(event.kind == karat::domain::event::EventKind::Withheld);
            Ok(())
        };
        store.events(&queue, None, Some(reader), each).unwrap();
        withheld
    };
    assert_eq!((told("vi"), told("ben"), told("lee"), told("ana")), (0, 1, 1, 0));
}

#[test]
fn the_text_of_a_prompt_is_kept_once() {
    let w = Workspace::in_file();
    let store = w.open();
    let queue = apply(&store, SPEC);
    let with = |id: &str, prompt: &str| {
        let mut item = plain(id);
        item.prompt = Some(Content::text(prompt));
        record(item)
    };
    let records: Vec<_> = (0..6).map(|n| with(&format!("i{n}"), ["Be kind.", "Be brief."][n % 2])).collect();
    import(&store, &queue, &records[..3], false);
    import(&store, &queue, &records[3..], false);
    let file = Connection::open(w.path()).unwrap();
    let count = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((count("SELECT COUNT(*) FROM prompt"), count("SELECT COUNT(prompt) FROM item_text")), (2, 6));
    assert!(file.execute("UPDATE prompt SET text = 'other'", []).is_err(), "it never changes");
    assert_sound(&store);
}
