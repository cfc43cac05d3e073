//! What a login may write is what a program can read: a row that a plain client brings is looked
//! at by the server, whoever's name it is under.

use crate::roles::Team;
use postgres::Client;
use support::fixture::*;

/// Parts of a decision of one's own that is right in all but one of them.
struct Row<'r> {
    verdict: &'r str,
    body: &'r str,
    more: &'r str,
    kind: &'r str,
    data: &'r str,
}

const RIGHT: Row = Row { verdict: "reject", body: "{}", more: "", kind: "decided", data: r#"{"decision":"DECISION"}"# };

/// `more`: column = value, for columns that are not said otherwise.
fn decision(me: &str, id: &str, row: &Row) -> String {
    let mut columns = vec![
        ("id", format!("'{id}'")),
        ("queue_id", "1".into()),
        ("item_seq", "8".into()),
        ("reviewer", format!("'{me}'")),
        ("verdict", format!("'{}'", row.verdict)),
        ("body", format!("$b${}$b$", row.body)),
        ("active_millis", "1".into()),
        ("spec_version", "1".into()),
        ("decided_at", T0.to_string()),
        ("standing", "1".into()),
        ("arrived_at", T0.to_string()),
        ("stood_from", T0.to_string()),
    ];
    if let Some((name, value)) = row.more.split_once(" = ") {
        columns.retain(|(column, _)| *column != name);
        columns.push((name, value.into()));
    }
    let (names, values): (Vec<&str>, Vec<String>) = columns.into_iter().unzip();
    let (stage, settled_by) = match row.verdict {
        "accept" => ("accepted", "'single'"),
        "reject" => ("rejected", "'single'"),
        _ => ("escalated", "NULL"),
    };
    format!(
        "BEGIN; INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{me}', 'decision', 8);
         INSERT INTO decision (step_seq, {}) SELECT MAX(seq), {} FROM step;
         UPDATE item SET verdict = '{}', stage = '{stage}', settled_by = {settled_by},
            decision_seq = (SELECT MAX(seq) FROM decision WHERE item_seq = 8) WHERE seq = 8;
         INSERT INTO event (at, queue_id, item_seq, actor, kind, data) VALUES ({T0}, 1, 8, '{me}', '{}', '{}'); COMMIT",
        names.join(", "),
        values.join(", "),
        row.verdict,
        row.kind,
        row.data.replace("DECISION", id)
    )
}

/// Does a statement in a connection of its own; gives the sentence of the refusal.
fn tried(mut client: Client, sql: &str) -> Result<(), String> {
    client.simple_query(sql).map(drop).map_err(|error| match error.as_db_error() {
        Some(refusal) if refusal.code().code() == "42501" => refusal.message().to_owned(),
        _ => panic!("{sql}: {error}"),
    })
}

#[test]
fn a_decision_that_no_program_can_read_is_refused() {
    let team = Team::new(8);
    let me = team.login("ana");
    let deep = format!("{{\"x\":{}1{}}}", "[".repeat(300), "]".repeat(300));
    let wrong = [
        Row { body: "garbage", ..RIGHT },
        Row { body: "[]", ..RIGHT },
        Row { body: r#"{"categories":"cold"}"#, ..RIGHT },
        Row { body: r#"{"categories":[1]}"#, ..RIGHT },
        Row { body: r#"{"categories":null}"#, ..RIGHT },
        Row { body: r#"{"scores":{"tone":"high"}}"#, ..RIGHT },
        Row { body: r#"{"scores":{"tone":300}}"#, ..RIGHT },
        Row { body: r#"{"scores":{"tone":1.5}}"#, ..RIGHT },
        Row { body: r#"{"note":7}"#, ..RIGHT },
        Row { body: r#"{"note":"a","note":"b"}"#, ..RIGHT },
        Row { body: r#"{"note":"half \ud800"}"#, ..RIGHT },
        Row { body: r#"{"route":[]}"#, ..RIGHT },
        Row { body: r#"{"marks":[{"start":-1,"end":2,"text":"a","category":"cold"}]}"#, ..RIGHT },
        Row { body: r#"{"marks":[{"start":1}]}"#, ..RIGHT },
        Row { body: r#"{"marks":[7]}"#, ..RIGHT },
        Row { body: &deep, ..RIGHT },
        Row { verdict: "banana", ..RIGHT },
        Row { more: "slot = 0", ..RIGHT },
        Row { more: "slot = 2", ..RIGHT },
        Row { more: "slot = NULL", ..RIGHT },
        Row { more: "reviewer_kind = 'check'", ..RIGHT },
        Row { more: "reviewer_kind = 'robot'", ..RIGHT },
        Row { more: "purpose = 'whim'", ..RIGHT },
        Row { more: "purpose = 'answer'", ..RIGHT },
        Row { more: "cause = 'whim'", ..RIGHT },
        Row { more: "after_seen = 2", ..RIGHT },
        Row { more: "sides = '{}'", ..RIGHT },
        Row { more: "arrived_at = 1", ..RIGHT },
        Row { more: "stood_from = 1", ..RIGHT },
        Row { more: "standing = 7", ..RIGHT },
        Row { more: "decided_at = 1", ..RIGHT },
        Row { more: "decided_at = 9223372036854775807", ..RIGHT },
        Row { more: "active_millis = -5", ..RIGHT },
        Row { more: "lens_shown = 9", ..RIGHT },
        Row { more: "due_at = 0", ..RIGHT },
        Row { more: "correction_kind = 'x'", ..RIGHT },
        Row { more: "spec_version = 99", ..RIGHT },
        Row { data: "not json", ..RIGHT },
        Row { data: "[]", ..RIGHT },
        Row { data: r#"{"decision":"another"}"#, ..RIGHT },
        Row { data: r#"{"decision":"DECISION","x":1e999}"#, ..RIGHT },
        Row { kind: "eaten", ..RIGHT },
    ];
    for row in &wrong {
        let sql = decision(&me, "forged", row);
        let refusal = tried(team.client("ana"), &sql).expect_err(&sql);
        assert!(!refusal.is_empty() && !refusal.contains("row-level"), "{refusal}: {sql}");
    }
    let marked = r#"{"categories":["cold"],"scores":{"tone":2},"note":"\u00e4 😀","route":null,
        "marks":[{"start":0,"end":2,"text":"an","category":"cold"}]}"#;
    tried(team.client("ana"), &decision(&me, "own", &Row { body: marked, ..RIGHT })).unwrap();
    let again = format!(
        "INSERT INTO event (at, queue_id, item_seq, actor, kind, data)
         VALUES ({T0}, 1, 8, '{me}', 'decided', '{{\"decision\":\"own\"}}')"
    );
    assert!(tried(team.client("ana"), &again).unwrap_err().contains("once"));
    assert_sound(&team.owner);
}

#[test]
fn a_login_without_a_role_stops_no_import() {
    let team = Team::new(1);
    let mut stranger = support::workspace::connect(&team.address("zoe"));
    stranger.batch_execute("SELECT pg_advisory_lock(x'6b7261740002'::bigint)").unwrap();
    let started = std::time::Instant::now();
    import(&team.owner, &team.queue, &[record(plain("new"))], false);
    assert!(started.elapsed() < std::time::Duration::from_secs(5), "{:?}", started.elapsed());
}

#[test]
fn what_else_a_login_writes_is_looked_at_too() {
    let team = Team::new(8);
    let (ana, lee) = (team.login("ana"), team.login("lee"));
    let claim = |session: &str, until: &str| {
        format!(
            "INSERT INTO claim (item_seq, queue_id, reviewer, session, token, expires_at)
             SELECT seq, 1, '{ana}', '{session}', 'token' || seq, {until} FROM item"
        )
    };
    let now = "CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT)";
    let long = "x".repeat(1000);
    let reviewers = [
        claim("s", "9223372036854775807"),
        claim("s", &format!("{now} + 3600000")),
        claim(&long, now),
        format!("INSERT INTO step (queue_id, reviewer, kind, item_seq) VALUES (1, '{ana}', 'dance', 8)"),
        format!("INSERT INTO draft (item_seq, reviewer, body, saved_at) VALUES (8, '{ana}', 'garbage', {now})"),
        format!("INSERT INTO draft (item_seq, reviewer, body, saved_at) VALUES (8, '{ana}', '{{}}', 1)"),
        format!(
            "INSERT INTO macro (queue_id, reviewer, key, name, verdict, body) VALUES (1, '{ana}', 'k', 'n', 'banana', '{{}}')"
        ),
        format!(
            "INSERT INTO macro (queue_id, reviewer, key, name, verdict, body) VALUES (1, '{ana}', '', 'n', 'accept', '{{}}')"
        ),
        format!("INSERT INTO saved_filter VALUES (1, 'a name', 'id:i1', '{ana}', {now})"),
        format!(
            "INSERT INTO event (at, queue_id, actor, kind, data) VALUES ({now}, 1, '{ana}', 'filter_saved', 'not json')"
        ),
        format!(
            "INSERT INTO event (at, queue_id, actor, kind, data) VALUES (9e17, 1, '{ana}', 'filter_saved', '{{}}')"
        ),
        format!("INSERT INTO event (at, queue_id, actor, kind, data) VALUES ({now}, 1, '{ana}', 'repaired', '{{}}')"),
        "INSERT INTO item_lens (item_seq, support) VALUES (8, 7)".into(),
        "INSERT INTO fingerprint (band, item_seq) VALUES (1, 999)".into(),
        "UPDATE text_mark SET item_seq = 99".into(),
        "UPDATE text_mark SET item_seq = 8".into(),
        "UPDATE text_mark SET item_seq = -1".into(),
        "UPDATE text_mark SET holder = 'me', held_until = 9223372036854775807".into(),
        "INSERT INTO text_item (key, piece, words) VALUES (8, 0, '')".into(),
    ];
    for sql in &reviewers {
        let refusal = tried(team.client("ana"), sql).expect_err(sql);
        assert!(!refusal.contains("row-level"), "{refusal}: {sql}");
    }
    let item = |tags: &str| format!("UPDATE item SET tags = '{tags}'");
    let leads = [
        item("garbage"),
        item("[1]"),
        "DELETE FROM item_text WHERE seq = 8; INSERT INTO item_text (seq, input_kind, input, output_kind, output)
            VALUES (8, 'x', '', 't', '')"
            .into(),
        "DELETE FROM item_text WHERE seq = 8; INSERT INTO item_text (seq, input_kind, input, output_kind, output, context)
            VALUES (8, 't', '', 't', '', 'garbage')"
            .into(),
        "DELETE FROM item_text WHERE seq = 8; INSERT INTO item_text (seq, input_kind, input, output_kind, output, meta)
            VALUES (8, 't', '', 't', '', 'garbage')"
            .into(),
    ];
    for sql in &leads {
        assert!(tried(team.client("lee"), sql).is_err(), "{lee}: {sql}");
    }
    tried(team.client("ana"), &claim("s", &format!("{now} + 290000"))).unwrap();
    tried(team.client("lee"), &item("[\"plain\"]")).unwrap();
    team.owner.complete_index(|_| ()).unwrap();
    assert_sound(&team.owner);
}

/// Words that a reviewer has filed past the program, as whoever holds the index may.
#[test]
fn what_a_login_has_filed_stops_no_index_and_no_search() {
    let team = Team::new(8);
    let ana = team.login("ana");
    let mut noted = accept();
    noted.draft_mut().note = "plain words".into();
    team.store("bo").decide_at_once(team.queue.actor(&team.login("bo"), T0), "i1", &noted).unwrap();
    let filed = "BEGIN; UPDATE text_mark SET holder = 'me', held_until = 0;
        INSERT INTO text_item (key, piece, words) VALUES (3, 0, ''), (8, 0, '');
        INSERT INTO text_note (key, piece, words) VALUES (1, 0, '');
        INSERT INTO text_decided (key, piece, words) VALUES (1, 0, ''); COMMIT";
    tried(team.client("ana"), filed).unwrap();
    let store = team.store("bo");
    store.complete_index(|_| ()).unwrap();
    assert!(store.indexed().unwrap().is_complete(), "{ana} stops it");
    assert_sound(&team.owner);
}
