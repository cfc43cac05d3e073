//! The program on a terminal: a pseudo-terminal of 100 columns.

use crate::program::Program;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use std::io::Read;

/// Runs to the end; gives the exit code and every character that reached the terminal.
pub fn on_terminal(program: &Program, arguments: &[&str], variables: &[(&str, &str)]) -> (u32, String) {
    let size = PtySize { rows: 30, cols: 100, ..PtySize::default() };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_karat"));
    command.env_clear();
    command.cwd(program.folder.path());
    for (key, value) in [("HOME", program.folder.path()), ("KARAT_DB", &program.db())] {
        command.env(key, value);
    }
    command.env("TERM", "xterm-256color");
    variables.iter().for_each(|(key, value)| command.env(key, value));
    command.args(arguments);
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave); // so that the end of the program is the end of what is read
    let mut seen = Vec::new();
    let _ = reader.read_to_end(&mut seen); // Linux calls the end an I/O error
    (child.wait().unwrap().exit_code(), String::from_utf8(seen).unwrap())
}
