//! `karat team`, and the rules that the program keeps in a file.

use serde_json::Value;
use support::program::{Program, SPEC, assert_tells, items};

/// `ops` leads, `ana` reviews, `vi` reads.
fn team() -> Program {
    let program = Program::with_items(4);
    for (person, role) in [("ana", "reviewer"), ("vi", "viewer")] {
        program.ok(&["team", "grant", person, "--role", role, "--as", "ops"]);
    }
    program
}

#[test]
fn without_a_team_everybody_may_do_everything() {
    let program = Program::with_items(1);
    let listed = program.run(&["team", "list"]);
    assert_eq!((listed.code, listed.out.as_str()), (Some(0), ""));
    assert_tells(&listed.err, &["nobody was granted a role, so everybody may do everything"]);
    program.accept("i1");
}

#[test]
fn whoever_grants_the_first_role_leads_the_team() {
    let program = Program::with_items(1);
    let first = program.run(&["team", "grant", "ana", "--role", "reviewer", "--as", "ops"]);
    assert_eq!((first.code, first.out.as_str()), (Some(0), "ana is a reviewer now\n"));
    assert_tells(&first.err, &["ops leads this team", "whoever may write the file may write anything"]);
    let people = program.json(&["team", "list"]);
    let roles: Vec<_> = people.iter().map(|row| (row["person"].as_str(), row["role"].as_str())).collect();
    assert_eq!(roles, [(Some("ana"), Some("reviewer")), (Some("ops"), Some("lead"))]);
    assert!(people.iter().all(|row| row["granted_by"] == "ops" && row["granted_at"].is_string()));
    assert_tells(
        &program.ok(&["team", "list"]),
        &["ana  reviewer  granted by ops, ", "ops  lead      granted by ops, "],
    );
}

#[test]
fn a_reviewer_decides_and_leaves_the_queue_to_leads() {
    let program = team();
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--as", "ana"]);
    program.ok(&["undo", "replies", "--as", "ana"]);
    program.ok(&["golden", "add", "replies", "i1", "--verdict", "accept", "--as", "ana"]);
    program.ok(&["filter", "save", "replies", "mine", "id:i1", "--as", "ana"]);

    program.write("more.jsonl", items(5..=6));
    program.write("other.toml", SPEC.replace("Is it kind?", "Is it kind enough?"));
    for arguments in [
        &["import", "replies", "more.jsonl", "--as", "ana"][..],
        &["spec", "apply", "other.toml", "--as", "ana"],
        &["team", "grant", "bo", "--role", "reviewer", "--as", "ana"],
        &["team", "revoke", "ops", "--as", "ana"],
    ] {
        let told = program.fails(arguments);
        assert_tells(&told, &["`ana` is a reviewer here, and this takes a lead", "karat team list"]);
    }
    assert_eq!(program.queue()["items"], 4, "nothing of the import came in");
    program.ok(&["import", "replies", "more.jsonl", "--as", "ops"]);
    program.ok(&["filter", "save", "replies", "ours", "id:i2", "--as", "ops"]);
    assert_tells(&program.fails(&["filter", "save", "replies", "ours", "id:i3", "--as", "ana"]), &["takes a lead"]);
    assert_tells(&program.fails(&["filter", "remove", "replies", "ours", "--as", "ana"]), &["takes a lead"]);
    program.ok(&["filter", "save", "replies", "mine", "id:i3", "--as", "ops"]);
    program.assert_sound();
}

