//! Where there is no room: the error says so, nothing acknowledged is lost, and with
//! room again the work goes on.

use karat::domain::stage::Stage;
use karat::store::{Store, StoreError};
use std::path::{Path, PathBuf};
use std::process::Command;
use support::fixture::{T0, Workspace, accept, assert_sound, decide_next};
use support::program::{Outcome, Program, SPEC, assert_tells, items};
use support::{child, wait};

/// A run in which no file may grow beyond `kib`.
fn limited(program: &Program, kib: u64, arguments: &[&str]) -> Outcome {
    Outcome::of(under_limit(&program.command(), kib).args(arguments))
}

/// The same command under a limit on file size, with the same surroundings.
fn under_limit(command: &Command, kib: u64) -> Command {
    let mut shell = Command::new("/bin/sh");
    let blocks = kib * 2; // of 512 bytes
    shell.args(["-c", &format!("ulimit -f {blocks} && exec \"$0\" \"$@\"")]).arg(command.get_program());
    shell.args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        shell.env_clear().current_dir(folder);
    }
    for (key, value) in command.get_envs() {
        shell.env(key, value.unwrap());
    }
    child::apart(&mut shell);
    shell
}

#[track_caller]
fn assert_full(outcome: &Outcome) {
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert_tells(&outcome.err, &["the disk is full", "hint:", "make room"]);
    assert!(!outcome.err.contains("panicked"), "{outcome:#?}");
}

/// What the closing line of an import says is in.
fn said_to_be_in(outcome: &Outcome) -> u64 {
    let (_, rest) = outcome.err.split_once("stopped after: imported ").unwrap_or_else(|| panic!("{outcome:#?}"));
    rest.split(',').next().unwrap().parse().unwrap()
}

#[test]
fn an_import_into_a_full_disk_keeps_what_it_said_and_is_finished_later() {
    let program = Program::with_queue();
    program.write("big.jsonl", items(1..=40_000));
    for kib in [40, 200, 1500, 3000] {
        let before = program.queue()["items"].as_u64().unwrap();
        let outcome = limited(&program, kib, &["import", "replies", "big.jsonl"]);
        assert_full(&outcome);
        let there = program.queue()["items"].as_u64().unwrap();
        if before == 0 && there > 0 {
            assert_eq!(there, said_to_be_in(&outcome), "{outcome:#?}");
        }
        program.assert_sound();
    }
    let there = program.queue()["items"].as_u64().unwrap();
    assert!((1..40_000).contains(&there), "some came in before the disk was full: {there}");
    assert_eq!(program.import(&["big.jsonl"]), ((40_000 - there, there, 0), Some(0)));
    program.assert_sound();
}

#[test]
fn rejects_that_find_no_room_stop_the_import() {
    let program = Program::with_queue();
    program.write("items.jsonl", format!("{}\n", "broken ".repeat(200)).repeat(2000));
    let outcome = limited(&program, 500, &["import", "replies", "items.jsonl"]);
    assert_full(&outcome);
    assert_tells(&outcome.err, &["items.jsonl.rejects.jsonl"]);
    program.assert_sound();
    assert_eq!(program.import(&["items.jsonl"]), ((0, 0, 2000), Some(3)));
    assert_eq!(program.read("items.jsonl.rejects.jsonl").lines().count(), 2000);
}

#[test]
fn a_decision_that_finds_no_room_is_refused_whole() {
    let program = Program::with_items(2);
    program.accept("i1");
    let decide = ["decide", "replies", "i2", "--verdict", "accept", "--as", "ops-1"];
    for kib in [0, 16, 40] {
        assert_full(&limited(&program, kib, &decide));
        assert_eq!(program.queue()["accepted"], 1);
        program.assert_sound();
    }
    program.ok(&decide);
    assert_eq!(program.queue()["accepted"], 2);
    program.assert_sound();
}

#[test]
fn decisions_acknowledged_before_the_disk_was_full_are_there() {
    let (workspace, store, queue) = Workspace::in_file().filled(400);
    drop(store);
    let role = child::role("reviewer", workspace.path(), 1);
    let output = wait::end_of(under_limit(&role, 1200).spawn().unwrap());
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{out}{}", String::from_utf8_lossy(&output.stderr));
    let acknowledged = out.lines().filter(|line| *line == "decided").count() as i64;
    assert!((1..400).contains(&acknowledged), "{out}");
    let mut store = workspace.open();
    assert_eq!(store.counts(&queue).unwrap().at(Stage::Accepted), acknowledged);
    assert_sound(&store);
    store.free_abandoned(&queue).unwrap();
    decide_next(&mut store, &queue, "ops-1", &accept(), T0);
    assert_sound(&store);
}

#[test]
#[ignore = "a role of another test"]
fn reviewer() {
    let Some((workspace, _)) = child::part() else { return };
    karat::cli::survive_file_size_limit();
    let store = Store::open(&workspace).unwrap();
    let queue = store.queue("replies").unwrap();
    for n in 1..=400 {
        match store.decide_at_once(queue.actor("ops-1", T0), &format!("i{n}"), &accept()) {
            Ok(_) => println!("\ndecided"),
            Err(StoreError::DiskFull) => break,
            Err(other) => panic!("{other:?}"),
        }
    }
    // Nor does it find room a moment later: it still answers, and says why.
    let again = store.decide_at_once(queue.actor("ops-1", T0), "i400", &accept());
    assert!(matches!(again, Err(StoreError::DiskFull)), "{again:?}");
    assert!(store.counts(&queue).unwrap().at(Stage::Accepted) > 0, "reading goes on");
}

