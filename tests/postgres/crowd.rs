//! Many people on items of which one to three opinions are asked, in several processes, while connections are
//! cut: each under a login of their own, so that the server refuses what is not theirs.

use super::roles::Team;
use karat::domain::item::{Item, Seq};
use karat::domain::queue::Queue;
use karat::domain::team::Role;
use karat::store::{Next, Pick, Served, Store, StoreError};
use postgres::Client;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Mutex;
use std::time::Duration;
use support::crowd::{Member, Room};
use support::dice::Dice;
use support::fixture::{SPEC, Workspace, apply, assert_sound, import, plain, record};
use support::workspace::{connect, open};
use support::{child, wait};

const PROCESSES: u64 = 8;
const REVIEWERS: u64 = 8; // in each process

/// How many items, unless the variable says otherwise.
const ITEMS: i64 = 500;
const HOW_MANY: &str = "KARAT_TEST_CROWD";

/// By the work, not by the clock.
const SETTLED_A_CUT: i64 = 10;

/// The process that starts when nobody holds anything any more.
const LATER: u64 = PROCESSES;

/// Where the processes keep their notes, and how each gets in who is named in the place of [`ANYBODY`].
const FOLDER: &str = "KARAT_TEST_FOLDER";
const DOOR: &str = "KARAT_TEST_DOOR";
/// The time by which everybody goes, so that no claim expires.
const NOW: &str = "KARAT_TEST_NOW";
const ANYBODY: &str = "anybody";

/// Everything is read; of what v2 and v3 made two and three opinions are asked, which must have one verdict.
const POLICY: &str = r#"
[[sample]]
when = "prompt_version:v2"
rate = 1.0
opinions = 2
[[sample]]
when = "prompt_version:v3"
rate = 1.0
opinions = 3
[review]
adjudicator = "reviewer"
"#;

#[test]
fn sixty_four_give_each_item_as_many_opinions_as_are_asked_though_connections_are_cut() {
    let items = std::env::var(HOW_MANY).map_or(ITEMS, |number| number.parse().unwrap());
    let mut team = Team::new(0);
    for number in 0..(PROCESSES + 1) * REVIEWERS {
        team.grant(&person(number), Role::Reviewer);
    }
    let queue = apply(&team.owner, &format!("{SPEC}{POLICY}"));
    let versioned = |n: i64| Item { prompt_version: Some(format!("v{}", 1 + n % 3)), ..plain(&format!("i{n}")) };
    let records: Vec<_> = (1..=items).map(|n| record(versioned(n))).collect();
    import(&team.owner, &queue, &records, false);
    let folder = tempfile::tempdir().unwrap();
    let room = Room::new(folder.path());

    let cut = amid(&team, folder.path(), &room, &queue);
    let left = team.owner.counts(&queue).unwrap().remaining();
    println!("{cut} connections cut; {left} of {items} left for those who come later");
    room.clear_desk(); // nobody holds anything any more
    team.workspace.sql("UPDATE karat.claim SET expires_at = 0").unwrap();
    work(&team, folder.path(), LATER..LATER + 1).into_iter().for_each(succeeds);

    let w = &team.workspace;
    let counts = team.owner.counts(&queue).unwrap();
    assert_eq!(counts.decided(), items, "{counts:?}");
    let wrong = "SELECT COUNT(*) FROM karat.item i WHERE i.opinions <> (SELECT COUNT(DISTINCT d.reviewer)
            FROM karat.decision d WHERE d.item_seq = i.seq AND d.slot IS NOT NULL)
        OR i.opinions <> (SELECT COUNT(*) FROM karat.decision d WHERE d.item_seq = i.seq AND d.purpose = 'opinion')";
    assert_eq!(w.number(wrong), 0, "each has exactly the opinions that are asked, by different people");
    let declined = "SELECT COUNT(*) FROM karat.declined x JOIN karat.decision d ON d.item_seq = x.item_seq
        AND d.reviewer = x.reviewer";
    assert_eq!(w.number(declined), 0, "nobody decides what they have declined");
    assert!(w.number("SELECT COUNT(*) FROM karat.declined") > items / 20, "some were declined");
    let own = "SELECT COUNT(*) FROM karat.decision a JOIN karat.decision o ON o.item_seq = a.item_seq
        AND o.reviewer = a.reviewer AND o.purpose = 'opinion' WHERE a.purpose = 'adjudication'";
    assert_eq!(w.number(own), 0, "nobody settles what they gave an opinion on");
    let settled = "SELECT COUNT(*) FROM karat.decision WHERE purpose = 'adjudication'";
    let disputed = "SELECT COUNT(*) FROM (SELECT item_seq FROM karat.decision WHERE purpose = 'opinion'
        GROUP BY item_seq HAVING COUNT(DISTINCT verdict) > 1) d";
    assert_eq!(w.number(settled), w.number(disputed), "each disagreement is settled once");
    assert!(w.number(settled) > items / 5, "there were disagreements");
    assert_eq!(recorded(w), room.acknowledged(), "each as its reviewer was told");
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    assert_eq!(w.number(deadlocks), 0, "nobody waits for each other");
    assert_sound(&team.owner);
}

