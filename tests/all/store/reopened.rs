//! Reopening: what was settled is put back, by a lead; what stood stays in the history.

use karat::domain::decision::Verdict;
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use karat::store::{BulkAction, Change, Fate, MergeTerms, Next, Pick, State, Store, StoreError, UndoScope};
use support::fixture::*;

fn reopen(store: &Store, queue: &Queue, item: &str, to: Option<&str>, now: i64) -> Result<usize, StoreError> {
    let seq = store.seq_of(queue, item).unwrap();
    store.reopen(queue.actor("lee", now), seq, "the rule was changed", to)
}

fn at(w: &Workspace, item: &str, stage: Stage) {
    let found = format!("SELECT COUNT(*) FROM item WHERE id = '{item}' AND stage = '{}'", stage.as_str());
    assert_eq!(w.number(&found), 1, "{item} is not {stage:?}");
}

fn next(store: &mut Store, queue: &Queue, reviewer: &str) -> Option<String> {
    let next = store.next(queue.actor(reviewer, T0), Pick::default()).unwrap();
    store.release_all().unwrap();
    match next {
        Next::Item(served) => Some(served.item.id),
        Next::End(_) => None,
    }
}

#[test]
fn a_settled_item_waits_again_and_what_stood_stays_in_its_history() {
    let (w, mut store, queue) = Workspace::with_items(1);
    store.decide_at_once(queue.actor("ana", T0), "i1", &reject("cold")).unwrap();
    assert_eq!(reopen(&store, &queue, "i1", None, T0 + MINUTE).unwrap(), 1);
    at(&w, "i1", Stage::Waiting);
    let span = format!("SELECT COUNT(*) FROM decision WHERE stood_from = {T0} AND stood_until = {}", T0 + MINUTE);
    assert_eq!(w.number(&span), 1);
    assert_eq!(store.counts(&queue).unwrap().remaining(), 1);
    let seq = store.seq_of(&queue, "i1").unwrap();
    let history = store.history(&queue, seq, "ana", None).unwrap();
    let states: Vec<State> = history.entries.iter().filter_map(|entry| Some(entry.decision.as_ref()?.state)).collect();
    assert_eq!(states, [State::Reopened]);
    assert_eq!(history.entries[0].event.word, "reopened");
    assert_sound(&store);

    let undone = store.undo(queue.actor("ana", T0 + 2 * MINUTE), UndoScope::Decisions).unwrap();
    assert_eq!(undone, None, "what was reopened is no more to be taken back");
    decide_next(&mut store, &queue, "ana", &accept(), T0 + 3 * MINUTE);
    at(&w, "i1", Stage::Accepted);
    let refused = store.undo(queue.actor("lee", T0 + 3 * MINUTE), UndoScope::Anything).unwrap_err();
    assert_eq!(refused.to_string(), "`ana` has decided this item since");
    store.undo(queue.actor("ana", T0 + 4 * MINUTE), UndoScope::Anything).unwrap().unwrap();
    at(&w, "i1", Stage::Waiting);
    store.release_all().unwrap();
    let undone = store.undo(queue.actor("lee", T0 + 5 * MINUTE), UndoScope::Decisions).unwrap().unwrap();
    assert_eq!(undone.change, Change::Reopening { stands: Some(Verdict::Reject) });
    at(&w, "i1", Stage::Rejected);
    store.release_all().unwrap();
    store.redo(queue.actor("lee", T0 + 6 * MINUTE)).unwrap().unwrap();
    at(&w, "i1", Stage::Waiting);
    assert_eq!(w.number("SELECT COUNT(*) FROM decision_span"), 1);
    assert_sound(&store);
}

