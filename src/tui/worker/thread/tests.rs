use super::*;
use crate::domain::bar::Outcome;
use crate::domain::decision::{Draft, Judgement, Verdict};
use crate::domain::imported::{Origin, Record};
use crate::domain::item::{Content, Item};
use crate::domain::order::{Order, Serving};
use crate::domain::queue::Over;
use crate::domain::record::RecordField;
use crate::domain::stage::Stage;
use crate::store::{BulkAction, By, ImportOptions, Next, Served, Sort};
use crate::tui::worker::{
    AgreementReply, AgreementRequest, BarStanding, Chosen, JudgesRequest, QueueReply, QueueRequest, ReviewReply,
    ReviewRequest, Since,
};
use tempfile::TempDir;

const SPEC: &str = "name = \"q\"\ntitle = \"Q\"\ndecision = \"Fine?\"\n";

/// A workspace with a queue of two items, and a worker on it.
fn worker_on_two_items() -> (TempDir, Worker, UnboundedReceiver<Reply>) {
    worker_that_counts_on(Box::new(Store::open_existing))
}

/// The same; what it counts it counts over the connection that is opened so.
fn worker_that_counts_on(opened: counting::Open) -> (TempDir, Worker, UnboundedReceiver<Reply>) {
    let directory = tempfile::tempdir().unwrap();
    let store = open(&directory);
    apply(&store, SPEC);
    import(&store, &["a", "b"]);
    let file = directory.path().join("w.db");
    let open = || Ok((Store::open(file)?, ()));
    let (worker, replies, ()) = Worker::start_with(open, opened, false, "ops".into()).unwrap();
    (directory, worker, replies)
}

fn open(directory: &TempDir) -> Store {
    Store::open(directory.path().join("w.db")).unwrap()
}

/// Another program takes items in.
fn import(store: &Store, ids: &[&str]) {
    let queue = store.queue("q").unwrap();
    let mut session = store.begin_import(&queue, "test", ImportOptions::default(), "ops", 0).unwrap();
    let item = |id: &&str| Item::new(*id, Content::text("in"), Content::text("out"));
    let records: Vec<_> = ids.iter().map(|id| Record::new(Origin::of_line("test", 1), Vec::new(), item(id))).collect();
    store.import_records(&mut session, records.iter(), 0).unwrap();
    store.end_import(session, &serde_json::json!({}), 0).unwrap();
}

fn apply(store: &Store, source: &str) {
    store.apply_spec(&crate::spec::parse(source).unwrap(), source, "ops", 0).unwrap();
}

/// The answer to a request, whatever comes unasked before it.
fn ask(worker: &Worker, replies: &mut UnboundedReceiver<Reply>, request: impl Into<Request>) -> Reply {
    assert!(worker.ask(request.into()));
    answer(replies)
}

/// The next answer, whatever comes unasked before it.
fn answer(replies: &mut UnboundedReceiver<Reply>) -> Reply {
    loop {
        match replies.blocking_recv().unwrap() {
            Reply::Changed | Reply::Lens { .. } => {}
            reply => return reply,
        }
    }
}