/// Lets the crowd work while connections are cut; gives how many were.
fn amid(team: &Team, folder: &Path, room: &Room, queue: &Queue) -> usize {
    let mut processes = work(team, folder, 0..PROCESSES);
    let mut all_work = || processes.iter_mut().all(|one| one.try_wait().unwrap().is_none());
    // A first connection is tried once: all have theirs before any is cut.
    let everybody = (PROCESSES * REVIEWERS) as usize;
    wait::until("everybody to come in", || room.members() == everybody || !all_work());
    let (mut cut, mut cut_at, mut dice) = (0, 0, Dice::new(1));
    wait::until("the crowd to end", || {
        let decided = team.owner.counts(queue).unwrap().decided();
        if decided >= cut_at {
            cut += team.workspace.cut(1 + dice.below(3));
            cut_at = decided + SETTLED_A_CUT;
        }
        processes.iter_mut().all(|process| process.try_wait().unwrap().is_some())
    });
    processes.into_iter().for_each(succeeds);
    cut
}

fn work(team: &Team, folder: &Path, numbers: Range<u64>) -> Vec<Child> {
    let now = team.owner.now();
    let start = |number| {
        let mut process = child::role("crowd::machine", team.workspace.address(), number);
        process.env(FOLDER, folder).env(DOOR, team.address(ANYBODY)).env(NOW, now.to_string()).spawn().unwrap()
    };
    numbers.map(start).collect()
}

