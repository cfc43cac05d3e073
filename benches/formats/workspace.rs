//! The workspace that is imported into and exported from.

use crate::Bench;
use crate::run::{self, Run};
use color_eyre::eyre::Result;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The queue of the spec.
pub(crate) const QUEUE: &str = "ratios";

/// Under whose name it works.
pub(crate) const REVIEWER: &str = "bench";

const SPEC: &str = include_str!("../ratios/spec.toml");

pub(crate) struct Workspace {
    pub db: PathBuf,
    folder: PathBuf,
}

impl Workspace {
    pub(crate) fn new(bench: &Bench) -> Self {
        Self { db: bench.dir.join("karat.db"), folder: bench.dir.clone() }
    }

    /// The program on this workspace, quiet and without settings of the user.
    pub(crate) fn karat(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_karat"));
        command.arg("--db").arg(&self.db).env("XDG_CONFIG_HOME", &self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Imports into a new workspace.
    pub(crate) fn import(&self, file: &Path) -> Result<Run> {
        remove_database(&self.db);
        let spec = self.folder.join("spec.toml");
        std::fs::write(&spec, SPEC)?;
        run::run(self.karat().args(["spec", "apply"]).arg(spec).args(["--as", REVIEWER]))?;
        run::run(self.karat().args(["import", QUEUE]).arg(file).args(["--as", REVIEWER]))
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
