//! A move that is killed at any moment is finished by the same command.

use super::{ROUNDS, is_enough, kill_within, time_of};
use support::dice::Dice;
use support::program::Program;

#[test]
fn a_killed_move_is_finished_by_the_next() {
    let program = Program::with_items(6000);
    program.accept("i7");
    program.ok(&["decide", "replies", "i8", "--verdict", "reject", "--category", "cold", "--as", "ops-2"]);
    let told = |db: &str| {
        let question = |question: &[&str]| program.ok(&[question, &["--db", db]].concat());
        let export = question(&["export", "replies", "--to", "csv", "--rows", "decisions"]);
        (export, question(&["log", "replies", "--json"]), question(&["list", "replies", "--json"]))
    };
    let source = told("w.db");
    let run = ["move", "--from", "w.db", "--to", "whole.db"];
    let whole = time_of(|| drop(program.ok(&run)));
    let mut dice = Dice::new(6);
    let (mut round, mut in_between) = (0, 0);
    while !is_enough(round, ROUNDS / 2, in_between) {
        round += 1;
        let copy = format!("copy-{round}.db");
        let run = ["move", "--from", "w.db", "--to", &copy];
        loop {
            kill_within(program.command().args(run), whole, &mut dice);
            if program.run(&["queues", "--db", &copy]).code == Some(0) || dice.below(3) == 0 {
                break; // it was finished just then, or has been killed often enough
            }
            in_between += 1;
        }
        let outcome = program.run(&run);
        let is_done = outcome.code == Some(0) || outcome.err.contains("is not empty");
        assert!(is_done, "round {round}: {outcome:#?}");
        assert_eq!(told(&copy), source, "round {round}");
        program.ok(&["doctor", "--db", &copy]);
        std::fs::remove_file(program.path(&copy)).unwrap();
    }
}
