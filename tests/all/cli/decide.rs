//! Decisions without the screen, undo, and the log.

use karat::domain::claim::Claimed;
use karat::store::{Next, Pick, Store};
use support::program::{Program, assert_tells};

fn decide(program: &Program, item: &str, rest: &[&str]) -> String {
    program.ok(&[&["decide", "replies", item, "--as", "ops-1", "--verdict"], rest].concat())
}

fn refused(program: &Program, item: &str, rest: &[&str]) -> String {
    program.fails(&[&["decide", "replies", item, "--as", "ops-1", "--verdict"], rest].concat())
}

#[test]
fn a_decision_is_told_and_exported_with_everything_it_holds() {
    let program = Program::with_items(2);
    let body =
        ["reject", "--category", "cold", "--category", "wrong", "--score", "tone=1", "--note", "a\nnote", "--json"];
    let told: serde_json::Value = serde_json::from_str(&decide(&program, "i1", &body)).unwrap();
    let keys: Vec<_> = told.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "decision",
        "queue",
        "item",
        "verdict",
        "categories",
        "worst_severity",
        "route",
        "scores",
        "note",
        "correction",
        "marks",
        "reviewer",
        "decided_at",
        "seconds",
        "lens",
        "spec_version",
        "due_at",
        "cause",
        "reviewer_kind",
        "purpose",
        "slot",
        "seen_others",
        "sides",
    ];
    assert_eq!(keys, expected, "field names are stable");
    assert_eq!(
        (&told["worst_severity"], &told["seconds"], &told["lens"]),
        (&"critical".into(), &0.0.into(), &serde_json::Value::Null)
    );
    assert_eq!((&told["verdict"], &told["item"], &told["queue"]), (&"reject".into(), &"i1".into(), &"replies".into()));

    let [row] = &program.csv(&[])[..] else { panic!("one row") };
    let cells = ["id", "verdict", "categories", "worst_severity", "score_tone", "score_accuracy", "note", "reviewer"];
    assert_eq!(cells.map(|c| row[c].as_str()), ["i1", "reject", "wrong;cold", "critical", "1", "", "a\nnote", "ops-1"]);
    assert_eq!(row["decision_id"], told["decision"].as_str().unwrap());
    assert_eq!(row["decided_at"], told["decided_at"].as_str().unwrap());
}

#[test]
fn a_correction_is_kept_as_written_and_checked_where_the_output_is_json() {
    let program = Program::with_items(1);
    let reject = ["reject", "--category", "cold"];
    let told = decide(&program, "i1", &[&reject[..], &["--correction", "Dear Ms Okafor,", "--json"]].concat());
    assert_eq!(serde_json::from_str::<serde_json::Value>(&told).unwrap()["correction"], "Dear Ms Okafor,");
    assert_eq!(program.csv(&[])[0]["correction"], "Dear Ms Okafor,");
    let output = program.csv(&[])[0]["output"].clone();
    decide(&program, "i1", &[&reject[..], &["--correction", &output]].concat());
    assert_eq!(program.csv(&[])[0]["correction"], "", "what equals the output corrects nothing");
    std::fs::write(program.path("mended.txt"), "line\n\n").unwrap();
    decide(&program, "i1", &[&reject[..], &["--correction-file", "mended.txt"]].concat());
    assert_eq!(program.csv(&[])[0]["correction"], "line\n");
    let crlf = serde_json::json!({ "id": "crlf", "input": "q", "output": "one\r\ntwo\r\n" });
    program.write("crlf.jsonl", crlf.to_string());
    program.ok(&["import", "replies", "crlf.jsonl"]);
    std::fs::write(program.path("mended.txt"), "\u{feff}one\nTWO\n").unwrap();
    decide(&program, "crlf", &[&reject[..], &["--correction-file", "mended.txt"]].concat());
    assert_eq!(program.csv(&[])[1]["correction"], "one\r\nTWO\r\n", "line ends are not what is corrected");
    assert_tells(&refused(&program, "i1", &["accept", "--correction", "x"]), &["has no correction", "or reject"]);
    assert_tells(&refused(&program, "i1", &[&reject[..], &["--correction-file", "none"]].concat()), &["none"]);

    program.write("json.jsonl", "{\"id\": \"j1\", \"input\": \"x\", \"output\": {\"n\": 1.50}}\n");
    program.ok(&["import", "replies", "json.jsonl"]);
    let broken = refused(&program, "j1", &[&reject[..], &["--correction", "{\"n\": 1.5"]].concat());
    assert_tells(&broken, &["the correction is unsound", "line 1, column 9"]);
    decide(&program, "j1", &[&reject[..], &["--correction", "{\"n\":  2.500}"]].concat());
    assert_eq!(program.csv(&[])[2]["correction"], "{\"n\":  2.500}");
}

