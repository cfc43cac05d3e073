//! The workstation on a server: others' work is seen, and a connection that breaks loses nothing.

use std::time::{Duration, Instant};
use support::fixture::*;
use support::proxy::Proxy;
use support::terminal::Terminal;

const SIZE: (u16, u16) = (120, 40);
const CTRL_C: &str = "\u{3}";

/// A reviewer at the first of some items, on a connection that can be cut.
struct Desk {
    workspace: Workspace,
    proxy: Proxy,
    terminal: Terminal,
    _home: tempfile::TempDir,
}

impl Desk {
    fn new(items: usize) -> Self {
        let (workspace, _, _) = Workspace::on_server().filled(items);
        let (proxy, home) = (Proxy::before(&workspace.address()), tempfile::tempdir().unwrap());
        let arguments = ["--db", &proxy.address, "review", "replies", "--as", "ops-1"];
        let terminal = Terminal::start(home.path(), &arguments, SIZE);
        terminal.wait("answer i1");
        Self { workspace, proxy, terminal, _home: home }
    }

    fn decisions(&self) -> i64 {
        self.workspace.number("SELECT COUNT(*) FROM decision")
    }
}

#[test]
fn what_others_do_is_seen_and_an_ended_queue_goes_on() {
    let Desk { workspace, terminal, .. } = &Desk::new(2);
    terminal.wait("on postgres://127.0.0.1:");
    let store = workspace.open();
    let queue = store.queue("replies").unwrap();
    store.decide_at_once(queue.actor("ops-2", T0), "i2", &accept()).unwrap();
    terminal.wait("1 of 2");
    terminal.act("a", "All 2 items are decided.");
    import(&store, &queue, &[record(plain("i3"))], false);
    terminal.wait("answer i3");
    terminal.wait("1 new item came in");
}

#[test]
fn a_decision_during_an_outage_is_recorded_once_when_the_server_is_back() {
    let desk = Desk::new(3);
    let terminal = &desk.terminal;
    desk.proxy.cut();
    terminal.act("a", "accepted NOT SAVED YET");
    terminal.wait("connection lost, trying again");
    terminal.keys("\t"); // what needs no server goes on
    terminal.wait("┏ Rubric");
    assert_eq!(desk.decisions(), 0);
    desk.proxy.mend();
    terminal.wait("saved: ✓ accepted i1");
    terminal.wait("answer i2");
    assert_eq!(desk.decisions(), 1);
    terminal.act("a", "2 of 3 decided");
    assert_eq!(desk.decisions(), 2);
}

#[test]
fn an_idle_workstation_finds_the_server_again_and_hears_of_others() {
    let Desk { workspace, proxy, terminal, .. } = &Desk::new(3);
    proxy.cut();
    terminal.wait("connection lost, trying again");
    let store = workspace.open();
    store.decide_at_once(store.queue("replies").unwrap().actor("ops-2", T0), "i3", &accept()).unwrap();
    proxy.mend();
    terminal.wait("connected again");
    terminal.wait("1 of 3"); // which nobody could tell it meanwhile
    store.decide_at_once(store.queue("replies").unwrap().actor("ops-2", T0), "i2", &accept()).unwrap();
    terminal.wait("2 of 3");
}

#[test]
fn a_workstation_is_left_at_once_while_the_server_is_gone() {
    let mut desk = Desk::new(2);
    desk.proxy.cut();
    desk.terminal.wait("connection lost, trying again");
    let start = Instant::now();
    desk.terminal.keys(CTRL_C);
    assert_eq!(desk.terminal.end(), 0);
    assert!(start.elapsed() < Duration::from_secs(10), "it did not wait for the server");

    let mut desk = Desk::new(2);
    desk.proxy.cut();
    desk.terminal.act("a", "NOT SAVED YET");
    desk.terminal.keys(CTRL_C);
    desk.terminal.wait("is not saved yet: the server");
    desk.terminal.keys("y");
    assert_eq!(desk.terminal.end(), 0);
    assert_eq!(desk.decisions(), 0);
}
