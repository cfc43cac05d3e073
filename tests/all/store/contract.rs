//! What every engine keeps.

use karat::domain::claim::{CLAIM_MILLIS, Claimed};
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::event::{Event, EventKind};
use karat::domain::item::{Content, ContentKind};
use karat::domain::macros::Macro;
use karat::domain::queue::{Counts, Over};
use karat::domain::stage::Stage;
use karat::store::{
    Applied, BulkAction, By, Change, ImportOutcome, Next, Pick, Resampled, Rows, Sort, State, StoreError, UndoScope,
};
use support::fixture::*;

fn export(store: &karat::store::Store, queue: &karat::domain::queue::Queue, rows: Rows) -> Vec<(String, String, bool)> {
    let mut found = Vec::new();
    let each = |row: karat::store::Outgoing| -> karat::store::Result<()> {
        found.push((row.id().to_owned(), row.decision.judgement.verdict.as_str().to_owned(), row.standing));
        Ok(())
    };
    store.outgoing(queue, rows, &[], &karat::store::Condition::default(), None, each).unwrap();
    found
}

#[test]
fn importing_the_same_records_again_changes_nothing() {
    let (_w, store, queue) = Workspace::with_items(3);
    let again: Vec<_> = (1..=3).map(|n| record(plain(&format!("i{n}")))).collect();
    assert_eq!(import(&store, &queue, &again, false), vec![ImportOutcome::Unchanged; 3]);
    assert_eq!(store.counts(&queue).unwrap().items, 3);
    assert_sound(&store);
}

#[test]
fn a_second_id_in_one_file_is_refused_on_every_import() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let twice = [record(plain("i1")), record(plain("i1"))];
    for first in [ImportOutcome::New, ImportOutcome::Unchanged] {
        let taken = import(&store, &queue, &twice, false);
        assert_eq!(taken[0], first);
        assert!(
            matches!(&taken[1], ImportOutcome::Refused(why) if why.contains("earlier in the same file")),
            "{taken:?}"
        );
    }
}

#[test]
fn other_content_needs_update_and_no_decision_resting_on_it() {
    let (_w, mut store, queue) = Workspace::with_items(2);
    let mut changed = plain("i1");
    changed.output = Content::text("another answer");
    let changed = [record(changed)];
    assert!(
        matches!(&import(&store, &queue, &changed, false)[0], ImportOutcome::Refused(why) if why.contains("--update"))
    );
    assert_eq!(import(&store, &queue, &changed, true), [ImportOutcome::Updated]);
    let (served, _) = serve(&mut store, &queue, "ops-1", T0);
    assert_eq!(served.item.output.text, "another answer");

    store.decide_at_once(queue.actor("ops-1", T0), "i2", &accept()).unwrap();
    let mut decided = plain("i2");
    decided.output = Content::text("too late");
    let taken = import(&store, &queue, &[record(decided)], true);
    assert!(matches!(&taken[0], ImportOutcome::Refused(why) if why.contains("a decision rests on it")), "{taken:?}");
    assert_sound(&store);
}

#[test]
fn an_item_comes_back_exactly_as_it_went_in() {
    let workspace = Workspace::new();
    let mut store = workspace.open();
    let queue = apply(&store, SPEC);
    let mut item = plain("all-fields");
    item.output = Content {
        kind: karat::domain::item::ContentKind::Json,
        text: r#"{"n": 1.10, "big":12345678901234567890}"#.into(),
    };
    item.reference = Some(Content::text("the reference"));
    item.case = Some("case-1".into());
    item.attempt = 2;
    item.priority = 7;
    item.model = Some("m".into());
    item.prompt_version = Some("p".into());
    item.latency_ms = Some(12.5);
    item.cost_usd = Some(0.000_1);
    item.tokens_in = Some(10);
    item.tokens_out = Some(20);
    item.created_at = Some(T0);
    item.tags = vec!["a".into(), "b;c".into()];
    item.meta = Some(r#"{"x":1.0}"#.into());
    import(&store, &queue, &[record(item.clone())], false);
    assert_eq!(serve(&mut store, &queue, "ops-1", T0).0.item, item);
}

#[test]
fn higher_priority_is_served_first_then_the_order_of_import() {
    let workspace = Workspace::new();
    let mut store = workspace.open();
    let queue = apply(&store, SPEC);
    let records: Vec<_> = [("low", 0), ("high", 5), ("middle", 1), ("low-2", 0)]
        .map(|(id, priority)| {
            let mut item = plain(id);
            item.priority = priority;
            record(item)
        })
        .into();
    import(&store, &queue, &records, false);
    let order: Vec<String> = (0..4).map(|_| serve(&mut store, &queue, "ops-1", T0).0.item.id).collect();
    assert_eq!(order, ["high", "middle", "low", "low-2"]);
}

#[test]
fn nobody_is_served_what_another_holds_until_the_claim_expires() {
    let (w, mut store, queue) = Workspace::with_items(2);
    let mut other = w.open();
    let (first, _) = serve(&mut store, &queue, "ops-1", T0);
    let (second, _) = serve(&mut other, &queue, "ops-2", T0);
    assert_ne!(first.seq, second.seq);

    let Next::End(end) = other.next(queue.actor("ops-3", T0 + MINUTE), Pick::default()).unwrap() else {
        panic!("all is held")
    };
    let held: Vec<_> = end.claimed.iter().map(|h| (h.reviewer.as_str(), h.items, h.first_free_at)).collect();
    assert_eq!(held, [("ops-1", 1, T0 + CLAIM_MILLIS), ("ops-2", 1, T0 + CLAIM_MILLIS)]);

    let (late, _) = serve(&mut other, &queue, "ops-3", T0 + CLAIM_MILLIS + 1);
    assert_eq!(late.seq, first.seq, "an expired claim frees its item");
}

#[test]
fn a_lost_claim_cannot_decide_and_says_who_has_the_item() {
    let (w, mut store, queue) = Workspace::with_items(1);
    let mut other = w.open();
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    let later = T0 + CLAIM_MILLIS + 1;
    serve(&mut other, &queue, "ops-2", later);
    let error = store.decide(queue.actor("ops-1", later), served.seq, &token, &accept()).unwrap_err();
    assert!(error.to_string().contains("ops-2"), "{error}");
    assert_eq!(store.counts(&queue).unwrap().decided(), 0);
    assert!(store.extend(served.seq, &token, later).is_err());
    assert_sound(&store);
}

#[test]
fn an_expired_claim_that_nobody_took_still_decides() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    let later = T0 + 3 * CLAIM_MILLIS;
    store.decide(queue.actor("ops-1", later), served.seq, &token, &accept()).unwrap();
    assert_eq!(store.counts(&queue).unwrap().at(Stage::Accepted), 1);
}