/// Whether others' work is told of within this time.
fn hears(replies: &mut UnboundedReceiver<Reply>, within: Duration) -> bool {
    let start = Instant::now();
    while start.elapsed() < within {
        match replies.try_recv() {
            Ok(Reply::Changed) => return true,
            Ok(Reply::Lens { .. }) => {} // the next item, read ahead
            Ok(other) => panic!("{other:?}"),
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    false
}

fn accept(served: &Served) -> Request {
    let crate::domain::claim::Claimed::Mine(claim) = &served.claimed else { panic!("not held") };
    let judgement = Judgement { active_millis: 1, ..Judgement::new(Verdict::Accept, Draft::default()) };
    Request::Review(ReviewRequest::Decide {
        seq: served.seq,
        token: claim.token.clone(),
        judgement,
        over: Over::Nobody,
    })
}

fn item(next: Next) -> Box<Served> {
    match next {
        Next::Item(served) => served,
        Next::End(end) => panic!("{end:?}"),
    }
}

#[test]
fn a_decision_is_on_disk_and_the_next_item_comes_with_the_reply() {
    let (directory, worker, mut replies) = worker_on_two_items();
    let Reply::Queue(QueueReply::Opened { next, .. }) = ask(&worker, &mut replies, QueueRequest::open("q")) else {
        panic!()
    };
    let first = item(next);
    let Reply::Review(ReviewReply::Decided { counts, next, .. }) = ask(&worker, &mut replies, accept(&first)) else {
        panic!()
    };
    assert_eq!((first.item.id.as_str(), item(next).item.id.as_str(), counts.at(Stage::Accepted)), ("a", "b", 1));
    drop(worker);
    let store = open(&directory);
    let other = store.queues(store.now()).unwrap();
    assert_eq!((other[0].counts.at(Stage::Accepted), other[0].claimants.len()), (1, 0), "what was held is free again");
}

#[test]
fn a_decision_under_an_old_rubric_is_refused_until_the_new_one_is_open() {
    let (directory, worker, mut replies) = worker_on_two_items();
    let Reply::Queue(QueueReply::Opened { next, .. }) = ask(&worker, &mut replies, QueueRequest::open("q")) else {
        panic!()
    };
    let first = item(next);
    apply(&open(&directory), &SPEC.replace("Fine?", "Good?"));
    let refused = ask(&worker, &mut replies, accept(&first));
    let Reply::Failed { error: StoreError::SpecChanged { from: 1, to: 2 }, .. } = refused else {
        panic!("{refused:?}")
    };
    let reopened = ask(&worker, &mut replies, QueueRequest::Reopen { seq: first.seq });
    let Reply::Queue(QueueReply::Opened { queue, next, .. }) = reopened else { panic!("{reopened:?}") };
    assert_eq!((queue.spec.version, queue.spec.spec.decision.as_str()), (2, "Good?"));
    assert!(matches!(ask(&worker, &mut replies, accept(&item(next))), Reply::Review(ReviewReply::Decided { .. })));
}

#[test]
fn a_decision_is_answered_while_a_long_count_goes_on() {
    let (end, goes_on) = channel::<()>();
    let opened = move |address| {
        let _ = goes_on.recv_timeout(Duration::from_secs(60));
        Store::open_existing(address)
    };
    let (directory, worker, mut replies) = worker_that_counts_on(Box::new(opened));
    assert!(worker.ask(AgreementRequest::Count { queue: "q".into() }.into()));
    let Reply::Queue(QueueReply::Opened { next, .. }) = ask(&worker, &mut replies, QueueRequest::open("q")) else {
        panic!()
    };
    assert!(matches!(ask(&worker, &mut replies, accept(&item(next))), Reply::Review(ReviewReply::Decided { .. })));
    end.send(()).unwrap();
    assert!(matches!(answer(&mut replies), Reply::Agreement(AgreementReply::Counted(_))));
    drop(worker);
    assert!(!directory.path().join("w.db-wal").exists(), "the store's connection was the last one");
}

#[test]
fn a_count_that_fails_is_told() {
    let (_directory, worker, mut replies) = worker_that_counts_on(Box::new(|_| Err(StoreError::Busy)));
    let request = JudgesRequest::Report { queue: "q".into() };
    let Reply::Failed { request: failed, error: StoreError::Busy } = ask(&worker, &mut replies, request.clone()) else {
        panic!()
    };
    assert_eq!(*failed, Request::Judges(request));
    assert!(matches!(ask(&worker, &mut replies, QueueRequest::List), Reply::Queue(QueueReply::List(_))));
}

#[test]
fn bars_are_recounted_while_nobody_asks() {
    let bar = "[[bar]]\nkey = \"fine\"\nof = \"verdict:accept\"\nat_least = 0.01\nconfidence = 0.6\n\
        [[bar]]\nkey = \"quick\"\nof = \"latency_ms<5000\"\nat_least = 0.95\n";
    let (directory, worker, mut replies) = worker_on_two_items();
    apply(&open(&directory), &format!("{SPEC}{bar}"));
    let Reply::Queue(QueueReply::Opened { next, .. }) = ask(&worker, &mut replies, QueueRequest::open("q")) else {
        panic!()
    };
    let undecided = bars(&mut replies);
    assert_eq!(
        (undecided[0].outcome, undecided[0].more),
        (Outcome::Undecided, Some(3)),
        "2.01 on average, one way or the other"
    );
    assert!(matches!(ask(&worker, &mut replies, accept(&item(next))), Reply::Review(ReviewReply::Decided { .. })));
    let met = bars(&mut replies);
    assert_eq!((met[0].outcome, met[0].more), (Outcome::Met, Some(0)));
    assert_eq!((met[1].outcome, met[1].shown.as_str()), (Outcome::Failed, "0 %"), "what is counted has no bound");
}

/// The next that is told of bars, within some seconds.
fn bars(replies: &mut UnboundedReceiver<Reply>) -> Vec<BarStanding> {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(20) {
        match replies.try_recv() {
            Ok(Reply::Bars { queue, bars }) if queue == "q" => return bars,
            Ok(Reply::Changed | Reply::Lens { .. }) => {}
            Ok(other) => panic!("{other:?}"),
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    panic!("nothing was told of bars")
}

#[test]
fn a_request_without_an_open_queue_fails_and_changes_nothing() {
    let (_directory, worker, mut replies) = worker_on_two_items();
    assert!(matches!(ask(&worker, &mut replies, ReviewRequest::Undo), Reply::Failed { .. }));
    assert!(
        matches!(ask(&worker, &mut replies, QueueRequest::List), Reply::Queue(QueueReply::List(queues)) if queues.len() == 1)
    );
}

#[test]
fn the_index_grows_while_nobody_asks() {
    let (directory, worker, mut replies) = worker_on_two_items();
    let store = open(&directory);
    assert!(!store.indexed().unwrap().is_complete());
    ask(&worker, &mut replies, QueueRequest::List);
    let start = std::time::Instant::now();
    while !store.indexed().unwrap().is_complete() {
        assert!(start.elapsed().as_secs() < 60, "it never comes to its end");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn an_order_is_kept_for_the_next_time_and_a_filter_is_not() {
    let (_directory, worker, mut replies) = worker_on_two_items();
    let filter = crate::domain::filter::parse("id:b").unwrap();
    let by = QueueRequest::Open { queue: "q".into(), order: None, filter: filter.clone() };
    let Reply::Queue(QueueReply::Opened { next, .. }) = ask(&worker, &mut replies, by) else { panic!() };
    assert_eq!(item(next).item.id, "b");
    let serving = Serving { order: Order::Shuffled(4), filter };
    let Reply::Queue(QueueReply::Serves { next, .. }) = ask(&worker, &mut replies, QueueRequest::Serve { serving })
    else {
        panic!()
    };
    assert!(matches!(next, Next::End(_)), "what it finds is on screen already");
    let opened = ask(&worker, &mut replies, QueueRequest::open("q"));
    let Reply::Queue(QueueReply::Opened { serving, next, .. }) = opened else { panic!("{opened:?}") };
    assert_eq!(serving, Serving { order: Order::Shuffled(4), ..Serving::default() });
    assert_eq!(item(next).item.id, "a");
}

#[test]
fn many_that_were_confirmed_are_done_though_the_reviewer_leaves_at_once() {
    let (directory, worker, _replies) = worker_on_two_items();
    let judgement = Judgement::new(Verdict::Accept, Draft::default());
    let (chosen, action) = (Chosen::These(vec![1, 2]), BulkAction::Decide(judgement));
    assert!(worker.ask(BrowseRequest::Bulk { queue: "q".into(), ticket: 0, chosen, action }.into()));
    drop(worker);
    let store = open(&directory);
    assert_eq!(store.queues(store.now()).unwrap()[0].counts.at(Stage::Accepted), 2);
}

#[test]
fn what_others_do_is_told_within_a_second_and_own_work_never() {
    let (directory, worker, mut replies) = worker_on_two_items();
    let Reply::Queue(QueueReply::Opened { next, .. }) = ask(&worker, &mut replies, QueueRequest::open("q")) else {
        panic!()
    };
    assert!(matches!(ask(&worker, &mut replies, accept(&item(next))), Reply::Review(ReviewReply::Decided { .. })));
    assert!(!hears(&mut replies, 3 * CHANGE_POLL), "the index was filled meanwhile, by the worker itself");
    let other = open(&directory);
    let judgement = Judgement { active_millis: 1, ..Judgement::new(Verdict::Reject, Draft::default()) };
    import(&other, &["c"]);
    let queue = other.queue("q").unwrap();
    // On a busy machine a thread may have to wait for its turn.
    let heard = (0..3).any(|_| {
        ask(&worker, &mut replies, ReviewRequest::Progress);
        other.decide_at_once(queue.actor("ops-2", other.now()), "c", &judgement).unwrap();
        hears(&mut replies, Duration::from_secs(1))
    });
    assert!(heard);
    other.decide_at_once(queue.actor("ops-3", other.now()).over(Over::Anybody), "c", &judgement).unwrap();
    assert!(!hears(&mut replies, 2 * CHANGE_POLL), "not twice to somebody who does not ask");
    let Reply::Review(ReviewReply::Progress { counts, free }) = ask(&worker, &mut replies, ReviewRequest::Progress)
    else {
        panic!()
    };
    assert_eq!(
        (counts.items, counts.at(Stage::Accepted), counts.at(Stage::Rejected), free),
        (3, 1, 1, false),
        "b is held by the reviewer"
    );
    assert!(hears(&mut replies, 3 * CHANGE_POLL), "what was kept back");
}

#[test]
fn a_line_goes_on_to_what_came_in_where_that_stands_at_its_end() {
    let (directory, worker, mut replies) = worker_on_two_items();
    let mut look = |sort, filter: &str, ids: &[&str]| {
        let filter = crate::domain::filter::parse(filter).unwrap();
        let ticket = ids.len() as u64;
        let begun = ask(
            &worker,
            &mut replies,
            Request::Browse(BrowseRequest::Begin { queue: "q".into(), filter, sort, ticket }),
        );
        let Reply::Browse(BrowseReply::Extent { known: before, done: true, .. }) = begun else { panic!("{begun:?}") };
        import(&open(&directory), ids);
        let followed = ask(&worker, &mut replies, BrowseRequest::Follow { ticket });
        let Reply::Browse(BrowseReply::Extent { known, since, done: true, .. }) = followed else {
            panic!("{followed:?}")
        };
        (known - before, since)
    };
    let by = |by, descending| Sort { by, descending };
    let nothing = Since::default();
    assert_eq!(look(by(By::Imported, false), "", &["c"]), (1, nothing));
    assert_eq!(look(by(By::Imported, false), "id:new*", &["new-1", "other"]), (1, nothing), "those that match");
    let three = Since { items: 3, ..nothing };
    assert_eq!(look(by(By::Imported, true), "", &["d", "e", "f"]), (0, three), "they would stand before the rest");
    assert_eq!(
        look(by(By::Field(const { RecordField::item("model") }), false), "", &["g", "h", "i", "j"]),
        (0, Since { items: 4, ..nothing })
    );
}

#[test]
fn a_queue_that_was_done_has_a_free_item_when_one_came_in() {
    let (directory, worker, mut replies) = worker_on_two_items();
    let Reply::Queue(QueueReply::Opened { mut next, .. }) = ask(&worker, &mut replies, QueueRequest::open("q")) else {
        panic!()
    };
    for _ in 0..2 {
        let Reply::Review(ReviewReply::Decided { next: after, .. }) = ask(&worker, &mut replies, accept(&item(next)))
        else {
            panic!()
        };
        next = after;
    }
    assert!(matches!(next, Next::End(_)));
    assert!(matches!(
        ask(&worker, &mut replies, ReviewRequest::Progress),
        Reply::Review(ReviewReply::Progress { free: false, .. })
    ));
    import(&open(&directory), &["c"]);
    assert!(matches!(
        ask(&worker, &mut replies, ReviewRequest::Progress),
        Reply::Review(ReviewReply::Progress { free: true, .. })
    ));
}

#[test]
fn a_workstation_whose_server_is_lost_is_left_at_once() {
    let (_directory, mut worker, _replies) = worker_on_two_items();
    let (never, stuck) = channel::<()>();
    worker.end = stuck;
    worker.heartbeat.note(&ConnectionState::Lost { tries: 1, next: Duration::ZERO, why: String::new() });
    let start = Instant::now();
    drop(worker);
    assert!(start.elapsed() < Duration::from_secs(1));
    drop(never);
}
