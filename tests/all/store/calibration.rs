//! Golden examples among what is served: told from an ordinary item by nothing, and of record never.

use karat::domain::claim::Claimed;
use karat::domain::decision::{Decision, Draft, Verdict};
use karat::domain::filter;
use karat::domain::golden::{Example, Expected};
use karat::domain::item::Seq;
use karat::domain::order::{Order, Serving};
use karat::domain::policy::Purpose;
use karat::domain::queue::{Actor, Over, Queue};
use karat::store::{Change, Condition, End, MergeTerms, Next, Pick, Rows, Served, Store, StoreError, UndoScope};
use proptest::prelude::*;
use proptest::test_runner::Config;
use support::fixture::*;

/// Under which each serving is an example, as long as there are some.
const ALWAYS: &str = "\n[calibrate]\ngolden = \"tag:starter\"\nshare = 1.0\n";

/// Items `i1` to `i<items>`, of which pm has decided the first so many and kept them as examples: those
/// of an even number are to be rejected as cold.
fn calibrated(items: usize, examples: usize, section: &str) -> (Workspace, Store, Queue) {
    let (w, store, queue) = Workspace::with_items(items);
    for n in 1..=examples {
        let judgement = if n % 2 == 0 { reject("cold") } else { accept() };
        store.decide_at_once(queue.actor("pm", T0), &format!("i{n}"), &judgement).unwrap();
        keep(&store, &queue, "pm", &format!("i{n}"), judgement.verdict);
    }
    let queue = apply(&store, &format!("{SPEC}{section}"));
    (w, store, queue)
}

fn keep(store: &Store, queue: &Queue, who: &str, id: &str, verdict: Verdict) {
    let categories = if verdict == Verdict::Reject { vec!["cold".into()] } else { Vec::new() };
    let tags = vec!["starter".into()];
    let example = Example { verdict, expected: Expected::Nothing, categories, tags, why: "plain".into() };
    store.keep_golden(queue.actor(who, T0), store.seq_of(queue, id).unwrap(), &example).unwrap();
}

fn next(store: &mut Store, queue: &Queue, who: &str) -> Box<Served> {
    served(store.next(queue.actor(who, T0 + MINUTE), Pick::default()).unwrap())
}

fn served(next: Next) -> Box<Served> {
    let Next::Item(served) = next else { panic!("an item was expected: {next:?}") };
    served
}

fn end(next: Next) -> End {
    let Next::End(end) = next else { panic!("the end was expected: {next:?}") };
    *end
}

fn id(served: &Served) -> &str {
    &served.item.id
}

fn is_example(served: &Served, examples: usize) -> bool {
    id(served)[1..].parse::<usize>().unwrap() <= examples
}

fn decisions(store: &Store, queue: &Queue) -> Vec<Decision> {
    let mut found = Vec::new();
    let all = Condition { sql: String::new(), values: Vec::new() };
    let each = |row: karat::store::Outgoing| {
        found.push(row.decision);
        Ok::<(), StoreError>(())
    };
    store.outgoing(queue, Rows::Decisions, &[], &all, None, each).unwrap();
    found
}

#[test]
fn an_example_comes_as_if_it_were_new_and_changes_nothing() {
    let (w, mut store, queue) = calibrated(4, 2, ALWAYS);
    let before = store.counts(&queue).unwrap();
    let example = next(&mut store, &queue, "ana");
    assert!(is_example(&example, 2), "{}", id(&example));
    assert_eq!((example.opinions.may_be_reopened, &example.mine, &example.golden), (false, &None, &None));
    assert_eq!(w.number("SELECT COUNT(*) FROM claim"), 0, "nobody is kept from it");
    let history = store.history(&queue, example.seq, "ana", None).unwrap();
    assert_eq!(history.entries.iter().map(|entry| entry.event.word.as_str()).collect::<Vec<_>>(), ["imported"]);
    assert_eq!(store.decided_by_another(example.seq, "ana").unwrap(), None);
    store.extend(example.seq, &token(&example.claimed), T0 + MINUTE).unwrap();
    let again = store.show(queue.actor("ana", T0 + MINUTE), example.seq).unwrap();
    assert_eq!(
        (again.opinions.may_be_reopened, &again.claimed, again.mine),
        (false, &example.claimed, None),
        "back and forth"
    );
    let beside = next(&mut store, &queue, "ben");
    assert!(is_example(&beside, 2), "several people have them before them at once");

    let actor = queue.actor("ana", T0 + MINUTE);
    let (made, after) = store.decide(actor, example.seq, &token(&example.claimed), &reject("wrong")).unwrap();
    assert_eq!((made.part.purpose, made.part.slot), (Purpose::Golden, None));
    let after = served(after);
    assert_ne!(id(&after), id(&example), "it comes once");
    assert!(is_example(&after, 2));
    assert_eq!(store.counts(&queue).unwrap(), before, "it is no progress");
    assert_eq!(w.number("SELECT COUNT(*) FROM decision WHERE purpose = 'golden' AND standing = 1"), 0);
    let known = decisions(&store, &queue).iter().filter(|decision| decision.part.purpose == Purpose::Golden).count();
    assert_eq!((known, decisions(&store, &queue).len()), (1, 3), "a file of decisions says what each was for");
    assert_eq!(store.sitting(queue.actor("ana", T0 + MINUTE)).unwrap().len(), 1, "the sitting counts it");
    let (again, _) = store.decide(actor, example.seq, &token(&example.claimed), &reject("wrong")).unwrap();
    assert_eq!(again.id, made.id, "whoever lost the answer asks again");
    assert_sound(&store);
}

