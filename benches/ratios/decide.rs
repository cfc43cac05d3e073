//! From the key to the next item on screen, with the decision on disk in between.

use crate::figure::{Figure, millis};
use crate::one_line;
use crate::options::Bench;
use crate::process::peak_memory;
use crate::samples::Samples;
use crate::terminal::Terminal;
use crate::workspace::{QUEUE, REVIEWER, Workspace, remove_database};
use color_eyre::eyre::{Result, WrapErr};
use rusqlite::{Connection, params};
use std::time::{Duration, Instant};

/// Most memory of the workstation, in MB.
const MEMORY: f64 = 60.0;

/// Keys pressed before the ones that count.
const WARM_UP: usize = 20;

pub fn measure(bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    let paint = key_to_paint(bench)?;
    let commit = durable_commit(bench)?;
    let (karat, memory) = decide(bench, workspace)?;
    let of = |share: f64| (karat.percentile(share), paint.percentile(share) + commit.percentile(share));
    let told = |samples: &Samples| format!("{} / {}", millis(samples.median()), millis(samples.percentile(0.99)));
    Ok(vec![
        Figure::told("key to paint of one line, p50 / p99", told(&paint)),
        Figure::told("durable commit of one row, p50 / p99", told(&commit)),
        Figure::times("decide and see the next, p50", of(0.5).0, of(0.5).1, 3.0),
        Figure::times("decide and see the next, p99", of(0.99).0, of(0.99).1, 4.0),
        Figure::at_most("workstation, peak memory", memory, "MB", MEMORY),
    ])
}

/// The workstation on the workspace, ready for keys.
pub fn open(workspace: &Workspace) -> Result<Terminal> {
    let db = workspace.db.to_string_lossy();
    let home = workspace.folder().to_string_lossy();
    let arguments = ["--db", &db, "review", QUEUE, "--as", REVIEWER];
    Terminal::start(env!("CARGO_BIN_EXE_karat").as_ref(), &arguments, &[("XDG_CONFIG_HOME", &home)])
}

/// The one-line program in a terminal.
pub fn open_one_line() -> Result<Terminal> {
    Terminal::start(&std::env::current_exe()?, &["one-line"], &[])
}

fn decide(bench: &Bench, workspace: &Workspace) -> Result<(Samples, f64)> {
    let presses = WARM_UP + bench.keys;
    let (decided, items, ids) = workspace.undecided(presses + 1)?;
    let mut terminal = open(workspace)?;
    terminal.shown_after_start(&ids[..1])?;
    let times = press(&mut terminal, "a", presses, |nth| {
        let done = bench.expect.replace("{n}", &thousands(decided + nth as i64)).replace("{m}", &thousands(items));
        vec![done, ids[nth].clone()]
    });
    let memory = peak_memory(terminal.process()?);
    terminal.quit()?;
    Ok((times?, memory))
}

fn key_to_paint(bench: &Bench) -> Result<Samples> {
    let mut terminal = open_one_line()?;
    terminal.shown_after_start(&[one_line::text(0)])?;
    let times = press(&mut terminal, "a", WARM_UP + bench.keys, |nth| vec![one_line::text(nth)]);
    terminal.quit()?;
    times
}

/// Presses the key so many times, as a person would: once the screen is still.
fn press(terminal: &mut Terminal, key: &str, presses: usize, expect: impl Fn(usize) -> Vec<String>) -> Result<Samples> {
    let mut times = Vec::with_capacity(presses);
    for nth in 1..=presses {
        // The pauses differ, so that they keep no step with a timer of the program.
        terminal.rest(Duration::from_millis(15 + (nth as u64 * 7) % 16))?;
        let time = terminal.shown_after_key(key, &expect(nth));
        times.push(time.wrap_err_with(|| format!("key {nth} of {presses}"))?);
    }
    Ok(Samples::new(times.split_off(WARM_UP)))
}

/// One row, on disk when it returns.
fn durable_commit(bench: &Bench) -> Result<Samples> {
    let db = bench.dir.join("commit.db");
    remove_database(&db);
    let times = commits(&Connection::open(&db)?, WARM_UP + bench.keys);
    remove_database(&db);
    Ok(Samples::new(times?.split_off(WARM_UP)))
}

fn commits(connection: &Connection, count: usize) -> Result<Vec<Duration>> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE decision (seq INTEGER PRIMARY KEY, item TEXT, verdict TEXT, note TEXT)")?;
    let mut insert = connection.prepare("INSERT INTO decision (item, verdict, note) VALUES (?1, ?2, ?3)")?;
    let mut one = |nth: usize| -> Result<Duration> {
        std::thread::sleep(Duration::from_millis(15)); // as between two keys
        let start = Instant::now();
        insert.execute(params![format!("itm-{nth:07}"), "accept", "as it should be"])?;
        Ok(start.elapsed())
    };
    (0..count).map(&mut one).collect()
}

/// `1,000,000`, as the screen writes numbers.
fn thousands(number: i64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", thousands(number / 1000), number % 1000),
    }
}
