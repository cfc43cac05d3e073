//! Many items, one step, one undo.

use karat::domain::claim::CLAIM_MILLIS;
use karat::domain::decision::Verdict;
use karat::domain::item::{Content, Seq};
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use karat::store::{BrowseRow, BulkAction, BulkOutcome, By, Change, Condition, Sort, Store, StoreError, UndoScope};
use support::fixture::*;

fn all(store: &Store, queue: &Queue) -> Vec<Seq> {
    let sort = Sort { by: By::Imported, descending: false };
    store.whole_listing(queue, Condition::default(), sort).unwrap().seqs().to_vec()
}

fn rows(store: &Store, queue: &Queue) -> Vec<BrowseRow> {
    store.browse(&all(store, queue), "ops-1", T0).unwrap()
}

fn tag(add: &[&str], remove: &[&str]) -> BulkAction {
    let list = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    BulkAction::Tag { add: list(add), remove: list(remove) }
}

fn kinds(store: &Store, queue: &Queue, item: &str) -> Vec<String> {
    let mut kinds = Vec::new();
    let each = |event: karat::domain::event::Event| {
        kinds.push(event.word);
        Ok(())
    };
    store.events(queue, Some(item), None, each).unwrap();
    kinds
}

#[test]
fn many_are_decided_as_one_step() {
    let (_w, mut store, queue) = Workspace::with_items(700);
    store.decide_at_once(queue.actor("ops-1", T0), "i5", &accept()).unwrap();
    let items = all(&store, &queue);
    let outcome = store.bulk(queue.actor("ops-1", T0 + 1), items, BulkAction::Decide(reject("cold"))).unwrap();
    assert_eq!(outcome, BulkOutcome { changed: 700, ..BulkOutcome::default() });
    assert_eq!(store.counts(&queue).unwrap().at(Stage::Rejected), 700);
    assert_sound(&store);

    let undone = store.undo(queue.actor("ops-1", T0 + 2), UndoScope::Decisions).unwrap().unwrap();
    assert_eq!(undone.change, Change::Bulk { what: "decision", items: 700, kept: 0 });
    assert_eq!(
        (undone.counts.at(Stage::Accepted), undone.counts.decided()),
        (1, 1),
        "the earlier decision stands again"
    );
    assert_sound(&store);

    let redone = store.redo(queue.actor("ops-1", T0 + 3)).unwrap().unwrap();
    assert_eq!(
        (redone.change, redone.counts.at(Stage::Rejected)),
        (Change::Bulk { what: "decision", items: 700, kept: 0 }, 700)
    );
    assert_eq!(kinds(&store, &queue, "i9"), ["imported", "decided", "undone", "redone"]);
    assert_sound(&store);

    store.undo(queue.actor("ops-1", T0 + 4), UndoScope::Anything).unwrap().unwrap();
    store.undo(queue.actor("ops-1", T0 + 5), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(store.counts(&queue).unwrap().decided(), 0);
    assert!(store.undo(queue.actor("ops-1", T0 + 6), UndoScope::Anything).unwrap().is_none());
    assert_sound(&store);
}

#[test]
fn what_others_hold_or_decided_is_left_out_and_told() {
    let (w, mut store, queue) = Workspace::with_items(5);
    let mut other = w.open();
    let (held, _) = serve(&mut other, &queue, "ops-2", T0);
    store.decide_at_once(queue.actor("ops-2", T0), "i2", &accept()).unwrap();
    let (mine, token) = serve(&mut store, &queue, "ops-1", T0);
    let mut items = all(&store, &queue);
    items.push(9999);
    let outcome = store.bulk(queue.actor("ops-1", T0), items, BulkAction::Decide(reject("wrong"))).unwrap();
    assert_eq!(outcome, BulkOutcome { changed: 3, claimed: 1, decided: 1, gone: 1, ..BulkOutcome::default() });
    let rows = rows(&store, &queue);
    assert_eq!(rows[0].item.id, held.item.id);
    let verdicts: Vec<_> = rows.iter().map(karat::store::BrowseRow::verdict).collect();
    let rejected = Some(Verdict::Reject);
    assert_eq!(verdicts, [None, Some(Verdict::Accept), rejected, rejected, rejected]);
    let lost = store.decide(queue.actor("ops-1", T0), mine.seq, &token, &accept()).unwrap_err();
    assert!(matches!(lost, StoreError::ClaimLost { by: None, .. }), "the open item was among them: {lost:?}");
    assert_sound(&store);
}

#[test]
fn what_breaks_the_rules_is_refused_before_anything_is_done() {
    let (_w, mut store, queue) = Workspace::with_items(3);
    let items = all(&store, &queue);
    let error = store.bulk(queue.actor("ops-1", T0), items, BulkAction::Decide(reject("odd"))).unwrap_err();
    assert!(matches!(error, StoreError::Rules(_)));
    assert_eq!(store.counts(&queue).unwrap().decided(), 0);
}

#[test]
fn tags_and_priorities_go_and_come_back() {
    let (_w, mut store, queue) = Workspace::with_items(4);
    let items = all(&store, &queue);
    store.bulk(queue.actor("ops-1", T0), items[..2].to_vec(), tag(&["odd"], &[])).unwrap();
    let outcome = store.bulk(queue.actor("ops-1", T0), items.clone(), tag(&["new", "odd"], &[])).unwrap();
    assert_eq!(outcome.changed, 4);
    let outcome = store.bulk(queue.actor("ops-1", T0), items[2..].to_vec(), BulkAction::Prioritise(7)).unwrap();
    assert_eq!(outcome.changed, 2);
    let tags = |store: &Store| rows(store, &queue).into_iter().map(|row| row.item.tags.join(" ")).collect::<Vec<_>>();
    let priorities = |store: &Store| rows(store, &queue).into_iter().map(|row| row.item.priority).collect::<Vec<_>>();
    assert_eq!(tags(&store), ["odd new", "odd new", "new odd", "new odd"]);
    assert_eq!(priorities(&store), [0, 0, 7, 7]);

    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(priorities(&store), [0; 4]);
    store.bulk(queue.actor("ops-2", T0), vec![items[3]], tag(&[], &["odd"])).unwrap();
    let undone = store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(undone.change, Change::Bulk { what: "tags", items: 3, kept: 0 }, "what another has changed since stays");
    assert_eq!(tags(&store), ["odd", "odd", "", "new"]);
    store.redo(queue.actor("ops-1", T0)).unwrap().unwrap();
    assert_eq!(tags(&store), ["odd new", "odd new", "new odd", "new"]);
    assert_eq!(kinds(&store, &queue, "i3"), ["imported", "tagged", "prioritised", "undone", "undone", "redone"]);
    assert_sound(&store);
}

#[test]
fn many_are_deferred_and_come_back() {
    let (_w, mut store, queue) = Workspace::with_items(4);
    let (first, token) = serve(&mut store, &queue, "ops-1", T0);
    store.defer(queue.actor("ops-1", T0), first.seq, &token).unwrap();
    let items = all(&store, &queue);
    let outcome = store.bulk(queue.actor("ops-1", T0), items, BulkAction::Defer).unwrap();
    assert_eq!((outcome.changed, outcome.unchanged), (3, 1));
    let deferred = |store: &Store| rows(store, &queue).iter().filter(|row| row.deferred).count();
    assert_eq!(deferred(&store), 4);
    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(deferred(&store), 1, "the one that was deferred before stays so");
    store.redo(queue.actor("ops-1", T0)).unwrap().unwrap();
    assert_eq!(deferred(&store), 4);
    assert_sound(&store);
}

#[test]
fn holds_are_released_and_told_and_there_is_nothing_to_undo() {
    let (w, mut store, queue) = Workspace::with_items(3);
    let (held, token) = serve(&mut w.open(), &queue, "ops-2", T0);
    let items = all(&store, &queue);
    let outcome = store.bulk(queue.actor("ops-1", T0), items, BulkAction::Release).unwrap();
    assert_eq!((outcome.changed, outcome.unchanged), (1, 2));
    assert!(store.extend(held.seq, &token, T0).is_err());
    assert!(store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().is_none());
    assert_eq!(kinds(&store, &queue, "i1"), ["imported", "released"]);
    let (again, _) = serve(&mut store, &queue, "ops-1", T0 + CLAIM_MILLIS / 2);
    assert_eq!(again.seq, held.seq);
}

#[test]
fn a_bulk_that_ends_halfway_stands_for_what_it_did_and_is_undone() {
    let (_w, mut store, queue) = Workspace::with_items(1000);
    let items = all(&store, &queue);
    let mut bulk = store.begin_bulk(&queue, items, BulkAction::Decide(accept()), "ops-1").unwrap();
    store.continue_bulk(&mut bulk, T0).unwrap();
    let (done, of) = bulk.progress();
    assert!(done < of && !bulk.is_done());
    drop(bulk);
    assert_eq!(store.counts(&queue).unwrap().at(Stage::Accepted), done as i64);
    assert_sound(&store);
    store.undo(queue.actor("ops-1", T0), UndoScope::Decisions).unwrap().unwrap();
    assert_eq!(store.counts(&queue).unwrap().decided(), 0);
    assert_sound(&store);
}

#[test]
fn redo_leaves_out_what_an_import_has_replaced() {
    let (_w, mut store, queue) = Workspace::with_items(3);
    let items = all(&store, &queue);
    store.bulk(queue.actor("ops-1", T0), items, BulkAction::Decide(accept())).unwrap();
    store.undo(queue.actor("ops-1", T0), UndoScope::Decisions).unwrap().unwrap();
    let mut changed = plain("i2");
    changed.output = Content::text("another answer");
    import(&store, &queue, &[record(changed)], true);
    let redone = store.redo(queue.actor("ops-1", T0)).unwrap().unwrap();
    assert_eq!(redone.change, Change::Bulk { what: "decision", items: 2, kept: 0 });
    assert_eq!(store.counts(&queue).unwrap().at(Stage::Accepted), 2);
    assert_sound(&store);
}

#[test]
fn decided_items_are_kept_as_golden_examples_and_let_go_at_once() {
    let (_w, mut store, queue) = Workspace::with_items(4);
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &accept()).unwrap();
    store.decide_at_once(queue.actor("ops-2", T0), "i2", &reject("cold")).unwrap();
    let keep = || BulkAction::Keep { tags: vec!["typical".into()], why: "as it should be".into() };
    let items = all(&store, &queue);
    let outcome = store.bulk(queue.actor("ops-1", T0), items.clone(), keep()).unwrap();
    assert_eq!((outcome.changed, outcome.undecided), (2, 2));
    let golden = |store: &Store| [0, 1].map(|at| store.golden(items[at]).unwrap().map(|golden| golden.example.verdict));
    assert_eq!(golden(&store), [Some(Verdict::Accept), Some(Verdict::Reject)]);
    assert_eq!(store.golden_version(queue.id).unwrap(), 1, "one version of the set");
    assert_eq!(store.bulk(queue.actor("ops-1", T0), items.clone(), keep()).unwrap().unchanged, 2);
    assert_sound(&store);

    let undone = store.undo_golden(queue.actor("ops-1", T0)).unwrap().unwrap();
    assert_eq!(undone, ("i1".into(), Change::Bulk { what: "golden", items: 2, kept: 0 }));
    assert_eq!(golden(&store), [None, None]);
    assert_sound(&store);
    store.redo(queue.actor("ops-1", T0)).unwrap().unwrap();
    assert_eq!(golden(&store), [Some(Verdict::Accept), Some(Verdict::Reject)]);
    assert_sound(&store);
}
