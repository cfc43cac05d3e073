//! `karat merge`: what a reviewer decided in a copy comes home, and overwrites nothing.

use jiff::Timestamp;
use serde_json::Value;
use support::program::{Program, SPEC, assert_tells, items};
use support::wait;
use support::whole::rows;

/// A workspace and a copy of it that somebody took along.
fn apart() -> Program {
    let program = Program::with_items(9);
    decide(&program, "w.db", "i1", "accept", "ana");
    program.ok(&["backup", "trip.db"]);
    program
}

fn decide(program: &Program, db: &str, item: &str, verdict: &str, reviewer: &str) {
    let mut arguments = vec!["decide", "replies", item, "--verdict", verdict, "--as", reviewer, "--over", "--db", db];
    if verdict == "reject" {
        arguments.extend(["--category", "cold"]);
    }
    program.ok(&arguments);
    let before = Timestamp::now().as_millisecond();
    wait::until("the next millisecond", || Timestamp::now().as_millisecond() > before); // no two at one time
}

fn merge(program: &Program) -> Vec<Value> {
    let outcome = program.run(&["merge", "trip.db", "--as", "ana", "--json"]);
    program.assert_sound();
    outcome.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// `i2 accept ana standing`, for each decision that was not taken back.
fn decisions(program: &Program) -> Vec<String> {
    let rows = program.csv(&["--rows", "decisions"]);
    let told = rows.iter().map(|row| format!("{} {} {} {}", row["id"], row["verdict"], row["reviewer"], row["status"]));
    told.collect()
}

/// `i2 accept ana`, for each verdict of record.
fn of_record(program: &Program) -> Vec<String> {
    program.csv(&[]).iter().map(|row| format!("{} {} {}", row["id"], row["verdict"], row["reviewer"])).collect()
}

#[test]
fn decisions_come_home_with_their_times_names_and_events() {
    let program = apart();
    decide(&program, "trip.db", "i2", "accept", "ana");
    decide(&program, "trip.db", "i3", "reject", "ana");
    program.ok(&["spec", "show", "replies"]);
    let out = program.ok(&["merge", "trip.db", "--as", "lead"]);
    assert_tells(&out, &["merged          replies  i2  accept by ana at 2", "i3  reject by ana"]);
    assert!(out.ends_with("\nmerged 2, 0 of them second opinions; left out 0\n"), "{out}");
    let exported = |db| program.ok(&["export", "replies", "--to", "csv", "--rows", "decisions", "--db", db]);
    assert_eq!(exported("w.db"), exported("trip.db"));
    let log = program.json(&["log", "replies", "--item", "i3"]);
    let theirs = program.json(&["log", "replies", "--item", "i3", "--db", "trip.db"]);
    assert_eq!((&log[1]["at"], &log[1]["actor"]), (&theirs[1]["at"], &theirs[1]["actor"]));
    assert_eq!(log[1]["data"]["merged"], "trip.db");
    let merged = program.json(&["log", "replies"]).pop().unwrap();
    assert_eq!(
        (&merged["kind"], &merged["actor"], &merged["data"]["decisions"]),
        (&"merged".into(), &"lead".into(), &2.into())
    );
    program.assert_sound();
}

#[test]
fn merging_again_changes_nothing() {
    let program = apart();
    decide(&program, "trip.db", "i2", "accept", "ana");
    decide(&program, "w.db", "i2", "reject", "ben");
    assert_eq!(merge(&program).len(), 1);
    let before = rows(&program, "w.db");
    assert_eq!(merge(&program), Vec::<Value>::new());
    assert_eq!(program.ok(&["merge", "trip.db"]), "merged 0, 0 of them second opinions; left out 0\n");
    assert_eq!(rows(&program, "w.db"), before);
}

#[test]
fn a_dry_run_tells_the_same_and_changes_nothing() {
    let program = apart();
    decide(&program, "trip.db", "i2", "accept", "ana");
    decide(&program, "trip.db", "i3", "accept", "ana");
    decide(&program, "w.db", "i3", "reject", "ben");
    let before = rows(&program, "w.db");
    let out = program.ok(&["merge", "trip.db", "--dry-run"]);
    assert!(out.ends_with("dry run, nothing changed: 2 would be merged, 1 of them second opinions; left out 0\n"));
    assert_eq!(rows(&program, "w.db"), before);
    let told = program.ok(&["merge", "trip.db"]);
    assert_eq!(told.lines().take(2).collect::<Vec<_>>(), out.lines().take(2).collect::<Vec<_>>());
}

#[test]
fn where_somebody_else_has_decided_meanwhile_it_is_a_second_opinion() {
    let program = apart();
    decide(&program, "w.db", "i2", "reject", "ben");
    decide(&program, "trip.db", "i2", "accept", "ana");
    let merged = merge(&program);
    assert_eq!(
        (&merged[0]["outcome"], &merged[0]["why"]),
        (&"second opinion".into(), &"reject by ben stays of record".into())
    );
    assert_eq!(of_record(&program), ["i1 accept ana", "i2 reject ben"]);
    assert_eq!(decisions(&program)[1..], ["i2 reject ben standing", "i2 accept ana second opinion"]);
    let event = program.json(&["log", "replies", "--item", "i2"]).pop().unwrap();
    assert_eq!(event["data"]["second_opinion"], true);
    // It is of record once no other stands, and no more when the other is back.
    program.ok(&["undo", "replies", "--as", "ben"]);
    assert_eq!(of_record(&program)[1], "i2 accept ana");
    program.assert_sound();
    decide(&program, "w.db", "i2", "reject", "ben");
    assert_eq!(of_record(&program)[1], "i2 reject ben");
    program.assert_sound();
}

#[test]
fn the_later_of_a_reviewers_own_two_supersedes_the_other() {
    let program = apart();
    decide(&program, "w.db", "i2", "reject", "ana");
    decide(&program, "trip.db", "i2", "accept", "ana");
    decide(&program, "trip.db", "i3", "accept", "ana");
    decide(&program, "w.db", "i3", "reject", "ana");
    let merged = merge(&program);
    let outcomes: Vec<_> = merged.iter().map(|merged| merged["outcome"].as_str().unwrap()).collect();
    assert_eq!(outcomes, ["merged", "superseded"]);
    assert_eq!(of_record(&program)[1..], ["i2 accept ana", "i3 reject ana"]);
    assert_eq!(
        decisions(&program)[1..],
        ["i2 reject ana superseded", "i2 accept ana standing", "i3 reject ana standing", "i3 accept ana superseded"]
    );
    // What undo takes back is never the one that did not count.
    for expected in ["undone: accept of i2; it is rejected again", "undone: reject of i3 (cold); it is undecided again"]
    {
        assert_tells(&program.ok(&["undo", "replies", "--as", "ana"]), &[expected]);
        program.assert_sound();
    }
}

#[test]
fn a_changed_mind_is_merged_as_it_came_to_be() {
    let program = apart();
    decide(&program, "trip.db", "i1", "reject", "ana"); // it was accepted before the trip
    decide(&program, "trip.db", "i2", "accept", "ana");
    decide(&program, "trip.db", "i2", "reject", "ana");
    let merged = merge(&program);
    assert_eq!(merged.len(), 3);
    assert_eq!(of_record(&program), ["i1 reject ana", "i2 reject ana"]);
    let exported = |db| program.ok(&["export", "replies", "--to", "csv", "--rows", "decisions", "--db", db]);
    assert_eq!(exported("w.db"), exported("trip.db"));
    program.ok(&["undo", "replies", "--as", "ana"]);
    assert_eq!(of_record(&program), ["i1 reject ana", "i2 accept ana"]);
    program.assert_sound();
}

#[test]
fn what_was_undone_is_merged_as_undone() {
    let program = apart();
    decide(&program, "trip.db", "i2", "accept", "ana");
    program.ok(&["undo", "replies", "--as", "ana", "--db", "trip.db"]);
    decide(&program, "trip.db", "i3", "accept", "ana");
    let merged = merge(&program);
    assert_eq!((merged.len(), &merged[0]["outcome"]), (2, &"undone".into()));
    assert_eq!(of_record(&program), ["i1 accept ana", "i3 accept ana"]);
    let log = program.json(&["log", "replies", "--item", "i2"]);
    let kinds: Vec<_> = log.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["imported", "decided", "undone"]);
}

