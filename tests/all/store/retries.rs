//! Rejected outputs that are made again, and the attempts that take their place.

use karat::domain::event::{Event, EventKind};
use karat::domain::item::Item;
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use karat::store::{BulkAction, Store, StoreError, UndoScope};
use support::fixture::*;

/// The spec of the fixture whose cold replies are made again, up to this many outputs of a case.
fn retried(attempts: u32) -> String {
    SPEC.replace("severity = \"minor\"", "severity = \"minor\"\nretryable = true")
        + &format!("\n[retry]\nwhen = \"retryable\"\nattempts = {attempts}\nthen = \"lead\"\n")
}

fn attempt(id: &str, case: &str, attempt: i64) -> Item {
    Item { case: Some(case.into()), attempt, ..plain(id) }
}

fn of_model(item: Item, model: &str) -> Item {
    Item { model: Some(model.into()), ..item }
}

/// Brings the items in with one import.
fn bring(store: &Store, queue: &Queue, items: &[Item]) {
    let records: Vec<_> = items.iter().cloned().map(record).collect();
    import(store, queue, &records, false);
}

fn reject_all(store: &Store, queue: &Queue, items: &[&str]) {
    for item in items {
        store.decide_at_once(queue.actor("ops-1", T0), item, &reject("cold")).unwrap();
    }
}

/// Where an item stands, which attempt of its line it is, and the one that has taken its place.
fn standing(store: &Store, queue: &Queue, id: &str) -> (Stage, i64, Option<String>) {
    let explained = store.explained(queue, id, T0).unwrap();
    (explained.stage, explained.attempt, explained.replaced_by)
}

fn replaced(by: &str) -> (Stage, i64, Option<String>) {
    (Stage::Replaced, 1, Some(by.into()))
}

fn events(store: &Store, queue: &Queue, item: &str) -> Vec<EventKind> {
    let mut kinds = Vec::new();
    let each = |event: Event| {
        kinds.push(event.kind);
        Ok(())
    };
    store.events(queue, Some(item), each).unwrap();
    kinds
}

#[test]
fn an_attempt_takes_the_place_of_one_that_is_to_be_made_again() {
    let w = Workspace::new();
    let store = w.open();
    let queue = apply(&store, &retried(3));
    bring(&store, &queue, &[attempt("a1", "a", 1), attempt("b1", "b", 1)]);
    reject_all(&store, &queue, &["a1"]);
    bring(&store, &queue, &[attempt("a2", "a", 2), attempt("b2", "b", 2)]);
    assert_eq!(standing(&store, &queue, "a1"), replaced("a2"));
    assert_eq!(standing(&store, &queue, "a2"), (Stage::Waiting, 2, None));
    assert_eq!(standing(&store, &queue, "b1"), (Stage::Waiting, 1, None), "nobody has rejected it");
    assert_eq!(standing(&store, &queue, "b2"), (Stage::Waiting, 1, None));
    bring(&store, &queue, &[plain("lone")]);
    reject_all(&store, &queue, &["lone"]);
    bring(&store, &queue, &[attempt("lone~2", "lone", 2)]);
    assert_eq!(standing(&store, &queue, "lone"), replaced("lone~2"), "its case is its id");
    assert!(events(&store, &queue, "a1").contains(&EventKind::Replaced { by: "a2".into() }));

    reject_all(&store, &queue, &["a2"]);
    bring(&store, &queue, &[attempt("a7", "a", 7)]);
    assert_eq!(standing(&store, &queue, "a2"), (Stage::Replaced, 2, Some("a7".into())));
    reject_all(&store, &queue, &["a7"]);
    assert_eq!(standing(&store, &queue, "a7"), (Stage::Escalated, 3, None), "all three attempts are used up");
    assert_sound(&store);
}

#[test]
fn outputs_that_came_side_by_side_replace_nothing_and_each_is_followed_by_its_own() {
    let w = Workspace::new();
    let store = w.open();
    let queue = apply(&store, &retried(3));
    let side_by_side = [of_model(attempt("x1", "a", 1), "x"), of_model(attempt("y2", "a", 2), "y")];
    bring(&store, &queue, &side_by_side);
    reject_all(&store, &queue, &["x1", "y2"]);
    bring(&store, &queue, &side_by_side);
    assert_eq!(standing(&store, &queue, "x1"), (Stage::ToRetry, 1, None));

    let third = of_model(attempt("y2~3", "a", 3), "z");
    bring(&store, &queue, &[third, of_model(attempt("x4", "a", 4), "x"), attempt("w5", "a", 5)]);
    assert_eq!(standing(&store, &queue, "y2"), replaced("y2~3"), "its id names it");
    assert_eq!(standing(&store, &queue, "x1"), replaced("x4"), "it is of the same model");
    assert_eq!(standing(&store, &queue, "w5"), (Stage::Waiting, 1, None), "there is none left to replace");
    assert_sound(&store);
}

#[test]
fn a_decision_that_an_attempt_rests_on_stays() {
    let w = Workspace::new();
    let mut store = w.open();
    let queue = apply(&store, &retried(3));
    bring(&store, &queue, &[attempt("a1", "a", 1)]);
    reject_all(&store, &queue, &["a1"]);
    bring(&store, &queue, &[attempt("a2", "a", 2)]);
    let again = store.decide_at_once(queue.actor("ops-1", T0), "a1", &accept());
    assert!(matches!(&again, Err(StoreError::Replaced { by }) if by == "a2"), "{again:?}");
    let another = store.decide_at_once(queue.actor("ops-2", T0), "a1", &accept());
    assert!(matches!(another, Err(StoreError::Replaced { .. })), "{another:?}");
    let undone = store.undo(queue.actor("ops-1", T0), UndoScope::Anything);
    assert!(matches!(undone, Err(StoreError::Replaced { .. })), "{undone:?}");
    let seq = store.seq_of(&queue, "a1").unwrap();
    let outcome = store.bulk(queue.actor("ops-1", T0), vec![seq], BulkAction::Decide(accept())).unwrap();
    assert_eq!((outcome.changed, outcome.decided), (0, 1));
    assert_eq!(standing(&store, &queue, "a1"), replaced("a2"));
    assert_sound(&store);
}
