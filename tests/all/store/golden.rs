//! Golden examples: kept, edited, removed, undone and redone, in versions.

use karat::domain::decision::{Judgement, Verdict};
use karat::domain::golden::{Example, Expected, Narrow};
use karat::domain::item::{Content, Seq};
use karat::domain::queue::Queue;
use karat::store::{
    Because, Candidate, Change, Freezing, GoldenSet, ImportOutcome, Page, Reach, Store, StoreError, UndoScope,
};
use std::sync::Barrier;
use support::fixture::*;

fn example(why: &str) -> Example {
    Example {
        verdict: Verdict::Accept,
        expected: Expected::Output,
        categories: Vec::new(),
        tags: vec!["typical".into()],
        why: why.into(),
    }
}

fn keep(store: &Store, queue: &Queue, id: &str, example: &Example, reviewer: &str) -> Seq {
    let seq = store.seq_of(queue, id).unwrap();
    store.keep_golden(queue.actor(reviewer, T0), seq, example).unwrap();
    seq
}

/// What the item is kept for now.
fn why(store: &Store, seq: Seq) -> Option<String> {
    store.golden(seq).unwrap().map(|golden| golden.example.why)
}

fn ids(store: &Store, queue: &Queue, narrow: &str) -> Vec<String> {
    let page = store.goldens(queue, &Narrow::parse(narrow), "ops-1", Reach::Newest, 10).unwrap();
    page.rows.into_iter().map(|golden| golden.id).collect()
}

#[test]
fn an_example_is_kept_edited_and_removed_and_each_is_undone_across_restarts() {
    let (w, store, queue) = Workspace::with_items(2);
    let seq = keep(&store, &queue, "i1", &example("first"), "ops-1");
    keep(&store, &queue, "i1", &example("second"), "ops-1");
    assert_eq!(store.golden(seq).unwrap().unwrap().version, 2);
    assert_eq!(store.remove_golden(queue.actor("ops-1", T0), seq).unwrap().example.why, "second");
    assert_eq!(why(&store, seq), None);
    assert!(matches!(store.remove_golden(queue.actor("ops-1", T0), seq), Err(StoreError::NotGolden)));

    for expected in [Some("second"), Some("first"), None] {
        let mut store = w.open();
        let undone = store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap();
        assert_eq!(undone.served.item.id, "i1");
        assert!(matches!(undone.change, Change::Golden { .. }));
        assert_eq!(why(&store, seq).as_deref(), expected);
        store.release_all().unwrap();
        assert_sound(&store);
    }
    for expected in [Some("first"), Some("second"), None] {
        let mut store = w.open();
        store.redo(queue.actor("ops-1", T0)).unwrap().unwrap();
        assert_eq!(why(&store, seq).as_deref(), expected);
        store.release_all().unwrap();
    }
    assert_sound(&store);
    assert_eq!(store.golden_version(queue.id).unwrap(), 9, "three changes, three undos, three redos");
}

