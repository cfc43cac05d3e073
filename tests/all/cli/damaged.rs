//! Rows that cannot be read, as another program or a damaged file has left them: each is named, and
//! whoever reads the others goes on.

use rusqlite::Connection;
use support::program::{Program, assert_tells};

/// A workspace of six items, of which i1, i2 and i3 are decided and i2 is golden.
fn decided() -> Program {
    let program = Program::with_items(6);
    ["i1", "i2", "i3"].into_iter().for_each(|id| program.accept(id));
    program.ok(&["golden", "add", "replies", "i2", "--as", "ops-1"]);
    program
}

/// Writes past the program.
fn write(program: &Program, sql: &str) {
    Connection::open(program.db()).unwrap().execute_batch(&format!("PRAGMA foreign_keys = off; {sql}")).unwrap();
}

/// What was left out is told once in each command, with the reason; the rest comes, and the exit
/// code says that not all did.
fn leaves_out(program: &Program, arguments: &[&str], told: &[&str], comes: &[&str]) {
    let outcome = program.run(arguments);
    assert_eq!(outcome.code, Some(3), "{arguments:?}: {outcome:?}");
    assert_tells(&outcome.err, told);
    assert_eq!(outcome.err.matches(told[0]).count(), 1, "{arguments:?}: {outcome:?}");
    assert_tells(&outcome.out, comes);
}

const ITEMS: &[&str] = &["export", "replies", "--to", "jsonl"];
const DECISIONS: &[&str] = &["export", "replies", "--to", "csv", "--rows", "decisions"];
const LIST: &[&str] = &["list", "replies", "--json"];

#[test]
fn a_decision_that_cannot_be_read_stops_no_list_and_no_export() {
    for (damage, why) in [
        ("body = 'garbage'", "expected value"),
        ("body = '{\"note\": 5}'", "expected a string"),
        ("body = '{\"scores\": {\"tone\": -1}}'", "invalid value"),
        ("verdict = 'banana'", "banana"),
        ("decided_at = 9223372036854775807", "decided_at"),
        ("active_millis = -1", "seconds"),
        ("correction_kind = 'x', correction = 'y'", "no kind of content"),
    ] {
        let program = decided();
        write(&program, &format!("UPDATE decision SET {damage} WHERE item_seq = 1"));
        for arguments in [ITEMS, DECISIONS, LIST] {
            if arguments == LIST && damage.starts_with("correction") {
                continue; // which shows no correction
            }
            let told = ["decision 1 on item i1 cannot be read", why, "1 row left out", "karat doctor"];
            leaves_out(&program, arguments, &told, &["i2", "i3"]);
        }
        let doctor = program.run(&["doctor"]);
        assert_eq!(doctor.code, Some(1), "{doctor:?}");
        assert_tells(
            &doctor.out,
            &["WRONG  rows", "1 row cannot be read", "decision 1 on item i1 cannot be read", why],
        );
    }
}

#[test]
fn an_item_that_cannot_be_read_stops_no_list_and_no_export() {
    for (damage, why) in [
        ("UPDATE item SET tags = 'garbage' WHERE id = 'i1'", "tags"),
        ("UPDATE item SET latency_ms = -1 WHERE id = 'i1'", "latency_ms"),
        ("UPDATE item SET attempt = 0 WHERE id = 'i1'", "attempt"),
        ("UPDATE item_text SET input_kind = 'x' WHERE seq = 1", "no kind of content"),
        ("UPDATE item_text SET context = 'x' WHERE seq = 1", "context"),
        ("UPDATE item_text SET meta = '{' WHERE seq = 1", "meta"),
        ("UPDATE item_text SET output = CAST(X'ff' AS TEXT) WHERE seq = 1", "UTF-8"),
    ] {
        let program = decided();
        write(&program, damage);
        leaves_out(&program, ITEMS, &["item i1 cannot be read", why, "1 row left out"], &["i2", "i3"]);
        assert_tells(&program.run(&["doctor"]).out, &["WRONG  rows", "item i1 cannot be read", why]);
    }
}

#[test]
fn figures_and_golden_examples_go_on_without_a_row_that_cannot_be_read() {
    let program = decided();
    write(&program, "UPDATE decision SET verdict = 'banana' WHERE item_seq = 1; UPDATE golden SET tags = 'x'");
    leaves_out(&program, &["stats", "replies", "--json"], &["item i1 cannot be read", "banana"], &["\"accepted\":2"]);
    leaves_out(&program, &["golden", "list", "replies"], &["golden example 1 on item i2 cannot be read"], &[]);
    leaves_out(
        &program,
        &["golden", "export", "replies", "--to", "csv"],
        &["golden example 1 on item i2"],
        &["verdict"],
    );
    assert_tells(&program.run(&["doctor"]).out, &["2 rows cannot be read", "golden example 1 on item i2"]);
}

#[test]
fn an_event_that_cannot_be_read_stops_no_log() {
    let program = decided();
    write(&program, "DROP TRIGGER event_no_update; UPDATE event SET at = 'x' WHERE item_seq = 2 AND kind = 'decided'");
    leaves_out(
        &program,
        &["log", "replies"],
        &["on item i2 cannot be read", "1 row left out"],
        &["i1", "i3", "golden_kept"],
    );
    assert_tells(&program.run(&["doctor"]).out, &["WRONG  rows", "on item i2 cannot be read"]);
}

