//! What a team lives through on one server: 64 reviewers in 8 processes on one queue of thousands
//! of items, connections that are cut, a server that loses its power. A binary of its own, for it
//! restarts the server under everybody on it.

use karat::domain::claim::{CLAIM_MILLIS, Claimed};
use karat::domain::item::Seq;
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use karat::store::{Next, Pick, Served, Store, StoreError};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use support::crowd::{Member, Room, recorded};
use support::dice::Dice;
use support::fixture::{SPEC, T0, Workspace, apply, assert_sound, import, plain, record};
use support::workspace::{connect, open, server};
use support::{child, wait};

const PROCESSES: u64 = 8;
const REVIEWERS: u64 = 8; // in each process

/// How many items the queue has; 10,000 unless the variable says otherwise. It goes to the children too.
const ITEMS: &str = "KARAT_TEST_CROWD";

fn items() -> i64 {
    std::env::var(ITEMS).map_or(10_000, |items| items.parse().expect("a number of items"))
}

/// By the work, not by the clock: a slow machine is cut no more often in one decision.
const DECISIONS_A_CUT: i64 = 60;

const GLANCE: Duration = Duration::from_millis(5);

/// Processes from this number on start after the claims of the first have expired.
const LATER: u64 = 100;

#[test]
fn sixty_four_decide_every_item_once_though_connections_are_cut_and_the_server_falls() {
    let workspace = Workspace::on_server();
    let folder = tempfile::tempdir().unwrap();
    let room = Room::new(folder.path());
    let store = workspace.open();
    let queue = apply(&store, SPEC);
    let items = items();
    let records: Vec<_> = (1..=items).map(|n| record(plain(&format!("i{n}")))).collect();
    import(&store, &queue, &records, false);
    // What the server falls over is this crowd's work, and not all that was loaded before it.
    connect(&server()).batch_execute("CHECKPOINT").unwrap();

    let start = Instant::now();
    let cut = amid(&workspace, folder.path(), &room, &store, &queue);
    let (took, remaining) = (start.elapsed(), store.counts(&queue).unwrap().remaining());
    println!("{} decisions in {took:.1?}; {cut} connections cut", items - remaining);
    let held = room.held() as i64;
    assert_eq!(held, leaving(), "each of those who left holds an item");
    // The claims of which nobody knew when the server fell whether they were theirs.
    assert!((held..held + (PROCESSES * REVIEWERS) as i64).contains(&remaining), "{remaining} remain");
    assert!(cut >= 100, "{cut} connections were cut");

    room.clear_desk(); // nobody holds anything any more
    work(&workspace, folder.path(), LATER..LATER + 1).into_iter().for_each(succeeds);

    let acknowledged = room.acknowledged();
    assert_eq!(acknowledged.len() as i64, items, "none is lost");
    assert_eq!(recorded(&store, &queue), acknowledged, "each as its reviewer was told");
    assert_eq!(workspace.number("SELECT COUNT(*) FROM decision"), items, "none is doubled");
    assert_eq!(workspace.number("SELECT COUNT(*) FROM event WHERE kind = 'decided'"), items);
    let counts = store.counts(&queue).unwrap();
    let accepted = acknowledged.values().filter(|verdict| *verdict == "accept").count() as i64;
    assert_eq!((counts.decided(), counts.at(Stage::Accepted)), (items, accepted));
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(workspace.number(deadlocks), 0, "nobody waits for each other");
    assert_sound(&store);
}

