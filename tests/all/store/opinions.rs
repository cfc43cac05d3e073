//! Several opinions on an item: by different people, each once; what they come to, and who settles
//! them where they disagree.

use karat::domain::claim::CLAIM_MILLIS;
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::item::Seq;
use karat::domain::policy::{Cause, Purpose};
use karat::domain::queue::Queue;
use karat::domain::sampling::draw;
use karat::domain::stage::Stage;
use karat::store::{BulkAction, Change, Fate, MergeTerms, Next, Pick, Store, StoreError, UndoScope};
use std::thread;
use support::fixture::*;

/// The queue with so many items, of each of which so many opinions are asked; lee settles.
fn asking(opinions: i64, items: usize, review: &str) -> (Workspace, Store, Queue) {
    let (w, store, _) = Workspace::with_items(items);
    let queue = apply(&store, &format!("{SPEC}\n[review]\nadjudicator = \"lee\"\n{review}\n"));
    w.sql(&format!("UPDATE item SET opinions = {opinions}")).unwrap();
    (w, store, queue)
}

fn stands(w: &Workspace, id: &str, stage: Stage, settled_by: &str) {
    let found = format!(
        "SELECT COUNT(*) FROM item WHERE id = '{id}' AND stage = '{}' AND COALESCE(settled_by, '') = '{settled_by}'",
        stage.as_str()
    );
    assert_eq!(w.number(&found), 1, "{id} is not {stage:?} by {settled_by:?}");
}

fn has_next(store: &mut Store, queue: &Queue, reviewer: &str) -> bool {
    match store.next(queue.actor(reviewer, T0), Pick::default()).unwrap() {
        Next::Item(served) => {
            store.release(served.seq, &token(&served.claimed)).unwrap();
            true
        }
        Next::End(_) => false,
    }
}

#[test]
fn each_opinion_is_of_another_person_and_one_more_is_refused() {
    let (w, mut store, queue) = asking(2, 1, "");
    decide_next(&mut store, &queue, "ana", &accept(), T0);
    stands(&w, "i1", Stage::NeedsOpinion, "");
    assert!(!has_next(&mut store, &queue, "ana"), "who gave an opinion is not asked again");
    decide_next(&mut store, &queue, "ben", &accept(), T0);
    stands(&w, "i1", Stage::Accepted, "unanimous");

    let refused = store.decide_at_once(queue.actor("cy", T0), "i1", &reject("cold")).unwrap_err();
    assert!(matches!(refused, StoreError::NoOpinionAsked { given: 2 }), "{refused}");
    store.decide_at_once(queue.actor("ben", T0), "i1", &accept()).unwrap();
    assert_eq!(w.number("SELECT COUNT(*) FROM decision WHERE standing = 1"), 2, "ben's replaces ben's");
    assert_eq!(w.number("SELECT COUNT(*) FROM decision WHERE slot = 2"), 2);
    stands(&w, "i1", Stage::Accepted, "unanimous");
    assert_sound(&store);
}

#[test]
fn who_gave_an_opinion_sees_others_once_the_item_is_settled() {
    let (_w, mut store, queue) = asking(2, 1, "");
    decide_next(&mut store, &queue, "ana", &accept(), T0);
    decide_next(&mut store, &queue, "ben", &reject("cold"), T0);
    let seq = store.seq_of(&queue, "i1").unwrap();
    let seen = |reviewer: &str| {
        let history = store.history(&queue, seq, reviewer, None).unwrap();
        let decided = history.entries.iter().filter_map(|entry| entry.decision.as_ref());
        (history.blind, decided.map(|decided| decided.verdict).collect::<Vec<_>>())
    };
    assert_eq!(seen("ana"), (true, vec![Verdict::Accept]), "their own alone");
    assert_eq!(seen("ben"), (true, vec![Verdict::Reject]));
    assert_eq!(seen("lee"), (true, vec![]), "nor does who is to settle it read their names there");

    store.decide_at_once(queue.actor("lee", T0), "i1", &reject("wrong")).unwrap();
    assert_eq!(seen("ana"), (false, vec![Verdict::Reject, Verdict::Reject, Verdict::Accept]));
    assert_eq!(seen("lee").1.len(), 3);
}

