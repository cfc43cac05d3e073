//! What a statement reads does not depend on what the server knew of the tables when they were
//! small: a queue that is new to the statistics is taken for an empty one.

use crate::roles::Team;
use karat::domain::imported::Record;
use karat::domain::item::Seq;
use karat::domain::queue::Queue;
use karat::store::{ImportOptions, Store};
use std::cell::Cell;
use support::fixture::*;
use support::wait;
use support::workspace::open;

/// Items of a queue that the statistics know nothing of.
const ITEMS: usize = 2000;
const AT_ONCE: usize = 500;

/// Decisions of one connection.
const DECIDED: usize = 600;

/// Opinions of one person that wait for another's.
const OWN: usize = 400;

/// Rows of a look-up, with what is looked up beside them.
const FEW: i64 = 60;

/// A queue of a few items and decisions, which the statistics know, and a second one.
fn with_old_statistics() -> (Workspace, Queue) {
    let (workspace, store, first) = Workspace::on_server().filled(60);
    (1..=20).for_each(|n| decide(&store, &first, &format!("i{n}")));
    workspace.client().batch_execute("ANALYZE").unwrap();
    let second = apply(&store, &SPEC.replace("\"replies\"", "\"more\""));
    (workspace, second)
}

fn records() -> Vec<Record> {
    let item = |n: usize| {
        let mut item = plain(&format!("m{n}"));
        (item.case, item.attempt) = (Some(format!("case {}", n / 2)), n as i64 % 2 + 1);
        record(item)
    };
    (0..ITEMS).map(item).collect()
}

fn import_all(store: &Store, queue: &Queue, records: &[Record]) {
    let mut session = store.begin_import(queue, "items.jsonl", ImportOptions::default(), "engineer", T0).unwrap();
    for some in records.chunks(AT_ONCE) {
        store.import_records(&mut session, some.iter(), T0).unwrap();
    }
    store.end_import(session, &serde_json::json!({}), T0).unwrap();
}

fn decide(store: &Store, queue: &Queue, item: &str) {
    store.decide_at_once(queue.actor("ops-1", T0), item, &accept()).unwrap();
}

/// How many rows and entries of indexes `work` reads from the tables of items and decisions.
fn read_by(workspace: &Workspace, work: impl FnOnce(&mut Store)) -> i64 {
    let before = read(workspace);
    work(&mut workspace.open());
    read(workspace) - before
}

/// As the server has counted it once all who worked have left.
fn read(workspace: &Workspace) -> i64 {
    let mut client = workspace.client();
    let others = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()
        AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
    wait::until("the connections of the store to be ended", || {
        client.query_one(others, &[]).unwrap().get::<_, i64>(0) == 0
    });
    let sql = "SELECT CAST((SELECT SUM(idx_tup_read) FROM pg_stat_user_indexes WHERE relname IN ('item', 'decision'))
        + (SELECT SUM(seq_tup_read) FROM pg_stat_user_tables WHERE relname IN ('item', 'decision')) AS BIGINT)";
    client.query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn an_import_looks_its_ids_up_and_reads_no_queue() {
    let (workspace, queue) = with_old_statistics();
    let records = records();
    let read = read_by(&workspace, |store| import_all(store, &queue, &records));
    assert!(read < 10 * ITEMS as i64, "{read} rows were read for {ITEMS} new items");
    let read = read_by(&workspace, |store| import_all(store, &queue, &records));
    assert!(read < 10 * ITEMS as i64, "{read} rows were read for {ITEMS} items that are there");
    assert_sound(&workspace.open());
}

/// The server plans a statement for a connection once, and keeps to it.
#[test]
fn a_connection_that_was_there_when_nothing_was_decided_reads_no_more_than_others() {
    let team = Team::new(DECIDED);
    let (address, reviewer) = (team.address("ana"), team.login("ana"));
    let Team { workspace, owner, queue, logins: _logins } = team;
    drop(owner);
    workspace.client().batch_execute("ANALYZE").unwrap();
    let before = read(&workspace);
    let store = open(&address).unwrap();
    for n in 1..=DECIDED {
        store.decide_at_once(queue.actor(&reviewer, T0), &format!("i{n}"), &accept()).unwrap();
    }
    drop(store);
    let read = read(&workspace) - before;
    // 43 a decision alone; beside other tests also versions of rows that nobody sees any more. A plan that
    // looks through what was decided reads 300 a decision.
    println!("{} rows a decision", read / DECIDED as i64);
    assert!(read < 2 * FEW * DECIDED as i64, "{read} rows were read for {DECIDED} decisions");
}

#[test]
fn a_look_up_reads_what_it_finds() {
    let (workspace, queue) = with_old_statistics();
    let store = workspace.open();
    import_all(&store, &queue, &records());
    (0..300).for_each(|n| decide(&store, &queue, &format!("m{n}")));
    let item = store.seq_of(&queue, "m7").unwrap();
    drop(store);

    let bounded = |what: &str, most: i64, work: &dyn Fn(&mut Store)| {
        let read = read_by(&workspace, |store| (0..10).for_each(|_| work(store))) / 10;
        assert!(read <= most, "{what}: {read} rows were read");
    };
    bounded("an item by its id", FEW, &|store| drop(store.item_of(&queue, "m1999").unwrap()));
    bounded("the history of an item", FEW, &|store| drop(store.history(&queue, item, "ops-1", None).unwrap()));
    bounded("the attempt before", FEW, &|store| {
        assert!(store.previous_attempt(&queue, item, "ops-2").unwrap().is_some());
    });
    bounded("the decision before", FEW, &|store| {
        assert!(store.earlier(&queue, "ops-1", Some(item)).unwrap().is_some());
    });
    bounded("the progress of the queues", 20 * FEW, &|store| drop(store.queues(T0).unwrap()));
    // Each goes by what was decided on its item before: so these are items on which nothing was.
    let fresh = Cell::new(1000);
    bounded("one decision", FEW / 2, &|store| decide(store, &queue, &format!("m{}", fresh.replace(fresh.get() + 1))));
    bounded("the next item", FEW, &|store| {
        let (served, token) = serve(store, &queue, "ops-2", T0);
        store.release(served.seq, &token).unwrap();
    });
    let seqs: Vec<Seq> = (item..item + 50).collect();
    bounded("a window of rows", 6 * 50, &|store| drop(store.browse(&seqs, "ops-1", T0).unwrap()));
}

/// Who has given opinions on many items that wait for another's is served as fast as anybody.
#[test]
fn opinions_of_ones_own_are_not_passed_over_one_by_one() {
    let (workspace, _) = with_old_statistics();
    let store = workspace.open();
    let review = "[review]\nadjudicator = \"lee\"\nsecond_opinion = \"verdict:accept\"\n";
    let queue = apply(&store, &format!("{}\n{review}", SPEC.replace("\"replies\"", "\"twice\"")));
    import_all(&store, &queue, &records());
    (0..OWN).for_each(|n| decide(&store, &queue, &format!("m{n}")));
    drop(store);
    let served = |reviewer: &'static str| {
        let read = read_by(&workspace, |store| {
            (0..10).for_each(|_| {
                let (served, token) = serve(store, &queue, reviewer, T0);
                store.release(served.seq, &token).unwrap();
            });
        });
        read / 10
    };
    let (own, others) = (served("ops-1"), served("ops-2"));
    assert!(own <= 2 * FEW && others <= 2 * FEW, "{own} rows were read, {others} by who gave none");
}
