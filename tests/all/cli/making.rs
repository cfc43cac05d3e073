//! Outputs that the program of a spec makes again.

use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command};
use std::time::Duration;
use support::dice::Dice;
use support::program::{Outcome, Program, SPEC, assert_tells, item, program_file};
use support::terminal::Terminal;
use support::wait;

/// The queue `replies`, in which as many outputs are to be made again by the shell script `make.sh`.
fn program(script: &str, count: usize) -> Program {
    let program = Program::new();
    apply(&program, "");
    write_script(&program, script);
    for n in 1..=count {
        bring(&program, &format!("i{n}"), &item(n));
    }
    program
}

/// Brings an item in, and rejects it.
fn bring(program: &Program, id: &str, item: &str) {
    program.write("items.jsonl", item);
    program.ok(&["import", "replies", "items.jsonl"]);
    reject(program, id);
}

fn reject(program: &Program, item: &str) {
    program.ok(&["decide", "replies", item, "--verdict", "reject", "--category", "cold", "--as", "ops-1"]);
}

fn apply(program: &Program, more: &str) {
    let spec = SPEC.replace("severity = \"minor\"", "severity = \"minor\"\nretryable = true");
    let retry =
        "[retry]\nwhen = \"retryable\"\nattempts = 9\nrun = [\"./make.sh\", \"two words\"]\npass_env = [\"KEY\"]\n";
    program.write("spec.toml", format!("{spec}\n{retry}{more}"));
    program.ok(&["spec", "apply", "spec.toml"]);
}

fn write_script(program: &Program, script: &str) {
    // Written by another process: one that this process had open for writing might not be run.
    let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" > make.sh && chmod +x make.sh";
    let status = Command::new("sh").args(["-c", write, "sh", script]).current_dir(program.folder.path()).status();
    assert!(status.unwrap().success());
}

fn command(program: &Program, more: &[&str]) -> Command {
    let mut command = program.command();
    command.args(["retry", "replies", "--run", "--yes"]).args(more);
    command.env("PATH", "/usr/bin:/bin").env("KEY", "k").env("OTHER", "o");
    command
}