#[test]
fn two_hold_an_item_at_once_and_a_third_waits() {
    let (_w, mut store, queue) = asking(2, 1, "");
    let (first, one) = serve(&mut store, &queue, "ana", T0);
    let (second, other) = serve(&mut store, &queue, "ben", T0);
    let numbers = [first.opinions.own, second.opinions.own].map(|opinion| opinion.map(|of| (of.number, of.asked)));
    assert_eq!(numbers, [Some((1, 2)), Some((2, 2))]);
    assert!(!has_next(&mut store, &queue, "ana"), "one person holds one of them");
    assert!(!has_next(&mut store, &queue, "cy"));
    let held = store.decide_at_once(queue.actor("cy", T0), "i1", &accept()).unwrap_err();
    assert!(matches!(held, StoreError::Claimed { .. }), "{held}");
    store.release(first.seq, &one).unwrap();
    decide_next(&mut store, &queue, "cy", &accept(), T0);
    store.decide(queue.actor("ben", T0), first.seq, &other, &accept()).unwrap();
    assert_sound(&store);
}

#[test]
fn a_disagreement_is_settled_by_somebody_who_gave_no_opinion() {
    let (w, mut store, queue) = asking(2, 1, "");
    decide_next(&mut store, &queue, "ana", &accept(), T0);
    decide_next(&mut store, &queue, "lee", &reject("cold"), T0);
    stands(&w, "i1", Stage::Disputed, "");
    assert!(!has_next(&mut store, &queue, "lee"), "lee would judge an opinion of their own");
    assert!(!has_next(&mut store, &queue, "cy"));
    let refused = store.decide_at_once(queue.actor("cy", T0), "i1", &accept()).unwrap_err();
    assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");

    let newer = apply(&store, &format!("{SPEC}\n[review]\nadjudicator = \"reviewer\"\n"));
    let why = Judgement { cause: Some(Cause::Unclear), ..reject("wrong") };
    let settled = {
        let (served, token) = serve(&mut store, &newer, "cy", T0);
        assert_eq!(served.opinions.own, None, "who settles gives none of them");
        store.decide(newer.actor("cy", T0), served.seq, &token, &why).unwrap().0
    };
    assert_eq!((settled.part.purpose, settled.part.slot), (Purpose::Adjudication, None));
    stands(&w, "i1", Stage::Rejected, "adjudicated");
    assert_eq!(w.number("SELECT COUNT(*) FROM decision WHERE cause = 'unclear'"), 1);

    let changed = store.decide_at_once(newer.actor("ana", T0), "i1", &reject("cold")).unwrap_err();
    assert!(matches!(changed, StoreError::Settled { .. }), "what was settled rests on it: {changed}");
    let undone = store.undo(newer.actor("ana", T0), UndoScope::Anything).unwrap_err();
    assert!(matches!(undone, StoreError::Settled { .. }), "{undone}");
    store.undo(newer.actor("cy", T0), UndoScope::Anything).unwrap();
    stands(&w, "i1", Stage::Disputed, "");
    store.undo(newer.actor("ana", T0), UndoScope::Anything).unwrap();
    stands(&w, "i1", Stage::NeedsOpinion, "");
    assert_sound(&store);
}

#[test]
fn a_lead_settles_where_the_spec_names_nobody() {
    let (w, store, _) = Workspace::with_items(1);
    let queue = apply(&store, &format!("{SPEC}\n[review]\nsettle = \"adjudicate\"\n"));
    w.sql("UPDATE item SET opinions = 2").unwrap();
    for (reviewer, judgement) in [("ana", accept()), ("ben", reject("cold")), ("lee", accept())] {
        store.decide_at_once(queue.actor(reviewer, T0), "i1", &judgement).unwrap();
    }
    stands(&w, "i1", Stage::Accepted, "adjudicated");
}

#[test]
fn two_have_an_item_before_them_at_once_and_a_third_is_told() {
    let (_w, mut store, queue) = asking(2, 1, "");
    let seq = serve(&mut store, &queue, "ana", T0).0.seq;
    assert_eq!(serve(&mut store, &queue, "ben", T0).0.seq, seq);
    let row = store.browse(&[seq], "cy", T0).unwrap().remove(0);
    assert_eq!(row.claimed_by.as_deref(), Some("ana"));
    for reviewer in ["cy", "ana"] {
        let outcome = store.bulk(queue.actor(reviewer, T0), vec![seq], BulkAction::Decide(accept())).unwrap();
        assert_eq!((outcome.changed, outcome.claimed), (0, 1), "{reviewer}: another has it before them");
    }
}

