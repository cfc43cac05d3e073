//! `karat spec`: written, checked, applied, shown.

use support::program::{Program, SPEC, assert_tells};

#[test]
fn every_template_is_a_sound_spec_of_the_name_given() {
    let program = Program::new();
    for template in ["general", "support", "copy", "extraction"] {
        let file = format!("{template}.toml");
        let said = program.ok(&["spec", "new", "my-queue", "--from", template, "--out", &file]);
        assert_tells(&said, &[&file, "karat spec check", "karat spec apply"]);
        assert_tells(&program.read(&file), &["name = \"my-queue\"", "# "]);
        assert_tells(&program.ok(&["spec", "check", &file]), &["ok: my-queue"]);
        assert_eq!(program.ok(&["spec", "new", "my-queue", "--from", template]), program.read(&file));
    }
    assert_eq!(program.ok(&["spec", "new", "my-queue"]), program.read("general.toml"), "general is the default");
    program.write("general.toml", "mine");
    let error = program.fails(&["spec", "new", "my-queue", "--out", "general.toml"]);
    assert_tells(&error, &["general.toml is there already", "--out"]);
    assert_eq!(program.read("general.toml"), "mine", "an existing file is left as it is");
    assert!(!program.exists("w.db"), "none of it needs a workspace");
}

#[test]
fn a_name_that_no_queue_can_have_is_refused_with_one_that_it_can() {
    let error = Program::new().fails(&["spec", "new", "My Queue"]);
    assert_tells(&error, &["`My Queue` is not a queue's name", "hint:", "my-queue"]);
}

const BAD: &str = r#"name = "Bad Name"
title = ""
decision = "?"
surprise = 1

[[criterion]]
key = "tone"
name = "Tone"
question = "?"
levels = ["Only"]

[[failure]]
key = "wrong"
name = "Wrong"
severity = "huge"
escalate_to = "nobody"

[[failure]]
key = "wrong"
name = "Wrong again"
severity = "minor"
"#;

#[test]
fn a_bad_spec_lists_every_problem_with_its_place_and_mend() {
    let program = Program::new();
    program.write("bad.toml", BAD);
    let outcome = program.run(&["spec", "check", "bad.toml"]);
    assert_eq!((outcome.code, outcome.out.as_str()), (Some(1), ""), "{outcome:#?}");
    let places = ["1:8", "2:9", "4:1", "10:10", "15:12", "16:15", "19:7"].map(|place| format!("bad.toml:{place}: "));
    for place in &places {
        assert_tells(&outcome.err, &[place]);
    }
    assert_eq!(outcome.err.matches("hint: ").count(), places.len(), "{}", outcome.err);

    let error = program.fails(&["spec", "apply", "bad.toml"]);
    for place in &places {
        assert_tells(&error, &[place]);
    }
    assert_tells(&error, &["7 problems", "nothing was changed"]);
    assert!(!program.exists("w.db"));
}

#[test]
fn a_spec_that_cannot_be_read_is_told_by_name() {
    let program = Program::new();
    assert_tells(&program.fails(&["spec", "check", "missing.toml"]), &["missing.toml cannot be read", "No such file"]);
    program.write("latin.toml", b"name = \"caf\xe9\"");
    assert_tells(&program.fails(&["spec", "check", "latin.toml"]), &["latin.toml"]);
}

#[test]
fn applying_creates_then_changes_then_leaves_as_it_is() {
    let program = Program::new();
    program.write("spec.toml", SPEC);
    assert_tells(&program.ok(&["spec", "apply", "spec.toml"]), &["created the queue replies", "version 1"]);
    assert_tells(&program.ok(&["spec", "apply", "spec.toml"]), &["already", "version 1"]);
    assert_eq!(program.ok(&["spec", "show", "replies"]), SPEC, "shown as it was applied");
}

