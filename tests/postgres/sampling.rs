//! Sampling on a server: a lead imports, pulls and applies specs; what was drawn is kept from
//! everybody's hands.

use super::roles::Team;
use karat::domain::stage::Stage;
use karat::store::{Applied, Resampled};
use support::fixture::*;

const HALF: &str = "[[sample]]\nkey = \"half\"\nwhen = \"id:j*\"\nfirst = 1\nrate = 0.5\n";

#[test]
fn a_lead_samples_and_nobody_changes_what_was_drawn() {
    let team = Team::new(2);
    let lead = team.store("lee");
    let lee = team.login("lee");
    let apply = |source: &str| {
        let spec = karat::spec::parse(source).unwrap();
        let applied = lead.apply_spec(&spec, source, &lee, T0).unwrap();
        (applied, lead.queue("replies").unwrap())
    };
    let (_, queue) = apply(&format!("{SPEC}\n{HALF}"));
    let records: Vec<_> = (0..40).map(|n| record(plain(&format!("j{n}")))).collect();
    let options = karat::store::ImportOptions { update: false, dry_run: false };
    let mut session = lead.begin_import(&queue, "j.jsonl", options, &lee, T0).unwrap();
    lead.import_records(&mut session, records.iter(), T0).unwrap();
    let held_back = session.held_back() as i64;
    lead.end_import(session, &serde_json::json!({}), T0).unwrap();
    assert!((5..35).contains(&held_back), "{held_back} of 40");
    assert_eq!(lead.counts(&queue).unwrap().at(Stage::HeldBack), held_back);

    let of_reviewers = [
        "UPDATE item SET held_back = 0, pulled = 1 WHERE held_back = 1",
        "UPDATE item SET chance = 1 WHERE held_back = 1",
        "UPDATE item SET rule = 'mine', rule_version = 9",
        "UPDATE item SET stage = 'waiting' WHERE stage = 'held_back'",
        "UPDATE item SET stage = 'held_back' WHERE stage = 'waiting'",
        "UPDATE item SET opinions = 2",
        "INSERT INTO sample_count (queue_id, rule, cases) VALUES (1, 'mine', 1)",
        "DELETE FROM sample_case",
        "INSERT INTO event (at, queue_id, item_seq, actor, kind, data) VALUES (1, 1, 1, '{me}', 'pulled', '{}')",
        "INSERT INTO event_kind (word, for_leads) VALUES ('mine', false)",
    ];
    team.assert_forbidden("ana", &of_reviewers);
    let of_leads = [
        "UPDATE item SET chance = 0.1 WHERE chance > 0.1",
        "UPDATE item SET chance = NULL WHERE chance IS NOT NULL",
        "UPDATE item SET chance = 2 WHERE chance IS NOT NULL",
        "UPDATE item SET held_back = 1 WHERE held_back = 0",
        "UPDATE sample_case SET case_id = 'x'",
        "DELETE FROM sample_case",
        "INSERT INTO item (seq, queue_id, id, hash_a, hash_b, import_id, attempt, rank, stage)
            VALUES (999, 1, 'x', 1, 1, 1, 1, 0, 'accepted')",
        "INSERT INTO item (seq, queue_id, id, hash_a, hash_b, import_id, attempt, rank, stage, held_back)
            VALUES (999, 1, 'x', 1, 1, 1, 1, 0, 'held_back', 1)",
        "INSERT INTO event (at, queue_id, actor, kind, data) VALUES (1, 1, '{me}', 'invented', '{}')",
    ];
    team.assert_forbidden("lee", &of_leads);

    let ana = team.login("ana");
    let seq = one_held_back(&lead, &queue);
    assert!(team.store("ana").pull(queue.actor(&ana, T0), &[seq], "mine").is_err());
    assert_eq!(lead.pull(queue.actor(&lee, T0), &[seq], "a customer asked").unwrap(), 1);
    let (applied, queue) = apply(&format!("{SPEC}\n{}", HALF.replace("0.5", "1.0")));
    let Applied::Changed { resampled, .. } = applied else { panic!("{applied:?}") };
    assert_eq!(resampled, Resampled { raised: 39, taken: held_back - 1 }, "all but the first, which had a chance of 1");
    assert_eq!(lead.counts(&queue).unwrap().at(Stage::HeldBack), 0);
    assert_sound(&team.owner);
}

/// An item that is held back.
fn one_held_back(store: &karat::store::Store, queue: &karat::domain::queue::Queue) -> i64 {
    let filter = store.filter(queue, "is:held_back").unwrap();
    let filter = store.resolve(queue, &filter, T0).unwrap();
    let condition = store.condition(queue, &filter, "lee").unwrap();
    store.whole_listing(queue, condition, karat::store::Sort::default()).unwrap().seqs()[0]
}
