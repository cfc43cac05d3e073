//! Escalations without the screen: what waits, an answer, what is overdue.

use serde_json::Value;
use support::program::{Outcome, Program, SPEC, assert_tells};

const POLICY: &str = r#"
owner = "policy-desk"
due_hours = 24
overdue = "lead"
returns = "reviewer"

[[group]]
key = "policy-desk"
people = ["ana", "li"]
"#;

/// `i1` and `i2` were escalated to the policy desk by `ops-1`.
fn asked() -> Program {
    let program = Program::with_items(3);
    program.write("spec.toml", format!("{SPEC}{POLICY}"));
    program.ok(&["spec", "apply", "spec.toml"]);
    for (item, note) in [("i1", "may we say this?"), ("i2", "is it\nours?")] {
        program.ok(&[
            "decide",
            "replies",
            item,
            "--as",
            "ops-1",
            "--verdict",
            "escalate",
            "--route",
            "desk",
            "--note",
            note,
        ]);
    }
    program
}

fn lines(told: &str) -> Vec<Value> {
    told.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_waits_is_listed_answered_and_sent_back() {
    let program = asked();
    let waiting = lines(&program.ok(&["inbox", "--as", "ana", "--json"]));
    let keys: Vec<&str> = waiting[0].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["queue", "item", "route", "asked_by", "asked_at", "due", "overdue", "reason"]);
    assert_eq!((&waiting[0]["item"], &waiting[0]["asked_by"]), (&"i1".into(), &"ops-1".into()));
    assert_eq!((&waiting[1]["reason"], &waiting[1]["overdue"]), (&"is it\nours?".into(), &false.into()));
    assert_tells(&program.ok(&["inbox", "--as", "ana"]), &["replies i1, ops-1 → desk", "“is it ours?”"]);
    assert_tells(&program.ok(&["inbox", "--route", "lead"]), &["nothing waits"]);

    let told = program.ok(&["answer", "replies", "i1", "--reject", "--category", "cold", "--as", "ana", "--json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["verdict"], &told["purpose"], &told["slot"]), (&"reject".into(), &"answer".into(), &Value::Null));
    let told = program.ok(&["answer", "replies", "i2", "--return", "--note", "ask the shop", "--as", "li"]);
    assert_tells(&told, &["sent back i2 as li"]);
    assert_tells(&program.ok(&["inbox", "--as", "ana"]), &["nothing waits for your answer"]);
    assert_tells(&program.ok(&["list", "replies", "--filter", "is:returned"]), &["i2"]);
    let again = program.fails(&["answer", "replies", "i2", "--accept", "--as", "li"]);
    assert_tells(&again, &["this item waits for no answer", "karat inbox"]);
    program.ok(&["decide", "replies", "i2", "--as", "ops-1", "--verdict", "accept"]);
    assert_tells(&program.ok(&["list", "replies", "--filter", "is:accepted"]), &["i2"]);
    let [one, two] = &program.csv(&[])[..] else { panic!("two rows") };
    assert_eq!((one["settled_by"].as_str(), two["settled_by"].as_str()), ("answer", "single"));
    assert_tells(
        &program.ok(&["log", "replies", "--item", "i2"]),
        &["li  decided  i2", "verdict=escalate purpose=answer"],
    );
}

#[test]
fn an_answer_says_what_it_is_and_keeps_the_rules() {
    let program = asked();
    for wrong in [
        &["answer", "replies", "i1"][..],
        &["answer", "replies", "i1", "--accept", "--reject"],
        &["answer", "replies", "i1", "--return"],
    ] {
        assert_eq!(program.run(wrong).code, Some(2), "{wrong:?}");
    }
    assert_tells(
        &program.fails(&["answer", "replies", "i1", "--reject"]),
        &["a rejection needs at least one failure category"],
    );
    assert_tells(&program.fails(&["answer", "replies", "i3", "--accept"]), &["this item waits for no answer"]);
    program.ok(&["team", "grant", "ops-1", "--role", "reviewer", "--as", "boss"]);
    let refused = program.fails(&["answer", "replies", "i1", "--accept", "--as", "ops-1"]);
    assert_tells(&refused, &["who asked does not answer too"]);
    let told = program.run(&["spec", "check", "spec.toml"]);
    assert_eq!(told.code, Some(1), "{told:?}");
    assert_tells(&told.err, &["spec.toml:", "`ana` has no role in this workspace", "`li` has no role"]);
}

#[test]
fn what_is_overdue_is_told_and_goes_on_once() {
    let program = asked();
    assert_eq!(program.run(&["inbox", "--overdue"]).code, Some(0));
    assert_tells(&program.ok(&["tick"]), &["nothing was due"]);
    let db = rusqlite::Connection::open(program.db()).unwrap();
    db.execute("UPDATE escalation SET due_at = due_at - 25 * 3600000", []).unwrap();
    drop(db);
    let overdue = program.run(&["inbox", "--overdue", "--json"]);
    assert_eq!((overdue.code, lines(&overdue.out).len()), (Some(10), 2), "{overdue:?}");
    let ticks: Vec<_> = (0..16).map(|_| program.command().args(["tick", "--json"]).spawn().unwrap()).collect();
    let moved: Vec<Value> = ticks.into_iter().flat_map(|tick| lines(&Outcome::from(tick).out)).collect();
    assert_eq!(moved.len(), 2, "each goes on once, however many do it: {moved:?}");
    assert!(moved.iter().all(|line| line["route"] == "lead" && line["due"].is_null()));
    assert_tells(&program.ok(&["log", "replies", "--item", "i1"]), &["moved  i1  from=desk to=lead"]);
    assert_eq!(program.run(&["inbox", "--overdue"]).code, Some(0));
    assert_tells(&program.ok(&["doctor"]), &["ok"]);
    let db = rusqlite::Connection::open(program.db()).unwrap();
    db.execute("UPDATE escalation SET due_at = 1", []).unwrap();
    let stays = "! replies: 2 questions are overdue on the route `lead`, which names no `overdue`: they stay";
    assert_tells(&program.ok(&["tick"]), &[stays]);
}
