//! Processes of the test binary itself: a role is an ignored test that does its work
//! only where it is started from here.

use std::ffi::OsStr;
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
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// In a role: the workspace and the number it was given; `None` where somebody runs all
/// ignored tests.
pub fn part() -> Option<(PathBuf, u64)> {
    let workspace = std::env::var_os(WORKSPACE)?.into();
    Some((workspace, std::env::var(NUMBER).unwrap().parse().unwrap()))
}

/// Random numbers that are the same in every run: a failure can be repeated.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..4 {
            dice.below(2); // the first numbers of neighbouring seeds are alike
        }
        dice
    }

    /// A number from 0 to `end` - 1.
    pub fn below(&mut self, end: u64) -> u64 {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % end
    }
}
