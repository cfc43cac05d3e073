use super::*;
use crate::domain::decision::{Draft, Verdict};
use crate::domain::item::{Content, Item};
use crate::import::Record;
use crate::store::{BulkAction, Terms};
use tempfile::TempDir;

const SPEC: &str = "name = \"q\"\ntitle = \"Q\"\ndecision = \"Fine?\"\n";

/// A workspace with a queue of two items, and a worker on it.
fn desk() -> (TempDir, Worker, UnboundedReceiver<Reply>) {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    apply(&store, SPEC);
    let queue = store.queue("q").unwrap();
    let mut intake = store.begin_intake(&queue, "test", Terms::default(), "ops", 0).unwrap();
    let records =
        ["a", "b"].map(|id| Record::new(1, Vec::new(), Item::new(id, Content::text("in"), Content::text("out"))));
    store.take_in(&mut intake, records.iter(), 0).unwrap();
    store.end_intake(intake, &serde_json::json!({}), 0).unwrap();
    let (worker, replies) = Worker::start(directory.path().join("w.db"), "ops".into()).unwrap();
    (directory, worker, replies)
}

fn open(directory: &TempDir) -> Store {
    Store::open(directory.path().join("w.db")).unwrap()
}

fn apply(store: &Store, source: &str) {
    store.apply_spec(&crate::spec::parse(source).unwrap(), source, "ops", 0).unwrap();
}

fn ask(worker: &Worker, replies: &mut UnboundedReceiver<Reply>, request: Request) -> Reply {
    assert!(worker.ask(request));
    replies.blocking_recv().unwrap()
}

fn accept(served: &Served) -> Request {
    let crate::store::view::Hold::Mine(claim) = &served.hold else { panic!("not held") };
    let judgement = Judgement { verdict: Verdict::Accept, draft: Draft::default(), active_millis: 1, lens: None };
    Request::Decide { seq: served.seq, token: claim.token.clone(), judgement }
}

fn item(next: Next) -> Box<Served> {
    match next {
        Next::Item(served) => served,
        Next::End(end) => panic!("{end:?}"),
    }
}

#[test]
fn a_decision_is_on_disk_and_the_next_item_comes_with_the_reply() {
    let (directory, worker, mut replies) = desk();
    let Reply::Opened { next, .. } = ask(&worker, &mut replies, Request::Open { queue: "q".into() }) else { panic!() };
    let first = item(next);
    let Reply::Decided { counts, next, .. } = ask(&worker, &mut replies, accept(&first)) else { panic!() };
    assert_eq!((first.item.id.as_str(), item(next).item.id.as_str(), counts.accepted), ("a", "b", 1));
    drop(worker);
    let other = open(&directory).queues(time::now()).unwrap();
    assert_eq!((other[0].counts.accepted, other[0].holders.len()), (1, 0), "what was held is free again");
}

#[test]
fn a_decision_under_an_old_rubric_is_refused_until_the_new_one_is_open() {
    let (directory, worker, mut replies) = desk();
    let Reply::Opened { next, .. } = ask(&worker, &mut replies, Request::Open { queue: "q".into() }) else { panic!() };
    let first = item(next);
    apply(&open(&directory), &SPEC.replace("Fine?", "Good?"));
    let refused = ask(&worker, &mut replies, accept(&first));
    let Reply::Failed { error: StoreError::SpecChanged { from: 1, to: 2 }, .. } = refused else {
        panic!("{refused:?}")
    };
    let reopened = ask(&worker, &mut replies, Request::Reopen { seq: first.seq });
    let Reply::Opened { queue, next, .. } = reopened else { panic!("{reopened:?}") };
    assert_eq!((queue.spec.version, queue.spec.spec.decision.as_str()), (2, "Good?"));
    assert!(matches!(ask(&worker, &mut replies, accept(&item(next))), Reply::Decided { .. }));
}

#[test]
fn a_request_without_an_open_queue_fails_and_changes_nothing() {
    let (_directory, worker, mut replies) = desk();
    assert!(matches!(ask(&worker, &mut replies, Request::Undo), Reply::Failed { .. }));
    assert!(matches!(ask(&worker, &mut replies, Request::Home), Reply::Home(queues) if queues.len() == 1));
}

#[test]
fn the_index_grows_while_nobody_asks() {
    let (directory, worker, mut replies) = desk();
    let store = open(&directory);
    assert!(!store.indexed().unwrap().is_complete());
    ask(&worker, &mut replies, Request::Home);
    let start = std::time::Instant::now();
    while !store.indexed().unwrap().is_complete() {
        assert!(start.elapsed().as_secs() < 60, "it never comes to its end");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn an_order_is_kept_for_the_next_time_and_a_filter_is_not() {
    let (_directory, worker, mut replies) = desk();
    let filter = crate::domain::filter::parse("id:b").unwrap();
    let by = Request::OpenBy { queue: "q".into(), order: None, filter: filter.clone() };
    let Reply::Opened { next, .. } = ask(&worker, &mut replies, by) else { panic!() };
    assert_eq!(item(next).item.id, "b");
    let serving = Serving { order: Order::Shuffled(4), filter };
    let Reply::Serves { next, .. } = ask(&worker, &mut replies, Request::Serve { serving }) else { panic!() };
    assert!(matches!(next, Next::End(_)), "what it finds is on screen already");
    let opened = ask(&worker, &mut replies, Request::Open { queue: "q".into() });
    let Reply::Opened { serving, next, .. } = opened else { panic!("{opened:?}") };
    assert_eq!(serving, Serving { order: Order::Shuffled(4), ..Serving::default() });
    assert_eq!(item(next).item.id, "a");
}

#[test]
fn many_that_were_confirmed_are_done_though_the_reviewer_leaves_at_once() {
    let (directory, worker, _replies) = desk();
    let judgement = Judgement { verdict: Verdict::Accept, draft: Draft::default(), active_millis: 0, lens: None };
    let (chosen, action) = (Chosen::These(vec![1, 2]), BulkAction::Decide(judgement));
    assert!(worker.ask(Request::Bulk { queue: "q".into(), ticket: 0, chosen, action }));
    drop(worker);
    assert_eq!(open(&directory).queues(time::now()).unwrap()[0].counts.accepted, 2);
}