#[test]
fn an_undo_takes_nothing_from_another_reviewer() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    let seq = keep(&store, &queue, "i1", &example("mine"), "ops-1");
    keep(&store, &queue, "i1", &example("yours"), "ops-2");
    store.undo(queue.actor("ops-1", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(why(&store, seq).as_deref(), Some("yours"));
    store.undo(queue.actor("ops-2", T0), UndoScope::Anything).unwrap().unwrap();
    assert_eq!(why(&store, seq), None, "the one before is undone too");
    store.redo(queue.actor("ops-1", T0)).unwrap().unwrap();
    assert_eq!(why(&store, seq).as_deref(), Some("mine"));
    assert_sound(&store);
}

#[test]
fn the_golden_set_is_undone_alone_where_it_is_looked_at() {
    let (_w, store, queue) = Workspace::with_items(2);
    let seq = keep(&store, &queue, "i1", &example("first"), "ops-1");
    store.decide_at_once(queue.actor("ops-1", T0), "i2", &accept()).unwrap();
    let (id, change) = store.undo_golden(queue.actor("ops-1", T0)).unwrap().unwrap();
    assert_eq!((id.as_str(), change), ("i1", Change::Golden { before: Some(example("first")), after: None }));
    assert_eq!(store.counts(&queue).unwrap().decided(), 1, "the decision stands");
    assert!(store.undo_golden(queue.actor("ops-1", T0)).unwrap().is_none());
    store.redo_golden(queue.actor("ops-1", T0)).unwrap().unwrap();
    assert_eq!(why(&store, seq).as_deref(), Some("first"));
    assert!(store.redo_golden(queue.actor("ops-1", T0)).unwrap().is_none());
    assert_sound(&store);
}

#[test]
fn two_programs_of_a_reviewer_take_a_change_back_once_and_bring_it_back_once() {
    let (w, store, queue) = Workspace::with_items(1);
    let seq = keep(&store, &queue, "i1", &example("first"), "ops-1");
    let both = |turn: fn(&Store, &Queue) -> bool| -> usize {
        let start = Barrier::new(2);
        let program = || {
            let store = w.open();
            start.wait();
            turn(&store, &queue)
        };
        std::thread::scope(|scope| {
            let programs = [scope.spawn(program), scope.spawn(program)];
            programs.map(|program| usize::from(program.join().unwrap())).iter().sum()
        })
    };
    for _ in 0..4 {
        let undone = both(|store, queue| store.undo_golden(queue.actor("ops-1", T0)).unwrap().is_some());
        assert_eq!((undone, why(&store, seq)), (1, None));
        let redone = both(|store, queue| store.redo_golden(queue.actor("ops-1", T0)).unwrap().is_some());
        assert_eq!((redone, why(&store, seq).as_deref()), (1, Some("first")));
    }
    assert_eq!(store.golden_version(queue.id).unwrap(), 9, "one change, four undos, four redos");
    assert_sound(&store);
}

#[test]
fn only_a_text_that_is_there_can_be_expected() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let mut referenced = plain("i2");
    referenced.reference = Some(Content::text("as it should be"));
    import(&store, &queue, &[record(plain("i1")), record(referenced)], false);
    let expecting = |expected| Example { expected, ..example("") };
    let refused = |id, expected| {
        let seq = store.seq_of(&queue, id).unwrap();
        store.keep_golden(queue.actor("ops-1", T0), seq, &expecting(expected)).unwrap_err().to_string()
    };
    assert_eq!(refused("i1", Expected::Reference), "the item has no reference, so none can be expected");
    assert_eq!(refused("i2", Expected::Correction), "the item has no correction, so none can be expected");
    assert_eq!(store.golden_version(queue.id).unwrap(), 0, "what was refused is no version");
    keep(&store, &queue, "i2", &expecting(Expected::Reference), "ops-1");

    let judgement = corrected("mended");
    store.decide_at_once(queue.actor("ops-2", T0), "i1", &judgement).unwrap();
    let seq = store.seq_of(&queue, "i1").unwrap();
    let facts = |reviewer| store.golden_facts(&queue, seq, reviewer).unwrap();
    assert!(!facts("ops-1").texts.correction, "who has not decided is not told that another corrected it");
    assert!(facts("ops-2").texts.correction);
    assert_eq!(facts("ops-2").verdict, Some(Verdict::Reject));
    keep(&store, &queue, "i1", &expecting(Expected::Correction), "pm");
    assert_sound(&store);
}

