//! Many at once on one workspace: 16 processes that take items, decisions beside an import.

use karat::domain::claim::CLAIM_MILLIS;
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use karat::store::{Next, Pick, Served, Store};
use std::fs::File;
use std::path::{Path, PathBuf};
use support::crowd::{Member, Room, recorded};
use support::fixture::{T0, Workspace, accept, assert_sound};
use support::program::{Outcome, Program, SPEC, items};
use support::{child, overdue, wait};

const CROWD: u64 = 16;
const ITEMS: usize = 240;

/// Workers from this number on start after the claims of the first have expired.
const LATER: u64 = 100;

#[test]
fn sixteen_take_every_item_once_though_some_die_with_claims() {
    let (workspace, store, queue) = Workspace::in_file().filled(ITEMS);
    let room = Room::new(workspace.folder());
    work(&workspace, 0..CROWD);
    assert_eq!(room.held(), 4, "each of those that died held an item");
    assert!(store.counts(&queue).unwrap().remaining() >= 4);
    assert_sound(&store);

    room.clear_desk(); // nobody holds anything any more
    work(&workspace, LATER..LATER + CROWD);

    let acknowledged = room.acknowledged();
    assert_eq!(acknowledged.len(), ITEMS, "none is lost");
    assert_eq!(recorded(&store, &queue), acknowledged, "each as its reviewer was told");
    let counts = store.counts(&queue).unwrap();
    let accepted = acknowledged.values().filter(|verdict| *verdict == "accept").count() as i64;
    assert_eq!((counts.decided(), counts.at(Stage::Accepted)), (ITEMS as i64, accepted));
    assert_sound(&store);
}

/// Starts the workers and waits for all; those that are to die fail, the others must not.
fn work(workspace: &Workspace, numbers: std::ops::Range<u64>) {
    let start = |number| (number, child::role("worker", workspace.path(), number).spawn().unwrap());
    let (doomed, others): (Vec<_>, Vec<_>) = numbers.partition(|number| dies(*number));
    let mut workers: Vec<_> = doomed.into_iter().map(start).collect();
    for (number, worker) in &mut workers {
        let sign = holding(workspace.folder(), *number);
        let what = format!("worker {number} to hold an item");
        wait::until(&what, || sign.exists() || worker.try_wait().unwrap().is_some());
    }
    workers.extend(others.into_iter().map(start));
    for (number, worker) in workers {
        let output = wait::end_of(worker);
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.success(), !dies(number), "worker {number}: {told}");
    }
}

fn dies(number: u64) -> bool {
    number < 4
}

/// The sign that a worker has come to the item over which it is going to die.
fn holding(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number}.holding"))
}

struct Worker {
    store: Store,
    queue: Queue,
    reviewer: String,
    now: i64,
    member: Member,
}

#[test]
#[ignore = "a role of another test"]
fn worker() {
    let Some((workspace, number)) = child::part() else { return };
    let folder = workspace.parent().unwrap();
    let store = Store::open(&workspace).unwrap();
    let mut worker = Worker {
        queue: store.queue("replies").unwrap(),
        store,
        reviewer: format!("ops-{number}"),
        now: if number >= LATER { T0 + CLAIM_MILLIS + 1 } else { T0 },
        member: Member::come_in(folder, number),
    };
    let patience = if dies(number) { 3 + worker.member.dice.below(4) } else { usize::MAX };
    worker.review(patience);
    if dies(number) {
        File::create_new(holding(folder, number)).unwrap();
        worker.die_amid_the_others();
    }
}

impl Worker {
    /// Works until the queue ends for it or it loses patience, with an item before it.
    fn review(&mut self, patience: usize) {
        let mut next = self.next(false);
        for _ in 0..patience {
            next = match next {
                Next::Item(served) => self.one(&served),
                Next::End(end) if end.deferred > 0 => match self.next(true) {
                    Next::Item(served) => self.decide(&served),
                    Next::End(_) => return, // others hold what was deferred
                },
                Next::End(_) => return,
            }
        }
    }

    fn die_amid_the_others(&self) {
        let decided = || self.store.counts(&self.queue).unwrap().decided();
        wait::until("half of the items to be decided", || decided() >= ITEMS as i64 / 2);
        std::process::abort();
    }

    fn next(&mut self, deferred: bool) -> Next {
        let next = self.store.next(self.queue.actor(&self.reviewer, self.now), Pick { after: None, deferred }).unwrap();
        self.member.take_up(next)
    }

    fn one(&mut self, served: &Served) -> Next {
        match self.member.dice.below(10) {
            0 => {
                let token = self.member.put_down(served);
                self.store.defer(self.queue.actor(&self.reviewer, self.now), served.seq, &token).unwrap();
                self.next(false)
            }
            1 => {
                let token = self.member.put_down(served);
                self.store.release(served.seq, &token).unwrap();
                self.next(false)
            }
            _ => self.decide(served),
        }
    }

    fn decide(&mut self, served: &Served) -> Next {
        let judgement = self.member.judgement();
        let token = self.member.put_down(served);
        let decided = self.store.decide(self.queue.actor(&self.reviewer, self.now), served.seq, &token, &judgement);
        self.member.note(served, &judgement);
        self.member.take_up(decided.unwrap().1)
    }
}