#[test]
fn what_settled_opinions_goes_with_them_and_comes_back_with_them() {
    let (w, store, _) = Workspace::with_items(3);
    let owned = SPEC.replace("name = \"Lead\"", "name = \"Lead\"\nowner = \"cy\"");
    let queue = apply(&store, &format!("{owned}\n[review]\nadjudicator = \"lee\"\n"));
    w.sql("UPDATE item SET opinions = 2").unwrap();
    let decide = |reviewer: &str, item: &str, judgement| {
        store.decide_at_once(queue.actor(reviewer, T0), item, &judgement).unwrap();
    };
    for item in ["i1", "i2", "i3"] {
        decide("ana", item, accept());
        decide("ben", item, if item == "i3" { escalate() } else { reject("cold") });
    }
    decide("lee", "i1", reject("wrong"));
    store.answer(queue.actor("cy", T0), "i3", &accept()).unwrap();
    let refused = store.decide_at_once(queue.actor("ana", T0), "i1", &reject("cold")).unwrap_err();
    assert!(refused.hint().unwrap().contains("karat reopen"), "{refused}");

    for (item, decisions, stage) in [("i1", 3, Stage::Rejected), ("i2", 2, Stage::Disputed), ("i3", 3, Stage::Accepted)]
    {
        at(&w, item, stage);
        assert_eq!(reopen(&store, &queue, item, None, T0 + MINUTE).unwrap(), decisions, "{item}");
        at(&w, item, Stage::Waiting);
        assert_eq!(w.number("SELECT COUNT(*) FROM escalation"), 0, "nobody is asked any more");
        let again = reopen(&store, &queue, item, None, T0 + MINUTE).unwrap_err();
        assert_eq!(again.to_string(), "nothing was decided on this item");
        assert_sound(&store);
    }
    let mut store = store;
    for (item, stage) in [("i3", Stage::Accepted), ("i2", Stage::Disputed), ("i1", Stage::Rejected)] {
        store.undo(queue.actor("lee", T0 + 2 * MINUTE), UndoScope::Decisions).unwrap().unwrap();
        store.release_all().unwrap();
        at(&w, item, stage);
        assert_sound(&store);
    }
    decide_anew(&mut store, &queue);
}

/// The opinions can be given again, by the same people.
fn decide_anew(store: &mut Store, queue: &Queue) {
    reopen(store, queue, "i1", None, T0 + 3 * MINUTE).unwrap();
    for reviewer in ["ana", "ben"] {
        let (served, token) = serve(store, queue, reviewer, T0 + 4 * MINUTE);
        assert_eq!(served.item.id, "i1");
        store.decide(queue.actor(reviewer, T0 + 4 * MINUTE), served.seq, &token, &accept()).unwrap();
        store.release_all().unwrap();
    }
    assert_eq!(store.counts(queue).unwrap().at(Stage::Accepted), 2);
    assert_sound(store);
}

#[test]
fn what_was_reopened_does_not_come_back_with_an_undo_of_what_had_replaced_it() {
    let (w, mut store, queue) = Workspace::with_items(1);
    let ana = queue.actor("ana", T0);
    store.decide_at_once(ana, "i1", &reject("cold")).unwrap();
    store.decide_at_once(ana, "i1", &accept()).unwrap();
    store.undo_decision(ana).unwrap();
    at(&w, "i1", Stage::Rejected);
    reopen(&store, &queue, "i1", None, T0).unwrap();
    store.redo(ana).unwrap().unwrap();
    at(&w, "i1", Stage::Accepted);
    store.undo(ana, UndoScope::Anything).unwrap().unwrap();
    at(&w, "i1", Stage::Waiting);
    assert_sound(&store);
}

#[test]
fn what_was_reopened_does_not_come_back_with_a_redo_of_many() {
    let (w, mut store, queue) = Workspace::with_items(2);
    let ana = queue.actor("ana", T0);
    let seqs = ["i1", "i2"].map(|id| store.seq_of(&queue, id).unwrap()).to_vec();
    store.bulk(ana, seqs, BulkAction::Decide(accept())).unwrap();
    reopen(&store, &queue, "i1", None, T0).unwrap();
    for redone in [Stage::Waiting, Stage::Accepted] {
        let turned = if redone == Stage::Waiting { store.undo(ana, UndoScope::Anything) } else { store.redo(ana) };
        let change = turned.unwrap().unwrap().change;
        assert_eq!(change, Change::Bulk { what: "decision", items: 1, kept: 0 });
        at(&w, "i1", Stage::Waiting);
        at(&w, "i2", redone);
        assert_sound(&store);
    }
}

