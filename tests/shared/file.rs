//! A workspace in a file of its own, and a way into it past the store.
#![allow(dead_code)] // each test binary uses its own part of it

use karat::store::{Address, Store};
use std::path::PathBuf;

/// A workspace and the place it lies in, which goes with it.
pub struct Workspace {
    pub folder: tempfile::TempDir,
}

impl Workspace {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("w.db")
    }

    /// The same, for what goes to any engine.
    pub fn place(&self) -> Address {
        self.path().into()
    }

    pub fn open(&self) -> Store {
        Store::open(self.path()).unwrap()
    }

    /// Runs a statement as somebody who may write the whole database; gives the number of
    /// rows it changed.
    pub fn sql(&self, statement: &str) -> Result<usize, Box<dyn std::error::Error>> {
        Ok(rusqlite::Connection::open(self.path())?.execute(statement, [])?)
    }

    /// The number that a query gives.
    pub fn number(&self, query: &str) -> i64 {
        rusqlite::Connection::open(self.path()).unwrap().query_row(query, [], |row| row.get(0)).unwrap()
    }
}
