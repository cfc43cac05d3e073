//! Rejected outputs that are made again, and the attempts that take their place.

use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::event::{Event, EventKind};
use karat::domain::item::Item;
use karat::domain::mark::Mark;
use karat::domain::queue::{Over, Queue};
use karat::domain::stage::Stage;
use karat::store::{
    BulkAction, Condition, Fate, ImportOptions, ImportOutcome, MergeTerms, Store, StoreError, ToRetry, UndoScope,
};
use support::fixture::*;

/// The spec of the fixture whose cold replies are made again, up to this many outputs of a case.
fn retried(attempts: u32) -> String {
    retried_when("retryable", attempts)
}

fn retried_when(when: &str, attempts: u32) -> String {
    SPEC.replace("severity = \"minor\"", "severity = \"minor\"\nretryable = true")
        + &format!("\n[retry]\nwhen = \"{when}\"\nattempts = {attempts}\nthen = \"lead\"\n")
}

fn attempt(id: &str, case: &str, attempt: i64) -> Item {
    Item { case: Some(case.into()), attempt, ..plain(id) }
}

fn of_model(item: Item, model: &str) -> Item {
    Item { model: Some(model.into()), ..item }
}

/// Brings the items in with one import.
fn bring(store: &Store, queue: &Queue, items: &[Item]) {
    let records: Vec<_> = items.iter().cloned().map(record).collect();
    import(store, queue, &records, false);
}

fn reject_all(store: &Store, queue: &Queue, items: &[&str]) {
    for item in items {
        store.decide_at_once(queue.actor("ops-1", T0), item, &reject("cold")).unwrap();
    }
}

/// Where an item stands, which attempt of its line it is, and the one that has taken its place.
fn standing(store: &Store, queue: &Queue, id: &str) -> (Stage, i64, Option<String>) {
    let explained = store.explained(queue, id, T0).unwrap();
    (explained.stage, explained.attempt, explained.replaced_by)
}

fn replaced(by: &str) -> (Stage, i64, Option<String>) {
    (Stage::Replaced, 1, Some(by.into()))
}

fn events(store: &Store, queue: &Queue, item: &str) -> Vec<EventKind> {
    let mut kinds = Vec::new();
    let each = |event: Event| {
        kinds.push(event.kind);
        Ok(())
    };
    store.events(queue, Some(item), None, each).unwrap();
    kinds
}

#[test]
fn an_attempt_takes_the_place_of_one_that_is_to_be_made_again() {
    let w = Workspace::new();
    let store = w.open();
    let queue = apply(&store, &retried(3));
    bring(&store, &queue, &[attempt("a1", "a", 1), attempt("b1", "b", 1)]);
    reject_all(&store, &queue, &["a1"]);
    bring(&store, &queue, &[attempt("a2", "a", 2), attempt("b2", "b", 2)]);
    assert_eq!(standing(&store, &queue, "a1"), replaced("a2"));
    assert_eq!(standing(&store, &queue, "a2"), (Stage::Waiting, 2, None));
    assert_eq!(standing(&store, &queue, "b1"), (Stage::Waiting, 1, None), "nobody has rejected it");
    assert_eq!(standing(&store, &queue, "b2"), (Stage::Waiting, 1, None));
    bring(&store, &queue, &[plain("lone")]);
    reject_all(&store, &queue, &["lone"]);
    bring(&store, &queue, &[attempt("lone~2", "lone", 2)]);
    assert_eq!(standing(&store, &queue, "lone"), replaced("lone~2"), "its case is its id");
    assert!(events(&store, &queue, "a1").contains(&EventKind::Replaced { by: "a2".into() }));

    reject_all(&store, &queue, &["a2"]);
    bring(&store, &queue, &[attempt("a7", "a", 7)]);
    assert_eq!(standing(&store, &queue, "a2"), (Stage::Replaced, 2, Some("a7".into())));
    reject_all(&store, &queue, &["a7"]);
    assert_eq!(standing(&store, &queue, "a7"), (Stage::Escalated, 3, None), "all three attempts are used up");
    assert_sound(&store);
}

