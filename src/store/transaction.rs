//! Transactions. What changes the workspace is a method of [`Tx`], which only the functions
//! here hand out: outside a transaction it cannot be called.

use super::engine::{Load, Lock, Param};
use super::{Result, Store, StoreError};
use std::ops::Deref;

/// Attempts at a transaction before its failure is reported.
pub(super) const MOST_TRIES: usize = 5;

/// A transaction under way that writes; it reads like its store, what it has written with it.
pub(super) struct Tx<'s> {
    store: &'s Store,
}

impl Deref for Tx<'_> {
    type Target = Store;

    fn deref(&self) -> &Store {
        self.store
    }
}

impl<'s> Tx<'s> {
    /// Runs a statement; gives the number of rows it changed.
    pub(super) fn execute(&self, sql: &str, params: &[Param]) -> Result<usize> {
        self.store.engine.execute(sql, params)
    }

    /// Runs a statement without waiting for its outcome: an error is reported by a later one, or
    /// by the commit.
    pub(super) fn pipeline(&self, sql: &str, params: &[Param]) -> Result<()> {
        self.store.engine.pipeline(sql, params)
    }

    /// Waits until no other transaction holds it; holds it to the end of this one.
    pub(super) fn lock(&self, lock: Lock) -> Result<()> {
        self.store.engine.lock(lock)
    }

    /// Begins to take many rows into a table.
    pub(super) fn load(&self, table: &str, columns: &[&str]) -> Result<Box<dyn Load + 's>> {
        self.store.engine.load(table, columns)
    }
}

impl Store {
    /// Runs `body` in one transaction that writes. When it returns `Ok`, all of it is
    /// on disk, once; otherwise none of it is. It is run again where the connection was
    /// lost, or where it and another one waited for each other.
    pub(super) fn write<T>(&self, mut body: impl FnMut(&Tx) -> Result<T>) -> Result<T> {
        let mut tries = 1;
        loop {
            match self.write_once(&mut body) {
                Err(error) if self.may_try_again(&mut tries, &error) => {}
                outcome => return outcome,
            }
        }
    }

    /// Runs a `body` that does nothing where it finds its work done already: also where it is
    /// not known whether that was committed, it is run again, once.
    pub(super) fn write_idempotent<T>(&self, mut body: impl FnMut(&Tx) -> Result<T>) -> Result<T> {
        let (mut tries, mut is_settled) = (1, true);
        loop {
            match self.write_once(&mut body) {
                Err(StoreError::OutcomeUnknown) if is_settled => (tries, is_settled) = (1, false),
                Err(error) if self.may_try_again(&mut tries, &error) => {}
                outcome => return outcome,
            }
        }
    }

    /// Runs a `body` that cannot be run again in one transaction that writes.
    pub(super) fn write_once<T>(&self, body: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        self.engine.begin()?;
        let outcome = body(&Tx { store: self }).and_then(|value| self.engine.commit().map(|()| value));
        if outcome.is_err() {
            self.engine.rollback();
        }
        outcome
    }

    /// Runs `body` in one transaction and takes all of it back.
    pub(super) fn rehearse<T>(&self, body: impl FnOnce(&Tx) -> Result<T>) -> Result<T> {
        self.engine.begin()?;
        let outcome = body(&Tx { store: self });
        self.engine.rollback();
        outcome
    }

    /// Runs `body` on one state of the workspace, whatever others write meanwhile; again
    /// where the connection was lost.
    pub(super) fn read<T>(&self, mut body: impl FnMut() -> Result<T>) -> Result<T> {
        let mut tries = 1;
        loop {
            match self.read_once(&mut body) {
                Err(error) if self.may_try_again(&mut tries, &error) => {}
                outcome => return outcome,
            }
        }
    }

    /// Runs a `body` that cannot be run again on one state of the workspace.
    pub(super) fn read_once<T>(&self, body: impl FnOnce() -> Result<T>) -> Result<T> {
        self.engine.begin_read()?;
        let outcome = body();
        self.engine.rollback();
        outcome
    }

    /// Runs a `body` whose commits do not wait for the disk: a machine that loses its power may lose them,
    /// the newest first.
    pub(super) fn without_waiting<T>(&self, body: impl FnOnce() -> Result<T>) -> Result<T> {
        let outcome = self.engine.wait_for_disk(false).and_then(|()| body());
        self.engine.wait_for_disk(true)?;
        outcome
    }

    fn may_try_again(&self, tries: &mut usize, error: &StoreError) -> bool {
        *tries += 1;
        *tries <= MOST_TRIES && self.engine.may_try_again(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commits_wait_for_the_disk_again_whatever_came_of_those_that_did_not() {
        const FULL: i64 = 2;
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("w.db").as_path()).unwrap();
        let setting = || store.number("SELECT synchronous FROM pragma_synchronous", &[]).unwrap();
        assert_eq!(setting(), FULL);
        for outcome in [Ok(()), Err(StoreError::Busy)] {
            let is_ok = outcome.is_ok();
            let found = store.without_waiting(|| {
                assert_eq!(setting(), 0);
                outcome
            });
            assert_eq!((found.is_ok(), setting()), (is_ok, FULL));
        }
    }
}