#[test]
fn extending_keeps_others_away() {
    let (w, mut store, queue) = Workspace::with_items(1);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    let expiry = store.extend(served.seq, &token, T0 + 4 * MINUTE).unwrap();
    assert_eq!(expiry, T0 + 4 * MINUTE + CLAIM_MILLIS);
    let shown = w.open().show(queue.actor("ops-2", T0 + 6 * MINUTE), served.seq).unwrap();
    assert_eq!(shown.claimed, Claimed::Other { reviewer: "ops-1".into(), until: expiry });
}

#[test]
fn a_decision_sent_twice_under_one_claim_is_recorded_once() {
    let (_w, mut store, queue) = Workspace::with_items(3);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    let (first, _) = store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept()).unwrap();
    // Its answer was lost on the way.
    let (again, next) = store.decide(queue.actor("ops-1", T0 + 1), served.seq, &token, &accept()).unwrap();
    assert_eq!(first.id, again.id);
    assert!(matches!(next, Next::Item(_)));
    assert_eq!(export(&store, &queue, Rows::Decisions).len(), 1);
    assert_eq!(store.counts(&queue).unwrap().at(Stage::Accepted), 1);
    let error = store.decide(queue.actor("ops-1", T0), served.seq, "another claim", &accept()).unwrap_err();
    assert!(matches!(error, StoreError::ClaimLost { .. }), "{error}");
    assert_sound(&store);
}

#[test]
fn deciding_serves_the_next_and_moves_the_counters() {
    let (_w, mut store, queue) = Workspace::with_items(3);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    let (decision, next) = store.decide(queue.actor("ops-1", T0), served.seq, &token, &reject("wrong")).unwrap();
    assert_eq!(decision.spec_version, 1);
    assert_eq!(taken(next).0.item.id, "i2");
    let counts = Counts::of_stages(3, [(Stage::Rejected, 1)]);
    assert_eq!(store.counts(&queue).unwrap(), counts);
    assert_eq!(export(&store, &queue, Rows::Items), [("i1".into(), "reject".into(), true)]);
    assert_sound(&store);
}

#[test]
fn what_breaks_the_rules_is_refused_whole() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    let error = store.decide(queue.actor("ops-1", T0), served.seq, &token, &reject("no_such")).unwrap_err();
    assert!(error.to_string().contains("wrong, cold"), "names what there is: {error}");
    store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept()).unwrap();
}

#[test]
fn a_changed_mind_supersedes_and_undo_brings_the_first_back() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &accept()).unwrap();
    store.decide_at_once(queue.actor("ops-1", T0 + 1), "i1", &reject("cold")).unwrap();
    assert_eq!(export(&store, &queue, Rows::Items), [("i1".into(), "reject".into(), true)]);
    let both = [("i1".into(), "accept".into(), false), ("i1".into(), "reject".into(), true)];
    assert_eq!(export(&store, &queue, Rows::Decisions), both);

    let reverted = store.undo(queue.actor("ops-1", T0 + 2), UndoScope::Anything).unwrap().unwrap();
    assert!(matches!(reverted.change, Change::Decision { stands: Some(Verdict::Accept), .. }), "{reverted:?}");
    assert_eq!(reverted.counts.at(Stage::Accepted), 1);
    assert_eq!(reverted.served.draft.unwrap().categories, ["cold"], "the undone body comes back as the draft");
    assert_eq!(export(&store, &queue, Rows::Decisions), [("i1".into(), "accept".into(), true)]);
    assert_sound(&store);
}

