//! What who settles a disagreement is shown of the opinions, and what is kept of it.

use karat::domain::adjudication::order;
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::event::{Decided, EventKind};
use karat::domain::policy::{Cause, SettledBy};
use karat::domain::queue::Queue;
use karat::store::{Next, Pick, Store, UndoScope};
use support::fixture::*;

/// The queue with so many items, of each of which so many opinions are asked; lee settles.
fn asking(opinions: i64, items: usize) -> (Workspace, Store, Queue) {
    let (w, store, _) = Workspace::with_items(items);
    let queue =
        apply(&store, &format!("{SPEC}\n[review]\nadjudicator = \"lee\"\nagree = [\"verdict\", \"categories\"]\n"));
    w.sql(&format!("UPDATE item SET opinions = {opinions}")).unwrap();
    (w, store, queue)
}

fn disagree(store: &Store, queue: &Queue, item: &str) {
    store.decide_at_once(queue.actor("ana", T0), item, &accept()).unwrap();
    store.decide_at_once(queue.actor("ben", T0), item, &reject("cold")).unwrap();
}

/// The verdicts of the opinions by number, in the order in which they are shown.
fn drawn(queue: &Queue, item: &str, by_number: &[Verdict]) -> Vec<Verdict> {
    order(&queue.name, item, by_number.len()).into_iter().map(|at| by_number[at]).collect()
}

#[test]
fn who_settles_is_served_both_opinions_and_nobody_else_is() {
    let (_w, mut store, queue) = asking(2, 12);
    let mut first = Vec::new();
    for number in 1..=12 {
        let id = format!("i{number}");
        disagree(&store, &queue, &id);
        let seq = store.seq_of(&queue, &id).unwrap();
        let sides = store.sides(queue.actor("lee", T0), seq).unwrap();
        let verdicts: Vec<Verdict> = sides.iter().map(|side| side.verdict).collect();
        assert_eq!(verdicts, drawn(&queue, &id, &[Verdict::Accept, Verdict::Reject]), "{id}");
        let rejects = sides.iter().find(|side| side.verdict == Verdict::Reject).unwrap();
        assert_eq!(
            (rejects.draft.categories.as_slice(), rejects.draft.note.as_str()),
            (&["cold".to_owned()][..], "why")
        );
        for other in ["ana", "ben", "cy"] {
            assert_eq!(store.sides(queue.actor(other, T0), seq).unwrap(), [], "{other}");
            let shown = store.show(queue.actor(other, T0), seq).unwrap();
            assert_eq!(shown.opinions.sides, [], "{other}");
            store.release_all().unwrap();
        }
        first.push(verdicts[0]);
    }
    assert!(first.contains(&Verdict::Accept) && first.contains(&Verdict::Reject), "A is drawn: {first:?}");
    let (served, _) = serve(&mut store, &queue, "lee", T0);
    assert_eq!((served.opinions.sides.len(), served.opinions.own), (2, None));
}

#[test]
fn an_item_that_is_no_dispute_has_no_sides() {
    let (w, mut store, queue) = asking(2, 1);
    let seq = store.seq_of(&queue, "i1").unwrap();
    assert_eq!(store.sides(queue.actor("lee", T0), seq).unwrap(), []);
    store.decide_at_once(queue.actor("ana", T0), "i1", &accept()).unwrap();
    assert_eq!(serve(&mut store, &queue, "lee", T0).0.opinions.sides, [], "one opinion is no disagreement");
    store.release_all().unwrap();
    store.decide_at_once(queue.actor("ben", T0), "i1", &accept()).unwrap();
    assert_eq!(store.show(queue.actor("lee", T0), seq).unwrap().opinions.sides, [], "they agree");
    assert_eq!(w.number("SELECT COUNT(*) FROM decision WHERE sides IS NOT NULL"), 0);
}