#[test]
fn outputs_that_came_side_by_side_replace_nothing_and_each_is_followed_by_its_own() {
    let w = Workspace::new();
    let store = w.open();
    let queue = apply(&store, &retried(3));
    let side_by_side = [of_model(attempt("x1", "a", 1), "x"), of_model(attempt("y2", "a", 2), "y")];
    bring(&store, &queue, &side_by_side);
    reject_all(&store, &queue, &["x1", "y2"]);
    bring(&store, &queue, &side_by_side);
    assert_eq!(standing(&store, &queue, "x1"), (Stage::ToRetry, 1, None));

    let third = of_model(attempt("y2~3", "a", 3), "z");
    bring(&store, &queue, &[third, of_model(attempt("x4", "a", 4), "x"), attempt("w5", "a", 5)]);
    assert_eq!(standing(&store, &queue, "y2"), replaced("y2~3"), "its id names it");
    assert_eq!(standing(&store, &queue, "x1"), replaced("x4"), "it is of the same model");
    assert_eq!(standing(&store, &queue, "w5"), (Stage::Waiting, 1, None), "there is none left to replace");
    assert_sound(&store);
}

#[test]
fn a_decision_that_an_attempt_rests_on_stays() {
    let w = Workspace::new();
    let mut store = w.open();
    let queue = apply(&store, &retried(3));
    bring(&store, &queue, &[attempt("a1", "a", 1)]);
    reject_all(&store, &queue, &["a1"]);
    bring(&store, &queue, &[attempt("a2", "a", 2)]);
    let again = store.decide_at_once(queue.actor("ops-1", T0), "a1", &accept());
    assert!(matches!(&again, Err(StoreError::Replaced { by }) if by == "a2"), "{again:?}");
    let another = store.decide_at_once(queue.actor("ops-2", T0), "a1", &accept());
    assert!(matches!(another, Err(StoreError::Replaced { .. })), "{another:?}");
    let undone = store.undo(queue.actor("ops-1", T0), UndoScope::Anything);
    assert!(matches!(undone, Err(StoreError::Replaced { .. })), "{undone:?}");
    let seq = store.seq_of(&queue, "a1").unwrap();
    let outcome = store.bulk(queue.actor("ops-1", T0), vec![seq], BulkAction::Decide(accept())).unwrap();
    assert_eq!((outcome.changed, outcome.decided), (0, 1));
    assert_eq!(standing(&store, &queue, "a1"), replaced("a2"));
    assert_sound(&store);
}

#[test]
fn what_is_to_be_made_again_comes_with_the_number_of_its_next_attempt() {
    let w = Workspace::new();
    let store = w.open();
    let queue = apply(&store, &retried(4));
    bring(
        &store,
        &queue,
        &[attempt("a1", "a", 1), attempt("a2", "a", 7), plain("b"), attempt("c1", "c", 1), plain("d")],
    );
    bring(&store, &queue, &[attempt("b~2", "b", 2)]);
    reject_all(&store, &queue, &["d", "b", "a1", "b~2"]);
    let filter = store.filter(&queue, "NOT id:d").unwrap();
    let filter = store.resolve(&queue, &filter, T0).unwrap();
    let some = store.condition(&queue, &filter, "ops-1").unwrap();
    let told = |condition| {
        let mut told = Vec::new();
        let each = |item: ToRetry| -> Result<(), StoreError> {
            assert_eq!(item.rejected.decision.judgement.draft.categories, ["cold"]);
            told.push((item.rejected.id().to_owned(), item.case, item.attempt));
            Ok(())
        };
        store.to_retry(&queue, condition, each).unwrap();
        told
    };
    let line = |id: &str, case: &str, attempt| (id.to_owned(), case.to_owned(), attempt);
    let found = [line("a1", "a", 8), line("b", "b", 3), line("b~2", "b", 3)];
    assert_eq!(told(some), found);
    assert_eq!(told(Condition::default()), [&found[..1], &found[1..2], &[line("d", "d", 2)], &found[2..]].concat());
}

