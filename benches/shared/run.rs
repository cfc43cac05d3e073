//! A program that runs to its end: how long, and with how much memory.

use color_eyre::eyre::{OptionExt, Result, ensure};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// What a run took.
#[derive(Clone, Copy)]
pub(crate) struct Run {
    pub seconds: f64,
    /// Seconds of processor time of all its threads, to a hundredth.
    pub processor: f64,
    /// Most memory that was resident at once, in MB; 0 where the system does not tell.
    pub peak: f64,
}

impl Run {
    /// The smallest of each, and of the memory the largest.
    pub(crate) fn best(self, other: Self) -> Self {
        let (seconds, processor) = (self.seconds.min(other.seconds), self.processor.min(other.processor));
        Self { seconds, processor, peak: self.peak.max(other.peak) }
    }
}

/// Runs the command, and fails where it fails.
pub(crate) fn run(command: &mut Command) -> Result<Run> {
    let (start, before) = (Instant::now(), time_of_ended_children()?);
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
    Ok(Run { seconds, processor: time_of_ended_children()? - before, peak })
}

/// What /proc counts processor time in (`USER_HZ`, on every architecture of today).
const TICKS_A_SECOND: f64 = 100.0;

/// Seconds of processor time of the children that were waited for (`cutime` and `cstime` of
/// proc_pid_stat(5)).
fn time_of_ended_children() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The name of the program, in brackets, may hold spaces.
    let (_, fields) = stat.rsplit_once(')').ok_or_eyre("a process has a name")?;
    let ticks: Vec<f64> = fields.split_whitespace().skip(13).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS_A_SECOND)
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