#[test]
fn who_lost_one_of_several_opinions_is_told_of_another_only_where_none_is_left() {
    let (_w, mut store, queue) = asking(2, 1, "");
    let (served, token) = serve(&mut store, &queue, "ana", T0);
    let later = T0 + CLAIM_MILLIS;
    let mut tell = |present: &str| {
        serve(&mut store, &queue, present, later);
        match store.decide(queue.actor("ana", later), served.seq, &token, &accept()).unwrap_err() {
            StoreError::ClaimLost { by, .. } => by,
            error => panic!("{error}"),
        }
    };
    assert_eq!(tell("ben"), None, "an opinion is left");
    assert_eq!(tell("cy").as_deref(), Some("ben"));
}

#[test]
fn undo_of_many_leaves_the_opinions_on_which_an_adjudication_rests() {
    let (w, mut store, queue) = asking(2, 3, "");
    let seqs: Vec<Seq> = ["i1", "i2", "i3"].map(|id| store.seq_of(&queue, id).unwrap()).into();
    let (first, ana) = (seqs[0], queue.actor("ana", T0));
    store.bulk(ana, seqs, BulkAction::Decide(accept())).unwrap();
    store.decide_at_once(queue.actor("ben", T0), "i1", &reject("cold")).unwrap();
    store.decide_at_once(queue.actor("lee", T0), "i1", &reject("cold")).unwrap();

    let undone = store.undo(ana, UndoScope::Anything).unwrap().unwrap();
    assert_eq!(undone.change, Change::Bulk { what: "decision", items: 2, kept: 1 });
    stands(&w, "i1", Stage::Rejected, "adjudicated");
    stands(&w, "i2", Stage::Waiting, "");
    let refused = store.undo(ana, UndoScope::Anything).unwrap_err();
    assert!(matches!(&refused, StoreError::Settled { by } if by == "lee"), "nothing else of it stands: {refused}");
    assert_sound(&store);

    let outcome = store.bulk(queue.actor("lee", T0), vec![first], BulkAction::Decide(accept())).unwrap();
    assert_eq!(outcome.changed, 0, "lee has settled it, and gives no opinion");
    store.undo(queue.actor("lee", T0), UndoScope::Anything).unwrap();
    store.undo(ana, UndoScope::Anything).unwrap();
    stands(&w, "i1", Stage::NeedsOpinion, "");
    let redone = store.redo(ana).unwrap().unwrap();
    assert_eq!(redone.change, Change::Bulk { what: "decision", items: 3, kept: 0 });
    assert_sound(&store);
}

#[test]
fn who_has_sent_an_item_back_gives_no_opinion_on_it_among_many_either() {
    let (_w, mut store, _) = Workspace::with_items(1);
    let lead = "name = \"Lead\"\nowner = \"li\"\nreturns = \"reviewer\"";
    let queue = apply(&store, &SPEC.replace("name = \"Lead\"", lead));
    store.decide_at_once(queue.actor("ana", T0), "i1", &escalate()).unwrap();
    let back = Judgement::new(Verdict::Escalate, Draft { note: "you decide".into(), ..Draft::default() });
    store.answer(queue.actor("li", T0), "i1", &back).unwrap();
    let seq = store.seq_of(&queue, "i1").unwrap();
    let outcome = store.bulk(queue.actor("li", T0), vec![seq], BulkAction::Decide(accept())).unwrap();
    assert_eq!((outcome.changed, outcome.decided), (0, 1));
    let outcome = store.bulk(queue.actor("ana", T0), vec![seq], BulkAction::Decide(accept())).unwrap();
    assert_eq!(outcome.changed, 1, "who asked decides");
    assert_sound(&store);
}

#[test]
fn a_cause_is_told_of_a_disagreement_alone() {
    let (_w, store, queue) = asking(1, 1, "");
    let why = Judgement { cause: Some(Cause::Slip), ..accept() };
    let refused = store.decide_at_once(queue.actor("ana", T0), "i1", &why).unwrap_err();
    assert!(matches!(refused, StoreError::NotDisputed), "{refused}");
}

#[test]
fn a_second_opinion_is_asked_where_the_spec_says_so_of_the_first() {
    let (w, mut store, queue) = asking(1, 3, "second_opinion = \"verdict:reject severity:critical\"");
    for (item, judgement) in [("i1", accept()), ("i2", reject("cold")), ("i3", reject("wrong"))] {
        store.decide_at_once(queue.actor("ana", T0), item, &judgement).unwrap();
    }
    stands(&w, "i1", Stage::Accepted, "single");
    stands(&w, "i2", Stage::Rejected, "single");
    stands(&w, "i3", Stage::NeedsOpinion, "");
    assert!(!has_next(&mut store, &queue, "ana"));
    let decided = decide_next(&mut store, &queue, "ben", &reject("wrong"), T0);
    assert_eq!(decided, store.seq_of(&queue, "i3").unwrap());
    stands(&w, "i3", Stage::Rejected, "unanimous");
    assert_sound(&store);
}

