//! Two versions on the command line.

use serde_json::{Value, json};
use support::program::{Program, assert_tells};

const V: &[&str] = &["compare", "replies", "--a", "prompt_version:v7", "--b", "prompt_version:v8", "--as"];

/// Twenty cases with an output of each version, and one more of v8: `c1` to `c12` are decided in both. v8 won ten of
/// them and lost one.
fn decided() -> Program {
    let program = Program::with_queue();
    let line = |case: u32, version: &str, attempt: u32| {
        json!({
            "id": format!("c{case}-{version}"), "case": format!("c{case}"), "attempt": attempt, "input": "q",
            "output": "an answer", "prompt_version": version, "model": "m-1", "latency_ms": 100 * attempt + case,
        })
    };
    let lines = (1..=20).flat_map(|case| [line(case, "v7", 1), line(case, "v8", 2)]).chain([line(21, "v8", 1)]);
    program.write("items.jsonl", lines.map(|line| format!("{line}\n")).collect::<String>());
    program.ok(&["import", "replies", "items.jsonl"]);
    let decide = |item: &str, is_accepted: bool, by: &str| {
        let verdict: &[&str] = match is_accepted {
            true => &["--verdict", "accept", "--score", "accuracy=2"],
            false => &["--verdict", "reject", "--category", "wrong", "--score", "accuracy=1"],
        };
        program.ok(&[&["decide", "replies", item, "--as", by], verdict].concat());
    };
    for case in 1..=12 {
        decide(&format!("c{case}-v7"), case > 10, "ana");
        decide(&format!("c{case}-v8"), case != 11, if case % 2 == 0 { "ana" } else { "ben" });
    }
    decide("c13-v7", true, "ben");
    program
}

fn compare(program: &Program, rest: &[&str]) -> String {
    program.ok(&[V, &["pm"], rest].concat())
}

#[test]
fn a_manager_reads_which_version_is_better_and_what_would_change_that() {
    insta::assert_snapshot!(compare(&decided(), &[]));
}

#[test]
fn the_figures_are_one_json_object() {
    let all: Value = serde_json::from_str(&compare(&decided(), &["--json"])).unwrap();
    let verdicts = &all["verdicts"];
    for (member, expected) in [("answer", json!("better")), ("won", json!(10)), ("lost", json!(1))] {
        assert_eq!(verdicts[member], expected, "{verdicts}");
    }
    assert_eq!((&all["judged"], &all["shared"], &all["b"]["only"]), (&json!(12), &json!(20), &json!(1)));
    assert_eq!(all["undecided"], json!({"a": 0, "b": 1, "both": 7}));
    assert!((verdicts["difference"].as_f64().unwrap() - 0.75).abs() < 1e-12);
    // scipy.stats.binomtest(1, 11).pvalue
    assert!((verdicts["p"].as_f64().unwrap() - 0.011_718_75).abs() < 1e-12);
    assert_eq!(all["categories"][0]["category"], json!("wrong"));
    assert_eq!((&all["categories"][0]["gone"], &all["categories"][0]["new"]), (&json!(10), &json!(1)));
    assert_eq!(all["latency_ms"]["difference"], json!(100.0));
    assert_eq!(all["latency_ms"]["low"], json!(null), "all differ by the same");
    assert_eq!(all["changed"].as_array().unwrap().len(), 11);
    assert_eq!(all["changed"][0]["case"], json!("c11"), "what was lost comes first");
    assert_eq!(
        all["changed"][0]["b"],
        json!({"id": "c11-v8", "verdict": "reject", "categories": ["wrong"], "reviewer": "ben"})
    );
    assert_eq!(all["same_reviewer"], json!(6));
}

#[test]
fn the_cases_to_look_at_are_csv() {
    let csv = compare(&decided(), &["--csv"]);
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "case,result,basis,a_id,a_verdict,a_categories,a_reviewer,b_id,b_verdict,b_categories,b_reviewer"
    );
    assert_eq!(lines[1], "c11,lost,person,c11-v7,accept,,ana,c11-v8,reject,wrong,ben");
    assert_eq!(lines.len(), 1 + 11 + 8 + 1);
    assert!(lines[12].starts_with("c13,undecided,,c13-v7,accept,,ben,c13-v8,,,"), "{}", lines[12]);
    assert!(lines[20].starts_with("c21,only in b,,,,,,c21-v8,"), "{}", lines[20]);
}

#[test]
fn versions_without_a_shared_case_are_compared_as_two_samples() {
    let program = decided();
    let told = program.ok(&["compare", "replies", "--a", "id:c1-v7", "--b", "id:c2-v8"]);
    assert_tells(&told, &["No case is in both versions", "samples of different cases", "(Newcombe)"]);
    let told = program.ok(&["compare", "replies", "--a", "id:c1-v7", "--b", "id:c20-v8"]);
    assert_tells(&told, &["No answer yet: people have judged no output of c20-v8."]);
    let told = program.ok(&[V, &["pm", "--filter", "case:c20"][..]].concat());
    assert_tells(&told, &["No answer yet: of 1 case in both versions none is judged in both", "1 waits"]);
}

#[test]
fn what_is_no_version_is_told_with_those_that_there_are() {
    let program = decided();
    let wrong = |rest: &[&str]| program.run(&[&["compare", "replies"], rest].concat());
    let none = wrong(&["--a", "prompt_version:v7", "--b", "prompt_version:v9"]);
    assert_eq!(none.code, Some(1));
    let told = ["--b prompt_version:v9 finds no item of replies", "prompt_version:v7, prompt_version:v8", "model:m-1"];
    assert_tells(&none.err, &told);
    let same = wrong(&["--a", "model:m-1", "--b", "model:m-1"]);
    assert_eq!(same.code, Some(2));
    assert_tells(&same.err, &["the same filter"]);
    let within = wrong(&["--a", "prompt_version:v7", "--b", "model:m-1"]);
    assert_tells(
        &within.err,
        &["--a prompt_version:v7 finds no item of its own", "20 items of replies are under both"],
    );
    assert_eq!(wrong(&["--a", "modle:x", "--b", "model:m-1"]).code, Some(2));
}
