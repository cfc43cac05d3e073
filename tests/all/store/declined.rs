//! Declining: an item left to others is not offered again to who left it, and nothing is counted.

use karat::domain::claim::Claimed;
use karat::domain::filter;
use karat::domain::order::Serving;
use karat::domain::queue::Queue;
use karat::store::{BulkAction, Change, End, MergeTerms, Next, Pick, Store, StoreError, UndoScope};
use support::fixture::*;

fn decline(store: &Store, queue: &Queue, reviewer: &str, item: &str, why: &str) {
    let seq = store.seq_of(queue, item).unwrap();
    store.decline(queue.actor(reviewer, T0), seq, why).unwrap();
}

fn refused(store: &Store, queue: &Queue, reviewer: &str, item: &str, why: &str) -> StoreError {
    let seq = store.seq_of(queue, item).unwrap();
    store.decline(queue.actor(reviewer, T0), seq, why).unwrap_err()
}

/// The id of the next item, which is given up again; `Err`: the end.
fn next(store: &mut Store, queue: &Queue, reviewer: &str) -> Result<String, Box<End>> {
    match store.next(queue.actor(reviewer, T0), Pick::default()).unwrap() {
        Next::Item(served) => {
            store.release(served.seq, &token(&served.claimed)).unwrap();
            Ok(served.item.id)
        }
        Next::End(end) => Err(end),
    }
}

#[test]
fn a_declined_item_is_for_others_alone() {
    let (w, mut store, queue) = Workspace::with_items(2);
    let (served, _) = serve(&mut store, &queue, "ana", T0);
    assert_eq!(served.item.id, "i1");
    let before = store.counts(&queue).unwrap();
    decline(&store, &queue, "ana", "i1", "conflict");
    assert_eq!(w.number("SELECT COUNT(*) FROM claim"), 0, "what was claimed is given up");
    assert_eq!(store.counts(&queue).unwrap(), before, "nothing is counted");
    assert_eq!(next(&mut store, &queue, "ana").unwrap(), "i2");
    assert_eq!(next(&mut store, &queue, "ben").unwrap(), "i1");

    store.decide_at_once(queue.actor("ana", T0), "i2", &accept()).unwrap();
    let end = next(&mut store, &queue, "ana").unwrap_err();
    assert_eq!((end.declined, end.deferred, end.counts.remaining()), (1, 0, 1));
    assert_eq!(store.dashboard(queue.actor("ana", T0)).unwrap().declined, 1);
    store.decide_at_once(queue.actor("ben", T0), "i1", &accept()).unwrap();
    let end = next(&mut store, &queue, "ana").unwrap_err();
    assert_eq!((end.declined, end.counts.remaining()), (0, 0), "others have decided it");
    assert_sound(&store);
}

#[test]
fn no_order_and_no_filter_serves_what_was_declined() {
    let (_w, mut store, queue) = Workspace::with_items(3);
    decline(&store, &queue, "ana", "i1", "language");
    store.decide_at_once(queue.actor("ben", T0), "i2", &escalate()).unwrap();
    for (filter, found) in [("is:waiting", vec!["i3"]), ("is:declined", vec![]), ("verdict:escalate", vec!["i2"])] {
        let serving = Serving { filter: filter::parse(filter).unwrap(), ..Serving::default() };
        store.serve_by(queue.actor("ana", T0), &serving).unwrap();
        let mut served = Vec::new();
        while let Next::Item(item) = store.next(queue.actor("ana", T0), Pick::default()).unwrap() {
            served.push(item.item.id.clone());
        }
        assert_eq!(served, found, "{filter}");
        store.release_all().unwrap();
    }
}

