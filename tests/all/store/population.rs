//! Bars that speak of a queue as a whole, and of what outputs do not bring.

use karat::domain::bar::Outcome;
use karat::domain::item::Item;
use karat::domain::queue::{Over, Queue};
use karat::domain::sampling::{SAMPLE, draw};
use karat::store::{BarReport, Store};
use support::fixture::*;

fn with(bar: &str) -> String {
    format!("{SPEC}\n[[bar]]\nkey = \"b\"\n{bar}\n")
}

const OF_THE_QUEUE: &str = "of = \"not category:wrong\"\nat_least = 0.9\npopulation = \"queue\"";

fn gate(store: &Store, queue: &Queue) -> BarReport {
    store.bar(queue, queue.spec.spec.bar("b").unwrap(), T0).unwrap()
}

fn decide(store: &Store, queue: &Queue, id: &str, is_good: bool) {
    let judgement = if is_good { accept() } else { reject("wrong") };
    store.decide_at_once(queue.actor("ana", T0).over(Over::Anybody), id, &judgement).unwrap();
}

fn reasons(report: &BarReport) -> Vec<String> {
    report.recount.why.iter().map(ToString::to_string).collect()
}

/// 57 of 60, of which no evidence of a stream shows 90 %.
#[test]
fn a_queue_that_is_read_to_its_end_is_decided_where_the_bar_says_that_it_is_the_whole() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &with("of = \"not category:wrong\"\nat_least = 0.9"));
    let records: Vec<_> = (1..=60).map(|n| record(plain(&format!("i{n}")))).collect();
    import(&store, &queue, &records, false);
    let queue = apply(&store, &with(OF_THE_QUEUE));
    (1..=3).for_each(|n| decide(&store, &queue, &format!("i{n}"), false));
    (4..=56).for_each(|n| decide(&store, &queue, &format!("i{n}"), true));
    let report = gate(&store, &queue);
    assert_eq!(report.recount.outcome, Outcome::Undecided, "53 good ones, and 54 are needed");
    assert_eq!(report.recount.more(&report.bar), Some(2), "at a rate of 94.6 % the next but one is good");
    decide(&store, &queue, "i57", true);
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.recount.read), (Outcome::Met, 57));
    let certain = "the 3 of the queue that are not read cannot change it, and nothing is left to chance";
    assert_eq!(reasons(&report)[0], certain);
    (58..=60).for_each(|n| decide(&store, &queue, &format!("i{n}"), true));
    let report = gate(&store, &queue);
    assert_eq!((report.recount.range.low, report.recount.range.high), (0.95, 0.95));
    assert_eq!(reasons(&report)[0], "all of the queue is read, and nothing is left to chance");

    // What comes in later is of the queue too.
    let later: Vec<_> = (61..=80).map(|n| record(plain(&format!("i{n}")))).collect();
    import(&store, &queue, &later, false);
    assert_eq!(gate(&store, &queue).recount.outcome, Outcome::Undecided);

    // The same verdicts as a sample of what is made like these.
    let bar = "of = \"not category:wrong\"\nat_least = 0.9\nwhere = \"id:i1*\"";
    let sample = apply(&store, &with(bar));
    let report = gate(&store, &sample);
    assert_eq!(report.recount.outcome, Outcome::Undecided);
    assert!(reasons(&report).iter().any(|why| why.starts_with("all are read, which decides nothing by itself")));
}

/// Sampling holds most of it back; a lead takes the rest in by hand, and so all of it is read.
#[test]
fn what_was_taken_in_by_hand_has_no_place_and_counts_where_the_queue_is_the_whole() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &format!("{}\n[[sample]]\nrate = 0.3\n", with(OF_THE_QUEUE)));
    let records: Vec<_> = (1..=40).map(|n| record(plain(&format!("i{n}")))).collect();
    import(&store, &queue, &records, false);
    let held_back = |id: &&String| draw(SAMPLE, "replies", id) >= 0.3;
    let ids: Vec<String> = (1..=40).map(|n| format!("i{n}")).collect();
    let by_hand: Vec<_> = ids.iter().filter(held_back).map(|id| store.seq_of(&queue, id).unwrap()).collect();
    let pulled = by_hand.len() as u64;
    store.pull(queue.actor("pm", T0), &by_hand, "all of it is read").unwrap();
    for (n, id) in ids.iter().enumerate() {
        decide(&store, &queue, id, n != 5);
    }
    let report = gate(&store, &queue);
    assert_eq!((report.left_out.pulled, report.recount.outcome), (pulled, Outcome::Met));
    assert_eq!((report.recount.read, report.recount.rate), (40, Some(0.975)));
    let hangs_on = report.influence().unwrap().decisive;
    assert_eq!(hangs_on.len(), 0, "39 of 40 are three more than are needed");
}

/// An output without a latency is not faster than five seconds.
#[test]
fn outputs_without_a_number_that_a_bar_asks_for_are_told() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &with("of = \"latency_ms<5000\"\nat_least = 0.5"));
    let item = |n: usize| Item { latency_ms: (n < 8).then_some(900.0), ..plain(&format!("i{n}")) };
    import(&store, &queue, &(0..20).map(item).map(record).collect::<Vec<_>>(), false);
    let report = gate(&store, &queue);
    assert_eq!((report.recount.outcome, report.recount.rate), (Outcome::Failed, Some(0.4)));
    assert_eq!(reasons(&report), ["without latency_ms: 12, counted as not good"]);
    let queue = apply(&store, &with("of = \"not latency_ms>=5000\"\nat_least = 0.5"));
    assert_eq!(reasons(&gate(&store, &queue)), ["without latency_ms: 12, counted as good"]);
    let judged = apply(&store, &with("of = \"verdict:accept latency_ms<5000\"\nat_least = 0.5"));
    assert_eq!(reasons(&gate(&store, &judged)).last().unwrap(), "without latency_ms: 12, counted as not good");
}
