//! A workspace that goes apart: a copy of all of it, and the decisions of the copy coming
//! home. What happens in both is a random walk.

use karat::domain::decision::Verdict;
use karat::domain::event::Event;
use karat::domain::queue::{Over, Queue};
use karat::store::{Fate, MergeTerms, Merged, Reason, Rows, Store, UndoScope};
use proptest::prelude::*;
use proptest::test_runner::Config;
use std::collections::BTreeMap;
use support::fixture::*;

const ITEMS: usize = 4;
const NAMES: [&str; 2] = ["ana", "ben"];

#[derive(Debug, Clone, Copy)]
enum Act {
    Decide(usize, Verdict),
    Undo,
    Redo,
}

fn acts() -> impl Strategy<Value = Vec<(usize, Act)>> {
    let verdict = || prop::sample::select(&Verdict::ALL[..2]);
    let act = prop_oneof![
        4 => (0..ITEMS, verdict()).prop_map(|(item, verdict)| Act::Decide(item, verdict)),
        2 => Just(Act::Undo),
        1 => Just(Act::Redo),
    ];
    prop::collection::vec((0..NAMES.len(), act), 0..12)
}

fn walk(store: &mut Store, acts: &[(usize, Act)], clock: &mut i64) {
    let queue = store.queue("replies").unwrap();
    for &(who, act) in acts {
        *clock += MINUTE;
        match act {
            Act::Decide(item, verdict) => {
                let mut judgement = if verdict == Verdict::Accept { accept() } else { reject("cold") };
                judgement.draft_mut().note = format!("at {clock}");
                let item = format!("i{}", item + 1);
                drop(
                    store
                        .decide_at_once(queue.actor(NAMES[who], *clock).over(Over::Anybody), &item, &judgement)
                        .unwrap(),
                );
            }
            Act::Undo => drop(store.undo(queue.actor(NAMES[who], *clock), UndoScope::Anything).unwrap()),
            Act::Redo => drop(store.redo(queue.actor(NAMES[who], *clock)).unwrap()),
        }
        store.release_all().unwrap();
    }
}

/// A copy of the whole workspace in another place.
fn copied(store: &Store, to: &Workspace) -> Store {
    let mut moving = store.begin_move(to.place()).unwrap();
    while moving.advance().unwrap() {}
    moving.finish().unwrap().store
}

fn events(store: &Store, queue: &Queue) -> Vec<Event> {
    let mut events = Vec::new();
    store
        .events(queue, None, None, |event| {
            events.push(event);
            Ok(())
        })
        .unwrap();
    events
}

/// Item, decision, reviewer, whether it stands.
fn rows(store: &Store, queue: &Queue, rows: Rows) -> Vec<(String, String, String, bool)> {
    let mut found = Vec::new();
    let each = |row: karat::store::Outgoing| -> karat::store::Result<()> {
        found.push((row.id().to_owned(), row.decision.id, row.decision.reviewer, row.standing));
        Ok(())
    };
    store.outgoing(queue, rows, &[], &karat::store::Condition::default(), None, each).unwrap();
    found
}

fn merge(store: &Store, other: &Store, dry_run: bool) -> Vec<Merged> {
    let mut merged = Vec::new();
    let terms = MergeTerms { name: "trip", actor: "lead", dry_run, now: T0 };
    store.merge(other, terms, |one| merged.push(one)).unwrap();
    merged
}

proptest! {
    #![proptest_config(Config { cases: 16, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_copy_is_the_same_and_goes_on_the_same(before in acts(), after in acts()) {
        let (_w, mut store, queue) = Workspace::with_items(ITEMS);
        let mut clock = T0;
        walk(&mut store, &before, &mut clock);
        let place = Workspace::unmade();
        let mut copy = copied(&store, &place);
        let mut again = clock;
        walk(&mut store, &after, &mut clock);
        walk(&mut copy, &after, &mut again);
        assert_sound(&copy);
        // Decisions have ids of their own; all else is equal.
        let told = |store: &Store| {
            let rows = [rows(store, &queue, Rows::Items), rows(store, &queue, Rows::Decisions)].concat();
            rows.into_iter().map(|(item, _, reviewer, stands)| (item, reviewer, stands)).collect::<Vec<_>>()
        };
        prop_assert_eq!(told(&copy), told(&store));
        let log = |store: &Store| {
            let events = events(store, &queue).into_iter();
            events.map(|event| (event.seq, event.at, event.actor, event.word, event.item)).collect::<Vec<_>>()
        };
        prop_assert_eq!(log(&copy), log(&store));
    }

    #[test]
    fn what_comes_home_overwrites_nothing(before in acts(), here in acts(), there in acts(), after in acts()) {
        let (_w, mut store, queue) = Workspace::with_items(ITEMS);
        let (mut clock, place) = (T0, Workspace::unmade());
        walk(&mut store, &before, &mut clock);
        let mut copy = copied(&store, &place);
        let mut clock_there = clock + MINUTE / 2;
        walk(&mut store, &here, &mut clock);
        walk(&mut copy, &there, &mut clock_there);
        let decided = |event: Event| event.data["decision"].as_str().map(str::to_owned);
        let known: Vec<_> = events(&copy, &queue).into_iter().filter_map(decided).collect();
        let record = |store: &Store| -> BTreeMap<String, (String, String)> {
            let rows = rows(store, &queue, Rows::Items).into_iter();
            rows.map(|(item, decision, reviewer, _)| (item, (decision, reviewer))).collect()
        };
        let before = record(&store);

        let told = merge(&store, &copy, true);
        prop_assert_eq!(record(&store), before.clone());
        let merged = merge(&store, &copy, false);
        prop_assert_eq!(&merged, &told, "a dry run tells what comes");
        assert_sound(&store);

        let after_merge = record(&store);
        let standing = rows(&store, &queue, Rows::Decisions).into_iter().filter(|row| row.3);
        let standing: Vec<_> = standing.map(|(_, id, ..)| id).collect();
        for (item, (decision, reviewer)) in &before {
            let (now, by) = &after_merge[item];
            // Others' decisions that the copy did not know stay of record, unless their own
            // reviewer has replaced them in the copy.
            let may_give_way = known.contains(decision) || !standing.contains(decision);
            prop_assert!(now == decision || by == reviewer || may_give_way, "{}", item);
        }
        let all: Vec<_> = rows(&store, &queue, Rows::Decisions).into_iter().map(|(_, id, ..)| id).collect();
        for one in &merged {
            let is_here = all.contains(&one.decision.id);
            prop_assert_eq!(is_here, one.fate != Fate::Undone, "{:?}", one);
        }
        prop_assert!(merge(&store, &copy, false).is_empty(), "the same again changes nothing");
        walk(&mut store, &after, &mut clock);
        assert_sound(&store);
    }
}