#[test]
fn it_comes_to_nobody_who_has_kept_decided_or_seen_it() {
    let (_w, mut store, queue) = calibrated(6, 3, ALWAYS);
    assert_eq!(id(&next(&mut store, &queue, "pm")), "i4", "who kept them");
    let seen = store.seq_of(&queue, "i1").unwrap();
    store.show(queue.actor("ana", T0), seen).unwrap();
    store.save_draft(seen, "ana", &Draft::default(), 2_000, T0).unwrap();
    store.release_all().unwrap();
    store.decide_at_once(queue.actor("ana", T0).over(Over::Anybody), "i2", &accept()).unwrap();
    let mut found = Vec::new();
    for _ in 0..3 {
        let example = next(&mut store, &queue, "ana");
        found.push(id(&example).to_owned());
        let actor = queue.actor("ana", T0 + MINUTE);
        let (_, next) = store.decide(actor, example.seq, &token(&example.claimed), &accept()).unwrap();
        store.release(served(next).seq, "").unwrap();
        store.release_all().unwrap();
    }
    assert_eq!(found, ["i3", "i4", "i5"], "the one that is new to her, and then the queue");
    assert_sound(&store);
}

#[test]
fn an_open_item_is_no_example() {
    let (_w, mut store, queue) = Workspace::with_items(3);
    keep(&store, &queue, "pm", "i3", Verdict::Accept); // nobody has decided it: it comes in its turn
    let queue = apply(&store, &format!("{SPEC}{ALWAYS}"));
    for expected in ["i1", "i2", "i3"] {
        let item = next(&mut store, &queue, "ana");
        assert_eq!(id(&item), expected);
        store.release_all().unwrap();
        store.decide_at_once(queue.actor("ana", T0), expected, &accept()).unwrap();
    }
}

#[test]
fn what_is_to_be_escalated_is_served_and_an_escalation_is_right_there_alone() {
    let (w, mut store, queue) = Workspace::with_items(4);
    for (item, judgement) in [("i1", escalate()), ("i2", escalate()), ("i3", accept())] {
        store.decide_at_once(queue.actor("pm", T0), item, &judgement).unwrap();
        keep(&store, &queue, "pm", item, judgement.verdict);
    }
    let queue = apply(&store, &format!("{SPEC}{ALWAYS}"));
    let questions = w.number("SELECT COUNT(*) FROM escalation");
    for _ in 0..3 {
        let example = next(&mut store, &queue, "ana");
        let judgement = if id(&example) == "i2" { accept() } else { escalate() };
        store.decide(queue.actor("ana", T0 + MINUTE), example.seq, &token(&example.claimed), &judgement).unwrap();
    }
    let ana = store.people(queue.actor("ana", T0), None).unwrap().remove(0);
    assert_eq!((ana.figures.right.part, ana.figures.right.whole), (1, 2), "i1 is right and i2 wrong");
    assert_eq!((ana.served, ana.escalated), (3, 1), "i3 is neither");
    assert_eq!(w.number("SELECT COUNT(*) FROM escalation"), questions, "nobody is asked");
    assert_sound(&store);
}

