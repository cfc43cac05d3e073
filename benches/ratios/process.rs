//! A program that runs to its end: how long, and with how much memory.

use color_eyre::eyre::{Result, ensure};
use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// What a run took.
pub(crate) struct Run {
    pub seconds: f64,
    /// Most memory that was resident at once, in MB; 0 where the system does not tell.
    pub peak: f64,
}

/// Runs the command, and fails where it fails.
pub(crate) fn run(command: &mut Command) -> Result<Run> {
    let start = Instant::now();
    let mut child = command.spawn()?;
    let mut peak = 0.0_f64;
    let status = loop {
        peak = peak.max(peak_memory(child.id()));
        if let Some(status) = wait_a_little(&mut child)? {
            break status;
        }
    };
    let seconds = start.elapsed().as_secs_f64();
    ensure!(status.success(), "{command:?} failed: {status}");
    Ok(Run { seconds, peak })
}

/// The exit, or `None` after a while: the memory of a process that has ended is not told.
fn wait_a_little(child: &mut Child) -> Result<Option<std::process::ExitStatus>> {
    for _ in 0..20 {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(None)
}

/// The most memory that the process had resident so far, in MB.
pub(crate) fn peak_memory(process: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.trim().trim_end_matches(" kB").trim().parse::<f64>().ok());
    kib.unwrap_or(0.0) * 1024.0 / 1e6
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