/// With a decision on each item, and an export of about 200 KB.
fn decided() -> Program {
    let program = Program::with_queue();
    let line = |n| format!("{{\"id\":\"i{n}\",\"input\":\"q\",\"output\":\"{}\"}}\n", "long ".repeat(4000));
    program.write("items.jsonl", (1..=10).map(line).collect::<String>());
    program.ok(&["import", "replies", "items.jsonl"]);
    (1..=10).for_each(|n| program.accept(&format!("i{n}")));
    program
}

#[test]
fn an_export_that_finds_no_room_leaves_no_half_file() {
    let program = decided();
    program.write("older.csv", "older");
    let before = program.files();
    for to in ["csv", "jsonl"] {
        for out in ["new.csv", "older.csv"] {
            let outcome = limited(&program, 100, &["export", "replies", "--to", to, "--out", out]);
            assert_full(&outcome);
            assert_tells(&outcome.err, &[&format!("{out} is not written")]);
        }
    }
    assert_eq!(program.files(), before, "neither a half file nor a temporary one");
    assert_eq!(program.read("older.csv"), "older");
    program.ok(&["export", "replies", "--to", "csv", "--out", "new.csv"]);
    program.assert_sound();
}

#[test]
fn an_export_to_a_standard_output_without_room_fails() {
    let program = decided();
    let file = std::fs::File::create(program.path("out.csv")).unwrap();
    let mut command = under_limit(&program.command(), 100);
    assert_full(&Outcome::of(command.args(["export", "replies", "--to", "csv"]).stdout(file)));
}

#[test]
fn a_backup_that_finds_no_room_leaves_no_half_copy() {
    let program = decided();
    let before = program.files();
    assert_full(&limited(&program, 100, &["backup", "copy.db"]));
    assert_eq!(program.files(), before);
    program.assert_sound();
}

#[test]
fn a_workspace_that_finds_no_room_at_its_first_opening_is_made_later() {
    let program = Program::new();
    program.write("spec.toml", SPEC);
    for kib in [0, 8, 40, 100] {
        let outcome = limited(&program, kib, &["spec", "apply", "spec.toml"]);
        if kib < 100 {
            assert_full(&outcome);
        }
    }
    program.ok(&["spec", "apply", "spec.toml"]);
    program.assert_sound();
}

/// A file system of its own, as small as it is told.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// `None`, with the reason printed, where this user may mount none.
    fn mount(place: &Path, mib: u64) -> Option<Self> {
        std::fs::create_dir(place).unwrap();
        let size = format!("size={mib}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(place).output();
        match mounted {
            Ok(output) if output.status.success() => Some(Self(place.to_owned())),
            Ok(output) => skipped(&String::from_utf8_lossy(&output.stderr)),
            Err(error) => skipped(&error.to_string()),
        }
    }
}

fn skipped(reason: &str) -> Option<SmallDisk> {
    println!("skipped: no tmpfs can be mounted here: {}", reason.trim());
    None
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).status(); // with the folder's end at the latest
    }
}

#[test]
fn on_a_disk_that_is_truly_full_nothing_acknowledged_is_lost() {
    let program = Program::new();
    let Some(disk) = SmallDisk::mount(&program.path("disk"), 3) else { return };
    let db = disk.0.join("w.db");
    let on_disk =
        |arguments: &[&str]| -> Outcome { Outcome::of(program.command().env("KARAT_DB", &db).args(arguments)) };
    program.write("spec.toml", SPEC);
    program.write("big.jsonl", items(1..=40_000));
    assert_eq!(on_disk(&["spec", "apply", "spec.toml"]).code, Some(0));
    let outcome = on_disk(&["import", "replies", "big.jsonl"]);
    assert_full(&outcome);
    let there = said_to_be_in(&outcome);

    let store = Store::open(&db).unwrap();
    let queue = store.queue("replies").unwrap();
    assert_eq!(store.counts(&queue).unwrap().items as u64, there);
    assert_sound(&store);
    std::fs::write(disk.0.join("filler"), vec![0; 4 << 20]).unwrap_err();
    let mut accepted = decide_until_full(&store, &queue);
    drop(store);
    // Behind the last commit the log may have room that the import took and could not use.
    let decide = |n: u64| on_disk(&["decide", "replies", &format!("i{n}"), "--verdict", "accept", "--as", "ops-1"]);
    let refused = (1..=there).rev().map(decide).find(|outcome| {
        accepted += i64::from(outcome.code == Some(0));
        outcome.code != Some(0)
    });
    assert_full(&refused.expect("the disk is full sooner or later"));

    std::fs::remove_file(disk.0.join("filler")).unwrap();
    let store = Store::open(&db).unwrap();
    assert_eq!(store.counts(&queue).unwrap().at(Stage::Accepted), accepted);
    assert_sound(&store);
}

fn decide_until_full(store: &Store, queue: &karat::domain::queue::Queue) -> i64 {
    for n in 1.. {
        match store.decide_at_once(queue.actor("ops-1", T0), &format!("i{n}"), &accept()) {
            Ok(_) => {}
            Err(StoreError::DiskFull) => return n - 1,
            Err(other) => panic!("{other:?}"),
        }
    }
    unreachable!("the disk is full sooner or later")
}
