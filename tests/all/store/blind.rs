//! Others' opinions are kept from who gave one or may still give one, until the item is settled,
//! wherever they could show: tried by everything that reads.

use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::event::EventKind;
use karat::domain::golden::{Example, Expected, Narrow};
use karat::domain::queue::Queue;
use karat::store::{BulkAction, Condition, MergeTerms, Reach, Rows, Sort, Store, UndoScope};
use support::fixture::*;

/// Items `i1` to `i4` of which two opinions are asked; lee settles.
fn asking(review: &str) -> (Workspace, Store, Queue) {
    let (w, store, _) = Workspace::with_items(4);
    let queue = apply(&store, &format!("{SPEC}\n[review]\nadjudicator = \"lee\"\n{review}\n"));
    w.sql("UPDATE item SET opinions = 2").unwrap();
    (w, store, queue)
}

fn decide(store: &Store, queue: &Queue, person: &str, item: &str, judgement: &Judgement) {
    store.decide_at_once(queue.actor(person, T0), item, judgement).unwrap();
}

/// An escalation that says more than it asks.
fn asks_and_says() -> Judgement {
    let draft = Draft {
        categories: vec!["cold".into()],
        scores: [("tone".into(), 1)].into(),
        note: "who decides?".into(),
        route: Some("lead".into()),
        ..Draft::default()
    };
    Judgement { verdict: Verdict::Escalate, draft: draft.into(), ..accept() }
}

fn found(store: &Store, queue: &Queue, reviewer: &str, filter: &str) -> Vec<String> {
    let filter = store.resolve(queue, &store.filter(queue, filter).unwrap(), T0).unwrap();
    let condition = store.condition(queue, &filter, reviewer).unwrap();
    let listing = store.whole_listing(queue, condition, Sort::default()).unwrap();
    store.browse(listing.seqs(), reviewer, T0).unwrap().into_iter().map(|row| row.item.id).collect()
}

/// Who is named by the decisions of an export, with what they say.
fn exported(store: &Store, queue: &Queue, rows: Rows, reader: Option<&str>) -> Vec<(String, Verdict, Vec<String>)> {
    let mut found = Vec::new();
    let each = |row: karat::store::Outgoing| -> karat::store::Result<()> {
        let judgement = &row.decision.judgement;
        found.push((row.decision.reviewer.clone(), judgement.verdict, judgement.draft.categories.clone()));
        Ok(())
    };
    store.outgoing(queue, rows, &[], &Condition::default(), reader, each).unwrap();
    found
}

/// The verdicts that the log tells.
fn logged(store: &Store, queue: &Queue, reader: Option<&str>) -> Vec<Verdict> {
    let mut found = Vec::new();
    let each = |event: karat::domain::event::Event| {
        if let EventKind::Decided(decided) = event.kind {
            found.push(decided.verdict);
        }
        Ok(())
    };
    store.events(queue, None, reader, each).unwrap();
    found
}

fn newest(store: &Store, queue: &Queue, reviewer: &str) -> Vec<Option<Verdict>> {
    store.dashboard(queue.actor(reviewer, T0)).unwrap().newest.into_iter().map(|newest| newest.verdict).collect()
}

