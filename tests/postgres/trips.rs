//! How often a program waits for the server: each time, the way there and back.

use karat::domain::imported::Record;
use karat::domain::item::{Document, Seq};
use karat::domain::queue::Queue;
use karat::store::{ImportOptions, Pick, Store};
use support::fixture::*;

#[test]
fn what_a_reviewer_waits_for_takes_few_round_trips() {
    let (_w, mut store, queue) = Workspace::on_server().filled(8);
    let (mut served, mut token) = serve(&mut store, &queue, "ops-1", T0);
    let mut trips = 0;
    for _ in 0..3 {
        store.look_ahead(queue.actor("ops-1", T0), served.seq).unwrap();
        let before = store.round_trips();
        let (_, next) = store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept()).unwrap();
        trips = store.round_trips() - before; // the first time statements are prepared, too
        (served, token) = taken(next);
    }
    assert_eq!(trips, 6, "claim looked up, step, decision, next claim, commit, next item");

    let before = store.round_trips();
    store.next(queue.actor("ops-2", T0), Pick::default()).unwrap();
    assert_eq!(store.round_trips() - before, 3, "the claim, the item, its context");

    let seqs: Vec<Seq> = (1..=8).collect();
    store.browse(&seqs, "ops-1", T0).unwrap();
    let before = store.round_trips();
    assert_eq!(store.browse(&seqs, "ops-1", T0).unwrap().len(), 8);
    assert_eq!(store.round_trips() - before, 1, "a window of rows");

    store.complete_index(|_| ()).unwrap();
    store.precedents(queue.actor("ops-1", T0), served.seq, 5).unwrap();
    let before = store.round_trips();
    assert_eq!(store.precedents(queue.actor("ops-1", T0), served.seq, 5).unwrap().len(), 3);
    assert_eq!(store.round_trips() - before, 5, "its text, words, fingerprints, decisions, texts");
}

/// Items with a document each.
fn documented(some: usize) -> Vec<Record> {
    let item = |n: usize| {
        let mut item = plain(&format!("d{n}"));
        item.context = vec![Document { text: format!("Article {n}"), ..Document::default() }.into()];
        record(item)
    };
    (0..some).map(item).collect()
}

/// Round trips of one batch.
fn import(store: &Store, queue: &Queue, records: &[Record]) -> u64 {
    let mut session = store.begin_import(queue, "items.jsonl", ImportOptions::default(), "engineer", T0).unwrap();
    let before = store.round_trips();
    store.import_records(&mut session, records.iter(), T0).unwrap();
    let trips = store.round_trips() - before;
    store.end_import(session, &serde_json::json!({}), T0).unwrap();
    trips
}

#[test]
fn documents_that_are_there_are_looked_up_at_once() {
    let (workspace, store, queue) = Workspace::on_server().filled(1);
    import(&store, &queue, &documented(200));
    let [few, many] = [("few", 10), ("many", 200)].map(|(name, some)| {
        let later = apply(&store, &SPEC.replace("\"replies\"", &format!("\"{name}\"")));
        import(&store, &later, &documented(some))
    });
    assert!(many <= few, "{few} for 10 items, {many} for 200");
    let documents: i64 = workspace.client().query_one("SELECT COUNT(*) FROM karat.document", &[]).unwrap().get(0);
    assert_eq!(documents, 1 + 200, "each is stored once, beside that of the first item");
}
