//! Where a workspace is: a file, or a database on a PostgreSQL server.

mod password;
mod server;
mod service;
mod settings;
mod tls;

pub use server::Server;

use super::error::{Result, StoreError};
use crate::text::server_address;
use directories::BaseDirs;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

/// How the address of a server begins.
const SCHEMES: [&str; 2] = ["postgres://", "postgresql://"];

/// How a place is written.
const WRITTEN: &str = "name a file, or a PostgreSQL database as postgres://USER@HOST/DATABASE";

/// Where a workspace is. Shown, it holds no password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// An SQLite file.
    File(PathBuf),
    /// A database on a PostgreSQL server.
    Server(Server),
}

impl Address {
    /// Reads a path, or an address such as `postgres://user@host/db?sslmode=verify-full`. What
    /// the address leaves out comes from where psql takes it too: the service file and the
    /// environment.
    pub fn parse(text: &str) -> Result<Self> {
        Self::parse_in(text, &Surroundings::present())
    }

    /// Reads an address as the system gives it: a path need not be Unicode.
    pub fn from_os(text: &OsStr) -> Result<Self> {
        match text.to_str() {
            Some(text) => Self::parse(text),
            None if server_address::is_meant(&text.to_string_lossy()) => {
                Err(unreadable("the address of the workspace is no Unicode", WRITTEN))
            }
            None => Ok(Address::File(text.into())),
        }
    }

    fn parse_in(text: &str, around: &Surroundings) -> Result<Self> {
        let address = text.trim();
        if let Some(rest) = SCHEMES.iter().find_map(|scheme| strip_prefix_ignoring_case(address, scheme)) {
            return Ok(Address::Server(Server::parse(rest, around)?));
        }
        if address.is_empty() {
            return Err(unreadable("the place of the workspace is empty", WRITTEN));
        }
        // What follows is not repeated: it may hold a password.
        match address.split_once("://") {
            Some((scheme, _)) if is_scheme(scheme) => {
                let reason = format!("a workspace cannot be at an address that begins with {scheme}://");
                Err(unreadable(reason, WRITTEN))
            }
            _ if server_address::is_meant(text) => {
                let reason = "the place of the workspace looks like the address of a server, and is mistyped";
                Err(unreadable(reason, format!("{WRITTEN}; a file of such a name as ./NAME")))
            }
            _ => Ok(Address::File(text.into())),
        }
    }

    /// The file, where it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Address::File(path) => Some(path),
            Address::Server(_) => None,
        }
    }
}

fn strip_prefix_ignoring_case<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then_some(rest)
}

fn is_scheme(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::File(path) => path.display().fmt(f),
            Address::Server(server) => server.fmt(f),
        }
    }
}

impl From<&Path> for Address {
    fn from(path: &Path) -> Self {
        Address::File(path.to_owned())
    }
}

impl From<PathBuf> for Address {
    fn from(path: PathBuf) -> Self {
        Address::File(path)
    }
}

impl From<&PathBuf> for Address {
    fn from(path: &PathBuf) -> Self {
        Address::File(path.clone())
    }
}

impl From<&Address> for Address {
    fn from(address: &Address) -> Self {
        address.clone()
    }
}

/// What is asked about the world around the program.
struct Surroundings<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    home: Option<PathBuf>,
    login: Option<String>,
}

impl Surroundings<'_> {
    fn present() -> Surroundings<'static> {
        Surroundings {
            variable: &|name| std::env::var(name).ok().filter(|value| !value.is_empty()),
            home: BaseDirs::new().map(|dirs| dirs.home_dir().to_owned()),
            login: whoami::username().ok(),
        }
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.variable)(name)
    }

    /// A file of the user's, where there is one.
    fn at_home(&self, name: &str) -> Option<PathBuf> {
        Some(self.home.as_ref()?.join(name)).filter(|path| path.is_file())
    }
}

fn unreadable(reason: impl Into<String>, hint: impl Into<String>) -> StoreError {
    StoreError::Address { reason: reason.into(), hint: hint.into() }
}

#[cfg(test)]
mod tests;