#[test]
fn it_is_skipped_deferred_declined_and_undone_like_an_ordinary_item() {
    let (w, mut store, queue) = calibrated(8, 4, ALWAYS);
    let actor = queue.actor("ana", T0 + MINUTE);
    let first = next(&mut store, &queue, "ana");
    let past = Pick { after: Some(first.seq), deferred: false };
    let other = served(store.next(actor, past).unwrap());
    assert_ne!(other.seq, first.seq, "skipped");
    assert_eq!(next(&mut store, &queue, "ana").seq, first.seq, "it comes back as what is skipped does");

    store.defer(actor, first.seq, &token(&first.claimed)).unwrap();
    assert_ne!(next(&mut store, &queue, "ana").seq, first.seq);
    let deferred = served(store.next(actor, Pick::with_deferred()).unwrap());
    assert_eq!((deferred.seq, deferred.deferred), (first.seq, true));
    store.undo(actor, UndoScope::Anything).unwrap().unwrap();

    store.decline(actor, first.seq, "conflict").unwrap();
    assert_ne!(next(&mut store, &queue, "ana").seq, first.seq, "declined");
    let undone = store.undo(actor, UndoScope::Anything).unwrap().unwrap();
    assert_eq!(
        (undone.change, undone.served.seq, undone.served.opinions.may_be_reopened),
        (Change::Decline, first.seq, false)
    );

    let draft = Draft { note: "hm".into(), ..Draft::default() };
    store.save_draft(first.seq, "ana", &draft, 900, T0).unwrap();
    let judgement = karat::domain::decision::Judgement { draft: draft.clone().into(), ..accept() };
    store.decide(actor, first.seq, &token(&undone.served.claimed), &judgement).unwrap();
    let undone = store.undo(actor, UndoScope::Decisions).unwrap().unwrap();
    let Change::Decision { decision, stands } = undone.change else { panic!("it was a decision") };
    assert_eq!((decision.judgement.verdict, stands), (Verdict::Accept, None), "nothing is told of what stands");
    assert_eq!((undone.served.draft, undone.served.opinions.may_be_reopened), (Some(draft), false));
    assert_sound(&store);
    store.redo(actor).unwrap().unwrap();
    assert_sound(&store);
    store.undo(actor, UndoScope::Decisions).unwrap().unwrap();
    let again = next(&mut store, &queue, "ana");
    assert_eq!(again.seq, first.seq);
    let (made, _) = store.decide(actor, first.seq, &token(&again.claimed), &escalate()).unwrap();
    assert_eq!((made.part.purpose, made.due_at), (Purpose::Golden, None));
    assert_eq!(w.number("SELECT COUNT(*) FROM escalation"), 0, "nobody is asked");
    assert_eq!(w.number("SELECT COUNT(*) FROM item WHERE stage = 'waiting'"), 4);
    assert_sound(&store);
}

#[test]
fn at_the_end_of_the_queue_there_is_none_that_would_stand_alone() {
    let (_w, mut store, queue) = calibrated(4, 3, ALWAYS);
    let actor = queue.actor("ana", T0 + MINUTE);
    let example = next(&mut store, &queue, "ana");
    store.defer(actor, example.seq, &token(&example.claimed)).unwrap();
    store.decide_at_once(queue.actor("ben", T0), "i4", &accept()).unwrap();
    let end = end(store.next(actor, Pick::default()).unwrap());
    assert_eq!(end.deferred, 1, "what she set aside is counted");
    let back = served(store.next(actor, Pick::with_deferred()).unwrap());
    assert_eq!(back.seq, example.seq, "and comes when she asks for it");
}

#[test]
fn along_a_filter_come_examples_that_it_finds() {
    let (_w, mut store, queue) = calibrated(8, 4, ALWAYS);
    let actor = queue.actor("ana", T0 + MINUTE);
    let by = |text: &str| Serving { order: Order::Newest, filter: filter::parse(text).unwrap() };
    store.serve_by(actor, &by("id:i2 or id:i6")).unwrap();
    let example = next(&mut store, &queue, "ana");
    assert_eq!(id(&example), "i2", "of four examples the one that it finds");
    let (_, after) = store.decide(actor, example.seq, &token(&example.claimed), &accept()).unwrap();
    assert_eq!(id(&served(after)), "i6");
    store.release_all().unwrap();
    store.serve_by(actor, &by("verdict:accept or is:waiting")).unwrap();
    let shown = next(&mut store, &queue, "ana");
    assert!(!matches!(shown.claimed, Claimed::Nobody));
    assert!(shown.opinions.may_be_reopened || !is_example(&shown, 4), "where verdicts show, none is hidden among them");
}