#[test]
fn the_newest_standing_decision_is_of_record() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &accept()).unwrap();
    store.decide_at_once(queue.actor("lead", T0 + 1).over(Over::Anybody), "i1", &reject("wrong")).unwrap();
    assert_eq!(export(&store, &queue, Rows::Items)[0].1, "reject");
    store.undo(queue.actor("lead", T0 + 2), UndoScope::Decisions).unwrap();
    assert_eq!(export(&store, &queue, Rows::Items)[0].1, "accept");
    assert_sound(&store);
}

#[test]
fn undo_and_redo_walk_back_and_forth_across_restarts() {
    let (w, mut store, queue) = Workspace::with_items(3);
    for verdict in [accept(), reject("wrong"), accept()] {
        decide_next(&mut store, &queue, "ops-1", &verdict, T0);
    }
    drop(store);
    let mut store = w.open();
    let undone: Vec<String> = (0..3)
        .map(|_| store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap().served.item.id)
        .collect();
    assert_eq!(undone, ["i3", "i2", "i1"]);
    assert!(store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().is_none());
    assert_eq!(store.counts(&queue).unwrap().decided(), 0);
    store.release_all().unwrap();
    drop(store);
    let mut store = w.open();
    let redone: Vec<String> =
        (0..2).map(|_| store.redo(queue.actor("ops-1", T0)).unwrap().unwrap().served.item.id).collect();
    assert_eq!(redone, ["i1", "i2"]);
    assert_eq!(store.counts(&queue).unwrap(), Counts::of_stages(3, [(Stage::Accepted, 1), (Stage::Rejected, 1)]));

    store.decide_at_once(queue.actor("ops-1", T0), "i3", &reject("cold")).unwrap();
    assert!(store.redo(queue.actor("ops-1", T0)).unwrap().is_none(), "a new decision ends the redo");
    assert_sound(&store);
}

#[test]
fn undo_takes_nobody_elses_decision() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &accept()).unwrap();
    assert!(store.undo(queue.actor("ops-2", T0), UndoScope::Anything).unwrap().is_none());
}

#[test]
fn a_deferred_item_waits_for_its_reviewer_alone() {
    let (w, mut store, queue) = Workspace::with_items(2);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    store.defer(queue.actor("ops-1", T0), served.seq, &token).unwrap();
    let (second, second_token) = serve(&mut store, &queue, "ops-1", T0);
    assert_eq!(second.item.id, "i2");
    let (theirs, their_token) = serve(&mut w.open(), &queue, "ops-2", T0);
    assert_eq!(theirs.item.id, "i1", "others are served it");
    store.release(theirs.seq, &their_token).unwrap();

    let (_, next) = store.decide(queue.actor("ops-1", T0), second.seq, &second_token, &accept()).unwrap();
    let Next::End(end) = next else { panic!("only the deferred one is left") };
    assert_eq!((end.deferred, end.counts.remaining()), (1, 1));
    assert!(taken(store.next(queue.actor("ops-1", T0), Pick::with_deferred()).unwrap()).0.deferred);
}

#[test]
fn undo_takes_a_deferral_back_unless_only_decisions_are_asked_for() {
    let (_w, mut store, queue) = Workspace::with_items(2);
    decide_next(&mut store, &queue, "ops-1", &accept(), T0);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    store.defer(queue.actor("ops-1", T0), served.seq, &token).unwrap();

    let reverted = store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!((reverted.change, reverted.served.deferred), (Change::Deferral, false));
    assert!(store.redo(queue.actor("ops-1", T0)).unwrap().unwrap().served.deferred);
    let reverted = store.undo(queue.actor("ops-1", T0), UndoScope::Decisions).unwrap().unwrap();
    assert_eq!(reverted.served.item.id, "i1");
    assert_sound(&store);
}

#[test]
fn walking_on_serves_what_is_past_the_present_item_and_starts_over_at_the_end() {
    let (_w, mut store, queue) = Workspace::with_items(3);
    let (first, token) = serve(&mut store, &queue, "ops-1", T0);
    store.release(first.seq, &token).unwrap();
    let (second, token) = taken(store.next(queue.actor("ops-1", T0), Pick::after(first.seq)).unwrap());
    assert_eq!(second.item.id, "i2");
    store.release(second.seq, &token).unwrap();
    let (third, token) = taken(store.next(queue.actor("ops-1", T0), Pick::after(second.seq)).unwrap());
    store.release(third.seq, &token).unwrap();
    assert_eq!(taken(store.next(queue.actor("ops-1", T0), Pick::after(third.seq)).unwrap()).0.item.id, "i1");
}

