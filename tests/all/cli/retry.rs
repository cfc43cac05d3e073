//! What is to be made again: as lines for a program.

use serde_json::{Value, json};
use support::program::{Program, SPEC, assert_tells};

const RETRY: &str = r#"
[[check]]
key = "shape"
format = "text"
otherwise = "reject"
failure = "cold"

[retry]
when = "retryable"
attempts = 3
then = "lead"
"#;

const ITEMS: &str = r#"{"id":"i1","input":"question 1","output":"answer 1","context":[{"title":"T","text":"the source"}],"model":"m"}
{"id":"i2","case":"c","input":[{"role":"user","content":"q"}],"output":"two days","model":"m"}
{"id":"i3","case":"c","attempt":4,"input":"question 3","output":"answer 3"}
{"id":"i4","input":"question 4","output":{"a":1.50,	"hidden":"\u001b[2J\u202e"}}
"#;

/// The queue `replies`, in which cold replies are made again, and some are to be.
fn program() -> Program {
    let program = Program::new();
    let spec = SPEC.replace("severity = \"minor\"", "severity = \"minor\"\nretryable = true");
    program.write("spec.toml", format!("{spec}{RETRY}"));
    program.ok(&["spec", "apply", "spec.toml"]);
    program.write("items.jsonl", ITEMS);
    program.ok(&["import", "replies", "items.jsonl"]);
    program
}

fn reject(program: &Program, item: &str, more: &[&str]) {
    let reject = ["decide", "replies", item, "--verdict", "reject", "--category", "cold", "--as", "ops-1"];
    program.ok(&[&reject[..], more].concat());
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn each_output_that_is_to_be_made_again_is_a_line() {
    let program = program();
    let said = ["--note", "too curt", "--mark", "0..3=cold:it is five"];
    reject(&program, "i2", &[&said[..], &["--score", "tone=1", "--correction", "Five days, I am afraid."]].concat());
    reject(&program, "i1", &[]);
    let told = program.ok(&["retry", "replies"]);
    let [one, two, four] = &lines(&told)[..] else { panic!("{told}") };
    let members: Vec<&str> = one.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "case",
        "item",
        "attempt",
        "input",
        "context",
        "output",
        "failures",
        "marks",
        "note",
        "correction",
        "rubric",
        "spec_version",
    ];
    assert_eq!(members, expected, "they are stable");
    assert_eq!((&one["case"], &one["item"], &one["attempt"]), (&json!("i1"), &json!("i1"), &json!(2)));
    assert_eq!(one["context"], json!([{ "title": "T", "text": "the source" }]));
    assert_eq!(one["failures"], json!([{ "key": "cold", "name": "Cold", "sentence": "Cold, minor." }]));
    assert_eq!((&one["correction"], &one["note"], &one["spec_version"]), (&Value::Null, &json!(""), &json!(1)));

    assert_eq!((&two["case"], &two["attempt"]), (&json!("c"), &json!(5)), "one above the greatest of its case");
    assert_eq!(two["input"], json!([{ "role": "user", "content": "q" }]));
    assert_eq!((&two["note"], &two["correction"]), (&json!("too curt"), &json!("Five days, I am afraid.")));
    assert_eq!(two["failures"][0]["sentence"], "Cold, minor: “two”: it is five.");
    assert_eq!((&two["marks"][0]["text"], &two["marks"][0]["end"]), (&json!("two"), &json!(3)));
    let levels = json!(["Rude", "Plain", "Kind"]);
    let tone = json!({ "key": "tone", "name": "Tone", "question": "Is it kind?", "levels": levels, "score": 1 });
    assert_eq!((&two["rubric"]["decision"], &two["rubric"]["criteria"][0]), (&json!("May it be sent?"), &tone));

    assert_eq!(four["item"], "i4");
    assert_eq!(four["failures"][0]["sentence"], "Cold, minor: the output is JSON, not a text.");
    assert!(told.contains(r#""output":{"a":1.50,"#), "numbers keep their digits: {told}");
    assert!(!told.contains(['\u{1b}', '\u{202e}']) && told.contains("\\u202e"), "{told}");
    assert_eq!(four["output"]["hidden"], "\u{1b}[2J\u{202e}");
}

#[test]
fn a_filter_and_a_file_take_part_of_them() {
    let program = program();
    reject(&program, "i1", &[]);
    let told = program.ok(&["retry", "replies", "--filter", "reviewer:ops-1", "--json"]);
    assert_eq!(lines(&told).iter().map(|line| &line["item"]).collect::<Vec<_>>(), ["i1"]);
    let outcome = program.run(&["retry", "replies", "--filter", "has:context", "--out", "again.jsonl"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), ""));
    assert_tells(&outcome.err, &["1 row to", "again.jsonl; manifest"]);
    assert_eq!(lines(&program.read("again.jsonl"))[0]["item"], "i1");
    let manifest: Value = serde_json::from_str(&program.read("again.jsonl.manifest.json")).unwrap();
    assert_eq!((&manifest["rows"], &manifest["filter"]), (&json!("retry"), &json!("has:context")));
    assert_eq!(manifest["counts"]["rows"], 1);
    assert_eq!(program.run(&["retry", "replies", "--filter", "verdict:"]).code, Some(2));
    assert_eq!(program.run(&["retry", "replies", "--out", "."]).code, Some(2));
}

#[test]
fn what_was_made_from_the_lines_takes_their_place() {
    let program = program();
    reject(&program, "i1", &[]);
    let line = &lines(&program.ok(&["retry", "replies", "--filter", "id:i1"]))[0];
    let made = json!({
        "id": format!("{}~{}", line["item"].as_str().unwrap(), line["attempt"]), "case": line["case"],
        "attempt": line["attempt"], "input": line["input"], "context": line["context"], "output": "warmer",
    });
    program.write("made.jsonl", made.to_string());
    program.ok(&["import", "replies", "made.jsonl"]);
    assert_tells(&program.ok(&["list", "replies", "--filter", "is:replaced"]), &["i1"]);
    let outcome = program.run(&["retry", "replies", "--filter", "id:i1*"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), ""));
    program.assert_sound();
}

#[test]
fn it_is_told_where_nothing_is_to_be_made_again() {
    let program = Program::with_items(1);
    let outcome = program.run(&["retry", "replies"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), ""));
    assert_tells(&outcome.err, &["nothing in replies is to be made again: its spec has no [retry]"]);
}
