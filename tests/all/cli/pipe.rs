//! Whoever reads may stop reading: that is no error.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use support::program::{Outcome, Program, SPEC, items};

/// Runs with a standard output that is closed before the program writes.
fn into_closed_output(program: &Program, arguments: &[&str]) -> Outcome {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    Outcome::of(program.command().args(arguments).stdout(writer))
}

#[test]
fn no_command_minds_a_closed_output() {
    let program = Program::with_items(40);
    for n in 1..=2 {
        program.accept(&format!("i{n}"));
    }
    let commands: [&[&str]; 18] = [
        &["queues"],
        &["queues", "--json"],
        &["log", "replies"],
        &["log", "replies", "--json"],
        &["doctor"],
        &["doctor", "--json"],
        &["export", "replies", "--to", "csv"],
        &["export", "replies", "--to", "jsonl"],
        &["spec", "show", "replies"],
        &["spec", "new", "other"],
        &["spec", "check", "spec.toml"],
        &["import", "replies", "items.jsonl"],
        &["import", "replies", "items.jsonl", "--json"],
        &["lens", "items.jsonl"],
        &["lens", "items.jsonl", "--json"],
        &["completions", "bash"],
        &["man"],
        &["--help"],
    ];
    for arguments in commands {
        let outcome = into_closed_output(&program, arguments);
        assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn many_queues_as_json_into_a_closed_output() {
    let program = Program::new();
    let title = "long ".repeat(500); // one object is more than the output's buffer
    program.write("spec.toml", SPEC.replace("title = \"Replies\"", &format!("title = \"{title}\"")));
    program.ok(&["spec", "apply", "spec.toml"]);
    let outcome = into_closed_output(&program, &["queues", "--json"]);
    assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""));
}

#[test]
fn a_reader_may_take_one_line_and_leave() {
    let program = Program::with_items(400);
    for n in 1..=3 {
        program.accept(&format!("i{n}"));
    }
    for arguments in [&["log", "replies", "--json"][..], &["export", "replies", "--to", "csv", "--rows", "decisions"]] {
        let mut child = program.command().args(arguments).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let outcome: Outcome = child.into();
        assert!(!line.is_empty());
        assert_eq!((outcome.code, outcome.err.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

#[test]
fn an_import_goes_on_when_nobody_reads_what_it_says() {
    let program = Program::with_queue();
    program.write("items.jsonl", "broken\n".repeat(20) + &items(1..=5));
    for stream in ["out", "err"] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = program.command();
        command.args(["import", "replies", "items.jsonl"]);
        match stream {
            "out" => command.stdout(writer),
            _ => command.stderr(writer).stdout(Stdio::null()),
        };
        let code = command.status().unwrap().code();
        assert!(matches!(code, Some(0 | 3)), "{stream}: {code:?}");
        assert_eq!(program.queue()["items"], 5, "{stream}");
    }
    assert_eq!(program.read("items.jsonl.rejects.jsonl").lines().count(), 20);
}