#[test]
fn a_corrected_rejection_is_a_candidate_until_it_is_golden() {
    let (_w, store, queue) = Workspace::with_items(3);
    let judgement = corrected("mended");
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &judgement).unwrap();
    store.decide_at_once(queue.actor("ops-1", T0), "i2", &reject("wrong")).unwrap();
    store.decide_at_once(queue.actor("ops-2", T0), "i3", &judgement).unwrap();
    let candidates = || {
        let page = store.golden_candidates(&queue, Reach::Newest, 10).unwrap();
        page.rows.into_iter().map(|candidate| (candidate.id, candidate.because)).collect::<Vec<_>>()
    };
    let mended = |id: &str| (id.to_owned(), Because::Corrected("mended".into()));
    assert_eq!(candidates(), [mended("i3"), mended("i1")]);
    keep(&store, &queue, "i3", &Example { expected: Expected::Correction, ..example("") }, "ops-1");
    assert_eq!(candidates().len(), 1);
    store.undo_golden(queue.actor("ops-1", T0)).unwrap();
    assert_eq!(candidates().len(), 2);
}

#[test]
fn an_escalation_that_another_answered_is_a_candidate() {
    let (_w, store, queue) = Workspace::with_items(4);
    for id in ["i1", "i2", "i3", "i4"] {
        store.decide_at_once(queue.actor("ops-1", T0), id, &escalate()).unwrap();
    }
    store.decide_at_once(queue.actor("lead", T0), "i1", &accept()).unwrap();
    store.decide_at_once(queue.actor("lead", T0), "i3", &corrected("mended")).unwrap();
    store.decide_at_once(queue.actor("ops-1", T0), "i4", &accept()).unwrap();
    let page = |reach, rows| store.golden_candidates(&queue, reach, rows).unwrap();
    let told = |page: Page<Candidate>| -> Vec<_> {
        page.rows.into_iter().map(|candidate| (candidate.id, candidate.verdict, candidate.because)).collect()
    };
    let asked = Because::Answered { asked_by: "ops-1".into(), asked: escalate().draft.note.clone() };
    let both = [
        ("i3".to_owned(), Verdict::Reject, Because::Corrected("mended".into())),
        ("i1".to_owned(), Verdict::Accept, asked),
    ];
    assert_eq!(told(page(Reach::Newest, 10)), both, "who answers oneself asked nobody; what waits is none");
    let (first, second) = (page(Reach::Newest, 1), page(Reach::Oldest, 1));
    assert!(first.more && second.more);
    assert_eq!(told(page(Reach::OlderThan(first.rows[0].seq), 10)), both[1..]);
    assert_eq!(told(page(Reach::NewerThan(second.rows[0].seq), 10)), both[..1]);
    assert_eq!(store.dashboard(queue.actor("ops-1", T0)).unwrap().golden_candidates, 2);
    keep(&store, &queue, "i1", &example(""), "lead");
    assert_eq!(told(page(Reach::Newest, 10)), both[..1]);
}

#[test]
fn a_set_is_listed_in_windows_and_narrowed() {
    let (_w, store, queue) = Workspace::with_items(9);
    for n in 1..=9 {
        let tag = if n % 2 == 0 { "edge-case" } else { "typical" };
        let verdict = if n == 4 { Verdict::Reject } else { Verdict::Accept };
        let example = Example { verdict, tags: vec![tag.into(), "50%_off".into()], ..example(&format!("Reason {n}")) };
        keep(&store, &queue, &format!("i{n}"), &example, "ops-1");
    }
    let page = |reach| {
        let page = store.goldens(&queue, &Narrow::default(), "ops-1", reach, 4).unwrap();
        let ids: Vec<_> = page.rows.iter().map(|golden| golden.id.clone()).collect();
        (ids.join(" "), page.more, page.rows)
    };
    let (newest, more, rows) = page(Reach::Newest);
    assert_eq!((newest.as_str(), more), ("i9 i8 i7 i6", true));
    let (older, more, older_rows) = page(Reach::OlderThan(rows[3].seq));
    assert_eq!((older.as_str(), more), ("i5 i4 i3 i2", true));
    assert_eq!(page(Reach::OlderThan(older_rows[3].seq)).0, "i1");
    assert_eq!((page(Reach::Oldest).0.as_str(), page(Reach::Oldest).1), ("i4 i3 i2 i1", true));
    assert_eq!(page(Reach::NewerThan(older_rows[0].seq)).0, "i9 i8 i7 i6");

    assert_eq!(ids(&store, &queue, "#edge-case"), ["i8", "i6", "i4", "i2"]);
    assert_eq!(ids(&store, &queue, "reject"), ["i4"]);
    assert_eq!(ids(&store, &queue, "REASON 7"), ["i7"]);
    assert_eq!(ids(&store, &queue, "#50%_off accept").len(), 8);
    assert!(ids(&store, &queue, "#edge 5%x").is_empty(), "a tag is meant whole, and % is no pattern");
    let seq = store.seq_of(&queue, "i1").unwrap();
    assert_eq!(store.golden_facts(&queue, seq, "ops-1").unwrap().tags, ["50%_off", "typical", "edge-case"]);
}