#[test]
fn the_manifest_counts_what_was_left_out() {
    let program = decided();
    write(&program, "UPDATE decision SET body = 'garbage' WHERE item_seq = 1");
    leaves_out(&program, &[ITEMS, &["--out", "out.jsonl"]].concat(), &["decision 1 on item i1"], &[]);
    let manifest: serde_json::Value = serde_json::from_str(&program.read("out.jsonl.manifest.json")).unwrap();
    assert_eq!((&manifest["counts"]["rows"], &manifest["counts"]["left_out"]), (&2.into(), &1.into()));
}

#[test]
fn a_review_passes_over_an_item_that_cannot_be_read() {
    let program = Program::with_items(3);
    write(&program, "UPDATE item_text SET input_kind = 'x' WHERE seq = 1");
    let store = karat::store::Store::open(program.db()).unwrap();
    let queue = store.queue("replies").unwrap();
    let mut store = store;
    let next = store.next(queue.actor("ops-1", store.now()), Default::default()).unwrap();
    let karat::store::Next::Item(served) = next else { panic!("{next:?}") };
    assert_eq!(served.item.id, "i2");
    let damaged: Vec<_> = store.take_damaged().iter().map(ToString::to_string).collect();
    assert_eq!(damaged, ["item i1 cannot be read: `x` is no kind of content"]);
}

/// Rows that cannot be read go where they are kept, the log tells it, and all is sound again.
#[test]
fn what_cannot_be_read_is_set_aside_and_the_workspace_is_sound() {
    for damage in [
        "UPDATE decision SET body = 'garbage' WHERE item_seq = 1",
        "UPDATE decision SET verdict = 'banana' WHERE item_seq = 1; UPDATE item SET verdict = 'banana' WHERE seq = 1",
        "UPDATE decision SET decided_at = 9223372036854775807, spec_version = 99 WHERE item_seq = 1",
        "UPDATE item SET tags = 'garbage', attempt = 0, rank = -9223372036854775808, stage = 'lost' WHERE id = 'i1'",
        "UPDATE item_text SET input_kind = 'x', context = 'x', meta = '{' WHERE seq = 1",
        "DROP TRIGGER event_no_update; UPDATE event SET at = 'x' WHERE item_seq = 1 AND kind = 'decided'",
        "UPDATE golden SET tags = 'x', verdict = 'banana'",
        "UPDATE step SET kind = 'banana' WHERE item_seq = 1",
        "INSERT INTO draft (item_seq, reviewer, body, saved_at, active_millis) VALUES (4, 'ops-1', 'garbage', 1, 0)",
        "INSERT INTO macro (queue_id, reviewer, key, name, verdict, body) VALUES (1, 'ops-1', 'm', 'm', 'banana', '{}')",
        "INSERT INTO saved_filter (queue_id, name, filter, saved_by, saved_at) VALUES (1, 'late', '((', 'ops-1', 1)",
    ] {
        let program = decided();
        write(&program, damage);
        let asked = program.fails(&["doctor", "--set-aside"]);
        assert_tells(&asked, &["cannot be read", "can be set aside; nothing was changed", "--yes"]);
        let outcome = program.run(&["doctor", "--set-aside", "--yes", "--as", "ops-1"]);
        if damage.contains("event") {
            // The decision that the event told is told by none: the log is repaired as well.
            program.run(&["doctor", "--repair", "--as", "ops-1"]);
        } else {
            assert_eq!(outcome.code, Some(0), "{damage}: {outcome:?}");
        }
        assert_tells(&outcome.out, &["set aside  ", "cannot be read"]);
        assert_tells(&program.ok(&["doctor"]), &["that could not be read", "nothing is wrong"]);
        for arguments in [ITEMS, DECISIONS, LIST, &["stats", "replies"], &["golden", "list", "replies"]] {
            program.ok(arguments);
        }
        assert_tells(&program.ok(&["log", "replies"]), &["repaired", "what=set_aside"]);
        program.ok(&["undo", "replies", "--as", "ops-1"]);
        program.assert_sound();
    }
}

#[test]
fn an_earlier_decision_stands_again_where_its_successor_is_set_aside() {
    let program = Program::with_items(1);
    program.accept("i1");
    program.ok(&["decide", "replies", "i1", "--verdict", "reject", "--category", "cold", "--as", "ops-1"]);
    write(&program, "UPDATE decision SET body = 'garbage' WHERE seq = 2");
    program.ok(&["doctor", "--set-aside", "--yes", "--as", "ops-1"]);
    assert_eq!(program.queue()["accepted"], 1);
    let kept: (String, String) = Connection::open(program.db())
        .unwrap()
        .query_row("SELECT content, set_by FROM set_aside", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    assert!(kept.0.contains("garbage") && kept.0.contains("reject"), "{kept:?}");
    assert_eq!(kept.1, "ops-1");
}
