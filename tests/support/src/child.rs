//! Processes of the test binary itself: a role is an ignored test that does its work
//! only where it is started from here.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const WORKSPACE: &str = "KARAT_TEST_WORKSPACE";
const NUMBER: &str = "KARAT_TEST_NUMBER";

/// A process that plays `role` (the path of its test) on the workspace: a path or an address. Its standard
/// output is a pipe, in which the lines of the test harness stand as well.
pub fn role(role: &str, workspace: impl AsRef<OsStr>, number: u64) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([role, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    command.env(WORKSPACE, workspace.as_ref()).env(NUMBER, number.to_string());
    apart(&mut command);
    command
}

/// A child in the state that its user's shell would start it in, with the test at the other end of its output:
/// whoever runs the tests may ignore signals, as a script does for what it starts with `&`, and a child
/// would inherit that.
pub fn apart(command: &mut Command) {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let heed_signals = || {
        for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT, libc::SIGTERM] {
            // SAFETY: `signal` is safe between fork and exec, and no handler is set.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
        Ok(())
    };
    // SAFETY: the closure does nothing that is not safe between fork and exec.
    unsafe { command.pre_exec(heed_signals) };
}

/// In a role: the workspace and the number it was given; `None` where somebody runs all
/// ignored tests.
pub fn part() -> Option<(PathBuf, u64)> {
    let workspace = std::env::var_os(WORKSPACE)?.into();
    Some((workspace, std::env::var(NUMBER).unwrap().parse().unwrap()))
}