#[test]
fn an_example_is_not_replaced_by_an_import() {
    let (_w, store, queue) = Workspace::with_items(1);
    keep(&store, &queue, "i1", &example(""), "ops-1");
    let mut changed = plain("i1");
    changed.output = Content::text("another answer");
    let taken = import(&store, &queue, &[record(changed)], true);
    assert!(matches!(&taken[0], ImportOutcome::Refused(why) if why.contains("golden example")), "{taken:?}");
}

#[test]
fn who_has_not_decided_is_not_shown_that_an_item_is_golden() {
    let (_w, mut store, queue) = Workspace::with_items(1);
    keep(&store, &queue, "i1", &example("theirs"), "ops-2");
    let (served, token) = serve(&mut store, &queue, "ops-1", T0);
    assert!(served.golden.is_none());
    store.decide(queue.actor("ops-1", T0), served.seq, &token, &accept()).unwrap();
    let after = store.show(queue.actor("ops-1", T0), served.seq).unwrap();
    assert_eq!(after.golden.unwrap().example.why, "theirs");
    let theirs = store.show(queue.actor("ops-2", T0), served.seq).unwrap();
    assert!(theirs.golden.is_some(), "who has kept it knows");
}

fn corrected(text: &str) -> Judgement {
    let mut judgement = reject("wrong");
    judgement.draft_mut().correction = Some(Content::text(text));
    judgement
}

#[test]
fn a_frozen_set_never_changes_and_is_made_anew_only_where_something_has() {
    let (w, store, queue) = Workspace::with_items(3);
    keep(&store, &queue, "i1", &example("first"), "ops-1");
    keep(&store, &queue, "i2", &example("second"), "ops-1");
    let freeze = |store: &Store, name: &str| store.freeze_golden(queue.actor("ops-1", T0), name, &Freezing::default());
    let first = freeze(&store, "support").unwrap();
    assert_eq!((first.is_new, first.set.version, first.set.examples), (true, 1, 2));
    let again = freeze(&store, "support").unwrap();
    assert_eq!((again.is_new, &again.set), (false, &first.set), "nothing has changed");
    let other = freeze(&store, "same").unwrap();
    assert_eq!(other.set.digest, first.set.digest, "a digest is of what is in it");
    keep(&store, &queue, "i1", &example("better"), "ops-1");
    let second = freeze(&store, "support").unwrap();
    assert_eq!((second.is_new, second.set.version), (true, 2));
    let whys = |set: &GoldenSet| {
        let mut whys = Vec::new();
        let read = store.frozen_examples(set, |example| -> Result<(), StoreError> {
            whys.push(example.why);
            Ok(())
        });
        read.unwrap();
        whys
    };
    assert_eq!(
        (whys(&first.set), whys(&second.set)),
        (vec!["first".into(), "second".into()], vec!["better".into(), "second".to_owned()])
    );
    for statement in
        ["UPDATE golden_set SET digest = 'x'", "DELETE FROM golden_set_example", "UPDATE golden_text SET body = '{}'"]
    {
        assert!(w.sql(statement).is_err(), "{statement}");
    }
    assert_sound(&store);
}