#[test]
fn marks_are_given_in_characters_and_exported_with_what_they_cover() {
    let program = Program::with_queue();
    program.write("one.jsonl", "{\"id\": \"i1\", \"input\": \"x\", \"output\": \"Zoë 👩‍🚒 is back.\"}\n");
    program.ok(&["import", "replies", "one.jsonl"]);
    decide(&program, "i1", &["reject", "--mark", "4..5=wrong:who?", "--mark", "0..3=cold"]);
    let row = &program.csv(&[])[0];
    assert_eq!(row["categories"], "wrong;cold", "a mark's category is the item's");
    let marks: serde_json::Value = serde_json::from_str(&row["marks"]).unwrap();
    let cold = serde_json::json!({"start": 0, "end": 3, "text": "Zoë", "category": "cold"});
    let wrong = serde_json::json!({"start": 4, "end": 7, "text": "👩‍🚒", "category": "wrong", "comment": "who?"});
    assert_eq!(marks, serde_json::json!([cold, wrong]), "whole characters as people see them");
    assert_eq!(program.jsonl(&[])[0]["marks"], marks);
    for (wrong, told) in [("9..99=cold", "which has 16 characters"), ("cold", "START..END=KEY")] {
        let outcome = program.run(&["decide", "replies", "i1", "--verdict", "reject", "--mark", wrong]);
        assert_eq!(outcome.code, Some(2));
        assert_tells(&outcome.err, &[told]);
    }
    assert_tells(&refused(&program, "i1", &["reject", "--mark", "0..3=odd"]), &["no failure category `odd`"]);
}

#[test]
fn an_escalation_takes_the_route_of_its_gravest_category() {
    let program = Program::with_items(2);
    decide(&program, "i1", &["escalate", "--category", "wrong", "--category", "cold", "--note", "why"]);
    decide(&program, "i2", &["escalate", "--route", "lead", "--note", "why"]);
    let routes: Vec<_> = program.csv(&[]).iter().map(|row| row["route"].clone()).collect();
    assert_eq!(routes, ["desk", "lead"]);
}

#[test]
fn what_breaks_the_spec_is_refused_with_what_there_is() {
    let program = Program::with_items(1);
    let cases: [(&[&str], &[&str]); 10] = [
        (&["reject"], &["at least one failure category", "wrong, cold"]),
        (&["reject", "--category", "nope"], &["no failure category `nope`", "wrong, cold"]),
        (&["accept", "--category", "cold"], &["no failure categories", "cold"]),
        (&["accept", "--score", "nope=1"], &["no criterion `nope`", "tone, accuracy"]),
        (&["accept", "--score", "tone=4"], &["from 1 to 3"]),
        (&["accept", "--score", "tone=0"], &["from 1 to 3"]),
        (&["accept", "--route", "lead"], &["only an escalation takes a route"]),
        (&["escalate", "--note", "why"], &["needs a route", "lead, desk"]),
        (&["escalate", "--route", "nope", "--note", "why"], &["no route `nope`"]),
        (&["escalate", "--route", "lead", "--note", "  "], &["needs a reason"]),
    ];
    for (rest, told) in cases {
        assert_tells(&refused(&program, "i1", rest), told);
    }
    assert_tells(&refused(&program, "i9", &["accept"]), &["no item `i9`"]);
    assert_eq!(program.queue()["decided"], 0);
    assert!(!program.ok(&["log", "replies"]).contains("decided"), "what was refused is not in the log");
    assert_tells(
        &program.fails(&["decide", "replies", "i1", "--verdict", "accept", "--as", " "]),
        &["1 to 64 characters"],
    );
}