#[test]
fn an_opinion_is_in_no_log_no_file_and_no_figure_before_it_is_settled() {
    let (_w, store, queue) = asking("");
    decide(&store, &queue, "ana", "i1", &reject("cold"));
    let reject = Verdict::Reject;
    for who_may_see in [None, Some("ana")] {
        assert_eq!(logged(&store, &queue, who_may_see), [reject]);
        assert_eq!(exported(&store, &queue, Rows::Decisions, who_may_see).len(), 1);
    }
    for reader in ["ben", "lee"] {
        assert_eq!(logged(&store, &queue, Some(reader)), [], "{reader} may still give one");
        assert_eq!(exported(&store, &queue, Rows::Decisions, Some(reader)), []);
        assert_eq!(newest(&store, &queue, reader), [None]);
    }
    assert_eq!(newest(&store, &queue, "ana"), [Some(reject)]);
    decide(&store, &queue, "ben", "i1", &accept());
    assert_eq!(logged(&store, &queue, Some("ana")), [reject], "they disagree, and nobody has settled it");
    assert_eq!(logged(&store, &queue, Some("lee")).len(), 2, "who gave none and is asked for none may see both");
    assert_eq!(exported(&store, &queue, Rows::Decisions, Some("lee")), [], "a file reaches anybody");

    decide(&store, &queue, "lee", "i1", &accept());
    for reader in ["ana", "ben", "lee"] {
        assert_eq!(logged(&store, &queue, Some(reader)).len(), 3, "{reader}");
        assert_eq!(exported(&store, &queue, Rows::Decisions, Some(reader)).len(), 3);
    }
    assert_eq!(newest(&store, &queue, "ben").iter().flatten().count(), 3);
    assert_sound(&store);
}

#[test]
fn of_an_opinion_that_escalates_there_is_what_it_asks() {
    let (_w, store, queue) = asking("");
    decide(&store, &queue, "ana", "i1", &asks_and_says());
    let seq = store.seq_of(&queue, "i1").unwrap();
    store.complete_index(|_| ()).unwrap();
    while store.count_groups(std::time::Duration::from_secs(60)).unwrap() {}
    let seen = |reviewer: &str| {
        let row = store.browse(&[seq], reviewer, T0).unwrap().remove(0).decision.unwrap();
        let figures = store.figures(queue.actor(reviewer, T0), &[], None, &Condition::default()).unwrap().remove(0);
        let dashboard = store.dashboard(queue.actor(reviewer, T0)).unwrap();
        assert_eq!((row.judgement.verdict, figures.escalated), (Verdict::Escalate, 1), "{reviewer}");
        assert_eq!(row.judgement.draft.note, "who decides?");
        let by_filter = ["category:cold", "score.tone<2", "has:category", "severity:minor"]
            .map(|filter| found(&store, &queue, reviewer, filter).len());
        [
            row.judgement.draft.categories.len(),
            figures.categories.len(),
            dashboard.categories.len(),
            store.totals(&[seq], reviewer).unwrap().categories.len(),
        ]
        .into_iter()
        .chain(by_filter)
        .collect::<Vec<_>>()
    };
    assert_eq!(seen("ana"), [1; 8], "one's own");
    assert_eq!(seen("ben"), [0; 8]);
    for reviewer in ["ana", "ben"] {
        assert_eq!(found(&store, &queue, reviewer, "verdict:escalate route:lead reviewer:ana note:decides"), ["i1"]);
    }
    let told = |reader| exported(&store, &queue, Rows::Items, Some(reader));
    assert_eq!(told("ben"), [("ana".into(), Verdict::Escalate, vec![])]);
    assert_eq!(told("ana"), [("ana".into(), Verdict::Escalate, vec!["cold".into()])]);
    let near = store.seq_of(&queue, "i2").unwrap();
    let precedents =
        |reviewer: &str| store.precedents(queue.actor(reviewer, T0), near, 5).unwrap().remove(0).categories;
    assert_eq!((precedents("ana").len(), precedents("ben").len()), (1, 0));
}

#[test]
fn a_spec_that_is_not_blind_shows_them() {
    let (_w, store, queue) = asking("blind = false");
    decide(&store, &queue, "ana", "i1", &reject("cold"));
    assert_eq!(logged(&store, &queue, Some("ben")), [Verdict::Reject]);
    assert_eq!(exported(&store, &queue, Rows::Decisions, Some("ben")).len(), 1);
    decide(&store, &queue, "ben", "i1", &accept());
    assert!(seen_others(&store, &queue).is_empty(), "they were given, and none is changed");
    decide(&store, &queue, "ben", "i1", &reject("cold"));
    assert_eq!(seen_others(&store, &queue), ["ben"]);
    assert_sound(&store);
}

