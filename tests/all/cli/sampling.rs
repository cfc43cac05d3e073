//! Sampling from outside: what is held back is told, explained and pulled in.

use serde_json::Value;
use support::program::{Program, SPEC, assert_tells, items};

fn with_rules(rules: &str, count: usize) -> Program {
    let program = Program::new();
    program.write("spec.toml", format!("{SPEC}\n{rules}"));
    program.ok(&["spec", "apply", "spec.toml"]);
    program.write("items.jsonl", items(1..=count));
    program
}

fn json(program: &Program, arguments: &[&str]) -> Value {
    serde_json::from_str(&program.ok(arguments)).unwrap()
}

const NONE: &str = "[[sample]]\nkey = \"few\"\nrate = 0.0\n";

#[test]
fn what_sampling_holds_back_is_told_and_found() {
    let program = with_rules(NONE, 3);
    let dry = program.ok(&["import", "replies", "items.jsonl", "--dry-run"]);
    assert_tells(&dry, &["3 would be imported, 0 unchanged, 0 rejected; sampling holds 3 back"]);
    let told = program.ok(&["import", "replies", "items.jsonl"]);
    assert_tells(&told, &["imported 3, unchanged 0, rejected 0; sampling holds 3 back"]);
    let queue = json(&program, &["queues", "--json"]);
    assert_eq!((&queue["held_back"], &queue["remaining"]), (&3.into(), &0.into()));
    assert_tells(&program.ok(&["queues"]), &["HELD BACK"]);
    assert_tells(&program.ok(&["list", "replies", "--filter", "is:held_back rule:few"]), &["i1", "i2", "i3"]);

    program.write("spec.toml", SPEC);
    let told = program.ok(&["spec", "apply", "spec.toml"]);
    assert_tells(&told, &["sampling rule `few` removed", "3 items got a greater chance, and 3 of them"]);
    assert_eq!(json(&program, &["queues", "--json"])["held_back"], 0);
    assert!(!program.ok(&["queues"]).contains("HELD BACK"));
    program.ok(&["doctor"]);
}

#[test]
fn an_item_is_explained_in_sentences_and_as_json() {
    let program = with_rules("[[sample]]\nkey = \"half\"\nfirst = 1\nrate = 0.0\nopinions = 2\n", 2);
    program.ok(&["import", "replies", "items.jsonl"]);
    let first = json(&program, &["explain", "replies", "i1", "--json"]);
    let members: Vec<_> = first.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "item",
        "stage",
        "rule",
        "chance",
        "opinions",
        "opinions_asked",
        "waits_for",
        "claimed_by",
        "next",
        "checks",
        "why",
    ];
    assert_eq!(members, expected, "field names are stable");
    assert_eq!((&first["stage"], &first["rule"], &first["chance"]), (&"waiting".into(), &"half".into(), &1.0.into()));
    assert_eq!((&first["opinions"], &first["opinions_asked"]), (&0.into(), &2.into()));
    assert_eq!(first["waits_for"], "a reviewer");
    assert_tells(&program.ok(&["explain", "replies", "i1"]), &["i1: waiting", "among the first of the rule `half`"]);
    let told = program.ok(&["explain", "replies", "i2"]);
    assert_tells(&told, &["i2: held back", "the rule `half` of spec version 1 takes 0 of its cases", "`karat pull`"]);
    let error = program.fails(&["explain", "replies", "i9"]);
    assert_tells(&error, &["i9"]);
}

#[test]
fn an_item_is_pulled_in_by_hand() {
    let program = with_rules(NONE, 3);
    program.ok(&["import", "replies", "items.jsonl"]);
    let told = program.ok(&["pull", "replies", "i2", "--why", "a customer asked", "--as", "lee"]);
    assert_tells(&told, &["pulled 1 item in as lee"]);
    let explained = program.ok(&["explain", "replies", "i2"]);
    assert_tells(&explained, &["i2: waiting", "pulled in by hand, so no estimate counts it"]);
    assert_tells(&program.ok(&["log", "replies", "--item", "i2"]), &["pulled", "a customer asked"]);
    let error = program.fails(&["pull", "replies", "i2", "--why", "again"]);
    assert_tells(&error, &["i2 is not held back", "is:held_back"]);
    program.ok(&["team", "grant", "ana", "--role", "reviewer", "--as", "lee"]);
    let error = program.fails(&["pull", "replies", "i1", "--why", "x", "--as", "ana"]);
    assert_tells(&error, &["`ana` is a reviewer here, and this takes a lead"]);
    let all = ["pull", "replies", "--filter", "id:i*", "--why", "all", "--as", "lee", "--json"];
    let pulled = json(&program, &all);
    assert_eq!(pulled, serde_json::json!({ "queue": "replies", "pulled": 2 }), "one was in already");
    for wrong in [&["pull", "replies", "--why", "x"][..], &["pull", "replies", "i1"]] {
        assert_eq!(program.run(wrong).code, Some(2), "{wrong:?}");
    }
    program.ok(&["doctor"]);
}

#[test]
fn a_rule_that_another_hides_is_found_by_a_check() {
    let program = Program::new();
    program.write("spec.toml", format!("{SPEC}\n{NONE}[[sample]]\nwhen = \"model:a\"\nrate = 0.5\n"));
    let error = program.fails(&["spec", "check", "spec.toml"]);
    assert_tells(&error, &["spec.toml:39:1: this rule takes nothing: `few` above it", "put the narrower rule first"]);
}

#[test]
fn a_second_opinion_of_an_audit_says_so() {
    let program = with_rules("[review]\naudit = 1.0\n", 1);
    program.ok(&["import", "replies", "items.jsonl"]);
    program.accept("i1");
    let told = program.ok(&["explain", "replies", "i1"]);
    assert_tells(
        &told,
        &["i1: needs opinion", "1 of 2 opinions are given", "an audit takes", "second opinion is asked"],
    );
}