#[test]
fn a_required_score_is_asked_for() {
    let program = Program::with_items(1);
    let spec = program.read("spec.toml");
    program.write("spec.toml", spec.replacen("levels = [\"Rude\"", "required = true\nlevels = [\"Rude\"", 1));
    program.ok(&["spec", "apply", "spec.toml"]);
    assert_tells(&refused(&program, "i1", &["accept"]), &["Tone (`tone`) is required"]);
    decide(&program, "i1", &["escalate", "--route", "lead", "--note", "unsure"]);
    decide(&program, "i1", &["accept", "--score", "tone=2"]);
}

#[test]
fn a_score_given_twice_is_refused_because_one_would_be_lost() {
    let program = Program::with_items(1);
    let outcome = program.run(&[
        "decide",
        "replies",
        "i1",
        "--verdict",
        "accept",
        "--score",
        "tone=1",
        "--score",
        "tone=3",
        "--as",
        "ops-1",
    ]);
    assert_eq!(outcome.code, Some(2), "{outcome:#?}");
    assert_tells(&outcome.err, &["tone", "twice"]);
    assert_eq!(program.queue()["decided"], 0);
}

#[test]
fn undo_takes_ones_own_last_decision_back() {
    let program = Program::with_items(3);
    decide(&program, "i1", &["accept"]);
    decide(&program, "i2", &["reject", "--category", "cold"]);
    program.ok(&["decide", "replies", "i3", "--verdict", "accept", "--as", "ops-2"]);
    let told = program.ok(&["undo", "replies", "--as", "ops-1"]);
    assert_tells(&told, &["undone: reject of i2", "cold", "undecided again"]);
    assert_tells(&program.ok(&["undo", "replies", "--as", "ops-1"]), &["undone: accept of i1"]);
    assert_tells(&program.fails(&["undo", "replies", "--as", "ops-1"]), &["ops-1 has no decision to undo", "hint:"]);
    assert_eq!(program.queue()["decided"], 1, "another one's decision stands");
    program.accept("i2");
    program.assert_sound();
}

#[test]
fn undo_brings_the_decision_before_back() {
    let program = Program::with_items(1);
    decide(&program, "i1", &["accept"]);
    decide(&program, "i1", &["reject", "--category", "wrong"]);
    assert_eq!(program.csv(&[])[0]["verdict"], "reject");
    assert_tells(&program.ok(&["undo", "replies", "--as", "ops-1"]), &["it is accepted again"]);
    assert_eq!(program.csv(&[])[0]["verdict"], "accept");
    program.assert_sound();
}

#[test]
fn the_log_tells_who_did_what() {
    let program = Program::with_items(2);
    decide(&program, "i1", &["reject", "--category", "wrong"]);
    decide(&program, "i2", &["accept"]);
    program.ok(&["undo", "replies", "--as", "ops-1"]);
    let events = program.json(&["log", "replies"]);
    for event in &events {
        let keys: Vec<_> = event.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(
            keys,
            ["seq", "at", "actor", "kind", "item", "data", "queue", "case", "attempt"],
            "field names are stable"
        );
    }
    let kinds: Vec<_> = events.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    let expected =
        ["queue_created", "spec_applied", "import_started", "import_finished", "decided", "decided", "undone"];
    assert_eq!(kinds, expected);
    assert_eq!(events[3]["data"]["counts"], serde_json::json!({ "imported": 2, "unchanged": 0, "rejected": 0 }));

    let of_item = program.json(&["log", "replies", "--item", "i1"]);
    let kinds: Vec<_> = of_item.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["imported", "decided"]);
    let lines = program.ok(&["log", "replies", "--item", "i2"]);
    assert_eq!(lines.lines().count(), 3, "{lines}");
    assert_tells(&lines, &["ops-1  undone  i2"]);
    assert_tells(&program.fails(&["log", "replies", "--item", "i9"]), &["no item `i9`"]);
}

/// Has the first item open, as a workstation would, from this process.
fn open_first(program: &Program, reviewer: &str) -> Store {
    let mut store = Store::open(program.db()).unwrap();
    let queue = store.queue("replies").unwrap();
    let next = store.next(queue.actor(reviewer, store.now()), Pick::default()).unwrap();
    assert!(matches!(&next, Next::Item(served) if matches!(served.claimed, Claimed::Mine(_))), "{next:?}");
    store
}

