//! Attempts that take the place of rejected outputs, from outside.

use serde_json::{Value, json};
use support::program::{Program, SPEC, assert_tells};

/// The queue `replies`, whose cold replies are made again, twice at most.
fn retried() -> Program {
    let program = Program::new();
    let spec = SPEC.replace("severity = \"minor\"", "severity = \"minor\"\nretryable = true");
    program.write("spec.toml", format!("{spec}\n[retry]\nwhen = \"retryable\"\nattempts = 3\nthen = \"lead\"\n"));
    program.ok(&["spec", "apply", "spec.toml"]);
    program
}

/// Imports an attempt at each of the cases; what the program says.
fn import(program: &Program, attempt: usize, cases: &[&str], options: &[&str]) -> String {
    let line = |case: &&str| {
        let id = format!("{case}{attempt}");
        json!({ "id": id, "case": case, "attempt": attempt, "input": "Where is it?", "output": format!("Reply {id}") })
    };
    let lines: Vec<String> = cases.iter().map(line).map(|line| line.to_string()).collect();
    program.write("items.jsonl", lines.join("\n"));
    program.ok(&[&["import", "replies", "items.jsonl"], options].concat())
}

fn reject(program: &Program, item: &str) {
    let decision = ["decide", "replies", item, "--as", "ops-1", "--verdict", "reject", "--category", "cold"];
    program.ok(&decision);
}

/// Where each item stands, in the order of import.
fn stages(program: &Program) -> Vec<(String, String)> {
    let rows = program.json(&["list", "replies"]);
    let word = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    rows.iter().map(|row| (word(row, "id"), word(row, "stage"))).collect()
}

#[test]
fn an_import_tells_how_many_rejected_attempts_it_replaces() {
    let program = retried();
    let told = import(&program, 1, &["a", "b", "c"], &[]);
    assert_eq!(told.trim(), "imported 3, unchanged 0, rejected 0");
    reject(&program, "a1");
    let counts = |program: &Program| {
        let queue = program.json(&["queues"]).remove(0);
        ["decided", "rejected", "remaining"].map(|name| queue[name].as_i64().unwrap())
    };
    assert_eq!(counts(&program), [1, 1, 2], "what is to be made again is rejected");
    let told = import(&program, 2, &["a", "b"], &[]);
    assert_eq!(told.trim(), "imported 2, unchanged 0, rejected 0; 1 rejected attempt replaced");
    let stands = [("a1", "replaced"), ("b1", "waiting"), ("c1", "waiting"), ("a2", "waiting"), ("b2", "waiting")];
    assert_eq!(stages(&program), stands.map(|(id, stage)| (id.to_owned(), stage.to_owned())));
    assert_tells(&program.ok(&["list", "replies", "--filter", "is:replaced"]), &["a1"]);

    assert_eq!(counts(&program), [1, 0, 4], "what was replaced is decided, and no rejection any more");
    reject(&program, "a2");
    reject(&program, "b2");
    let dry = import(&program, 3, &["a", "b"], &["--dry-run"]);
    assert_tells(&dry, &["2 would be imported, 0 unchanged, 0 rejected; 2 rejected attempts replaced"]);
    let told: Value = serde_json::from_str(&import(&program, 3, &["a", "b"], &["--json"])).unwrap();
    assert_eq!(told, json!({ "imported": 2, "unchanged": 0, "rejected": 0, "replaced": 2 }));
    assert_tells(&program.ok(&["explain", "replies", "a3"]), &["a3: waiting", "it is attempt 3"]);
    let told = import(&program, 3, &["a", "b"], &[]);
    assert_eq!(told.trim(), "imported 0, unchanged 2, rejected 0", "it is in already");

    reject(&program, "a3");
    let told = import(&program, 4, &["a"], &[]);
    assert_eq!(told.trim(), "imported 1, unchanged 0, rejected 0", "the attempts were used up");
    let used_up = program.ok(&["explain", "replies", "a3"]);
    assert_tells(&used_up, &["a3: escalated", "its attempts are used up, so an answer is asked"]);
    let replaced = program.csv(&[]);
    let by: Vec<&str> = replaced.iter().map(|row| row["replaced_by"].as_str()).collect();
    assert_eq!(by, ["a2", "a3", "b3", ""], "a1, a2, b2, a3");
    program.assert_sound();
}