fn succeeds(process: Child) {
    let output = wait::end_of(process);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn person(number: u64) -> String {
    format!("r{number}")
}

/// Verdicts by item, or by its opinion where several are asked, as [`Member::note`] names them.
fn recorded(workspace: &Workspace) -> BTreeMap<String, String> {
    let sql = "SELECT i.id || CASE WHEN i.opinions = 1 OR d.slot IS NULL THEN '' ELSE '.' || d.slot END, d.verdict
        FROM karat.decision d JOIN karat.item i ON i.seq = d.item_seq WHERE d.standing = 1";
    let rows = workspace.client().query(sql, &[]).unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

#[test]
#[ignore = "a role of another test"]
fn machine() {
    let Some((address, number)) = child::part() else { return };
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let door = std::env::var(DOOR).unwrap();
    let watch = Watch { address: address.to_str().unwrap().to_owned(), client: Mutex::new(None) };
    std::thread::scope(|scope| {
        for reviewer in number * REVIEWERS..(number + 1) * REVIEWERS {
            let (door, folder, watch) = (&door, &folder, &watch);
            scope.spawn(move || Reviewer::sit_down(door, folder, watch, reviewer).work());
        }
    });
}

/// A look at the rows past the store.
struct Watch {
    address: String,
    client: Mutex<Option<Client>>,
}

impl Watch {
    /// An item that is free for somebody by what the rows say; `None` too where the look was cut off.
    fn free_for(&self, reviewer: &str, now: i64) -> Option<Seq> {
        let sql = "SELECT i.seq FROM karat.item i WHERE i.stage IN ('waiting', 'needs_opinion', 'disputed')
            AND NOT EXISTS (SELECT 1 FROM karat.decision d
                WHERE d.item_seq = i.seq AND d.reviewer = $1 AND d.standing = 1)
            AND NOT EXISTS (SELECT 1 FROM karat.declined x WHERE x.item_seq = i.seq AND x.reviewer = $1)
            AND NOT EXISTS (SELECT 1 FROM karat.claim c
                WHERE c.item_seq = i.seq AND c.reviewer = $1 AND c.expires_at > $2)
            AND (SELECT COUNT(*) FROM karat.claim c WHERE c.item_seq = i.seq AND c.expires_at > $2) <
                CASE WHEN i.stage = 'disputed' THEN 1 ELSE i.opinions - (SELECT COUNT(*) FROM karat.decision d
                    WHERE d.item_seq = i.seq AND d.standing = 1 AND d.slot IS NOT NULL) END LIMIT 1";
        let mut client = self.client.lock().unwrap();
        let connection = client.get_or_insert_with(|| connect(&self.address));
        match connection.query_opt(sql, &[&reviewer, &now]) {
            Ok(row) => row.map(|row| row.get(0)),
            Err(error) => {
                println!("\nthe look was cut off: {error}");
                *client = None;
                None
            }
        }
    }
}

struct Reviewer<'w> {
    store: Store,
    queue: Queue,
    name: String,
    now: i64,
    member: Member,
    watch: &'w Watch,
    /// Goes home after so many items, with one before them.
    patience: usize,
    /// What they have decided or declined, which is not to come again.
    judged: BTreeSet<Seq>,
}

/// How often a change is tried again that waited for others in vain: 64 at once on a slow disk may.
const TRIES: usize = 20;

/// What comes of a change that is tried again, as the workstation does, where others held what it needs
/// for longer than anybody is to wait: nothing of it is recorded then.
fn tried<T>(mut change: impl FnMut() -> karat::store::Result<T>) -> karat::store::Result<T> {
    for _ in 1..TRIES {
        match change() {
            Err(busy @ (StoreError::Locked(_) | StoreError::Busy)) => println!("\ntried again: {busy}"),
            outcome => return outcome,
        }
    }
    change()
}

/// `None`: the connection was cut at the commit, and whether it was done is not known.
fn settled<T>(change: impl FnMut() -> karat::store::Result<T>) -> Option<T> {
    match tried(change) {
        Err(StoreError::OutcomeUnknown) => None,
        outcome => Some(outcome.unwrap()),
    }
}

impl<'w> Reviewer<'w> {
    fn sit_down(door: &str, folder: &Path, watch: &'w Watch, number: u64) -> Self {
        let address = door.replace(ANYBODY, &person(number));
        let store = open(&address).unwrap();
        let mut member = Member::come_in(folder, number);
        let is_later = number / REVIEWERS == LATER;
        let leaves = number.is_multiple_of(8) && !is_later;
        Self {
            queue: store.queue("replies").unwrap(),
            name: address.split(&['/', ':'][..]).nth(3).unwrap().to_owned(),
            store,
            now: std::env::var(NOW).unwrap().parse().unwrap(),
            patience: if leaves { 3 + member.dice.below(10) } else { usize::MAX },
            member,
            watch,
            judged: BTreeSet::new(),
        }
    }

    /// Until all is settled, or nothing has come free for a while; a free item never waits for long.
    fn work(mut self) {
        const RESTS: usize = 20;
        const REST: Duration = Duration::from_millis(25);
        let (mut rested, mut in_vain) = (0, 0);
        let mut next = self.next();
        loop {
            next = match next {
                Next::Item(served) if self.judged.len() < self.patience => {
                    (rested, in_vain) = (0, 0);
                    self.one(&served)
                }
                Next::Item(_) => return,
                Next::End(end) if end.counts.remaining() == 0 || rested == RESTS => return,
                Next::End(_) => {
                    match self.watch.free_for(&self.name, self.now) {
                        Some(_) => in_vain += 1,
                        None => (rested, in_vain) = (rested + 1, 0),
                    }
                    assert!(in_vain < 50, "{} waits while an item is free", self.name);
                    std::thread::sleep(REST);
                    self.next()
                }
            }
        }
    }

    fn next(&mut self) -> Next {
        loop {
            let next = settled(|| self.store.next(self.queue.actor(&self.name, self.now), Pick::default()));
            if let Some(next) = next {
                return self.take_up(next);
            }
        }
    }

    fn take_up(&self, next: Next) -> Next {
        if let Next::Item(served) = &next {
            assert!(!self.judged.contains(&served.seq), "{} is served {} again", self.name, served.item.id);
        }
        self.member.take_up(next)
    }

    fn one(&mut self, served: &Served) -> Next {
        match self.member.dice.below(20) {
            0 => {
                let token = self.member.put_down(served);
                settled(|| self.store.release(served.seq, &token));
                return self.next();
            }
            1 => {
                self.member.put_down(served);
                settled(|| self.store.decline(self.queue.actor(&self.name, self.now), served.seq, "field"));
                self.judged.insert(served.seq);
                return self.next();
            }
            _ => {}
        }
        let judgement = self.member.judgement();
        let token = self.member.put_down(served);
        let decide = || self.store.decide(self.queue.actor(&self.name, self.now), served.seq, &token, &judgement);
        let decided = tried(decide);
        let (_, next) = decided.unwrap_or_else(|error| panic!("{} on {}: {error}", self.name, served.item.id));
        self.judged.insert(served.seq);
        self.member.note(served, &judgement);
        self.take_up(next)
    }
}
