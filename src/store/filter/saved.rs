//! Filters kept under a name, by queue. A filter refers to one as `@name`.

use super::super::engine::{Lock, Row, params};
use super::super::events::Subject;
use super::super::{Result, Store, StoreError};
use super::unreadable;
use crate::domain::event::EventKind;
use crate::domain::filter::{self, Filter, FilterError, ResolvedFilter, SavedFilters, Term};
use crate::domain::queue::Queue;
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;

/// A filter kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilter {
    pub name: String,
    /// The filter as it was written.
    pub filter: String,
    pub saved_by: String,
    pub saved_at: UtcMillis,
}

impl Store {
    /// Keeps a filter under a name; an earlier one of that name is replaced.
    pub fn save_filter(&self, queue: &Queue, name: &str, text: &str, actor: &str, now: UtcMillis) -> Result<()> {
        if !filter::is_name(name) {
            return Err(StoreError::FilterName(name.into()));
        }
        self.write(|tx| {
            tx.lock(Lock::Queue(queue.id))?;
            tx.need_own_filter(queue, name, actor)?;
            let mut saved = tx.parsed_filters(queue)?;
            saved.insert(name.into(), tx.filter(queue, text)?);
            let by_name = Filter::from(Term::Saved(name.into()));
            by_name.resolved(&saved, now).map_err(|error| about_whole(text, error))?;
            let sql =
                "INSERT INTO saved_filter (queue_id, name, filter, saved_by, saved_at) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (queue_id, name) DO UPDATE SET filter = excluded.filter, saved_by = excluded.saved_by,
                    saved_at = excluded.saved_at";
            tx.execute(sql, params![queue.id, name, text, actor, now])?;
            let subject = Subject { queue: queue.id, item: None, actor, now };
            tx.log(subject, &EventKind::FilterSaved { name: name.into(), filter: text.into() })
        })
    }

    /// Removes a saved filter, unless another one refers to it. `false`: there is none.
    pub fn remove_filter(&self, queue: &Queue, name: &str, actor: &str, now: UtcMillis) -> Result<bool> {
        self.write(|tx| {
            tx.lock(Lock::Queue(queue.id))?;
            tx.need_own_filter(queue, name, actor)?;
            let saved = tx.parsed_filters(queue)?;
            let mut users = saved.iter().filter(|(_, filter)| filter.saved().any(|used| used == name));
            if let Some((user, _)) = users.next() {
                return Err(StoreError::FilterInUse { name: name.into(), by: user.clone() });
            }
            let sql = "DELETE FROM saved_filter WHERE queue_id = ?1 AND name = ?2";
            if tx.execute(sql, params![queue.id, name])? == 0 {
                return Ok(false);
            }
            let subject = Subject { queue: queue.id, item: None, actor, now };
            tx.log(subject, &EventKind::FilterRemoved { name: name.into() })?;
            Ok(true)
        })
    }

    /// Fails when the filter is another person's: only a lead changes and removes those.
    fn need_own_filter(&self, queue: &Queue, name: &str, actor: &str) -> Result<()> {
        let sql = "SELECT saved_by FROM saved_filter WHERE queue_id = ?1 AND name = ?2";
        match self.first(sql, params![queue.id, name], |row| row.string(0))? {
            Some(other) if other != actor => self.need(actor, Role::Lead),
            _ => Ok(()),
        }
    }

    /// The queue's saved filters, by name.
    pub fn saved_filters(&self, queue: &Queue) -> Result<Vec<SavedFilter>> {
        let sql = "SELECT name, filter, saved_by, saved_at FROM saved_filter WHERE queue_id = ?1 ORDER BY name";
        self.all(sql, params![queue.id], SavedFilter::read)
    }

    /// Resolves a filter of the queue at a time, once for whatever is asked with it.
    pub fn resolve(&self, queue: &Queue, filter: &Filter, now: UtcMillis) -> Result<ResolvedFilter> {
        let saved = match filter.saved().next() {
            Some(_) => self.parsed_filters(queue)?,
            None => SavedFilters::new(),
        };
        filter.clone().resolved(&saved, now).map_err(|error| about_whole(&filter.to_string(), error))
    }

    fn parsed_filters(&self, queue: &Queue) -> Result<SavedFilters> {
        let mut parsed = SavedFilters::new();
        for saved in self.saved_filters(queue)? {
            if let Some(filter) = self.readable("filter", &format!("{}/{}", queue.id, saved.name), saved.parsed())? {
                parsed.insert(saved.name, filter);
            }
        }
        Ok(parsed)
    }
}

impl SavedFilter {
    pub(in crate::store) fn parsed(&self) -> Result<Filter> {
        filter::parse(&self.filter).map_err(|_| StoreError::Damaged("its text does not parse".into()))
    }

    pub(in crate::store) fn read(row: &dyn Row) -> Result<Self> {
        Ok(Self { name: row.string(0)?, filter: row.string(1)?, saved_by: row.string(2)?, saved_at: row.need_int(3)? })
    }
}

/// The error of a filter that does not resolve, which is about all of its text.
fn about_whole(text: &str, error: FilterError) -> StoreError {
    unreadable(text, FilterError { at: 0..text.len(), ..error })
}
