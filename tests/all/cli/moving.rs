//! `karat move`: a workspace goes over whole, and nobody works on half of one.

use karat::store::{Pick, Store};
use rusqlite::Connection;
use support::program::{Program, assert_tells, items};
use support::whole::{full, rows, told};

#[test]
fn a_moved_workspace_is_the_same_byte_for_byte() {
    let program = full();
    let out = program.ok(&["move", "--from", "w.db", "--to", "copy.db"]);
    assert_eq!(out, "copied 1 queue with 51 items, 3 of them decided, from w.db to copy.db\n");
    assert_eq!(rows(&program, "copy.db"), rows(&program, "w.db"));
    assert_eq!(told(&program, "copy.db"), told(&program, "w.db"));
    program.ok(&["doctor", "--db", "copy.db"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&program.path("copy.db").metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_move_that_was_complete_says_so() {
    let program = full();
    let move_it = ["move", "--from", "w.db", "--to", "copy.db"];
    let first = program.ok(&move_it);
    let again = program.run(&move_it);
    assert_eq!((again.code, again.out), (Some(0), first));
    assert_tells(&again.err, &["the copy is complete already"]);
    program.ok(&["decide", "replies", "i20", "--verdict", "accept", "--db", "copy.db"]);
    assert_tells(&program.fails(&move_it), &["is not empty"]);
}

#[test]
fn work_goes_on_in_the_copy() {
    let program = full();
    program.ok(&["move", "--from", "w.db", "--to", "copy.db"]);
    let db = ["--db", "copy.db"];
    program.ok(&[["undo", "replies", "--as", "ops-1"].as_slice(), &db].concat());
    program.ok(&[["decide", "replies", "i20", "--verdict", "accept"].as_slice(), &db].concat());
    program.write("new.jsonl", items(45..=60));
    let out = program.ok(&[["import", "replies", "new.jsonl"].as_slice(), &db].concat());
    assert_eq!(out, "imported 10, unchanged 6, rejected 0\n");
    program.ok(&[["doctor"].as_slice(), &db].concat());
    let documents = |db| rows(&program, db).into_iter().find(|(name, _)| name == "document").unwrap().1.len();
    assert_eq!(documents("copy.db"), 8, "each document is known again");
}

#[test]
fn holds_are_left_behind() {
    let program = full();
    let mut store = Store::open(program.db()).unwrap();
    let queue = store.queue("replies").unwrap();
    store.next(queue.actor("ops-9", store.now()), Pick::default()).unwrap();
    program.ok(&["move", "--from", "w.db", "--to", "copy.db"]);
    let holds = |db| {
        let raw = Connection::open(program.path(db)).unwrap();
        raw.query_row("SELECT COUNT(*) FROM claim", [], |row| row.get::<_, i64>(0)).unwrap()
    };
    assert_eq!((holds("w.db"), holds("copy.db")), (1, 0));
}

#[test]
fn a_workspace_that_has_something_is_no_target() {
    let program = full();
    let other = Program::with_items(1);
    std::fs::copy(other.db(), program.path("other.db")).unwrap();
    let told = program.fails(&["move", "--from", "w.db", "--to", "other.db"]);
    assert_tells(&told, &["is not empty", "replies", "empty workspace"]);
    program.ok(&["queues", "--db", "other.db"]);
}

#[test]
fn half_a_workspace_is_refused_for_work_until_the_move_is_finished() {
    let program = full();
    let source = Store::open(program.db()).unwrap();
    let copy = program.path("copy.db");
    let mut moving = source.begin_move(&copy).unwrap();
    for _ in 0..5 {
        assert!(moving.advance().unwrap());
    }
    let before = moving.progress().rows;
    drop(moving);
    for command in [["queues"].as_slice(), &["doctor"], &["log", "replies"], &["import", "replies", "items.jsonl"]] {
        let told = program.fails(&[command, &["--db", "copy.db"]].concat());
        assert_tells(&told, &["not whole", "w.db", "karat move"]);
    }
    let moving = source.begin_move(&copy).unwrap();
    assert_eq!(moving.progress().rows, before, "it goes on where it stopped");
    drop(moving);
    program.ok(&["move", "--from", "w.db", "--to", "copy.db"]);
    assert_eq!(rows(&program, "copy.db"), rows(&program, "w.db"));
    program.ok(&["doctor", "--db", "copy.db"]);
}

#[test]
fn a_move_goes_on_only_from_the_state_that_it_began_with() {
    let program = full();
    let source = Store::open(program.db()).unwrap();
    let mut moving = source.begin_move(program.path("copy.db")).unwrap();
    moving.advance().unwrap();
    drop(moving);
    let other = Program::with_items(1);
    std::fs::copy(other.db(), program.path("other.db")).unwrap();
    let told = program.fails(&["move", "--from", "other.db", "--to", "copy.db"]);
    assert_tells(&told, &["not whole", "w.db"]);
    program.accept("i30");
    let told = program.fails(&["move", "--from", "w.db", "--to", "copy.db"]);
    assert_tells(&told, &["w.db", "has changed since the move began", "anew"]);
}

#[test]
fn what_happens_meanwhile_is_not_in_the_copy_and_that_is_told() {
    let program = full();
    let source = Store::open(program.db()).unwrap();
    let mut moving = source.begin_move(program.path("copy.db")).unwrap();
    moving.advance().unwrap();
    let before = rows(&program, "w.db");
    program.accept("i30");
    program.write("new.jsonl", items(51..=60));
    program.ok(&["import", "replies", "new.jsonl"]);
    while moving.advance().unwrap() {}
    let moved = moving.finish().unwrap();
    assert!(moved.is_behind);
    assert_eq!(rows(&program, "copy.db"), before);
}

#[test]
fn a_move_has_two_ends() {
    let program = full();
    assert_eq!(program.run(&["move", "--from", "w.db", "--to", "w.db"]).code, Some(2));
    assert_eq!(program.run(&["move", "--from", "w.db"]).code, Some(2));
    assert_tells(&program.fails(&["move", "--from", "no.db", "--to", "copy.db"]), &["no workspace at no.db"]);
    assert!(!program.exists("no.db") && !program.exists("copy.db"));
    let moved = &program.json(&["move", "--from", "w.db", "--to", "copy.db"])[0];
    assert_eq!((&moved["queues"], &moved["items"], &moved["decided"]), (&1.into(), &51.into(), &3.into()));
}