fn make(program: &Program, more: &[&str]) -> Outcome {
    Outcome::of(&mut command(program, more))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How many items a filter finds.
fn count(program: &Program, filter: &str) -> usize {
    program.json(&["list", "replies", "--filter", filter]).len()
}

#[test]
fn a_program_makes_the_next_attempts_from_the_lines() {
    let script = "cat >> lines.jsonl; echo \"warmer by $1: $KEY/$OTHER/${HOME:+home}/${PATH:+path}\"";
    let program = program(script, 2);
    let expected = lines(&program.ok(&["retry", "replies"]));
    let outcome = make(&program, &["--as", "engineer"]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(outcome.out, "i1: made i1~2\ni2: made i2~2\nmade 2, left 0\n");
    assert_eq!(lines(&program.read("lines.jsonl")), expected);
    assert_eq!((count(&program, "is:replaced"), count(&program, "is:waiting")), (2, 2));
    let made = &program.json(&["list", "replies", "--filter", "id:i1~2"])[0];
    assert_eq!((&made["case"], &made["attempt"], &made["model"]), (&json!("i1"), &json!(2), &json!("m-1")));
    assert_eq!(made["output"], "warmer by two words: k//home/path", "no other variable is passed");
    assert!(made["created_at"].is_string(), "it was made now");
    assert_tells(&program.ok(&["log", "replies"]), &["engineer", "./make.sh two words", "i1~2"]);
    let again = make(&program, &[]);
    assert_eq!((again.code, again.out.as_str()), (Some(0), ""), "{again:?}");
    assert_tells(&again.err, &["nothing in replies is to be made again"]);
    program.assert_sound();
}

#[test]
fn an_item_is_taken_as_it_is_printed_and_checks_look_at_it() {
    let program = program("echo '{\"id\":\"mine\",\"output\":{\"a\":1.50},\"model\":\"n\",\"tier\":1}'", 1);
    apply(&program, "\n[[check]]\nkey = \"shape\"\nformat = \"text\"\notherwise = \"reject\"\nfailure = \"cold\"\n");
    let told = lines(&make(&program, &["--json"]).out);
    let expected =
        json!({ "item": "i1", "attempt": 2, "made": "mine", "tries": 1, "why": "the check `shape` says reject" });
    assert_eq!(told, [expected]);
    let made = &program.json(&["list", "replies", "--filter", "id:mine meta.tier:1"])[0];
    assert_eq!((&made["model"], &made["output"]), (&json!("n"), &json!("{\"a\":1.50}")));
    let line = &lines(&program.ok(&["retry", "replies"]))[0];
    assert_eq!((&line["item"], &line["attempt"]), (&json!("mine"), &json!(3)), "what a check rejects is made again");
    let taken = make(&program, &["--tries", "1"]);
    assert_eq!(taken.code, Some(3), "{taken:?}");
    assert_tells(&taken.out, &["mine: left after one try: ", "the queue has an item `mine` already"]);
    program.assert_sound();
}

#[test]
fn a_failure_is_told_with_what_the_program_wrote_and_tried_again() {
    let script = "if [ -e failed ]; then echo fine; else touch failed; printf 'no\\033[2J luck\\n' >&2; exit 7; fi";
    let program = program(script, 1);
    let outcome = make(&program, &[]);
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_tells(&outcome.err, &["  | no", " luck", "i1: the program ended with exit code 7; again in 1 second"]);
    assert!(!outcome.err.contains('\u{1b}'), "{outcome:?}");
    assert_eq!(outcome.out, "i1: made i1~2\nmade 1, left 0\n");
}

#[test]
fn nonsense_is_told_and_left() {
    for (script, why) in [
        ("exit 7", "the program ended with exit code 7"),
        ("kill -KILL $$", "the program was ended: signal: 9 (SIGKILL)"),
        ("true", "nothing was printed"),
        ("printf '\\377'", "invalid UTF-8 at byte 1"),
        ("echo '{\"answer\": 1}'", "output: is required and missing"),
        ("echo '{\"output\": 1}'; echo '{\"output\": 2}'", "more text follows the value"),
        ("echo '{\"output\": 1, \"case\": \"other\"}'", "case: must be `i1`, as asked"),
        ("head -c 100000000 /dev/zero | tr '\\0' a", "the program printed more than 64 MiB"),
    ] {
        let program = program(script, 1);
        let outcome = make(&program, &["--tries", "1"]);
        assert_eq!(outcome.code, Some(3), "{script}: {outcome:?}");
        assert_tells(&outcome.out, &["i1: left after one try: ", why, "made 0, left 1"]);
        assert_eq!((count(&program, "is:to_retry"), count(&program, "")), (1, 1), "{script}");
        assert_eq!(count(&program, "is:claimed"), 0, "{script}");
    }
}

#[test]
fn what_a_program_does_beside_its_output_stops_nobody() {
    let ignored = "exec < /dev/null; head -c 100000000 /dev/zero | tr '\\0' a >&2; echo fine";
    let left_behind = "sleep 1000 & echo $! > child; echo fine";
    let out_of_reach = "setsid sleep 5 & echo fine";
    for script in [ignored, left_behind, out_of_reach] {
        let program = program(script, 0);
        let long = format!(r#"{{"id":"i1","input":"{}","output":"answer"}}"#, "long ".repeat(100_000));
        bring(&program, "i1", &long);
        let outcome = make(&program, &[]);
        assert_eq!((outcome.code, outcome.out.as_str()), (Some(0), "i1: made i1~2\nmade 1, left 0\n"), "{script}");
        if script == left_behind {
            wait::until("its child to be ended", || !runs(program.read("child").trim()));
        }
    }
}

/// Whether a process runs; one that only nobody has asked about does not.
fn runs(id: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains("zombie"))
}

#[test]
fn a_program_that_hangs_is_ended_with_all_that_it_started() {
    let program = program("sleep 1000 & echo $! > child; echo half; wait", 1);
    let outcome = make(&program, &["--timeout", "1s", "--tries", "1"]);
    assert_eq!(outcome.code, Some(3), "{outcome:?}");
    assert_tells(&outcome.out, &["i1: left after one try: the program was ended after 1 second"]);
    wait::until("its child to be ended", || !runs(program.read("child").trim()));
    assert_eq!(count(&program, ""), 1);
}

#[test]
fn some_of_them_can_be_made() {
    let program = program("echo fine", 5);
    let outcome = make(&program, &["--filter", "id:i2,i3,i4,i5", "--limit", "3", "--jobs", "2", "--json"]);
    let mut made: Vec<_> = lines(&outcome.out).iter().map(|line| line["made"].as_str().unwrap().to_owned()).collect();
    made.sort();
    assert_eq!(made, ["i2~2", "i3~2", "i4~2"]);
    for wrong in [
        &["--jobs", "0"][..],
        &["--tries", "0"],
        &["--timeout", "60"],
        &["--timeout", "0s"],
        &["--out", "file.jsonl"],
        &["--filter", "verdict:"],
    ] {
        assert_eq!(make(&program, wrong).code, Some(2), "{wrong:?}");
    }
    assert_eq!(program.run(&["retry", "replies", "--jobs", "2"]).code, Some(2), "nothing is run");
}

#[test]
fn it_is_told_what_is_missing() {
    let program = program("echo fine", 1);
    std::fs::remove_file(program.path("make.sh")).unwrap();
    let error = program.fails(&["retry", "replies", "--run", "--yes"]);
    assert_tells(&error, &["there is no program `./make.sh`", "hint:"]);
    program.write("make.sh", "#!/bin/sh\necho fine\n");
    let left = make(&program, &["--tries", "1"]);
    assert_eq!(left.code, Some(3));
    assert_tells(&left.out, &["the program could not be run: Permission denied"]);
    std::fs::set_permissions(program.path("make.sh"), PermissionsExt::from_mode(0o755)).unwrap();
    let unset = program.run(&["retry", "replies", "--run", "--yes"]);
    assert_tells(&unset.err, &["KEY, which the spec's pass_env names, is not set"]);
    program.write("spec.toml", SPEC);
    program.ok(&["spec", "apply", "spec.toml", "--yes"]);
    let error = program.fails(&["retry", "replies", "--run", "--yes"]);
    assert_tells(&error, &["the spec of replies names no program that makes attempts", "run = ["]);
}

#[test]
fn a_program_is_run_once_somebody_has_allowed_it_on_this_machine() {
    let program = program("echo fine", 2);
    let run = ["retry", "replies", "--run"];
    let error = program.fails(&run);
    assert_tells(&error, &["nobody has allowed ./make.sh \"two words\" on this machine", "give --yes"]);
    let asked = format!("cd && exec '{}' retry replies --run --limit 1 --db w.db", program_file().display());
    let answer = |yes: &str| {
        let mut terminal = Terminal::run(program.folder.path(), "sh", &["-c", &asked], (100, 30));
        terminal.wait("may it run, now and from now on? [y/N]");
        let screen = terminal.screen();
        terminal.keys(yes);
        (screen, terminal.end())
    };
    let (screen, code) = answer("\r");
    assert_eq!(code, 1);
    let file = program.path("make.sh");
    assert_tells(&screen, &["the spec of replies names a program", "two words", "PATH, HOME, LANG, KEY"]);
    assert_tells(&screen.replace('\n', ""), &[file.to_str().unwrap()]);
    program.fails(&run);
    assert_eq!(answer("y\r").1, 0);
    let known = program.path(".local/state/karat/programs.jsonl");
    assert_eq!(known.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(program.run(&run).code, Some(0), "it is known from now on");

    let spec = program.read("spec.toml").replace("two words", "others");
    program.write("spec.toml", spec);
    program.ok(&["spec", "apply", "spec.toml"]);
    assert_tells(&program.fails(&run), &["nobody has allowed ./make.sh others"]);
    std::fs::set_permissions(&known, PermissionsExt::from_mode(0o666)).unwrap();
    assert_tells(&program.fails(&run), &["programs.jsonl is passed over: others may write it"]);
}

/// Each case has its rejected output and one attempt in its place.
#[track_caller]
fn assert_each_once(program: &Program, cases: usize) {
    assert_eq!((count(program, "is:replaced"), count(program, "")), (cases, 2 * cases));
    assert_eq!((count(program, "attempt:2"), count(program, "is:claimed")), (cases, 0));
    program.assert_sound();
}

#[test]
fn two_at_once_make_each_attempt_once() {
    let program = program("echo run >> runs; sleep 0.05; echo fine", 12);
    let both = [["--jobs", "3"], ["--jobs", "2"]].map(|jobs| command(&program, &jobs).spawn().unwrap());
    for outcome in both.map(Outcome::from) {
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
    }
    assert_each_once(&program, 12);
    assert_eq!(program.read("runs").lines().count(), 12, "none is run for in vain");
}

fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn after_ctrl_c_the_rest_can_be_made() {
    let program = program("echo $$ > running; exec sleep 1000", 3);
    let child = command(&program, &[]).spawn().unwrap();
    wait::until("the program to run", || program.exists("running"));
    wait::until("its number", || !program.read("running").trim().is_empty());
    signal(&child, "-INT");
    let outcome = Outcome::from(child);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert_tells(&outcome.err, &["interrupted: made 0, left 0", "the same command again makes the rest"]);
    assert!(!runs(program.read("running").trim()));
    assert_eq!((count(&program, "is:to_retry"), count(&program, "is:claimed")), (3, 0));
    write_script(&program, "echo fine");
    assert_eq!(make(&program, &[]).code, Some(0));
    assert_each_once(&program, 3);
}

#[test]
fn killed_at_any_point_it_leaves_one_item_for_each_attempt() {
    let program = program("sleep 0.0$(($$ % 4)); echo fine", 24);
    let mut dice = Dice::new(5);
    for _ in 0..16 {
        let child = command(&program, &["--jobs", "4", "--as", "engineer"]).spawn().unwrap();
        dice.pause(Duration::from_millis(150));
        let _ = Command::new("kill").args(["-KILL", &child.id().to_string()]).status(); // it may have ended
        wait::end_of(child);
        let (replaced, made) = (count(&program, "is:replaced"), count(&program, "attempt:2"));
        assert_eq!(replaced, made, "an attempt comes in with what it replaces");
        if made == 24 {
            break;
        }
    }
    assert_eq!(make(&program, &["--jobs", "4"]).code, Some(0));
    assert_each_once(&program, 24);
}

#[test]
fn who_may_bring_nothing_in_has_no_program_run() {
    let program = program("touch ran; echo fine", 1);
    program.ok(&["team", "grant", "ana", "--role", "reviewer", "--as", "boss"]);
    let refused = make(&program, &["--as", "ana"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert_tells(&refused.err, &["`ana` is a reviewer here, and this takes a lead"]);
    assert!(!program.exists("ran"));
    assert_eq!(make(&program, &["--as", "boss"]).code, Some(0));
}

#[test]
fn the_stand_in_says_that_it_is_one() {
    let program = program("", 2);
    program.ok(&[
        "decide",
        "replies",
        "i2",
        "--verdict",
        "reject",
        "--category",
        "cold",
        "--as",
        "ops-1",
        "--correction",
        "kinder",
    ]);
    bring(&program, "i3", r#"{"id":"i3","input":"q","output":{"a":1.50}}"#);
    let spec = program.read("spec.toml").replace("\"./make.sh\", \"two words\"", "\"karat\", \"regenerate\"");
    program.write("spec.toml", spec);
    program.ok(&["spec", "apply", "spec.toml"]);
    let outcome = make(&program, &[]);
    assert_eq!((outcome.code, outcome.out.lines().last()), (Some(0), Some("made 3, left 0")), "{outcome:?}");
    let made = program.json(&["list", "replies", "--filter", "model:stand-in"]);
    let outputs: Vec<_> = made.iter().map(|item| item["output"].as_str().unwrap()).collect();
    assert_eq!(outputs, ["(Made again by a stand-in: no model was asked.) answer 1", "kinder", "{\"a\":1.50}"]);
    assert_tells(&program.fails(&["regenerate"]), &["no line of `karat retry`", "stands in for a program"]);
    assert!(!program.ok(&["--help"]).contains("regenerate"));
}
