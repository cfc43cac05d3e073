//! Who may put an item back on a server, tried with the program and with a plain client.

use super::roles::Team;
use karat::domain::stage::Stage;
use karat::store::{StoreError, UndoScope};
use support::fixture::*;

/// Ends the decision `d` on the item `i1` as a plain client does it, with what is given for the step.
fn forged(kind: &str, reopened: &str) -> String {
    format!(
        "BEGIN; INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{{me}}', '{kind}', 1);
         {reopened};
         UPDATE decision SET standing = 0, stood_until = {T0} WHERE item_seq = 1 AND standing = 1;
         UPDATE item SET (decision_seq, verdict, stage, settled_by, asked_of) =
            (SELECT o.decision_seq, o.verdict, o.stage, o.settled_by, o.asked_of FROM item_outcome o WHERE o.item_seq = 1)
            WHERE seq = 1;
         COMMIT"
    )
}

const ENDED: &str = "INSERT INTO reopened (step_seq, decision_seq)
    SELECT (SELECT MAX(seq) FROM step), seq FROM decision WHERE item_seq = 1 AND standing = 1";

#[test]
fn only_leads_end_what_stands_on_an_item() {
    let team = Team::new(2);
    let (queue, now) = (team.queue.clone(), team.owner.now());
    let login = |person: &str| team.login(person);
    team.store("ana").decide_at_once(queue.actor(&login("ana"), now), "i1", &accept()).unwrap();
    let seq = team.owner.seq_of(&queue, "i1").unwrap();
    let refused = team.store("bo").reopen(queue.actor(&login("bo"), now), seq, "mine", None).unwrap_err();
    assert!(matches!(refused, StoreError::Forbidden(_)), "{refused}");
    let reserved = "BEGIN; INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{me}', 'reopening', 1);
         INSERT INTO reserved (item_seq, queue_id, reviewer, step_seq) SELECT 1, 1, '{me}', MAX(seq) FROM step; COMMIT";
    for person in ["bo", "ana"] {
        team.assert_forbidden(person, &[&forged("reopening", ENDED), reserved]);
    }
    // A lead, too, only by a step of their own that the log tells.
    team.assert_forbidden(
        "lee",
        &[&forged("reopening", ENDED), &forged("reopening", "SELECT 1"), &forged("decision", ENDED)],
    );
    team.assert_forbidden("lee", &["UPDATE decision SET standing = 0, stood_until = 1800000000000 WHERE item_seq = 1"]);

    let mut lee = team.store("lee");
    lee.reopen(queue.actor(&login("lee"), now), seq, "the rule was changed", Some(&login("bo"))).unwrap();
    assert_eq!(team.owner.counts(&queue).unwrap().at(Stage::Waiting), 2);
    let (served, token) = serve(&mut team.store("bo"), &queue, &login("bo"), now);
    assert_eq!((served.item.id.as_str(), token.is_empty()), ("i1", false));
    team.workspace.sql("DELETE FROM claim").unwrap();
    lee.undo(queue.actor(&login("lee"), now), UndoScope::Decisions).unwrap().unwrap();
    lee.release_all().unwrap();
    assert_eq!(team.owner.counts(&queue).unwrap().at(Stage::Accepted), 1);
    lee.redo(queue.actor(&login("lee"), now)).unwrap().unwrap();
    lee.release_all().unwrap();
    assert_eq!(team.owner.counts(&queue).unwrap().at(Stage::Waiting), 2);
    team.assert_forbidden("lee", &["DELETE FROM reopened", "UPDATE reopened SET step_seq = 1"]);
    assert_sound(&team.owner);
}