#[test]
fn who_it_was_put_back_for_is_served_it_first_and_nobody_else() {
    let (w, mut store, queue) = Workspace::with_items(3);
    for (name, role) in [("ana", "reviewer"), ("ben", "reviewer"), ("cy", "reviewer"), ("lee", "lead")] {
        let row =
            format!("INSERT INTO person (name, role, granted_by, granted_at) VALUES ('{name}', '{role}', 'pm', 1)");
        w.sql(&row).unwrap();
    }
    store.decide_at_once(queue.actor("ana", T0), "i3", &accept()).unwrap();
    reopen(&store, &queue, "i3", Some("ben"), T0).unwrap();
    assert_eq!(next(&mut store, &queue, "ben").as_deref(), Some("i3"));
    let seq = store.seq_of(&queue, "i3").unwrap();
    let shown = store.show(queue.actor("ben", T0), seq).unwrap();
    assert_eq!(shown.opinions.reopened, Some(("lee".into(), "the rule was changed".into())), "it was written to them");
    store.release_all().unwrap();
    for item in ["i1", "i2"] {
        store.decide_at_once(queue.actor("ana", T0), item, &accept()).unwrap();
    }
    assert_eq!(next(&mut store, &queue, "ana"), None, "it is for ben");
    assert_eq!(store.explained(&queue, "i3", T0).unwrap().reserved_for.as_deref(), Some("ben"));
    reopen(&store, &queue, "i3", Some("cy"), T0).unwrap();
    assert_eq!((next(&mut store, &queue, "ben"), next(&mut store, &queue, "cy").as_deref()), (None, Some("i3")));
    let seq = store.seq_of(&queue, "i3").unwrap();
    store.decline(queue.actor("cy", T0), seq, "field").unwrap();
    assert_eq!(next(&mut store, &queue, "ana").as_deref(), Some("i3"), "nobody waits for who declined it");
    let refused = reopen(&store, &queue, "i3", Some("cy"), T0).unwrap_err();
    assert_eq!(refused.to_string(), "`cy` has declined this item");
    assert_sound(&store);
}

#[test]
fn an_item_whose_place_an_attempt_has_taken_is_not_reopened() {
    let (w, store, queue) = Workspace::with_items(2);
    store.decide_at_once(queue.actor("ana", T0), "i1", &reject("cold")).unwrap();
    w.sql("UPDATE item SET replaced_by = 2, stage = 'replaced' WHERE id = 'i1'").unwrap();
    let refused = reopen(&store, &queue, "i1", None, T0).unwrap_err();
    assert!(matches!(&refused, StoreError::Replaced { by } if by == "i2"), "{refused}");
    assert!(refused.hint().unwrap().contains("i2"));
}

#[test]
fn only_a_lead_reopens_where_somebody_was_granted_a_role() {
    let (_w, store, queue) = Workspace::in_file().filled(1);
    store.decide_at_once(queue.actor("ana", T0), "i1", &accept()).unwrap();
    store.grant("ana", karat::domain::team::Role::Reviewer, None, "lee", T0).unwrap();
    let seq = store.seq_of(&queue, "i1").unwrap();
    let refused = store.reopen(queue.actor("ana", T0), seq, "mine", None).unwrap_err();
    assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
    let stranger = reopen(&store, &queue, "i1", Some("zoe"), T0).unwrap_err();
    assert_eq!(stranger.to_string(), "`zoe` may not decide here");
    reopen(&store, &queue, "i1", Some("ana"), T0).unwrap();
    assert_sound(&store);
}

#[test]
fn what_was_reopened_in_a_copy_comes_in_and_does_not_stand() {
    let (w, store, queue) = Workspace::with_items(1);
    let folder = tempfile::tempdir().unwrap();
    let other = {
        let mut moving = store.begin_move(folder.path().join("copy.db").as_path()).unwrap();
        while moving.advance().unwrap() {}
        moving.finish().unwrap().store
    };
    other.decide_at_once(queue.actor("ana", T0), "i1", &accept()).unwrap();
    reopen(&other, &queue, "i1", None, T0 + MINUTE).unwrap();
    let terms = MergeTerms { name: "copy", actor: "pm", dry_run: false, now: T0 + 2 * MINUTE };
    let mut fates = Vec::new();
    store.merge(&other, terms, |merged| fates.push(merged.fate)).unwrap();
    assert_eq!(fates, [Fate::Undone]);
    at(&w, "i1", Stage::Waiting);
    assert_eq!(w.number("SELECT COUNT(*) FROM decision"), 1);
    assert_sound(&store);
}
