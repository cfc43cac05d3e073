//! Golden examples without the screen.

mod sets;

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
    assert_eq!(kept, "kept as pm: i1  reject  none  cold  #edge-case  #dates  Too cold.\n");
    program.ok(&["golden", "add", "replies", "i2", "--verdict", "accept", "--tag", "typical", "--as", "pm"]);

    let all = listed(&program, &[]);
    let keys: Vec<_> = all[0].as_object().unwrap().keys().map(String::as_str).collect();
    let fields = [
        "queue",
        "item",
        "verdict",
        "expected",
        "tags",
        "why",
        "version",
        "kept_by",
        "kept_at",
        "set_version",
        "categories",
        "case",
        "input",
        "output",
        "expected_output",
    ];
    assert_eq!(keys, fields, "field names are stable");
    let texts: Vec<_> = all.iter().map(|line| (&line["output"], &line["expected_output"])).collect();
    assert_eq!(texts, [(&json!("answer 2"), &json!("answer 2")), (&json!("answer 1"), &Value::Null)]);
    assert_eq!(all[1]["categories"], json!(["cold"]), "those of the decision of record");
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

#[test]
fn the_set_goes_out_as_data_with_what_is_expected() {
    let program = Program::with_items(3);
    let export = |rest: &[&str]| program.ok(&[&["golden", "export", "replies", "--to"], rest].concat());
    let head = "id,case,input,context,output,verdict,expected,categories,tags,why,version\n";
    assert_eq!((export(&["csv"]).as_str(), export(&["jsonl"]).as_str()), (head, ""), "an empty set has its head");

    let reject = ["decide", "replies", "i1", "--verdict", "reject", "--category", "cold"];
    program.ok(&[&reject[..], &["--correction", "Dear Ms Okafor,", "--as", "ops-1"]].concat());
    program.ok(&["golden", "add", "replies", "i1", "--tag", "typical", "--why", "Too cold.", "--as", "pm"]);
    let wrong = ["golden", "add", "replies", "i2", "--verdict", "reject", "--category", "wrong", "--as", "pm"];
    program.ok(&wrong);
    let lines: Vec<Value> = export(&["jsonl"]).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = lines.iter().map(|line| (&line["id"], &line["expected"], &line["categories"])).collect();
    assert_eq!(
        told,
        [(&json!("i2"), &Value::Null, &json!(["wrong"])), (&json!("i1"), &json!("Dear Ms Okafor,"), &json!(["cold"])),],
        "an undecided example goes out too"
    );
    assert_eq!(lines[1]["context"][0]["text"], "article 1");

    export(&["csv", "--out", "set.csv"]);
    let manifest: Value =
        serde_json::from_str(&std::fs::read_to_string(program.path("set.csv.manifest.json")).unwrap()).unwrap();
    assert_eq!((&manifest["golden_set"], &manifest["counts"]["rows"]), (&json!(2), &json!(2)));
    assert_eq!(export(&["csv", "--only", "#typical"]).lines().count(), 2);
}

#[test]
fn expected_categories_keep_the_rules_of_the_spec() {
    let program = Program::with_items(1);
    let add = ["golden", "add", "replies", "i1", "--as", "pm", "--verdict"];
    let refused = |rest: &[&str]| program.fails(&[&add[..], rest].concat());
    assert_tells(&refused(&["reject", "--category", "odd"]), &["no failure category `odd`", "wrong, cold"]);
    assert_tells(&refused(&["accept", "--category", "cold"]), &["an accepted output has no failure categories"]);
}
