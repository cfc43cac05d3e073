//! What reading and writing files takes, beside the bare loops of the crates that decode them and beside
//! DuckDB: see `--help`.
//!
//! Seconds are those of the processor, so that what else the machine does matters little; each program is a
//! process of its own, the best of some runs in turn.

#[path = "formats/bare.rs"]
mod bare;
#[path = "formats/decode.rs"]
mod decode;
#[path = "formats/export.rs"]
mod export;
#[path = "formats/import.rs"]
mod import;
#[path = "formats/rows.rs"]
mod rows;
#[path = "shared/run.rs"]
mod run;
#[path = "formats/tools.rs"]
mod tools;
#[path = "formats/workspace.rs"]
mod workspace;

use clap::{Parser, Subcommand, ValueEnum};
use color_eyre::eyre::Result;
use run::Run;
use std::path::PathBuf;

/// Measures reading and writing, and prints a table.
#[derive(Parser)]
#[command(name = "formats")]
struct Options {
    #[command(flatten)]
    bench: Bench,
    #[command(subcommand)]
    mode: Option<Mode>,
}

#[derive(clap::Args)]
struct Bench {
    /// Rows of each table, of about 1 KB
    #[arg(long, default_value_t = 200_000)]
    rows: u64,
    /// MB of each file of another tool
    #[arg(long, default_value_t = 64)]
    megabytes: u64,
    /// Where the files go: about 5 KB a row
    #[arg(long, default_value = concat!(env!("CARGO_TARGET_TMPDIR"), "/formats"))]
    dir: PathBuf,
    /// Only these
    #[arg(long, value_delimiter = ',')]
    only: Vec<Subject>,
    /// How often each is run; the best counts
    #[arg(long, default_value_t = 3)]
    times: usize,
    /// A Python that has the package duckdb, to write the same table beside the export
    #[arg(long, value_name = "PYTHON")]
    duckdb: Option<PathBuf>,
    /// Given by cargo
    #[arg(long = "bench", hide = true)]
    _by_cargo: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Subject {
    /// From the file to items, without a workspace
    Decode,
    /// `karat import` of a table
    Import,
    /// `karat import` of traces and logs
    Tools,
    /// `karat export`
    Export,
}

/// What the bench is when it starts itself.
#[derive(Subcommand)]
#[command(hide = true)]
enum Mode {
    /// Reads a file as karat does
    Items { file: PathBuf },
    /// Looks at each value
    Look { file: PathBuf },
    /// Puts each field into one table
    Insert { file: PathBuf, db: PathBuf },
}

fn main() -> Result<()> {
    color_eyre::install()?;
    let Options { bench, mode } = Options::parse();
    match mode {
        Some(Mode::Items { file }) => decode::items(&file),
        Some(Mode::Look { file }) => bare::look(&file),
        Some(Mode::Insert { file, db }) => bare::insert(&file, &db),
        None => measure(&bench),
    }
}

fn measure(bench: &Bench) -> Result<()> {
    std::fs::create_dir_all(&bench.dir)?;
    println!("{} rows, seconds of the processor", bench.rows);
    line(["what", "karat", "floor", "ratio", "bound", "peak memory"]);
    println!("|---|---|---|---|---|---|");
    for subject in [Subject::Decode, Subject::Import, Subject::Tools, Subject::Export] {
        if bench.only.is_empty() || bench.only.contains(&subject) {
            match subject {
                Subject::Decode => decode::measure(bench)?,
                Subject::Import => import::measure(bench)?,
                Subject::Tools => tools::measure(bench)?,
                Subject::Export => export::measure(bench)?,
            }
        }
    }
    Ok(())
}

impl Bench {
    /// The programs in turn, the best of each.
    fn in_turn<const N: usize>(&self, programs: [&dyn Fn() -> Result<Run>; N]) -> Result<[Run; N]> {
        let mut best: Option<[Run; N]> = None;
        for _ in 0..self.times.max(1) {
            let mut runs = Vec::new();
            for program in programs {
                runs.push(program()?);
            }
            let earlier = best;
            best = Some(std::array::from_fn(|at| earlier.map_or(runs[at], |earlier| earlier[at].best(runs[at]))));
        }
        best.ok_or_else(|| color_eyre::eyre::eyre!("nothing was run"))
    }
}

/// A row of the table: how fast karat is in the share of the floor's speed, and how fast it is to be.
fn beside(what: &str, karat: Run, floor: Run, bound: f64) {
    let ratio = floor.processor / karat.processor;
    let over = if ratio < bound { ", over" } else { "" };
    line([
        what,
        &format!("{:.2} s", karat.processor),
        &format!("{:.2} s", floor.processor),
        &format!("{ratio:.2}"),
        &format!(">= {bound:.2}{over}"),
        &memory(karat),
    ]);
}

/// A row of the table without a floor.
fn alone(what: &str, karat: Run) {
    line([what, &format!("{:.2} s", karat.processor), "", "", "", &memory(karat)]);
}

/// The most memory that anything may take, in MB.
const MEMORY: f64 = 200.0;

fn memory(run: Run) -> String {
    format!("{:.0} MB{}", run.peak, if run.peak > MEMORY { ", over" } else { "" })
}

fn line(cells: [&str; 6]) {
    println!("| {} |", cells.join(" | "));
}
