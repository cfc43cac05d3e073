//! The place up to which a file was read comes in with its records, or neither does.

use karat::domain::followed::{Followed, Mark};
use karat::domain::imported::Record;
use karat::store::{ImportOptions, ImportOutcome, StoreError};
use support::fixture::*;

fn at(id: &str, position: u64, lines: Option<u64>) -> Followed {
    let mark = Mark::of(position, lines, b"the first bytes", format!("before {position}").as_bytes());
    Followed { mark, ..Followed::new(id.into(), "/logs/run.jsonl".into()) }
}

#[test]
fn a_part_is_in_with_its_place_or_not_at_all() {
    let (w, store, queue) = Workspace::with_items(0);
    let mut session = store.begin_following(&queue, ImportOptions::default(), "engineer").unwrap();
    let mut file = store.begin_file(&session, "run.jsonl", T0).unwrap();
    let records: Vec<Record> = ["i1", "i2", "i1"].map(|id| record(plain(id))).into();
    let mut followed = at("1", 100, Some(3));
    let refused = store.import_part(&mut session, &mut file, records.iter(), &followed, T0, |taken| {
        assert_eq!(taken, [ImportOutcome::New, ImportOutcome::New, ImportOutcome::Unchanged]);
        Err(StoreError::DiskFull)
    });
    assert!(matches!(refused, Err(StoreError::DiskFull)));
    assert_eq!((w.number("SELECT COUNT(*) FROM item"), store.followed(&queue).unwrap()), (0, Vec::new()));
    store.import_part(&mut session, &mut file, records.iter(), &followed, T0, |_| Ok(())).unwrap();
    assert_eq!(store.followed(&queue).unwrap(), [followed.clone()]);
    // Another file, and on with the first.
    let other = at("2", 0, None);
    let mut second = store.begin_file(&session, "other.jsonl", T0).unwrap();
    store.import_part(&mut session, &mut second, [record(plain("i3"))].iter(), &other, T0, |_| Ok(())).unwrap();
    followed.mark = at("1", 150, Some(4)).mark;
    let again: Vec<Record> = ["i2", "i4"].map(|id| record(plain(id))).into();
    store
        .import_part(&mut session, &mut file, again.iter(), &followed, T0 + MINUTE, |taken| {
            assert_eq!(taken, [ImportOutcome::Unchanged, ImportOutcome::New]);
            Ok(())
        })
        .unwrap();
    assert_eq!(store.followed(&queue).unwrap(), [followed.clone(), other.clone()]);
    assert_eq!(w.number("SELECT COUNT(*) FROM item"), 4);
    assert_eq!(w.number("SELECT COUNT(DISTINCT import_id) FROM item"), 2);
    assert_eq!(w.number("SELECT COUNT(DISTINCT batch_id) FROM item"), 2, "one for each file");
    // What holds no record moves the place alone.
    followed.mark = at("1", 160, Some(6)).mark;
    store.note_place(&session, &followed, T0).unwrap();
    assert_eq!(store.followed(&queue).unwrap()[0], followed);
    for import in [file, second] {
        store.end_file(&session, import, &serde_json::json!({ "imported": 2 }), T0).unwrap();
    }
    store.end_following(session).unwrap();
    assert_sound(&store);
}

#[test]
fn another_queue_has_places_of_its_own() {
    let (_w, store, queue) = Workspace::with_items(1);
    let other = apply(&store, &SPEC.replace("name = \"replies\"", "name = \"others\""));
    let session = store.begin_following(&queue, ImportOptions::default(), "engineer").unwrap();
    store.note_place(&session, &at("1", 7, None), T0).unwrap();
    assert_eq!(store.followed(&queue).unwrap().len(), 1);
    assert_eq!(store.followed(&other).unwrap(), []);
}
