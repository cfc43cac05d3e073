//! The workspace as it was at an earlier time, on both engines: what the walks of `life` do not come by.

use karat::domain::decision::Verdict;
use karat::domain::golden::{Example, Expected};
use karat::domain::queue::Queue;
use karat::store::{BulkAction, Condition, Sort, Store, StoreError, UndoScope};
use support::fixture::*;

fn found(store: &Store, queue: &Queue, filter: &str) -> Vec<String> {
    let filter = store.resolve(queue, &store.filter(queue, filter).unwrap(), store.now()).unwrap();
    let condition = store.condition(queue, &filter, "ana").unwrap();
    let seqs = store.whole_listing(queue, condition, Sort::default()).unwrap().seqs().to_vec();
    store.browse(&seqs, "ana", store.now()).unwrap().into_iter().map(|row| row.item.id).collect()
}

#[test]
fn filters_find_what_they_found_then() {
    let (workspace, mut store, queue) = Workspace::with_items(4);
    let step = |n: i64| T0 + n * MINUTE;
    store.decide_at_once(queue.actor("ana", step(1)), "i1", &accept()).unwrap();
    store.decide_at_once(queue.actor("ana", step(2)), "i1", &reject("cold")).unwrap();
    store.undo(queue.actor("ana", step(3)), UndoScope::Decisions).unwrap();
    store.redo(queue.actor("ana", step(4))).unwrap();
    let items = store.whole_listing(&queue, Condition::default(), Sort::default()).unwrap().seqs().to_vec();
    let example = Example {
        verdict: Verdict::Reject,
        expected: Expected::Nothing,
        tags: vec![],
        categories: vec![],
        why: "x".into(),
    };
    store.keep_golden(queue.actor("ana", step(5)), items[0], &example).unwrap();
    store.undo_golden(queue.actor("ana", step(6))).unwrap();
    store.bulk(queue.actor("ana", step(7)), items[1..3].to_vec(), BulkAction::Decide(accept())).unwrap();

    let at = |n: i64, filter: &str| found(&workspace.open().at(step(n)).unwrap(), &queue, filter);
    for (moment, accepted, rejected) in [(0, 0, 0), (1, 1, 0), (2, 0, 1), (3, 1, 0), (4, 0, 1), (6, 0, 1), (7, 2, 1)] {
        let counted = [at(moment, "verdict:accept").len(), at(moment, "verdict:reject category:cold").len()];
        assert_eq!(counted, [accepted, rejected], "after {moment} minutes");
    }
    assert_eq!([4, 5, 6].map(|moment| at(moment, "is:golden").len()), [0, 1, 0]);
    assert_eq!(at(2, "decided>1m"), ["i1"], "a length of time is back from then");
    assert!(found(&store, &queue, "is:golden").is_empty());
}

#[test]
fn the_spec_is_that_of_then_and_nothing_is_written() {
    let (workspace, store, _) = Workspace::with_items(1);
    let changed = SPEC.replace("May it be sent?", "May it go out?");
    store.apply_spec(&karat::spec::parse(&changed).unwrap(), &changed, "pm", T0 + MINUTE).unwrap();
    let version = |at: i64| workspace.open().at(at).unwrap().queue("replies").unwrap().spec.version;
    assert_eq!((version(T0), version(T0 + MINUTE)), (1, 2));
    let then = workspace.open().at(T0).unwrap();
    assert_eq!((then.as_of(), then.now()), (Some(T0), T0));
    let queue = then.queue("replies").unwrap();
    let refused = then.decide_at_once(queue.actor("ana", T0), "i1", &accept());
    assert!(matches!(refused, Err(StoreError::ReadOnly { .. })), "{refused:?}");
    assert!(workspace.open().at(T0 - 1).unwrap().queue("replies").is_err(), "there was no queue");
}
