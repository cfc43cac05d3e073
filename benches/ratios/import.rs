//! Rows a second of `karat import`, beside the bare loop.

use crate::figure::Figure;
use crate::options::Bench;
use crate::process::{self, Run};
use crate::workspace::{Workspace, remove_database};
use color_eyre::eyre::Result;
use std::process::Command;

/// Most memory of an import, in MB.
const MEMORY: f64 = 150.0;

pub(crate) fn measure(bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    workspace.file()?; // made before anything is timed
    let (mut floor, mut karat) = (f64::MAX, f64::MAX);
    let mut peak = 0.0_f64;
    for _ in 0..bench.pairs.max(1) {
        floor = floor.min(plain(bench, workspace)?.seconds);
        let run = workspace.import()?;
        karat = karat.min(run.seconds);
        peak = peak.max(run.peak);
    }
    let items = bench.items as f64;
    Ok(vec![
        Figure::rate("import", items / karat, items / floor),
        Figure::at_most("import, peak memory", peak, "MB", MEMORY),
    ])
}

/// The floor, in a process of its own.
fn plain(bench: &Bench, workspace: &Workspace) -> Result<Run> {
    let db = bench.dir.join("plain.db");
    remove_database(&db);
    let run = process::run(Command::new(std::env::current_exe()?).arg("plain-import").arg(workspace.file()?).arg(&db));
    remove_database(&db);
    run
}
