//! What the program says of itself, and how it answers wrong usage.

use support::program::{Program, assert_tells};

const COMMANDS: &[&[&str]] = &[
    &[],
    &["demo"],
    &["open"],
    &["spec"],
    &["spec", "new"],
    &["spec", "check"],
    &["spec", "apply"],
    &["spec", "show"],
    &["queues"],
    &["import"],
    &["lens"],
    &["review"],
    &["decide"],
    &["undo"],
    &["filter"],
    &["filter", "save"],
    &["filter", "list"],
    &["filter", "remove"],
    &["golden"],
    &["golden", "list"],
    &["golden", "add"],
    &["golden", "remove"],
    &["export"],
    &["list"],
    &["log"],
    &["team"],
    &["team", "grant"],
    &["team", "revoke"],
    &["team", "list"],
    &["doctor"],
    &["backup"],
    &["move"],
    &["merge"],
    &["completions"],
    &["man"],
    &["help"],
];

#[test]
fn every_command_explains_itself() {
    let program = Program::new();
    for &command in COMMANDS {
        let arguments = if command == ["help"] { command.to_vec() } else { [command, &["--help"]].concat() };
        // The help of --db shows the variable, and it wraps by its length.
        let output = program.command().args(arguments).env_remove("KARAT_DB").output().unwrap();
        let help = String::from_utf8(output.stdout).unwrap();
        let name = if command.is_empty() { "karat".to_owned() } else { format!("karat_{}", command.join("_")) };
        insta::with_settings!({ prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("help_{name}"), help);
        });
    }
    assert!(program.files().is_empty(), "help makes nothing: {:?}", program.files());
}

#[test]
fn the_version_is_told() {
    assert_eq!(Program::new().ok(&["--version"]), format!("karat {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_is_exit_code_2_and_says_what_is_wrong() {
    let program = Program::with_items(1);
    let cases: [(&[&str], &str); 14] = [
        (&["frobnicate"], "frobnicate"),
        (&["import", "replies"], "<FILES>"),
        (&["import"], "<QUEUE>"),
        (&["open"], "<FILES>"),
        (&["export", "replies"], "--to"),
        (&["export", "replies", "--to", "xml"], "csv, jsonl"),
        (&["export", "replies", "--to", "csv", "--rows", "both"], "items, decisions"),
        (&["export", "replies", "--to", "csv", "--verdict", "maybe"], "accept, reject or escalate"),
        (&["decide", "replies", "i1"], "--verdict"),
        (&["decide", "replies", "i1", "--verdict", "maybe"], "accept, reject or escalate"),
        (&["decide", "replies", "i1", "--verdict", "accept", "--score", "tone"], "KEY=N"),
        (&["spec", "new", "x", "--from", "nothing"], "general, support, copy, extraction"),
        (&["completions", "tcsh"], "bash"),
        (&["queues", "--color", "sometimes"], "auto, always, never"),
    ];
    for (arguments, told) in cases {
        let outcome = program.run(arguments);
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {outcome:#?}");
        assert_tells(&outcome.err, &[told]);
        assert!(outcome.out.is_empty(), "{outcome:#?}");
    }
    assert_eq!(program.queue()["decided"], 0);
}

#[test]
fn completions_and_the_man_page_know_the_commands() {
    let program = Program::new();
    for (shell, mark) in [("bash", "complete "), ("zsh", "#compdef karat"), ("fish", "complete -c karat")] {
        assert_tells(&program.ok(&["completions", shell]), &[mark, "import", "rejects", "doctor"]);
    }
    assert_tells(&program.ok(&["man"]), &[".TH karat 1", "KARAT_DB", "karat spec check", "karat import", "rejects"]);
    assert!(program.files().is_empty(), "neither makes a workspace: {:?}", program.files());
}
