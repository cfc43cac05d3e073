//! What every command starts from: the workspace, the settings, who works.

use super::output::{Hinted, aside, tell_problems};
use super::report::Suggest;
use super::{Color, Globals};
use crate::config::{self, Config, ConfigError};
use crate::domain::check::CHECK_REVIEWER;
use crate::store::{Address, Store};
use color_eyre::eyre::{Report, Result, eyre};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

/// The variable that names the workspace where `--db` does not.
pub(super) const DB_VARIABLE: &str = "KARAT_DB";

pub(super) struct Context {
    pub config: Config,
    pub color: Color,
    /// The file of the settings, for messages.
    pub settings: PathBuf,
    db: Option<Address>,
}

impl Context {
    pub(super) fn new(globals: Globals) -> Result<Self> {
        let config = Config::load(globals.config.as_deref()).map_err(settings_report)?;
        let settings = globals.config.or_else(config::default_path).unwrap_or_default();
        let db = globals.db.or_else(|| config.database.clone().map(Into::into));
        let db = db.map(|db| Address::from_os(&db)).transpose().hinted()?;
        Ok(Self { config, color: globals.color, settings, db })
    }

    /// Where the workspace is: `--db`, `KARAT_DB`, the settings, else the platform's
    /// data directory.
    pub(super) fn db(&self) -> Result<Address> {
        let found = self.db.clone().or_else(|| config::default_database().map(Address::File));
        found.ok_or_else(|| eyre!("this platform names no data directory")).suggestion("name the workspace with --db")
    }

    /// What a command needs behind it to find this workspace: ` --db PLACE`, or nothing where it
    /// finds it without.
    pub(super) fn db_option(&self) -> String {
        let Some(named) = &self.db else { return String::new() };
        let found = std::env::var_os(DB_VARIABLE).filter(|found| !found.is_empty());
        let found = found.or_else(|| self.config.database.clone().map(Into::into));
        let found = match found {
            Some(found) => Address::from_os(&found).ok(),
            None => config::default_database().map(Address::File),
        };
        let written = named.to_string();
        let is_plain = written.chars().all(|c| c.is_alphanumeric() || "/._-:@~%".contains(c));
        match found.as_ref() == Some(named) {
            true => String::new(),
            false if is_plain => format!(" --db {written}"),
            false => format!(" --db '{}'", written.replace('\'', r"'\''")),
        }
    }

    /// The workspace, made where there is none.
    pub(super) fn store(&self) -> Result<Store> {
        cautioned(Store::open(self.checked_db()?).hinted()?)
    }

    /// The workspace, which must be there: a mistyped address makes no new one.
    pub(super) fn existing_store(&self) -> Result<Store> {
        cautioned(Store::open_existing(self.checked_db()?).hinted()?)
    }

    /// Whether nobody has named a workspace, and there is none yet where it is by default.
    pub(super) fn is_first_use(&self) -> Result<bool> {
        Ok(self.db.is_none() && self.db()?.file().is_some_and(|path| !path.exists()))
    }

    /// The address, after a word about what had better be changed about it.
    pub(super) fn checked_db(&self) -> Result<Address> {
        let db = self.db()?;
        if let Address::Server(server) = &db {
            server.warnings().iter().for_each(|warning| aside(&format!("warning: {warning}")));
        }
        Ok(db)
    }

    /// This context with another workspace.
    pub(super) fn with_db(&self, db: &Path) -> Self {
        Self { config: self.config.clone(), color: self.color, settings: self.settings.clone(), db: Some(db.into()) }
    }

    /// The reviewer's name: `--as`, the settings, else the name by which the server or the
    /// system knows the person.
    pub(super) fn reviewer(&self, given: Option<&str>) -> Result<String> {
        let known = || match &self.db {
            Some(Address::Server(server)) => Some(server.user().to_owned()),
            _ => whoami::username().ok(),
        };
        let name = given.map(str::to_owned).or_else(|| self.config.reviewer.clone()).or_else(known);
        let name = name.ok_or_else(|| eyre!("there is no login name to review under"));
        self::name(&name.suggestion("name the reviewer with --as")?).suggestion("name another reviewer with --as")
    }

    /// Whether what goes to the terminal may have colours.
    pub(super) fn colours(&self) -> bool {
        match self.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// Whether a person is there, at a terminal that can show a screen.
    pub(super) fn is_at_terminal(&self) -> bool {
        is_terminal() && !is_dumb()
    }

    /// Refuses to start a screen where there is no terminal.
    pub(super) fn need_terminal(&self, command: &str, instead: &str) -> Result<()> {
        match (is_terminal(), is_dumb()) {
            (true, false) => return Ok(()),
            (true, true) => Err(eyre!("`{command}` needs a terminal that can move its cursor, and TERM is `dumb`")),
            (false, _) => Err(eyre!("`{command}` needs a terminal, and this is none")),
        }
        .suggestion(instead.to_owned())
    }
}

fn is_terminal() -> bool {
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Tells each problem of the settings; gives the error that sums them up.
pub(super) fn settings_report(error: ConfigError) -> Report {
    if let ConfigError::Invalid { path, problems } = &error {
        tell_problems(problems, path);
    }
    let hint = error.hint();
    Report::new(error).suggestion(hint)
}

/// The workspace, after a word about what had better be changed about it.
pub(super) fn cautioned(store: Store) -> Result<Store> {
    store.cautions().hinted()?.iter().for_each(|caution| aside(&format!("warning: {caution}")));
    Ok(store)
}

/// A person's name, as it is kept.
pub(super) fn name(given: &str) -> Result<String> {
    let name = given.trim();
    if name.is_empty() || name.chars().count() > 64 || name.chars().any(char::is_control) {
        return Err(eyre!("a reviewer's name has 1 to 64 characters on one line"));
    }
    if name.starts_with(CHECK_REVIEWER) {
        return Err(eyre!("`{CHECK_REVIEWER}` begins the names under which checks decide"));
    }
    Ok(name.to_owned())
}

/// Whether both paths lead to the same existing file.
pub(super) fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}
