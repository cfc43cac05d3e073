//! Full-text search over PostgreSQL.

use super::Postgres;
use crate::domain::filter::{Phrase, Scope};
use crate::store::Result;
use crate::store::engine::{Shelf, Texts};

pub const TABLES: &str = "";

impl Texts for Postgres {
    fn file(&self, _shelf: Shelf, _key: i64, _texts: &[&str]) -> Result<()> {
        Ok(())
    }

    fn file_context(&self, _item: i64, _documents: &[i64], _is_new: bool) -> Result<()> {
        Ok(())
    }

    fn take_out(&self, _item: i64, _documents: &[i64]) -> Result<()> {
        Ok(())
    }

    fn filed(&self, _shelf: Shelf) -> Result<i64> {
        Ok(0)
    }

    fn pattern(&self, _phrase: &Phrase) -> Option<String> {
        None
    }

    fn items_with(&self, _scope: Scope, _marker: &str) -> String {
        "SELECT seq FROM item WHERE 1 = 0".into()
    }

    fn decided_with(&self, _pattern: &str, _limit: usize) -> Result<Vec<i64>> {
        Ok(Vec::new())
    }
}
