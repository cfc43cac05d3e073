//! What a bar against a baseline hangs on, and what was looked at again after it had been told.

use karat::domain::bar::Outcome;
use karat::domain::item::Item;
use karat::domain::queue::{Over, Queue};
use karat::store::{BarReport, Store};
use std::collections::HashSet;
use support::fixture::*;

fn gate(store: &Store, queue: &Queue) -> BarReport {
    store.bar(queue, queue.spec.spec.bar("b").unwrap(), T0).unwrap()
}

fn decide(store: &Store, queue: &Queue, id: &str, is_good: bool) {
    let judgement = if is_good { accept() } else { reject("wrong") };
    store.decide_at_once(queue.actor("ana", T0).over(Over::Anybody), id, &judgement).unwrap();
}

/// So many cases of which the new output alone is good, then some on which both are.
fn queue_of_pairs(better: usize, same: usize) -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let bar = "of = \"verdict:accept\"\nwhere = \"prompt_version:v8\"\nagainst = \"prompt_version:v7\"";
    let queue = apply(&store, &format!("{SPEC}\n[[bar]]\nkey = \"b\"\n{bar}\n"));
    let output = |case: usize, version: &str| Item {
        case: Some(format!("c{case}")),
        prompt_version: Some(version.into()),
        ..plain(&format!("{version}-{case}"))
    };
    let outputs = (0..better + same).flat_map(|case| [output(case, "v7"), output(case, "v8")]);
    import(&store, &queue, &outputs.map(record).collect::<Vec<_>>(), false);
    for case in 0..better + same {
        decide(&store, &queue, &format!("v7-{case}"), case >= better);
        decide(&store, &queue, &format!("v8-{case}"), true);
    }
    (workspace, store, queue)
}

/// Seven that the new one won and none that it lost are evidence of 31.9 (20 decide); six are 18.1.
#[test]
fn a_comparison_that_is_just_decided_hangs_on_both_outputs_of_each_pair_that_differs() {
    let (_w, store, queue) = queue_of_pairs(7, 12);
    let report = gate(&store, &queue);
    assert_eq!(report.recount.outcome, Outcome::Met);
    let influence = report.influence().unwrap();
    let seq = |id: String| store.seq_of(&queue, &id).unwrap();
    let decisive: HashSet<_> = influence.decisive.iter().copied().collect();
    let differing: HashSet<_> =
        (0..7).flat_map(|case| [seq(format!("v7-{case}")), seq(format!("v8-{case}"))]).collect();
    // Where a pair on which both are good became worse, the evidence would be too little as well.
    assert!(decisive.is_superset(&differing), "{decisive:?}");
    let asked = [influence.decisive, influence.drawn].concat();
    let bar = queue.spec.spec.bar("b").unwrap();
    let number = store.ask_again(queue.actor("ana", T0), bar, &asked).unwrap();
    assert_eq!(number, asked.len() as i64);
    let open = gate(&store, &queue);
    assert_eq!((open.recount.outcome, open.recount.pairs.len()), (Outcome::Undecided, 19));
}

#[test]
fn what_of_a_comparison_is_looked_at_again_after_it_was_told_is_counted() {
    let (_w, store, queue) = queue_of_pairs(6, 12);
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.reopened_after), (Outcome::Undecided, 0));
    store.note_told(queue.actor("ana", T0 + 1), &report).unwrap();
    // An old output is looked at again, and now it is bad.
    let judgement = reject("wrong");
    store.decide_at_once(queue.actor("ana", T0 + 2), "v7-9", &judgement).unwrap();
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.reopened_after), (Outcome::Met, 1));
    let told: Vec<String> = report.recount.why.iter().map(ToString::to_string).collect();
    let without = "without the one that was looked at again after it had been told it would be undecided";
    assert!(told.iter().any(|why| why == without), "{told:?}");
    assert!(told.iter().any(|why| why == "since it was told to be undecided: v7-9 was good and is bad"), "{told:?}");
}
