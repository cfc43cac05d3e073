//! How often a program waits for the server: each time, the way there and back.

use karat::domain::item::Seq;
use karat::store::Pick;
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
    store.precedents(&queue, served.seq, 5).unwrap();
    let before = store.round_trips();
    assert_eq!(store.precedents(&queue, served.seq, 5).unwrap().len(), 3);
    assert_eq!(store.round_trips() - before, 5, "its text, words, fingerprints, decisions, texts");
}
