//! Checks: before a workspace is there, at import, and on what is in the queue.

use serde_json::{Value, json};
use support::program::{Program, assert_tells};

const SPEC: &str = r#"
name = "invoices"
title = "Invoices"
decision = "May this be booked?"

[[failure]]
key = "wrong_format"
name = "Wrong format"
severity = "major"

[[route]]
key = "desk"
name = "Desk"

[[check]]
key = "shape"
schema = "invoice.schema.json"
otherwise = "reject"
failure = "wrong_format"

[[check]]
key = "blocked"
on = "meta.blocked"
max_chars = 4
otherwise = "refuse"

[[check]]
key = "large"
forbids = '9{6}'
otherwise = "escalate"

[[check]]
key = "slow"
max_latency_ms = 100
otherwise = "flag"
"#;

const ITEMS: &str = r#"{"id":"good","input":"1","output":{"total":1}}
{"id":"broken","input":"2","output":"{\"total\": 1"}
{"id":"slow","input":"3","output":{"total":3},"latency_ms":200}
{"id":"kept-out","input":"4","output":{"total":4},"meta":{"blocked":"by law"}}
{"id":"large","input":"5","output":{"total":999999}}
"#;

fn program() -> Program {
    let program = Program::new();
    program.write("spec.toml", SPEC);
    program.write("invoice.schema.json", r#"{"type":"object","required":["total"]}"#);
    program.write("items.jsonl", ITEMS);
    program
}

const BROKEN: &str = "the output is no JSON: EOF while parsing an object at line 1 column 11";

#[test]
fn a_pipeline_checks_outputs_without_a_workspace() {
    let program = program();
    let outcome = program.run(&["check", "--spec", "spec.toml", "items.jsonl", "--json"]);
    assert_eq!(outcome.code, Some(10), "{outcome:?}");
    let told: Vec<Value> = outcome.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let failed =
        |check: &str, outcome: &str, reason: &str| json!([{ "check": check, "outcome": outcome, "reason": reason }]);
    let expected = [
        ("good", true, json!([])),
        ("broken", false, failed("shape", "reject", BROKEN)),
        ("slow", true, failed("slow", "flag", "latency_ms is 200, more than 100")),
        ("kept-out", false, failed("blocked", "refuse", "meta.blocked has 6 characters, more than 4")),
        (
            "large",
            false,
            failed("large", "escalate", "the output has “999999” in line 1, column 10, which `9{6}` forbids"),
        ),
    ];
    for (told, (id, holds, failed)) in told.iter().zip(expected) {
        assert_eq!(told, &json!({ "id": id, "holds": holds, "failed": failed, "undecided": [] }));
    }
    assert_eq!(program.files(), ["invoice.schema.json", "items.jsonl", "spec.toml"], "no workspace is made");
}

#[test]
fn what_fails_is_said_in_lines_and_what_holds_ends_well() {
    let program = program();
    let outcome = program.run(&["check", "--spec", "spec.toml", "items.jsonl"]);
    assert_eq!(outcome.code, Some(10));
    assert_tells(&outcome.out, &[&format!("broken: reject by shape: {BROKEN}"), "5 items checked, 3 failed"]);
    let good = program.run_with(&["check", "--spec", "spec.toml", "-"], ITEMS.lines().next().unwrap());
    assert_eq!((good.code, good.out.as_str()), (Some(0), "1 item checked, 0 failed\n"), "{}", good.err);
    let none = program.run_with(&["check", "--spec", "spec.toml", "-"], "{\"id\":\"x\"}");
    assert_eq!(none.code, Some(3), "what is no item was not checked");
}

/// A workspace with the queue and its items.
fn imported() -> Program {
    let program = program();
    program.ok(&["spec", "apply", "spec.toml", "--as", "lea"]);
    let outcome = program.run(&["import", "invoices", "items.jsonl", "--as", "lea"]);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert_tells(&outcome.out, &["imported 4, unchanged 0, rejected 1"]);
    assert_tells(
        &outcome.err,
        &["refused by the check `blocked`: meta.blocked has 6", "checks rejected 1, escalated 1 and flagged 1"],
    );
    program
}

fn list(program: &Program, filter: &str) -> Vec<String> {
    let rows = program.json(&["list", "invoices", "--filter", filter]);
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

fn export(program: &Program, more: &[&str]) -> Vec<Value> {
    let out = program.ok(&[&["export", "invoices", "--to", "jsonl"], more].concat());
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_import_keeps_out_rejects_escalates_and_flags() {
    let program = imported();
    let rejects = program.read("items.jsonl.rejects.jsonl");
    let reject: Value = serde_json::from_str(&rejects).unwrap();
    assert_eq!(reject["line"], 4);
    assert_eq!(reject["reason"], "refused by the check `blocked`: meta.blocked has 6 characters, more than 4");
    for (filter, found) in [
        ("is:waiting", vec!["good", "slow"]),
        ("is:rejected", vec!["broken"]),
        ("is:escalated", vec!["large"]),
        ("check:shape", vec!["broken"]),
        ("check:slow", vec!["slow"]),
        ("reviewer:check:shape", vec!["broken"]),
        ("category:wrong_format", vec!["broken"]),
        ("settled_by:check", vec!["broken"]),
    ] {
        assert_eq!(list(&program, filter), found, "{filter}");
    }
    let queue = &program.json(&["queues"])[0];
    assert_eq!((&queue["by_check"], &queue["remaining"]), (&json!(1), &json!(2)), "{queue}");
    let exported = export(&program, &[]);
    let broken = exported.iter().find(|row| row["id"] == "broken").unwrap();
    assert_eq!((&broken["settled_by"], &broken["checks"]), (&json!("check"), &json!(["shape"])));
    assert_eq!((&broken["reviewer"], &broken["note"]), (&json!("check:shape"), &json!(BROKEN)));
    let stats = &program.json(&["stats", "invoices"])[0];
    assert_eq!(stats["decided"], 0, "no person has judged anything: {stats}");
    let log = program.json(&["log", "invoices", "--item", "broken"]);
    let decided = log.iter().find(|event| event["kind"] == "decided").unwrap();
    assert_eq!((&decided["actor"], &decided["data"]["by_check"]), (&json!("check:shape"), &json!(true)));
    program.assert_sound();
    assert_tells(&program.fails(&["undo", "invoices", "--as", "lea"]), &["lea"]); // a check's decision is nobody's step
}

#[test]
fn a_person_decides_over_a_check_and_an_undo_brings_it_back() {
    let program = imported();
    let decide = ["decide", "invoices", "broken", "--verdict", "accept", "--as", "lea"];
    let told = program.fails(&decide);
    assert_tells(&told, &["check:shape"]);
    program.ok(&[&decide[..], &["--over"]].concat());
    assert_eq!(list(&program, "is:accepted"), ["broken"]);
    let decisions = export(&program, &["--rows", "decisions"]);
    let of_it: Vec<_> = decisions.iter().filter(|row| row["id"] == "broken").collect();
    let kinds: Vec<_> = of_it.iter().map(|row| (row["reviewer_kind"].as_str().unwrap(), &row["slot"])).collect();
    assert_eq!(kinds, [("check", &Value::Null), ("person", &json!(1))]);
    assert_eq!(program.json(&["queues"])[0]["by_check"], 0);
    program.ok(&["undo", "invoices", "--as", "lea"]);
    assert_eq!(list(&program, "settled_by:check"), ["broken"]);
    program.assert_sound();
}

#[test]
fn only_a_lead_decides_over_a_check_where_there_is_a_team() {
    let program = imported();
    program.ok(&["team", "grant", "ron", "--role", "reviewer", "--as", "lea"]);
    let decide = ["decide", "invoices", "broken", "--verdict", "accept", "--over", "--as"];
    assert_tells(&program.fails(&[&decide[..], &["ron"]].concat()), &["`ron` is a reviewer here"]);
    let told = program.run(&[&decide[..], &["check:shape"]].concat());
    assert_eq!(told.code, Some(1), "{told:?}");
    program.ok(&[&decide[..], &["lea"]].concat());
    program.assert_sound();
}

#[test]
fn a_new_spec_is_run_on_what_waits_and_on_request() {
    let program = imported();
    let stricter = SPEC.replace("otherwise = \"flag\"", "otherwise = \"reject\"\nfailure = \"wrong_format\"");
    program.write("spec.toml", &stricter);
    let told = program.ok(&["spec", "apply", "spec.toml", "--as", "lea"]);
    assert_tells(&told, &["`otherwise` of check `slow` from flag to reject", "run on 2 waiting items, and decided 1"]);
    assert_eq!(list(&program, "is:rejected"), ["broken", "slow"]);
    program.write("invoice.schema.json", r#"{"type":"object","required":["sum"]}"#);
    let told = program.ok(&["spec", "apply", "spec.toml", "--as", "lea"]);
    assert_tells(&told, &["schema `invoice.schema.json` reads otherwise", "run on 1 waiting item, and decided 1"]);
    assert_eq!(list(&program, "is:waiting"), [""; 0]);
    program.assert_sound();
}

#[test]
fn checks_are_run_on_request_and_kept_where_that_is_asked() {
    let program = program();
    let without = SPEC.split("[[check]]").next().unwrap();
    program.write("without.toml", without);
    program.ok(&["spec", "apply", "without.toml", "--as", "lea"]);
    program.ok(&["import", "invoices", "items.jsonl", "--as", "lea"]);
    program.ok(&["decide", "invoices", "broken", "--verdict", "accept", "--as", "lea"]);
    assert_eq!(program.run(&["check", "invoices"]).code, Some(0), "there is no check");
    program.ok(&["spec", "apply", "spec.toml", "--yes", "--as", "lea"]);
    let decided = program.json(&["list", "invoices", "--filter", "is:rejected"]).len();
    assert_eq!(decided, 1, "what should have been kept out is rejected where it is in");
    let outcome = program.run(&["check", "invoices", "--filter", "id:broken or id:good", "--apply", "--as", "lea"]);
    assert_eq!(outcome.code, Some(10), "{outcome:?}");
    assert_tells(
        &outcome.out,
        &["broken: reject by shape", "2 items checked, 1 failed; none of them was decided anew"],
    );
    assert_eq!(list(&program, "is:accepted"), ["broken"], "what a person has decided stays");
    program.assert_sound();
}
