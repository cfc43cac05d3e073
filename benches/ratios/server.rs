//! A workspace on a PostgreSQL server, beside what its own `psql` does with the same rows.
//! `.ci/postgres cargo bench --bench ratios -- --only server` starts a server for it.

use crate::figure::Figure;
use crate::options::Bench;
use crate::process;
use crate::samples::Samples;
use crate::workspace::{QUEUE, SPEC, Workspace};
use color_eyre::eyre::{Context, Result, ensure};
use karat::domain::claim::Claimed;
use karat::domain::decision::{Draft, Judgement, Verdict};
use karat::domain::queue::Queue;
use karat::store::{Address, Next, Pick, Store};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Items claimed and read.
const CLAIMS: usize = 1000;

/// Reviewers at once, and what each decides.
const REVIEWERS: usize = 64;
const DECISIONS: usize = 50;

/// Waited for by whoever is served.
const ROUND_TRIPS: f64 = 3.0;

/// Items of a queue from which the server's statistics are.
const SAMPLE: usize = 100;

/// The queues that come after it and are measured.
const LATER: [usize; 2] = [2, 5];

/// The tables that an import fills, in the order of what they refer to.
const FILLED: [&str; 4] = ["document", "document_hash", "item", "item_text"];

pub(crate) fn measure(bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    let server = std::env::var("KARAT_TEST_SERVER").wrap_err("KARAT_TEST_SERVER names no server")?;
    let file = workspace.file()?;
    let [ours, theirs] = ["ratios_karat", "ratios_psql"].map(|name| place(&server, name));
    for name in ["ratios_karat", "ratios_psql"] {
        psql(&server, &format!("DROP DATABASE IF EXISTS {name}"))?;
        psql(&server, &format!("CREATE DATABASE {name}"))?;
    }
    let spec = workspace.folder().join("spec.toml");
    std::fs::write(&spec, SPEC)?;
    for place in [&ours, &theirs] {
        process::run(karat(workspace, place).args(["spec", "apply"]).arg(&spec))?;
    }
    let run = process::run(karat(workspace, &ours).args(["import", QUEUE]).arg(&file))?;
    let floor = copied(workspace.folder(), &ours, &theirs)?;
    psql(&server, "DROP DATABASE ratios_psql")?;
    let items = bench.items as f64;
    let mut figures = vec![Figure::rate_of("import into a server", items / run.seconds, items / floor, 0.5)];
    for (queue, seconds) in later_queues(workspace, &server, &file)? {
        let name = format!("import into queue {queue}, analysed at {SAMPLE} items");
        figures.push(Figure::rate_of(&name, items / seconds, items / floor, 0.4));
    }
    psql(&ours, "ANALYZE")?;
    figures.extend(serving(&ours)?);
    figures.push(crowd(&ours)?);
    psql(&server, "DROP DATABASE ratios_karat WITH (FORCE)")?;
    Ok(figures)
}

/// Seconds that an import takes as a later queue, where the statistics are from a first, small one.
fn later_queues(workspace: &Workspace, server: &str, file: &Path) -> Result<Vec<(usize, f64)>> {
    let place = place(server, "ratios_later");
    psql(server, "DROP DATABASE IF EXISTS ratios_later")?;
    psql(server, "CREATE DATABASE ratios_later")?;
    let sample = workspace.folder().join("sample.jsonl");
    let lines = BufReader::new(std::fs::File::open(file)?).lines().take(SAMPLE).collect::<std::io::Result<Vec<_>>>()?;
    std::fs::write(&sample, lines.join("\n"))?;
    let mut measured = Vec::new();
    for number in 1..=LATER[1] {
        let (name, spec) = (format!("later-{number}"), workspace.folder().join("later.toml"));
        std::fs::write(&spec, SPEC.replace(&format!("\"{QUEUE}\""), &format!("\"{name}\"")))?;
        process::run(karat(workspace, &place).args(["spec", "apply"]).arg(&spec))?;
        let is_measured = LATER.contains(&number);
        let from = if is_measured { file } else { &sample };
        let run = process::run(karat(workspace, &place).args(["import", &name]).arg(from))?;
        if is_measured {
            measured.push((number, run.seconds));
        }
        if number == 1 {
            psql(&place, "ANALYZE")?;
        }
    }
    psql(server, "DROP DATABASE ratios_later WITH (FORCE)")?;
    Ok(measured)
}

