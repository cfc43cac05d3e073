//! Waits that end, and say what they waited for.

use std::process::{Child, Output};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Longer than any machine needs: a test fails by what it sees, not by the clock.
pub const PATIENCE: Duration = Duration::from_secs(120);

const GLANCE: Duration = Duration::from_millis(1);

/// Waits until something is so.
#[track_caller]
pub fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < PATIENCE, "waited for {what} for {PATIENCE:?}");
        std::thread::sleep(GLANCE);
    }
}

/// Waits until a child has ended, and reads what it writes meanwhile; one that does not end is killed.
#[track_caller]
pub fn end_of(child: Child) -> Output {
    let id = child.id();
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    match receiver.recv_timeout(PATIENCE) {
        Ok(output) => output.unwrap(),
        Err(_) => {
            kill(id);
            panic!("waited for the end of process {id} for {PATIENCE:?}; it had written {:#?}", receiver.recv());
        }
    }
}

fn kill(id: u32) {
    let _ = std::process::Command::new("kill").args(["-KILL", &id.to_string()]).status();
}