#[test]
fn earlier_walks_back_through_ones_own_decisions() {
    let (_w, mut store, queue) = Workspace::with_items(3);
    let decided: Vec<_> = (0..3).map(|_| decide_next(&mut store, &queue, "ops-1", &accept(), T0)).collect();
    assert_eq!(store.earlier(&queue, "ops-1", None).unwrap(), Some(decided[2]));
    assert_eq!(store.earlier(&queue, "ops-1", Some(decided[2])).unwrap(), Some(decided[1]));
    assert_eq!(store.earlier(&queue, "ops-1", Some(decided[0])).unwrap(), None);
    assert_eq!(store.earlier(&queue, "ops-2", None).unwrap(), None);
}

#[test]
fn many_decisions_are_found_as_few_are() {
    const EACH: i64 = 150;
    let (_w, mut store, queue) = Workspace::with_items(2 * EACH as usize);
    let mut decided = Vec::new();
    for n in 0..EACH {
        decided.push(decide_next(&mut store, &queue, "ops-1", &accept(), T0 + n));
        decide_next(&mut store, &queue, "ops-2", &accept(), T0 + n);
    }

    let mut back = vec![store.earlier(&queue, "ops-1", None).unwrap().unwrap()];
    while let Some(seq) = store.earlier(&queue, "ops-1", back.last().copied()).unwrap() {
        back.push(seq);
    }
    back.reverse();
    assert_eq!(back, decided, "each of one's own, in the order in which they were made");

    let mut log = Vec::new();
    let note = |event: Event| {
        log.push((event.seq, event.word, event.item));
        Ok(())
    };
    store.events(&queue, None, None, note).unwrap();
    assert!(log.is_sorted_by_key(|(seq, ..)| *seq));
    let decisions: Vec<_> = log.into_iter().filter(|(_, word, _)| word == "decided").collect();
    assert_eq!(decisions.len(), 2 * EACH as usize);
    for (seq, _, item) in decisions {
        let mut of_item = Vec::new();
        let note = |event: Event| {
            of_item.push((event.word, event.seq));
            Ok(())
        };
        store.events(&queue, item.as_deref(), None, note).unwrap();
        assert_eq!(of_item[1..], [("decided".to_owned(), seq)]);
    }

    let summary = &store.queues(T0 + EACH).unwrap()[0];
    assert_eq!((summary.last_hour, summary.last.as_ref().unwrap().1), (2 * EACH, T0 + EACH - 1));
    for seq in decided.iter().rev() {
        let undone = store.undo(queue.actor("ops-1", T0 + EACH), UndoScope::Anything).unwrap().unwrap();
        assert_eq!(undone.served.seq, *seq);
    }
    assert!(store.undo(queue.actor("ops-1", T0 + EACH), UndoScope::Anything).unwrap().is_none());
    assert_eq!(store.earlier(&queue, "ops-1", None).unwrap(), None);
    let summary = &store.queues(T0 + EACH).unwrap()[0];
    assert_eq!((summary.last_hour, summary.last.as_ref().unwrap().0.as_str()), (EACH, "ops-2"));
    assert_sound(&store);
}

#[test]
fn a_draft_survives_a_restart_and_ends_with_the_decision() {
    let (w, mut store, queue) = Workspace::with_items(1);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    let draft = Draft { note: "half a th".into(), scores: [("tone".into(), 2)].into(), ..Draft::default() };
    store.save_draft(served.seq, "ops-1", &draft, 0, T0).unwrap();
    store.release(served.seq, &token).unwrap();
    drop(store);
    let mut store = w.open();
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    assert_eq!(served.draft, Some(draft));
    store.release(served.seq, &token).unwrap();
    let (theirs, token) = serve(&mut store, &queue, "ops-2", T0);
    assert_eq!(theirs.draft, None, "a draft is its writer's alone");
    store.release(theirs.seq, &token).unwrap();

    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept()).unwrap();
    assert_eq!(store.show(queue.actor("ops-1", T0), served.seq).unwrap().draft, None);
}

