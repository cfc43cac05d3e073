//! `karat reopen`, and what is told of it.

use serde_json::Value;
use support::program::{Program, assert_tells};

#[test]
fn a_settled_item_is_put_back_and_the_way_to_it_is_told() {
    let program = Program::with_items(2);
    let decide = |item: &str, verdict: &str, reviewer: &str| {
        program.ok(&["decide", "replies", item, "--verdict", verdict, "--as", reviewer]);
    };
    decide("i1", "accept", "ana");
    let reopen = ["reopen", "replies", "i1", "--as", "lee", "--why", "the rule was changed"];
    assert_eq!(program.ok(&reopen).trim(), "reopened i1 as lee: 1 decision stands no more");
    assert_tells(&program.fails(&reopen), &["nothing was decided on this item"]);
    assert_tells(&program.ok(&["list", "replies", "--filter", "is:waiting"]), &["i1"]);
    assert_eq!(program.queue()["remaining"], 2);
    assert_tells(&program.ok(&["explain", "replies", "i1"]), &["i1: waiting", "lee reopened it: the rule was changed"]);
    assert_tells(&program.ok(&["log", "replies", "--item", "i1"]), &["reopened", "the rule was changed"]);
    assert_tells(&program.fails(&["undo", "replies", "--as", "ana"]), &["ana has no decision to undo"]);

    decide("i1", "accept", "ben");
    let told = program.ok(&[&reopen[..], &["--to", "ana", "--json"]].concat());
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told, serde_json::json!({ "queue": "replies", "item": "i1", "to": "ana", "decisions": 1 }));
    assert_tells(&program.ok(&["explain", "replies", "i1"]), &["it is served to ana and nobody else"]);
    assert_tells(
        &program.ok(&["undo", "replies", "--as", "lee"]),
        &["undone: the reopening of i1; it is accepted again"],
    );
    program.assert_sound();
}

#[test]
fn only_a_lead_reopens_and_what_was_settled_says_so() {
    let program = Program::with_items(1);
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--as", "lee"]);
    program.ok(&["team", "grant", "ana", "--role", "reviewer", "--as", "lee"]);
    let reopen = |reviewer: &'static str| ["reopen", "replies", "i1", "--why", "again", "--as", reviewer];
    assert_tells(&program.fails(&reopen("ana")), &["this takes a lead"]);
    assert_eq!(program.run(&["reopen", "replies", "i1"]).code, Some(2), "a reason is asked for");
    assert_tells(&program.fails(&["reopen", "replies", "i1", "--why", " ", "--as", "lee"]), &["has 1 to"]);
    let stranger = [&reopen("lee")[..], &["--to", "zoe"]].concat();
    assert_tells(&program.fails(&stranger), &["`zoe` may not decide here", "karat team list"]);
    program.ok(&reopen("lee"));
    program.assert_sound();
}