#[test]
fn who_declined_decides_once_they_have_taken_it_back() {
    let (w, mut store, queue) = Workspace::with_items(2);
    decline(&store, &queue, "ana", "i1", " I wrote the answer ");
    let error = store.decide_at_once(queue.actor("ana", T0), "i1", &accept()).unwrap_err();
    assert_eq!(error.to_string(), "you have declined this item: I wrote the answer");
    assert!(error.hint().unwrap().contains("--take-back"));
    let again = refused(&store, &queue, "ana", "i1", "field");
    assert!(matches!(again, StoreError::Declined { .. }), "{again}");

    let seq = store.seq_of(&queue, "i1").unwrap();
    let shown = store.show(queue.actor("ana", T0), seq).unwrap();
    assert_eq!((shown.claimed, shown.declined.as_deref()), (Claimed::Nobody, Some("I wrote the answer")));
    let action = BulkAction::Decide(accept());
    let outcome = store.bulk(queue.actor("ana", T0), vec![seq, seq + 1], action).unwrap();
    assert_eq!((outcome.changed, outcome.declined), (1, 1));

    assert!(store.take_decline_back(queue.actor("ana", T0), seq).unwrap(), "whatever was done since");
    assert!(!store.take_decline_back(queue.actor("ana", T0), seq).unwrap());
    let shown = store.show(queue.actor("ana", T0), seq).unwrap();
    assert!(matches!(shown.claimed, Claimed::Mine(_)) && shown.declined.is_none());
    store.decide_at_once(queue.actor("ana", T0), "i1", &accept()).unwrap();
    assert_eq!(w.number("SELECT COUNT(*) FROM declined"), 0);
    assert_sound(&store);
}

#[test]
fn undo_takes_a_decline_back_and_redo_declines_again() {
    let (w, mut store, queue) = Workspace::with_items(1);
    decline(&store, &queue, "ana", "i1", "field");
    let undone = store.undo(queue.actor("ana", T0 + MINUTE), UndoScope::Decisions).unwrap().unwrap();
    assert_eq!((undone.change, undone.served.declined), (Change::Decline, None));
    assert!(matches!(undone.served.claimed, Claimed::Mine(_)));
    store.release_all().unwrap();
    let redone = store.redo(queue.actor("ana", T0 + MINUTE)).unwrap().unwrap();
    assert_eq!(redone.served.declined.as_deref(), Some("field"));
    assert_eq!(w.number(&format!("SELECT COUNT(*) FROM declined WHERE why = 'field' AND at = {T0}")), 1);
    assert!(next(&mut store, &queue, "ana").is_err());
    assert_sound(&store);
}

#[test]
fn only_what_asks_for_a_judgement_is_declined() {
    let (w, store, queue) = Workspace::with_items(3);
    store.decide_at_once(queue.actor("ana", T0), "i1", &accept()).unwrap();
    let own = refused(&store, &queue, "ana", "i1", "conflict");
    assert_eq!(own.to_string(), "a decision of yours stands on this item");
    let settled = refused(&store, &queue, "ben", "i1", "conflict");
    assert!(settled.to_string().contains("it is accepted"), "{settled}");
    let empty = refused(&store, &queue, "ben", "i2", "  ");
    assert!(matches!(empty, StoreError::NotDeclined { .. }), "{empty}");
    w.sql("UPDATE item SET opinions = 2 WHERE id = 'i2'").unwrap();
    store.decide_at_once(queue.actor("ana", T0), "i2", &accept()).unwrap();
    let gave = refused(&store, &queue, "ana", "i2", "conflict");
    assert_eq!(gave.to_string(), "a decision of yours stands on this item");
    decline(&store, &queue, "ben", "i2", "conflict");
    assert_sound(&store);
}

#[test]
fn of_several_opinions_the_slot_that_was_declined_is_anothers() {
    let (w, mut store, queue) = Workspace::with_items(1);
    w.sql("UPDATE item SET opinions = 2").unwrap();
    let (first, _) = serve(&mut store, &queue, "ana", T0);
    let (second, _) = serve(&mut store, &queue, "ben", T0);
    assert_eq!([first.opinions.own, second.opinions.own].map(|opinion| opinion.unwrap().number), [1, 2]);
    decline(&store, &queue, "ana", "i1", "language");
    assert!(next(&mut store, &queue, "ana").is_err());
    let (third, token) = serve(&mut store, &queue, "cy", T0);
    assert_eq!(third.opinions.own.unwrap().number, 1);
    store.decide(queue.actor("cy", T0), third.seq, &token, &accept()).unwrap();
    assert_sound(&store);
}