#[test]
fn a_new_version_says_what_changed_and_how_many_decisions_it_touches() {
    let program = Program::with_items(3);
    let decide = |item: &str, rest: &[&str]| {
        program.ok(&[&["decide", "replies", item, "--as", "ops-1", "--verdict"], rest].concat());
    };
    decide("i1", &["accept", "--score", "tone=3"]);
    decide("i2", &["reject", "--category", "wrong"]);
    decide("i3", &["accept"]);
    program.write("spec.toml", SPEC.replace("\"Kind\"]", "\"Warm\"]").replace("title = \"Replies\"", "title = \"R\""));
    let told = program.ok(&["spec", "apply", "spec.toml", "--dry-run"]);
    assert_tells(&told, &["dry run, nothing changed", "version 1 would become 2", "touches 1 of 3 standing decisions"]);
    let error = program.fails(&["spec", "apply", "spec.toml"]);
    assert_tells(&error, &["touches 1 of 3 standing decisions; nothing was changed", "--dry-run", "--yes"]);
    assert_eq!(program.ok(&["spec", "show", "replies"]), SPEC);
    let told = program.ok(&["spec", "apply", "spec.toml", "--yes"]);
    assert_tells(&told, &["version 1 becomes 2", "title", "criterion `tone`: level 3 reads “Warm” instead of “Kind”"]);
    assert_tells(&told, &["touches 1 of 3 standing decisions"]);

    program.write("spec.toml", program.read("spec.toml").replace("May it be sent?", "May it be published?"));
    assert_tells(&program.ok(&["spec", "apply", "spec.toml", "--yes"]), &["touches 3 of 3"]);
    program.write("spec.toml", program.read("spec.toml") + "# a remark\n");
    assert_tells(&program.ok(&["spec", "apply", "spec.toml"]), &["version 3 becomes 4", "only comments"]);
    let versions: Vec<_> = program.csv(&[]).iter().map(|row| row["spec_version"].clone()).collect();
    assert_eq!(versions, ["1"; 3], "decisions keep the version they were made under");
    program.assert_sound();
}

#[test]
fn a_dry_run_makes_nothing() {
    let program = Program::new();
    program.write("spec.toml", SPEC);
    let told = program.ok(&["spec", "apply", "spec.toml", "--dry-run"]);
    assert_tells(&told, &["dry run, nothing changed", "would create the queue replies"]);
    assert_eq!(program.files(), ["spec.toml"]);
}

#[test]
fn going_back_to_an_earlier_spec_is_a_version_too() {
    let program = Program::with_queue();
    program.write("other.toml", SPEC.replace("May it be sent?", "Well?"));
    program.ok(&["spec", "apply", "other.toml"]);
    program.ok(&["spec", "apply", "spec.toml"]);
    assert_eq!(program.ok(&["spec", "show", "replies"]), SPEC);
}

#[test]
fn opinions_are_checked_against_who_is_there() {
    let program = Program::with_items(1);
    let with = |review: &str| format!("{SPEC}\n[[sample]]\nrate = 1.0\nopinions = 2\n{review}");
    program.write("pairs.toml", with(""));
    program.write("tie.toml", with("[review]\nsettle = \"majority\"\n"));
    program.ok(&["spec", "check", "pairs.toml"]);
    let tie = program.fails(&["spec", "check", "tie.toml"]);
    assert_tells(&tie, &["tie.toml:", ":12: 2 opinions have no majority", "hint: ask for an odd number"]);
    program.ok(&["team", "grant", "ana", "--role", "reviewer", "--as", "boss"]);
    let pairs = program.fails(&["spec", "check", "pairs.toml"]);
    assert_tells(&pairs, &["pairs.toml:", ":12: nobody is left to settle 2 opinions that differ", "hint: grant"]);
    program.ok(&["team", "grant", "li", "--role", "viewer", "--as", "boss"]);
    assert_eq!(program.run(&["spec", "check", "pairs.toml"]).code, Some(1), "a viewer settles nothing");
    program.ok(&["team", "grant", "li", "--role", "reviewer", "--as", "boss"]);
    program.ok(&["spec", "check", "pairs.toml"]);
}

#[test]
fn a_tie_under_majority_is_told() {
    let program = Program::new();
    let told = |review: &str| {
        program.write("spec.toml", format!("{SPEC}\n[review]\n{review}\n"));
        program.ok(&["spec", "check", "spec.toml"])
    };
    let tie = told("settle = \"majority\"\naudit = 0.1\nsecond_opinion = \"verdict:reject\"");
    assert_tells(&tie, &["ok: replies", "second_opinion or audit asks", "no majority: a lead settles them"]);
    for sound in ["settle = \"majority\"", "settle = \"strictest\"\naudit = 0.1"] {
        assert!(!told(sound).contains("majority"), "{sound}");
    }
}
