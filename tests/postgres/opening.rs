//! Opening a workspace on a server: made once, refused in a sentence where it cannot be used.

use crate::roles::Team;
use karat::store::StoreError;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use support::fixture::*;
use support::program::{self, Outcome, Program};
use support::workspace::open;

#[test]
fn sixteen_open_an_empty_database_at_once() {
    for _ in 0..3 {
        let workspace = Workspace::unmade_on_server();
        let program = Program::on(workspace.address());
        program.write("spec.toml", program::SPEC);
        let apply = || program.command().args(["spec", "apply", "spec.toml"]).spawn().unwrap();
        let told = [(); 16].map(|()| apply()).map(Outcome::from);
        assert!(told.iter().all(|outcome| outcome.code == Some(0)), "{told:#?}");
        assert_eq!(told.iter().filter(|outcome| outcome.out.contains("created")).count(), 1, "{told:#?}");
        program.assert_sound();
    }
}

#[test]
fn a_newer_workspace_is_refused_untouched() {
    let (w, store, _queue) = Workspace::on_server().filled(1);
    drop(store);
    w.sql("INSERT INTO schema_version (version) VALUES (99)").unwrap();
    let error = open(&w.address()).err().unwrap();
    assert!(matches!(error, StoreError::Newer { found: 99, .. }), "{error}");
    assert_eq!(w.number("SELECT COUNT(*) FROM item"), 1);
}

#[test]
fn what_others_keep_in_the_database_is_left_alone() {
    let w = Workspace::unmade_on_server();
    w.client().batch_execute("CREATE TABLE public.item (theirs INT); INSERT INTO public.item VALUES (7)").unwrap();
    let store = w.open();
    apply(&store, SPEC);
    assert_eq!(w.number("SELECT theirs::BIGINT FROM public.item"), 7);
    assert_sound(&store);
}

#[test]
fn a_wrong_password_is_told_and_never_shown() {
    let w = Workspace::unmade_on_server();
    let wrong = w.address().replacen(&password(&w.address()), "sesame-street", 1);
    let error = open(&wrong).err().unwrap();
    let told = format!("{error} {error:?} {:?}", error.hint());
    assert!(told.contains("does not take this password"), "{told}");
    assert!(!told.contains("sesame-street"), "{told}");
}

#[test]
fn a_server_that_is_not_there_is_told_at_once() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let start = Instant::now();
    let error = open(&format!("postgres://ops-1:secret@127.0.0.1:{free}/karat")).err().unwrap();
    assert!(start.elapsed() < Duration::from_secs(8), "{:?}", start.elapsed());
    let told = format!("{error} {error:?} {:?}", error.hint());
    assert!(told.contains("nothing answers") && !told.contains("secret"), "{told}");
}

#[test]
fn a_pooler_that_keeps_no_session_is_refused_in_a_sentence() {
    // One refuses what is set on connecting, one drops it in silence.
    let poolers = std::env::var("KARAT_TEST_POOLERS").expect("`.ci/postgres` starts poolers");
    assert_eq!(poolers.split(' ').count(), 2);
    for pooler in poolers.split(' ') {
        let w = Workspace::unmade_on_server();
        let error = open(&w.address_on(pooler)).err().unwrap();
        assert!(matches!(error, StoreError::Pooler), "{error}");
        assert_eq!(w.number("SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'karat'"), 0, "nothing was made");
    }
}

#[test]
fn a_pooler_that_keeps_no_session_is_refused_though_others_work_through_it() {
    let poolers = std::env::var("KARAT_TEST_POOLERS").expect("`.ci/postgres` starts poolers");
    for pooler in poolers.split(' ') {
        let w = Workspace::unmade_on_server();
        let address = w.address_on(pooler);
        let is_over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let other = || {
                let mut client = postgres::Client::connect(&address, postgres::NoTls).unwrap();
                while !is_over.load(Ordering::Relaxed) {
                    client.simple_query("SELECT 1").unwrap();
                }
            };
            scope.spawn(other);
            scope.spawn(other);
            let opened: Vec<_> = (0..5).map(|_| open(&address).err()).collect();
            is_over.store(true, Ordering::Relaxed);
            for error in opened {
                assert!(matches!(error, Some(StoreError::Pooler)), "{error:?}");
            }
        });
    }
}

#[test]
fn a_pooler_that_leaves_a_session_to_its_program_is_worked_through() {
    let pooler = std::env::var("KARAT_TEST_SESSION_POOLER").expect("`.ci/postgres` starts a pooler");
    let w = Workspace::unmade_on_server();
    let store = open(&w.address_on(&pooler)).unwrap();
    let queue = apply(&store, SPEC);
    import(&store, &queue, &[record(plain("i1"))], false);
    store.decide_at_once(queue.actor("ops-1", T0), "i1", &accept()).unwrap();
    assert_sound(&store);
    let error = open(&format!("{}?options=-c%20work_mem%3D8MB", w.address_on(&pooler))).err().unwrap();
    assert!(error.to_string().contains("refuses the options in the address"), "{error}");
}

/// Reads go on where nothing may be written, and a change says why there is none.
#[test]
fn a_server_that_takes_no_changes_can_be_read() {
    let (w, store, queue) = Workspace::on_server().filled(1);
    drop(store);
    w.client().batch_execute(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", w.name())).unwrap();
    let store = w.open();
    assert_eq!(store.queues(T0).unwrap().len(), 1);
    let error = store.decide_at_once(queue.actor("ops-1", T0), "i1", &accept()).unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert!(error.hint().unwrap().contains("primary"));
}

fn password(address: &str) -> String {
    url::Url::parse(address).unwrap().password().unwrap().to_owned()
}

/// What whoever administers the server may have set for the database or a login.
#[test]
fn other_defaults_of_the_database_change_nothing() {
    let team = Team::new(3);
    for setting in [
        "standard_conforming_strings = off",
        "row_security = off",
        "search_path = pg_catalog",
        "default_transaction_isolation = 'serializable'",
        "statement_timeout = '1ms'",
        "idle_in_transaction_session_timeout = '1ms'",
        "datestyle = 'German'",
        "timezone = 'Asia/Tokyo'",
        "client_encoding = 'LATIN1'",
    ] {
        let login = team.login("ana");
        team.workspace.client().batch_execute(&format!("ALTER ROLE {login} SET {setting}")).unwrap();
    }
    let (mut store, ana) = (team.store("ana"), team.login("ana"));
    let mut noted = accept();
    noted.draft_mut().note = r"a \ and an 'ä'".into();
    decide_next(&mut store, &team.queue, &ana, &noted, T0);
    store.complete_index(|_| ()).unwrap();
    assert!(!store.count_groups(std::time::Duration::from_secs(60)).unwrap());
    let filter = store.filter(&team.queue, "note:and").unwrap();
    let resolved = store.resolve(&team.queue, &filter, T0).unwrap();
    let condition = store.condition(&team.queue, &resolved, &ana).unwrap();
    assert_eq!(store.whole_listing(&team.queue, condition, Default::default()).unwrap().seqs().len(), 1);
    assert_sound(&team.owner);
}
