//! Repeats: what a reviewer decided is asked once more, as if it were new, and changes nothing.

use karat::domain::decision::{Decision, Verdict};
use karat::domain::policy::Purpose;
use karat::domain::queue::Queue;
use karat::store::{Change, Condition, Next, Pick, Rows, Served, Store, StoreError, UndoScope};
use support::fixture::*;

const DAY: i64 = 24 * 60 * MINUTE;
const LATER: i64 = T0 + 8 * DAY;

/// Every case is decided once more, a week after.
fn repeating(items: usize) -> (Workspace, Store, Queue) {
    let (w, store, _) = Workspace::with_items(items);
    let queue = apply(&store, &format!("{SPEC}\n[review]\nrepeat = {{ share = 1.0, after_days = 7 }}\n"));
    (w, store, queue)
}

fn next(store: &mut Store, queue: &Queue, reviewer: &str, now: i64) -> Option<Served> {
    match store.next(queue.actor(reviewer, now), Pick::default()).unwrap() {
        Next::Item(served) => Some(*served),
        Next::End(_) => None,
    }
}

fn decisions(store: &Store, queue: &Queue) -> Vec<Decision> {
    let mut found = Vec::new();
    let all = Condition { sql: String::new(), values: Vec::new() };
    let each = |row: karat::store::Outgoing| {
        found.push(row.decision);
        Ok::<(), StoreError>(())
    };
    store.outgoing(queue, Rows::Decisions, &[], &all, None, each).unwrap();
    found
}

#[test]
fn an_own_item_comes_once_more_as_if_it_were_new_and_changes_nothing() {
    let (w, mut store, queue) = repeating(4);
    store.decide_at_once(queue.actor("ana", T0), "i2", &accept()).unwrap();
    let early = next(&mut store, &queue, "ana", T0 + 6 * DAY).unwrap();
    assert_eq!(early.item.id, "i1", "not before its days are over");
    store.release_all().unwrap();
    assert_eq!(next(&mut store, &queue, "ben", LATER).unwrap().item.id, "i1", "it is ana's own");
    store.release_all().unwrap();

    let served = next(&mut store, &queue, "ana", LATER).unwrap();
    assert_eq!((served.item.id.as_str(), served.mine.is_none(), served.opinions.may_be_reopened), ("i2", true, false));
    let history = store.history(&queue, served.seq, "ana", None).unwrap();
    assert_eq!(history.entries.iter().map(|entry| entry.event.word.as_str()).collect::<Vec<_>>(), ["imported"]);
    let before = store.counts(&queue).unwrap();
    let token = token(&served.claimed);
    let (made, after) = store.decide(queue.actor("ana", LATER), served.seq, &token, &reject("cold")).unwrap();
    assert_eq!((made.part.purpose, made.part.slot), (Purpose::Repeat, None));
    assert_eq!(store.counts(&queue).unwrap(), before, "it is no progress");
    let Next::Item(after) = after else { panic!("i1 is free") };
    assert_eq!(after.item.id, "i1", "and comes no third time");
    store.release_all().unwrap();
    assert_eq!(w.number("SELECT COUNT(*) FROM item WHERE stage = 'accepted' AND id = 'i2'"), 1);
    let found = decisions(&store, &queue);
    assert_eq!(
        found.iter().map(|decision| decision.part.purpose).collect::<Vec<_>>(),
        [Purpose::Opinion, Purpose::Repeat]
    );
    assert_sound(&store);

    let undone = store.undo(queue.actor("ana", LATER), UndoScope::Anything).unwrap().unwrap();
    let Change::Decision { decision, stands } = undone.change else { panic!("it was a decision") };
    assert_eq!((decision.judgement.verdict, stands), (Verdict::Reject, Some(Verdict::Accept)));
    store.release_all().unwrap();
    assert_eq!(decisions(&store, &queue).len(), 1);
    assert_eq!(next(&mut store, &queue, "ana", LATER).unwrap().item.id, "i2", "it is due again");
    store.release_all().unwrap();
    store.redo(queue.actor("ana", LATER)).unwrap().unwrap();
    store.release_all().unwrap();
    assert_eq!(next(&mut store, &queue, "ana", LATER).unwrap().item.id, "i1");
    assert_sound(&store);
}

#[test]
fn what_is_not_settled_or_is_alone_is_not_repeated_and_may_be_passed_over() {
    let (w, mut store, queue) = repeating(3);
    store.decide_at_once(queue.actor("ana", T0), "i1", &escalate()).unwrap();
    store.decide_at_once(queue.actor("ana", T0), "i2", &accept()).unwrap();
    let served = next(&mut store, &queue, "ana", LATER).unwrap();
    assert_eq!(served.item.id, "i2", "an open question is none to repeat");
    store.release_all().unwrap();
    let past = Pick { after: Some(served.seq), deferred: false };
    let Next::Item(other) = store.next(queue.actor("ana", LATER), past).unwrap() else { panic!("i3 is free") };
    assert_eq!(other.item.id, "i3");
    store.release_all().unwrap();

    let again = next(&mut store, &queue, "ana", LATER).unwrap();
    store.decline(queue.actor("ana", LATER), again.seq, "conflict").unwrap();
    assert_eq!(w.number("SELECT COUNT(*) FROM declined"), 0, "refused, it would be told from what is new");
    assert_eq!(next(&mut store, &queue, "ana", LATER).unwrap().item.id, "i3");
    store.release_all().unwrap();
    store.decide_at_once(queue.actor("ben", T0), "i3", &accept()).unwrap();
    assert!(next(&mut store, &queue, "ben", LATER).is_none(), "alone at the end it would be told from what is new");
    assert_sound(&store);
}