#[test]
fn an_undo_brings_back_what_stood_before_the_step_and_the_time() {
    let (_w, mut store, queue) = Workspace::with_items(6);
    let actor = queue.actor("ops-1", T0);
    let note = |note: &str| Draft { note: note.into(), ..Draft::default() };
    let by_macro = |before: &Draft| {
        let draft = Draft { note: "by the macro".into(), ..Draft::clone(&reject("cold").draft) };
        Judgement { draft: draft.into(), before: Some(before.clone().into()), ..reject("cold") }
    };
    for before in [Draft::default(), note("of my own")] {
        let (served, token) = serve(&mut store, &queue, "ops-1", T0);
        store.decide(actor, served.seq, &token, &by_macro(&before)).unwrap();
        for _ in 0..2 {
            let undone = store.undo(actor, UndoScope::Anything).unwrap().unwrap().served;
            assert_eq!(undone.draft, Some(before.clone()).filter(|before| !before.is_empty()));
            assert_eq!((undone.mine, undone.active_millis), (None, accept().active_millis));
            let redone = store.redo(actor).unwrap().unwrap().served;
            assert_eq!((redone.draft, redone.mine.unwrap().judgement.draft), (None, by_macro(&before).draft));
        }
    }
    let seq = store.seq_of(&queue, "i1").unwrap();
    store.undo(actor, UndoScope::Anything).unwrap().unwrap();
    store.undo(actor, UndoScope::Anything).unwrap().unwrap();
    store.save_draft(seq, "ops-1", &note("begun on screen"), 7_000, T0).unwrap();
    store.decide_at_once(actor, "i1", &reject("cold")).unwrap();
    let undone = store.undo(actor, UndoScope::Anything).unwrap().unwrap().served;
    assert_eq!(undone.draft, Some(note("begun on screen")), "what the command line ended");
    store.bulk(actor, vec![seq], BulkAction::Decide(accept())).unwrap();
    assert_eq!(store.show(actor, seq).unwrap().draft, None);
    store.undo(actor, UndoScope::Anything).unwrap().unwrap();
    assert_eq!(store.show(actor, seq).unwrap().draft, Some(note("begun on screen")), "what a bulk ended");
    assert_sound(&store);
}

#[test]
fn time_on_an_item_is_kept_until_the_decision() {
    let (w, mut store, queue) = Workspace::with_items(1);
    let actor = queue.actor("ops-1", T0);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    store.save_draft(served.seq, "ops-1", &Draft::default(), 4_000, T0).unwrap();
    store.release(served.seq, &token).unwrap();
    drop(store);
    let mut store = w.open();
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    assert_eq!((&served.draft, served.active_millis), (&None, 4_000));
    let with_draft = store.resolve(&queue, &store.filter(&queue, "has:draft").unwrap(), T0).unwrap();
    let with_draft = store.condition(&queue, &with_draft, "ops-1").unwrap();
    let sort = Sort { by: By::Imported, descending: false };
    assert!(store.whole_listing(&queue, with_draft, sort).unwrap().seqs().is_empty(), "time alone is no draft");
    store.decide(actor, served.seq, &token, &Judgement { active_millis: 9_000, ..accept() }).unwrap();
    assert_eq!(store.show(actor, served.seq).unwrap().active_millis, 9_000, "it goes on from there");
}

#[test]
fn a_sitting_survives_a_restart_and_ends_with_a_long_pause() {
    let (w, mut store, queue) = Workspace::with_items(12);
    let minutes = |n: i64| T0 + n * 60_000;
    for at in [0, 40, 60] {
        decide_next(&mut store, &queue, "ops-1", &accept(), minutes(at));
    }
    decide_next(&mut store, &queue, "ops-2", &accept(), minutes(61));
    store
        .decide_at_once(queue.actor("ops-1", minutes(62)), "i12", &Judgement { active_millis: 0, ..accept() })
        .unwrap();
    drop(store);
    let store = w.open();
    let times = |at| -> Vec<i64> {
        let sitting = store.sitting(queue.actor("ops-1", minutes(at))).unwrap();
        sitting.iter().map(|decision| (decision.at - T0) / 60_000).collect()
    };
    assert_eq!(times(70), [40, 60]);
    assert_eq!(times(93), [0; 0]);
}

#[test]
fn what_was_filed_meanwhile_is_found_as_before() {
    let (_w, mut store, queue) = Workspace::with_items(90);
    for at in 1..=85 {
        decide_next(&mut store, &queue, "ops-1", &accept(), T0 + at);
        if at % 35 == 0 {
            store.file_newest().unwrap();
        }
    }
    assert_eq!(store.sitting(queue.actor("ops-1", T0 + 90)).unwrap().len(), 85);
    let mut decided = 0;
    let count = |event: Event| {
        decided += i64::from(matches!(event.kind, EventKind::Decided(_)));
        Ok(())
    };
    store.events(&queue, None, None, count).unwrap();
    assert_eq!(decided, 85);
    let undone = store.undo(queue.actor("ops-1", T0 + 90), UndoScope::Anything).unwrap();
    assert_eq!(undone.unwrap().served.item.id, "i85");
    assert_sound(&store);
}