#[test]
fn what_does_not_fit_is_listed_and_left_out() {
    let program = apart();
    // Offline: an item that is not here, one with other content, another rubric, another queue.
    program.write("more.jsonl", items(20..=20) + r#"{"id":"i21","input":"question","output":"theirs"}"#);
    program.ok(&["import", "replies", "more.jsonl", "--db", "trip.db"]);
    program.write("more.jsonl", r#"{"id":"i21","input":"question","output":"ours"}"#);
    program.ok(&["import", "replies", "more.jsonl"]);
    decide(&program, "trip.db", "i20", "accept", "ana");
    decide(&program, "trip.db", "i21", "accept", "ana");
    program.write("spec.toml", SPEC.replace("May it be sent?", "May it be sent at once?"));
    program.ok(&["spec", "apply", "spec.toml", "--yes", "--db", "trip.db"]);
    program.write("spec.toml", SPEC.replace("May it be sent?", "May it be posted?"));
    program.ok(&["spec", "apply", "spec.toml", "--yes"]); // another version 2
    decide(&program, "trip.db", "i5", "accept", "ana");
    program.write("spec.toml", SPEC.replace("\"replies\"", "\"others\""));
    program.ok(&["spec", "apply", "spec.toml", "--yes", "--db", "trip.db"]);
    program.ok(&["import", "others", "more.jsonl", "--db", "trip.db"]);
    program.ok(&["decide", "others", "i21", "--verdict", "accept", "--as", "ana", "--db", "trip.db"]);

    let outcome = program.run(&["merge", "trip.db", "--as", "ana"]);
    assert_eq!(outcome.code, Some(3), "{outcome:#?}");
    let expected = ["no such item here", "other content here", "version of the spec is not here", "no such queue here"];
    assert_tells(&outcome.out, &expected);
    assert_tells(&outcome.out, &["merged 0, 0 of them second opinions; left out 4"]);
    assert_eq!(of_record(&program), ["i1 accept ana"]);
    program.assert_sound();
}

#[test]
fn a_version_of_the_spec_is_known_by_its_text() {
    let program = apart();
    let other = SPEC.replace("May it be sent?", "May it be sent at once?");
    program.write("spec.toml", SPEC.replace("May it be sent?", "May it be posted?"));
    program.ok(&["spec", "apply", "spec.toml", "--yes"]); // version 2 here
    program.write("spec.toml", other);
    program.ok(&["spec", "apply", "spec.toml", "--yes"]); // version 3 here
    program.ok(&["spec", "apply", "spec.toml", "--yes", "--db", "trip.db"]); // version 2 there
    decide(&program, "trip.db", "i5", "accept", "ana");
    merge(&program);
    let row = program.csv(&[]).into_iter().find(|row| row["id"] == "i5").unwrap();
    assert_eq!(row["spec_version"], "3");
}

#[test]
fn a_copy_has_to_be_there_and_another_one() {
    let program = apart();
    assert_eq!(program.run(&["merge", "w.db"]).code, Some(2));
    assert_tells(&program.fails(&["merge", "no.db"]), &["no workspace at no.db"]);
    assert!(!program.exists("no.db"));
}
