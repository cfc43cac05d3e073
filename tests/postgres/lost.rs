//! A connection that ends in the midst of a transaction: what was to be sent in it is sent in
//! no other, nor by itself.

use karat::store::{Store, StoreError};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use support::fixture::*;
use support::proxy::Proxy;
use support::workspace::open;

/// A store on a connection that ends with the answer to the first statement that appends to
/// the log: then all of a decision but its commit is done, and what follows from it waits.
fn about_to_lose() -> (Workspace, Proxy, Store) {
    let (workspace, ..) = Workspace::on_server().filled(2);
    let proxy = Proxy::before(&workspace.address());
    let store = open(&format!("{}?sslmode=disable", proxy.address)).unwrap();
    proxy.end_with_answer_to("INSERT INTO event");
    (workspace, proxy, store)
}

#[test]
fn a_decision_whose_connection_is_lost_before_its_commit_is_recorded_once() {
    let (workspace, proxy, store) = about_to_lose();
    store.decide_at_once(store.queue("replies").unwrap().actor("ops-1", T0), "i1", &accept()).unwrap();

    assert!(proxy.has_ended());
    assert_eq!(workspace.number("SELECT COUNT(*) FROM karat.decision"), 1);
    assert_eq!(workspace.number("SELECT COUNT(*) FROM karat.event WHERE kind = 'decided'"), 1, "told once");
    assert_sound(&workspace.open());
}

#[test]
fn nothing_of_a_decision_is_there_where_its_connection_was_lost_and_none_came_after() {
    let (workspace, proxy, store) = about_to_lose();
    proxy.then_cut_at("BEGIN");
    store.on_connection_change(Box::new(|_| ()), Arc::new(AtomicBool::new(true)));
    let outcome = store.decide_at_once(store.queue("replies").unwrap().actor("ops-1", T0), "i1", &accept());

    assert!(matches!(outcome, Err(StoreError::Lost(_))), "{outcome:?}");
    assert!(proxy.has_ended());
    assert_eq!(workspace.number("SELECT COUNT(*) FROM karat.decision"), 0);
    assert_eq!(workspace.number("SELECT COUNT(*) FROM karat.event WHERE kind = 'decided'"), 0);
    assert_eq!(workspace.number("SELECT COUNT(*) FROM karat.item WHERE verdict IS NOT NULL"), 0);
    assert_sound(&workspace.open());
}
