//! Programs in turn, and the processor time of those that go on.

#[path = "../shared/run.rs"]
mod run;

pub(crate) use run::{Run, peak_memory, run};

use crate::options::Bench;
use color_eyre::eyre::Result;
use std::path::Path;
use std::time::Duration;

/// Runs the floor and the program in turn, as often as the bench says; the best of each.
pub(crate) fn best_of_pairs(
    bench: &Bench,
    floor: impl Fn() -> Result<Run>,
    program: impl Fn() -> Result<Run>,
) -> Result<(Run, Run)> {
    let mut best = (floor()?, program()?);
    for _ in 1..bench.pairs {
        best = (best.0.best(floor()?), best.1.best(program()?));
    }
    Ok(best)
}

/// The processor time of all the process's threads so far.
pub(crate) fn processor_time(process: u32) -> Result<Duration> {
    let mut nanos = 0;
    for thread in std::fs::read_dir(format!("/proc/{process}/task"))? {
        nanos += thread_time(&thread?.path())?;
    }
    Ok(Duration::from_nanos(nanos))
}

fn thread_time(thread: &Path) -> Result<u64> {
    let told = std::fs::read_to_string(thread.join("schedstat"))?;
    Ok(told.split(' ').next().unwrap_or_default().parse()?)
}