#[test]
fn a_correction_goes_with_the_draft_the_decision_and_back() {
    let (w, store, queue) = Workspace::with_items(1);
    let seq = store.seq_of(&queue, "i1").unwrap();
    let correction = Some(Content { kind: ContentKind::Json, text: "{\"b\": 1.50,  \"a\": 1}".into() });
    let draft = Draft { correction, ..Draft::clone(&reject("cold").draft) };
    store.save_draft(seq, "ops-1", &draft, 0, T0).unwrap();
    drop(store);
    let mut store = w.open();
    assert_eq!(store.show(queue.actor("ops-1", T0), seq).unwrap().draft.as_ref(), Some(&draft));
    let judgement = Judgement { draft: draft.clone().into(), ..reject("cold") };
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &judgement).unwrap();
    let undone = store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(undone.served.draft.as_ref(), Some(&draft));
    let redone = store.redo(queue.actor("ops-1", T0)).unwrap().unwrap();
    assert_eq!((redone.served.draft, redone.served.mine.unwrap().judgement.draft), (None, draft.into()));
    let accepted =
        Judgement { draft: Draft { categories: vec![], ..Draft::clone(&judgement.draft) }.into(), ..accept() };
    let refused = store.decide_at_once(queue.actor("ops-1", T0), "i1", &accepted).unwrap_err();
    assert!(refused.to_string().contains("has no correction"), "{refused}");
}

#[test]
fn macros_belong_to_a_reviewer_of_a_queue() {
    let (w, store, queue) = Workspace::with_items(1);
    let saved = |key, name: &str, judgement: Judgement| Macro::of(key, name, judgement.verdict, &judgement.draft);
    let (kind, cold) = (saved('k', "Fine", accept()), saved('c', "Too informal", reject("cold")));
    for saved in [&kind, &cold] {
        store.save_macro(&queue, "ops-1", saved).unwrap();
    }
    drop(store);
    let store = w.open();
    assert_eq!(store.macros(&queue, "ops-1").unwrap(), [cold.clone(), kind.clone()]);
    assert_eq!(store.macros(&queue, "ops-2").unwrap(), []);
    let renamed = Macro { name: "Cold".into(), ..cold };
    store.save_macro(&queue, "ops-1", &renamed).unwrap();
    store.remove_macro(&queue, "ops-1", 'k').unwrap();
    assert_eq!(store.macros(&queue, "ops-1").unwrap(), [renamed]);
}

#[test]
fn nobody_is_shown_another_ones_decision() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &accept()).unwrap();
    let seq = store.seq_of(&queue, "i1").unwrap();
    let (mine, theirs) =
        (store.show(queue.actor("ops-1", T0), seq).unwrap(), store.show(queue.actor("ops-2", T0), seq).unwrap());
    assert!(mine.mine.is_some());
    assert!(theirs.mine.is_none());
}

#[test]
fn one_decision_without_the_screen_waits_for_no_holder() {
    let (w, mut store, queue) = Workspace::with_items(1);
    serve(&mut store, &queue, "ops-1", T0);
    let error = w.open().decide_at_once(queue.actor("script", T0), "i1", &accept()).unwrap_err();
    assert!(matches!(error, StoreError::Claimed { ref reviewer, .. } if reviewer == "ops-1"), "{error}");
    let error = store.decide_at_once(queue.actor("script", T0), "nope", &accept()).unwrap_err();
    assert!(error.to_string().contains("no item `nope`"), "{error}");
}

#[test]
fn specs_are_versions_and_a_decision_keeps_its_own() {
    let (_w, mut store, queue) = Workspace::with_items(2);
    decide_next(&mut store, &queue, "ops-1", &accept(), T0);
    let spec = karat::spec::parse(SPEC).unwrap();
    assert_eq!(
        store.apply_spec(&spec, SPEC, "pm", T0).unwrap(),
        Applied::Unchanged { version: 1, resampled: Resampled::default() }
    );

    let changed = SPEC.replace("Is it kind?", "Is it kind and short?");
    let queue_after = apply(&store, &changed);
    assert_eq!(queue_after.spec.version, 2);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    let refused = store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept()).unwrap_err();
    assert!(matches!(refused, StoreError::SpecChanged { from: 1, to: 2 }), "{refused}");
    store.decide(queue_after.actor("ops-1", T0), served.seq, &token, &accept()).unwrap();
    let mut versions = Vec::new();
    let each = |row: karat::store::Outgoing| -> karat::store::Result<()> {
        versions.push(row.decision.spec_version);
        Ok(())
    };
    store.outgoing(&queue, Rows::Items, &[], &karat::store::Condition::default(), None, each).unwrap();
    assert_eq!(versions, [1, 2]);
}

#[test]
fn the_log_tells_who_did_what_in_order() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    decide_next(&mut store, &queue, "ops-1", &reject("wrong"), T0);
    store.undo(queue.actor("ops-1", T0 + 1), UndoScope::Anything).unwrap();
    let (mut whole, mut of_item) = (Vec::new(), Vec::new());
    let note = |list: &mut Vec<String>, event: karat::domain::event::Event| {
        list.push(format!("{} {}", event.actor, event.word));
        Ok(())
    };
    store.events(&queue, None, None, |event| note(&mut whole, event)).unwrap();
    store.events(&queue, Some("i1"), None, |event| note(&mut of_item, event)).unwrap();
    let import = ["engineer import_started", "engineer import_finished"];
    let spec = ["pm queue_created", "pm spec_applied"];
    assert_eq!(whole, [&spec[..], &import, &["ops-1 decided", "ops-1 undone"]].concat());
    assert_eq!(of_item, ["engineer imported", "ops-1 decided", "ops-1 undone"]);
}