/// In between, the decision does not stand: its reviewer has replaced it in the copy.
#[test]
fn a_decision_that_an_undo_of_the_copy_brings_back_stays_of_record() {
    let (_w, mut store, queue) = Workspace::with_items(ITEMS);
    let place = Workspace::new();
    let mut copy = copied(&store, &place);
    let (ana, ben) = (0, 1);
    walk(&mut store, &[(ana, Act::Decide(3, Verdict::Accept))], &mut T0.clone());
    let record = rows(&store, &queue, Rows::Items);
    let there = [(ana, Act::Decide(3, Verdict::Accept)), (ben, Act::Decide(3, Verdict::Reject)), (ana, Act::Undo)];
    walk(&mut copy, &there, &mut (T0 + 60 * MINUTE));

    let merged = merge(&store, &copy, false);

    assert_eq!(rows(&store, &queue, Rows::Items), record);
    let fate = |who: &str| merged.iter().find(|one| one.decision.reviewer == who).map(|one| one.fate.clone());
    let beside = Fate::SecondOpinion { of_record: Verdict::Accept, by: "ana".into() };
    assert_eq!((fate("ana"), fate("ben")), (Some(Fate::Undone), Some(beside)));
    assert_sound(&store);
}

#[test]
fn a_decision_that_the_log_of_the_copy_does_not_tell_is_left_out() {
    let (_w, store, queue) = Workspace::with_items(ITEMS);
    let place = Workspace::new();
    let mut copy = copied(&store, &place);
    walk(&mut copy, &[(0, Act::Decide(0, Verdict::Accept))], &mut T0.clone());
    place.sql("INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, 'ana', 'decision', 2)").unwrap();
    place
        .sql(
            "INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis,
                 spec_version, decided_at, standing)
             SELECT 'u2', (SELECT MAX(seq) FROM step), queue_id, 2, reviewer, verdict, body, active_millis,
                 spec_version, decided_at, 1 FROM decision WHERE item_seq = 1",
        )
        .unwrap();

    let fates = |merged: Vec<Merged>| merged.into_iter().map(|one| (one.item, one.fate)).collect::<Vec<_>>();
    let untold = ("i2".to_owned(), Fate::LeftOut(Reason::Untold));
    assert_eq!(fates(merge(&store, &copy, false)), [("i1".into(), Fate::Added), untold.clone()]);
    assert_eq!(store.counts(&queue).unwrap().decided(), 1);
    assert_eq!(fates(merge(&store, &copy, false)), [untold]);
    copy.repair("pm", T0 + MINUTE).unwrap();
    assert_eq!(fates(merge(&store, &copy, false)), [("i2".into(), Fate::Added)]);
    assert_sound(&store);
}

#[test]
fn an_undo_that_came_with_a_merge_and_is_told_twice_or_not_at_all_is_named_and_repaired() {
    let (w, store, _queue) = Workspace::with_items(ITEMS);
    let place = Workspace::new();
    let mut copy = copied(&store, &place);
    let acts = [
        (0, Act::Decide(0, Verdict::Accept)),
        (0, Act::Decide(1, Verdict::Accept)),
        (0, Act::Undo),
        (0, Act::Redo),
        (0, Act::Undo),
    ];
    walk(&mut copy, &acts, &mut T0.clone());
    merge(&store, &copy, false);
    assert_sound(&store);
    let log = || store.doctor(T0).unwrap().into_iter().find(|result| result.check == "log").unwrap().detail;
    for nth in 0..3 {
        let turned =
            format!("SELECT seq FROM event WHERE kind IN ('undone', 'redone') ORDER BY seq LIMIT 1 OFFSET {nth}");
        let (event, newest) = (w.number(&turned), w.number("SELECT MAX(seq) FROM event"));
        w.force(&format!("UPDATE event SET kind = 'x' || kind WHERE seq = {event}"));
        assert_ne!(log(), "each decision is told once", "event {event} is gone");
        store.repair("pm", T0).unwrap();
        assert_sound(&store);
        w.force(&format!("DELETE FROM event WHERE seq > {newest}"));
        w.force(&format!("UPDATE event SET kind = substr(kind, 2) WHERE seq = {event}"));
    }
    w.sql(
        "INSERT INTO event (at, queue_id, item_seq, actor, kind, data)
            SELECT at, queue_id, item_seq, actor, kind, data FROM event WHERE kind = 'undone' ORDER BY seq DESC LIMIT 1",
    )
    .unwrap();
    assert_eq!(log(), "1 told twice (i2)");
    store.repair("pm", T0).unwrap();
    assert_sound(&store);
}