#[test]
fn what_is_drawn_is_drawn_again_and_comes_as_often_as_it_says() {
    let (w, mut store, queue) = calibrated(360, 160, &ALWAYS.replace("1.0", "0.25"));
    let actor = queue.actor("ana", T0 + MINUTE);
    let mut item = next(&mut store, &queue, "ana");
    let (mut examples, mut row): (usize, Vec<bool>) = (0, Vec::new());
    for n in 0..120 {
        examples += usize::from(is_example(&item, 160));
        row.push(is_example(&item, 160));
        if n % 10 == 0 {
            store.release_all().unwrap();
            let again = next(&mut store, &queue, "ana");
            assert_eq!(again.seq, item.seq, "who starts anew draws no other");
            item = again;
        }
        let (_, next) = store.decide(actor, item.seq, &token(&item.claimed), &accept()).unwrap();
        item = served(next);
    }
    // 30 are expected; 5 deviations.
    assert!((7..=53).contains(&examples), "{examples}");
    let places: Vec<usize> = (0..row.len()).filter(|place| row[*place]).collect();
    let distances: std::collections::HashSet<usize> = places.windows(2).map(|two| two[1] - two[0]).collect();
    assert!(distances.len() > 1, "at no fixed distance: {row:?}");
    assert_eq!(w.number("SELECT COUNT(*) FROM decision WHERE purpose = 'golden'"), examples as i64);
}

#[test]
fn an_example_that_is_none_any_more_comes_no_more() {
    let (_w, mut store, queue) = calibrated(4, 1, ALWAYS);
    let example = next(&mut store, &queue, "ana");
    assert_eq!(id(&example), "i1");
    store.remove_golden(queue.actor("pm", T0), example.seq).unwrap();
    assert_eq!(id(&next(&mut store, &queue, "ana")), "i2");
}

#[test]
fn it_goes_with_a_copy_and_comes_back_with_a_merge() {
    let (w, mut store, queue) = calibrated(5, 2, ALWAYS);
    let copy = Workspace::unmade();
    let mut moving = store.begin_move(copy.place()).unwrap();
    while moving.advance().unwrap() {}
    let mut there = moving.finish().unwrap().store;
    let example = next(&mut there, &queue, "ana");
    let actor = queue.actor("ana", T0 + MINUTE);
    there.decide(actor, example.seq, &token(&example.claimed), &reject("cold")).unwrap();
    there.release_all().unwrap();
    let terms = MergeTerms { name: "copy", actor: "pm", dry_run: false, now: T0 + 2 * MINUTE };
    store.merge(&there, terms, |_| {}).unwrap();
    assert_eq!(w.number("SELECT COUNT(*) FROM calibration WHERE decision_seq IS NOT NULL"), 1);
    assert_eq!(w.number("SELECT COUNT(*) FROM item WHERE stage = 'waiting'"), 3);
    assert_sound(&store);
    there.undo(actor, UndoScope::Anything).unwrap().unwrap();
    let other = next(&mut store, &queue, "ana");
    assert_ne!(other.seq, example.seq, "she has decided it");
}

#[derive(Debug, Clone, Copy)]
enum Act {
    Decide(Verdict),
    Skip,
    Defer,
    Decline,
    Undo,
    Redo,
    Deferred,
}

fn act() -> impl Strategy<Value = Act> {
    use Act::*;
    let verdict = proptest::sample::select(Verdict::ALL.to_vec());
    prop_oneof![5 => verdict.prop_map(Decide), 1 => Just(Skip), 1 => Just(Defer), 1 => Just(Decline), 3 => Just(Undo),
        2 => Just(Redo), 1 => Just(Deferred)]
}

