//! A check decides on a server in a lead's hands, and in nobody else's.

use super::roles::Team;
use karat::domain::check::{FailedCheck, Otherwise};
use karat::domain::queue::Over;
use support::fixture::*;

const CHECK: &str = "[[check]]\nkey = \"shape\"\nmatches = 'x'\notherwise = \"reject\"\nfailure = \"wrong\"\n";

/// The item `new` was rejected by a check when a lead imported it.
fn checked() -> Team {
    let mut team = Team::new(1);
    let store = team.store("lee");
    let (source, lee) = (format!("{SPEC}{CHECK}"), team.login("lee"));
    store.apply_spec(&karat::spec::parse(&source).unwrap(), &source, &lee, T0).unwrap();
    team.queue = store.queue("replies").unwrap();
    let failed = FailedCheck { key: "shape".into(), outcome: Otherwise::Reject, reason: "no x".into() };
    let mut rejected = record(plain("new"));
    rejected.failed = vec![failed];
    let terms = karat::store::ImportOptions { update: false, dry_run: false };
    let mut session = store.begin_import(&team.queue, "items.jsonl", terms, &lee, T0).unwrap();
    store.import_records(&mut session, [rejected].iter(), T0).unwrap();
    store.end_import(session, &serde_json::json!({}), T0).unwrap();
    team
}

#[test]
fn a_check_decides_when_a_lead_imports_and_a_lead_decides_over_it() {
    let team = checked();
    assert_eq!(team.owner.counts(&team.queue).unwrap().by_check, 1);
    let (ana, lee) = (team.login("ana"), team.login("lee"));
    let refused = team.store("ana").decide_at_once(team.queue.actor(&ana, T0).over(Over::Anybody), "new", &accept());
    let sentence = refused.unwrap_err().to_string();
    assert!(sentence.contains("a lead's to decide otherwise"), "{sentence}");
    team.store("lee").decide_at_once(team.queue.actor(&lee, T0).over(Over::Anybody), "new", &accept()).unwrap();
    assert_eq!(team.owner.counts(&team.queue).unwrap().by_check, 0);
    assert_sound(&team.owner);
}

#[test]
fn a_lead_runs_checks_again_and_a_reviewer_does_not() {
    let team = checked();
    let (ana, lee) = (team.login("ana"), team.login("lee"));
    let failed = FailedCheck { key: "shape".into(), outcome: Otherwise::Reject, reason: "no x".into() };
    let found = [(team.owner.seq_of(&team.queue, "i1").unwrap(), vec![failed])];
    assert!(team.store("ana").renew_checks(team.queue.actor(&ana, T0), &found).is_err());
    assert_eq!(team.store("lee").renew_checks(team.queue.actor(&lee, T0), &found).unwrap(), 1);
    assert_eq!(team.owner.counts(&team.queue).unwrap().by_check, 2);
    assert_sound(&team.owner);
}

#[test]
fn nobody_decides_in_the_name_of_a_check() {
    let team = checked();
    let step = "INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, 'check:shape', 'decision', 1)";
    let decision = |kind: &str, reviewer: &str, verdict: &str| {
        format!(
            "INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, reviewer_kind, purpose, slot, verdict, body,
                active_millis, spec_version, decided_at, standing, arrived_at, stood_from)
             SELECT 'own', MAX(seq), 1, 1, '{reviewer}', '{kind}', 'opinion', NULL, '{verdict}', '{{}}', 0, 2, {T0}, 1, {T0}, {T0}
             FROM step"
        )
    };
    let found = "INSERT INTO failed_check (item_seq, check_key, outcome, reason, spec_version, at)
        VALUES (1, 'shape', 'reject', 'so', 2, 1)";
    let event = "INSERT INTO event (at, queue_id, item_seq, actor, kind, data)
        VALUES (1, 1, 1, 'check:shape', 'decided', '{\"decision\":\"own\"}')";
    let own_step = "INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{me}', 'decision', 1)";
    let by_check = decision("check", "check:shape", "reject");
    let as_check = format!("{own_step}; {}", decision("check", "{me}", "reject"));
    team.assert_forbidden("ana", &[step, found, event, &by_check, &as_check]);
    team.assert_forbidden("vi", &[step, found, event, &by_check]);
    // What a lead says that a check has found nothing of.
    let accepted = format!("BEGIN; {found}; {step}; {}; {event}; COMMIT", decision("check", "check:shape", "accept"));
    let nothing_found = format!("{step}; {by_check}; {event}");
    let as_person = format!("{found}; {step}; {}; {event}", decision("person", "check:shape", "reject"));
    team.assert_forbidden("lee", &[&accepted, &nothing_found, &as_person]);
}

#[test]
fn a_corrected_record_of_a_lead_ends_what_a_check_decided_and_nothing_else_does() {
    let team = checked();
    let store = team.store("lee");
    let undone = format!(
        "BEGIN; INSERT INTO event (at, queue_id, item_seq, actor, kind, data)
            VALUES ({T0}, 1, 2, 'check:shape', 'undone', '{{}}');
         UPDATE decision SET standing = 0, stood_until = {T0} WHERE reviewer = 'check:shape';
         UPDATE step SET undone_by = (SELECT MAX(seq) FROM event WHERE kind = 'undone') WHERE reviewer = 'check:shape';
         UPDATE item SET (decision_seq, verdict, stage, settled_by, asked_of) = (SELECT o.decision_seq, o.verdict, o.stage,
            o.settled_by, o.asked_of FROM item_outcome o WHERE o.item_seq = 2) WHERE seq = 2; COMMIT"
    );
    team.assert_forbidden("ana", &[&undone]);
    team.assert_forbidden("lee", &[&undone]);
    let told = team.refusal("lee", &undone);
    assert!(told.contains("until a corrected record comes in"), "{told}");
    let mut corrected = plain("new");
    corrected.output = karat::domain::item::Content::text("x");
    let terms = karat::store::ImportOptions { update: true, dry_run: false };
    let mut session = store.begin_import(&team.queue, "items.jsonl", terms, &team.login("lee"), T0).unwrap();
    let taken = store.import_records(&mut session, [record(corrected)].iter(), T0).unwrap();
    store.end_import(session, &serde_json::json!({}), T0).unwrap();
    assert_eq!(taken, [karat::store::ImportOutcome::Updated]);
    assert_eq!(team.owner.counts(&team.queue).unwrap().by_check, 0);
    assert_sound(&team.owner);
}