#[test]
fn an_attempt_that_is_being_made_is_claimed_and_comes_in_once() {
    let w = Workspace::new();
    let (store, other) = (w.open(), w.open());
    let queue = apply(&store, &retried(3));
    bring(&store, &queue, &[plain("a"), plain("b"), plain("open")]);
    reject_all(&store, &queue, &["a", "b"]);
    let [a, b, open] = ["a", "b", "open"].map(|id| store.seq_of(&queue, id).unwrap());
    let at = |now| queue.actor("engineer", now);
    let claim = store.claim_retry(at(T0), a).unwrap().expect("it is free");
    assert_eq!(other.claim_retry(at(T0), a).unwrap(), None, "one program at a time makes it");
    assert_eq!(store.claim_retry(at(T0), open).unwrap(), None, "nobody has rejected it");
    let later = other.claim_retry(at(claim.expires_at), a).unwrap();
    assert!(later.is_some(), "a claim that has run out is taken over");

    let mut session = store.begin_attempts(&queue, "make", "engineer", T0).unwrap();
    let mut others = other.begin_attempts(&queue, "make", "engineer", T0).unwrap();
    let made = |id: &str| record(attempt(id, "a", 2));
    assert_eq!(store.import_attempt(&mut session, a, &made("a~2"), T0).unwrap(), Some(ImportOutcome::New));
    assert_eq!(other.import_attempt(&mut others, a, &made("mine"), T0).unwrap(), None, "it is made already");
    let taken = other.import_attempt(&mut others, b, &record(attempt("a", "b", 2)), T0).unwrap();
    assert!(matches!(taken, Some(ImportOutcome::Refused(_))), "its id is another's: {taken:?}");
    assert_eq!(standing(&store, &queue, "b"), (Stage::ToRetry, 1, None));
    let made = other.import_attempt(&mut others, b, &record(attempt("b~2", "b", 2)), T0).unwrap();
    assert_eq!(made, Some(ImportOutcome::New));
    for (store, session) in [(&store, session), (&other, others)] {
        store.end_import(session, &serde_json::json!({}), T0).unwrap();
    }
    assert_eq!(standing(&store, &queue, "a"), replaced("a~2"));
    assert_eq!(standing(&store, &queue, "b~2"), (Stage::Waiting, 2, None));
    assert_eq!(store.counts(&queue).unwrap().items, 5);
    store.release(a, &later.unwrap().token).unwrap();
    assert_sound(&store);
}

#[test]
fn a_filter_says_which_rejections_are_made_again() {
    let w = Workspace::new();
    let mut store = w.open();
    let queue = apply(&store, &retried_when("category:wrong attempt<2 score.tone<2", 3));
    bring(&store, &queue, &[plain("found"), plain("kind"), plain("cold"), attempt("second", "c", 2)]);
    let scored = |category: &str, tone| {
        let mut judgement = reject(category);
        judgement.draft_mut().scores.insert("tone".into(), tone);
        judgement
    };
    let decide = |store: &Store, queue: &Queue, id: &str, judgement: Judgement| {
        store.decide_at_once(queue.actor("ops-1", T0), id, &judgement).unwrap();
        standing(store, queue, id).0
    };
    assert_eq!(decide(&store, &queue, "found", scored("wrong", 1)), Stage::ToRetry);
    assert_eq!(decide(&store, &queue, "kind", scored("wrong", 3)), Stage::Rejected);
    assert_eq!(decide(&store, &queue, "cold", scored("cold", 1)), Stage::Rejected, "whatever is retryable");
    assert_eq!(decide(&store, &queue, "second", scored("wrong", 1)), Stage::Rejected);
    assert_sound(&store);

    assert_eq!(decide(&store, &queue, "found", scored("wrong", 2)), Stage::Rejected, "decided otherwise");
    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap();
    assert_eq!(standing(&store, &queue, "found").0, Stage::ToRetry, "the earlier decision counts again");
    store.redo(queue.actor("ops-1", T0)).unwrap();
    assert_eq!(standing(&store, &queue, "found").0, Stage::Rejected);
    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap();
    assert_sound(&store);

    // A decision goes by the rules of its version.
    let queue = apply(&store, &retried(3));
    assert_eq!(standing(&store, &queue, "found").0, Stage::ToRetry);
    assert_eq!(decide(&store, &queue, "found", scored("wrong", 1)), Stage::Rejected, "it is not retryable");
    assert_eq!(decide(&store, &queue, "cold", scored("cold", 1)), Stage::ToRetry);
    assert_sound(&store);
    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap();
    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap();
    assert_eq!(standing(&store, &queue, "found").0, Stage::ToRetry);
    assert_sound(&store);
}

