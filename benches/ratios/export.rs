//! Rows a second of `karat export --to csv`, beside the `sqlite3` shell that writes the
//! same columns of the same database.

#[path = "../shared/decided.rs"]
pub(crate) mod decided;
#[path = "export/plain.rs"]
mod plain;

use crate::figure::Figure;
use crate::options::Bench;
use crate::process::{self, Run, best_of_pairs};
use crate::workspace::{QUEUE, Workspace};
use color_eyre::eyre::Result;

/// Most memory of an export, in MB: as much for ten items as for ten million.
const MEMORY: f64 = 60.0;

/// How much faster an export is than the shell of SQLite, at least.
const RATE: f64 = 1.5;

/// Most processor time of an export, in times that of the shell.
const PROCESSOR: f64 = 1.0;

pub(crate) fn measure(bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    let rows = decided::decide(&workspace.open()?)? as f64;
    let (floor, karat) = best_of_pairs(bench, || plain::export(bench, workspace), || export(bench, workspace))?;
    let what = format!("export to CSV beside {}", plain::name());
    Ok(vec![
        Figure::rate_of(&what, rows / karat.seconds, rows / floor.seconds, RATE),
        Figure::processor("export, processor time", karat.processor, floor.processor, PROCESSOR),
        Figure::at_most("export, peak memory", karat.peak, "MB", MEMORY),
    ])
}

fn export(bench: &Bench, workspace: &Workspace) -> Result<Run> {
    let out = bench.dir.join("karat.csv");
    let run = process::run(workspace.karat().args(["export", QUEUE, "--to", "csv", "--out"]).arg(&out));
    std::fs::remove_file(&out)?;
    std::fs::remove_file(bench.dir.join("karat.csv.manifest.json"))?;
    run
}
