//! What a team lives through on one server: 64 reviewers in 8 processes on one queue of 20,000
//! items, connections that are cut, a server that loses its power. A binary of its own, for it
//! restarts the server under everybody on it.

use karat::domain::claim::CLAIM_MILLIS;
use karat::domain::decision::Judgement;
use karat::store::view::{Hold, Next, Queue, Seq, Served};
use karat::store::{Rows, Store, StoreError};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use support::child::{self, Dice};
use support::crowd::{acknowledged, desk};
use support::fixture::{T0, Workspace, accept, apply, assert_sound, plain, record, reject, token};
use support::workspace::{connect, open, server};

const PROCESSES: u64 = 8;
const REVIEWERS: u64 = 8; // in each process
const ITEMS: i64 = 20_000;

/// By the work, not by the clock: a slow machine is cut no more often in one decision.
const DECISIONS_A_CUT: i64 = 60;

/// Processes from this number on start after the claims of the first have expired.
const LATER: u64 = 100;

#[test]
fn sixty_four_decide_every_item_once_though_connections_are_cut_and_the_server_falls() {
    let workspace = Workspace::on_server();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(desk(folder.path())).unwrap();
    let store = workspace.open();
    let queue = apply(&store, support::fixture::SPEC);
    let records: Vec<_> = (1..=ITEMS).map(|n| record(plain(&format!("i{n}")))).collect();
    support::fixture::import(&store, &queue, &records, false);

    let start = Instant::now();
    let cut = amid(&workspace, folder.path(), &store, &queue);
    let (took, remaining) = (start.elapsed(), store.counts(&queue).unwrap().remaining());
    println!("{} decisions in {took:.1?}; {cut} connections cut", ITEMS - remaining);
    let held = std::fs::read_dir(desk(folder.path())).unwrap().count() as i64;
    assert_eq!(held, leaving(), "each of those who left holds an item");
    // The claims of which nobody knew when the server fell whether they were theirs.
    assert!((held..held + (PROCESSES * REVIEWERS) as i64).contains(&remaining), "{remaining} remain");
    assert!(cut >= 100, "{cut} connections were cut");

    std::fs::remove_dir_all(desk(folder.path())).unwrap(); // nobody holds anything any more
    std::fs::create_dir(desk(folder.path())).unwrap();
    work(&workspace, folder.path(), LATER..LATER + 1).into_iter().for_each(succeeds);

    let acknowledged = acknowledged(folder.path());
    assert_eq!(acknowledged.len() as i64, ITEMS, "none is lost");
    assert_eq!(recorded(&store, &queue), acknowledged, "each as its reviewer was told");
    assert_eq!(workspace.number("SELECT COUNT(*) FROM decision"), ITEMS, "none is doubled");
    assert_eq!(workspace.number("SELECT COUNT(*) FROM event WHERE kind = 'decided'"), ITEMS);
    let counts = store.counts(&queue).unwrap();
    let accepted = acknowledged.values().filter(|verdict| *verdict == "accept").count() as i64;
    assert_eq!((counts.decided(), counts.accepted), (ITEMS, accepted));
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(workspace.number(deadlocks), 0, "nobody waits for each other");
    assert_sound(&store);
}

/// Lets the crowd work while connections are cut, and once the server falls; gives how many
/// were cut.
fn amid(workspace: &Workspace, folder: &Path, store: &Store, queue: &Queue) -> usize {
    let mut processes = work(workspace, folder, 0..PROCESSES);
    // A first connection is tried once: all have theirs before any is cut.
    while sat_down(folder) < PROCESSES * REVIEWERS && processes.iter_mut().all(|one| one.try_wait().unwrap().is_none())
    {
        std::thread::sleep(Duration::from_millis(10));
    }
    let (mut cut, mut cut_at, mut fell, mut dice) = (0, 0, false, Dice::new(1));
    while processes.iter_mut().any(|process| process.try_wait().unwrap().is_none()) {
        std::thread::sleep(Duration::from_millis(5 + dice.below(50)));
        let decided = store.counts(queue).unwrap().decided();
        if !fell && decided > ITEMS / 2 {
            fall();
            fell = true;
        }
        if decided >= cut_at {
            cut += cut_some(workspace, 1 + dice.below(3));
            cut_at = decided + DECISIONS_A_CUT;
        }
    }
    assert!(fell, "the server fell in the midst of it");
    processes.into_iter().for_each(succeeds);
    cut
}

/// How many reviewers have begun their notes.
fn sat_down(folder: &Path) -> u64 {
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    names.filter(|name| name.extension().is_some_and(|extension| extension == "notes")).count() as u64
}

/// The server is killed as a power cut would, and started again.
fn fall() {
    let restart = std::env::var("KARAT_TEST_RESTART").expect("`.ci/postgres` tells how to restart the server");
    assert!(Command::new("sh").arg("-c").arg(restart).status().unwrap().success());
}

/// Cuts the connections of some reviewers, busy ones first or idle ones, as it comes.
fn cut_some(workspace: &Workspace, count: u64) -> usize {
    let sql = format!(
        "SELECT COUNT(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity
            WHERE datname = '{}' AND pid <> pg_backend_pid() ORDER BY random() LIMIT {count}) x",
        workspace.name()
    );
    connect(&server()).query_one(&sql, &[]).unwrap().get::<_, i64>(0) as usize
}

fn work(workspace: &Workspace, folder: &Path, numbers: Range<u64>) -> Vec<Child> {
    let start = |number| {
        let mut process = child::role("machine", workspace.address(), number);
        process.env(FOLDER, folder).spawn().unwrap()
    };
    numbers.map(start).collect()
}

