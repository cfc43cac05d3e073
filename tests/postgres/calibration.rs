//! Golden examples that are served on a server, by the program and by a plain client.

use super::roles::Team;
use karat::domain::decision::Verdict;
use karat::domain::golden::{Example, Expected};
use karat::domain::policy::Purpose;
use support::fixture::*;

#[test]
fn a_reviewer_is_served_examples_of_others_and_writes_what_they_decide_on_them_alone() {
    let team = Team::new(4);
    let now = team.owner.now();
    let (lee, lead) = (team.store("lee"), team.login("lee"));
    for id in ["i1", "i2"] {
        lee.decide_at_once(team.queue.actor(&lead, now), id, &accept()).unwrap();
        let tags = vec!["starter".into()];
        let (verdict, expected) = (Verdict::Accept, Expected::Output);
        let example = Example { verdict, expected, categories: Vec::new(), tags, why: String::new() };
        lee.keep_golden(team.queue.actor(&lead, now), lee.seq_of(&team.queue, id).unwrap(), &example).unwrap();
    }
    let section = "\n[calibrate]\ngolden = \"tag:starter\"\nshare = 1.0\n";
    let queue = apply(&team.owner, &format!("{SPEC}{section}"));
    let (mut ana, login) = (team.store("ana"), team.login("ana"));
    let (served, token) = serve(&mut ana, &queue, &login, now);
    assert!(["i1", "i2"].contains(&served.item.id.as_str()) && served.golden.is_none());
    let (made, _) = ana.decide(queue.actor(&login, now), served.seq, &token, &reject("cold")).unwrap();
    assert_eq!(made.part.purpose, Purpose::Golden);
    ana.undo(queue.actor(&login, now), karat::store::UndoScope::Anything).unwrap().unwrap();
    ana.redo(queue.actor(&login, now)).unwrap().unwrap();
    ana.release_all().unwrap();
    assert_eq!(team.workspace.number("SELECT COUNT(*) FROM item WHERE stage = 'accepted'"), 2);
    assert_sound(&team.owner);

    let of_another = format!("UPDATE calibration SET decision_seq = NULL WHERE reviewer = '{login}'");
    team.assert_forbidden("bo", &[&of_another]);
    let rows = |person: &str| team.client(person).query("SELECT * FROM calibration", &[]).unwrap().len();
    assert_eq!((rows("bo"), rows("lee")), (0, 2), "what is known of a person is for them and for leads");
    let forgotten = "UPDATE calibration SET decision_seq = NULL WHERE reviewer = '{me}' AND decision_seq IS NOT NULL";
    let no_example = "INSERT INTO calibration (item_seq, reviewer, queue_id, token, served_at)
        VALUES (3, '{me}', 1, 't', 1700000000000)";
    let of_record = "UPDATE decision SET standing = 1 WHERE purpose = 'golden'";
    let unserved = format!(
        "BEGIN; INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{{me}}', 'calibration', 3);
         INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
            decided_at, standing, stood_from, purpose, slot)
         SELECT 'forged', MAX(seq), 1, 3, '{{me}}', 'reject', '{{}}', 1, 2, {now}, 1, {now}, 'golden', NULL FROM step;
         COMMIT"
    );
    team.assert_forbidden("ana", &[forgotten, no_example, of_record, &unserved, "DELETE FROM calibration"]);
    let own = "INSERT INTO calibration (item_seq, reviewer, queue_id, token, served_at)
        VALUES (1, '{me}', 1, 't', 1700000000000)";
    team.assert_forbidden("lee", &[own]);
    assert_sound(&team.owner);
}

