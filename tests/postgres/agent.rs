//! An agent on a server: it brings attempts, by the program, and with a plain client nothing else.

use super::roles::Team;
use karat::domain::check::{FailedCheck, Otherwise};
use karat::domain::imported::Record;
use karat::domain::item::Item;
use karat::domain::stage::Stage;
use karat::domain::team::Role;
use karat::store::{ImportOptions, ImportOutcome, StoreError};
use support::fixture::*;

/// What is cold is made again, and what has no x is rejected for it.
fn retried() -> String {
    SPEC.replace("severity = \"minor\"", "severity = \"minor\"\nretryable = true")
        + "\n[retry]\nwhen = \"retryable\"\nattempts = 3\n
        [[check]]\nkey = \"shape\"\nmatches = 'x'\notherwise = \"reject\"\nfailure = \"cold\"\n"
}

/// `bot` is an agent; `i1` is to be made again.
fn team() -> Team {
    let mut team = Team::new(3);
    team.grant("bot", Role::Agent);
    team.queue = apply(&team.owner, &retried());
    let ana = team.login("ana");
    team.store("ana").decide_at_once(team.queue.actor(&ana, T0), "i1", &reject("cold")).unwrap();
    assert_eq!(team.owner.counts(&team.queue).unwrap().at(Stage::ToRetry), 1);
    team
}

fn attempt(id: &str, case: &str, attempt: i64) -> Record {
    record(Item { case: Some(case.into()), attempt, ..plain(id) })
}

/// The agent's import of the records, with the program.
fn bring(team: &Team, records: &[Record]) -> Vec<ImportOutcome> {
    let (bot, store) = (team.login("bot"), team.store("bot"));
    let terms = ImportOptions { update: false, dry_run: false };
    let mut session = store.begin_import(&team.queue, "made.jsonl", terms, &bot, T0).unwrap();
    let taken = store.import_records(&mut session, records.iter(), T0).unwrap();
    store.end_import(session, &serde_json::json!({}), T0).unwrap();
    store.complete_index(|_| ()).unwrap();
    taken
}

#[test]
fn an_agent_brings_attempts_and_what_checks_say_of_them() {
    let team = team();
    let mut failed = attempt("i1~2", "i1", 2);
    failed.failed = vec![FailedCheck { key: "shape".into(), outcome: Otherwise::Reject, reason: "no x".into() }];
    let taken = bring(&team, &[failed, record(plain("new")), attempt("other", "unknown", 2)]);
    let [ImportOutcome::New, ImportOutcome::Refused(why), ImportOutcome::Refused(_)] = &taken[..] else {
        panic!("{taken:?}")
    };
    assert!(why.contains("an agent brings attempts"), "{why}");
    let counts = team.owner.counts(&team.queue).unwrap();
    assert_eq!((counts.at(Stage::Replaced), counts.at(Stage::ToRetry), counts.by_check), (1, 1, 1));
    assert_eq!(bring(&team, &[attempt("i1~3", "i1", 3)]), [ImportOutcome::New]);
    assert_eq!(team.owner.counts(&team.queue).unwrap().at(Stage::Replaced), 2);
    assert_sound(&team.owner);
}

#[test]
fn an_agent_decides_nothing() {
    let team = team();
    let (bot, store) = (team.login("bot"), team.store("bot"));
    let actor = team.queue.actor(&bot, T0);
    for refused in [
        store.decide_at_once(actor, "i2", &accept()).map(drop),
        store.answer(actor, "i2", &accept()).map(drop),
        store.refuse_onlooker(&bot),
        store.save_filter(&team.queue, "mine", "id:i1", &bot, T0),
    ] {
        assert!(matches!(refused, Err(StoreError::Forbidden(_) | StoreError::Unasked(_))), "{refused:?}");
    }
    assert_eq!(team.store("bot").tick(&bot, T0).unwrap(), []);
    let now = team.owner.now();
    let step = "INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{me}', 'decision', 2)";
    let as_check = "INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, 'check:shape', 'decision', 2)";
    let decision = |kind: &str, reviewer: &str| {
        format!(
            "INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, reviewer_kind, purpose, slot, verdict, body,
                active_millis, spec_version, decided_at, standing, arrived_at, stood_from)
             SELECT 'own', MAX(seq), 1, 2, '{reviewer}', '{kind}', 'opinion', NULL, 'reject', '{{}}', 0, 2, {T0}, 1, {T0}, {T0}
             FROM step"
        )
    };
    let item = |id: &str, case: &str, import: &str| {
        format!(
            "INSERT INTO item (seq, queue_id, id, hash_a, hash_b, import_id, case_id, attempt, rank)
             VALUES (99, 1, '{id}', 1, 1, {import}, {case}, 2, 0)"
        )
    };
    let claim = format!(
        "INSERT INTO claim (item_seq, queue_id, reviewer, session, token, expires_at)
         VALUES (2, 1, '{{me}}', 's', 't', {now} + 60000)"
    );
    let (own, by_check) = (decision("person", "{me}"), decision("check", "check:shape"));
    let event = |kind: &str| {
        format!("INSERT INTO event (at, queue_id, actor, kind, data) VALUES ({T0}, 1, '{{me}}', '{kind}', '{{}}')")
    };
    let imported =
        format!("INSERT INTO import (queue_id, source, started_at, started_by) VALUES (1, 'x', {T0}, '{{me}}')");
    let statements = [
        step.to_owned(),
        as_check.to_owned(),
        own.clone(),
        by_check.clone(),
        format!("BEGIN; {step}; {own}; COMMIT"),
        format!(
            "BEGIN; INSERT INTO failed_check (item_seq, check_key, outcome, reason, spec_version, at)
                VALUES (2, 'shape', 'reject', 'so', 2, {T0}); {as_check}; {by_check}; COMMIT"
        ),
        "UPDATE decision SET standing = 0".into(),
        claim,
        event("filter_saved"),
        event("decided"),
        event("spec_applied"),
        event("tagged"),
        format!("BEGIN; {imported}; {}; COMMIT", item("new", "NULL", "(SELECT MAX(id) FROM import)")),
        format!("BEGIN; {imported}; {}; COMMIT", item("new", "'unknown'", "(SELECT MAX(id) FROM import)")),
        item("i2~2", "'i2'", "1"),
        "UPDATE item SET replaced_by = 3 WHERE seq = 1".into(),
        "UPDATE item SET line_attempt = 9 WHERE seq = 2".into(),
        "UPDATE item SET chance = 1 WHERE seq = 2".into(),
        "UPDATE item SET tags = '[]'".into(),
        "UPDATE item SET stage = 'accepted' WHERE seq = 2".into(),
        "UPDATE item SET rank = -9".into(),
        "UPDATE queue SET items = 0".into(),
        "UPDATE queue SET spec_version = 1".into(),
        "DELETE FROM item_text".into(),
        "INSERT INTO draft (item_seq, reviewer, body, saved_at) VALUES (2, '{me}', '{}', 1790000000000)".into(),
        "INSERT INTO deferral (item_seq, reviewer, queue_id, step_seq, deferred_at) VALUES (2, '{me}', 1, 1, 1)".into(),
        "INSERT INTO declined (item_seq, reviewer, queue_id, why, at) VALUES (2, '{me}', 1, 'x', 1)".into(),
        "UPDATE escalation SET route = 'desk'".into(),
        "SELECT team_grant('{me}', 'lead')".into(),
    ];
    let statements: Vec<&str> = statements.iter().map(String::as_str).collect();
    team.assert_forbidden("bot", &statements);
    assert_sound(&team.owner);
}
