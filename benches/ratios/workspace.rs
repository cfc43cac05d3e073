//! The workspace that karat itself makes of the generated input.

use crate::export::decided::DECIDED;
use crate::inputs::Input;
use crate::options::Bench;
use crate::process::{self, Run};
use color_eyre::eyre::{Result, ensure};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The queue that the bench imports into.
pub(crate) const QUEUE: &str = "ratios";

/// Under whose name it works.
pub(crate) const REVIEWER: &str = "ratios";

/// Enough of a spec to export scores and categories.
pub(crate) const SPEC: &str = include_str!("spec.toml");

pub(crate) struct Workspace {
    pub db: PathBuf,
    input: Input,
    folder: PathBuf,
}

impl Workspace {
    pub(crate) fn new(bench: &Bench) -> Self {
        let input = Input::of(bench);
        let db = bench.dir.join(format!("{}.karat.db", input.name()));
        Self { db, input, folder: bench.dir.clone() }
    }

    /// The generated file.
    pub(crate) fn file(&self) -> Result<PathBuf> {
        self.input.file()
    }

    /// Where nothing but the bench's own files is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The program on this workspace, quiet and without settings of the user.
    pub(crate) fn karat(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
        command.arg("--db").arg(&self.db).env("XDG_CONFIG_HOME", &self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Imports into a new workspace.
    pub(crate) fn import(&self) -> Result<Run> {
        let file = self.file()?;
        remove_database(&self.db);
        let spec = self.folder.join("spec.toml");
        std::fs::write(&spec, SPEC)?;
        process::run(self.karat().args(["spec", "apply"]).arg(spec).args(["--as", REVIEWER]))?;
        process::run(self.karat().args(["import", QUEUE]).arg(file).args(["--as", REVIEWER]))
    }

    /// The database, after an import where there is none yet.
    pub(crate) fn open(&self) -> Result<Connection> {
        if !self.db.exists() {
            eprintln!("  importing, unmeasured ...");
            self.import()?;
        }
        let connection = Connection::open(&self.db)?;
        connection.busy_timeout(std::time::Duration::from_secs(60))?;
        Ok(connection)
    }

    /// How many items are decided, of how many, and the ids of the next `count` that are
    /// not: items are served in the order of the file.
    pub(crate) fn undecided(&self, count: usize) -> Result<(i64, i64, Vec<String>)> {
        let connection = self.open()?;
        let counters = format!("SELECT ({DECIDED}), q.items FROM queue q WHERE q.name = ?1");
        let (decided, items) = connection.query_row(&counters, [QUEUE], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let next = "SELECT id FROM item WHERE stage = 'waiting' ORDER BY queue_id, rank, seq LIMIT ?1";
        let ids: Vec<String> =
            connection.prepare(next)?.query_map([count as i64], |row| row.get(0))?.collect::<Result<_, _>>()?;
        ensure!(ids.len() == count, "only {} items of {} are undecided: remove it", ids.len(), self.db.display());
        Ok((decided, items, ids))
    }

    pub(crate) fn remove(&self) {
        remove_database(&self.db);
    }
}

/// Removes a database with its logs, where it is there.
pub(crate) fn remove_database(db: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = db.as_os_str().to_owned();
        name.push(suffix);
        let _ = std::fs::remove_file(name);
    }
}
