//! Interactive commands where there is no terminal, and the sample workspace.

use support::program::{Outcome, Program, assert_tells, items};
use support::terminal::on_terminal;

#[test]
fn interactive_commands_say_that_they_need_a_terminal_and_what_to_use_instead() {
    let program = Program::with_items(1);
    let cases: [(&[&str], &[&str]); 5] = [
        (&["--as", "ana"], &["`karat` needs a terminal"]),
        (&[], &["`karat` needs a terminal", "`karat decide`", "`karat export`"]),
        (&["review"], &["needs a terminal", "`karat decide`"]),
        (&["review", "replies"], &["`karat review` needs a terminal", "`karat decide`"]),
        (&["open", "items.jsonl"], &["`karat open` needs a terminal", "`karat spec apply", "`karat import"]),
    ];
    for (arguments, told) in cases {
        let error = program.fails(arguments);
        assert_tells(&error, told);
        assert_tells(&error, &["error:", "hint:"]);
    }
    let (code, seen) = on_terminal(&program, &["review", "replies"], &[("TERM", "dumb")]);
    assert_eq!(code, 1, "{seen}");
    assert_tells(&seen, &["TERM is `dumb`", "karat decide"]);
    assert_eq!(program.json(&["queues"]).len(), 1, "a refused `open` makes no queue");
    let misplaced = program.run(&["--as", "ana", "queues"]);
    assert_eq!(misplaced.code, Some(2), "{misplaced:#?}");
    assert_tells(&misplaced.err, &["`--as` stands behind the command's name"]);
}