#[test]
fn who_is_paused_decides_nothing_by_any_client_and_a_lead_lifts_it() {
    let team = Team::new(12);
    let now = team.owner.now();
    let (lee, lead) = (team.store("lee"), team.login("lee"));
    for n in 1..=6 {
        let id = format!("i{n}");
        lee.decide_at_once(team.queue.actor(&lead, now), &id, &accept()).unwrap();
        let tags = vec!["starter".into()];
        let (verdict, expected) = (Verdict::Accept, Expected::Output);
        let example = Example { verdict, expected, categories: Vec::new(), tags, why: String::new() };
        lee.keep_golden(team.queue.actor(&lead, now), lee.seq_of(&team.queue, &id).unwrap(), &example).unwrap();
    }
    let section = "\n[calibrate]\ngolden = \"tag:starter\"\nshare = 1.0\nleast = 5\n";
    let queue = apply(&team.owner, &format!("{SPEC}{section}"));
    let (mut ana, login) = (team.store("ana"), team.login("ana"));
    for _ in 0..5 {
        let (served, token) = serve(&mut ana, &queue, &login, now);
        ana.decide(queue.actor(&login, now), served.seq, &token, &reject("cold")).unwrap();
    }
    ana.release_all().unwrap();
    assert!(ana.paused(&queue, &login).unwrap().is_some());
    let later = now + 1000;
    let claim = format!(
        "INSERT INTO claim (item_seq, slot, queue_id, reviewer, session, token, expires_at)
         VALUES (12, 1, 1, '{{me}}', 's', 't', {})",
        now + 60_000
    );
    let decision = format!(
        "BEGIN; INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{{me}}', 'decision', 12);
         INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
            decided_at, standing, stood_from, arrived_at)
         SELECT 'forged', MAX(seq), 1, 12, '{{me}}', 'accept', '{{}}', 1, 2, {later}, 1, {later}, {later} FROM step; COMMIT"
    );
    for statement in [&claim, &decision] {
        assert_eq!(team.refusal("ana", statement), "you are paused in this queue until a lead lifts it");
    }
    let lifts = "UPDATE pause SET lifted_at = 1790000000000, lifted_by = '{me}', why = 'mine'";
    team.assert_forbidden("ana", &[lifts, "DELETE FROM pause"]);
    let seen = |person: &str| team.client(person).query("SELECT * FROM pause", &[]).unwrap().len();
    assert_eq!((seen("bo"), seen("ana"), seen("lee")), (0, 1, 1));
    assert!(ana.lift(queue.actor(&login, now), &login, "mine").is_err());
    lee.lift(queue.actor(&lead, later), &login, "we talked").unwrap();
    let (served, token) = serve(&mut ana, &queue, &login, later);
    ana.decide(queue.actor(&login, later), served.seq, &token, &accept()).unwrap();
    assert_sound(&team.owner);
}

#[test]
fn a_lead_who_drops_what_is_asked_for_ends_the_pauses_of_others() {
    let team = Team::new(12);
    let now = team.owner.now();
    let (lee, lead) = (team.store("lee"), team.login("lee"));
    for n in 1..=6 {
        let id = format!("i{n}");
        lee.decide_at_once(team.queue.actor(&lead, now), &id, &accept()).unwrap();
        let (tags, verdict, expected) = (vec!["starter".into()], Verdict::Accept, Expected::Output);
        let example = Example { verdict, expected, categories: Vec::new(), tags, why: String::new() };
        lee.keep_golden(team.queue.actor(&lead, now), lee.seq_of(&team.queue, &id).unwrap(), &example).unwrap();
    }
    let queue = apply(&team.owner, &format!("{SPEC}\n[calibrate]\ngolden = \"tag:starter\"\nshare = 1.0\nleast = 5\n"));
    let (mut ana, login) = (team.store("ana"), team.login("ana"));
    for _ in 0..5 {
        let (served, token) = serve(&mut ana, &queue, &login, now);
        ana.decide(queue.actor(&login, now), served.seq, &token, &reject("cold")).unwrap();
    }
    ana.release_all().unwrap();
    assert!(ana.paused(&queue, &login).unwrap().is_some());
    let without = format!("{SPEC}\n# nobody is measured any more\n");
    let spec = karat::spec::parse(&without).unwrap();
    lee.apply_spec(&spec, &without, &lead, now + 1000).unwrap();
    let queue = lee.queue(&queue.name).unwrap();
    let (served, token) = serve(&mut ana, &queue, &login, now + 1000);
    ana.decide(queue.actor(&login, now + 1000), served.seq, &token, &accept()).unwrap();
    assert_sound(&team.owner);
}
