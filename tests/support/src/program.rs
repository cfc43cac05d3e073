//! The program as its user starts it: a child process, in a folder of its own, away from
//! the tester's home, settings and terminal.

pub use crate::spec::SPEC;
use crate::{child, wait};
use serde_json::Value;
use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The program's file, as cargo names it to the tests that it runs.
pub fn program_file() -> PathBuf {
    std::env::var_os("CARGO_BIN_EXE_karat").expect("`cargo test` runs this, and names the program").into()
}

/// A folder that is the program's whole world, with the workspace `w.db` in it or on a server.
pub struct Program {
    pub folder: tempfile::TempDir,
    server: Option<String>,
}

/// What a run left: exit code and both streams.
#[derive(Debug)]
pub struct Outcome {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Default for Program {
    fn default() -> Self {
        Self::new()
    }
}

impl Program {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), server: None }
    }

    /// With the workspace at the address of a server.
    pub fn on(server: String) -> Self {
        Self { server: Some(server), ..Self::new() }
    }

    /// With the queue `replies` and no items.
    pub fn with_queue() -> Self {
        let program = Self::new();
        program.write("spec.toml", SPEC);
        program.ok(&["spec", "apply", "spec.toml"]);
        program
    }

    /// With the queue `replies` and the items `i1` to `i<count>`.
    pub fn with_items(count: usize) -> Self {
        let program = Self::with_queue();
        if count > 0 {
            program.write("items.jsonl", items(1..=count));
            program.ok(&["import", "replies", "items.jsonl"]);
        }
        program
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn db(&self) -> PathBuf {
        self.path("w.db")
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).unwrap()
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn exists(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// The names in the folder, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The program without a terminal, without arguments yet.
    pub fn command(&self) -> Command {
        self.command_of(program_file())
    }

    /// Another program, in the same folder and environment.
    pub fn command_of(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().current_dir(self.folder.path()).env("HOME", self.folder.path());
        command.env("KARAT_DB", self.server.clone().map_or_else(|| self.db(), PathBuf::from));
        child::apart(&mut command);
        command
    }

    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Outcome {
        Outcome::of(self.command().args(arguments))
    }

    /// A run whose standard input is `input`.
    pub fn run_with(&self, arguments: &[&str], input: impl AsRef<[u8]>) -> Outcome {
        let mut child = self.command().args(arguments).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input.as_ref()).unwrap();
        Outcome::from(child)
    }

    /// A run that must succeed; its standard output.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.code, Some(0), "{arguments:?}: {outcome:#?}");
        outcome.out
    }

    /// A run that must fail with exit code 1; its standard error.
    #[track_caller]
    pub fn fails(&self, arguments: &[&str]) -> String {
        let outcome = self.run(arguments);
        assert_eq!(outcome.code, Some(1), "{arguments:?}: {outcome:#?}");
        assert!(!outcome.err.contains("panicked"), "{outcome:#?}");
        outcome.err
    }

    /// A run with `--json` that must succeed; its objects.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> Vec<Value> {
        let out = self.ok(&[arguments, &["--json"]].concat());
        out.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{line}: {e}"))).collect()
    }

    /// The counts of `import --json` and the exit code.
    #[track_caller]
    pub fn import(&self, arguments: &[&str]) -> (Counts, Option<i32>) {
        let outcome = self.run(&[&["import", "replies", "--json"], arguments].concat());
        let value: Value = serde_json::from_str(&outcome.out).unwrap_or_else(|e| panic!("{e}: {outcome:#?}"));
        let count = |name: &str| value[name].as_u64().unwrap();
        ((count("imported"), count("unchanged"), count("rejected")), outcome.code)
    }

    /// Accepts an item as `ops-1`.
    #[track_caller]
    pub fn accept(&self, item: &str) {
        self.ok(&["decide", "replies", item, "--verdict", "accept", "--as", "ops-1"]);
    }

    /// The queue's line of `queues --json`.
    #[track_caller]
    pub fn queue(&self) -> Value {
        let queues = self.json(&["queues"]);
        queues.into_iter().find(|queue| queue["queue"] == "replies").expect("the queue is listed")
    }

    /// `doctor` finds nothing wrong.
    #[track_caller]
    pub fn assert_sound(&self) {
        let outcome = self.run(&["doctor"]);
        assert_eq!(outcome.code, Some(0), "{outcome:#?}");
    }

    /// The export as CSV records by column name.
    #[track_caller]
    pub fn csv(&self, arguments: &[&str]) -> Vec<std::collections::HashMap<String, String>> {
        let out = self.ok(&[&["export", "replies", "--to", "csv"], arguments].concat());
        csv::Reader::from_reader(out.as_bytes()).deserialize().map(Result::unwrap).collect()
    }

    /// The export as JSON objects.
    #[track_caller]
    pub fn jsonl(&self, arguments: &[&str]) -> Vec<Value> {
        let out = self.ok(&[&["export", "replies", "--to", "jsonl"], arguments].concat());
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Imported, unchanged, rejected.
pub type Counts = (u64, u64, u64);

impl Outcome {
    /// Runs a command to its end.
    #[track_caller]
    pub fn of(command: &mut Command) -> Self {
        command.spawn().unwrap().into()
    }
}

impl From<Child> for Outcome {
    /// Waits for the end.
    #[track_caller]
    fn from(child: Child) -> Self {
        let output = wait::end_of(child);
        let text = |bytes| String::from_utf8(bytes).expect("what the program prints is UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// A line for each of the items `i<n>`.
pub fn items(numbers: impl IntoIterator<Item = usize>) -> String {
    numbers.into_iter().map(|n| item(n) + "\n").collect()
}

/// A whole item, different for each number, with a context that some share.
pub fn item(n: usize) -> String {
    let shared = n % 7;
    format!(
        r#"{{"id":"i{n}","input":"question {n}","output":"answer {n}","context":["article {shared}"],"model":"m-{shared}","latency_ms":{n}}}"#
    )
}

/// Whether `text` has each of the parts; the message shows what is missing.
#[track_caller]
pub fn assert_tells(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "`{part}` is missing in:\n{text}");
    }
}
