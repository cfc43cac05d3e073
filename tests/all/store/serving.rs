//! Serving by an order and a filter of the reviewer's own.

use karat::domain::decision::{Escalation, Judgement};
use karat::domain::item::Item;
use karat::domain::order::{Order, Serving};
use karat::domain::queue::{Over, Queue};
use karat::domain::stage::Stage;
use karat::store::{Next, Pick, Store, Totals};
use std::sync::Arc;
use support::fixture::*;
use support::wait;

fn serving(store: &Store, queue: &Queue, order: Order, filter: &str) -> Serving {
    Serving { order, filter: store.filter(queue, filter).unwrap() }
}

/// Items `i1` to `i<count>`, of which every third is of model `m` and each was made an
/// hour before the one before it.
fn queue_of(count: usize) -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    import(&store, &queue, &(1..=count).map(|n| record(item(n))).collect::<Vec<_>>(), false);
    (workspace, store, queue)
}

fn item(n: usize) -> Item {
    let mut item = plain(&format!("i{n}"));
    item.model = n.is_multiple_of(3).then(|| "m".into());
    item.created_at = Some(T0 - n as i64 * 60 * MINUTE);
    item
}

/// Decides to the end; gives the ids in the order in which they came.
fn all_served(store: &mut Store, queue: &Queue, reviewer: &str) -> Vec<String> {
    let mut ids = Vec::new();
    let mut next = store.next(queue.actor(reviewer, T0), Pick::default()).unwrap();
    while let Next::Item(served) = next {
        ids.push(served.item.id.clone());
        let token = token(&served.claimed);
        store.look_ahead(queue.actor(reviewer, T0), served.seq).unwrap();
        (_, next) = store.decide(queue.actor(reviewer, T0), served.seq, &token, &accept()).unwrap();
    }
    ids
}

#[test]
fn a_filter_serves_what_it_finds_and_then_ends() {
    let (_w, mut store, queue) = queue_of(7);
    store.serve_by(queue.actor("ana", T0), &serving(&store, &queue, Order::Priority, "model:m")).unwrap();
    assert_eq!(all_served(&mut store, &queue, "ana"), ["i3", "i6"]);
    store.serve_by(queue.actor("ana", T0), &Serving::default()).unwrap();
    assert_eq!(all_served(&mut store, &queue, "ana"), ["i1", "i2", "i4", "i5", "i7"], "the rest, once it is off");
    assert_sound(&store);
}

#[test]
fn each_order_serves_by_its_own() {
    for (order, expected) in
        [(Order::Newest, "i1 i2 i3 i4 i5"), (Order::Oldest, "i5 i4 i3 i2 i1"), (Order::Waiting, "i1 i2 i3 i4 i5")]
    {
        let (_w, mut store, queue) = queue_of(5);
        store.serve_by(queue.actor("ana", T0), &serving(&store, &queue, order, "")).unwrap();
        assert_eq!(all_served(&mut store, &queue, "ana").join(" "), expected, "{order}");
    }
}

#[test]
fn shuffled_is_alike_for_a_seed_and_whole() {
    let served = |seed| {
        let (_w, mut store, queue) = queue_of(80);
        store.serve_by(queue.actor("ana", T0), &serving(&store, &queue, Order::Shuffled(seed), "")).unwrap();
        all_served(&mut store, &queue, "ana")
    };
    let (one, again, other) = (served(1), served(1), served(2));
    assert_eq!(one, again);
    assert_ne!(one, other);
    let mut sorted = one.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), 80, "nothing is lost over the batches");
}

#[test]
fn two_reviewers_on_one_line_are_never_given_the_same() {
    let (w, mut store, queue) = queue_of(100);
    let mut other = w.open();
    let shuffled = serving(&store, &queue, Order::Shuffled(3), "");
    store.serve_by(queue.actor("ana", T0), &shuffled).unwrap();
    other.serve_by(queue.actor("ben", T0), &shuffled).unwrap();
    let mut seen = Vec::new();
    for _ in 0..50 {
        seen.push(serve(&mut store, &queue, "ana", T0).0.seq);
        seen.push(serve(&mut other, &queue, "ben", T0).0.seq);
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 100);
    assert!(
        matches!(store.next(queue.actor("ana", T0), Pick::default()).unwrap(), Next::End(end) if end.claimed.len() == 1)
    );
}

