//! What policy costs: checks at import, sampling and second opinions while deciding, and what a lead
//! asks of a large queue. The floor is the same work without, in the same run.

#[path = "policy/records.rs"]
mod records;

use crate::decide::Log;
use crate::figure::{Figure, millis};
use crate::options::Bench;
use crate::process::{self, Run, best_of_pairs};
use crate::samples::Samples;
use crate::workspace::{QUEUE, REVIEWER, SPEC, Workspace, remove_database};
use color_eyre::eyre::{Result, bail, ensure};
use karat::domain::claim::Claimed;
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::queue::Queue;
use karat::domain::stage::Stage;
use karat::store::{BulkAction, Condition, Next, Pick, Sort, Store};
use rusqlite::Connection;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const CHECKS: &str = include_str!("policy/checks.toml");
const RULES: &str = include_str!("policy/rules.toml");

/// Decisions before the ones that count.
const WARM_UP: usize = 20;

/// Times that a lead looks.
const LOOKS: usize = 50;

/// Questions that a screen reads.
const SCREENFUL: usize = 200;

/// One in so many is escalated, before a lead looks.
const ESCALATED: usize = 20;

pub(crate) fn measure(bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    let file = records::file(&workspace.file()?)?;
    let place = |name: &str| Place { db: bench.dir.join(format!("policy-{name}.db")), folder: bench.dir.clone() };
    let (plain, checked, ruled) = (place("plain"), place("checked"), place("ruled"));
    std::fs::write(bench.dir.join("twenty.schema.json"), records::schema())?;
    let bare = retryable();
    let checks = format!("{bare}{CHECKS}");
    let (floor, karat) = best_of_pairs(bench, || plain.import(&bare, &file), || checked.import(&checks, &file))?;
    let items = bench.items as f64;
    let mut figures = vec![
        Figure::rate_of(
            "import with a schema of 20 fields and 10 checks",
            items / karat.seconds,
            items / floor.seconds,
            0.7,
        ),
        Figure::told(
            "its processor time, with / without",
            format!("{:.2} / {:.2} s", karat.processor, floor.processor),
        ),
        Figure::at_most("its peak memory", karat.peak, "MB", 150.0),
    ];
    checked.remove();
    ruled.import(&format!("{bare}{RULES}"), &file)?;
    figures.extend(deciding(bench, &plain, &ruled)?);
    plain.remove();
    figures.extend(looking(&ruled)?);
    figures.extend(simulating(&ruled)?);
    if !bench.keep {
        ruled.remove();
    }
    Ok(figures)
}

/// The spec of the bench, in which what is critical can be made again.
fn retryable() -> String {
    SPEC.replace("severity = \"critical\"", "severity = \"critical\"\nretryable = true")
        .replace("name = \"Lead\"", "name = \"Lead\"\ndue_hours = 24")
}

/// A workspace of this part alone.
struct Place {
    db: PathBuf,
    folder: PathBuf,
}

