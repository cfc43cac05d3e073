//! Filters kept under a name, by queue. A filter refers to one as `@name`.

use super::super::engine::{Lock, params};
use super::super::events::{EventKind, Subject};
use super::super::{Result, Store, StoreError};
use super::unreadable;
use crate::domain::filter::{self, Filter, FilterError, Term};
use crate::domain::queue::Queue;
use crate::domain::team::Role;
use crate::domain::time::UtcMillis;
use serde_json::json;
use std::collections::HashMap;

/// Most terms of a filter once what it refers to stands in it.
const MOST_TERMS: usize = 400;

/// A filter kept under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedFilter {
    pub name: String,
    /// As it was written.
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
        self.write(|| {
            self.engine.lock(Lock::Queue(queue.id))?;
            self.need_own_filter(queue, name, actor)?;
            let parsed = self.filter(queue, text)?;
            let mut saved = self.parsed_filters(queue)?;
            saved.insert(name.into(), parsed.clone());
            Expansion { saved: &saved, within: vec![name.to_owned()], terms: 0 }
                .expand(parsed)
                .map_err(|error| unreadable(text, FilterError { at: 0..text.len(), ..error }))?;
            let sql =
                "INSERT INTO saved_filter (queue_id, name, filter, saved_by, saved_at) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (queue_id, name) DO UPDATE SET filter = excluded.filter, saved_by = excluded.saved_by,
                    saved_at = excluded.saved_at";
            self.execute(sql, params![queue.id, name, text, actor, now])?;
            let subject = Subject { queue: queue.id, item: None, actor, now };
            self.log(subject, EventKind::FilterSaved, &json!({ "name": name, "filter": text }))
        })
    }

    /// Removes a saved filter, unless another one refers to it. `false`: there is none.
    pub fn remove_filter(&self, queue: &Queue, name: &str, actor: &str, now: UtcMillis) -> Result<bool> {
        self.write(|| {
            self.engine.lock(Lock::Queue(queue.id))?;
            self.need_own_filter(queue, name, actor)?;
            let saved = self.parsed_filters(queue)?;
            let mut users = saved.iter().filter(|(_, filter)| filter.saved().any(|used| used == name));
            if let Some((user, _)) = users.next() {
                return Err(StoreError::FilterInUse { name: name.into(), by: user.clone() });
            }
            let sql = "DELETE FROM saved_filter WHERE queue_id = ?1 AND name = ?2";
            if self.execute(sql, params![queue.id, name])? == 0 {
                return Ok(false);
            }
            let subject = Subject { queue: queue.id, item: None, actor, now };
            self.log(subject, EventKind::FilterRemoved, &json!({ "name": name }))?;
            Ok(true)
        })
    }

    /// Another's filter is changed and removed by a lead alone.
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
        self.all(sql, params![queue.id], |row| {
            Ok(SavedFilter {
                name: row.string(0)?,
                filter: row.string(1)?,
                saved_by: row.string(2)?,
                saved_at: row.need_int(3)?,
            })
        })
    }

    /// The filter with the saved ones that it refers to in place of their names.
    pub fn expanded(&self, queue: &Queue, filter: Filter) -> Result<Filter> {
        if filter.saved().next().is_none() {
            return Ok(filter);
        }
        let text = filter.to_string();
        let saved = self.parsed_filters(queue)?;
        let mut expansion = Expansion { saved: &saved, within: Vec::new(), terms: 0 };
        expansion.expand(filter).map_err(|error| unreadable(&text, FilterError { at: 0..text.len(), ..error }))
    }

    fn parsed_filters(&self, queue: &Queue) -> Result<HashMap<String, Filter>> {
        let saved = self.saved_filters(queue)?.into_iter().map(|saved| {
            let filter = filter::parse(&saved.filter);
            let filter = filter.map_err(|_| StoreError::Damaged(format!("the filter `{}` does not parse", saved.name)));
            Ok((saved.name, filter?))
        });
        saved.collect()
    }
}

/// Puts saved filters in place of their names.
struct Expansion<'a> {
    saved: &'a HashMap<String, Filter>,
    /// The names that are being put in, outermost first.
    within: Vec<String>,
    terms: usize,
}

impl Expansion<'_> {
    fn expand(&mut self, filter: Filter) -> std::result::Result<Filter, FilterError> {
        filter.map(&mut |term| match term {
            Term::Saved(name) => self.expand_saved(name),
            term => {
                self.terms += 1;
                match self.terms > MOST_TERMS {
                    true => Err(told(format!("with its saved filters this has more than {MOST_TERMS} terms"))),
                    false => Ok(term.into()),
                }
            }
        })
    }

    fn expand_saved(&mut self, name: String) -> std::result::Result<Filter, FilterError> {
        if self.within.contains(&name) {
            let way = self.within.iter().chain([&name]).map(|name| format!("@{name}"));
            return Err(told(format!("this leads back to itself: {}", way.collect::<Vec<_>>().join(" → "))));
        }
        let Some(filter) = self.saved.get(&name) else {
            return Err(told(format!("there is no saved filter `{name}`")));
        };
        self.within.push(name);
        let expanded = self.expand(filter.clone())?;
        self.within.pop();
        Ok(expanded)
    }
}

/// An error about the whole: whoever has the text sets the place.
fn told(message: String) -> FilterError {
    FilterError::new(0..0, message)
}
