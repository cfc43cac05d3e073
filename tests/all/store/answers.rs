//! Escalations that are answered, come back, or are overdue, on either engine.

use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::item::Seq;
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use karat::domain::team::Role;
use karat::store::{Asked, Next, Pick, Store, StoreError, UndoScope};
use support::fixture::*;

const HOUR: i64 = 60 * MINUTE;

/// Escalations of `lead` are due in four hours, go on to `desk` in two more, and may come back.
fn spec() -> String {
    SPEC.replace(
        "name = \"Lead\"",
        "name = \"Lead\"\nowner = \"ana\"\ndue_hours = 4\noverdue = \"desk\"\nreturns = \"reviewer\"",
    )
    .replace("name = \"Policy desk\"", "name = \"Policy desk\"\nowner = \"policy\"\ndue_hours = 2")
        + "\n[[group]]\nkey = \"policy\"\npeople = [\"li\", \"mo\"]\n"
}

fn queue_of(items: usize) -> (Workspace, Store, Queue) {
    let (w, store, _) = Workspace::with_items(items);
    let queue = apply(&store, &spec());
    (w, store, queue)
}

/// `i1` and the following items are escalated by `ops-1`, a minute apart.
fn asked(items: usize) -> (Workspace, Store, Queue) {
    let (w, mut store, queue) = queue_of(items);
    for n in 0..items {
        decide_next(&mut store, &queue, "ops-1", &escalate(), T0 + n as i64 * MINUTE);
    }
    (w, store, queue)
}

fn note(verdict: Verdict, note: &str) -> Judgement {
    Judgement::new(verdict, Draft { note: note.into(), ..Draft::default() })
}

fn ids(questions: &[Asked]) -> Vec<&str> {
    questions.iter().map(|question| question.item.as_str()).collect()
}

fn inbox(store: &Store, person: &str) -> Vec<Asked> {
    store.inbox(person, None, 100).unwrap()
}

fn stage(store: &Store, queue: &Queue, stage: Stage) -> i64 {
    store.counts(queue).unwrap().at(stage)
}

fn refused(result: karat::store::Result<karat::domain::decision::Decision>, words: &str) {
    let error = result.unwrap_err();
    assert!(matches!(&error, StoreError::Unasked(why) if why.contains(words)), "{error}");
}

#[test]
fn an_answer_settles_what_was_asked_until_its_maker_takes_it_back() {
    let (_w, mut store, queue) = asked(2);
    assert_eq!(ids(&inbox(&store, "ana")), ["i1", "i2"], "what is due first comes first");
    let question = &inbox(&store, "ana")[0];
    assert_eq!((question.asked.by.as_str(), question.asked.reason.as_str()), ("ops-1", "who decides?"));
    assert_eq!(question.asked.due_at, Some(T0 + 4 * HOUR));

    let decision = store.answer(queue.actor("ana", T0 + HOUR), "i1", &note(Verdict::Accept, "as agreed")).unwrap();
    assert_eq!((decision.part.purpose.as_str(), decision.part.slot), ("answer", None));
    assert_eq!((stage(&store, &queue, Stage::Accepted), stage(&store, &queue, Stage::Escalated)), (1, 1));
    assert_eq!(ids(&inbox(&store, "ana")), ["i2"]);
    refused(store.answer(queue.actor("ana", T0 + HOUR), "i1", &reject("cold")), "waits for no answer");
    let over = queue.actor("ops-2", T0 + HOUR).over(karat::domain::queue::Over::Anybody);
    let settled = store.decide_at_once(over, "i1", &reject("cold")).unwrap_err();
    assert!(matches!(&settled, StoreError::Settled { by } if by == "ana"), "{settled}");
    assert_sound(&store);

    store.undo(queue.actor("ana", T0 + HOUR), UndoScope::Decisions).unwrap().unwrap();
    assert_eq!(stage(&store, &queue, Stage::Escalated), 2);
    assert_eq!(ids(&inbox(&store, "ana")), ["i1", "i2"]);
    store.redo(queue.actor("ana", T0 + HOUR)).unwrap().unwrap();
    assert_eq!(stage(&store, &queue, Stage::Accepted), 1);
    assert_sound(&store);
}

