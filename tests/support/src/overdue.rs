//! Questions that nobody answered in time, and programs that let them go on.

use crate::fixture::{apply, escalate, import, plain, record};
use crate::program::{Outcome, Program};
use crate::spec::SPEC;
use karat::domain::event::EventKind;
use karat::domain::queue::Queue;
use karat::store::{BulkAction, Condition, Sort, Store};
use serde_json::Value;
use std::collections::BTreeSet;
use std::process::Command;

const HOUR: i64 = 3_600_000;

/// A queue with so many questions that were due on the route `lead` hours ago, from which they go on to
/// the route `desk`, where none is due.
pub fn ask_long_ago(store: &mut Store, questions: usize) -> Queue {
    let lead = "name = \"Lead\"\ndue_hours = 1\noverdue = \"desk\"";
    let spec = SPEC.replace("name = \"Lead\"", lead);
    let queue = apply(store, &spec.replace("name = \"Policy desk\"", "name = \"Policy desk\"\nowner = \"li\""));
    let records: Vec<_> = (1..=questions).map(|n| record(plain(&format!("i{n}")))).collect();
    import(store, &queue, &records, false);
    let items = store.whole_listing(&queue, Condition::default(), Sort::default()).unwrap().seqs().to_vec();
    let asked_at = store.now() - 3 * HOUR;
    store.bulk(queue.actor("ana", asked_at), items, BulkAction::Decide(escalate())).unwrap();
    queue
}

/// The items whose questions went on, by the log; fails where one did so twice, or where the questions on the
/// route `desk` are others.
pub fn gone_on(store: &Store, queue: &Queue) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let each = |event: karat::domain::event::Event| {
        if let (EventKind::Moved(_), Some(item)) = (&event.kind, event.item) {
            assert!(found.insert(item.clone()), "{item} went on twice");
        }
        Ok(())
    };
    store.events(queue, None, None, each).unwrap();
    let on_desk = store.inbox("li", Some("desk"), 1_000_000).unwrap().into_iter().map(|asked| asked.item);
    let others: Vec<_> = on_desk.collect::<BTreeSet<_>>().symmetric_difference(&found).take(9).cloned().collect();
    assert!(others.is_empty(), "what went on is on the desk, but for {others:?}");
    found
}

pub fn tick(program: &Program, number: usize) -> Command {
    let mut command = program.command();
    command.args(["tick", "--json", "--as", &format!("ops-{number}")]);
    command
}

/// Lets so many programs do at once what is due; gives what they told, together. Fails where two told of the
/// same.
pub fn tick_at_once(program: &Program, programs: usize) -> BTreeSet<String> {
    let all: Vec<_> = (0..programs).map(|number| tick(program, number).spawn().unwrap()).collect();
    let mut told = BTreeSet::new();
    for one in all {
        let outcome: Outcome = one.into();
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
        for line in outcome.out.lines() {
            let moved: Value = serde_json::from_str(line).unwrap();
            assert_eq!(moved["route"], "desk", "{moved}");
            let item = moved["item"].as_str().unwrap().to_owned();
            assert!(told.insert(item), "two programs told that this went on: {moved}");
        }
    }
    told
}