proptest! {
    #![proptest_config(Config { cases: 24, failure_persistence: None, ..Config::default() })]
    #[test]
    fn whatever_people_do_what_is_of_record_is_what_they_did_on_ordinary_items(
        walk in prop::collection::vec((0..2_usize, act()), 1..40)
    ) {
        let (w, mut store, queue) = calibrated(12, 6, &ALWAYS.replace("1.0", "0.5"));
        let record = "SELECT COUNT(*) FROM item WHERE seq <= 6 AND settled_by = 'single'
            AND stage = CASE WHEN seq % 2 = 0 THEN 'rejected' ELSE 'accepted' END";
        for (who, act) in walk {
            step(&mut store, queue.actor(["ana", "ben"][who], T0 + MINUTE), act);
            prop_assert_eq!(w.number(record), 6);
        }
        let standing = "SELECT COUNT(*) FROM decision d JOIN step s ON s.seq = d.step_seq
            WHERE (d.purpose = 'golden') <> (s.kind = 'calibration') OR (d.purpose = 'golden' AND d.standing = 1)";
        prop_assert_eq!(w.number(standing), 0);
        let noted = "SELECT COUNT(*) FROM decision d JOIN step s ON s.seq = d.step_seq WHERE d.purpose = 'golden'
            AND s.undone_by IS NULL AND NOT EXISTS (SELECT 1 FROM calibration x WHERE x.decision_seq = d.seq)";
        prop_assert_eq!(w.number(noted), 0, "each counts until it is undone");
        assert_sound(&store);
    }
}

fn step(store: &mut Store, actor: Actor, act: Act) {
    let pick = if matches!(act, Act::Deferred) { Pick::with_deferred() } else { Pick::default() };
    let turned = match act {
        Act::Undo => Some(store.undo(actor, UndoScope::Anything)),
        Act::Redo => Some(store.redo(actor)),
        _ => None,
    };
    if let Some(turned) = turned {
        match turned {
            // Another has decided it since, or it is asked no more.
            Ok(_) | Err(StoreError::Unasked(_) | StoreError::Settled { .. }) => {}
            Err(error) => panic!("{error}"),
        }
        return store.release_all().unwrap();
    }
    let Next::Item(item) = store.next(actor, pick).unwrap() else { return };
    let (seq, token): (Seq, String) = (item.seq, token(&item.claimed));
    match act {
        Act::Decide(verdict) => {
            let judgement = match verdict {
                Verdict::Accept => accept(),
                Verdict::Reject => reject("wrong"),
                Verdict::Escalate => escalate(),
            };
            store.decide(actor, seq, &token, &judgement).map(drop).unwrap();
        }
        Act::Skip => drop(store.next(actor, Pick::after(seq)).unwrap()),
        Act::Defer => store.defer(actor, seq, &token).unwrap(),
        Act::Decline => store.decline(actor, seq, "conflict").unwrap(),
        _ => {}
    }
    store.release_all().unwrap();
}

/// The queue asks that four of five are right, and looks from the fifth answer on.
const STRICT: &str = "least = 5\npass = 0.8\n";

/// Answers so many servings of ana's wrongly; gives what came after the last.
fn answer_wrongly(store: &mut Store, queue: &Queue, servings: usize) -> Next {
    let actor = queue.actor("ana", T0 + MINUTE);
    let mut next = store.next(actor, Pick::default()).unwrap();
    for _ in 0..servings {
        let item = served(next);
        let number: usize = id(&item)[1..].parse().unwrap();
        let wrong = if number.is_multiple_of(2) { accept() } else { reject("wrong") };
        next = store.decide(actor, item.seq, &token(&item.claimed), &wrong).unwrap().1;
    }
    next
}