#[test]
fn what_comes_back_is_served_first_to_who_asked_and_ends_with_their_decision() {
    let (_w, mut store, queue) = queue_of(3);
    let first = decide_next(&mut store, &queue, "ops-1", &escalate(), T0);
    let (open, token_of_open) = serve(&mut store, &queue, "ops-1", T0);
    store.answer(queue.actor("ana", T0 + MINUTE), "i1", &note(Verdict::Escalate, "only in writing")).unwrap();
    assert_eq!(stage(&store, &queue, Stage::Returned), 1);
    assert!(inbox(&store, "ana").is_empty());
    assert_sound(&store);

    // Another reviewer is served what follows; who asked sees the answer at their next decision.
    let (others, token_of_others) = serve(&mut store, &queue, "ops-2", T0 + MINUTE);
    assert_ne!(others.seq, first);
    store.release(others.seq, &token_of_others).unwrap();
    let (_, next) = store.decide(queue.actor("ops-1", T0 + MINUTE), open.seq, &token_of_open, &accept()).unwrap();
    let (served, token) = taken(next);
    assert_eq!(served.seq, first);
    let asked = served.escalation.as_ref().unwrap();
    let returned = asked.returned.as_ref().unwrap();
    assert_eq!((asked.reason.as_str(), returned.note.as_str()), ("who decides?", "only in writing"));
    assert_eq!((returned.by.as_str(), returned.at), ("ana", T0 + MINUTE));
    assert!(served.mine.is_some(), "their question is their own decision");

    store.decide(queue.actor("ops-1", T0 + MINUTE), first, &token, &reject("cold")).unwrap();
    assert_eq!((stage(&store, &queue, Stage::Rejected), stage(&store, &queue, Stage::Returned)), (1, 0));
    assert_sound(&store);
    store.undo(queue.actor("ops-1", T0 + MINUTE), UndoScope::Decisions).unwrap().unwrap();
    assert_eq!(stage(&store, &queue, Stage::Returned), 1, "the answer is still there");
    store.undo(queue.actor("ana", T0 + MINUTE), UndoScope::Decisions).unwrap().unwrap();
    assert_eq!(stage(&store, &queue, Stage::Escalated), 1);
    assert_eq!(ids(&inbox(&store, "ana")), ["i1"]);
    assert_sound(&store);

    let history = store.history(&queue, first, "ops-1", None).unwrap();
    let notes: Vec<&str> =
        history.entries.iter().filter_map(|e| Some(e.decision.as_ref()?.body.note.as_str())).collect();
    assert_eq!(notes, ["why", "only in writing", "who decides?"], "question and answer stay with the item");
}

#[test]
fn a_question_that_is_asked_again_waits_again() {
    let (_w, mut store, queue) = asked(1);
    store.answer(queue.actor("ana", T0 + HOUR), "i1", &note(Verdict::Escalate, "which customer?")).unwrap();
    let (served, token) = serve(&mut store, &queue, "ops-1", T0 + HOUR);
    let mut again = escalate();
    again.draft_mut().note = "the one in Lyon".into();
    let (_, next) = store.decide(queue.actor("ops-1", T0 + 2 * HOUR), served.seq, &token, &again).unwrap();
    assert!(matches!(next, Next::End(_)), "{next:?}");
    let [question] = &inbox(&store, "ana")[..] else { panic!("one question") };
    assert_eq!(question.asked.reason, "the one in Lyon");
    assert_eq!((question.asked.due_at, &question.asked.returned), (Some(T0 + 6 * HOUR), &None));
    assert_sound(&store);
}

#[test]
fn what_comes_back_to_one_is_decided_by_nobody_else() {
    let (_w, mut store, queue) = queue_of(1);
    let actor = |who: &'static str| queue.actor(who, T0 + MINUTE);
    let anybody = |who: &'static str| actor(who).over(karat::domain::queue::Over::Anybody);
    store.decide_at_once(actor("ops-2"), "i1", &accept()).unwrap();
    store.undo(actor("ops-2"), UndoScope::Decisions).unwrap().unwrap();
    store.release_all().unwrap();
    store.decide_at_once(actor("ops-1"), "i1", &escalate()).unwrap();
    store.answer(actor("ana"), "i1", &note(Verdict::Escalate, "which customer?")).unwrap();
    for who in ["ops-2", "boss"] {
        let refused = store.decide_at_once(anybody(who), "i1", &accept()).unwrap_err();
        assert!(matches!(&refused, StoreError::ReturnedToAnother { by } if by == "ops-1"), "{refused}");
        assert!(refused.hint().unwrap().contains("karat reopen"));
    }
    let all = karat::store::BulkAction::Decide(accept());
    let done = store.bulk(actor("ops-2"), vec![1], all).unwrap();
    assert_eq!((done.changed, done.decided), (0, 1));
    let redone = store.redo(actor("ops-2")).unwrap_err();
    assert!(redone.to_string().contains("came back to who asked"), "{redone}");
    assert_eq!(stage(&store, &queue, Stage::Returned), 1);
    assert_sound(&store);

    store.reopen(actor("boss"), 1, "ops-1 has left", None).unwrap();
    store.decide_at_once(actor("ops-2"), "i1", &accept()).unwrap();
    assert_eq!(stage(&store, &queue, Stage::Accepted), 1);
    assert_sound(&store);
}

