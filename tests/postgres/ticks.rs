//! What is due is done once on a server, by however many programs, some of which are killed.

use std::time::Duration;
use support::dice::Dice;
use support::fixture::{Workspace, assert_sound};
use support::program::Program;
use support::{overdue, wait};

const QUESTIONS: usize = 600; // more than go on in one transaction

#[test]
fn what_is_overdue_goes_on_once_though_some_that_see_to_it_are_killed() {
    let workspace = Workspace::on_server();
    let mut store = workspace.open();
    let queue = overdue::ask_long_ago(&mut store, QUESTIONS);
    let program = Program::on(workspace.address());
    let mut dice = Dice::new(7);
    let doomed: Vec<_> = (0..8).map(|number| overdue::tick(&program, number).spawn().unwrap()).collect();
    let gone_on = "SELECT COUNT(*) FROM karat.event WHERE kind = 'moved'";
    wait::until("some to go on", || workspace.number(gone_on) > 0);
    for mut one in doomed {
        dice.pause(Duration::from_millis(10));
        one.kill().unwrap();
        one.wait().unwrap();
    }
    let at_work = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND state <> 'idle'";
    wait::until("the server to give up what they were at", || workspace.number(at_work) == 0);
    let before = overdue::gone_on(&store, &queue);
    println!("{} of {QUESTIONS} went on before all were killed", before.len());

    let told = overdue::tick_at_once(&program, 16);
    assert!(told.is_disjoint(&before), "what went on stays where it is");
    assert_eq!(told.len() + before.len(), QUESTIONS, "and all else is told once");
    assert_eq!(overdue::gone_on(&store, &queue).len(), QUESTIONS);
    assert_eq!(program.ok(&["tick"]), "nothing was due\n");
    assert_sound(&store);
}