#[test]
fn an_agent_brings_attempts_and_decides_nothing() {
    let program = team();
    let granted = program.ok(&["team", "grant", "bot", "--role", "agent", "--as", "ops"]);
    assert_eq!(granted, "bot is an agent now\n");
    program.write(
        "made.jsonl",
        "{\"id\":\"i1~2\",\"case\":\"i1\",\"attempt\":2,\"input\":\"q\",\"output\":\"a\"}\n\
         {\"id\":\"new\",\"input\":\"q\",\"output\":\"a\"}\n",
    );
    for dry in [&["--dry-run"][..], &[]] {
        let told = program.run(&[&["import", "replies", "made.jsonl", "--as", "bot"], dry].concat());
        assert_eq!(told.code, Some(3), "{told:?}");
        assert_tells(&told.err, &["an agent brings attempts, and the queue has no output of this case"]);
    }
    assert_eq!(program.queue()["items"], 5);
    let updates = program.fails(&["import", "replies", "made.jsonl", "--update", "--as", "bot"]);
    assert_tells(&updates, &["`bot` is an agent here, who brings attempts and replaces nothing"]);
    for arguments in [
        &["decide", "replies", "i1", "--verdict", "accept", "--as", "bot"][..],
        &["golden", "add", "replies", "i1", "--verdict", "accept", "--as", "bot"],
        &["filter", "save", "replies", "mine", "id:i1", "--as", "bot"],
    ] {
        assert_tells(&program.fails(arguments), &["`bot` is an agent here, and this takes a reviewer"]);
    }
    program.assert_sound();
}

#[test]
fn a_viewer_reads_and_writes_nothing() {
    let program = team();
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--as", "ana"]);
    let before = program.ok(&["log", "replies"]);
    for arguments in [
        &["decide", "replies", "i2", "--verdict", "accept", "--as", "vi"][..],
        &["golden", "add", "replies", "i1", "--as", "vi"],
        &["filter", "save", "replies", "mine", "id:i1", "--as", "vi"],
    ] {
        assert_tells(&program.fails(arguments), &["`vi` is a viewer here, and this takes a reviewer"]);
    }
    assert_tells(
        &program.fails(&["decide", "replies", "i2", "--verdict", "accept", "--as", "zoe"]),
        &["`zoe` is not on the team"],
    );
    assert_eq!(program.ok(&["log", "replies"]), before);
    assert_eq!(program.csv(&[]).len(), 1);
    program.assert_sound();
}

#[test]
fn roles_change_and_are_revoked_and_nothing_of_it_is_forgotten() {
    let program = team();
    program.ok(&["team", "grant", "ana", "--role", "lead", "--as", "ops"]);
    assert_eq!(program.ok(&["team", "revoke", "ops", "--as", "ana"]), "ops may do nothing here any more\n");
    assert_tells(&program.fails(&["team", "revoke", "ops", "--as", "ana"]), &["`ops` is not on the team"]);
    for arguments in [&["team", "revoke", "ana"][..], &["team", "grant", "ana", "--role", "viewer"]] {
        let told = program.fails(&[arguments, &["--as", "ana"]].concat());
        assert_tells(&told, &["without `ana` the team would have no lead", "grant somebody else `lead` first"]);
    }
    let history = program.json(&["team", "list", "--history"]);
    let told: Vec<_> = history.iter().map(|row| (row["person"].as_str().unwrap(), row["role"].as_str())).collect();
    let expected = [
        ("ops", Some("lead")),
        ("ana", Some("reviewer")),
        ("vi", Some("viewer")),
        ("ana", Some("lead")),
        ("ops", None),
    ];
    assert_eq!(told, expected);
    assert_eq!(history[4]["role"], Value::Null);
}

#[test]
fn what_makes_no_sense_is_told() {
    let program = Program::with_items(1);
    let wrong = program.run(&["team", "grant", "ana", "--role", "king"]);
    assert_eq!(wrong.code, Some(2));
    assert_tells(&wrong.err, &["`king` is no role: there are viewer, agent, reviewer and lead"]);
    let password = program.fails(&["team", "grant", "ana", "--role", "viewer", "--password-stdin"]);
    assert_tells(&password, &["a workspace in a file has no passwords"]);
    assert_tells(&program.fails(&["team", "grant", " ", "--role", "viewer"]), &["1 to 64 characters"]);
}
