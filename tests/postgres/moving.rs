//! A workspace goes to a server and back, and is the same.

use karat::store::Store;
use support::fixture::*;
use support::program::{Outcome, items};
use support::wait;
use support::whole::{full, rows, told};

/// What stands on the server is what stood in the file, and the file that comes back is
/// equal in every row.
#[test]
fn a_workspace_goes_to_a_server_and_back_byte_for_byte() {
    let (program, server) = (full(), Workspace::unmade_on_server());
    let address = server.address();
    program.ok(&["move", "--from", "w.db", "--to", &address]);
    assert_eq!(told(&program, &address), told(&program, "w.db"));
    program.ok(&["doctor", "--db", &address]);
    program.ok(&["move", "--from", &address, "--to", "back.db"]);
    assert_eq!(rows(&program, "back.db"), rows(&program, "w.db"));
    assert_eq!(told(&program, "back.db"), told(&program, "w.db"));
    program.ok(&["doctor", "--db", "back.db"]);
}

#[test]
fn work_goes_on_after_the_numbers_that_came_along() {
    let (program, server) = (full(), Workspace::unmade_on_server());
    let address = server.address();
    program.ok(&["move", "--from", "w.db", "--to", &address]);
    program.write("new.jsonl", items(60..=70));
    for db in ["w.db", &address] {
        program.ok(&["decide", "replies", "i20", "--verdict", "accept", "--as", "ops-1", "--db", db]);
        program.ok(&["undo", "replies", "--as", "ops-1", "--db", db]);
        program.ok(&["golden", "add", "replies", "i2", "--why", "other words", "--as", "ops-1", "--db", db]);
        program.ok(&["import", "replies", "new.jsonl", "--db", db]);
    }
    let numbers = |db: &str| {
        let log = program.json(&["log", "replies", "--db", db]);
        log.iter().map(|event| (event["seq"].clone(), event["kind"].clone(), event["item"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&address), numbers("w.db"));
    program.ok(&["doctor", "--db", &address]);
}

#[test]
fn a_move_that_was_cut_off_goes_on_and_the_half_of_it_is_refused() {
    let (program, server) = (full(), Workspace::unmade_on_server());
    let address = server.address();
    let source = Store::open(program.db()).unwrap();
    for advanced in [3, 5, 6] {
        let mut moving = source.begin_move(server.place()).unwrap();
        for _ in 0..advanced {
            moving.advance().unwrap();
        }
        drop(moving);
        let told = program.fails(&["queues", "--db", &address]);
        assert!(told.contains("not whole"), "{told}");
    }
    program.ok(&["move", "--from", "w.db", "--to", &address]);
    assert_eq!(told(&program, &address), told(&program, "w.db"));
    let again = program.run(&["move", "--from", "w.db", "--to", &address]);
    assert_eq!(again.code, Some(0));
    assert!(again.err.contains("the copy is complete already"), "{}", again.err);
}

#[test]
fn a_connection_that_is_cut_in_a_move_loses_and_doubles_nothing() {
    let (program, server) = (full(), Workspace::unmade_on_server());
    let address = server.address();
    let source = Store::open(program.db()).unwrap();
    let mut moving = source.begin_move(server.place()).unwrap();
    let mut steps = 0;
    while moving.advance().unwrap() {
        steps += 1;
        if steps % 3 == 0 {
            let cut = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()";
            assert!(server.number(cut) > 0);
        }
    }
    moving.finish().unwrap();
    assert_eq!(told(&program, &address), told(&program, "w.db"));
}

/// The server commits what a killed program sent last, though nobody waits for it.
#[test]
fn a_move_goes_on_at_once_while_the_server_still_commits_for_a_killed_one() {
    let (program, server) = (full(), Workspace::on_server());
    let address = server.address();
    let mut gate = server.client();
    gate.batch_execute(
        "CREATE FUNCTION public.wait_at_gate() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER wait_at_gate AFTER INSERT ON decision DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION public.wait_at_gate();
        SELECT pg_advisory_lock(7)",
    )
    .unwrap();
    let arguments = ["move", "--from", "w.db", "--to", &address];
    let waiting = |what: &str, count: i64| {
        let sql = "SELECT COUNT(DISTINCT l.pid) FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
            WHERE NOT l.granted AND a.datname = current_database()";
        wait::until(what, || server.number(sql) == count);
    };
    let mut killed = program.command().args(arguments).spawn().unwrap();
    waiting("the commit at the gate", 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let again = program.command().args(arguments).spawn().unwrap();
    waiting("the next move behind it", 2);
    gate.batch_execute("SELECT pg_advisory_unlock(7); DROP TRIGGER wait_at_gate ON decision").unwrap();
    let outcome = Outcome::from(again);
    assert_eq!(outcome.code, Some(0), "{}", outcome.err);
    assert_eq!(told(&program, &address), told(&program, "w.db"));
}

/// What a reviewer decided in a copy on a laptop comes home to the server.
#[test]
fn a_copy_in_a_file_is_merged_into_the_server() {
    let (program, server) = (full(), Workspace::unmade_on_server());
    let address = server.address();
    program.ok(&["move", "--from", "w.db", "--to", &address]);
    program.ok(&["move", "--from", &address, "--to", "trip.db"]);
    let reject = |db: &str, item: &str, reviewer: &str| {
        let judgement = ["--verdict", "reject", "--category", "cold", "--as", reviewer, "--db", db];
        program.ok(&[["decide", "replies", item].as_slice(), &judgement].concat());
    };
    reject("trip.db", "i20", "ana");
    reject(&address, "i21", "ben");
    reject("trip.db", "i21", "ana");
    reject("trip.db", "i22", "ana");
    program.ok(&["undo", "replies", "--as", "ana", "--db", "trip.db"]);
    let merge = ["merge", "trip.db", "--as", "ana", "--db", &address];
    let tried = program.ok(&[merge.as_slice(), &["--dry-run"]].concat());
    assert!(tried.ends_with(": 3 would be merged, 1 of them second opinions; left out 0\n"), "{tried}");
    let done = program.ok(&merge);
    assert!(done.ends_with("\nmerged 3, 1 of them second opinions; left out 0\n"), "{done}");
    assert!(program.ok(&merge).starts_with("merged 0"), "the same again changes nothing");
    let export = ["export", "replies", "--to", "csv", "--filter", "id:i21", "--db", &address];
    assert!(program.ok(&export).contains("ben") && !program.ok(&export).contains("ana"));
    program.ok(&["doctor", "--db", &address]);
}
