//! What holds though somebody writes into the database past the store.

use support::fixture::*;

#[test]
fn the_log_cannot_be_changed_from_outside_either() {
    let (w, mut store, queue) = Workspace::with_items(1);
    decide_next(&mut store, &queue, "ops-1", &accept(), T0);
    for sql in ["UPDATE event SET actor = 'x'", "DELETE FROM event", "DELETE FROM decision"] {
        let refused = w.sql(sql).unwrap_err().to_string();
        assert!(refused.contains("append-only") || refused.contains("never"), "{sql}: {refused}");
    }
}

#[test]
fn the_doctor_finds_a_counter_out_of_step() {
    let (w, store, _queue) = Workspace::with_items(2);
    w.sql("INSERT INTO tally (queue_id, slot, accepted, rejected, escalated) VALUES (1, 0, 2, 0, 0)").unwrap();
    let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|finding| !finding.ok).collect();
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert!(
        wrong[0].detail.contains("kept 2 items, 2 accepted") && wrong[0].detail.contains("counted 2 items, 0 accepted")
    );
}

#[test]
fn the_doctor_finds_a_context_document_that_is_gone() {
    let (w, store, _queue) = Workspace::with_items(1);
    w.sql("DELETE FROM document").unwrap();
    let wrong: Vec<_> = store.doctor(T0).unwrap().into_iter().filter(|finding| !finding.ok).collect();
    assert_eq!(wrong.iter().map(|finding| finding.check).collect::<Vec<_>>(), ["context"], "{wrong:#?}");
}

#[test]
fn a_dead_programs_claims_are_freed_on_its_own_machine() {
    let (w, mut store, queue) = Workspace::with_items(1);
    serve(&mut store, &queue, "ops-1", T0);
    let claims = || w.number("SELECT COUNT(*) FROM claim");
    store.free_abandoned(&queue).unwrap();
    assert_eq!(claims(), 1, "a living program keeps its claim");
    let own = format!("/{}/", std::process::id());
    w.sql(&format!("UPDATE claim SET session = replace(session, '{own}', '/999999999/')")).unwrap();
    store.free_abandoned(&queue).unwrap();
    assert_eq!(claims(), 0);
}