impl Place {
    fn karat(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
        command.arg("--db").arg(&self.db).env("XDG_CONFIG_HOME", &self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Imports into a new workspace; some records that a check refuses to take would be an error.
    fn import(&self, spec: &str, file: &Path) -> Result<Run> {
        remove_database(&self.db);
        let path = self.folder.join("policy.toml");
        std::fs::write(&path, spec)?;
        process::run(self.karat().args(["spec", "apply"]).arg(path).args(["--as", REVIEWER]))?;
        process::run(self.karat().args(["import", QUEUE]).arg(file).args(["--as", REVIEWER]))
    }

    fn open(&self) -> Result<(Store, Queue)> {
        let store = Store::open_existing(self.db.as_path())?;
        let queue = store.queue(QUEUE)?;
        Ok((store, queue))
    }

    fn remove(&self) {
        remove_database(&self.db);
    }
}

/// A reviewer at a workspace.
struct Desk {
    store: Store,
    queue: Queue,
    next: Next,
    log: Log,
    times: Vec<Duration>,
}

impl Desk {
    fn at(place: &Place) -> Result<Self> {
        let (mut store, queue) = place.open()?;
        let next = store.next(queue.actor(REVIEWER, store.now()), Pick::default())?;
        Ok(Self { store, queue, next, log: Log::of(&place.db), times: Vec::new() })
    }

    /// Decides the item at hand and gets the next.
    fn decide(&mut self, judgement: &Judgement) -> Result<()> {
        let Next::Item(served) = &self.next else { bail!("the queue has ended") };
        let Claimed::Mine(claim) = &served.claimed else { bail!("the item is held by another") };
        let actor = self.queue.actor(REVIEWER, self.store.now());
        let start = Instant::now();
        let (_, next) = self.store.decide(actor, served.seq, &claim.token, judgement)?;
        self.times.push(start.elapsed());
        self.log.look();
        self.next = next;
        Ok(())
    }
}

/// Decisions in turn at a queue without rules and at one with, each with the item that follows.
fn deciding(bench: &Bench, plain: &Place, ruled: &Place) -> Result<Vec<Figure>> {
    let (mut without, mut with) = (Desk::at(plain)?, Desk::at(ruled)?);
    for nth in 0..WARM_UP + bench.keys {
        if nth == WARM_UP {
            for desk in [&mut without, &mut with] {
                desk.times.clear();
                desk.log.begin();
            }
        }
        std::thread::sleep(Duration::from_millis(2));
        let judgement = judgement(nth);
        without.decide(&judgement)?;
        with.decide(&judgement)?;
    }
    let pages = with.log.pages() as f64 / bench.keys as f64;
    for desk in [&without, &with] {
        desk.store.release_all()?;
    }
    let (without, with) = (Samples::new(without.times), Samples::new(with.times));
    let of = |share: f64| (with.percentile(share), without.percentile(share));
    Ok(vec![
        Figure::times("decide and the next under rules, p50", of(0.5).0, of(0.5).1, 1.2),
        Figure::times("decide and the next under rules, p99", of(0.99).0, of(0.99).1, 1.2),
        Figure::at_most("pages to the log of a decision under rules", pages, "pages", 10.0),
    ])
}

/// Every fifth is rejected for what is critical, of which a second opinion is asked.
fn judgement(nth: usize) -> Judgement {
    let (verdict, categories) = match nth % 5 {
        4 => (Verdict::Reject, vec!["unsupported".to_owned()]),
        _ => (Verdict::Accept, Vec::new()),
    };
    let draft = Draft { categories, ..Draft::default() };
    Judgement { active_millis: 20_000 + (nth % 7) as i64 * 3000, ..Judgement::new(verdict, draft) }
}

/// What a lead asks where all is decided but what waits for others.
fn looking(place: &Place) -> Result<Vec<Figure>> {
    let (mut store, queue) = place.open()?;
    eprintln!("  deciding all, unmeasured ...");
    decide_all(&mut store, &queue)?;
    let open = store.counts(&queue)?;
    let ids = ids(&place.db)?;
    let mut explained = Vec::new();
    for id in &ids {
        let start = Instant::now();
        process::run(place.karat().args(["explain", QUEUE, id]))?;
        explained.push(start.elapsed());
    }
    let explained_inside = times(LOOKS, |nth| {
        black_box(store.explained(&queue, &ids[nth % ids.len()], store.now())?);
        Ok(())
    })?;
    let inbox = times(LOOKS, |_| {
        black_box((store.inbox(REVIEWER, None, SCREENFUL)?, store.inbox_size(REVIEWER, store.now())?));
        Ok(())
    })?;
    let now = store.now();
    let mut end = Vec::new();
    for _ in 0..LOOKS {
        let start = Instant::now();
        let next = store.next(queue.actor(REVIEWER, now), Pick::default())?;
        end.push(start.elapsed());
        ensure!(matches!(next, Next::End(_)), "an item is left for {REVIEWER}");
    }
    let end = Samples::new(end);
    let (asked, wanted) = (open.at(Stage::Escalated), open.at(Stage::NeedsOpinion));
    let waiting = format!("{asked} escalated, {wanted} for another opinion");
    Ok(vec![
        Figure::told("waiting in the queue then", waiting),
        Figure::told("`karat explain` from start to exit, p50", millis(Samples::new(explained).median())),
        Figure::at_most("explain, p99", explained_inside.percentile(0.99), "ms", 20.0),
        Figure::at_most("inbox, p99", inbox.percentile(0.99), "ms", 50.0),
        Figure::at_most("end screen, p99", end.percentile(0.99), "ms", 50.0),
    ])
}

fn times(count: usize, mut each: impl FnMut(usize) -> Result<()>) -> Result<Samples> {
    let mut times = Vec::new();
    for nth in 0..count {
        let start = Instant::now();
        each(nth)?;
        times.push(start.elapsed());
    }
    Ok(Samples::new(times))
}

/// Ids from all over the queue.
fn ids(db: &Path) -> Result<Vec<String>> {
    let connection = Connection::open(db)?;
    let sql = "SELECT id FROM item WHERE seq % (SELECT MAX(seq) / 20 FROM item) = 1";
    let ids: Vec<String> = connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(ids)
}

/// Escalates some, accepts the others at once where one opinion is asked, and gives a first opinion
/// on the rest.
fn decide_all(store: &mut Store, queue: &Queue) -> Result<()> {
    let open = || Condition { sql: "i.stage = 'waiting' AND i.opinions = 1".into(), values: Vec::new() };
    let seqs = store.whole_listing(queue, open(), Sort::default())?.seqs().to_vec();
    let (asking, rest): (Vec<_>, Vec<_>) = seqs.iter().enumerate().partition(|(nth, _)| nth % ESCALATED == 0);
    let asks = Draft { note: "may we say this?".into(), route: Some("lead".into()), ..Draft::default() };
    let accepts = Judgement { active_millis: 25_000, ..Judgement::new(Verdict::Accept, Draft::default()) };
    for (some, judgement) in [(asking, Judgement::new(Verdict::Escalate, asks)), (rest, accepts.clone())] {
        let items = some.into_iter().map(|(_, seq)| *seq).collect();
        let mut bulk = store.begin_bulk(queue, items, BulkAction::Decide(judgement), REVIEWER)?;
        while !bulk.is_done() {
            store.continue_bulk(&mut bulk, store.now())?;
        }
    }
    loop {
        let Next::Item(served) = store.next(queue.actor(REVIEWER, store.now()), Pick::default())? else { break };
        store.decide_at_once(queue.actor(REVIEWER, store.now()), &served.item.id, &accepts)?;
    }
    store.release_all()?;
    Ok(())
}

/// `karat policy simulate` with other rules, and with checks, beside a loop that only reads the rows.
fn simulating(place: &Place) -> Result<Vec<Figure>> {
    let read = time_of_reading(&place.db)?;
    let rules = RULES.replace("0.9\n", "0.5\n").replace("audit = 0.02", "audit = 0.05");
    let mut figures = Vec::new();
    for (what, tables) in
        [("policy simulate", rules.clone()), ("policy simulate with checks", format!("{rules}{CHECKS}"))]
    {
        let path = place.folder.join("tried.toml");
        std::fs::write(&path, format!("{}{tables}", retryable()))?;
        let run = process::run(place.karat().args(["policy", "simulate"]).arg(&path).arg(QUEUE))?;
        figures.extend([
            Figure::at_most(what, run.seconds, "s", 60.0),
            Figure::told("its processor time", format!("{:.2} s", run.processor)),
            Figure::at_most("its peak memory", run.peak, "MB", 200.0),
        ]);
    }
    figures.push(Figure::told("reading the rows of items and decisions alone", format!("{read:.2} s")));
    Ok(figures)
}

fn time_of_reading(db: &Path) -> Result<f64> {
    let connection = Connection::open(db)?;
    let start = Instant::now();
    let sql = "SELECT i.*, d.body FROM item i LEFT JOIN decision d ON d.item_seq = i.seq ORDER BY i.seq";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        bytes += row.get_ref("id")?.as_str()?.len();
    }
    black_box(bytes);
    Ok(start.elapsed().as_secs_f64())
}