fn succeeds(process: Child) {
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Whether a reviewer goes home with an item before them.
fn leaves(number: u64) -> bool {
    number.is_multiple_of(8) && number < LATER * REVIEWERS
}

fn leaving() -> i64 {
    (0..PROCESSES * REVIEWERS).filter(|number| leaves(*number)).count() as i64
}

/// Where the processes keep their notes.
const FOLDER: &str = "KARAT_TEST_FOLDER";

fn recorded(store: &Store, queue: &Queue) -> BTreeMap<Seq, String> {
    let mut found = BTreeMap::new();
    let each = |row: karat::store::Outgoing| {
        let id: Seq = row.item.id[1..].parse().unwrap();
        assert!(found.insert(id, row.decision.judgement.verdict.as_str().into()).is_none());
        Ok(())
    };
    store.outgoing(queue, Rows::Decisions, &[], &karat::store::Condition::default(), each).unwrap();
    found
}

#[test]
#[ignore = "a role of another test"]
fn machine() {
    let Some((address, number)) = child::part() else { return };
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    std::thread::scope(|scope| {
        for reviewer in number * REVIEWERS..(number + 1) * REVIEWERS {
            let (address, folder) = (address.to_str().unwrap(), &folder);
            scope.spawn(move || Reviewer::sit_down(address, folder, reviewer).work());
        }
    });
}

/// `None`: the server fell at the commit, and whether it was done is not known.
fn settled<T>(outcome: karat::store::Result<T>) -> Option<T> {
    match outcome {
        Err(StoreError::Unsettled) => None,
        outcome => Some(outcome.unwrap()),
    }
}

struct Reviewer {
    store: Store,
    queue: Queue,
    number: u64,
    name: String,
    now: i64,
    dice: Dice,
    desk: PathBuf,
    notes: File,
}

impl Reviewer {
    fn sit_down(address: &str, folder: &Path, number: u64) -> Self {
        let store = open(address).unwrap();
        let notes = folder.join(format!("{number}.notes"));
        Self {
            queue: store.queue("replies").unwrap(),
            store,
            number,
            name: format!("ops-{number}"),
            now: if number < LATER * REVIEWERS { T0 } else { T0 + CLAIM_MILLIS + 1 },
            dice: Dice::new(number),
            desk: desk(folder),
            notes: OpenOptions::new().create_new(true).append(true).open(notes).unwrap(),
        }
    }

    /// Until the queue ends for them, or with an item before them where they leave.
    fn work(mut self) {
        let patience = if leaves(self.number) { 100 + self.dice.below(100) } else { u64::MAX };
        let mut next = self.next(false);
        for _ in 0..patience {
            next = match next {
                Next::Item(served) => self.one(*served),
                Next::End(end) if end.deferred > 0 => match self.next(true) {
                    Next::Item(served) => self.decide(*served),
                    Next::End(_) => return, // others hold what was deferred
                },
                Next::End(_) => return,
            }
        }
    }

    fn next(&mut self, deferred: bool) -> Next {
        loop {
            let next = self.store.next(&self.queue, &self.name, None, deferred, self.now);
            if let Some(next) = settled(next) {
                return self.take_up(next);
            }
        }
    }

    fn one(&mut self, served: Served) -> Next {
        match self.dice.below(20) {
            0 => {
                let token = self.put_down(&served);
                settled(self.store.defer(&self.queue, served.seq, &token, &self.name, self.now));
                self.next(false)
            }
            1 => {
                let token = self.put_down(&served);
                settled(self.store.release(served.seq, &token));
                self.next(false)
            }
            2 => {
                self.look_at_another(served.seq);
                self.decide(served)
            }
            _ => self.decide(served),
        }
    }

    /// Opens an item near the own one, which somebody else may have: only one has it.
    fn look_at_another(&mut self, own: Seq) {
        let id = format!("i{}", 1 + self.dice.below(ITEMS as u64));
        let seq = self.store.seq_of(&self.queue, &id).unwrap();
        if seq == own {
            return;
        }
        let Some(shown) = settled(self.store.show(&self.queue, seq, &self.name, self.now)) else { return };
        if matches!(shown.hold, Hold::Mine(_)) {
            let Next::Item(shown) = self.take_up(Next::Item(Box::new(shown))) else { unreachable!() };
            let token = self.put_down(&shown);
            settled(self.store.release(seq, &token));
        }
    }

    fn decide(&mut self, served: Served) -> Next {
        let judgement = self.judgement();
        let token = self.put_down(&served);
        let decided = self.store.decide(&self.queue, served.seq, &token, &judgement, &self.name, self.now);
        let (_, next) = decided.unwrap_or_else(|error| panic!("{} on {}: {error}", self.name, served.item.id));
        writeln!(self.notes, "{} {}", &served.item.id[1..], judgement.verdict.as_str()).unwrap();
        self.take_up(next)
    }

    fn judgement(&mut self) -> Judgement {
        if self.dice.below(3) == 0 { reject("cold") } else { accept() }
    }

    /// Fails when somebody else has the item before them.
    fn take_up(&self, next: Next) -> Next {
        if let Next::Item(served) = &next {
            let place = self.desk.join(served.seq.to_string());
            File::create_new(place).unwrap_or_else(|error| panic!("item {} is served twice: {error}", served.seq));
        }
        next
    }

    fn put_down(&self, served: &Served) -> String {
        std::fs::remove_file(self.desk.join(served.seq.to_string())).unwrap();
        token(&served.hold)
    }
}
