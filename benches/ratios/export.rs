//! Rows a second of `karat export --to csv`, beside the `sqlite3` shell that writes the
//! same columns of the same database.

#[path = "export/decided.rs"]
mod decided;
#[path = "export/plain.rs"]
mod plain;

use crate::figure::Figure;
use crate::options::Bench;
use crate::process::{self, Run};
use crate::workspace::{QUEUE, Workspace};
use color_eyre::eyre::Result;

/// Most memory of an export, in MB: as much for ten items as for ten million.
const MEMORY: f64 = 60.0;

pub(crate) fn measure(bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    let rows = decided::decide(&workspace.open()?)? as f64;
    let (mut floor, mut karat) = (f64::MAX, f64::MAX);
    let mut peak = 0.0_f64;
    for _ in 0..bench.pairs.max(1) {
        floor = floor.min(plain::export(bench, workspace)?.seconds);
        let run = export(bench, workspace)?;
        karat = karat.min(run.seconds);
        peak = peak.max(run.peak);
    }
    let what = format!("export to CSV beside {}", plain::name());
    Ok(vec![
        Figure::rate(&what, rows / karat, rows / floor),
        Figure::at_most("export, peak memory", peak, "MB", MEMORY),
    ])
}

fn export(bench: &Bench, workspace: &Workspace) -> Result<Run> {
    let out = bench.dir.join("karat.csv");
    let run = process::run(workspace.karat().args(["export", QUEUE, "--to", "csv", "--out"]).arg(&out));
    std::fs::remove_file(&out)?;
    std::fs::remove_file(bench.dir.join("karat.csv.manifest.json"))?;
    run
}
