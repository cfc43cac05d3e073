//! Who may decline on a server, tried with the program and with a plain client.

use super::roles::Team;
use karat::store::{Next, Pick, StoreError, UndoScope};
use support::fixture::*;

/// A refusal as a plain client writes it, of the item `i<n>`, with what follows the step.
fn forged(n: usize, rest: &str) -> String {
    format!(
        "BEGIN; INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{{me}}', 'decline', {n});
         {rest}; COMMIT"
    )
}

#[test]
fn everybody_declines_in_their_own_name_alone_and_the_log_tells_it() {
    let team = Team::new(3);
    let (queue, now) = (team.queue.clone(), team.owner.now());
    let (mut ana, login) = (team.store("ana"), team.login("ana"));
    let seq = ana.seq_of(&queue, "i1").unwrap();
    ana.decline(queue.actor(&login, now), seq, "conflict").unwrap();
    let refused = ana.decide_at_once(queue.actor(&login, now), "i1", &accept()).unwrap_err();
    assert!(matches!(refused, StoreError::Declined { .. }), "{refused}");
    let Next::Item(next) = ana.next(queue.actor(&login, now), Pick::default()).unwrap() else { panic!("i2 is free") };
    assert_eq!(next.item.id, "i2");
    ana.release_all().unwrap();

    let row = |who: &str, n: usize, why: &str| {
        let who = team.login(who);
        let values = format!("SELECT {n}, '{who}', 1, '{why}', {now}, MAX(seq) FROM step");
        format!("INSERT INTO declined (item_seq, reviewer, queue_id, why, at, step_seq) {values}")
    };
    let told = |n: usize| {
        format!(
            "INSERT INTO event (at, queue_id, item_seq, actor, kind, data)
             VALUES ({now}, 1, {n}, '{{me}}', 'declined', '{{\"why\":\"field\"}}')"
        )
    };
    let others = row("bo", 2, "field");
    let untold = forged(2, &row("ana", 2, "field"));
    let without_step = row("ana", 3, "field");
    let silently_back = format!("DELETE FROM declined WHERE reviewer = '{login}'");
    team.assert_forbidden("ana", &[&forged(2, &others), &untold, &without_step, &silently_back]);
    let of_another = team.login("bo");
    let instead = format!("UPDATE declined SET reviewer = '{of_another}' WHERE reviewer = '{login}'");
    team.assert_forbidden("ana", &[&instead]);
    team.assert_forbidden("vi", &[&forged(2, &row("vi", 2, "field"))]);

    let decided = format!(
        "BEGIN; INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{{me}}', 'decision', 1);
         INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
            decided_at, standing, stood_from)
         SELECT 'forged', MAX(seq), 1, 1, '{{me}}', 'accept', '{{}}', 1, 1, {now}, 1, {now} FROM step; COMMIT"
    );
    team.assert_forbidden("ana", &[&decided]);
    let sound = forged(2, &format!("{}; {}", row("ana", 2, "field"), told(2)));
    team.client("ana").batch_execute(&sound.replace("{me}", &login)).unwrap();

    ana.undo(queue.actor(&login, now), UndoScope::Decisions).unwrap().unwrap();
    ana.release_all().unwrap();
    assert!(ana.take_decline_back(queue.actor(&login, now), seq).unwrap());
    ana.decide_at_once(queue.actor(&login, now), "i1", &accept()).unwrap();
    assert_sound(&team.owner);
}
