//! Whoever reads may stop reading: that is no error.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use support::program::{Outcome, Program, SPEC, assert_tells, items};
use support::wait;

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

/// Whoever has the queue open is served what a program has written while that runs on.
#[test]
fn what_a_pipe_gives_is_there_before_it_ends() {
    let program = Program::with_queue();
    let mut child = program.command().args(["import", "replies", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    for n in 1..=3 {
        let line = items(n..=n);
        let (begun, rest) = line.split_at(line.len() / 2);
        pipe.write_all(begun.as_bytes()).unwrap();
        pipe.write_all(rest.as_bytes()).unwrap();
        wait::until("the item", || program.queue()["items"] == n);
    }
    pipe.write_all(b"broken\n").unwrap();
    pipe.write_all(items(4..=2000).as_bytes()).unwrap();
    drop(pipe);
    let outcome = Outcome::from(child);
    assert_tells(&outcome.out, &["imported 2000, unchanged 0, rejected 1"]);
    assert_eq!(outcome.code, Some(3));
    program.assert_sound();
}

#[test]
fn fields_of_other_names_are_found_in_the_first_line_of_a_pipe() {
    let program = Program::with_queue();
    let mut child = program.command().args(["import", "replies", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(b"{\"id\":\"a\",\"prompt\":\"Where is it?\",\"completion\":\"It is here.\"}\n").unwrap();
    wait::until("the item", || program.queue()["items"] == 1);
    drop(pipe);
    assert_tells(&Outcome::from(child).err, &["output from .completion"]);
}
