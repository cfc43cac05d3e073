//! Rejections that a filter of `[retry]` says are to be made again. SQL cannot ask the filter of a
//! spec by itself, so the item says what it found (`retries`): kept with where the item stands.

use super::engine::{Param, Row, params};
use super::listing::Condition;
use super::transaction::Tx;
use super::{Result, Store, StoreError};
use crate::domain::filter::{self, SavedFilters, Words};
use crate::domain::item::Seq;
use crate::domain::policy::Retry;
use crate::domain::queue::Queue;
use crate::domain::spec::Spec;

/// SQL: the version of the spec whose filter is asked, of the rejection of record of the row `item`;
/// NULL: none is.
fn version_asked(item: &str) -> String {
    format!(
        "(SELECT d.spec_version FROM decision d JOIN policy p ON p.queue_id = d.queue_id
            AND p.spec_version = d.spec_version AND p.retry = 'filter'
            WHERE d.seq = {item}.decision_seq AND d.verdict = 'reject')"
    )
}

/// SQL: the columns of [`Marked`], of the table `item`.
pub(super) fn marked() -> String {
    format!("retries, queue_id, {}", version_asked("item"))
}

/// What an item says, and which filter it is to say it of.
pub(super) struct Marked {
    retries: bool,
    queue: i64,
    /// The version of the spec; `None`: no filter is asked.
    version: Option<i64>,
}

impl Marked {
    pub(super) fn read(row: &dyn Row, at: usize) -> Result<Self> {
        Ok(Self { retries: row.need_int(at)? == 1, queue: row.need_int(at + 1)?, version: row.int(at + 2)? })
    }
}

impl Tx<'_> {
    /// Makes the item say what the filter finds; `true`: it said otherwise.
    pub(super) fn mark_retried(&self, item: Seq, marked: &Marked) -> Result<bool> {
        let is_found = match marked.version {
            Some(version) => self.is_found(item, marked.queue, version)?,
            None => false,
        };
        if is_found == marked.retries {
            return Ok(false);
        }
        self.keep_before_decision(item)?;
        self.execute("UPDATE item SET retries = ?2 WHERE seq = ?1", params![item, i64::from(is_found)])?;
        Ok(true)
    }

    fn is_found(&self, item: Seq, queue: i64, version: i64) -> Result<bool> {
        let Condition { sql, values } = self.retry_condition(queue, version)?;
        let sql = format!("SELECT COUNT(*) FROM item i WHERE i.queue_id = ?1 AND i.seq BETWEEN ?2 AND ?3 AND {sql}");
        let values: Vec<Param> =
            params![queue, item, item].iter().copied().chain(values.iter().map(Param::from)).collect();
        Ok(self.number(&sql, &values)? > 0)
    }
}

impl Store {
    /// The filter of a version of a spec; one that cannot be read finds nothing.
    fn retry_condition(&self, queue: i64, version: i64) -> Result<Condition> {
        if let Some((of, condition)) = &*self.retry_filter.borrow()
            && *of == (queue, version)
        {
            return Ok(condition.clone());
        }
        let sql = "SELECT source FROM spec WHERE queue_id = ?1 AND version = ?2";
        let source = self.first(sql, params![queue, version], |row| row.string(0))?.unwrap_or_default();
        let spec = crate::spec::parse(&source);
        let spec = spec.map_err(|_| StoreError::Damaged(format!("spec version {version} cannot be read")));
        let condition = match self.readable("spec", &version, spec)? {
            Some(spec) => self.condition_of_retry(&spec)?,
            None => never(),
        };
        *self.retry_filter.borrow_mut() = Some(((queue, version), condition.clone()));
        Ok(condition)
    }

    /// What the filter of `[retry]` in a spec sets to an item with its decision of record.
    pub(super) fn condition_of_retry(&self, spec: &Spec) -> Result<Condition> {
        let Some(Retry::Filter(text)) = spec.retry.as_ref().map(|terms| &terms.when) else { return Ok(never()) };
        let words = Words::of([spec]);
        let unreadable = |error| StoreError::Filter { text: text.clone(), error: Box::new(error) };
        let filter = filter::parse_lasting(text, &words).map_err(unreadable)?;
        // No time in it moves.
        let filter = filter.resolved(&SavedFilters::new(), 0).map_err(unreadable)?;
        Ok(self.condition_under(words, &filter, ""))
    }

    /// How many items of the queue say otherwise than the filters find; `None`: no version of its
    /// spec has one, and none says so.
    pub(super) fn marked_otherwise(&self, queue: &Queue) -> Result<Option<i64>> {
        let sql = "SELECT spec_version FROM policy WHERE queue_id = ?1 AND retry = 'filter' ORDER BY spec_version";
        let asked = version_asked("i");
        let unasked =
            format!("SELECT COUNT(*) FROM item i WHERE i.queue_id = ?1 AND i.retries = 1 AND {asked} IS NULL");
        let mut wrong = self.number(&unasked, params![queue.id])?;
        let versions = self.all(sql, params![queue.id], |row| row.need_int(0))?;
        if versions.is_empty() && wrong == 0 {
            return Ok(None);
        }
        for version in versions {
            let Condition { sql, values } = self.retry_condition(queue.id, version)?;
            let sql = format!(
                "SELECT COUNT(*) FROM item i WHERE i.queue_id = ?1 AND i.seq BETWEEN ?2 AND ?3 AND {asked} = {version}
                    AND i.retries <> CASE WHEN {sql} THEN 1 ELSE 0 END"
            );
            let any = params![queue.id, i64::MIN, i64::MAX];
            let values: Vec<Param> = any.iter().copied().chain(values.iter().map(Param::from)).collect();
            wrong += self.number(&sql, &values)?;
        }
        Ok(Some(wrong))
    }
}

/// The condition that no item meets.
fn never() -> Condition {
    Condition { sql: "1 = 0".into(), values: Vec::new() }
}