#[test]
fn what_is_imported_later_and_what_was_passed_over_comes_at_the_end_of_the_line() {
    let (_w, mut store, queue) = queue_of(3);
    store.serve_by(queue.actor("ana", T0), &serving(&store, &queue, Order::Newest, "")).unwrap();
    let (first, token) = serve(&mut store, &queue, "ana", T0);
    store.release(first.seq, &token).unwrap();
    let next = store.next(queue.actor("ana", T0), Pick::after(first.seq)).unwrap();
    let (second, token) = taken(next);
    assert_eq!((first.item.id.as_str(), second.item.id.as_str()), ("i1", "i2"));
    import(&store, &queue, &[record(item(4))], false);
    store.release(second.seq, &token).unwrap();
    assert_eq!(all_served(&mut store, &queue, "ana"), ["i3", "i1", "i2", "i4"]);
}

#[test]
fn what_was_set_aside_is_served_when_it_is_asked_for() {
    let (_w, mut store, queue) = queue_of(2);
    store.serve_by(queue.actor("ana", T0), &serving(&store, &queue, Order::Oldest, "")).unwrap();
    let (served, token) = serve(&mut store, &queue, "ana", T0);
    store.defer(queue.actor("ana", T0), served.seq, &token).unwrap();
    assert_eq!(all_served(&mut store, &queue, "ana"), ["i1"]);
    let next = store.next(queue.actor("ana", T0), Pick::with_deferred()).unwrap();
    assert_eq!(taken(next).0.item.id, "i2");
}

#[test]
fn the_worst_grounded_are_served_first_and_those_without_a_source_last() {
    let workspace = Workspace::new();
    let mut store = workspace.open();
    let queue = apply(&store, SPEC);
    let source = "You may return an appliance within 30 days of delivery. Parcels above 10 kg are collected.";
    let outputs = [
        ("copied", source, true),
        ("none", "Anything at all may be said of elephants.", false),
        ("invented", "Elephants receive free umbrellas every Tuesday from our Lisbon warehouse.", true),
        ("half", "You may return an appliance within 30 days. Elephants receive free umbrellas.", true),
    ];
    let records = outputs.map(|(id, output, has_source)| {
        let mut item = plain(id);
        item.output = karat::domain::item::Content::text(output);
        Arc::make_mut(&mut item.context[0]).text = source.into();
        item.context.truncate(usize::from(has_source));
        record(item)
    });
    import(&store, &queue, &records, false);
    store.serve_by(queue.actor("ana", T0), &serving(&store, &queue, Order::Grounded, "")).unwrap();
    assert_eq!(all_served(&mut store, &queue, "ana"), ["invented", "half", "copied", "none"]);
}

#[test]
fn what_is_read_later_is_put_in_order_once_all_is_read() {
    let (_w, mut store, queue) = queue_of(3);
    store.serve_by(queue.actor("ana", T0), &serving(&store, &queue, Order::Grounded, "")).unwrap();
    let mut worst = item(4);
    worst.output = karat::domain::item::Content::text("Elephants receive free umbrellas every Tuesday.");
    import(&store, &queue, &[record(worst)], false);
    store.serve_by(queue.actor("ben", T0), &serving(&store, &queue, Order::Grounded, "")).unwrap();
    let slice = std::time::Duration::from_millis(5);
    while store.ground_slice(&queue, slice).unwrap() {}
    assert_eq!(all_served(&mut store, &queue, "ben").len(), 4);
    assert!(!store.ground_slice(&queue, slice).unwrap(), "nothing is left to read");
}