#[test]
fn the_home_screen_reads_progress_holders_and_pace() {
    let (_w, mut store, queue) = Workspace::with_items(3);
    decide_next(&mut store, &queue, "ops-1", &accept(), T0);
    serve(&mut store, &queue, "ops-2", T0 + 1);
    let [summary] = &store.queues(T0 + 2).unwrap()[..] else { panic!("one queue") };
    assert_eq!((summary.title.as_str(), summary.counts.remaining(), summary.last_hour), ("Replies", 2, 1));
    assert_eq!(summary.last, Some(("ops-1".into(), T0)));
    assert_eq!(summary.claimants[0].reviewer, "ops-2");
    assert_eq!(store.queues(T0 + 61 * MINUTE).unwrap()[0].last_hour, 0);
}

#[test]
fn looking_ahead_serves_the_same_item_and_notices_a_change() {
    let (_w, mut store, queue) = Workspace::with_items(2);
    let (first, token) = serve(&mut store, &queue, "ops-1", T0);
    store.look_ahead(queue.actor("ops-1", T0), first.seq).unwrap();
    let mut changed = plain("i2");
    changed.output = Content::text("changed meanwhile");
    import(&store, &queue, &[record(changed)], true);
    let (_, next) = store.decide(queue.actor("ops-1", T0), first.seq, &token, &accept()).unwrap();
    assert_eq!(taken(next).0.item.output.text, "changed meanwhile");
}

#[test]
fn an_item_that_is_replaced_while_it_is_open_is_not_decided_unseen() {
    let (w, mut store, queue) = Workspace::with_items(1);
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    let mut changed = plain("i1");
    changed.output = Content::text("changed meanwhile");
    import(&w.open(), &queue, &[record(changed)], true);
    let error = store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept()).unwrap_err();
    assert!(matches!(error, StoreError::ClaimLost { .. }), "{error}");
    let (again, token) = serve(&mut store, &queue, "ops-1", T0);
    assert_eq!(again.item.output.text, "changed meanwhile");
    store.decide(queue.actor("ops-1", T0), again.seq, &token, &accept()).unwrap();
    assert_sound(&store);
}

#[test]
fn redo_brings_no_decision_back_on_other_content() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &accept()).unwrap();
    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap();
    let mut changed = plain("i1");
    changed.output = Content::text("changed meanwhile");
    assert_eq!(import(&store, &queue, &[record(changed)], true), [ImportOutcome::Updated]);
    assert!(store.redo(queue.actor("ops-1", T0)).unwrap().is_none());
    assert_eq!(store.counts(&queue).unwrap().decided(), 0);
    assert_sound(&store);
}

#[test]
fn the_attempt_before_is_the_last_of_the_same_case() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let attempt = |id: &str, case: Option<&str>, attempt| {
        let mut item = plain(id);
        (item.case, item.attempt) = (case.map(str::to_owned), attempt);
        record(item)
    };
    let items = [
        attempt("a1", Some("a"), 1),
        attempt("b1", Some("b"), 1),
        attempt("a2", Some("a"), 2),
        attempt("a3", Some("a"), 3),
    ];
    import(&store, &queue, &items, false);
    let before = |id: &str| {
        let seq = store.seq_of(&queue, id).unwrap();
        store.previous_attempt(&queue, seq, "ops-2").unwrap().map(|previous| previous.id)
    };
    assert_eq!((before("a3").as_deref(), before("a2").as_deref()), (Some("a2"), Some("a1")));
    assert_eq!((before("a1"), before("b1")), (None, None));
}

#[test]
fn a_history_tells_others_opinions_only_after_ones_own() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let attempt = |id: &str, attempt| {
        let mut item = plain(id);
        (item.case, item.attempt) = (Some("c".into()), attempt);
        record(item)
    };
    import(&store, &queue, &[attempt("i1", 1), attempt("i2", 2), record(plain("alone"))], false);
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &accept()).unwrap();
    store.decide_at_once(queue.actor("ops-2", T0 + MINUTE), "i2", &reject("wrong")).unwrap();

    let seq = store.seq_of(&queue, "i2").unwrap();
    let before = store.history(&queue, seq, "ops-1", None).unwrap();
    assert!(before.blind);
    let attempts: Vec<_> = before.attempts.iter().map(|a| (a.id.as_str(), a.verdict, a.withheld)).collect();
    assert_eq!(attempts, [("i2", None, true), ("i1", Some(Verdict::Accept), false)]);
    assert_eq!(before.attempts.iter().map(|a| a.is_mine).collect::<Vec<_>>(), [false, true]);
    let kinds: Vec<_> = before.entries.iter().map(|entry| (entry.event.word.as_str(), entry.withheld)).collect();
    assert_eq!(kinds, [("decided", true), ("decided", false), ("imported", false), ("imported", false)]);
    assert!(before.entries[0].decision.is_none());
    let told = format!("{:?}", before.entries[0]);
    assert!(!told.contains("reject") && !told.contains("wrong"), "{told}");

    store.decide_at_once(queue.actor("ops-1", T0 + 2 * MINUTE).over(Over::Anybody), "i2", &accept()).unwrap();
    let after = store.history(&queue, seq, "ops-1", None).unwrap();
    let decisions: Vec<_> =
        after.entries.iter().filter_map(|entry| entry.decision.as_ref()).map(|d| (d.verdict, d.state)).collect();
    let standing = |verdict| (verdict, State::Standing);
    assert_eq!(decisions, [standing(Verdict::Accept), standing(Verdict::Reject), standing(Verdict::Accept)]);
    assert_eq!(after.entries[1].decision.as_ref().unwrap().body.note, "why");
    let alone = store.seq_of(&queue, "alone").unwrap();
    assert!(store.history(&queue, alone, "ops-1", None).unwrap().attempts.is_empty(), "an only attempt is no list");
}