#[test]
fn a_second_opinion_is_asked_of_what_is_drawn_for_an_audit() {
    let (w, mut store, queue) = asking(1, 40, "audit = 0.3");
    let mut drawn = Vec::new();
    for number in 1..=40 {
        let id = format!("i{number}");
        store.decide_at_once(queue.actor("ana", T0), &id, &accept()).unwrap();
        let is_drawn = draw("audit", &queue.name, &id) < 0.3;
        stands(
            &w,
            &id,
            if is_drawn { Stage::NeedsOpinion } else { Stage::Accepted },
            if is_drawn { "" } else { "single" },
        );
        drawn.extend(is_drawn.then_some(id));
    }
    assert!((5..=20).contains(&drawn.len()), "{drawn:?}");
    assert!(!has_next(&mut store, &queue, "ana"), "nobody gives both");
    for id in &drawn {
        store.decide_at_once(queue.actor("ben", T0), id, &accept()).unwrap();
        stands(&w, id, Stage::Accepted, "unanimous");
    }
    assert_sound(&store);
}

#[test]
fn opinions_of_a_copy_take_the_slots_that_are_free() {
    let (w, store, queue) = asking(2, 2, "");
    let copy = Workspace::unmade();
    let mut moving = store.begin_move(copy.place()).unwrap();
    while moving.advance().unwrap() {}
    let there = moving.finish().unwrap().store;
    for reviewer in ["ana", "ben"] {
        there.decide_at_once(queue.actor(reviewer, T0), "i1", &accept()).unwrap();
    }
    store.decide_at_once(queue.actor("cy", T0), "i1", &accept()).unwrap();
    let terms = MergeTerms { name: "copy", actor: "pm", dry_run: false, now: T0 };
    store.merge(&there, terms, |_| {}).unwrap();
    assert_eq!(w.number("SELECT COUNT(DISTINCT slot) FROM decision WHERE standing = 1"), 2);
    assert_eq!(w.number("SELECT COUNT(*) FROM decision WHERE standing = 1 AND slot IS NULL"), 1, "it counts nowhere");
    stands(&w, "i1", Stage::Accepted, "unanimous");
    assert_sound(&store);
}

/// The item `i1`, on which ana and ben are to give opinions and others settle, and a copy of all of it.
fn apart(before: &[(&str, Judgement)]) -> (Workspace, Store, Queue, Workspace, Store) {
    let (w, store, _) = Workspace::with_items(1);
    let queue = apply(&store, &format!("{SPEC}\n[review]\nagree = [\"verdict\"]\n"));
    w.sql("UPDATE item SET opinions = 2").unwrap();
    before.iter().for_each(|(who, judgement)| give(&store, &queue, who, judgement));
    let copy = Workspace::unmade();
    let mut moving = store.begin_move(copy.place()).unwrap();
    while moving.advance().unwrap() {}
    let there = moving.finish().unwrap().store;
    (w, store, queue, copy, there)
}

fn give(store: &Store, queue: &Queue, who: &str, judgement: &Judgement) {
    store.decide_at_once(queue.actor(who, T0), "i1", judgement).unwrap();
}

/// What becomes of a person's decisions of the copy; of none of theirs two stand.
fn fate(w: &Workspace, store: &Store, there: &Store, who: &str) -> Fate {
    let terms = MergeTerms { name: "copy", actor: "pm", dry_run: false, now: T0 + MINUTE };
    let mut fates = Vec::new();
    store.merge(there, terms, |merged| fates.push((merged.decision.reviewer, merged.fate))).unwrap();
    let two =
        "SELECT COUNT(*) FROM (SELECT 1 FROM decision WHERE standing = 1 GROUP BY reviewer HAVING COUNT(*) > 1) x";
    assert_eq!(w.number(two), 0);
    assert_sound(store);
    fates.into_iter().find(|(reviewer, _)| reviewer == who).unwrap().1
}

#[test]
fn who_has_settled_an_item_has_no_opinion_on_it_from_a_copy() {
    let (w, store, queue, _copy, there) = apart(&[("ana", accept())]);
    give(&there, &queue, "lee", &reject("cold"));
    give(&store, &queue, "ben", &reject("cold"));
    give(&store, &queue, "lee", &accept());
    assert_eq!(fate(&w, &store, &there, "lee"), Fate::Superseded);
    stands(&w, "i1", Stage::Accepted, "adjudicated");
}