#[test]
fn whose_answers_speak_against_it_is_paused_until_a_lead_lifts_it() {
    let (w, mut store, queue) = calibrated(40, 20, &format!("{ALWAYS}{STRICT}"));
    let actor = queue.actor("ana", T0 + MINUTE);
    let fifth = served(answer_wrongly(&mut store, &queue, 4));
    assert_eq!(store.paused(&queue, "ana").unwrap(), None, "never before the least, though four speak for themselves");
    let (_, next) = store.decide(actor, fifth.seq, &token(&fifth.claimed), &escalate()).unwrap();
    assert!(matches!(next, Next::Item(_)), "an escalation is neither right nor wrong");
    store.release_all().unwrap();
    let told = end(answer_wrongly(&mut store, &queue, 1)).paused.unwrap();
    assert_eq!((told.reviewer.as_str(), told.good, told.bad, told.stops), ("ana", 0, 5, true));
    assert!(told.why().contains("of 5 known examples 0 were answered as they should be"), "{}", told.why());

    assert!(end(store.next(actor, Pick::with_deferred()).unwrap()).paused.is_some());
    let item = store.seq_of(&queue, "i30").unwrap();
    assert_eq!(store.show(actor, item).unwrap().claimed, Claimed::Nobody, "it may be looked at");
    let refused = store.decide_at_once(actor, "i30", &accept()).unwrap_err();
    assert!(matches!(&refused, StoreError::Paused(_)) && refused.hint().unwrap().contains("karat lift"), "{refused}");
    assert_eq!(store.next_free(actor, None).unwrap(), None);
    let undone = store.undo(actor, UndoScope::Anything).unwrap().unwrap();
    assert_eq!(undone.served.claimed, Claimed::Nobody, "what is undone is not answered anew");
    store.redo(actor).unwrap().unwrap();
    assert!(matches!(next_of(&mut store, &queue, "ben"), Next::Item(_)), "others go on");
    store.release_all().unwrap();
    assert_sound(&store);

    let lead = queue.actor("pm", T0 + 2 * MINUTE);
    assert!(matches!(store.lift(lead, "ben", "why not"), Err(StoreError::NotLifted { .. })));
    assert!(matches!(store.lift(lead, "ana", " "), Err(StoreError::NotLifted { .. })));
    store.lift(lead, "ana", "we went through them").unwrap();
    assert_eq!(w.number("SELECT COUNT(*) FROM event WHERE kind IN ('paused', 'lifted')"), 2);
    assert!(matches!(answer_wrongly(&mut store, &queue, 4), Next::Item(_)), "it is counted anew");
    store.release_all().unwrap();
    assert!(end(answer_wrongly(&mut store, &queue, 1)).paused.is_some());
    assert_sound(&store);
}

fn next_of(store: &mut Store, queue: &Queue, who: &str) -> Next {
    store.next(queue.actor(who, T0 + MINUTE), Pick::default()).unwrap()
}

#[test]
fn a_spec_that_asks_for_no_right_answers_ends_each_pause() {
    let terms = format!("{ALWAYS}{STRICT}");
    let (w, mut store, queue) = calibrated(12, 6, &terms);
    answer_wrongly(&mut store, &queue, 5);
    assert!(store.paused(&queue, "ana").unwrap().is_some());
    let without = apply(&store, SPEC);
    assert_eq!(store.paused(&without, "ana").unwrap(), None);
    assert_eq!(w.number("SELECT COUNT(*) FROM event WHERE kind = 'lifted'"), 1, "the log tells who applied it");
    assert!(matches!(next_of(&mut store, &without, "ana"), Next::Item(_)));
    let again = apply(&store, &format!("{SPEC}{terms}"));
    assert!(matches!(next_of(&mut store, &again, "ana"), Next::Item(_)), "it does not come back with the terms");
    assert_sound(&store);
}

#[test]
fn where_it_is_told_alone_work_goes_on() {
    let (w, mut store, queue) = calibrated(20, 10, &format!("{ALWAYS}{STRICT}otherwise = \"tell\"\n"));
    assert!(matches!(answer_wrongly(&mut store, &queue, 8), Next::Item(_)));
    let told = store.paused(&queue, "ana").unwrap().unwrap();
    assert_eq!((told.bad, told.stops), (5, false));
    assert_eq!(w.number("SELECT COUNT(*) FROM pause"), 1, "once");
    assert_sound(&store);
}

#[test]
fn what_was_answered_on_examples_is_counted() {
    let (_w, mut store, queue) = calibrated(12, 6, &format!("{ALWAYS}{STRICT}"));
    let actor = queue.actor("ana", T0 + MINUTE);
    for n in 0..4 {
        let item = next(&mut store, &queue, "ana");
        let even = id(&item)[1..].parse::<usize>().unwrap() % 2 == 0;
        let judgement = match (n, even) {
            (0, _) => escalate(),
            (1, true) => accept(),
            (1, false) => reject("wrong"),
            (_, true) => reject("cold"),
            (_, false) => accept(),
        };
        store.decide(actor, item.seq, &token(&item.claimed), &judgement).unwrap();
        store.release_all().unwrap();
    }
    let people = store.people(queue.actor("ana", T0), None).unwrap();
    let ana = &people[0];
    assert_eq!((ana.reviewer.as_str(), ana.escalated), ("ana", 1));
    assert_eq!((ana.figures.right.part, ana.figures.right.whole), (2, 3), "an escalation is left out");
    let cold = ana.figures.categories.iter().find(|category| category.key == "cold").unwrap();
    assert_eq!(cold.seen.whole + cold.said.whole, 3);
}