#[test]
fn an_item_that_somebody_has_open_is_left_to_them() {
    let program = Program::with_items(2);
    let store = open_first(&program, "ana");
    assert_tells(&refused(&program, "i1", &["accept"]), &["`ana` has claimed this item", "hint:", "comes free"]);
    program.accept("i2");
    store.release_all().unwrap();
    program.accept("i1");
}

#[test]
fn an_item_that_a_dead_program_held_is_free() {
    let program = Program::with_items(1);
    let store = open_first(&program, "ana");
    // As if another process of this machine had taken it, and died.
    let raw = rusqlite::Connection::open(program.db()).unwrap();
    let session: String = raw.query_row("SELECT session FROM claim", [], |row| row.get(0)).unwrap();
    let machine = session.split('/').next().unwrap();
    raw.execute("UPDATE claim SET session = ?1", [format!("{machine}/999999999.1/gone")]).unwrap();
    program.accept("i1");
    drop(store);
    program.assert_sound();
}

#[test]
fn undo_leaves_no_hold_behind() {
    let program = Program::with_items(1);
    program.accept("i1");
    program.ok(&["undo", "replies", "--as", "ops-1"]);
    drop(open_first(&program, "ana"));
}

#[test]
fn a_decision_over_another_is_refused_until_it_is_asked_for() {
    let program = Program::with_items(1);
    decide(&program, "i1", &["accept"]);
    let over = ["decide", "replies", "i1", "--as", "ops-2", "--verdict", "reject", "--category", "cold"];
    assert_tells(&program.fails(&over), &["ops-1 accepted this item at", "hint:", "--over"]);
    assert_eq!(program.csv(&[])[0]["verdict"], "accept");
    program.ok(&[&over[..], &["--over"]].concat());
    assert_eq!(program.csv(&[])[0]["verdict"], "reject");
    assert_tells(&program.ok(&["log", "replies"]), &["over"]);
    decide(&program, "i1", &["accept", "--over"]);
}

#[test]
fn two_who_disagree_are_settled_by_a_third_who_says_why() {
    let program = Program::with_items(1);
    program.write("two.toml", program.read("spec.toml") + "\n[review]\nsecond_opinion = \"verdict:reject\"\n");
    program.ok(&["spec", "apply", "two.toml"]);
    let said = |reviewer: &'static str, rest: &[&'static str]| {
        program.run(&[&["decide", "replies", "i1", "--json", "--as", reviewer, "--verdict"], rest].concat())
    };
    let stage = || program.json(&["list", "replies"])[0]["stage"].clone();
    said("ana", &["reject", "--category", "cold"]);
    assert_eq!(stage(), "needs_opinion");
    said("ben", &["accept"]);
    assert_eq!(stage(), "disputed");
    let own = said("ana", &["accept", "--cause", "slip"]);
    assert_tells(&own.err, &["do not disagree"]);
    let settled: serde_json::Value = serde_json::from_str(&said("lee", &["accept", "--cause", "unclear"]).out).unwrap();
    assert_eq!((&settled["purpose"], &settled["cause"]), (&"adjudication".into(), &"unclear".into()));
    assert_eq!(stage(), "accepted");
    let late = said("cy", &["accept"]);
    assert_eq!(late.code, Some(1));
    assert_tells(&late.err, &["`lee` has settled this item"]);
}

#[test]
fn an_item_that_is_audited_waits_for_a_second_opinion_whatever_the_first_says() {
    let program = Program::with_items(1);
    let audited = |share: &str| program.read("spec.toml") + &format!("\n[review]\naudit = {share}\n");
    program.write("more.toml", audited("1.5"));
    assert_tells(&program.fails(&["spec", "apply", "more.toml"]), &["`audit` is 1.5, but must lie between 0 and 1"]);
    program.write("all.toml", audited("1.0"));
    program.ok(&["spec", "apply", "all.toml"]);
    let stage = || program.json(&["list", "replies"])[0]["stage"].clone();
    decide(&program, "i1", &["accept"]);
    assert_eq!(stage(), "needs_opinion");
    assert_eq!(program.csv(&[]).len(), 0, "nothing is of record before the second is there");
    program.ok(&["decide", "replies", "i1", "--as", "ben", "--verdict", "accept"]);
    assert_eq!(stage(), "accepted");
    assert_eq!(program.csv(&[])[0]["settled_by"], "unanimous");
}