#[test]
fn a_filter_is_asked_of_what_several_opinions_and_a_bulk_come_to() {
    let w = Workspace::new();
    let mut store = w.open();
    let source = retried_when("category:wrong", 2) + "\n[[sample]]\nwhen = \"id:two*\"\nrate = 1\nopinions = 2\n";
    let queue = apply(&store, &source);
    bring(&store, &queue, &[plain("two"), plain("b1"), plain("b2")]);
    let by = |store: &Store, reviewer: &str, category: &str| {
        store.decide_at_once(queue.actor(reviewer, T0), "two", &reject(category)).unwrap();
    };
    by(&store, "ops-1", "wrong");
    assert_eq!(standing(&store, &queue, "two").0, Stage::NeedsOpinion);
    by(&store, "ops-2", "cold");
    assert_eq!(standing(&store, &queue, "two").0, Stage::ToRetry, "the first of them is of record");
    let seqs = ["b1", "b2"].map(|id| store.seq_of(&queue, id).unwrap()).to_vec();
    store.bulk(queue.actor("ops-1", T0), seqs, BulkAction::Decide(reject("wrong"))).unwrap();
    assert_eq!(standing(&store, &queue, "b2").0, Stage::ToRetry);
    assert_sound(&store);
    bring(&store, &queue, &[attempt("b1~2", "b1", 2)]);
    reject_items(&store, &queue, "b1~2", "wrong");
    assert_eq!(standing(&store, &queue, "b1~2"), (Stage::Escalated, 2, None), "its attempts are used up");
    assert_sound(&store);
}

fn reject_items(store: &Store, queue: &Queue, item: &str, category: &str) {
    store.decide_at_once(queue.actor("ops-1", T0), item, &reject(category)).unwrap();
}

#[test]
fn doctor_finds_an_item_that_says_otherwise_than_the_filter() {
    let w = Workspace::new();
    let store = w.open();
    let queue = apply(&store, &retried_when("category:wrong", 2));
    bring(&store, &queue, &[plain("a")]);
    reject_items(&store, &queue, "a", "cold");
    assert_sound(&store);
    w.force("UPDATE item SET retries = 1");
    let found = store.doctor(T0).unwrap();
    let check = found.iter().find(|result| result.check == "retry filter").unwrap();
    assert!(!check.ok && check.detail.contains("1 rejections"), "{check:?}");
}

/// The decision that rejected the attempt before, as far as the reviewer may know of it.
fn why(store: &Store, queue: &Queue, item: &str, reviewer: &str) -> (String, Option<Draft>) {
    let seq = store.seq_of(queue, item).unwrap();
    let previous = store.previous_attempt(queue, seq, reviewer).unwrap().unwrap();
    (previous.id, previous.rejection.map(|decision| Draft::clone(&decision.judgement.draft)))
}

#[test]
fn the_next_attempt_is_told_why_the_last_one_was_rejected() {
    let w = Workspace::new();
    let store = w.open();
    let queue = apply(&store, &retried(3));
    let side_by_side = [of_model(attempt("x1", "a", 1), "x"), of_model(attempt("y2", "a", 2), "y")];
    bring(&store, &queue, &side_by_side);
    let marks = vec![Mark::on("answer x1", 0..6, "cold", "").unwrap()];
    let draft = Draft { categories: vec!["cold".into()], note: "too short".into(), marks, ..Draft::default() };
    let judgement = Judgement::new(Verdict::Reject, draft.clone());
    store.decide_at_once(queue.actor("ops-1", T0), "x1", &judgement).unwrap();
    assert_eq!(why(&store, &queue, "y2", "ops-1"), ("x1".into(), Some(draft.clone())), "it is their own");
    assert_eq!(why(&store, &queue, "y2", "ops-2"), ("x1".into(), None), "both came before anybody had decided");

    bring(&store, &queue, &[of_model(attempt("x4", "a", 4), "x")]);
    assert_eq!(standing(&store, &queue, "x1"), replaced("x4"));
    assert_eq!(why(&store, &queue, "x4", "ops-2"), ("x1".into(), Some(draft)), "the one that it replaces");
    bring(&store, &queue, &[plain("lone")]);
    reject_all(&store, &queue, &["lone"]);
    bring(&store, &queue, &[attempt("lone~2", "lone", 2)]);
    let (id, draft) = why(&store, &queue, "lone~2", "ops-2");
    assert_eq!((id.as_str(), draft.unwrap().categories), ("lone", vec!["cold".to_owned()]));
    let seq = store.seq_of(&queue, "x1").unwrap();
    assert_eq!(store.previous_attempt(&queue, seq, "ops-2").unwrap(), None);
}

