//! Golden sets under a name and a number.

use serde_json::{Value, json};
use support::program::{Program, SPEC, assert_tells};

fn with_examples() -> Program {
    let program = Program::with_items(4);
    program.ok(&["golden", "add", "replies", "i1", "--verdict", "accept", "--tag", "typical", "--as", "pm"]);
    program.ok(&["golden", "add", "replies", "i2", "--verdict", "reject", "--category", "cold", "--as", "pm"]);
    program
}

fn freeze(program: &Program, rest: &[&str]) -> String {
    program.ok(&[&["golden", "freeze", "replies", "support", "--as", "pm"], rest].concat())
}

#[test]
fn a_set_is_frozen_for_good_and_compared() {
    let program = with_examples();
    assert_tells(&program.ok(&["golden", "list"]), &["no golden set is frozen yet"]);
    assert_tells(&freeze(&program, &[]), &["frozen: support@1  2 examples of replies"]);
    assert_tells(&freeze(&program, &[]), &["nothing has changed since support@1"]);
    program.ok(&["golden", "add", "replies", "i2", "--verdict", "accept", "--as", "pm"]);
    program.ok(&["golden", "add", "replies", "i3", "--verdict", "accept", "--why", "plain", "--as", "pm"]);
    program.ok(&["golden", "remove", "replies", "i1", "--as", "pm"]);
    assert_tells(&freeze(&program, &[]), &["frozen: support@2  2 examples"]);
    let shown = program.ok(&["golden", "show", "support@1"]);
    assert_tells(&shown, &["support@1", "i1  accept  output  #typical", "i2  reject  none  cold"]);
    assert_eq!(program.json(&["golden", "show", "support"]).len(), 2, "the newest");
    let diff = program.ok(&["golden", "diff", "support@1", "support@2"]);
    assert_tells(&diff, &["- i1", "+ i3  accept", "~ i2  verdict: reject -> accept", "categories: cold -> "]);
    let sets = program.json(&["golden", "list"]);
    assert_eq!(sets.iter().map(|set| &set["version"]).collect::<Vec<_>>(), [&json!(2), &json!(1)]);
    assert_tells(&program.fails(&["golden", "show", "support@9"]), &["no golden set `support@9`", "support@2"]);
    assert_tells(&program.fails(&["golden", "show", "other"]), &["no golden set `other`", "there are support"]);
    assert_eq!(program.run(&["golden", "show", "support@x"]).code, Some(2));
    assert_tells(&program.ok(&["log", "replies"]), &["golden_frozen"]);
    program.assert_sound();
}

#[test]
fn a_set_under_a_filter_says_so_and_an_empty_one_is_none() {
    let program = with_examples();
    assert_tells(&freeze(&program, &["--filter", "id:i1"]), &["support@1  1 example of replies  under id:i1"]);
    let none = program.fails(&["golden", "freeze", "replies", "none", "--filter", "id:i4"]);
    assert_tells(&none, &["no golden example keeps `id:i4`"]);
}

#[test]
fn an_export_is_of_the_set_as_it_was_frozen() {
    let program = with_examples();
    freeze(&program, &[]);
    program.ok(&["golden", "remove", "replies", "i1", "--as", "pm"]);
    program.ok(&["export", "replies", "--to", "jsonl", "--golden", "support@1", "--out", "set.jsonl"]);
    let rows: Vec<Value> = program.read("set.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let told: Vec<_> = rows.iter().map(|row| (&row["id"], &row["verdict"], &row["expected"])).collect();
    assert_eq!(
        told,
        [(&json!("i1"), &json!("accept"), &json!("answer 1")), (&json!("i2"), &json!("reject"), &Value::Null)]
    );
    let manifest: Value = serde_json::from_str(&program.read("set.jsonl.manifest.json")).unwrap();
    assert_eq!((&manifest["golden"]["name"], &manifest["golden"]["version"]), (&json!("support"), &json!(1)));
    let samples = program.ok(&["export", "replies", "--to", "inspect", "--golden", "support"]);
    assert_tells(&samples, &["\"id\":\"i1\"", "\"target\":\"answer 1\""]);
    program.write("other.toml", SPEC.replace("\"replies\"", "\"other\""));
    program.ok(&["spec", "apply", "other.toml"]);
    let wrong = program.fails(&["export", "other", "--to", "csv", "--golden", "support"]);
    assert_tells(&wrong, &["support is a golden set of replies", "karat export replies --golden support@1"]);
}

#[test]
fn a_frozen_set_keeps_by_what_its_outputs_are_found_elsewhere() {
    let program = Program::with_queue();
    let item = json!({"id": "t", "input": "q", "output": "a", "trace_id": "4bf9", "span_id": "00f0"});
    program.write("items.jsonl", item.to_string());
    program.ok(&["import", "replies", "items.jsonl"]);
    program.ok(&["golden", "add", "replies", "t", "--verdict", "accept", "--as", "pm"]);
    freeze(&program, &[]);
    program.ok(&["export", "replies", "--to", "langfuse", "--golden", "support@1", "--out", "set.jsonl"]);
    assert_tells(&program.read("set.jsonl"), &["\"sourceTraceId\":\"4bf9\"", "\"sourceObservationId\":\"00f0\""]);
    assert_tells(&program.read("set.jsonl.scores.jsonl"), &["\"traceId\":\"4bf9\""]);
    let rows = program.ok(&["export", "replies", "--to", "csv", "--golden", "support@1"]);
    assert!(!rows.contains("trace_id"), "the columns of a set are fixed: {rows}");
}

#[test]
fn a_check_finds_what_is_wrong_with_a_set() {
    let program = Program::with_queue();
    let long = "When will the parcel that I ordered on Monday with express delivery arrive at my address in Bonn";
    let item = |id: &str, input: &str, output: &str| json!({"id": id, "input": input, "output": output}).to_string();
    let items = [item("a", long, "soon"), item("b", &format!("{long} please"), "late"), item("c", long, "soon")];
    program.write("items.jsonl", items.join("\n"));
    program.ok(&["import", "replies", "items.jsonl"]);
    for (id, verdict) in [("a", "accept"), ("b", "accept"), ("c", "reject")] {
        program.ok(&["golden", "add", "replies", id, "--verdict", verdict, "--as", "pm"]);
    }
    freeze(&program, &[]);
    program.write("spec.toml", SPEC.replace("name = \"Cold\"", "name = \"Chilly\""));
    program.ok(&["spec", "apply", "spec.toml"]);
    let other = program.run(&["golden", "check", "support"]).out;
    assert!(!other.contains("spec changed"), "no example rests on that category: {other}");
    program.write("spec.toml", SPEC.replace("decision = \"", "decision = \"Once more: "));
    program.ok(&["spec", "apply", "spec.toml"]);
    let outcome = program.run(&["golden", "check", "support"]);
    assert_eq!(outcome.code, Some(10));
    let parts = [
        "near duplicates: a and b ask the same to",
        "contradiction: a and c ask the same; expected are accept and reject",
        "spec changed: a was kept under version 1, now it is 3: the decision asked is another",
        "no example fails for cold",
        "no example fails for wrong",
    ];
    assert_tells(&outcome.out, &parts);
    let found = program.run(&["golden", "check", "support", "--split", "train=0.5,test=0.5", "--json"]);
    let found: Vec<Value> = found.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for pair in found.iter().filter(|finding| finding["what"] == "near_duplicate") {
        assert_ne!(pair["parts"][0], pair["parts"][1], "what is in one part is no leak");
    }
}
