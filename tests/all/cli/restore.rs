//! A backup in the place of the workspace, and files that are not what they were.

use rusqlite::Connection;
use std::path::Path;
use support::program::{Program, assert_tells};

/// A workspace of three items, one decided; `copy.db` is a backup of it, after which another was.
fn with_backup() -> Program {
    let program = Program::with_items(3);
    program.accept("i1");
    program.ok(&["backup", "copy.db"]);
    program.accept("i2");
    program
}

fn decided(program: &Program, db: &str) -> i64 {
    program.json(&["queues", "--db", db])[0]["decided"].as_i64().unwrap()
}

/// Leaves an accepted item in the log alone, as a program does that is killed.
fn leave_in_log(program: &Program, item: &str) {
    let reader = Connection::open(program.db()).unwrap();
    reader.query_row("SELECT COUNT(*) FROM item", [], |row| row.get::<_, i64>(0)).unwrap();
    program.accept(item); // which cannot put its log into the file, as it is not the last to close it
    let parts = ["w.db", "w.db-wal"].map(|name| (name, program.bytes(name)));
    drop(reader);
    parts.into_iter().for_each(|(name, bytes)| program.write(name, bytes));
}

#[test]
fn a_backup_takes_the_place_of_the_workspace_which_is_kept() {
    let program = with_backup();
    leave_in_log(&program, "i3");
    let told = program.ok(&["restore", "copy.db"]);
    assert_tells(
        &told,
        &["restored", "from copy.db", "w.db.replaced-1", "3 items, 1 of them decided", "nothing is wrong"],
    );
    assert_eq!((decided(&program, "w.db"), decided(&program, "w.db.replaced-1")), (1, 3));
    assert!(!program.exists("w.db-wal") && !program.exists("w.db.restoring"), "{:?}", program.files());
    program.accept("i3");
    program.assert_sound();

    assert_tells(&program.ok(&["restore", "copy.db", "--to", "new/w2.db"]), &["restored new/w2.db"]);
    assert_eq!(decided(&program, "new/w2.db"), 1);
    assert_tells(&program.ok(&["restore", "copy.db"]), &["w.db.replaced-2"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&program.db().metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn what_is_no_sound_backup_changes_nothing() {
    let program = with_backup();
    let whole = program.bytes("copy.db");
    program.write("cut.db", &whole[..whole.len() - 20_000]);
    program.write("empty.db", "");
    program.write("dump", "PGDMP\u{1}\u{e}");
    program.write("letter.db", "this is no database, it is a letter. ".repeat(50));
    let mut torn = whole.clone();
    let middle = torn.len() / 2;
    torn[middle..middle + 40_000].fill(0xa5);
    program.write("torn.db", torn);
    program.write("newer.db", &whole);
    Connection::open(program.path("newer.db")).unwrap().pragma_update(None, "user_version", 99).unwrap();
    std::fs::create_dir(program.path("folder")).unwrap();
    let before = program.bytes("w.db");
    let files = program.files();
    let cases = [
        ("missing.db", "missing.db cannot be opened"),
        ("folder", "it is a folder"),
        ("cut.db", "20000 of"),
        ("empty.db", "it is empty"),
        ("dump", "pg_restore"),
        ("letter.db", "it is no karat workspace"),
        ("torn.db", "torn.db cannot be restored: "),
        ("newer.db", "newer karat"),
        ("w.db", "it is the workspace itself"),
    ];
    for (backup, told) in cases {
        assert_tells(&program.fails(&["restore", backup]), &["error:", told, "hint:"]);
        assert!(program.bytes("w.db") == before, "{backup}");
        assert_eq!(program.files(), files, "{backup}");
    }
    assert_eq!(decided(&program, "w.db"), 2);
    let on_server = program.fails(&["restore", "copy.db", "--to", "postgres://ana@db.example/k"]);
    assert_tells(&on_server, &["is not restored from a file", "karat move --from copy.db", "pg_restore"]);
}

#[test]
fn nothing_is_restored_under_the_hands_of_another_program() {
    let program = with_backup();
    let other = Connection::open(program.db()).unwrap();
    other.query_row("SELECT COUNT(*) FROM item", [], |row| row.get::<_, i64>(0)).unwrap();
    assert_tells(
        &program.fails(&["restore", "copy.db"]),
        &["another program has the workspace", "nothing was changed"],
    );
    drop(other);
    program.ok(&["restore", "copy.db"]);
}

/// Each state that a kill can leave: before the file was moved, between the file and its log,
/// before the new one came.
#[test]
fn a_killed_restore_loses_nothing_and_can_be_run_again() {
    let rename = |program: &Program, from: &str, to: &str| {
        std::fs::rename(program.path(from), program.path(to)).unwrap();
    };
    let moves: [&[(&str, &str)]; 3] =
        [&[], &[("w.db", "w.db.replaced-1")], &[("w.db", "w.db.replaced-1"), ("w.db-wal", "w.db.replaced-1-wal")]];
    for done in moves {
        let program = with_backup();
        leave_in_log(&program, "i3");
        program.write("w.db.restoring", "half a copy");
        done.iter().for_each(|(from, to)| rename(&program, from, to));
        if !done.is_empty() {
            for reading in [&["queues"][..], &["spec", "apply", "spec.toml"]] {
                assert_tells(
                    &program.fails(reading),
                    &["is gone, and a restore of it did not finish", "karat restore FILE"],
                );
            }
        }
        program.ok(&["restore", "copy.db"]);
        assert_eq!((decided(&program, "w.db"), decided(&program, "w.db.replaced-1")), (1, 3), "{done:?}");
    }
}

#[test]
fn a_restore_that_is_killed_as_it_copies_leaves_the_workspace() {
    let program = with_backup();
    let room = program.path("w.db.restoring");
    let mut killed = 0;
    for _ in 0..20 {
        let mut child =
            program.command().args(["restore", "copy.db"]).stdout(std::process::Stdio::null()).spawn().unwrap();
        while !room.exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        killed += i32::from(child.wait().unwrap().code().is_none());
        if program.exists("w.db") {
            assert!([1, 2].contains(&decided(&program, "w.db")));
        } else {
            assert_tells(&program.fails(&["queues"]), &["a restore of it did not finish"]);
        }
    }
    assert!(killed > 0, "none was killed in time");
    program.ok(&["restore", "copy.db"]);
    assert_eq!(decided(&program, "w.db"), 1);
    let kept = program.files().into_iter().filter(|name| name.starts_with("w.db.replaced-") && is_whole(name));
    let kept: Vec<i64> = kept.map(|name| decided(&program, &name)).collect();
    assert!(kept.contains(&2), "{kept:?}");
}

fn is_whole(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|end| !end.to_string_lossy().contains("-wal") && !end.to_string_lossy().contains("-shm"))
}

#[test]
fn a_truncated_workspace_is_told_as_one() {
    let program = Program::with_items(300);
    let whole = program.bytes("w.db");
    for left in [20, 100, 5_000, whole.len() - 1] {
        program.write("w.db", &whole[..left]);
        for command in ["queues", "doctor"] {
            let error = program.fails(&[command]);
            assert_tells(
                &error,
                &["the workspace", "is damaged:", "bytes are missing at its end", "karat restore FILE"],
            );
            if left >= 100 {
                assert_tells(&error, &[&format!("{} of {} bytes", whole.len() - left, whole.len())]);
            }
        }
    }
}

#[test]
fn a_log_of_another_file_is_told_and_not_written_into_this_one() {
    let program = with_backup();
    let other = Program::with_items(40);
    leave_in_log(&other, "i3");
    let file = program.bytes("w.db");
    std::fs::copy(other.path("w.db-wal"), program.path("w.db-wal")).unwrap();
    for command in [&["queues"][..], &["doctor"], &["import", "replies", "items.jsonl"]] {
        assert_tells(&program.fails(command), &["w.db-wal belongs to another file", "move"]);
        assert!(program.bytes("w.db") == file);
    }
    program.ok(&["restore", "copy.db"]);
    assert!(program.exists("w.db.replaced-1-wal"));
    program.assert_sound();
}

#[test]
fn a_log_without_its_file_is_not_taken_for_that_of_a_new_one() {
    let program = with_backup();
    leave_in_log(&program, "i3");
    std::fs::rename(program.db(), program.path("moved.db")).unwrap();
    for command in [&["queues"][..], &["spec", "apply", "spec.toml"]] {
        assert_tells(&program.fails(command), &["is gone, and its log is still there", "put the file back"]);
    }
    std::fs::rename(program.path("moved.db"), program.db()).unwrap();
    assert_eq!(decided(&program, "w.db"), 3);
}

#[test]
fn a_file_that_others_may_change_or_open_by_another_name_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let program = Program::with_items(1);
    let allow = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    let folder = program.folder.path();
    std::fs::hard_link(program.db(), program.path("other.db")).unwrap();
    allow(&program.db(), 0o666);
    allow(folder, 0o777);
    let told = ["w.db has 2 names", "mode 0666", "everybody may replace the files"];
    let queues = program.run(&["queues"]);
    let doctor = program.ok(&["doctor"]);
    allow(folder, 0o700);
    assert_tells(&queues.err, &told);
    assert_tells(&doctor, &told);

    allow(&program.db(), 0o600);
    std::fs::remove_file(program.path("other.db")).unwrap();
    std::os::unix::fs::symlink(program.db(), program.path("link.db")).unwrap();
    assert_eq!(program.run(&["queues", "--db", "link.db"]).err, "", "a link is only another way to it");
}

#[test]
fn doctor_reads_all_texts_where_that_is_asked_for() {
    let program = Program::with_items(20);
    let context =
        r#"{"id":"c1","input":"q","output":"o","context":[{"title":"T","text":"the source"}],"meta":{"a":1.50}}"#;
    program.write("more.jsonl", context);
    program.ok(&["import", "replies", "more.jsonl"]);
    assert_tells(&program.ok(&["doctor"]), &["not read: the texts", "--deep"]);
    assert_tells(&program.ok(&["doctor", "--deep"]), &["8 documents read", "21 items read", "nothing is wrong"]);
    let change = "UPDATE item_text SET output = output || '!' WHERE seq = 2; UPDATE document SET text = 'another' WHERE text = 'the source'";
    Connection::open(program.db()).unwrap().execute_batch(change).unwrap();
    let outcome = program.run(&["doctor", "--deep"]);
    assert_eq!(outcome.code, Some(1), "{outcome:?}");
    assert_tells(&outcome.out, &["WRONG  texts of documents", "WRONG  texts of items", "(i2, c1)", "restore a backup"]);
}