#[test]
fn who_is_overdue_goes_on_once_and_is_answered_by_the_next_desk() {
    let (w, store, queue) = asked(3);
    assert!(store.tick("ops-1", T0 + 4 * HOUR).unwrap().is_empty(), "due is not overdue");
    let now = T0 + 4 * HOUR + MINUTE + 1;
    let other = w.open();
    let moved = [store.tick("ops-1", now).unwrap(), other.tick("ops-2", now).unwrap()].concat();
    assert_eq!(ids(&moved), ["i1", "i2"], "i3 is not due yet, and none moves twice");
    assert_eq!(moved[0].asked.route.as_deref(), Some("desk"));
    assert_eq!(moved[0].asked.due_at, Some(now + 2 * HOUR));
    assert_eq!(w.number("SELECT COUNT(*) FROM event WHERE kind = 'moved'"), 2);
    assert_eq!(store.inbox("ana", Some("lead"), 9).unwrap().len(), 1);
    assert!(
        store.tick("ops-1", now + 9 * HOUR).unwrap().iter().all(|question| question.item == "i3"),
        "desk keeps them"
    );
    let size = store.inbox_size("li", now + 3 * HOUR).unwrap();
    assert_eq!((size.questions, size.overdue), (3, 2));
    refused(
        store.answer(queue.actor("li", now), "i1", &note(Verdict::Escalate, "ask ana")),
        "the route `desk` sends nothing back",
    );
    store.answer(queue.actor("li", now), "i1", &accept()).unwrap();
    assert_sound(&store);
}

#[test]
fn a_question_that_went_on_is_where_it_was_once_its_answer_is_taken_back() {
    let (_w, store, queue) = asked(1);
    let now = T0 + 5 * HOUR;
    store.tick("ops-1", now).unwrap();
    let before = inbox(&store, "li");
    assert_eq!((before[0].asked.route.as_deref(), before[0].asked.due_at), (Some("desk"), Some(now + 2 * HOUR)));
    store.answer(queue.actor("li", now + MINUTE), "i1", &accept()).unwrap();
    assert_eq!(inbox(&store, "li"), []);
    store.undo_decision(queue.actor("li", now + MINUTE)).unwrap();
    assert_eq!(inbox(&store, "li"), before);
    assert!(store.tick("ops-1", now + MINUTE).unwrap().is_empty(), "it does not go on once more");

    let again = now + 2 * MINUTE;
    store.decide_at_once(queue.actor("ops-1", again), "i1", &escalate()).unwrap();
    assert_eq!(inbox(&store, "ana")[0].asked.due_at, Some(again + 4 * HOUR), "another question begins anew");
    assert_sound(&store);
}

#[test]
fn a_second_question_waits_for_its_answer_though_the_first_came_back() {
    let (w, mut store, queue) = queue_of(1);
    w.sql("UPDATE item SET opinions = 2").unwrap();
    let at = |minutes: i64| T0 + minutes * MINUTE;
    store.decide_at_once(queue.actor("ops-1", at(0)), "i1", &escalate()).unwrap();
    store.answer(queue.actor("ana", at(1)), "i1", &note(Verdict::Escalate, "look again")).unwrap();
    store.decide_at_once(queue.actor("ops-2", at(2)), "i1", &escalate()).unwrap();
    assert_eq!(stage(&store, &queue, Stage::Escalated), 1);
    let asked = inbox(&store, "ana").remove(0).asked;
    assert_eq!((asked.by.as_str(), asked.due_at), ("ops-2", Some(at(2) + 4 * HOUR)));

    store.answer(queue.actor("ana", at(3)), "i1", &note(Verdict::Escalate, "you too")).unwrap();
    assert_eq!(stage(&store, &queue, Stage::Returned), 1);
    for reviewer in ["ops-1", "ops-2"] {
        let others = ["ops-1", "ops-2"].into_iter().filter(|other| *other != reviewer);
        for other in others {
            let next = store.next(queue.actor(other, at(4)), Pick::default()).unwrap();
            assert!(matches!(next, Next::End(_)), "{other} waits for {reviewer}");
        }
        decide_next(&mut store, &queue, reviewer, &accept(), at(4));
    }
    assert_eq!(stage(&store, &queue, Stage::Accepted), 1);
    assert_sound(&store);
}

#[test]
fn with_a_team_only_its_owner_or_a_lead_answers_and_never_who_asked() {
    let (w, store, queue) = asked(2);
    if matches!(w.place(), karat::store::Address::Server(_)) {
        return; // there the roles are logins: `tests/postgres` has them
    }
    for (person, role) in [("ops-1", Role::Reviewer), ("ana", Role::Reviewer), ("li", Role::Reviewer)] {
        store.grant(person, role, None, "boss", T0).unwrap();
    }
    assert!(inbox(&store, "li").is_empty(), "nothing waits on the desk of li");
    assert_eq!((inbox(&store, "ana").len(), inbox(&store, "boss").len()), (2, 2));
    refused(store.answer(queue.actor("li", T0 + HOUR), "i1", &accept()), "answered by ana, or a lead");
    refused(store.answer(queue.actor("ops-1", T0 + HOUR), "i1", &accept()), "who asked does not answer");
    store.answer(queue.actor("ana", T0 + HOUR), "i1", &note(Verdict::Escalate, "you decide")).unwrap();
    refused(store.decide_at_once(queue.actor("ana", T0 + HOUR), "i1", &accept()), "gives no opinion");
    store.answer(queue.actor("boss", T0 + HOUR), "i2", &reject("cold")).unwrap();
    let next: Seq = match w.open().next(queue.actor("ops-1", T0 + HOUR), Pick::default()).unwrap() {
        Next::Item(served) => served.seq,
        Next::End(end) => panic!("what came back is served: {end:?}"),
    };
    assert_eq!(next, 1);
}