#[test]
fn who_has_given_an_opinion_does_not_settle_it_from_a_copy() {
    let (w, store, queue, _copy, there) = apart(&[("ana", accept())]);
    give(&there, &queue, "ben", &reject("cold"));
    give(&there, &queue, "lee", &accept());
    give(&store, &queue, "lee", &reject("cold"));
    assert_eq!(fate(&w, &store, &there, "lee"), Fate::Superseded);
    stands(&w, "i1", Stage::Disputed, "");
}

#[test]
fn of_what_a_person_settled_here_and_in_a_copy_the_later_stands() {
    let (w, store, queue, _copy, there) = apart(&[("ana", accept()), ("ben", reject("cold"))]);
    give(&store, &queue, "lee", &accept());
    there.decide_at_once(queue.actor("lee", T0 + MINUTE), "i1", &reject("cold")).unwrap();
    assert_eq!(fate(&w, &store, &there, "lee"), Fate::Added);
    stands(&w, "i1", Stage::Rejected, "adjudicated");
}

#[test]
fn what_is_settled_here_is_not_settled_once_more_by_another_from_a_copy() {
    let (w, store, queue, _copy, there) = apart(&[("ana", accept()), ("ben", reject("cold"))]);
    give(&store, &queue, "lee", &accept());
    give(&there, &queue, "zoe", &reject("cold"));
    let by = "lee".to_owned();
    assert_eq!(fate(&w, &store, &there, "zoe"), Fate::Settled { of_record: Verdict::Accept, by });
    stands(&w, "i1", Stage::Accepted, "adjudicated");
}

#[test]
fn a_second_opinion_that_a_copy_asked_is_given_here_by_who_decided_alone() {
    let (w, store, _) = Workspace::with_items(1);
    let queue = apply(&store, &format!("{SPEC}\n[review]\nsecond_opinion = \"severity:critical\"\n"));
    let copy = Workspace::unmade();
    let mut moving = store.begin_move(copy.place()).unwrap();
    while moving.advance().unwrap() {}
    let there = moving.finish().unwrap().store;
    give(&there, &queue, "ana", &reject("wrong"));
    give(&store, &queue, "ben", &accept());
    assert_eq!(fate(&w, &store, &there, "ana"), Fate::Added);
    stands(&w, "i1", Stage::Disputed, "");
    assert_eq!(w.number("SELECT COUNT(DISTINCT slot) FROM decision WHERE standing = 1"), 2);
}

const CROWD: usize = 8;
const ITEMS: usize = 30;

#[test]
fn a_crowd_gives_each_item_as_many_opinions_as_are_asked() {
    let (w, store, queue) = asking(1, ITEMS, "");
    w.sql("UPDATE item SET opinions = 1 + seq % 3").unwrap();
    thread::scope(|scope| {
        for number in 0..CROWD {
            let (place, queue) = (w.place(), &queue);
            scope.spawn(move || {
                let mut store = Store::open(place).unwrap();
                let (me, mut lost) = (format!("r{number}"), 0);
                while let Next::Item(served) = store.next(queue.actor(&me, T0), Pick::default()).unwrap() {
                    match store.decide(queue.actor(&me, T0), served.seq, &token(&served.claimed), &accept()) {
                        Ok((_, Next::Item(next))) => store.release(next.seq, &token(&next.claimed)).unwrap(),
                        Ok((_, Next::End(_))) => {}
                        Err(StoreError::NoOpinionAsked { .. }) => lost += 1,
                        Err(error) => panic!("{error}"),
                    }
                }
                assert_eq!(lost, 0, "what was claimed may be decided");
            });
        }
    });
    let wrong = "SELECT COUNT(*) FROM item i WHERE i.opinions <> (SELECT COUNT(DISTINCT d.reviewer) FROM decision d
        WHERE d.item_seq = i.seq AND d.standing = 1 AND d.slot IS NOT NULL)
        OR i.opinions <> (SELECT COUNT(*) FROM decision d WHERE d.item_seq = i.seq)";
    assert_eq!(w.number(wrong), 0, "each has exactly the opinions that are asked, by different people");
    assert_eq!(store.counts(&queue).unwrap().at(Stage::Accepted), ITEMS as i64);
    assert_sound(&store);
}
