//! Resolving: a filter as it is written in, one that finds the same whenever it is evaluated
//! out.

use super::{Filter, FilterError, Has, Moment, Term, When};
use crate::domain::record::RecordField;
use crate::domain::time::UtcMillis;
use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt;

/// Terms of a filter with its saved ones in it, at most.
const MAX_TERMS: usize = 400;

/// The saved filters of a queue, by name.
pub type SavedFilters = HashMap<String, Filter>;

/// A filter in which saved filters stand in place of their names and no time moves
/// (`created>7d` is a moment): what it finds depends on the workspace alone.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedFilter {
    filter: Filter,
    at: UtcMillis,
}

impl ResolvedFilter {
    /// Everything that the filter asks, without a [`Term::Saved`] or a [`Term::Age`].
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The time at which it was resolved, which `is:claimed` goes by.
    pub fn at(&self) -> UtcMillis {
        self.at
    }

    /// Whether it looks for words in texts, so that it needs their index.
    pub fn seeks_text(&self) -> bool {
        self.filter.terms().into_iter().any(Term::is_text)
    }
}

impl fmt::Display for ResolvedFilter {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.filter.fmt(f)
    }
}

impl Filter {
    /// Resolves the filter at a time. Fails where a saved filter is not there, leads back
    /// to itself, or makes the whole too long; the error points at no place.
    pub fn resolved(self, saved: &SavedFilters, now: UtcMillis) -> Result<ResolvedFilter, FilterError> {
        let expanded = Expansion { saved, within: Vec::new(), terms: 0 }.expand(self)?;
        Ok(ResolvedFilter { filter: expanded.pinned(now), at: now })
    }

    fn pinned(self, now: UtcMillis) -> Filter {
        let mut pin = |term| -> Result<Filter, Infallible> {
            Ok(match term {
                Term::Time(moment, comparison, when) => Term::Time(moment, comparison, when.pinned(now)).into(),
                Term::Age(comparison, span) => since(comparison.turned(), When::Ago(span).pinned(now)),
                other => other.into(),
            })
        };
        let Ok(pinned) = self.map(&mut pin);
        pinned
    }
}

/// Created then; imported then, where it is not known when it was created.
fn since(comparison: super::Comparison, when: When) -> Filter {
    const CREATED: RecordField = RecordField::item("created_at");
    let unknown = Filter::negated(Term::Has(Has::Value(CREATED)).into());
    let imported = Term::Time(Moment::Imported, comparison, when.clone()).into();
    Filter::any([Term::Time(Moment::Of(CREATED), comparison, when).into(), Filter::all([unknown, imported])])
}

/// Puts saved filters in place of their names.
struct Expansion<'a> {
    saved: &'a SavedFilters,
    /// The names that are being put in, outermost first.
    within: Vec<String>,
    terms: usize,
}

impl Expansion<'_> {
    fn expand(&mut self, filter: Filter) -> Result<Filter, FilterError> {
        filter.map(&mut |term| match term {
            Term::Saved(name) => self.expand_saved(name),
            term => {
                self.terms += 1;
                match self.terms > MAX_TERMS {
                    true => Err(whole(format!("with its saved filters this has more than {MAX_TERMS} terms"))),
                    false => Ok(term.into()),
                }
            }
        })
    }

    fn expand_saved(&mut self, name: String) -> Result<Filter, FilterError> {
        if self.within.contains(&name) {
            let way = self.within.iter().chain([&name]).map(|name| format!("@{name}"));
            return Err(whole(format!("this leads back to itself: {}", way.collect::<Vec<_>>().join(" → "))));
        }
        let Some(filter) = self.saved.get(&name) else {
            return Err(whole(format!("there is no saved filter `{name}`")));
        };
        self.within.push(name);
        let expanded = self.expand(filter.clone())?;
        self.within.pop();
        Ok(expanded)
    }
}

/// An error about the whole filter; the caller, who has its text, sets the place.
fn whole(message: String) -> FilterError {
    FilterError::new(0..0, message)
}
