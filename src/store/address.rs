//! Where a workspace is: an SQLite file, or a database on a PostgreSQL server.

use std::fmt;
use std::path::{Path, PathBuf};

/// Where a workspace is.
#[derive(Debug, Clone, PartialEq)]
pub enum Address {
    File(PathBuf),
    Server(Server),
}

/// A database on a PostgreSQL server.
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    url: String,
}

impl Address {
    /// A server where it begins like the address of one, else a file.
    pub fn parse(text: &str) -> Self {
        match text.starts_with("postgres://") || text.starts_with("postgresql://") {
            true => Address::Server(Server { url: text.to_owned() }),
            false => Address::File(text.into()),
        }
    }
}

impl Server {
    /// How to connect, without what every connection of this program sets.
    pub fn config(&self) -> super::Result<tokio_postgres::Config> {
        self.url.parse().map_err(|error: tokio_postgres::Error| super::StoreError::Engine {
            message: error.to_string(),
            source: Box::new(error),
        })
    }

    /// How to encrypt.
    pub fn tls(&self) -> super::Result<tokio_postgres::NoTls> {
        Ok(tokio_postgres::NoTls)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Address::File(path) => path.display().fmt(f),
            Address::Server(server) => f.write_str(server.url.split('?').next().unwrap_or_default()),
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
