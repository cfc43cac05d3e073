//! What the program says of itself, and how it answers wrong usage.

use support::program::{Outcome, Program, assert_tells};

#[test]
fn every_command_explains_itself() {
    let program = Program::new();
    let mut commands = vec![Vec::new()];
    while let Some(command) = commands.pop() {
        let help = help(&program, &command);
        commands.extend(subcommands(&command, &help).map(|name| [&command[..], &[name.to_owned()]].concat()));
        let name = [&["karat".to_owned()], &command[..]].concat().join("_");
        insta::with_settings!({ prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(format!("help_{name}"), help);
        });
    }
    assert!(program.files().is_empty(), "help makes nothing: {:?}", program.files());
}

fn help(program: &Program, command: &[String]) -> String {
    let flag = if command == ["help"] { None } else { Some("--help") };
    // The help of --db shows the variable, and it wraps by its length.
    Outcome::of(program.command().args(command).args(flag).env_remove("KARAT_DB")).out
}

/// The names that a command's help lists. `help` is listed by every command that has others, and itself lists
/// all again: it is one once.
fn subcommands<'a>(command: &[String], help: &'a str) -> impl Iterator<Item = &'a str> {
    let (is_program, is_help) = (command.is_empty(), command == ["help"]);
    let list = help.split_once("Commands:\n").map_or("", |(_, list)| list).lines().take_while(|line| !line.is_empty());
    let entries = list.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    let names = entries.filter_map(|line| line.split(' ').next());
    names.filter(move |name| !is_help && (is_program || *name != "help"))
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
        (&["export", "replies", "--to", "xml"], "csv, tsv, jsonl"),
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
