//! Who may answer on a server, tried with the program and with a plain client.

use super::roles::Team;
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use karat::store::{Store, StoreError, UndoScope};
use support::fixture::*;
use support::workspace::open;

const HOUR: i64 = 60 * MINUTE;

/// `ana` owns the route `lead`, which goes on to `desk` after an hour; `i1` is asked by `bo`, `i2` by
/// `ana`, and `i3` by `bo`, long ago.
fn asked() -> (Team, Queue, i64) {
    let team = Team::new(4);
    let lead = format!(
        "name = \"Lead\"\nowner = \"{}\"\ndue_hours = 1\noverdue = \"desk\"\nreturns = \"reviewer\"",
        team.login("ana")
    );
    let queue = apply(&team.owner, &SPEC.replace("name = \"Lead\"", &lead));
    let now = team.owner.now();
    for (person, item, at) in [("bo", "i1", now), ("ana", "i2", now), ("bo", "i3", now - 2 * HOUR)] {
        let login = team.login(person);
        team.store(person).decide_at_once(queue.actor(&login, at), item, &escalate()).unwrap();
    }
    (team, queue, now)
}

fn send_back() -> Judgement {
    Judgement::new(Verdict::Escalate, Draft { note: "you decide".into(), ..Draft::default() })
}

fn items(store: &Store, person: &str) -> Vec<String> {
    store.inbox(person, None, 9).unwrap().into_iter().map(|question| question.item).collect()
}

/// An answer as a plain client writes it, on the item `i<n>`.
fn forged(n: usize, verdict: &str) -> String {
    format!(
        "BEGIN; INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{{me}}', 'decision', {n});
         INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
            decided_at, standing, purpose, slot, stood_from)
         SELECT 'forged', MAX(seq), 1, {n}, '{{me}}', '{verdict}', '{{}}', 1, 2, {T0}, 1, 'answer', NULL, {T0} FROM step;
         COMMIT"
    )
}

#[test]
fn a_question_is_answered_by_its_routes_owner_or_a_lead_and_by_nobody_else() {
    let (team, queue, now) = asked();
    assert_eq!(items(&team.store("ana"), &team.login("ana")), ["i3", "i1", "i2"]);
    assert_eq!(items(&team.store("bo"), &team.login("bo")), [""; 0]);
    let answer = |person: &str, item: &str, judgement: &Judgement| {
        team.store(person).answer(queue.actor(&team.login(person), now), item, judgement)
    };
    for (person, item) in [("bo", "i2"), ("bo", "i1"), ("ana", "i2"), ("vi", "i1")] {
        let refused = answer(person, item, &accept()).unwrap_err();
        assert!(matches!(refused, StoreError::Unasked(_) | StoreError::Forbidden(_)), "{person} {item}: {refused}");
    }
    team.assert_forbidden("bo", &[&forged(2, "accept"), &forged(1, "accept"), &forged(2, "escalate")]);
    team.assert_forbidden("ana", &[&forged(2, "accept"), &forged(4, "accept")]);

    answer("ana", "i1", &accept()).unwrap();
    answer("lee", "i2", &send_back()).unwrap();
    let counts = team.owner.counts(&queue).unwrap();
    assert_eq!((counts.at(Stage::Accepted), counts.at(Stage::Returned)), (1, 1));
    assert_sound(&team.owner);
    let mut ana = team.store("ana");
    let (served, token) = serve(&mut ana, &queue, &team.login("ana"), now);
    assert_eq!(served.item.id, "i2", "what came back is served first");
    ana.decide(queue.actor(&team.login("ana"), now), served.seq, &token, &reject("cold")).unwrap();
    ana.release_all().unwrap();
    ana.undo(queue.actor(&team.login("ana"), now), UndoScope::Decisions).unwrap().unwrap();
    assert_eq!(team.owner.counts(&queue).unwrap().at(Stage::Returned), 1);
    ana.undo_decision(queue.actor(&team.login("ana"), now)).unwrap().unwrap();
    assert_sound(&team.owner);
}

#[test]
fn what_came_back_is_decided_by_who_asked_alone() {
    let (team, queue, now) = asked();
    let lee = team.store("lee");
    lee.answer(queue.actor(&team.login("lee"), now), "i1", &send_back()).unwrap();
    let forged = forged(1, "accept").replace("'answer', NULL", "'opinion', 1");
    let arrives = format!("{T0}, {T0} FROM step");
    let forged = forged.replace("stood_from)", "stood_from, arrived_at)").replace(&format!("{T0} FROM step"), &arrives);
    assert_eq!(team.refusal("ana", &forged), "the item came back to who asked, and they decide it");
    let ana = team.login("ana");
    let refused = team.store("ana").decide_at_once(queue.actor(&ana, now), "i1", &accept()).unwrap_err();
    assert!(matches!(refused, StoreError::ReturnedToAnother { .. }), "{refused}");
    let bo = team.login("bo");
    team.store("bo").decide_at_once(queue.actor(&bo, now), "i1", &accept()).unwrap();
    assert_eq!(team.owner.counts(&queue).unwrap().at(Stage::Accepted), 1);
    assert_sound(&team.owner);
}

#[test]
fn an_escalation_moves_when_it_is_overdue_and_where_its_route_says() {
    let (team, _, now) = asked();
    team.assert_forbidden(
        "bo",
        &[
            "UPDATE escalation SET route = 'desk', due_at = NULL, moved_at = asked_at + 7200000 WHERE item_seq = 1",
            "UPDATE escalation SET route = 'other', due_at = NULL, moved_at = due_at + 1 WHERE item_seq = 3",
            "UPDATE escalation SET due_at = 9999999999999, moved_at = due_at + 1 WHERE item_seq = 3",
            "UPDATE escalation SET returned_at = 1, answer = 'mine' WHERE item_seq = 3",
            "DELETE FROM escalation",
            "INSERT INTO policy_owner (queue_id, spec_version, route, person) VALUES (1, 2, 'lead', '{me}')",
            "INSERT INTO policy_route (queue_id, spec_version, key, returns) VALUES (1, 2, 'mine', 1)",
        ],
    );
    let logins = ["ana", "bo", "lee"].map(|person| (team.address(person), team.login(person)));
    let moved: usize = std::thread::scope(|scope| {
        let ticks = logins.map(|(place, login)| scope.spawn(move || open(&place).unwrap().tick(&login, now).unwrap()));
        ticks.into_iter().map(|tick| tick.join().unwrap().len()).sum()
    });
    assert_eq!(moved, 1, "each goes on once");
    assert_eq!(team.workspace.number("SELECT COUNT(*) FROM event WHERE kind = 'moved'"), 1);
    assert_eq!(items(&team.owner, &team.login("lee")), ["i1", "i2", "i3"]);
    let _ = team.store("vi").tick(&team.login("vi"), now + 9 * HOUR);
    assert_eq!(items(&team.owner, &team.login("ana")), ["i1", "i2"], "who only reads moves nothing");
    assert_sound(&team.owner);
}