/// Whose decisions say that they were changed after others' could be seen.
fn seen_others(store: &Store, queue: &Queue) -> Vec<String> {
    let mut found = Vec::new();
    let each = |row: karat::store::Outgoing| -> karat::store::Result<()> {
        found.extend(row.decision.part.after_seen.then(|| row.decision.reviewer.clone()));
        Ok(())
    };
    store.outgoing(queue, Rows::Decisions, &[], &Condition::default(), None, each).unwrap();
    found
}

#[test]
fn a_bulk_and_an_example_tell_no_opinion_either() {
    let (_w, mut store, queue) = asking("");
    let ids = ["i1", "i2"].map(|id| store.seq_of(&queue, id).unwrap());
    let action = BulkAction::Decide(reject("cold"));
    store.bulk(queue.actor("ana", T0), ids.to_vec(), action).unwrap();
    let example = Example {
        verdict: Verdict::Reject,
        expected: Expected::Nothing,
        categories: vec!["cold".into()],
        tags: vec![],
        why: "see the tone".into(),
    };
    store.keep_golden(queue.actor("ana", T0), ids[0], &example).unwrap();
    let told = |store: &Store, reader: &str| {
        let (mut bulks, narrow) = (0, Narrow::default());
        let each = |event: karat::domain::event::Event| {
            bulks += usize::from(matches!(event.kind, EventKind::Bulk(_)));
            Ok(())
        };
        store.events(&queue, None, Some(reader), each).unwrap();
        let examples = store.goldens(&queue, &narrow, reader, Reach::Newest, 9).unwrap().rows.len();
        (bulks, examples, store.goldens_kept(&queue, reader).unwrap())
    };
    assert_eq!((told(&store, "ana"), told(&store, "ben")), ((1, 1, 0), (0, 0, 1)));
    ["i1", "i2"].iter().for_each(|id| decide(&store, &queue, "ben", id, &reject("cold")));
    assert_eq!(told(&store, "ben"), (1, 1, 0), "it is settled");
    store.undo(queue.actor("ben", T0), UndoScope::Anything).unwrap().unwrap();
    assert_sound(&store);
}

#[test]
fn an_opinion_that_is_changed_after_others_could_be_seen_says_so() {
    let (_w, mut store, queue) = asking("");
    decide(&store, &queue, "ana", "i1", &accept());
    decide(&store, &queue, "ana", "i1", &reject("cold"));
    decide(&store, &queue, "ben", "i1", &accept());
    decide(&store, &queue, "ben", "i1", &reject("cold"));
    assert!(seen_others(&store, &queue).is_empty(), "neither could be seen before");
    decide(&store, &queue, "ana", "i1", &reject("wrong"));
    assert_eq!(seen_others(&store, &queue), ["ana"]);
    store.undo(queue.actor("ben", T0), UndoScope::Anything).unwrap().unwrap();
    store.release_all().unwrap();
    decide(&store, &queue, "ben", "i1", &accept());
    assert_eq!(seen_others(&store, &queue), ["ana", "ben"], "what was taken back has been seen all the same");
    assert_sound(&store);
}

#[test]
fn a_merge_tells_that_an_opinion_came_and_not_which() {
    let (_w, store, queue) = asking("");
    let copy = Workspace::unmade();
    let mut moving = store.begin_move(copy.place()).unwrap();
    while moving.advance().unwrap() {}
    let there = moving.finish().unwrap().store;
    for item in ["i1", "i2"] {
        there.decide_at_once(queue.actor("ana", T0), item, &reject("cold")).unwrap();
    }
    there.decide_at_once(queue.actor("ben", T0), "i2", &reject("cold")).unwrap();
    let mut told = Vec::new();
    let terms = MergeTerms { name: "copy", actor: "ben", dry_run: true, now: T0 };
    store.merge(&there, terms, |merged| told.push((merged.item, merged.decision.reviewer, merged.is_kept))).unwrap();
    let of = |item: &str, by: &str, kept| (item.to_owned(), by.to_owned(), kept);
    assert_eq!(told, [of("i1", "ana", true), of("i2", "ana", false), of("i2", "ben", false)]);
}