#[test]
fn which_opinion_was_shown_as_a_is_kept_and_told_in_the_log() {
    let (w, mut store, queue) = asking(2, 1);
    disagree(&store, &queue, "i1");
    let seq = store.seq_of(&queue, "i1").unwrap();
    let lee = queue.actor("lee", T0);
    let (served, token) = serve(&mut store, &queue, "lee", T0);
    let side = served.opinions.sides.iter().find(|side| side.verdict == Verdict::Reject).unwrap();
    let taken = Judgement { cause: Some(Cause::Slip), ..Judgement::new(side.verdict, side.draft.clone()) };
    let (settled, next) = store.decide(lee, seq, &token, &taken).unwrap();
    assert!(matches!(next, Next::End(_)));

    let history = store.history(&queue, seq, "lee", None).unwrap();
    let told: Vec<Decided> = history
        .entries
        .into_iter()
        .filter_map(|entry| match entry.event.kind {
            EventKind::Decided(told) => Some(told),
            _ => None,
        })
        .collect();
    let [told, ben, ana] = &told[..] else { panic!("{told:?}") };
    let by_number = [&ana.decision, &ben.decision];
    let shown: Vec<String> = order(&queue.name, "i1", 2).into_iter().map(|at| by_number[at].clone()).collect();
    assert_eq!(settled.part.sides, Some(serde_json::json!(shown).to_string()));
    assert_eq!((told.cause, &told.sides), (Some(Cause::Slip), &shown));
    assert!(ana.sides.is_empty() && ana.cause.is_none());

    let again = store.show(lee, seq).unwrap();
    assert_eq!(again.opinions.sides, served.opinions.sides, "who has settled it sees them while that stands");
    assert_eq!(again.mine.map(|mine| mine.judgement.cause), Some(Some(Cause::Slip)));
    store.decide_at_once(lee, "i1", &accept()).unwrap();
    assert_eq!(w.number("SELECT COUNT(*) FROM decision WHERE sides IS NOT NULL"), 2, "deciding again keeps them too");
    let undone = store.undo(lee, UndoScope::Anything).unwrap().unwrap();
    assert_eq!(undone.served.opinions.sides, served.opinions.sides);
    let undone = store.undo(lee, UndoScope::Anything).unwrap().unwrap();
    assert_eq!((undone.served.opinions.sides.len(), undone.served.mine), (2, None));
    let redone = store.redo(lee).unwrap().unwrap();
    assert_eq!(redone.served.mine.map(|mine| mine.judgement.cause), Some(Some(Cause::Slip)), "the cause comes back");
    assert_sound(&store);
}

#[test]
fn three_opinions_have_three_sides() {
    let (_w, mut store, queue) = asking(3, 1);
    disagree(&store, &queue, "i1");
    let draft = Draft { categories: vec!["wrong".into()], ..Draft::default() };
    store.decide_at_once(queue.actor("cy", T0), "i1", &Judgement::new(Verdict::Reject, draft)).unwrap();
    let (served, _) = serve(&mut store, &queue, "lee", T0);
    let by_number = ["", "cold", "wrong"];
    let expected: Vec<&str> = order(&queue.name, "i1", 3).into_iter().map(|at| by_number[at]).collect();
    let shown: Vec<String> = served.opinions.sides.iter().map(|side| side.draft.categories.concat()).collect();
    assert_eq!(shown, expected);
    assert!(matches!(store.next(queue.actor("dee", T0), Pick::default()).unwrap(), Next::End(_)));
}