#[test]
fn an_item_that_everybody_declined_is_left_to_nobody() {
    let (w, mut store, queue) = Workspace::with_items(2);
    w.sql("UPDATE item SET opinions = 2 WHERE id = 'i2'").unwrap();
    let explained = |item: &str| store.explained(&queue, item, T0).unwrap();
    for item in ["i1", "i2"] {
        decline(&store, &queue, "ana", item, "conflict");
    }
    assert!(!explained("i1").is_left_to_nobody, "anybody may come where nobody was granted anything");
    let grant = |name: &str, role: &str| {
        let row =
            format!("INSERT INTO person (name, role, granted_by, granted_at) VALUES ('{name}', '{role}', 'pm', 1)");
        w.sql(&row).unwrap();
    };
    ["ana", "ben", "lee"].into_iter().zip(["reviewer", "reviewer", "lead"]).for_each(|(name, role)| grant(name, role));
    grant("vi", "viewer");
    store.decide_at_once(queue.actor("ben", T0), "i2", &accept()).unwrap();
    for (reviewer, item) in [("ben", "i1"), ("lee", "i1"), ("lee", "i2")] {
        assert!(!explained(item).is_left_to_nobody, "{reviewer} is left for {item}");
        decline(&store, &queue, reviewer, item, "field");
    }
    let told = explained("i1");
    assert!(told.is_left_to_nobody);
    assert_eq!(told.declined.iter().map(|left| left.reviewer.as_str()).collect::<Vec<_>>(), ["ana", "ben", "lee"]);
    assert!(explained("i2").is_left_to_nobody, "ben has given the other opinion");
    let end = next(&mut store, &queue, "lee").unwrap_err();
    assert_eq!((end.declined, end.left_to_nobody), (2, 2));
    grant("mo", "reviewer");
    assert_eq!(next(&mut store, &queue, "lee").unwrap_err().left_to_nobody, 0);
}

#[test]
fn what_is_declined_comes_with_a_merge_and_goes_with_it() {
    let (_w, store, queue) = Workspace::with_items(3);
    decline(&store, &queue, "ana", "i1", "conflict");
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let other = {
        let mut moving = store.begin_move(copy.as_path()).unwrap();
        while moving.advance().unwrap() {}
        moving.finish().unwrap().store
    };
    let seq = |item: &str| other.seq_of(&queue, item).unwrap();
    other.take_decline_back(queue.actor("ana", T0 + MINUTE), seq("i1")).unwrap();
    for item in ["i2", "i3"] {
        other.decline(queue.actor("ana", T0 + MINUTE), seq(item), "field").unwrap();
    }
    store.decide_at_once(queue.actor("ana", T0), "i3", &accept()).unwrap();
    let terms = MergeTerms { name: "copy", actor: "pm", dry_run: false, now: T0 + 2 * MINUTE };
    for _ in 0..2 {
        store.merge(&other, terms, |_| {}).unwrap();
        let declined = |item: &str| store.explained(&queue, item, T0).unwrap().declined;
        assert_eq!(declined("i1"), [], "taken back there");
        assert_eq!(declined("i2")[0].why, "field");
        assert_eq!(declined("i3"), [], "decided here meanwhile");
        assert_sound(&store);
    }
    let here = store.seq_of(&queue, "i2").unwrap();
    store.take_decline_back(queue.actor("ana", T0 + 3 * MINUTE), here).unwrap();
    store.merge(&other, terms, |_| {}).unwrap();
    assert_eq!(store.explained(&queue, "i2", T0).unwrap().declined, [], "it was here, and was taken back");
}
