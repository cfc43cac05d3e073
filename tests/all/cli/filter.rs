//! Filters on the command line: list, saved filters, export.

use serde_json::Value;
use support::program::{Program, assert_tells};

/// Four items, of which `i1` is accepted and `i2` and `i3` are rejected.
fn decided() -> Program {
    let program = Program::with_items(4);
    program.ok(&["decide", "replies", "i1", "--as", "ana", "--verdict", "accept", "--score", "accuracy=2"]);
    for (item, category) in [("i2", "wrong"), ("i3", "cold")] {
        let reject = ["--verdict", "reject", "--category", category, "--score", "accuracy=1"];
        program.ok(&[&["decide", "replies", item, "--as", "ana"], &reject[..]].concat());
    }
    program
}

fn ids(program: &Program, rest: &[&str]) -> Vec<String> {
    let out = program.ok(&[&["list", "replies", "--json"], rest].concat());
    let rows = out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn list_prints_what_a_filter_finds() {
    let program = decided();
    assert_eq!(ids(&program, &[]), ["i1", "i2", "i3", "i4"]);
    assert_eq!(ids(&program, &["--filter", "verdict:rejected"]), ["i2", "i3"]);
    assert_eq!(ids(&program, &["--filter", "verdict:rejected or -is:decided", "--limit", "2"]), ["i2", "i3"]);
    assert_eq!(ids(&program, &["--filter", "-verdict:rejected"]), ["i1", "i4"]);
    assert_eq!(ids(&program, &["--sort", "-id", "--limit", "2"]), ["i4", "i3"]);
    assert_eq!(ids(&program, &["--sort", "shuffled:7"]), ids(&program, &["--sort", "shuffled:7"]));

    let table = program.ok(&["list", "replies", "--filter", "category:wrong,cold"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3);
    assert_tells(lines[0], &["ID", "VERDICT", "CATEGORIES", "MODEL", "AGE", "OUTPUT"]);
    assert_tells(lines[1], &["i2", "reject", "wrong"]);
    let nothing = program.run(&["list", "replies", "--filter", "id:none"]);
    assert_eq!((nothing.code, nothing.out.as_str(), nothing.err.trim()), (Some(0), "", "no item matches"));
    let unknown = program.run(&["list", "replies", "--filter", "meta.nope>3"]);
    assert_tells(&unknown.err, &["no item matches", "no item has a member `nope` in its metadata"]);
}

#[test]
fn a_line_of_json_has_stable_fields() {
    let program = decided();
    let out = program.ok(&["list", "replies", "--json", "--filter", "id:i2"]);
    let row: Value = serde_json::from_str(&out).unwrap();
    let fields: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
    let expected = [
        "id",
        "case",
        "attempt",
        "priority",
        "verdict",
        "categories",
        "reviewer",
        "decided_at",
        "model",
        "prompt_version",
        "latency_ms",
        "cost_usd",
        "created_at",
        "imported_at",
        "tags",
        "held_by",
        "deferred",
        "output",
        "due_at",
        "stage",
    ];
    assert_eq!(fields, expected);
    assert_eq!((&row["verdict"], &row["reviewer"]), (&"reject".into(), &"ana".into()));
    assert_eq!(row["categories"], serde_json::json!(["wrong"]));
}

#[test]
fn an_error_points_at_the_character() {
    let program = Program::with_items(1);
    for arguments in [&["list", "replies"][..], &["export", "replies", "--to", "csv"]] {
        let outcome = program.run(&[arguments, &["--filter", "id:i1 verdict:rejcted"]].concat());
        assert_eq!(outcome.code, Some(2), "wrong usage");
        let expected = "error: `rejcted` is not known here\n\n  id:i1 verdict:rejcted\n                ^^^^^^^\nhint: did you mean `rejected`?\n";
        assert_eq!(outcome.err, expected);
    }
    let hostile = program.run(&["list", "replies", "--filter", "id:\"\u{1b}[2J\" (x"]);
    assert!(!hostile.err.contains('\u{1b}'), "{:?}", hostile.err);
}

#[test]
fn filters_are_saved_by_name() {
    let program = decided();
    program.ok(&["filter", "save", "replies", "bad", "-verdict:accepted"]);
    program.ok(&["filter", "save", "replies", "bad", "verdict:rejected"]);
    program.ok(&["filter", "save", "replies", "grave", "@bad category:wrong", "--as", "ana"]);
    assert_eq!(ids(&program, &["--filter", "@grave"]), ["i2"]);
    assert_eq!(program.ok(&["filter", "list", "replies"]), "bad    verdict:rejected\ngrave  @bad category:wrong\n");
    let listed: Value =
        serde_json::from_str(program.ok(&["filter", "list", "replies", "--json"]).lines().nth(1).unwrap()).unwrap();
    assert_eq!((&listed["name"], &listed["saved_by"]), (&"grave".into(), &"ana".into()));

    let circle = program.run(&["filter", "save", "replies", "bad", "id:i1 or @grave"]);
    assert_tells(&circle.err, &["this leads back to itself: @bad → @grave → @bad"]);
    assert_tells(&program.fails(&["filter", "remove", "replies", "bad"]), &["`grave` refers to `bad`"]);
    program.ok(&["filter", "remove", "replies", "grave"]);
    assert_tells(&program.fails(&["filter", "remove", "replies", "grave"]), &["no saved filter `grave`"]);
    assert_tells(&program.ok(&["log", "replies"]), &["filter_saved", "filter_removed"]);
}

#[test]
fn an_export_by_filter_says_so_in_its_manifest_and_can_be_made_again() {
    let program = decided();
    program.ok(&["filter", "save", "replies", "ours", "reviewer:ana age<2d"]);
    let export = |filter: &str, name: &str| {
        program.ok(&["export", "replies", "--to", "csv", "--filter", filter, "--out", name]);
        let manifest: Value = serde_json::from_str(&program.read(&format!("{name}.manifest.json"))).unwrap();
        (program.read(name), manifest["filter"].as_str().unwrap().to_owned())
    };
    let (rows, pinned) = export("@ours verdict:reject", "one.csv");
    assert_eq!(rows.lines().filter(|line| line.starts_with('i')).count(), 3, "a heading and two rows: {rows}");
    assert!(pinned.starts_with("reviewer:ana (created>") && !pinned.contains('@'), "{pinned}");
    assert_eq!(export(&pinned, "two.csv"), (rows, pinned.clone()), "the manifest's filter gives the same");

    program.ok(&["export", "replies", "--to", "jsonl", "--out", "all.jsonl"]);
    let manifest: Value = serde_json::from_str(&program.read("all.jsonl.manifest.json")).unwrap();
    assert!(manifest["filter"].is_null());
    let decisions = program.ok(&["export", "replies", "--to", "jsonl", "--rows", "decisions", "--filter", "id:i3"]);
    assert_eq!(decisions.lines().count(), 1);
}

#[test]
fn a_whole_number_is_listed_without_a_fraction() {
    let program = Program::with_queue();
    program.write("items.jsonl", r#"{"id":"a","input":"q","output":"o","latency_ms":721.0,"cost_usd":2.50}"#);
    program.ok(&["import", "replies", "items.jsonl"]);
    let listed = program.ok(&["list", "replies", "--json"]);
    assert!(listed.contains(r#""latency_ms":721,"#) && listed.contains(r#""cost_usd":2.5,"#), "{listed}");
}
