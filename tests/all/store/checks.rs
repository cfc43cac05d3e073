//! What checks found comes in with the items, decides them, and yields to people.

use karat::domain::check::{FailedCheck, Otherwise};
use karat::domain::imported::Record;
use karat::domain::item::{Content, Item};
use karat::domain::policy::ReviewerKind;
use karat::domain::queue::{Over, Queue};
use karat::domain::stage::Stage;
use karat::store::{Condition, ImportOutcome, Reach, Sort, Store, StoreError, UndoScope};
use support::fixture::*;

const CHECKS: &str = r#"
[[check]]
key = "shape"
matches = 'x'
otherwise = "reject"
failure = "wrong"
[[check]]
key = "law"
forbids = 'y'
otherwise = "escalate"
route = "desk"
[[check]]
key = "long"
max_chars = 3
otherwise = "flag"
"#;

fn failed(key: &str, outcome: Otherwise) -> FailedCheck {
    FailedCheck { key: key.into(), outcome, reason: format!("{key} is wrong") }
}

fn checked(id: &str, failed: &[FailedCheck]) -> Record {
    let mut record = record(plain(id));
    record.failed = failed.to_vec();
    record
}

fn stages(store: &Store, queue: &Queue) -> Vec<(Stage, i64)> {
    let counts = store.counts(queue).unwrap();
    Stage::ALL.into_iter().map(|stage| (stage, counts.at(stage))).filter(|(_, n)| *n > 0).collect()
}

/// `shape` fails `i1`, `law` and `long` fail `i2`, `long` flags `i3`, and `i4` is sound.
fn imported() -> (Workspace, Store, Queue) {
    let workspace = Workspace::new();
    let store = workspace.open();
    let queue = apply(&store, &format!("{SPEC}{CHECKS}"));
    let (shape, law) = (failed("shape", Otherwise::Reject), failed("law", Otherwise::Escalate));
    let long = failed("long", Otherwise::Flag);
    let records =
        [checked("i1", &[shape]), checked("i2", &[law, long.clone()]), checked("i3", &[long]), checked("i4", &[])];
    import(&store, &queue, &records, false);
    (workspace, store, queue)
}

#[test]
fn items_that_fail_checks_come_in_decided() {
    let (_workspace, mut store, queue) = imported();
    assert_eq!(stages(&store, &queue), [(Stage::Waiting, 2), (Stage::Rejected, 1), (Stage::Escalated, 1)]);
    assert_eq!(store.counts(&queue).unwrap().by_check, 1);
    let seq = store.seq_of(&queue, "i1").unwrap();
    let record = store.decided_by_another(seq, "ana").unwrap().unwrap();
    assert_eq!(record.reviewer, "check:shape");
    assert_eq!(store.categories_of_record(&queue, seq).unwrap(), ["wrong"]);
    let (served, _) = serve(&mut store, &queue, "ana", T0);
    assert_eq!(served.item.id, "i3");
    assert_eq!(served.checks, [failed("long", Otherwise::Flag)]);
    assert_sound(&store);
}

#[test]
fn a_person_is_told_of_the_check_and_decides_over_it() {
    let (_workspace, mut store, queue) = imported();
    let actor = queue.actor("ana", T0 + MINUTE);
    let refused = store.decide_at_once(actor, "i1", &accept());
    assert!(matches!(refused, Err(StoreError::Decided(other)) if other.reviewer == "check:shape"));
    let decision = store.decide_at_once(actor.over(Over::Anybody), "i1", &accept()).unwrap();
    assert_eq!((decision.part.reviewer_kind, decision.part.slot), (ReviewerKind::Person, Some(1)));
    assert_eq!((stages(&store, &queue)[1], store.counts(&queue).unwrap().by_check), ((Stage::Accepted, 1), 0));
    // What a check escalates is answered like any other.
    store.decide_at_once(actor, "i2", &reject("cold")).unwrap();
    assert_sound(&store);
    store.undo(actor, UndoScope::Decisions).unwrap();
    store.undo(actor, UndoScope::Decisions).unwrap();
    assert!(store.undo(actor, UndoScope::Anything).unwrap().is_none(), "a check's decision is nobody's step");
    assert_eq!(stages(&store, &queue), [(Stage::Waiting, 2), (Stage::Rejected, 1), (Stage::Escalated, 1)]);
    assert_eq!(store.counts(&queue).unwrap().by_check, 1);
    assert_sound(&store);
}

#[test]
fn what_an_attempt_has_replaced_is_no_verdict_of_a_check_any_more() {
    let workspace = Workspace::new();
    let store = workspace.open();
    let retried = SPEC.replace("key = \"wrong\"", "key = \"wrong\"\nretryable = true");
    let queue = apply(&store, &format!("{retried}{CHECKS}\n[retry]\nwhen = \"retryable\"\nattempts = 3\n"));
    import(&store, &queue, &[checked("i1", &[failed("shape", Otherwise::Reject)])], false);
    let by_check = || (store.counts(&queue).unwrap().at(Stage::Replaced), store.counts(&queue).unwrap().by_check);
    assert_eq!(by_check(), (0, 1));
    let attempt = Item { case: Some("i1".into()), attempt: 2, ..plain("i1~2") };
    import(&store, &queue, &[record(attempt)], false);
    assert_eq!(by_check(), (1, 0));
    assert_sound(&store);
}

