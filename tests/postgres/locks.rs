//! Locks that a login can take: they stop nobody for longer than a moment, and whoever waits is
//! told who holds them.

use crate::roles::Team;
use karat::store::StoreError;
use std::time::{Duration, Instant};
use support::fixture::*;
use support::terminal::Terminal;
use support::workspace::{connect, open};

/// A wait that is over long before the minute in which a server gives a statement up.
const MOMENT: Duration = Duration::from_secs(12);

/// What `ana` may lock by psql, and what `bo` hears of it.
#[test]
fn whoever_decides_is_told_who_holds_the_lock() {
    let team = Team::new(2);
    let store = open(&team.address("bo")).unwrap();
    let queue = store.queue("replies").unwrap();
    let locks = [
        "LOCK TABLE claim",
        "SELECT 1 FROM item FOR UPDATE",
        "INSERT INTO claim (item_seq, queue_id, reviewer, session, token, expires_at)
            SELECT seq, queue_id, session_user, 'psql', 'token', 0 FROM item",
    ];
    let mut held = 0;
    for lock in locks {
        let mut psql = team.client("ana");
        let mut transaction = psql.transaction().unwrap();
        if transaction.batch_execute(lock).is_err() {
            continue; // refused at the door
        }
        held += 1;
        let start = Instant::now();
        let error = store.decide_at_once(queue.actor(&team.login("bo"), T0), "i1", &accept()).unwrap_err();
        assert!(start.elapsed() < MOMENT, "{lock}: {:?}", start.elapsed());
        let StoreError::Locked(holder) = &error else { panic!("{lock}: {error}") };
        assert_eq!(holder.person, team.login("ana"), "{lock}");
        assert!(error.hint().unwrap().contains(&format!("pg_terminate_backend({})", holder.process)), "{lock}");
    }
    assert!(held >= 2, "a reviewer could lock {held} of them");
    store.decide_at_once(queue.actor(&team.login("bo"), T0), "i1", &accept()).unwrap();
    assert_sound(&team.owner);
}

/// The one at the root is named, not the one who waits for it too.
#[test]
fn of_those_in_a_line_the_first_is_named() {
    let team = Team::new(1);
    let mut psql = team.client("ana");
    let mut transaction = psql.transaction().unwrap();
    transaction.batch_execute("SELECT 1 FROM item FOR UPDATE").unwrap();
    let locks = "BEGIN; SET search_path = karat; SELECT 1 FROM item FOR UPDATE";
    let second = team.address("lee");
    let waiting = std::thread::spawn(move || drop(connect(&second).batch_execute(locks)));
    support::wait::until("the second waits", || {
        team.workspace.number("SELECT COUNT(*) FROM pg_locks WHERE NOT granted") > 0
    });
    let store = open(&team.address("bo")).unwrap();
    let queue = store.queue("replies").unwrap();
    let error = store.decide_at_once(queue.actor(&team.login("bo"), T0), "i1", &accept()).unwrap_err();
    let StoreError::Locked(holder) = &error else { panic!("{error}") };
    assert_eq!(holder.person, team.login("ana"));
    transaction.rollback().unwrap();
    waiting.join().unwrap();
}

/// Advisory locks are for every login, so nothing waits for one.
#[test]
fn a_login_without_a_role_keeps_nobody_from_opening_and_importing() {
    let workspace = Workspace::unmade_on_server();
    let mut stranger = connect(&workspace.address());
    for key in ["x'6b7261740001'", "x'6b7261740002'"] {
        stranger.batch_execute(&format!("SELECT pg_advisory_lock({key}::bigint)")).unwrap();
    }
    let start = Instant::now();
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    import(&store, &queue, &[record(plain("i1"))], false);
    assert!(start.elapsed() < MOMENT, "{:?}", start.elapsed());
}

#[test]
fn the_workstation_says_who_holds_the_lock_and_saves_when_it_is_gone() {
    let team = Team::new(2);
    let home = tempfile::tempdir().unwrap();
    let terminal = Terminal::start(home.path(), &["--db", &team.address("bo"), "review", "replies"], (120, 40));
    terminal.wait("answer i1");
    let mut psql = team.client("ana");
    let mut transaction = psql.transaction().unwrap();
    transaction.batch_execute("SELECT 1 FROM item FOR UPDATE").unwrap();
    terminal.act("a", &format!("`{}` holds a lock", team.login("ana")));
    transaction.rollback().unwrap();
    terminal.act("R", "answer i2");
    assert_eq!(team.workspace.number("SELECT COUNT(*) FROM karat.decision"), 1);
}