#[test]
fn an_order_is_remembered_by_queue_and_reviewer() {
    let (_w, store, queue) = queue_of(1);
    assert_eq!(store.usual_order(&queue, "ana").unwrap(), Order::Priority);
    store.remember_order(&queue, "ana", Order::Shuffled(7)).unwrap();
    store.remember_order(&queue, "ana", Order::Newest).unwrap();
    assert_eq!(store.usual_order(&queue, "ana").unwrap(), Order::Newest);
    assert_eq!(store.usual_order(&queue, "ben").unwrap(), Order::Priority);
}

#[test]
fn what_others_do_is_noticed_to_the_last_of_it() {
    let (workspace, store, queue) = queue_of(9);
    let other = workspace.open();
    for n in 1..=9 {
        other.decide_at_once(queue.actor("ops-2", T0), &format!("i{n}"), &accept()).unwrap();
        if n % 3 == 1 {
            continue; // two at once
        }
        let mut seen = 0;
        // Nobody looks at the counters unless something has changed.
        wait::until(&format!("decision {n} to be noticed"), || {
            if store.changed().unwrap() {
                seen = store.counts(&queue).unwrap().decided();
            }
            seen == n
        });
    }
}

/// The fixture's queue, where an answer of the lead is due in four hours.
fn due_queue(count: usize) -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &due_spec());
    import(&store, &queue, &(1..=count).map(|n| record(item(n))).collect::<Vec<_>>(), false);
    (workspace, store, queue)
}

fn decide(store: &Store, queue: &Queue, reviewer: &str, item: &str, judgement: &Judgement) {
    store.decide_at_once(queue.actor(reviewer, T0).over(Over::Anybody), item, judgement).unwrap();
}

#[test]
fn who_asks_for_escalations_is_served_them_with_what_they_ask() {
    let (_w, mut store, queue) = due_queue(5);
    decide(&store, &queue, "ana", "i2", &escalate());
    decide(&store, &queue, "ana", "i4", &escalate());
    decide(&store, &queue, "ana", "i5", &reject("wrong"));
    let asked = serving(&store, &queue, Order::Priority, "verdict:escalate route:lead");
    store.serve_by(queue.actor("lead-1", T0), &asked).unwrap();

    let (served, token) = serve(&mut store, &queue, "lead-1", T0);
    assert_eq!((served.item.id.as_str(), &served.mine), ("i2", &None));
    let asks = Escalation {
        by: "ana".into(),
        at: T0,
        route: Some("lead".into()),
        due_at: Some(T0 + 4 * 60 * MINUTE),
        reason: "who decides?".into(),
        returned: None,
    };
    assert_eq!(served.escalation, Some(asks));
    let ahead = store.look_ahead(queue.actor("lead-1", T0), served.seq).unwrap();
    assert_eq!(ahead.map(|(_, item)| item.id.clone()).as_deref(), Some("i4"), "the next one is read ahead");

    let (_, next) = store.decide(queue.actor("lead-1", T0), served.seq, &token, &accept()).unwrap();
    assert_eq!(taken(next).0.item.id, "i4", "the next after a decision is the next escalation");
    assert_eq!(store.show(queue.actor("ana", T0), served.seq).unwrap().escalation, None, "it was answered");
}

#[test]
fn decided_items_are_served_once_each_and_not_when_another_was_faster() {
    let (_w, mut store, queue) = due_queue(4);
    for item in ["i1", "i2", "i3"] {
        decide(&store, &queue, "ana", item, &reject("wrong"));
    }
    store.serve_by(queue.actor("lead-1", T0), &serving(&store, &queue, Order::Priority, "category:wrong")).unwrap();
    let (first, token) = serve(&mut store, &queue, "lead-1", T0);
    decide(&store, &queue, "ben", "i2", &reject("wrong"));
    let (_, next) =
        store.decide(queue.actor("lead-1", T0).over(Over::Anybody), first.seq, &token, &reject("wrong")).unwrap();
    let (third, token) = taken(next);
    assert_eq!(third.item.id, "i3", "ben has decided i2 meanwhile");
    let (_, next) =
        store.decide(queue.actor("lead-1", T0).over(Over::Anybody), third.seq, &token, &reject("wrong")).unwrap();
    let (second, token) = taken(next);
    assert_eq!(second.item.id, "i2", "what came anew is served at the end");
    let (_, next) =
        store.decide(queue.actor("lead-1", T0).over(Over::Anybody), second.seq, &token, &reject("wrong")).unwrap();
    assert!(matches!(next, Next::End(_)), "none comes twice, though the filter still finds all: {next:?}");
    assert_sound(&store);
}

