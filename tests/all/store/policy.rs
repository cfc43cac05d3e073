//! A spec's rules of review, from its text to where an item stands.

use karat::domain::stage::Stage;
use karat::store::Store;
use support::fixture::*;

/// The spec of [`SPEC`] whose cold replies are made again, at most twice in all.
fn retried() -> String {
    SPEC.replace("severity = \"minor\"", "severity = \"minor\"\nretryable = true")
        + "\n[retry]\nwhen = \"retryable\"\nattempts = 2\nthen = \"lead\"\n"
}

fn stage(store: &Store, id: &str) -> Stage {
    let queue = store.queue("replies").unwrap();
    let seq = store.seq_of(&queue, id).unwrap();
    Stage::ALL.into_iter().find(|stage| is(store, seq, *stage)).unwrap()
}

fn is(store: &Store, seq: i64, stage: Stage) -> bool {
    let queue = store.queue("replies").unwrap();
    let filter = store.filter(&queue, &format!("is:{}", stage.as_str())).unwrap();
    let filter = store.resolve(&queue, &filter, T0).unwrap();
    let condition = store.condition(&queue, &filter, "pm").unwrap();
    let listing = store.whole_listing(&queue, condition, Default::default()).unwrap();
    listing.seqs().contains(&seq)
}

#[test]
fn a_rejection_for_a_retryable_category_is_to_be_made_again() {
    let (w, store, _) = Workspace::with_items(3);
    let queue = apply(&store, &retried());
    for (item, category) in [("i1", "cold"), ("i2", "wrong"), ("i3", "cold")] {
        w.sql("UPDATE item SET line_attempt = 2 WHERE id = 'i3'").unwrap();
        store.decide_at_once(queue.actor("ops-1", T0), item, &reject(category)).unwrap();
    }
    assert_eq!(stage(&store, "i1"), Stage::ToRetry);
    assert_eq!(stage(&store, "i2"), Stage::Rejected, "its category is not retryable");
    assert_eq!(stage(&store, "i3"), Stage::Escalated, "its attempts are used up");
    let asked = "SELECT COUNT(*) FROM escalation WHERE item_seq = 3 AND route = 'lead' AND asked_by = 'program'";
    assert_eq!(w.number(asked), 1);
    assert_sound(&store);
}

#[test]
fn another_spec_moves_nothing_that_is_settled() {
    let (_w, store, queue) = Workspace::with_items(2);
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &reject("cold")).unwrap();
    let newer = apply(&store, &retried());
    assert_eq!(stage(&store, "i1"), Stage::Rejected, "it was decided before there was such a rule");
    store.decide_at_once(newer.actor("ops-1", T0), "i2", &reject("cold")).unwrap();
    let newest = apply(&store, SPEC);
    assert_eq!(stage(&store, "i2"), Stage::ToRetry);
    store.decide_at_once(newest.actor("ops-1", T0), "i2", &reject("cold")).unwrap();
    assert_eq!(stage(&store, "i2"), Stage::Rejected, "a decision goes by the rules of its version");
    assert_sound(&store);
}

#[test]
fn the_doctor_finds_rules_that_the_spec_does_not_say() {
    let (w, store, _) = Workspace::with_items(1);
    apply(&store, &(SPEC.to_owned() + "\n[review]\nagree = [\"verdict\", \"score.tone\"]\nsettle = \"strictest\"\n"));
    assert_sound(&store);
    w.sql("INSERT INTO policy_score (queue_id, spec_version, criterion) VALUES (1, 2, 'accuracy')").unwrap();
    let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|result| !result.ok).collect();
    assert_eq!(wrong.iter().map(|result| result.check).collect::<Vec<_>>(), ["policy"], "{wrong:#?}");
    assert!(wrong[0].detail.contains("version 2"), "{wrong:#?}");
}
