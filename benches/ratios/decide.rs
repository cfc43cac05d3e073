//! From the key to the next item on screen, with the decision on disk in between.

use crate::figure::{Figure, millis};
use crate::one_line;
use crate::options::Bench;
use crate::process::{peak_memory, processor_time};
use crate::samples::Samples;
use crate::terminal::Terminal;
use crate::workspace::{QUEUE, REVIEWER, Workspace, remove_database};
use color_eyre::eyre::{Result, WrapErr};
use rusqlite::{Connection, params};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Most memory of the workstation, in MB.
const MEMORY: f64 = 60.0;

/// Most milliseconds of processor time from one key to the next, all threads together.
const PROCESSOR: f64 = 2.0;

/// Most pages that a decision writes to the log.
const PAGES: f64 = 10.0;

/// Keys pressed before the ones that count.
const WARM_UP: usize = 20;

pub(crate) fn measure(bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    let paint = key_to_paint(bench)?;
    let commit = durable_commit(bench)?;
    let karat = decide(bench, workspace)?;
    let of = |share: f64| (karat.times.percentile(share), paint.times.percentile(share) + commit.percentile(share));
    let both = |samples: &Samples| format!("{} / {}", millis(samples.median()), millis(samples.percentile(0.99)));
    Ok(vec![
        Figure::told("key to paint of one line, p50 / p99", both(&paint.times)),
        Figure::told("its processor time", millis(paint.processor)),
        Figure::told("durable commit of one row, p50 / p99", both(&commit)),
        Figure::times("decide and see the next, p50", of(0.5).0, of(0.5).1, 2.0),
        Figure::times("decide and see the next, p99", of(0.99).0, of(0.99).1, 2.5),
        Figure::at_most("processor time of a decision", karat.processor, "ms", PROCESSOR),
        Figure::at_most("pages to the log of a decision", karat.pages, "pages", PAGES),
        Figure::at_most("workstation, peak memory", karat.memory, "MB", MEMORY),
    ])
}

/// What pressing a key many times came to.
struct Presses {
    times: Samples,
    /// Milliseconds of processor time a key.
    processor: f64,
    /// Pages to the log a key.
    pages: f64,
    /// Most memory, in MB.
    memory: f64,
}

/// The workstation on the workspace, ready for keys.
pub(crate) fn open(workspace: &Workspace) -> Result<Terminal> {
    let db = workspace.db.to_string_lossy();
    let home = workspace.folder().to_string_lossy();
    let arguments = ["--db", &db, "review", QUEUE, "--as", REVIEWER];
    Terminal::start(env!("CARGO_BIN_EXE_karat").as_ref(), &arguments, &[("XDG_CONFIG_HOME", &home)])
}

/// The one-line program in a terminal.
pub(crate) fn open_one_line() -> Result<Terminal> {
    Terminal::start(&std::env::current_exe()?, &["one-line"], &[])
}

fn decide(bench: &Bench, workspace: &Workspace) -> Result<Presses> {
    let presses = WARM_UP + bench.keys;
    let (decided, items, ids) = workspace.undecided(presses + 1)?;
    let mut terminal = open(workspace)?;
    terminal.shown_after_start(&ids[..1])?;
    let expect = |nth: usize| {
        let done = bench.expect.replace("{n}", &thousands(decided + nth as i64)).replace("{m}", &thousands(items));
        vec![done, ids[nth].clone()]
    };
    let pressed = press(&mut terminal, bench.settle_ms, presses, &mut Log::of(&workspace.db), expect);
    terminal.quit()?;
    pressed
}

fn key_to_paint(bench: &Bench) -> Result<Presses> {
    let mut terminal = open_one_line()?;
    terminal.shown_after_start(&[one_line::text(0)])?;
    let pressed = press(&mut terminal, bench.settle_ms, WARM_UP + bench.keys, &mut Log::default(), |nth| {
        vec![one_line::text(nth)]
    });
    terminal.quit()?;
    pressed
}

/// Presses the key of a decision so many times, as a person would: once the screen is still.
fn press(
    terminal: &mut Terminal,
    settle_ms: u64,
    presses: usize,
    log: &mut Log,
    expect: impl Fn(usize) -> Vec<String>,
) -> Result<Presses> {
    let process = terminal.process()?;
    let mut times = Vec::with_capacity(presses);
    let mut before = Duration::ZERO;
    for nth in 1..=presses {
        // The pauses differ, so that they keep no step with a timer of the program.
        terminal.rest(Duration::from_millis(settle_ms + (nth as u64 * 7) % 16))?;
        if nth == WARM_UP + 1 {
            before = processor_time(process)?;
            log.begin();
        }
        let time = terminal.shown_after_key("a", &expect(nth));
        times.push(time.wrap_err_with(|| format!("key {nth} of {presses}"))?);
        log.look();
    }
    terminal.rest(Duration::from_millis(30))?;
    let keys = (presses - WARM_UP) as f64;
    Ok(Presses {
        times: Samples::new(times.split_off(WARM_UP)),
        processor: (processor_time(process)? - before).as_secs_f64() * 1e3 / keys,
        pages: log.pages as f64 / keys,
        memory: peak_memory(process),
    })
}

/// The log of a database (SQLite's WAL), as its index beside it tells; empty where there is none.
#[derive(Default)]
pub(crate) struct Log {
    index: PathBuf,
    /// Pages in the log, which begins anew after a checkpoint.
    present: u32,
    /// Pages that were written.
    pages: u64,
}

impl Log {
    pub(crate) fn of(db: &Path) -> Self {
        let mut index = db.as_os_str().to_owned();
        index.push("-shm");
        Self { index: index.into(), ..Self::default() }
    }

    pub(crate) fn begin(&mut self) {
        (self.present, self.pages) = (self.length(), 0);
    }

    /// Looks what was written since, once a transaction or oftener.
    pub(crate) fn look(&mut self) {
        let length = self.length();
        self.pages += u64::from(length.checked_sub(self.present).unwrap_or(length));
        self.present = length;
    }

    pub(crate) fn pages(&self) -> u64 {
        self.pages
    }

    /// `mxFrame` of the header, <https://sqlite.org/walformat.html#walidxfmt>.
    fn length(&self) -> u32 {
        let index = std::fs::read(&self.index).unwrap_or_default();
        index.get(16..20).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_ne_bytes)
    }
}

/// One row, on disk when it returns.
fn durable_commit(bench: &Bench) -> Result<Samples> {
    let db = bench.dir.join("commit.db");
    remove_database(&db);
    let times = commits(&Connection::open(&db)?, WARM_UP + bench.keys, Duration::from_millis(bench.settle_ms));
    remove_database(&db);
    Ok(Samples::new(times?.split_off(WARM_UP)))
}

fn commits(connection: &Connection, count: usize, pause: Duration) -> Result<Vec<Duration>> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch("CREATE TABLE decision (seq INTEGER PRIMARY KEY, item TEXT, verdict TEXT, note TEXT)")?;
    let mut insert = connection.prepare("INSERT INTO decision (item, verdict, note) VALUES (?1, ?2, ?3)")?;
    let mut one = |nth: usize| -> Result<Duration> {
        std::thread::sleep(pause); // as between two keys: a processor that slept is slower
        let start = Instant::now();
        insert.execute(params![format!("itm-{nth:07}"), "accept", "as it should be"])?;
        Ok(start.elapsed())
    };
    (0..count).map(&mut one).collect()
}

/// `1,000,000`, as the screen writes numbers.
pub(crate) fn thousands(number: i64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", thousands(number / 1000), number % 1000),
    }
}
