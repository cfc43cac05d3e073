//! What every command starts from: the workspace, the settings, who works.

use super::output::{Hinted, with_hint};
use super::{Color, Globals};
use crate::config::{self, Config};
use crate::store::Store;
use color_eyre::Section;
use color_eyre::eyre::{Report, Result, eyre};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

pub struct Context {
    pub config: Config,
    pub color: Color,
    db: Option<PathBuf>,
}

impl Context {
    pub fn new(globals: Globals) -> Result<Self> {
        let config = Config::load(globals.config.as_deref()).map_err(|error| {
            let hint = error.hint();
            with_hint(Report::new(error), hint)
        })?;
        let db = globals.db.or_else(|| config.database.clone());
        if db.as_ref().is_some_and(|db| is_server(db)) {
            return Err(eyre!("a workspace on a PostgreSQL server is not supported yet"))
                .suggestion("name an SQLite file with --db");
        }
        Ok(Self { config, color: globals.color, db })
    }

    /// Where the workspace is: `--db`, `KARAT_DB`, the settings, else the platform's
    /// data directory.
    pub fn db(&self) -> Result<PathBuf> {
        let found = self.db.clone().or_else(config::default_database);
        found.ok_or_else(|| eyre!("this platform names no data directory")).suggestion("name the workspace with --db")
    }

    pub fn store(&self) -> Result<Store> {
        Store::open(&self.db()?).hinted()
    }

    /// The workspace, which must be there: a mistyped path makes no new one.
    pub fn existing_store(&self) -> Result<Store> {
        let db = self.db()?;
        if !db.exists() {
            return Err(eyre!("there is no workspace at {}", db.display()))
                .suggestion("`karat open FILE` and `karat spec apply FILE` make one; --db names another");
        }
        self.store()
    }

    /// The same, in a workspace of its own.
    pub fn with_db(&self, db: &Path) -> Self {
        Self { config: self.config.clone(), color: self.color, db: Some(db.to_owned()) }
    }

    /// Under whose name: `--as`, the settings, else the login name.
    pub fn reviewer(&self, given: Option<&str>) -> Result<String> {
        let name =
            given.map(str::to_owned).or_else(|| self.config.reviewer.clone()).or_else(|| whoami::username().ok());
        let name = name.ok_or_else(|| eyre!("there is no login name to review under"));
        self::name(&name.suggestion("name the reviewer with --as")?).suggestion("name another reviewer with --as")
    }

    /// Whether what goes to the terminal may have colours.
    pub fn colours(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// Refuses to start a screen where there is no terminal.
    pub fn need_terminal(&self, command: &str, instead: &str) -> Result<()> {
        if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
            return Ok(());
        }
        Err(eyre!("`{command}` needs a terminal, and this is none")).suggestion(instead.to_owned())
    }
}

/// A person's name, as it is kept.
pub fn name(given: &str) -> Result<String> {
    let name = given.trim();
    if name.is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control) {
        return Err(eyre!("a reviewer's name has 1 to 64 characters on one line"));
    }
    Ok(name.to_owned())
}

/// Whether both paths lead to one file that is there.
pub fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

fn is_server(db: &Path) -> bool {
    db.to_str().is_some_and(|db| db.starts_with("postgres://") || db.starts_with("postgresql://"))
}