#[test]
fn an_attempt_that_came_after_the_rejection_is_told_why_without_a_rule_of_retries() {
    let w = Workspace::new();
    let store = w.open();
    let queue = apply(&store, SPEC);
    let came_at = |id: &str, number: i64, at: i64| {
        let mut session = store.begin_import(&queue, id, ImportOptions::default(), "pipeline", at).unwrap();
        let records = [record(attempt(id, "a", number))];
        store.import_records(&mut session, records.iter(), at).unwrap();
        store.end_import(session, &serde_json::json!({}), at).unwrap();
    };
    came_at("a1", 1, T0);
    store.decide_at_once(queue.actor("ops-1", T0 + MINUTE), "a1", &reject("cold")).unwrap();
    came_at("a2", 2, T0 + 2 * MINUTE);
    let (_, told) = why(&store, &queue, "a2", "ops-2");
    assert_eq!(told.unwrap().categories, ["cold"]);

    let seq = store.seq_of(&queue, "a2").unwrap();
    let history = store.history(&queue, seq, "ops-2", None).unwrap();
    assert!(history.blind, "the item itself is to be decided");
    let attempts: Vec<_> = history.attempts.iter().map(|a| (a.id.as_str(), a.verdict, a.withheld)).collect();
    assert_eq!(attempts, [("a2", None, false), ("a1", Some(Verdict::Reject), false)]);
    assert!(history.entries.iter().all(|entry| !entry.withheld));

    store.decide_at_once(queue.actor("ops-1", T0 + 3 * MINUTE), "a2", &reject("cold")).unwrap();
    let history = store.history(&queue, seq, "ops-2", None).unwrap();
    let withheld: Vec<_> = history.attempts.iter().map(|a| (a.id.as_str(), a.withheld)).collect();
    assert_eq!(withheld, [("a2", true), ("a1", false)], "another's opinion on the item itself is not told");
}

#[test]
fn what_a_copy_brings_where_an_attempt_stands_counts_nowhere() {
    let w = Workspace::new();
    let store = w.open();
    let queue = apply(&store, &retried(3));
    bring(&store, &queue, &[attempt("a1", "a", 1)]);
    reject_all(&store, &queue, &["a1"]);
    let copy = Workspace::unmade();
    let mut moving = store.begin_move(copy.place()).unwrap();
    while moving.advance().unwrap() {}
    let there = moving.finish().unwrap().store;
    bring(&store, &queue, &[attempt("a2", "a", 2)]);
    there.decide_at_once(queue.actor("ops-2", T0).over(Over::Anybody), "a1", &accept()).unwrap();
    there.decide_at_once(queue.actor("ops-1", T0).over(Over::Anybody), "a1", &accept()).unwrap();
    let mut fates = Vec::new();
    store
        .merge(&there, MergeTerms { name: "copy", actor: "pm", dry_run: false, now: T0 }, |one| fates.push(one.fate))
        .unwrap();
    let beside = Fate::SecondOpinion { of_record: Verdict::Reject, by: "ops-1".into() };
    assert_eq!(fates, [beside, Fate::Superseded]);
    assert_eq!(standing(&store, &queue, "a1"), replaced("a2"));
    assert_eq!(w.number("SELECT COUNT(*) FROM item WHERE id = 'a1' AND verdict = 'reject'"), 1);
    assert_sound(&store);
}
