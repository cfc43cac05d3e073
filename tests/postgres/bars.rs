//! Who waives a bar on a server, and for how long: also where a plain client writes it.

use crate::roles::Team;
use karat::domain::bar::Outcome;
use support::fixture::*;

const DAY: i64 = 24 * 60 * MINUTE;

#[test]
fn a_bar_is_waived_by_its_owner_or_a_lead_and_for_90_days_at_most() {
    let team = Team::new(3);
    let bar = format!(
        "{SPEC}[[bar]]\nkey = \"b\"\nof = \"verdict:accept\"\nat_least = 0.9\nowner = \"{}\"\n",
        team.login("ana")
    );
    let lead = team.store("lee");
    lead.apply_spec(&karat::spec::parse(&bar).unwrap(), &bar, &team.login("lee"), lead.now()).unwrap();
    for (person, may) in [("ana", true), ("bo", false), ("lee", true)] {
        let (store, login) = (team.store(person), team.login(person));
        let queue = store.queue("replies").unwrap();
        let bar = queue.spec.spec.bar("b").unwrap();
        let now = store.now();
        let waived = store.waive(queue.actor(&login, now), bar, now - now.rem_euclid(DAY), "why");
        assert_eq!(waived.is_ok(), may, "{person}: {waived:?}");
        assert_eq!(store.bar(&queue, bar, now).unwrap().outcome, Outcome::Waived, "{person}");
    }
    let waive = |person: &str, days: i64| {
        let sql = format!(
            "INSERT INTO event (at, queue_id, actor, kind, data) SELECT n.at, 1, '{}', 'waived',
                '{{\"bar\":\"b\",\"terms\":\"x\",\"until\":' || (n.at + {days}::BIGINT * {DAY}) || ',\"why\":\"y\"}}'
             FROM (SELECT CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT) AS at) n",
            team.login(person)
        );
        let done = team.client(person).execute(&sql, &[]);
        done.map_err(|error| error.as_db_error().map(|refusal| refusal.message().to_owned()).unwrap_or_default())
    };
    assert_eq!(waive("bo", 1).unwrap_err(), "a bar is waived by its owner or a lead");
    assert_eq!(waive("ana", 92).unwrap_err(), "a bar is waived for 90 days at most");
    assert_eq!(waive("ana", 1), Ok(1));
}
