//! From the start of the program to the first item on screen.

use crate::decide::{open, open_one_line};
use crate::figure::Figure;
use crate::one_line;
use crate::options::Bench;
use crate::samples::Samples;
use crate::terminal::Terminal;
use crate::workspace::Workspace;
use color_eyre::eyre::Result;

/// Starts of each program.
const STARTS: usize = 15;

/// Most milliseconds more than the one-line program.
const MORE: f64 = 6.0;

pub(crate) fn measure(_: &Bench, workspace: &Workspace) -> Result<Vec<Figure>> {
    let (_, _, next) = workspace.undecided(1)?;
    let (mut floor, mut karat) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        floor.push(start(open_one_line()?, &[one_line::text(0)])?);
        karat.push(start(open(workspace)?, &next)?);
    }
    let (floor, karat) = (Samples::new(floor), Samples::new(karat));
    Ok(vec![Figure::more("start to the first item, p50", karat.median(), floor.median(), MORE)])
}

fn start(mut terminal: Terminal, texts: &[String]) -> Result<std::time::Duration> {
    let time = terminal.shown_after_start(texts)?;
    terminal.quit()?;
    Ok(time)
}