/// Lets the crowd work while connections are cut, and once the server falls; gives how many
/// were cut.
fn amid(workspace: &Workspace, folder: &Path, room: &Room, store: &Store, queue: &Queue) -> usize {
    let mut processes = work(workspace, folder, 0..PROCESSES);
    let mut all_work = || processes.iter_mut().all(|one| one.try_wait().unwrap().is_none());
    // A first connection is tried once: all have theirs before any is cut.
    let everybody = (PROCESSES * REVIEWERS) as usize;
    wait::until("everybody to come in", || room.members() == everybody || !all_work());
    let (mut cut, mut cut_at, mut fell, mut dice) = (0, 0, false, Dice::new(1));
    let mut last = (0, Instant::now());
    while processes.iter_mut().any(|process| process.try_wait().unwrap().is_none()) {
        std::thread::sleep(GLANCE);
        let decided = store.counts(queue).unwrap().decided();
        if decided > last.0 {
            last = (decided, Instant::now());
        }
        assert!(last.1.elapsed() < wait::PATIENCE, "waited for the next decision after {decided}");
        if !fell && decided > items() / 2 {
            fall();
            fell = true;
        }
        // However seldom this comes to look, as many are cut as the work calls for, each at most once.
        if decided >= cut_at {
            let due = (1 + (decided - cut_at) / DECISIONS_A_CUT) as usize;
            cut += workspace.cut(due * (1 + dice.below(3)));
            cut_at = decided + DECISIONS_A_CUT;
        }
    }
    assert!(fell, "the server fell in the midst of it");
    processes.into_iter().for_each(succeeds);
    cut
}

/// The server is killed as a power cut would, and started again.
fn fall() {
    let restart = std::env::var("KARAT_TEST_RESTART").expect("`.ci/postgres` tells how to restart the server");
    assert!(Command::new("sh").arg("-c").arg(restart).status().unwrap().success());
}

fn work(workspace: &Workspace, folder: &Path, numbers: Range<u64>) -> Vec<Child> {
    let start = |number| {
        let mut process = child::role("machine", workspace.address(), number);
        process.env(FOLDER, folder).spawn().unwrap()
    };
    numbers.map(start).collect()
}

fn succeeds(process: Child) {
    let output = wait::end_of(process);
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
        Err(StoreError::OutcomeUnknown) => None,
        outcome => Some(outcome.unwrap()),
    }
}

struct Reviewer {
    store: Store,
    queue: Queue,
    number: u64,
    name: String,
    now: i64,
    member: Member,
}

impl Reviewer {
    fn sit_down(address: &str, folder: &Path, number: u64) -> Self {
        let store = open(address).unwrap();
        Self {
            queue: store.queue("replies").unwrap(),
            store,
            number,
            name: format!("ops-{number}"),
            now: if number < LATER * REVIEWERS { T0 } else { T0 + CLAIM_MILLIS + 1 },
            member: Member::come_in(folder, number),
        }
    }

    /// Until the queue ends for them, or with an item before them where they leave.
    fn work(mut self) {
        let patience = if leaves(self.number) { 50 + self.member.dice.below(50) } else { usize::MAX };
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

    fn next(&mut self, deferred: bool) -> Next {
        loop {
            let next = self.store.next(self.queue.actor(&self.name, self.now), Pick { after: None, deferred });
            if let Some(next) = settled(next) {
                return self.member.take_up(next);
            }
        }
    }

    fn one(&mut self, served: &Served) -> Next {
        match self.member.dice.below(20) {
            0 => {
                let token = self.member.put_down(served);
                settled(self.store.defer(self.queue.actor(&self.name, self.now), served.seq, &token));
                self.next(false)
            }
            1 => {
                let token = self.member.put_down(served);
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
        let id = format!("i{}", 1 + self.member.dice.below(items() as usize));
        let seq = self.store.seq_of(&self.queue, &id).unwrap();
        if seq == own {
            return;
        }
        let Some(shown) = settled(self.store.show(self.queue.actor(&self.name, self.now), seq)) else { return };
        if matches!(shown.claimed, Claimed::Mine(_)) {
            let Next::Item(shown) = self.member.take_up(Next::Item(Box::new(shown))) else { unreachable!() };
            let token = self.member.put_down(&shown);
            settled(self.store.release(seq, &token));
        }
    }

    fn decide(&mut self, served: &Served) -> Next {
        let judgement = self.member.judgement();
        let token = self.member.put_down(served);
        let decided = self.store.decide(self.queue.actor(&self.name, self.now), served.seq, &token, &judgement);
        let (_, next) = decided.unwrap_or_else(|error| panic!("{} on {}: {error}", self.name, served.item.id));
        self.member.note(served, &judgement);
        self.member.take_up(next)
    }
}