/// Seconds that `\copy` takes for the rows that an import made, into tables of the same indexes.
fn copied(folder: &Path, from: &str, to: &str) -> Result<f64> {
    let path = |table: &str| folder.join(format!("{table}.copy"));
    for table in FILLED.iter().chain(&["import"]) {
        psql(from, &format!("\\copy karat.{table} TO '{}'", path(table).display()))?;
    }
    psql(to, &format!("\\copy karat.import FROM '{}'", path("import").display()))?;
    let start = Instant::now();
    for table in FILLED {
        psql(to, &format!("\\copy karat.{table} FROM '{}'", path(table).display()))?;
    }
    let seconds = start.elapsed().as_secs_f64();
    FILLED.iter().chain(&["import"]).try_for_each(|table| std::fs::remove_file(path(table)))?;
    Ok(seconds)
}

/// Claiming and reading the next item.
fn serving(place: &str) -> Result<Vec<Figure>> {
    let mut store = Store::open(Address::parse(place)?)?;
    let queue = store.queue(QUEUE)?;
    store.next(queue.actor("warm", store.now()), Pick::default())?; // prepares its statements
    let (mut times, mut most) = (Vec::new(), 0);
    for _ in 0..CLAIMS {
        let (start, before) = (Instant::now(), store.round_trips());
        store.next(queue.actor("one", store.now()), Pick::default())?;
        times.push(start.elapsed());
        most = most.max(store.round_trips() - before);
    }
    store.release_all()?;
    Ok(vec![
        Figure::told("next item on a server, p99", crate::figure::millis(Samples::new(times).percentile(0.99))),
        Figure::at_most("round trips for it, most", most as f64, "", ROUND_TRIPS),
    ])
}

/// All decide at once on one queue, each over a connection of their own.
fn crowd(place: &str) -> Result<Figure> {
    let mut desks = Vec::new();
    for _ in 0..REVIEWERS {
        desks.push(std::thread::spawn({
            let place = place.to_owned();
            move || decide(&place)
        }));
    }
    let times: Vec<Vec<Duration>> =
        desks.into_iter().map(|desk| desk.join().expect("a reviewer fell")).collect::<Result<_>>()?;
    let longest = times.iter().map(|times| times.iter().sum::<Duration>().as_secs_f64()).fold(0.0, f64::max);
    let times = Samples::new(times.concat());
    let rate = (REVIEWERS * DECISIONS) as f64 / longest;
    let told = format!("{rate:.0}/s, p50 {:.0} ms, p99 {:.0} ms", times.median(), times.percentile(0.99));
    Ok(Figure::told(&format!("decisions of {REVIEWERS} reviewers at once"), told))
}

fn decide(place: &str) -> Result<Vec<Duration>> {
    let mut store = Store::open(Address::parse(place)?)?;
    let queue = store.queue(QUEUE)?;
    let reviewer = format!("ops-{:?}", std::thread::current().id());
    let mut next = store.next(queue.actor(&reviewer, store.now()), Pick::default())?;
    let mut times = Vec::new();
    for _ in 0..DECISIONS {
        let start = Instant::now();
        next = decide_one(&mut store, &queue, next, &reviewer)?;
        times.push(start.elapsed());
    }
    store.release_all()?;
    Ok(times)
}

fn decide_one(store: &mut Store, queue: &Queue, next: Next, reviewer: &str) -> Result<Next> {
    let Next::Item(served) = next else { color_eyre::eyre::bail!("the queue has ended") };
    let Claimed::Mine(claim) = &served.claimed else { color_eyre::eyre::bail!("the item is held by another") };
    let judgement = Judgement { active_millis: 1000, ..Judgement::new(Verdict::Accept, Draft::default()) };
    Ok(store.decide(queue.actor(reviewer, store.now()), served.seq, &claim.token, &judgement)?.1)
}

fn place(server: &str, database: &str) -> String {
    let (before, _) = server.rsplit_once('/').unwrap_or((server, ""));
    format!("{before}/{database}")
}

fn karat(workspace: &Workspace, place: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
    command.env("XDG_CONFIG_HOME", workspace.folder()).env("KARAT_DB", place);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
    command
}

fn psql(place: &str, command: &str) -> Result<()> {
    let mut psql = Command::new("psql");
    psql.args([place, "-q", "-X", "-v", "ON_ERROR_STOP=1", "-c", command]);
    let status = psql.stdout(Stdio::null()).status().wrap_err("psql cannot be run")?;
    ensure!(status.success(), "psql failed: {command}");
    Ok(())
}
