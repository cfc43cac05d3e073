//! What is kept of a bar between two looks: who asks again comes to the same as who reads all.

use karat::domain::item::Item;
use karat::domain::queue::{Over, Queue};
use karat::store::{BarReport, BulkAction, CheckResult, Store, UndoScope};
use support::fixture::*;

fn made(count: usize) -> (Workspace, Store, Queue) {
    let bar = "[[bar]]\nkey = \"b\"\nof = \"not category:wrong\"\nat_least = 0.5\nconfidence = 0.6\n";
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &format!("{SPEC}\n{bar}"));
    let records: Vec<_> = (1..=count).map(|n| record(plain(&format!("i{n}")))).collect();
    import(&store, &queue, &records, false);
    (workspace, store, queue)
}

fn gate(store: &Store, queue: &Queue) -> BarReport {
    let look = store.look_at_bar(queue, queue.spec.spec.bar("b").unwrap(), T0).unwrap();
    store.keep(&look).unwrap();
    look.report
}

fn decide(store: &Store, queue: &Queue, id: &str, is_good: bool) {
    let judgement = if is_good { accept() } else { reject("wrong") };
    store.decide_at_once(queue.actor("ana", T0).over(Over::Anybody), id, &judgement).unwrap();
}

/// What doctor says of what is kept; `None`: nothing is.
fn kept(store: &Store) -> Option<CheckResult> {
    store.doctor(T0).unwrap().into_iter().find(|result| result.check == "bars")
}

#[test]
fn what_happens_after_a_look_is_in_the_next() {
    let (_w, mut store, queue) = made(6);
    assert!(kept(&store).is_none());
    let read = |store: &Store| {
        let report = gate(store, &queue);
        assert!(kept(store).unwrap().ok, "{:?}", kept(store));
        (report.recount.read, report.recount.good, report.recount.eligible, report.left_out.bulk)
    };
    assert_eq!(read(&store), (0, 0, 6, 0));
    decide(&store, &queue, "i1", true);
    decide(&store, &queue, "i2", false);
    assert_eq!(read(&store), (2, 1, 6, 0));
    decide(&store, &queue, "i2", true);
    assert_eq!(read(&store), (2, 2, 6, 0));
    store.undo(queue.actor("ana", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(read(&store), (2, 1, 6, 0), "the verdict before it stands again");
    let seq = store.seq_of(&queue, "i3").unwrap();
    store.bulk(queue.actor("ana", T0), vec![seq], BulkAction::Decide(accept())).unwrap();
    assert_eq!(read(&store), (2, 1, 6, 1));
    import(&store, &queue, &[record(plain("i7"))], false);
    decide(&store, &queue, "i7", true);
    assert_eq!(read(&store), (3, 2, 7, 1));
}

#[test]
fn a_new_spec_and_an_updated_item_are_read_anew() {
    let (_w, store, queue) = made(4);
    decide(&store, &queue, "i1", true);
    decide(&store, &queue, "i2", true);
    assert_eq!(gate(&store, &queue).recount.good, 2);
    let of = "[[bar]]\nkey = \"b\"\nof = \"verdict:reject\"\nat_least = 0.5\nconfidence = 0.6\n";
    let queue = apply(&store, &format!("{SPEC}\n{of}"));
    let report = gate(&store, &queue);
    assert_eq!((report.recount.good, report.recount.read), (0, 2), "the same items, and something else of them");
    let of_one_case = |id: &str| record(Item { case: Some("one".into()), ..plain(id) });
    import(&store, &queue, &[of_one_case("i3"), of_one_case("i4")], true);
    let report = gate(&store, &queue);
    assert_eq!((report.left_out.later_attempt, report.recount.eligible), (1, 3), "two outputs are of one case now");
    assert!(kept(&store).unwrap().ok);
}

#[test]
fn what_is_kept_wrongly_is_found_and_read_anew() {
    let (w, store, queue) = made(4);
    for id in ["i1", "i2", "i3"] {
        decide(&store, &queue, id, true);
    }
    assert_eq!(gate(&store, &queue).recount.good, 3);
    gate(&store, &queue);
    w.sql("UPDATE bar_kept SET kinds = REPLACE(kinds, '\"Good\"', '\"Bad\"')").unwrap();
    assert_eq!(gate(&store, &queue).recount.good, 0, "it is what is kept that is read");
    let found = kept(&store).unwrap();
    assert!(!found.ok && found.can_be_repaired, "{found:?}");
    assert_eq!(found.detail, "replies: 3 outputs are kept for its bars otherwise than they are");
    store.repair("ops-1", T0).unwrap();
    assert_eq!((gate(&store, &queue).recount.good, kept(&store).unwrap().ok), (3, true));
    // What cannot be read at all is as if nothing were kept.
    w.sql("UPDATE bar_kept SET kinds = '{'").unwrap();
    assert_eq!(gate(&store, &queue).recount.good, 3);
}