#[test]
fn decisions_succeed_while_a_big_import_runs() {
    let program = Program::with_items(400);
    program.write("big.jsonl", items(1001..=13_000));
    let mut import = program.command().args(["import", "replies", "big.jsonl"]).spawn().unwrap();
    let store = Store::open(program.db()).unwrap();
    let queue = store.queue("replies").unwrap();
    let mut beside = 0;
    for n in 1..=400 {
        if import.try_wait().unwrap().is_some() {
            break;
        }
        store.decide_at_once(queue.actor("ops-1", T0), &format!("i{n}"), &accept()).unwrap();
        beside += 1;
    }
    let outcome: Outcome = import.into();
    assert_eq!(outcome.out, "imported 12000, unchanged 0, rejected 0\n", "{outcome:#?}");
    assert!(beside > 0, "the import ran on while decisions were made");
    let counts = store.counts(&queue).unwrap();
    assert_eq!((counts.items, counts.at(Stage::Accepted)), (12_400, beside));
    assert_sound(&store);
}

#[test]
fn two_imports_of_one_file_at_once_bring_each_item_once() {
    let program = Program::with_queue();
    program.write("items.jsonl", items(1..=5000));
    let import = || program.command().args(["import", "replies", "items.jsonl", "--json"]).spawn().unwrap();
    let both = [import(), import()];
    let counts = both.map(|import| {
        let outcome: Outcome = import.into();
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
        serde_json::from_str::<serde_json::Value>(&outcome.out).unwrap()
    });
    let sum = |key: &str| counts.iter().map(|count| count[key].as_u64().unwrap()).sum::<u64>();
    assert_eq!((sum("imported"), sum("unchanged"), sum("rejected")), (5000, 5000, 0));
    assert_eq!(program.queue()["items"], 5000);
    program.assert_sound();
}

#[test]
fn sixteen_open_a_new_workspace_at_once() {
    for _ in 0..6 {
        let program = Program::new();
        program.write("spec.toml", SPEC);
        let apply = || program.command().args(["spec", "apply", "spec.toml"]).spawn().unwrap();
        let all: Vec<_> = (0..CROWD).map(|_| apply()).collect();
        for one in all {
            let outcome: Outcome = one.into();
            assert_eq!(outcome.code, Some(0), "{outcome:#?}");
        }
        program.assert_sound();
    }
}

#[test]
fn the_same_spec_applied_by_sixteen_is_one_version() {
    let program = Program::new();
    program.write("spec.toml", SPEC);
    let all: Vec<_> =
        (0..CROWD).map(|_| program.command().args(["spec", "apply", "spec.toml"]).spawn().unwrap()).collect();
    let told: Vec<Outcome> = all.into_iter().map(std::convert::Into::into).collect();
    assert!(told.iter().all(|outcome| outcome.code == Some(0)), "{told:#?}");
    assert_eq!(told.iter().filter(|outcome| outcome.out.contains("created")).count(), 1);
    program.assert_sound();
}

#[test]
fn sixteen_decide_one_item_at_once_and_each_decision_stands() {
    let program = Program::with_items(1);
    let decide = |name: String| {
        let mut command = program.command();
        command.args(["decide", "replies", "i1", "--verdict", "accept", "--over", "--as", &name]).spawn().unwrap()
    };
    let all: Vec<_> = (0..CROWD).map(|n| decide(format!("ops-{}", n / 2))).collect(); // each name twice
    for one in all {
        let outcome: Outcome = one.into();
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    }
    let rows = program.csv(&["--rows", "decisions"]);
    let standing = rows.iter().filter(|row| row["status"] == "standing").count();
    assert_eq!((rows.len(), standing), (16, 8), "a reviewer's second supersedes the first");
    assert_eq!(program.queue()["accepted"], 1);
    program.assert_sound();
}

#[test]
fn a_backup_beside_an_import_is_whole() {
    let program = Program::with_items(10);
    program.write("big.jsonl", items(11..=12_000));
    let mut import = program.command().args(["import", "replies", "big.jsonl"]).spawn().unwrap();
    let mut copies = 0;
    while import.try_wait().unwrap().is_none() {
        copies += 1;
        let copy = format!("copy-{copies}.db");
        program.ok(&["backup", &copy]);
        program.ok(&["doctor", "--db", &copy]);
    }
    assert!(copies > 0);
    assert_eq!(program.queue()["items"], 12_000);
}

#[test]
fn what_is_overdue_goes_on_once_however_many_see_to_it() {
    const QUESTIONS: usize = 1200;
    let program = Program::new();
    let mut store = Store::open(program.db()).unwrap();
    let queue = overdue::ask_long_ago(&mut store, QUESTIONS);
    let told = overdue::tick_at_once(&program, CROWD as usize);
    assert_eq!(told.len(), QUESTIONS, "each is told once");
    assert_eq!(overdue::gone_on(&store, &queue), told);
    assert_eq!(program.ok(&["tick"]), "nothing was due\n");
    assert_sound(&store);
}