#[test]
fn the_demo_sets_its_workspace_up_even_without_a_terminal() {
    let program = Program::new();
    let demo = ["demo", "--dir", "samples"];
    let outcome = program.run(&demo);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    assert_eq!(outcome.out, "sample workspace: samples/karat.db\n", "one line says where it is");
    assert_tells(&outcome.err, &["`karat demo` needs a terminal", "`karat queues --db samples/karat.db`"]);
    assert!(!program.exists("w.db"), "the user's own workspace is left alone");

    let queues = |program: &Program| program.json(&["queues", "--db", "samples/karat.db"]);
    let (first, log) = (queues(&program), program.ok(&["log", "support-replies", "--db", "samples/karat.db"]));
    let names: Vec<_> = first.iter().map(|queue| queue["queue"].as_str().unwrap()).collect();
    assert_eq!(names, ["invoice-extraction", "product-copy", "support-replies"]);
    assert!(first.iter().all(|queue| queue["items"].as_u64() >= Some(60)), "{first:?}");
    let people = |queue: &serde_json::Value| queue["decided"].as_u64().unwrap() - queue["by_check"].as_u64().unwrap();
    let decided: Vec<_> = first.iter().map(people).collect();
    assert_eq!(decided, [2, 0, 2], "two attempts were rejected, and two questions of a colleague wait");
    let inbox = program.run(&["inbox", "--overdue", "--json", "--db", "samples/karat.db"]);
    assert_eq!((inbox.code, inbox.out.lines().count()), (Some(10), 1), "one is overdue: {inbox:?}");
    let found = |queue: &str, filter: &str| {
        let rows = program.json(&["list", queue, "--filter", filter, "--db", "samples/karat.db"]);
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(found("product-copy", "is:disputed"), ["copy-0019"], "a second opinion disagrees");
    assert_eq!(found("invoice-extraction", "is:replaced"), ["inv-0071", "inv-0079"]);
    assert_eq!(found("invoice-extraction", "is:waiting case:doc-77387"), ["inv-0082"]);
    let third = program.ok(&["explain", "invoice-extraction", "inv-0082", "--db", "samples/karat.db"]);
    assert_tells(&third, &["inv-0082: waiting", "it is attempt 3"]);
    assert!(!found("invoice-extraction", "check:one_object is:to_retry").is_empty(), "a check has caught broken JSON");
    assert_eq!(found("product-copy", "prompt_version:copy-v4 rule:new_prompt").len(), 48, "all under `first = 50`");
    let first = program.ok(&["explain", "product-copy", "copy-0019", "--db", "samples/karat.db"]);
    assert_tells(&first, &["among the first of the rule `new_prompt`"]);
    program.ok(&["doctor", "--db", "samples/karat.db"]);

    let decide = ["decide", "support-replies", "sup-0001", "--verdict", "accept", "--as", "ops-1"];
    let scored = ["--score", "factual_accuracy=4", "--db", "samples/karat.db"];
    program.ok(&[&decide[..], &scored].concat());
    program.run(&demo);
    let again = queues(&program);
    assert_eq!(again[2]["accepted"], 1, "what was decided stays");
    let log_again = program.ok(&["log", "support-replies", "--db", "samples/karat.db"]);
    assert_eq!(log_again.lines().count(), log.lines().count() + 1, "run again it only adds the decision:\n{log_again}");
}

#[test]
fn the_demo_is_in_the_cache_unless_a_folder_is_named() {
    let program = Program::new();
    let outcome = program.run(&["demo"]);
    let place = outcome.out.trim().strip_prefix("sample workspace: ").expect("it says where");
    assert!(place.starts_with(program.folder.path().to_str().unwrap()), "{place}");
    assert!(std::path::Path::new(place).is_file());
}

#[test]
fn colour_and_backtraces_come_only_when_asked_for() {
    let program = Program::with_queue();
    program.write("items.jsonl", items([1]));
    let plain = program.fails(&["export", "nosuch", "--to", "csv"]);
    assert!(!plain.contains('\u{1b}'), "{plain:?}");
    assert!(!plain.to_lowercase().contains("backtrace"), "{plain}");
    assert!(!plain.contains("src/"), "no place in the source: {plain}");
    let coloured = program.fails(&["export", "nosuch", "--to", "csv", "--color", "always"]);
    assert!(coloured.contains('\u{1b}'), "{coloured:?}");
    let never = program.fails(&["export", "nosuch", "--to", "csv", "--color", "never"]);
    assert_eq!(never, plain);
}

#[test]
fn an_import_on_a_terminal_shows_its_progress_and_then_its_counts() {
    let program = Program::with_queue();
    program.write("items.jsonl", items(1..=6000));
    let (code, seen) = on_terminal(&program, &["import", "replies", "items.jsonl"], &[]);
    assert_eq!(code, 0, "{seen}");
    assert_tells(&seen, &["%", "left", "/s"]);
    assert!(seen.ends_with("imported 6000, unchanged 0, rejected 0\r\n"), "{seen:?}");
}

#[test]
fn on_a_terminal_errors_have_colours_unless_told_otherwise() {
    let program = Program::with_queue();
    let colours = |arguments: &[&str], variables: &[(&str, &str)]| {
        let (code, seen) = on_terminal(&program, &[&["log", "nosuch"], arguments].concat(), variables);
        assert_eq!(code, 1, "{seen}");
        seen.contains('\u{1b}')
    };
    assert!(colours(&[], &[]));
    assert!(!colours(&[], &[("NO_COLOR", "1")]));
    assert!(!colours(&["--color", "never"], &[]));
    assert!(colours(&["--color", "always"], &[("NO_COLOR", "1")]), "who asks for colours gets them");
}

/// What a hostile model or user may put where it is printed.
const HOSTILE: &str = "\u{1b}]52;c;ZXZpbA==\u{7}\u{9b}2J\u{1b}[31mred\r\u{8}\u{202e}\u{200b}";

#[test]
fn no_text_from_data_drives_the_terminal() {
    let program = Program::with_queue();
    let record = serde_json::json!({ "id": "i1", "input": HOSTILE, "output": HOSTILE, "meta": { "k": HOSTILE } });
    program.write("items.jsonl", format!("{record}\n{{\"id\":\"{HOSTILE}\"}}\n"));
    program.run(&["import", "replies", "items.jsonl"]);
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--note", HOSTILE, "--as", "ops-1"]);
    let commands: [&[&str]; 8] = [
        &["export", "replies", "--to", "csv"],
        &["export", "replies", "--to", "csv", "--excel"],
        &["export", "replies", "--to", "jsonl", "--rows", "decisions"],
        &["log", "replies"],
        &["log", "replies", "--json"],
        &["log", HOSTILE],
        &["decide", "replies", "i1", "--verdict", "accept", "--note", HOSTILE, "--json"],
        &["import", "replies", "items.jsonl", "--dry-run"],
    ];
    for arguments in commands {
        let (_, seen) = on_terminal(&program, arguments, &[("NO_COLOR", "1")]);
        // The progress bar may move the cursor; nothing else may.
        let seen = ["\u{1b}[2K", "\u{1b}[1A", "\u{1b}[1B"].iter().fold(seen, |seen, code| seen.replace(code, ""));
        let driving = seen.replace("\r\n", "\n").replace('\r', "");
        let drives = |c: &char| (c.is_control() && *c != '\n') || ['\u{202e}', '\u{200b}'].contains(c);
        let found: Vec<_> = driving.chars().filter(drives).collect();
        assert!(found.is_empty(), "{arguments:?}: {found:?} in {seen:?}");
    }
}

/// At the other end of a pipe may be a terminal (`| less -R`, `| head`).
#[test]
fn nothing_drives_the_terminal_behind_a_pipe() {
    let program = Program::with_queue();
    let record = serde_json::json!({ "id": "i1", "input": "q", "output": HOSTILE, "model": HOSTILE });
    program.write("items.jsonl", format!("{record}\n"));
    program.ok(&["import", "replies", "items.jsonl"]);
    program.ok(&["decide", "replies", "i1", "--verdict", "accept", "--note", HOSTILE, "--as", "ops-1"]);
    program.ok(&["golden", "add", "replies", "i1", "--why", HOSTILE, "--as", "ops-1"]);
    program.ok(&["filter", "save", "replies", "odd", &format!("\"{HOSTILE}\""), "--as", "ops-1"]);
    let name = "d\u{1b}]0;x\u{7}\u{9b}2J";
    let file = |end: &str| format!("{name}{end}");
    let [copy, out, spec, demo, moved] = [".db", ".csv", ".toml", "-demo", "-moved.db"].map(file);
    let w = program.db().display().to_string();
    let commands: [&[&str]; 18] = [
        &["list", "replies"],
        &["list", "replies", "--json"],
        &["log", "replies"],
        &["log", "replies", "--json"],
        &["golden", "list", "replies"],
        &["golden", "list", "replies", "--json"],
        &["filter", "list", "replies"],
        &["filter", "list", "replies", "--json"],
        &["backup", &copy],
        &["doctor", "--db", &copy],
        &["queues", "--db", name],
        &["export", "replies", "--to", "csv", "--out", &out],
        &["move", "--from", &w, "--to", &moved],
        &["spec", "new", "q", "--out", &spec],
        &["spec", "new", "q", "--out", &spec],
        &["spec", "check", name],
        &["demo", "--dir", &demo],
        &["list", name, name],
    ];
    for arguments in commands {
        let Outcome { out, err, .. } = program.run(arguments);
        let found: Vec<_> = (out + &err).chars().filter(|c| c.is_control() && *c != '\n').collect();
        assert!(found.is_empty(), "{arguments:?}: {found:?}");
    }
    let as_they_are = program.ok(&["list", "replies", "--raw"]);
    assert!(as_they_are.contains('\u{202e}'), "{as_they_are:?}");
    assert_eq!(program.json(&["list", "replies"])[0]["model"], HOSTILE, "JSON says the same, escaped");
}

#[test]
fn every_error_says_what_and_what_to_do_in_one_style() {
    let program = Program::with_items(1);
    let cases: [(&[&str], &str, &str); 5] = [
        (&["queues", "--db", "."], "error: the workspace . cannot be opened", "cause: it is a folder, and no file"),
        (&["exprot"], "error: unrecognized subcommand 'exprot'", "hint: a similar subcommand exists: 'export'"),
        (&["queues", "--jsn"], "error: unexpected argument '--jsn' found", "hint: a similar argument exists: '--json'"),
        (&["list", "replies", "--filter", "is:x\u{1b}[2J"], "error: ", "hint: "),
        (&["move", "--from", "w.db", "--to", "w.db"], "error: --from and --to are one workspace", "usage: karat"),
    ];
    for (arguments, first, then) in cases {
        let outcome = program.run(arguments);
        assert!(outcome.err.starts_with(first), "{arguments:?}: {}", outcome.err);
        assert!(outcome.err.lines().any(|line| line.starts_with(then)), "{arguments:?}: {}", outcome.err);
        assert!(!outcome.err.contains(['\u{1b}', '\u{7}']), "{arguments:?}: {:?}", outcome.err);
    }
}

#[test]
fn a_usage_line_names_what_was_typed_and_not_what_the_environment_sets() {
    let program = Program::with_items(1);
    let outcome = program.run(&["import"]);
    assert!(outcome.err.contains("\nusage: karat import <QUEUE> <FILES>...\n"), "{}", outcome.err);
}

#[test]
fn no_word_of_an_error_breaks_at_the_edge_of_the_terminal() {
    let program = Program::with_items(1);
    let (code, seen) = on_terminal(&program, &["decide", "nosuch", "i1", "--verdict", "accept", "--as", "ana"], &[]);
    assert_eq!(code, 1);
    let (code, refused) = on_terminal(&program, &["import", "replies", "items.jsonl", "--dry-run", "--skip", "1"], &[]);
    assert_eq!(code, 2, "{refused}");
    for line in seen.lines().chain(refused.lines()) {
        let ends_a_word = line.len() < 100 || line.ends_with(' ');
        assert!(ends_a_word, "{line:?} in\n{seen}\n{refused}");
    }
}

#[test]
fn every_mistake_in_the_keys_is_told_with_its_place() {
    let program = Program::with_items(1);
    let keys = "[keys.reviw]\naccept = \"a\"\n[keys.review]\nacept = \"a\"\nreject = \"ctrl+\"\naccept = \"u\"\n";
    program.write("config.toml", keys);
    let (code, seen) = on_terminal(&program, &["review", "replies", "--config", "config.toml"], &[]);
    assert_eq!(code, 1, "{seen}");
    let told = [
        "config.toml:1:7: [keys.reviw]: there is no such place",
        "did you mean `review`?",
        "config.toml:4:1: [keys.review] acept: there is no such action here",
        "did you mean `accept`?",
        "config.toml:5:1: [keys.review] reject = \"ctrl+\"",
        "config.toml:6:1: the key `u` would mean both",
        "the settings config.toml have 4 problems",
    ];
    assert_tells(&seen, &told);
}
