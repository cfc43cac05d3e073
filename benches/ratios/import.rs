//! Rows a second of `karat import`, beside the bare loop.

use crate::figure::Figure;
use crate::options::Bench;
use crate::process::{self, Run, best_of_pairs};
use crate::workspace::{Workspace, remove_database};
use color_eyre::eyre::Result;
use std::process::Command;

/// Most memory of an import, in MB.
const MEMORY: f64 = 150.0;

/// Most processor time of an import, in times that of the bare loop.
const PROCESSOR: f64 = 1.3;

pub(crate) fn measure(bench: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    workspace.file()?; // made before anything is timed
    let (floor, karat) = best_of_pairs(bench, || plain(bench, workspace), || workspace.import())?;
    let items = bench.items as f64;
    Ok(vec![
        Figure::rate("import", items / karat.seconds, items / floor.seconds),
        Figure::processor("import, processor time", karat.processor, floor.processor, PROCESSOR),
        Figure::at_most("import, peak memory", karat.peak, "MB", MEMORY),
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
