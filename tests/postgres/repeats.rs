//! What is decided once more on a server, by the program and by a plain client.

use super::roles::Team;
use karat::domain::policy::Purpose;
use support::fixture::*;

const DAY: i64 = 24 * 60 * MINUTE;

#[test]
fn a_reviewer_repeats_what_is_theirs_and_it_never_stands() {
    let team = Team::new(3);
    let queue = apply(&team.owner, &format!("{SPEC}\n[review]\nrepeat = {{ share = 1.0, after_days = 7 }}\n"));
    let now = team.owner.now();
    let (mut ana, login) = (team.store("ana"), team.login("ana"));
    ana.decide_at_once(queue.actor(&login, now - 8 * DAY), "i2", &accept()).unwrap();
    let (served, token) = serve(&mut ana, &queue, &login, now);
    assert_eq!((served.item.id.as_str(), served.mine.is_none()), ("i2", true));
    let (made, _) = ana.decide(queue.actor(&login, now), served.seq, &token, &reject("cold")).unwrap();
    assert_eq!(made.part.purpose, Purpose::Repeat);
    ana.release_all().unwrap();
    assert_eq!(team.workspace.number("SELECT COUNT(*) FROM item WHERE verdict = 'accept' AND id = 'i2'"), 1);

    let of_another = format!("UPDATE repetition SET due_at = 1 WHERE reviewer = '{login}'");
    team.assert_forbidden("bo", &[&of_another, "DELETE FROM repetition"]);
    let of_record = "UPDATE decision SET standing = 1 WHERE purpose = 'repeat'";
    let as_opinion = format!(
        "BEGIN; INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{{me}}', 'decision', 2);
         INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
            decided_at, standing, stood_from, purpose, slot)
         SELECT 'forged', MAX(seq), 1, 2, '{{me}}', 'reject', '{{}}', 1, 2, {now}, 1, {now}, 'repeat', NULL FROM step;
         COMMIT"
    );
    team.assert_forbidden("ana", &[of_record, &as_opinion]);
    assert_sound(&team.owner);
}
