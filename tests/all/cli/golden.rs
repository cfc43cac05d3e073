//! Golden examples without the screen.

use serde_json::{Value, json};
use support::program::{Program, assert_tells};

fn listed(program: &Program, rest: &[&str]) -> Vec<Value> {
    let out = program.ok(&[&["golden", "list", "replies", "--json"], rest].concat());
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn an_example_is_kept_listed_edited_and_removed() {
    let program = Program::with_items(3);
    assert_tells(&program.ok(&["golden", "list", "replies"]), &["no golden examples yet", "karat golden add replies"]);
    program.ok(&["decide", "replies", "i1", "--verdict", "reject", "--category", "cold", "--as", "ops-1"]);
    let kept =
        program.ok(&["golden", "add", "replies", "i1", "--tag", "edge-case,dates", "--why", "Too cold.", "--as", "pm"]);
    assert_eq!(kept, "kept as pm: i1  reject  none  #edge-case  #dates  Too cold.\n");
    program.ok(&["golden", "add", "replies", "i2", "--verdict", "accept", "--tag", "typical", "--as", "pm"]);

    let all = listed(&program, &[]);
    let keys: Vec<_> = all[0].as_object().unwrap().keys().map(String::as_str).collect();
    let fields =
        ["queue", "item", "verdict", "expected", "tags", "why", "version", "kept_by", "kept_at", "set_version"];
    assert_eq!(keys, fields, "field names are stable");
    let told: Vec<_> = all.iter().map(|line| (&line["item"], &line["expected"], &line["set_version"])).collect();
    assert_eq!(told, [(&json!("i2"), &json!("output"), &json!(2)), (&json!("i1"), &json!("none"), &json!(2))]);
    assert_eq!(listed(&program, &["--only", "#dates cold"]).len(), 1);
    assert_tells(&program.ok(&["golden", "list", "replies", "--only", "nothing"]), &["none of the golden examples"]);

    let edited = program.ok(&["golden", "add", "replies", "i1", "--verdict", "accept", "--json", "--as", "ops-1"]);
    let edited: Value = serde_json::from_str(&edited).unwrap();
    assert_eq!(
        (&edited["version"], &edited["expected"], &edited["set_version"]),
        (&json!(2), &json!("output"), &json!(3))
    );
    assert_eq!(program.ok(&["golden", "remove", "replies", "i1"]), "i1 is golden no more\n");
    assert_eq!(listed(&program, &[]).len(), 1);
    assert_tells(&program.ok(&["log", "replies", "--item", "i1"]), &["golden_kept", "golden_removed", "why=Too cold."]);
    program.ok(&["doctor"]);
}

#[test]
fn what_cannot_be_an_example_is_refused_with_the_reason() {
    let program = Program::with_items(1);
    let refused = |rest: &[&str]| program.fails(&[&["golden"], rest].concat());
    assert_tells(&refused(&["add", "replies", "i1"]), &["`i1` is undecided", "--verdict"]);
    assert_tells(&refused(&["add", "replies", "i9", "--verdict", "accept"]), &["no item `i9`"]);
    assert_tells(&refused(&["remove", "replies", "i1"]), &["the item is not golden"]);
    let reference = ["add", "replies", "i1", "--verdict", "reject", "--expected", "reference"];
    assert_tells(&refused(&reference), &["the item has no reference"]);
    let wrong = program.run(&["golden", "add", "replies", "i1", "--expected", "better"]);
    assert_eq!(wrong.code, Some(2));
    assert_tells(&wrong.err, &["output, reference, correction or none"]);
}
