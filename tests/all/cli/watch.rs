//! Files that are followed.

use serde_json::Value;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Child;
use support::dice::Dice;
use support::program::{Outcome, Program, assert_tells, item, items};
use support::wait;

fn append(program: &Program, file: &str, text: &str) {
    let path = program.path(file);
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

/// A program that may be left running where a test fails.
struct Watching(Option<Child>);

impl Watching {
    fn begin(program: &Program, arguments: &[&str]) -> Self {
        let child = program.command().args(["watch", "replies"]).args(arguments).spawn().unwrap();
        Self(Some(child))
    }

    fn signal(&self, name: &str) {
        let id = self.0.as_ref().unwrap().id().to_string();
        assert!(std::process::Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    /// Ends it as Ctrl-C does.
    fn end(mut self, signal: &str) -> Outcome {
        self.signal(signal);
        Outcome::from(self.0.take().unwrap())
    }

    fn kill(mut self) {
        self.signal("KILL");
        let _ = Outcome::from(self.0.take().unwrap());
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn until_items(program: &Program, count: usize) {
    wait::until(&format!("{count} items"), || program.queue()["items"] == count);
}

/// The counts of a watch that reads what is there.
fn once(program: &Program, arguments: &[&str]) -> (u64, u64, u64) {
    let outcome = program.run(&[&["watch", "replies", "--once", "--json"], arguments].concat());
    let value: Value = serde_json::from_str(&outcome.out).unwrap_or_else(|error| panic!("{error}: {outcome:#?}"));
    let count = |name: &str| value[name].as_u64().unwrap();
    (count("imported"), count("unchanged"), count("rejected"))
}

#[test]
fn what_is_written_comes_in_until_it_is_stopped() {
    for signal in ["INT", "TERM"] {
        let program = Program::with_queue();
        program.write("run.jsonl", items(1..=3));
        let watching = Watching::begin(&program, &["run.jsonl"]);
        until_items(&program, 3);
        let (begun, rest) = (item(4), "\n");
        append(&program, "run.jsonl", &begun[..20]);
        append(&program, "run.jsonl", &begun[20..]);
        append(&program, "run.jsonl", &(rest.to_owned() + "broken\n" + &items(5..=6)));
        until_items(&program, 6);
        let outcome = watching.end(signal);
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
        assert_tells(&outcome.out, &["imported 6, unchanged 0, rejected 1"]);
        assert_tells(&outcome.err, &["run.jsonl:5: ", "rejected records are in run.jsonl.rejects.jsonl"]);
        assert_tells(&program.read("run.jsonl.rejects.jsonl"), &["\"line\":5", "\"record\":\"broken\""]);
        assert_eq!(once(&program, &["run.jsonl"]), (0, 0, 0));
        program.assert_sound();
    }
}

#[test]
fn a_line_that_is_not_finished_waits() {
    let program = Program::with_queue();
    program.write("run.jsonl", items(1..=2) + &item(3)[..10]);
    let outcome = program.run(&["watch", "replies", "--once", "run.jsonl"]);
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert_tells(&outcome.out, &["imported 2"]);
    assert_tells(&outcome.err, &["run.jsonl: its last line has no end yet, and waits for it"]);
    append(&program, "run.jsonl", &(item(3)[10..].to_owned() + "\n"));
    assert_eq!(once(&program, &["run.jsonl"]), (1, 0, 0));
}

#[test]
fn files_of_a_folder_come_in_whatever_they_are_each_content_once() {
    let program = Program::with_queue();
    std::fs::create_dir(program.path("in")).unwrap();
    program.write("in/README.md", "# What is here\n\nOutputs of the nightly run.\n");
    program.write("in/a.jsonl", items(1..=2));
    program.write("in/b.csv", "id,input,output\nb1,q,a\nb2,\"q\nq\",a\n");
    program.write(
        "in/c.json",
        "[{\"id\":\"c1\",\"input\":\"q\",\"output\":\"a\"},\n{\"id\":\"c2\",\"input\":\"q\",\"output\":\"a\"}]",
    );
    program.write("in/.hidden.jsonl", items(9..=9));
    let outcome = program.run(&["watch", "replies", "in", "--once"]);
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert_tells(&outcome.out, &["imported 6, unchanged 0, rejected 0"]);
    assert_tells(&outcome.err, &["in/README.md: "]);
    std::fs::copy(program.path("in/c.json"), program.path("in/d.json")).unwrap();
    std::fs::rename(program.path("in/a.jsonl"), program.path("in/e.jsonl")).unwrap();
    append(&program, "in/e.jsonl", &items(3..=3));
    assert_eq!(once(&program, &["in"]), (1, 0, 0));
    program.write(
        "in/c.json",
        "[{\"id\":\"c1\",\"input\":\"q\",\"output\":\"a\"},{\"id\":\"c3\",\"input\":\"q\",\"output\":\"a\"}]",
    );
    assert_eq!(once(&program, &["in"]), (1, 1, 0));
    program.assert_sound();
}

#[test]
fn new_files_of_a_folder_are_met_while_it_is_followed() {
    let program = Program::with_queue();
    std::fs::create_dir(program.path("in")).unwrap();
    let watching = Watching::begin(&program, &["in", "--poll", "0.1"]);
    program.write("in/a.jsonl", items(1..=2));
    until_items(&program, 2);
    program.write("in/b.json.tmp", format!("[{},\n{}]", item(3), item(4)));
    std::fs::rename(program.path("in/b.json.tmp"), program.path("in/b.json")).unwrap();
    until_items(&program, 4);
    std::fs::remove_file(program.path("in/a.jsonl")).unwrap();
    program.write("in/c.jsonl", items(5..=5));
    until_items(&program, 5);
    let outcome = watching.end("TERM");
    assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    assert_tells(&outcome.out, &["imported 5, unchanged 0, rejected 0"]);
}

#[test]
fn a_program_that_is_killed_goes_on_where_it_was() {
    let program = Program::with_queue();
    let mut dice = Dice::new(7);
    let (mut written, mut rotations) = (0, 0);
    append(&program, "run.jsonl", "");
    for _ in 0..6 {
        let watching = Watching::begin(&program, &["run.jsonl"]);
        for _ in 0..dice.below(6) {
            let more = 1 + dice.below(400);
            append(&program, "run.jsonl", &(items(written + 1..=written + more) + "broken\n"));
            written += more;
            dice.pause(std::time::Duration::from_millis(60));
        }
        watching.kill();
        if dice.chance(500) && written > 0 {
            let _ = program.run(&["watch", "replies", "run.jsonl", "--once"]);
            rotations += 1;
            append(&program, "run.jsonl", &items(written + 1..=written + 3));
            written += 3;
            std::fs::rename(program.path("run.jsonl"), program.path(&format!("run.jsonl.{rotations}"))).unwrap();
            append(&program, "run.jsonl", "");
        }
    }
    let _ = program.run(&["watch", "replies", "run.jsonl", "--once"]);
    assert_eq!(program.queue()["items"], written);
    let ids: std::collections::HashSet<String> =
        program.jsonl(&[]).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), if ids.is_empty() { 0 } else { written });
    program.assert_sound();
}

#[test]
fn two_watches_of_one_file_double_nothing() {
    let program = Program::with_queue();
    program.write("run.jsonl", items(1..=500));
    let watches: Vec<_> = (0..2).map(|_| Watching::begin(&program, &["run.jsonl"])).collect();
    until_items(&program, 500);
    append(&program, "run.jsonl", &items(501..=900));
    until_items(&program, 900);
    for watch in watches {
        let outcome = watch.end("INT");
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
        assert_tells(&outcome.out, &["rejected 0"]);
    }
    assert_eq!(program.queue()["items"], 900);
    program.assert_sound();
}

#[test]
fn fields_of_other_names_are_found_as_an_import_finds_them() {
    let program = Program::with_queue();
    let line = |n: usize| format!("{{\"uuid\":\"u{n}\",\"prompt\":\"Where is it?\",\"completion\":\"Here, {n}.\"}}\n");
    program.write("run.jsonl", line(1) + &line(2));
    let maps =
        ["run.jsonl", "--map", "id=.uuid", "--map", "input=.prompt", "--map", "output=.completion", "--set", "model=a"];
    assert_eq!(once(&program, &maps), (2, 0, 0));
    append(&program, "run.jsonl", &line(3));
    assert_eq!(once(&program, &maps), (1, 0, 0));
    program.write("other.jsonl", "{\"x\":1}\n");
    let outcome = program.run(&["watch", "replies", "--once", "other.jsonl", "run.jsonl"]);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert_tells(&outcome.err, &["other.jsonl: ", "--map"]);
}

#[test]
fn what_cannot_be_followed_is_told_once_and_the_rest_goes_on() {
    let program = Program::with_queue();
    program.write("run.jsonl", items(1..=1));
    program.write("cut.parquet", "PAR1 and no more");
    let watching = Watching::begin(&program, &["cut.parquet", "later.jsonl", "run.jsonl", "--poll", "0.1"]);
    until_items(&program, 1);
    append(&program, "later.jsonl", &items(2..=2));
    until_items(&program, 2);
    append(&program, "run.jsonl", &items(3..=3));
    until_items(&program, 3);
    std::thread::sleep(std::time::Duration::from_millis(2500)); // what is cut off is taken for whole by now
    let outcome = watching.end("TERM");
    assert_tells(&outcome.err, &["later.jsonl: is not there yet", "cut.parquet: "]);
    assert_eq!(outcome.err.matches("later.jsonl: is not").count(), 1);
    assert_eq!(outcome.err.matches("cut.parquet: ").count(), 1, "{}", outcome.err);
    let outcome = program.run(&["watch", "replies", "-"]);
    assert_eq!(outcome.code, Some(1));
    assert_tells(&outcome.err, &["karat import replies -"]);
    let outcome = program.run(&["watch", "nowhere", "run.jsonl"]);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert!(Path::new(&program.path("run.jsonl")).exists());
}

#[cfg(target_os = "linux")]
#[test]
fn more_files_than_may_be_open_come_in() {
    let program = Program::with_queue();
    std::fs::create_dir(program.path("in")).unwrap();
    (1..=400).for_each(|n| program.write(&format!("in/{n}.jsonl"), items(n..=n)));
    let karat = program.command().get_program().to_owned();
    let mut command = program.command_of("sh");
    command.args(["-c", "ulimit -n 200; exec \"$0\" watch replies in --once"]).arg(karat);
    let outcome = Outcome::from(command.spawn().unwrap());
    assert_eq!(outcome.code, Some(0), "{}", &outcome.err[..outcome.err.len().min(2000)]);
    assert_tells(&outcome.out, &["imported 400, unchanged 0, rejected 0"]);
}

#[test]
fn a_file_that_cannot_be_read_is_told_by_the_exit_code() {
    let program = Program::with_queue();
    std::fs::create_dir(program.path("in")).unwrap();
    program.write("in/a.jsonl", items(1..=1));
    let outcome = program.run(&["watch", "replies", "--once", "in", "later.jsonl"]);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert_tells(&outcome.err, &["later.jsonl: is not there yet"]);
    assert!(!outcome.err.contains("waited for"), "{}", outcome.err);
    #[cfg(target_os = "linux")]
    {
        // It can be opened by its owner, and every read of it fails.
        std::os::unix::fs::symlink("/proc/self/mem", program.path("in/b.jsonl")).unwrap();
        let outcome = program.run(&["watch", "replies", "--once", "in"]);
        assert_eq!(outcome.code, Some(3), "{outcome:#?}");
        assert_tells(&outcome.err, &["in/b.jsonl: cannot be read ("]);
    }
}
