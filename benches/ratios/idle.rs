//! What the workstation takes while nobody presses a key.

use crate::decide::open;
use crate::figure::Figure;
use crate::options::Bench;
use crate::process::processor_time;
use crate::workspace::Workspace;
use color_eyre::eyre::Result;
use karat::store::Store;
use std::time::Duration;

/// Seconds of rest.
const REST: u64 = 3;

/// Most milliseconds of processor time in them: a tick now and then, and no loop.
const MOST: f64 = 1.5;

pub(crate) fn measure(_: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    let (_, _, next) = workspace.undecided(1)?;
    Store::open(&workspace.db)?.complete_index(|_| ())?; // what was decided before is filed in the quiet
    let mut terminal = open(workspace)?;
    terminal.shown_after_start(&next)?;
    terminal.rest(Duration::from_secs(1))?; // what it reads ahead is part of the start
    let before = processor_time(terminal.process()?)?;
    terminal.rest(Duration::from_secs(REST))?;
    let spent = processor_time(terminal.process()?)? - before;
    terminal.quit()?;
    let what = format!("idle, processor time in {REST} s");
    Ok(vec![Figure::at_most(&what, spent.as_secs_f64() * 1e3, "ms", MOST)])
}