#[test]
fn each_reviewer_is_told_how_their_opinions_were_settled() {
    let (_w, mut store, queue) = asking(2, 4);
    for item in ["i1", "i2", "i4"] {
        disagree(&store, &queue, item);
    }
    for reviewer in ["ana", "ben"] {
        store.decide_at_once(queue.actor(reviewer, T0), "i3", &accept()).unwrap();
    }
    let lee = queue.actor("lee", T0);
    let why = Judgement { cause: Some(Cause::Unclear), ..reject("cold") };
    store
        .decide_at_once(
            lee,
            "i2",
            &Judgement::new(Verdict::Reject, Draft { note: "anew".into(), ..(*why.draft).clone() }),
        )
        .unwrap();
    store.decide_at_once(lee, "i1", &why).unwrap();

    let told = |reviewer: &str| {
        let settled = store.settlements(&queue, reviewer, 10).unwrap().into_iter();
        settled.map(|of| (of.item, of.own, of.verdict, of.cause, of.taken_from, of.note)).collect::<Vec<_>>()
    };
    let row = |item: &str, own, cause, taken: Option<&str>, note: &str| {
        (item.to_owned(), Some(own), Verdict::Reject, cause, taken.map(str::to_owned), note.to_owned())
    };
    let of_ana = [
        row("i1", Verdict::Accept, Some(Cause::Unclear), Some("ben"), "why"),
        row("i2", Verdict::Accept, None, None, "anew"),
    ];
    assert_eq!(told("ana"), of_ana, "what was settled last is first; what agreed, or is disputed, is not there");
    assert_eq!(told("ben")[0], row("i1", Verdict::Reject, Some(Cause::Unclear), Some("ben"), "why"));
    assert_eq!(told("lee"), [], "who settles gave none");
    assert_eq!(store.settlements(&queue, "ana", 1).unwrap().len(), 1);

    let settled = |item: &str, reviewer: &str| {
        let seq = store.seq_of(&queue, item).unwrap();
        store.history(&queue, seq, reviewer, None).unwrap().settled
    };
    assert_eq!(
        settled("i1", "ana").map(|of| (of.by, of.who, of.own)),
        Some((SettledBy::Adjudicated, "lee".into(), Some(Verdict::Accept)))
    );
    assert_eq!(settled("i3", "ben").map(|of| of.by), Some(SettledBy::Unanimous));
    assert_eq!(settled("i4", "ana"), None, "it is not settled");
    assert_eq!(settled("i1", "cy"), None, "who has decided nothing is told nothing");
    assert_eq!(settled("i1", "lee").map(|of| of.own), Some(None));
    let seq = store.seq_of(&queue, "i1").unwrap();
    let shown = store.show(queue.actor("ana", T0), seq).unwrap();
    assert_eq!(shown.settled_by_another().map(|by| by.who.as_str()), Some("lee"));
    store.release_all().unwrap();
    store.undo(lee, UndoScope::Anything).unwrap();
    assert_eq!(store.show(queue.actor("ana", T0), seq).unwrap().opinions.settled, None);
    store.release_all().unwrap();
    assert_eq!(store.settlements(&queue, "ana", 10).unwrap().len(), 1);
}

#[test]
fn an_answered_question_and_a_majority_settle_too() {
    let (w, store, _) = asking(1, 1);
    let owned = SPEC.replace("name = \"Lead\"", "name = \"Lead\"\nowner = \"lee\"");
    let queue = apply(&store, &owned);
    store.decide_at_once(queue.actor("ana", T0), "i1", &escalate()).unwrap();
    assert_eq!(store.settlements(&queue, "ana", 10).unwrap(), []);
    store.answer(queue.actor("lee", T0), "i1", &reject("cold")).unwrap();
    let [answered] = &store.settlements(&queue, "ana", 10).unwrap()[..] else { panic!("one is answered") };
    assert_eq!(
        (answered.by, answered.own, answered.taken_from.as_ref()),
        (SettledBy::Answer, Some(Verdict::Escalate), None)
    );

    let record = record(plain("i2"));
    import(&store, &queue, &[record], false);
    let queue = apply(&store, &format!("{owned}\n[review]\nsettle = \"majority\"\n"));
    w.sql("UPDATE item SET opinions = 3 WHERE id = 'i2'").unwrap();
    disagree(&store, &queue, "i2");
    store.decide_at_once(queue.actor("cy", T0), "i2", &accept()).unwrap();
    let told = |reviewer: &str| store.settlements(&queue, reviewer, 10).unwrap().swap_remove(0);
    assert_eq!((told("ben").by, told("ben").is_other(), told("ana").is_other()), (SettledBy::Majority, true, false));
}
