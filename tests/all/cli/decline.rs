//! `karat decline`, and what is told of it.

use serde_json::Value;
use support::program::{Program, assert_tells};

fn json(program: &Program, arguments: &[&str]) -> Value {
    serde_json::from_str(&program.ok(arguments)).unwrap()
}

#[test]
fn an_item_is_declined_told_and_taken_back() {
    let program = Program::with_items(2);
    let decline = ["decline", "replies", "i1", "--as", "ana"];
    let with = |more: &[&'static str]| [&decline[..], more].concat();
    let told = program.ok(&with(&["--why", "field"]));
    assert_eq!(told.trim(), "declined i1 as ana: not my field");
    assert_tells(&program.fails(&with(&["--why", "language"])), &["you have declined this item: not my field"]);
    assert_tells(&program.ok(&["list", "replies", "--filter", "is:declined", "--as", "ana"]), &["i1"]);
    assert_tells(&program.ok(&["log", "replies", "--item", "i1"]), &["declined"]);
    assert_tells(&program.ok(&["explain", "replies", "i1"]), &["ana declined it: not my field", "it is served to"]);
    let refused = program.fails(&["decide", "replies", "i1", "--verdict", "accept", "--as", "ana"]);
    assert_tells(&refused, &["you have declined this item", "hint", "--take-back"]);

    assert_eq!(program.ok(&with(&["--take-back"])).trim(), "i1 may be served to ana again");
    assert_tells(&program.fails(&with(&["--take-back"])), &["ana has not declined i1", "is:declined"]);
    let again = json(&program, &with(&["--why", " I wrote it ", "--json"]));
    let expected = serde_json::json!({ "queue": "replies", "item": "i1", "declined": true, "why": "I wrote it" });
    assert_eq!(again, expected);
    let explained = program.ok(&["explain", "replies", "i1"]);
    assert!(!explained.contains("I wrote it"), "what one thinks of it is not told before it is settled: {explained}");
    assert_tells(&program.ok(&["undo", "replies", "--as", "ana"]), &["undone: the decline of i1"]);
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--as", "ana"]);
    assert_tells(&program.fails(&with(&["--why", "conflict"])), &["a decision of yours stands on this item", "undo"]);
    program.assert_sound();
}

#[test]
fn a_reason_is_needed_and_an_item_that_nobody_is_left_for_says_so() {
    let program = Program::with_items(1);
    assert_eq!(program.run(&["decline", "replies", "i1"]).code, Some(2));
    assert_eq!(program.run(&["decline", "replies", "i1", "--why", "x", "--take-back"]).code, Some(2));
    assert_tells(&program.fails(&["decline", "replies", "i1", "--why", "  "]), &["a reason to decline has 1 to"]);
    assert_tells(&program.fails(&["decline", "replies", "i9", "--why", "field"]), &["has no item `i9`"]);
    program.ok(&["team", "grant", "ana", "--role", "reviewer", "--as", "lee"]);
    for reviewer in ["ana", "lee"] {
        program.ok(&["decline", "replies", "i1", "--why", "conflict", "--as", reviewer]);
    }
    assert_tells(&program.ok(&["explain", "replies", "i1"]), &["nobody is left for it", "karat team grant"]);
    assert_tells(&program.fails(&["decline", "replies", "i1", "--why", "field", "--as", "zoe"]), &["not on the team"]);
}
