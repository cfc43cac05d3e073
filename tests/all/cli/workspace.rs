//! Where the workspace and the settings are; its lists, its check-up, its copies.

use rusqlite::Connection;
use std::process::Command;
use support::program::{Outcome, Program, SPEC, assert_tells, items};

fn keys(value: &serde_json::Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn queues_are_listed_with_their_counts() {
    let program = Program::with_items(4);
    program.accept("i1");
    program.ok(&["decide", "replies", "i2", "--verdict", "reject", "--category", "cold", "--as", "ops-1"]);
    program.ok(&["decide", "replies", "i3", "--verdict", "escalate", "--route", "lead", "--note", "why", "--as", "o"]);
    let queue = program.queue();
    assert_eq!(
        keys(&queue),
        [
            "queue",
            "title",
            "items",
            "decided",
            "accepted",
            "rejected",
            "escalated",
            "remaining",
            "held_back",
            "by_check"
        ],
        "field names are stable"
    );
    assert_eq!(queue["title"], "Replies");
    let counts = ["items", "decided", "accepted", "rejected", "escalated", "remaining"].map(|key| &queue[key]);
    assert_eq!(counts, [4, 3, 1, 1, 1, 1]);
    let table = program.ok(&["queues"]);
    assert_tells(&table, &["QUEUE", "REMAINING", "replies", "Replies"]);
    assert_eq!(table.lines().count(), 2);
}

#[test]
fn without_queues_the_list_says_how_to_begin() {
    let program = Program::new();
    let queues = |arguments: &[&str]| {
        let outcome = Outcome::of(program.command().env_remove("KARAT_DB").arg("queues").args(arguments));
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        outcome.out
    };
    assert_tells(&queues(&[]), &["no queues yet", "karat open FILE", "karat demo"]);
    assert_eq!(queues(&["--json"]), "");
    assert!(program.files().is_empty(), "looking makes nothing: {:?}", program.files());
}

#[test]
fn what_reads_makes_no_workspace() {
    let program = Program::new();
    program.write("empty.db", "");
    let commands: [&[&str]; 8] = [
        &["queues"],
        &["list", "q"],
        &["export", "q", "--to", "csv"],
        &["log", "q"],
        &["doctor"],
        &["import", "q", "items.jsonl"],
        &["merge", "missing.db"],
        &["backup", "copy.db"],
    ];
    for arguments in commands {
        for place in ["folder/w.db", "empty.db"] {
            let error = program.fails(&[arguments, &["--db", place]].concat());
            assert_tells(&error, &["there is no workspace at"]);
        }
    }
    assert_eq!(program.files(), ["empty.db"]);
    assert_eq!(program.bytes("empty.db"), b"");
}

#[test]
fn a_mistyped_address_of_a_server_makes_no_file() {
    let program = Program::new();
    program.write("spec.toml", SPEC);
    program.write("config.toml", "database = \"postgres:/ops:secret@h/k\"\n");
    for place in ["postgres:/ops:secret@h/k", "host=h password=secret"] {
        let error = program.fails(&["spec", "apply", "spec.toml", "--db", place]);
        assert_tells(&error, &["looks like the address of a server", "postgres://USER@HOST/DATABASE"]);
        assert!(!error.contains("secret"), "{error}");
    }
    let mut by_settings = program.command();
    by_settings.env_remove("KARAT_DB").args(["spec", "apply", "spec.toml", "--config", "config.toml"]);
    let error = Outcome::of(&mut by_settings).err;
    assert!(error.contains("looks like the address") && !error.contains("secret"), "{error}");
    assert_eq!(program.files(), ["config.toml", "spec.toml"]);
}

#[test]
fn what_is_no_file_is_refused_at_once() {
    let program = Program::new();
    assert!(Command::new("mkfifo").arg(program.path("pipe")).status().unwrap().success());
    for (place, what) in [("pipe", "it is a pipe"), (".", "it is a folder"), ("/dev/null", "it is a device")] {
        assert_tells(&program.fails(&["queues", "--db", place]), &["cannot be opened", what]);
    }
}

#[test]
fn an_unknown_queue_names_the_ones_there_are() {
    let program = Program::with_items(1);
    program.write("other.toml", SPEC.replace("\"replies\"", "\"drafts\""));
    program.ok(&["spec", "apply", "other.toml"]);
    let decide = ["decide", "nosuch", "i1", "--verdict", "accept"];
    let commands: [&[&str]; 6] = [
        &["import", "nosuch", "items.jsonl"],
        &decide,
        &["undo", "nosuch"],
        &["export", "nosuch", "--to", "csv"],
        &["log", "nosuch"],
        &["spec", "show", "nosuch"],
    ];
    for arguments in commands {
        assert_tells(
            &program.fails(arguments),
            &["error:", "no queue `nosuch`", "drafts, replies", "hint:", "karat queues"],
        );
    }
}

#[test]
fn the_workspace_is_named_by_flag_variable_settings_or_platform() {
    let program = Program::new();
    program.write("config.toml", "database = \"from-settings.db\"\n");
    program.write("spec.toml", SPEC);
    let open = |flag: &[&str], variable: Option<&str>| {
        let mut command = program.command();
        match variable {
            Some(path) => command.env("KARAT_DB", path),
            None => command.env_remove("KARAT_DB"),
        };
        let output = command.args(["spec", "apply", "spec.toml"]).args(flag).output().unwrap();
        assert!(output.status.success(), "{output:?}");
    };
    open(&["--db", "flag.db"], Some("variable.db"));
    assert_eq!(
        program.files(),
        ["config.toml", "flag.db", "spec.toml"],
        "the flag goes first, and no file is left beside it"
    );
    open(&["--config", "config.toml"], Some("variable.db"));
    assert!(program.exists("variable.db") && !program.exists("from-settings.db"));
    open(&["--config", "config.toml"], None);
    assert!(program.exists("from-settings.db"));
    open(&[], None);
    assert!(program.exists(".local/share/karat/karat.db") || program.exists("Library"), "{:?}", program.files());
}

#[test]
fn an_empty_variable_is_as_one_that_is_not_set() {
    let program = Program::new();
    program.write("config.toml", "database = \"from-settings.db\"\n");
    program.write("spec.toml", SPEC);
    let run = |arguments: &[&str]| {
        let mut command = program.command();
        command.env("KARAT_DB", "").env("KARAT_CONFIG", "");
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["spec", "apply", "spec.toml", "--config", "config.toml"]);
    assert!(program.exists("from-settings.db"));
    run(&["move", "--from", "from-settings.db", "--to", "moved.db"]);
    assert_tells(&run(&["queues", "--db", "moved.db"]), &["replies"]);
}

#[test]
fn a_workspace_is_private_to_its_owner() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::with_items(1);
    assert_eq!(program.db().metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn settings_say_who_reviews_and_their_mistakes_are_placed() {
    let program = Program::with_items(2);
    program.write("config.toml", "reviewer = \"ana\"\n");
    let decide = ["decide", "replies", "i1", "--verdict", "accept", "--json", "--config", "config.toml"];
    assert_tells(&program.ok(&decide), &["\"reviewer\":\"ana\""]);
    program.write("bad.toml", "reviewer = \"ana\"\nthemme = \"dark\"\n");
    let error = program.fails(&["queues", "--config", "bad.toml"]);
    assert_tells(&error, &["bad.toml:2:1", "themme", "hint:", "did you mean `theme`?"]);
    assert_tells(&program.fails(&["queues", "--config", "missing.toml"]), &["missing.toml cannot be read", "hint:"]);
    let output = program.command().arg("queues").env("KARAT_CONFIG", "bad.toml").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_cannot_be_opened_says_so() {
    let program = Program::new();
    program.write("text.db", "this is no database, it is a letter. ".repeat(50));
    let error = program.fails(&["queues", "--db", "text.db"]);
    assert_tells(&error, &["text.db is no karat workspace", "hint:", "--db"]);
    assert_tells(&program.fails(&["queues", "--db", "."]), &["cannot be opened", "hint:"]);
    assert_tells(&program.fails(&["queues", "--db", "postgres://localhost/karat"]), &["PostgreSQL", "hint:"]);
    program.write("file", "");
    assert_tells(&program.fails(&["queues", "--db", "file/w.db"]), &["there is no workspace at file/w.db"]);
    program.write("spec.toml", SPEC);
    assert_tells(&program.fails(&["spec", "apply", "spec.toml", "--db", "file/w.db"]), &["cannot be opened"]);
}

#[test]
fn a_newer_workspace_is_refused_with_a_sentence() {
    let program = Program::with_items(1);
    Connection::open(program.db()).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert_tells(&program.fails(&["queues"]), &["newer karat", "99", "hint:", "update karat"]);
}

#[test]
fn the_doctor_finds_nothing_wrong_with_a_sound_workspace() {
    let program = Program::with_items(3);
    program.accept("i1");
    let told = program.ok(&["doctor"]);
    assert_tells(
        &told,
        &["integrity", "schema version", "counters", "3 items, 1 accepted", "claims", "nothing is wrong"],
    );
    let [report] = &program.json(&["doctor"])[..] else { panic!("one object") };
    assert_eq!(keys(report), ["workspace", "ok", "findings", "advice"]);
    assert_eq!(report["ok"], true);
    for result in report["findings"].as_array().unwrap() {
        assert_eq!(keys(result), ["check", "ok", "detail"]);
    }
}

#[test]
fn the_doctor_finds_what_was_damaged_and_exits_with_1() {
    let damages = [
        ("UPDATE queue_counter SET n = n + 1", "counters"),
        ("UPDATE queue SET items = 7", "counters"),
        ("UPDATE item SET verdict = 'reject' WHERE id = 'i1'", "verdicts of record"),
        ("UPDATE item SET stage = 'waiting' WHERE id = 'i1'", "stages"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM item_text WHERE seq = 2", "texts"),
        ("PRAGMA foreign_keys = OFF; DELETE FROM step", "steps"),
    ];
    for (damage, check) in damages {
        let program = Program::with_items(3);
        program.accept("i1");
        Connection::open(program.db()).unwrap().execute_batch(damage).unwrap();
        let outcome = program.run(&["doctor", "--json"]);
        assert_eq!(outcome.code, Some(1), "{damage}: {outcome:#?}");
        let report: serde_json::Value = serde_json::from_str(&outcome.out).unwrap();
        assert_eq!(report["ok"], false);
        let wrong: Vec<_> = report["findings"].as_array().unwrap().iter().filter(|f| f["ok"] == false).collect();
        assert!(wrong.iter().any(|result| result["check"] == check), "{damage}: {wrong:?}");
        assert_tells(&program.run(&["doctor"]).out, &["WRONG", "something is wrong"]);
    }
}

#[test]
fn the_doctor_repairs_the_log_by_adding_to_it() {
    let program = Program::with_items(2);
    program.accept("i1");
    let twice = "INSERT INTO event (at, queue_id, item_seq, actor, kind, data)
        SELECT at, queue_id, item_seq, actor, kind, data FROM event WHERE kind = 'decided'";
    Connection::open(program.db()).unwrap().execute_batch(twice).unwrap();
    let wrong = program.run(&["doctor"]);
    assert_eq!(wrong.code, Some(1));
    assert_tells(&wrong.out, &["1 told twice (i1)", "`karat doctor --repair`", "can be repaired"]);

    let repaired = program.ok(&["doctor", "--repair", "--as", "pm"]);
    assert_tells(&repaired, &["repaired  i1: event", "is marked as a duplicate", "nothing is wrong"]);
    let [report] = &program.json(&["doctor", "--repair"])[..] else { panic!("one object") };
    assert_eq!(keys(report), ["workspace", "ok", "findings", "advice", "repaired"]);
    assert_tells(&program.ok(&["log", "replies", "--item", "i1"]), &["pm  repaired  i1  what=duplicate event="]);
    assert_eq!(program.run(&["doctor", "--as", "pm"]).code, Some(2), "a name is for a repair");
}

#[test]
fn the_doctor_tells_a_torn_file() {
    let program = Program::with_items(300);
    let mut bytes = program.bytes("w.db");
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40_000].fill(0xa5);
    program.write("w.db", bytes);
    let outcome = program.run(&["doctor"]);
    assert_eq!(outcome.code, Some(1), "{outcome:#?}");
    let told = outcome.out + &outcome.err;
    assert!(told.contains("WRONG") || told.contains("damaged"), "{told}");
}

#[test]
fn a_backup_is_a_workspace_of_its_own() {
    let program = Program::with_items(3);
    program.accept("i1");
    program.ok(&["backup", "copy.db"]);
    assert_eq!(program.ok(&["log", "replies"]), program.ok(&["log", "replies", "--db", "copy.db"]));
    program.ok(&["doctor", "--db", "copy.db"]);
    program.accept("i2");
    let copied = program.json(&["queues", "--db", "copy.db"]);
    assert_eq!((&copied[0]["accepted"], &program.queue()["accepted"]), (&1.into(), &2.into()));
    let before = program.bytes("copy.db");
    assert_tells(&program.fails(&["backup", "copy.db"]), &["copy.db is there already"]);
    assert_eq!(program.bytes("copy.db"), before, "an existing file is left as it is");
    let mode = std::os::unix::fs::PermissionsExt::mode(&program.path("copy.db").metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn paths_need_not_be_text() {
    use std::os::unix::ffi::OsStrExt;
    let program = Program::with_queue();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.jsonl");
    std::fs::write(program.folder.path().join(name), items(1..=2) + "broken\n").unwrap();
    let output = program.command().args(["import", "replies"]).arg(name).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(program.folder.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9.jsonl.rejects.jsonl")).exists());

    let copy = std::ffi::OsStr::from_bytes(b"copy\xe9.db");
    let output = program.command().arg("backup").arg(copy).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "SQLite copies to paths of text alone");
    assert_tells(&told, &["cannot write", "UTF-8"]);
    assert!(!told.contains("damaged"), "{told}");
}

/// A reader to whom the file and its folder are closed. Root may do everything, so that whoever
/// runs as root tries it as somebody else.
#[test]
fn a_workspace_that_may_only_be_read_is_read() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let program = Program::with_items(3);
    program.accept("i1");
    program.ok(&["filter", "save", "replies", "done", "is:decided"]);
    program.ok(&["golden", "add", "replies", "i1", "--as", "ana"]);
    let folder = program.folder.path();
    let allow = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    allow(&program.db(), 0o444);
    allow(folder, 0o555);
    let reader = |arguments: &[&str]| {
        let mut command = match folder.metadata().unwrap().uid() {
            0 => program.command_of("setpriv"),
            _ => program.command_of("env"),
        };
        if folder.metadata().unwrap().uid() == 0 {
            command.args(["--reuid", "65534", "--clear-groups"]);
        }
        Outcome::of(command.arg(support::program::program_file()).args(arguments))
    };
    let reads: [&[&str]; 9] = [
        &["queues"],
        &["list", "replies"],
        &["list", "replies", "--filter", "word verdict:accepted"],
        &["export", "replies", "--to", "csv"],
        &["log", "replies"],
        &["doctor"],
        &["filter", "list", "replies"],
        &["golden", "list", "replies"],
        &["spec", "show", "replies"],
    ];
    let copy = tempfile::tempdir().unwrap();
    allow(copy.path(), 0o777);
    let copy = copy.path().join("copy.db");
    let (outcomes, backup): (Vec<_>, _) =
        (reads.map(|arguments| (arguments, reader(arguments))).into(), reader(&["backup", copy.to_str().unwrap()]));
    let refused = reader(&["decide", "replies", "i2", "--verdict", "accept", "--as", "ops-1"]);
    allow(folder, 0o755);
    for (arguments, outcome) in outcomes {
        assert_eq!(outcome.code, Some(0), "{arguments:?}: {outcome:#?}");
    }
    assert_eq!(backup.code, Some(0), "{backup:#?}");
    assert_eq!(refused.code, Some(1), "{refused:#?}");
    assert_tells(&refused.err, &["the workspace may only be read: you may not write to", "w.db", "right to write"]);
    assert_eq!(program.queue()["decided"], 1);
}