#[test]
fn a_filter_that_asks_for_no_decision_serves_open_items_alone() {
    let (_w, mut store, queue) = due_queue(6);
    decide(&store, &queue, "ana", "i3", &escalate());
    for filter in ["model:m", "-verdict:accept model:m"] {
        store.serve_by(queue.actor("ben", T0), &serving(&store, &queue, Order::Priority, filter)).unwrap();
        let (served, token) = serve(&mut store, &queue, "ben", T0);
        assert_eq!(served.item.id, "i6", "{filter}");
        store.release(served.seq, &token).unwrap();
    }
}

#[test]
fn an_escalation_is_no_secret_to_whom_it_asks_but_the_opinion_is() {
    let (_w, store, queue) = due_queue(2);
    let mut judgement = escalate();
    judgement.draft_mut().scores.insert("tone".into(), 1);
    decide(&store, &queue, "ana", "i1", &judgement);
    decide(&store, &queue, "ana", "i2", &reject("wrong"));
    let history = |item: &str| store.history(&queue, store.seq_of(&queue, item).unwrap(), "lead-1", None).unwrap();
    let asked = history("i1");
    let decided = asked.entries[0].decision.as_ref().unwrap();
    assert!(asked.blind && !asked.entries[0].withheld);
    assert_eq!((decided.body.note.as_str(), decided.body.route.as_deref()), ("who decides?", Some("lead")));
    assert!(decided.body.scores.is_empty(), "the scores are ana's opinion: {decided:?}");
    assert!(history("i2").entries[0].withheld, "a rejection stays withheld");
}

#[test]
fn what_a_table_has_found_is_served_from_an_item_on_in_its_order() {
    let (_w, mut store, queue) = due_queue(5);
    for item in ["i1", "i2", "i4"] {
        decide(&store, &queue, "ana", item, &reject("wrong"));
    }
    let seq = |item| store.seq_of(&queue, item).unwrap();
    let found = ["i4", "i2", "i1"].map(seq);
    let rejected = serving(&store, &queue, Order::Priority, "verdict:reject");
    store.serve_found(&rejected, &found, found[0]).unwrap();
    let (next, token) = serve(&mut store, &queue, "lead-1", T0);
    assert_eq!(next.item.id, "i2");
    let (_, next) = store.decide(queue.actor("lead-1", T0).over(Over::Anybody), next.seq, &token, &accept()).unwrap();
    assert_eq!(taken(next).0.item.id, "i1");
}

#[test]
fn items_add_up_to_where_they_stand_and_to_their_categories() {
    let (_w, store, queue) = due_queue(4);
    decide(&store, &queue, "ana", "i1", &reject("wrong"));
    decide(&store, &queue, "ana", "i2", &reject("wrong"));
    decide(&store, &queue, "ben", "i2", &reject("cold"));
    decide(&store, &queue, "ana", "i3", &escalate());
    let all = ["i1", "i2", "i3", "i4"].map(|item| store.seq_of(&queue, item).unwrap());
    let totals = store.totals(&all, "ana").unwrap();
    assert_eq!(totals.stages, [(Stage::Waiting, 1), (Stage::Rejected, 2), (Stage::Escalated, 1)]);
    assert_eq!(totals.categories, [("cold".to_owned(), 1), ("wrong".to_owned(), 1)], "of the decisions of record");
    assert_eq!(store.totals(&[], "ana").unwrap(), Totals::default());
}