#[test]
fn a_long_history_comes_in_stretches_without_a_gap() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    let seq = store.seq_of(&queue, "i1").unwrap();
    for turn in 0..120 {
        store.decide_at_once(queue.actor("ops-1", T0 + turn), "i1", &accept()).unwrap();
        store.undo(queue.actor("ops-1", T0 + turn), UndoScope::Anything).unwrap();
        store.release_all().unwrap();
    }
    let (mut seqs, mut before, mut stretches) = (Vec::new(), None, 0);
    loop {
        let history = store.history(&queue, seq, "ops-1", before).unwrap();
        seqs.extend(history.entries.iter().map(|entry| entry.event.seq));
        stretches += 1;
        before = history.older;
        if before.is_none() {
            break;
        }
    }
    assert_eq!((seqs.len(), stretches), (241, 3));
    assert!(seqs.windows(2).all(|pair| pair[0] > pair[1]), "newest first, the import last");
}

#[test]
fn nobody_decides_unknowingly_over_another() {
    let (_w, mut store, queue) = Workspace::with_items(2);
    let first = store.decide_at_once(queue.actor("ana", T0), "i1", &accept()).unwrap();
    let error = store.decide_at_once(queue.actor("bo", T0 + 1), "i1", &reject("wrong")).unwrap_err();
    assert!(error.to_string().starts_with("ana accepted this item at 2026-"), "{error}");
    let seq = store.seq_of(&queue, "i1").unwrap();
    let token = match store.show(queue.actor("bo", T0 + 2), seq).unwrap().claimed {
        Claimed::Mine(claim) => claim.token,
        other => panic!("the refusal has left no claim: {other:?}"),
    };
    let error = store.decide(queue.actor("bo", T0 + 2), seq, &token, &reject("wrong")).unwrap_err();
    let StoreError::Decided(of_record) = error else { panic!("{error}") };
    assert_eq!((of_record.id.as_str(), of_record.verdict), (first.id.as_str(), Verdict::Accept));
    assert_eq!(store.verdict_of_record(seq).unwrap(), Some(Verdict::Accept), "nothing was decided");

    let told = queue.actor("bo", T0 + 2).over(Over::Decision(of_record.seq));
    store.decide(told, seq, &token, &reject("wrong")).unwrap();
    assert_eq!(store.verdict_of_record(seq).unwrap(), Some(Verdict::Reject));
    let mut newest = serde_json::Value::Null;
    let note = |event: Event| {
        newest = event.data;
        Ok(())
    };
    store.events(&queue, Some("i1"), None, note).unwrap();
    assert_eq!(newest["over"], first.id.as_str(), "the log tells whose decision it took the place of");

    store.decide_at_once(queue.actor("bo", T0 + 3), "i1", &accept()).unwrap(); // one's own may be changed
    let again = store.decide_at_once(queue.actor("ana", T0 + 4), "i1", &accept()).unwrap_err();
    assert!(matches!(again, StoreError::Decided(_)), "who has decided is told of a later one: {again}");
    store.release_all().unwrap();
    store.decide_at_once(queue.actor("ana", T0), "i2", &escalate()).unwrap();
    store.decide_at_once(queue.actor("bo", T0), "i2", &accept()).unwrap(); // an escalation asks for it
    assert_sound(&store);
}

#[test]
fn a_claim_that_was_lost_says_who_has_decided() {
    let (w, mut store, queue) = Workspace::with_items(1);
    let (served, token) = serve(&mut store, &queue, "ana", T0);
    let later = T0 + CLAIM_MILLIS + 1;
    w.open().decide_at_once(queue.actor("bo", later), "i1", &accept()).unwrap();
    let error = store.decide(queue.actor("ana", later), served.seq, &token, &accept()).unwrap_err();
    assert!(error.to_string().starts_with("the claim on this item expired and bo accepted it at"), "{error}");
}