#[test]
fn a_check_is_never_counted_as_a_persons_judgement() {
    let (_workspace, store, queue) = imported();
    let summary = &store.queues(T0).unwrap()[0];
    assert_eq!((summary.last.as_ref(), summary.last_hour), (None, 0));
    let figures = store.figures(queue.actor("pm", T0), &[], None, &Condition::default()).unwrap();
    let judged: Vec<i64> =
        figures.iter().map(|figures| figures.accepted + figures.rejected + figures.escalated).collect();
    assert_eq!(judged, [0]);
    while store.count_groups(std::time::Duration::from_secs(1)).unwrap() {}
    let home = store.dashboard(queue.actor("ana", T0)).unwrap();
    assert!(home.reviewers.is_empty() && home.categories.is_empty() && home.made.is_empty() && home.newest.is_empty());
    let desks: Vec<_> = home.desks.iter().map(|desk| (desk.key.as_str(), desk.waiting)).collect();
    assert_eq!(desks, [("lead", 0), ("desk", 1)], "what a check escalates waits for an answer");
    assert!(store.sitting(queue.actor("check:shape", T0)).unwrap().is_empty());
    assert!(store.golden_candidates(&queue, Reach::Newest, 10).unwrap().rows.is_empty());
    store.decide_at_once(queue.actor("ana", T0), "i2", &accept()).unwrap();
    assert!(store.golden_candidates(&queue, Reach::Newest, 10).unwrap().rows.is_empty(), "a check asked nobody");
    assert_eq!(store.queues(T0).unwrap()[0].last, Some(("ana".into(), T0)));
}

#[test]
fn checks_that_are_run_again_renew_what_waits_and_leave_what_is_decided() {
    let (_workspace, store, queue) = imported();
    store.decide_at_once(queue.actor("ana", T0), "i4", &accept()).unwrap();
    let found = store.whole_listing(&queue, Condition::default(), Sort::default()).unwrap().seqs().to_vec();
    let shape = || vec![failed("shape", Otherwise::Reject)];
    let [i1, i2, i3, i4] = ["i1", "i2", "i3", "i4"].map(|id| store.seq_of(&queue, id).unwrap());
    assert_eq!(found.len(), 4);
    assert_eq!(store.waiting(&queue).unwrap(), [i3]);
    let found = [(i1, Vec::new()), (i2, shape()), (i3, shape()), (i4, shape())];
    assert_eq!(store.renew_checks(queue.actor("pm", T0), &found).unwrap(), 1);
    assert_eq!(stages(&store, &queue), [(Stage::Accepted, 1), (Stage::Rejected, 2), (Stage::Escalated, 1)]);
    assert_sound(&store);
}

#[test]
fn new_content_is_checked_anew() {
    let (_workspace, mut store, queue) = imported();
    let mut changed = plain("i3");
    changed.output = karat::domain::item::Content::text("another answer");
    import(&store, &queue, &[record(changed)], true);
    let (served, _) = serve(&mut store, &queue, "ana", T0);
    assert_eq!((served.item.id.as_str(), served.checks), ("i3", Vec::new()));
}

#[test]
fn a_corrected_record_takes_the_place_of_one_that_only_a_check_decided() {
    let (_workspace, mut store, queue) = imported();
    let corrected = |id: &str, output: &str, found: &[FailedCheck]| {
        let mut item = plain(id);
        item.output = Content::text(output);
        let mut record = record(item);
        record.failed = found.to_vec();
        record
    };
    let records = [corrected("i1", "x", &[]), corrected("i2", "z", &[failed("shape", Otherwise::Reject)])];
    assert_eq!(import(&store, &queue, &records, true), [ImportOutcome::Updated, ImportOutcome::Updated]);
    assert_eq!(stages(&store, &queue), [(Stage::Waiting, 3), (Stage::Rejected, 1)]);
    assert!(store.inbox("lee", None, 9).unwrap().is_empty(), "nobody is asked any more");
    assert_sound(&store);
    assert!(store.undo(queue.actor("engineer", T0), UndoScope::Anything).unwrap().is_none(), "no key did it");
    let seq = store.seq_of(&queue, "i2").unwrap();
    assert_eq!(store.decided_by_another(seq, "ana").unwrap().unwrap().reviewer, "check:shape");
    store.decide_at_once(queue.actor("ana", T0).over(Over::Anybody), "i2", &accept()).unwrap();
    let refused = import(&store, &queue, &[corrected("i2", "once more", &[])], true);
    assert!(matches!(&refused[..], [ImportOutcome::Refused(why)] if why.contains("rests")), "{refused:?}");
    assert_sound(&store);
}
