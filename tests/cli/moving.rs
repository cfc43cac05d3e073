//! `karat move`: a workspace goes over whole, and nobody works on half of one.

use crate::program::{Program, assert_tells, items};
use karat::store::Store;
use rusqlite::Connection;
use rusqlite::types::Value;

/// A workspace with something of everything.
fn full() -> Program {
    let program = Program::with_items(40);
    for (item, verdict) in [("i1", "accept"), ("i2", "reject"), ("i3", "escalate")] {
        let mut arguments =
            vec!["decide", "replies", item, "--verdict", verdict, "--as", "ops-1", "--note", "noted 退款"];
        arguments.extend(match verdict {
            "reject" => vec!["--category", "cold", "--correction", "better so"],
            "escalate" => vec!["--route", "lead"],
            _ => vec![],
        });
        program.ok(&arguments);
    }
    program.ok(&["decide", "replies", "i1", "--verdict", "reject", "--category", "cold", "--as", "ops-2"]);
    program.ok(&["undo", "replies", "--as", "ops-2"]);
    program.ok(&["golden", "add", "replies", "i2", "--tag", "edge-case", "--why", "so it should be", "--as", "ops-1"]);
    program.ok(&["golden", "add", "replies", "i1", "--as", "ops-1"]);
    program.ok(&["golden", "remove", "replies", "i1", "--as", "ops-1"]);
    program.ok(&["filter", "save", "replies", "late", "verdict:undecided age>2d"]);
    program.write("spec.toml", crate::program::SPEC.replace("Replies", "Replies, again"));
    program.ok(&["spec", "apply", "spec.toml"]);
    program.write("more.jsonl", items(41..=50));
    program.ok(&["import", "replies", "more.jsonl"]);
    let raw = Connection::open(program.db()).unwrap();
    raw.execute_batch(
        "INSERT INTO macro VALUES (1, 'ops-1', 'k', 'kind', 'reject', '{}');
         INSERT INTO habit VALUES (1, 'ops-1', 'order', 'newest');
         INSERT INTO draft (item_seq, reviewer, body, saved_at) VALUES (9, 'ops-1', '{\"note\":\"half\"}', 5);",
    )
    .unwrap();
    program
}

/// All that is told of a workspace.
fn told(program: &Program, db: &str) -> Vec<String> {
    let questions: [&[&str]; 9] = [
        &["export", "replies", "--to", "csv", "--rows", "decisions"],
        &["export", "replies", "--to", "jsonl", "--rows", "decisions"],
        &["export", "replies", "--to", "jsonl"],
        &["log", "replies", "--json"],
        &["golden", "list", "replies", "--json"],
        &["filter", "list", "replies", "--json"],
        &["spec", "show", "replies"],
        &["list", "replies", "--filter", "退款 or article", "--json"],
        &["queues", "--json"],
    ];
    questions.iter().map(|question| program.ok(&[question, ["--db", db].as_slice()].concat())).collect()
}

/// The rows of each table, in the order of the table's name, without what is left behind.
pub fn rows(program: &Program, db: &str) -> Vec<(String, Vec<Vec<Value>>)> {
    let raw = Connection::open(program.path(db)).unwrap();
    let sql = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'
        AND name NOT LIKE 'text_%' AND name NOT IN ('claim', 'moving', 'fingerprint', 'item_lens') ORDER BY name";
    let mut tables = raw.prepare(sql).unwrap();
    let names: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let rows = |name: &String| {
        let mut statement = raw.prepare(&format!("SELECT * FROM {name}")).unwrap();
        let width = statement.column_count();
        let row = |row: &rusqlite::Row| (0..width).map(|at| row.get(at)).collect();
        let mut rows: Vec<Vec<Value>> = statement.query_map([], row).unwrap().map(Result::unwrap).collect();
        rows.sort_by_key(|row| format!("{row:?}"));
        rows
    };
    names.iter().map(|name| (name.clone(), rows(name))).collect()
}

#[test]
fn a_moved_workspace_is_the_same_byte_for_byte() {
    let program = full();
    let out = program.ok(&["move", "--from", "w.db", "--to", "copy.db"]);
    assert_eq!(out, "copied 1 queue with 50 items, 3 of them decided, from w.db to copy.db\n");
    assert_eq!(rows(&program, "copy.db"), rows(&program, "w.db"));
    assert_eq!(told(&program, "copy.db"), told(&program, "w.db"));
    program.ok(&["doctor", "--db", "copy.db"]);
    let mode = std::os::unix::fs::PermissionsExt::mode(&program.path("copy.db").metadata().unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
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
    assert_eq!(documents("copy.db"), 7, "each document is known again");
}

#[test]
fn holds_are_left_behind() {
    let program = full();
    let mut store = Store::open(&program.db()).unwrap();
    let queue = store.queue("replies").unwrap();
    store.next(&queue, "ops-9", None, false, karat::domain::time::now()).unwrap();
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
    let source = Store::open(&program.db()).unwrap();
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
    let source = Store::open(&program.db()).unwrap();
    let mut moving = source.begin_move(&program.path("copy.db")).unwrap();
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
    let source = Store::open(&program.db()).unwrap();
    let mut moving = source.begin_move(&program.path("copy.db")).unwrap();
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
    assert_eq!((&moved["queues"], &moved["items"], &moved["decided"]), (&1.into(), &50.into(), &3.into()));
}
