//! What a bar costs: the gate over decided items, and a decision in a queue that has one beside one in a queue that
//! has none, in turn.

use crate::decide::thousands;
use crate::export::decided::{self, DECIDED};
use crate::figure::Figure;
use crate::options::Bench;
use crate::process::{self, Run, processor_time};
use crate::samples::Samples;
use crate::terminal::Terminal;
use crate::workspace::{QUEUE, REVIEWER, SPEC, Workspace, remove_database};
use color_eyre::eyre::{Result, WrapErr};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Seconds of processor time of a gate that has been asked before.
const GATE: f64 = 0.2;

/// Most that a decision takes in a queue with a bar, in times what it takes without.
const DECISION: f64 = 1.05;

/// Who decides: somebody whose sitting begins here, and is not the one in which all was decided.
const READER: &str = "reader";

/// Keys pressed before the ones that count.
const WARM_UP: usize = 20;

const BAR: &str = "
[[bar]]
key = \"supported\"
of = \"not category:unsupported\"
at_least = 0.7
";

pub(crate) fn measure(bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    decided::decide(&workspace.open()?)?;
    let barred = Barred { db: bench.dir.join("bars.db"), folder: bench.dir.clone() };
    remove_database(&barred.db);
    std::fs::copy(&workspace.db, &barred.db)?;
    let spec = bench.dir.join("bars.toml");
    std::fs::write(&spec, format!("{SPEC}{BAR}"))?;
    process::run(barred.karat().args(["spec", "apply"]).arg(spec).args(["--as", REVIEWER]))?;
    let [first, again] = [barred.gate()?, barred.gate()?];
    let mut figures = vec![
        Figure::told("gate for the first time, processor time", format!("{:.2} s", first.processor)),
        Figure::at_most("gate again, processor time", again.processor, "s", GATE),
        Figure::told("gate, peak memory, first and again", format!("{:.0}, {:.0} MB", first.peak, again.peak)),
    ];
    figures.extend(deciding(bench, &workspace.db, &barred.db)?);
    if !bench.keep {
        remove_database(&barred.db);
    }
    Ok(figures)
}

/// The workspace, under a spec that has a bar.
struct Barred {
    db: PathBuf,
    folder: PathBuf,
}

impl Barred {
    fn karat(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
        command.arg("--db").arg(&self.db).env("XDG_CONFIG_HOME", &self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn gate(&self) -> Result<Run> {
        process::run(self.karat().args(["gate", QUEUE, "--exit-zero", "--as", REVIEWER]))
    }
}

/// A workstation on one of the workspaces.
struct Desk {
    terminal: Terminal,
    decided: i64,
    items: i64,
    times: Vec<Duration>,
    processor: Duration,
}

impl Desk {
    fn at(bench: &Bench, db: &Path) -> Result<Self> {
        let counters = format!("SELECT ({DECIDED}), q.items FROM queue q WHERE q.name = ?1");
        let (decided, items) =
            Connection::open(db)?.query_row(&counters, [QUEUE], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let (db, home) = (db.to_string_lossy(), bench.dir.to_string_lossy());
        let arguments = ["--db", &db, "review", QUEUE, "--as", READER];
        let program: &Path = env!("CARGO_BIN_EXE_karat").as_ref();
        let mut desk = Self {
            terminal: Terminal::start(program, &arguments, &[("XDG_CONFIG_HOME", &home)])?,
            decided,
            items,
            times: Vec::new(),
            processor: Duration::ZERO,
        };
        desk.terminal.shown_after_start(&[desk.shown(bench)])?;
        Ok(desk)
    }

    fn shown(&self, bench: &Bench) -> String {
        bench.expect.replace("{n}", &thousands(self.decided)).replace("{m}", &thousands(self.items))
    }

    fn decide(&mut self, bench: &Bench, nth: usize) -> Result<()> {
        // The pauses differ, so that they keep no step with a timer of the program.
        self.terminal.rest(Duration::from_millis(bench.settle_ms + (nth as u64 * 7) % 16))?;
        self.decided += 1;
        let shown = self.shown(bench);
        self.times.push(self.terminal.shown_after_key("a", &[shown]).wrap_err_with(|| format!("key {nth}"))?);
        Ok(())
    }

    /// From here on it counts.
    fn begin(&mut self) -> Result<()> {
        self.times.clear();
        self.processor = processor_time(self.terminal.process()?)?;
        Ok(())
    }

    /// The times from the key to the screen, and the milliseconds of processor time a key.
    fn end(mut self, keys: usize) -> Result<(Samples, f64)> {
        self.terminal.rest(Duration::from_millis(30))?;
        let spent = processor_time(self.terminal.process()?)? - self.processor;
        self.terminal.quit()?;
        Ok((Samples::new(self.times), spent.as_secs_f64() * 1e3 / keys as f64))
    }
}

fn deciding(bench: &Bench, plain: &Path, barred: &Path) -> Result<Vec<Figure>> {
    let (mut without, mut with) = (Desk::at(bench, plain)?, Desk::at(bench, barred)?);
    for nth in 0..WARM_UP + bench.keys {
        if nth == WARM_UP {
            without.begin()?;
            with.begin()?;
        }
        without.decide(bench, nth)?;
        with.decide(bench, nth)?;
    }
    let ((without, without_spent), (with, with_spent)) = (without.end(bench.keys)?, with.end(bench.keys)?);
    let spent = |millis: f64| format!("{millis:.2} ms");
    Ok(vec![
        Figure::times("a decision in a queue with a bar, p50", with.median(), without.median(), DECISION),
        Figure::times(
            "a decision in a queue with a bar, p99",
            with.percentile(0.99),
            without.percentile(0.99),
            DECISION,
        ),
        Figure::told(
            "its processor time, with / without, the count of the bar in it",
            format!("{} / {}", spent(with_spent), spent(without_spent)),
        ),
    ])
}
