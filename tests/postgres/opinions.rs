//! Opinions on a server, tried with a plain client: nobody gives two of them, settles their own, or
//! decides where a later attempt stands, whatever their role. Each statement is whole but for what
//! it is refused for.

use super::roles::Team;
use karat::domain::event::{Event, EventKind};
use karat::domain::item::Item;
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use support::fixture::*;

/// The spec of the fixture: rejections that are critical ask for a second opinion, a lead settles
/// those that disagree, and what is cold is made again.
const POLICY: &str = "\n[review]\nsecond_opinion = \"verdict:reject severity:critical\"\n
    [retry]\nwhen = \"retryable\"\nattempts = 3\n";

/// Items `i1` to `i4`, of each of which two opinions are asked, and `i5` with one.
fn asking() -> (Team, Queue) {
    let team = Team::new(5);
    let cold = SPEC.replace("severity = \"minor\"", "severity = \"minor\"\nretryable = true");
    let queue = apply(&team.owner, &(cold + POLICY));
    team.workspace.sql("UPDATE item SET opinions = 2 WHERE seq < 5").unwrap();
    (team, queue)
}

/// A decision as a plain client writes it, with all that follows from it.
struct Forged<'f> {
    item: usize,
    reviewer: &'f str,
    verdict: &'f str,
    purpose: &'f str,
    slot: Option<u8>,
    /// It takes the place of the person's own that stands.
    replaces: bool,
    /// SQL: the opinions that an adjudication says it settles.
    sides: &'f str,
}

impl Default for Forged<'_> {
    fn default() -> Self {
        let (reviewer, verdict, purpose) = ("{me}", "accept", "opinion");
        Self { item: 1, reviewer, verdict, purpose, slot: None, replaces: false, sides: "NULL" }
    }
}

impl Forged<'_> {
    fn sql(&self) -> String {
        let Self { item, reviewer, verdict, purpose, sides, .. } = self;
        let slot = self.slot.map_or("NULL".into(), |slot| slot.to_string());
        let own = format!("item_seq = {item} AND reviewer = '{{me}}' AND standing = 1");
        let (supersedes, ends) = match self.replaces {
            true => (
                format!("(SELECT seq FROM decision WHERE {own})"),
                format!("UPDATE decision SET standing = 0, stood_until = {T0} WHERE {own} AND id <> 'forged';"),
            ),
            false => ("NULL".into(), String::new()),
        };
        format!(
            "BEGIN; CREATE TEMP TABLE old AS SELECT {supersedes} AS seq; {ends}
             INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{reviewer}', 'decision', {item});
             INSERT INTO decision (id, step_seq, queue_id, item_seq, reviewer, verdict, body, active_millis, spec_version,
                decided_at, arrived_at, stood_from, standing, purpose, slot, sides, supersedes)
             SELECT 'forged', (SELECT MAX(seq) FROM step), 1, {item}, '{reviewer}', '{verdict}', '{{}}', 1, 2, {T0}, {T0}, {T0},
                1, '{purpose}', {slot}, {sides}, CAST(old.seq AS BIGINT) FROM old;
             UPDATE item SET (decision_seq, verdict, stage, settled_by, asked_of) = (SELECT o.decision_seq, o.verdict,
                o.stage, o.settled_by, o.asked_of FROM item_outcome o WHERE o.item_seq = {item}) WHERE seq = {item};
             INSERT INTO event (at, queue_id, item_seq, actor, kind, data)
                VALUES ({T0}, 1, {item}, '{reviewer}', 'decided', '{{\"decision\":\"forged\"}}'); DROP TABLE old; COMMIT"
        )
    }
}

/// Each is refused for the reason that its sentence tells, and changes nothing.
fn assert_refused(team: &Team, person: &str, forged: &[(Forged, &str)]) {
    for (forged, sentence) in forged {
        let sql = forged.sql();
        team.assert_forbidden(person, &[&sql]);
        let told = team.refusal(person, &sql);
        assert!(told.contains(sentence), "{person}: {told}\n{sql}");
    }
}

fn decide(team: &Team, queue: &Queue, person: &str, item: &str, judgement: &karat::domain::decision::Judgement) {
    team.store(person).decide_at_once(queue.actor(&team.login(person), T0), item, judgement).unwrap();
}

