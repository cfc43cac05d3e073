//! Precedent: the decided items that are most like one.

use karat::domain::decision::Verdict;
use karat::domain::item::{Content, Item};
use karat::domain::queue::Queue;
use karat::store::{Store, UndoScope};
use support::fixture::*;

fn item(id: &str, input: &str, output: &str) -> Item {
    Item::new(id, Content::text(input), Content::text(output))
}

fn workspace() -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let items = [
        item("asked", "Where is my refund?", "Your refund was sent on 3 May to the card that ends in 4242."),
        item("same", "Where is my refund?", "Your refund was sent on 9 May to the card that ends in 1111."),
        item("like", "When do I get the refund?", "The refund was sent to the card that you paid with."),
        item("other", "How do I reset the thermostat?", "Claimed both buttons until the display goes blank."),
        item("undecided", "Where is my refund?", "Your refund was sent on 3 May to the card that ends in 4242."),
    ];
    import(&store, &queue, &items.map(record), false);
    (workspace, store, queue)
}

fn precedents(store: &Store, queue: &Queue) -> Vec<String> {
    let seq = store.seq_of(queue, "asked").unwrap();
    let found = store.precedents(queue.actor("ana", T0), seq, 5).unwrap();
    assert!(found.is_sorted_by(|a, b| a.similarity >= b.similarity), "{found:?}");
    found.into_iter().map(|precedent| precedent.id).collect()
}

#[test]
fn the_nearest_decided_items_come_first_with_what_was_decided() {
    let (_w, mut store, queue) = workspace();
    assert!(precedents(&store, &queue).is_empty(), "nothing is decided");
    for id in ["asked", "like", "other"] {
        store.decide_at_once(queue.actor("ops-2", T0), id, &accept()).unwrap();
    }
    store.decide_at_once(queue.actor("ops-1", T0 + 1), "same", &reject("wrong")).unwrap();
    store.complete_index(|_| ()).unwrap();
    assert_eq!(precedents(&store, &queue), ["same", "like"], "neither itself, nor what is undecided or unlike");

    let seq = store.seq_of(&queue, "asked").unwrap();
    let nearest = store.precedents(queue.actor("ana", T0), seq, 1).unwrap().remove(0);
    assert_eq!(
        (nearest.verdict, nearest.categories.join(","), nearest.note.as_str()),
        (Verdict::Reject, "wrong".into(), "why")
    );
    assert_eq!((nearest.reviewer.as_str(), nearest.decided_at), ("ops-1", T0 + 1));
    assert!(nearest.is_near_duplicate == (nearest.similarity >= 0.8) && nearest.similarity > 0.5, "{nearest:?}");

    store.undo(queue.actor("ops-1", T0 + 2), UndoScope::Decisions).unwrap().unwrap();
    assert_eq!(precedents(&store, &queue), ["like"], "an undone decision is no precedent");
    assert_sound(&store);
}

#[test]
fn precedents_are_of_the_same_queue() {
    let (_w, store, queue) = workspace();
    let other = apply(&store, &SPEC.replace("replies", "others"));
    import(&store, &other, &[record(item("x", "Where is my refund?", "Your refund was sent on 3 May."))], false);
    store.decide_at_once(other.actor("ops-1", T0), "x", &accept()).unwrap();
    store.complete_index(|_| ()).unwrap();
    assert!(precedents(&store, &queue).is_empty());
}
