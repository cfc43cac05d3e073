//! Restoring: a backup in the place of the workspace, which is kept aside.

use super::doctor::CheckResult;
use super::migrate::{self, MIGRATIONS};
use super::sqlite::{Place, Sqlite};
use super::{Address, Engine, Result, Store, StoreError};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A workspace that was restored.
pub struct Restored {
    /// Where the file is that was in its place.
    pub aside: Option<PathBuf>,
    /// What the checks of what was restored came to.
    pub checks: Vec<CheckResult>,
}

impl Store {
    /// Copies `backup` beside the workspace at `path`, checks the copy, and puts it there; the
    /// file that was there is kept under another name. Fails, with all as it was, where the backup
    /// is none or damaged, and while another program has the workspace open.
    pub fn restore(backup: &Path, path: &Path) -> Result<Restored> {
        if is_same(backup, path) {
            return Err(unfit(backup, "it is the workspace itself", "name a file that `karat backup` made"));
        }
        refuse_other(backup)?;
        let source = Sqlite::open_to_copy(backup).map_err(|error| because(backup, &error))?;
        let (found, known) = (source.schema_version()?, MIGRATIONS.len() as i64);
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        let place = Place::take(path)?;
        let copy = place.clear_room()?;
        let checked =
            source.copy_to(&copy).map_err(|error| because(backup, &error)).and_then(|()| check(&copy, backup));
        match checked {
            Ok(checks) => Ok(Restored { aside: place.fill(&copy)?, checks }),
            Err(error) => {
                let _ = place.clear_room(); // half a copy is none
                Err(error)
            }
        }
    }
}

/// Brings the copy to the present schema and checks it; gives what the checks came to.
fn check(copy: &Path, backup: &Path) -> Result<Vec<CheckResult>> {
    let engine = Sqlite::open(copy)?;
    let problems = engine.integrity()?;
    if !problems.is_empty() {
        return Err(because(backup, &StoreError::Damaged(problems.join("; "))));
    }
    migrate::run(&engine, None, MIGRATIONS)?; // the backup is the state before
    let store = Store::over(Box::new(engine), Address::from(copy))?;
    store.doctor(store.now())
}

fn is_same(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

/// Fails where the first bytes tell that the file is none of SQLite's.
fn refuse_other(backup: &Path) -> Result<()> {
    let opening = |source: std::io::Error| StoreError::Open { path: backup.into(), source: source.into() };
    if !backup.metadata().map_err(opening)?.is_file() {
        return Ok(()); // what it is instead is told when it is opened
    }
    let mut start = Vec::new();
    std::fs::File::open(backup).map_err(opening)?.take(5).read_to_end(&mut start).map_err(opening)?;
    match &start[..] {
        b"PGDMP" => Err(unfit(backup, "it is a dump of PostgreSQL", "`pg_restore --dbname ADDRESS FILE` puts it back")),
        b"" => Err(unfit(backup, "it is empty", ANOTHER)),
        _ => Ok(()),
    }
}

const ANOTHER: &str = "name another backup; nothing was changed";

fn because(backup: &Path, error: &StoreError) -> StoreError {
    match error {
        StoreError::DiskFull => StoreError::DiskFull,
        StoreError::Foreign { .. } => unfit(backup, "it is no karat workspace", "name a file that `karat backup` made"),
        StoreError::Open { source, .. } => unfit(backup, source, ANOTHER),
        error => unfit(backup, error, ANOTHER),
    }
}

fn unfit(backup: &Path, reason: impl std::fmt::Display, hint: &str) -> StoreError {
    StoreError::NotRestored { backup: backup.into(), reason: reason.to_string(), hint: hint.into() }
}