#[test]
fn nobody_gives_two_opinions_on_an_item() {
    let (team, queue) = asking();
    decide(&team, &queue, "ana", "i1", &accept());
    let twice = [
        (Forged { slot: Some(2), ..Forged::default() }, "of a reviewer's decisions on an item one stands"),
        (Forged { slot: Some(3), ..Forged::default() }, "no such opinion is asked of this item"),
        (Forged { slot: Some(2), reviewer: "{bo}", ..Forged::default() }, "recorded under that name alone"),
    ];
    assert_refused(&team, "ana", &twice);
    assert_refused(
        &team,
        "bo",
        &[(Forged { slot: Some(1), ..Forged::default() }, "this opinion is another's to give")],
    );
    let now = team.owner.now();
    let claim = |slot: u8| {
        format!(
            "INSERT INTO claim (item_seq, slot, queue_id, reviewer, session, token, expires_at)
             VALUES (3, {slot}, 1, '{{me}}', 's', 'of{slot}', {now} + 290000)"
        )
    };
    let both = format!("BEGIN; {}; {}; COMMIT", claim(1), claim(2));
    let more = [
        "UPDATE decision SET slot = 2 WHERE reviewer = '{me}'",
        "UPDATE item SET opinions = 3 WHERE seq = 1",
        "UPDATE item SET opinions = 1 WHERE seq = 1",
        "UPDATE item SET opinions = 2 WHERE seq = 5",
        "UPDATE item SET chance = 1 WHERE seq = 1",
        "UPDATE item SET held_back = 1 WHERE seq = 5",
        &both,
        &claim(7),
    ];
    team.assert_forbidden("ana", &more);
    assert!(team.refusal("ana", &both).contains("one person claims one opinion"));

    decide(&team, &queue, "ana", "i5", &reject("wrong"));
    assert_eq!(team.owner.counts(&queue).unwrap().at(Stage::NeedsOpinion), 2, "the rules ask for a second one");
    team.assert_forbidden("ana", &["UPDATE item SET opinions = 3 WHERE seq = 5"]);
    let sees = |person: &str| {
        let mut told = 0;
        let each = |event: Event| {
            told += usize::from(matches!(event.kind, EventKind::Decided(_)));
            Ok(())
        };
        team.store(person).events(&queue, None, Some(&team.login(person)), each).unwrap();
        told
    };
    assert_eq!((sees("vi"), sees("ana"), sees("bo")), (2, 2, 0), "who only looks on gives no opinion");
    // What is refused above is refused for what it says: the same is taken where it is right.
    let right = Forged { slot: Some(2), ..Forged::default() }.sql().replace("{me}", &team.login("bo"));
    team.client("bo").simple_query(&right).unwrap();
    decide(&team, &queue, "ana", "i5", &reject("cold"));
    decide(&team, &queue, "bo", "i5", &reject("cold"));
    let changed = Forged { item: 5, slot: Some(1), verdict: "reject", replaces: true, ..Forged::default() };
    assert_refused(&team, "ana", &[(changed, "changed after others' could be seen says so")]);
    decide(&team, &queue, "ana", "i5", &reject("cold"));
    assert_eq!(team.workspace.number("SELECT COUNT(*) FROM decision WHERE after_seen = 1"), 1);
    assert_sound(&team.owner);
}

#[test]
fn nobody_settles_a_disagreement_of_their_own_or_where_there_is_none() {
    let (team, queue) = asking();
    for (person, item, judgement) in [
        ("ana", "i1", accept()),
        ("ana", "i2", accept()),
        ("lee", "i2", reject("wrong")),
        ("ana", "i3", accept()),
        ("bo", "i3", reject("wrong")),
        ("lee", "i4", accept()),
        ("bo", "i4", escalate()),
    ] {
        decide(&team, &queue, person, item, &judgement);
    }
    let settling = |item| Forged { item, purpose: "adjudication", ..Forged::default() };
    let of_lead = [
        (settling(1), "do not disagree"),
        (settling(2), "not yours to settle"),
        (Forged { replaces: true, ..settling(2) }, "for the same purpose"),
        (Forged { purpose: "answer", replaces: true, ..settling(4) }, "for the same purpose"),
    ];
    assert_refused(&team, "lee", &of_lead);
    assert_refused(&team, "bo", &[(settling(2), "not yours to settle"), (settling(3), "not yours to settle")]);

    let sides = |item: usize| {
        format!(
            "(SELECT json_agg(d.id ORDER BY d.slot)::text FROM decision d WHERE d.item_seq = {item} AND d.standing = 1)"
        )
    };
    let (of_others, own) = (sides(2), sides(3));
    let of_others = Forged { sides: &of_others, ..settling(3) };
    assert_refused(&team, "lee", &[(of_others, "the sides of an adjudication are opinions on its item")]);
    let named = "an adjudication names the opinions that it settles";
    assert_refused(&team, "lee", &[(settling(3), named), (Forged { sides: "'[]'", ..settling(3) }, named)]);
    let settled = Forged { sides: &own, ..settling(3) }.sql().replace("{me}", &team.login("lee"));
    team.client("lee").simple_query(&settled).unwrap();
    assert_eq!(team.owner.counts(&queue).unwrap().at(Stage::Accepted), 1);
    let again = Forged { item: 3, slot: Some(1), verdict: "reject", replaces: true, ..Forged::default() };
    assert_refused(&team, "ana", &[(again, "rests on this opinion")]);
    assert_sound(&team.owner);
}

#[test]
fn nobody_decides_where_a_later_attempt_stands() {
    let (team, queue) = asking();
    decide(&team, &queue, "ana", "i5", &reject("cold"));
    assert_eq!(team.owner.counts(&queue).unwrap().at(Stage::ToRetry), 1);
    let attempt = Item { case: Some("i5".into()), attempt: 2, ..plain("i5~2") };
    import(&team.owner, &queue, &[record(attempt)], false);
    assert_eq!(team.owner.counts(&queue).unwrap().at(Stage::Replaced), 1);
    let of = |replaces| Forged { item: 5, slot: Some(1), replaces, ..Forged::default() };
    let replaced = "a later attempt has taken this item's place";
    assert_refused(&team, "bo", &[(of(false), replaced)]);
    assert_refused(&team, "ana", &[(of(true), "the next attempt rests on this decision")]);
    let own = [
        "UPDATE decision SET standing = 0 WHERE reviewer = '{me}'",
        "UPDATE item SET replaced_by = NULL WHERE seq = 5",
        "UPDATE item SET line_attempt = 1",
    ];
    team.assert_forbidden("ana", &own);
    assert_sound(&team.owner);
}
