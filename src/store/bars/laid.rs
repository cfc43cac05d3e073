//! When a bar was laid down, and which versions of the spec judged otherwise: by the versions that the
//! queue keeps.

use crate::domain::bar::Bar;
use crate::domain::filter::Words;
use crate::domain::filter::{Filter, Term, parse_under};
use crate::domain::queue::Queue;
use crate::domain::record::FieldType;
use crate::domain::spec::Spec;
use crate::domain::time::UtcMillis;
use crate::spec::{Touched, changes};
use crate::store::engine::params;
use crate::store::{Result, Store};
use std::collections::BTreeSet;

/// What the versions of a spec say of a bar.
#[derive(Debug, Default)]
pub(super) struct Laid {
    /// When its terms were laid down as they are.
    pub at: UtcMillis,
    /// It had other terms before.
    pub is_changed: bool,
    /// A version has rules of sampling: else all is taken.
    pub has_samples: bool,
    /// Versions whose sentences for what it judges are others than those in force.
    stale: BTreeSet<i64>,
    /// Versions that lack a category or a criterion that it names.
    lacking: BTreeSet<i64>,
}

impl Laid {
    pub(super) fn is_stale(&self, version: i64) -> bool {
        self.stale.contains(&version)
    }

    pub(super) fn is_unknown_to(&self, version: i64) -> bool {
        self.lacking.contains(&version)
    }
}

impl Store {
    pub(super) fn laid_down(&self, queue: &Queue, bar: &Bar) -> Result<Laid> {
        let sql = "SELECT version, applied_at FROM spec WHERE queue_id = ?1 ORDER BY version";
        let versions = self.all(sql, params![queue.id], |row| Ok((row.need_int(0)?, row.need_int(1)?)))?;
        let (hash, judged) = (bar.hash(), Judged::by(bar, &self.words(queue)?));
        let (mut laid, mut last) = (Laid::default(), None);
        for (version, applied_at) in versions {
            let Some(spec) = self.readable_spec(queue, version)? else { continue };
            if let Some(found) = spec.bar(&bar.key).map(Bar::hash) {
                laid.is_changed |= last.as_ref().is_some_and(|last| *last != found);
                if found == hash && last.as_ref() != Some(&found) {
                    laid.at = applied_at;
                }
                last = Some(found);
            }
            laid.has_samples |= !spec.samples.is_empty();
            if judged.is_changed(&spec, &queue.spec.spec) {
                laid.stale.insert(version);
            }
            if judged.is_lacking(&spec) {
                laid.lacking.insert(version);
            }
        }
        Ok(laid)
    }
}

/// The keys that a bar names.
struct Judged {
    categories: Vec<String>,
    criteria: Vec<String>,
}

impl Judged {
    fn by(bar: &Bar, words: &Words) -> Self {
        let filter = parse_under(&bar.of, words).unwrap_or_else(|_| Filter::default());
        let (mut categories, mut criteria) = (Vec::new(), Vec::new());
        for term in filter.terms() {
            match term {
                Term::Word(field, pattern) if field.holds() == FieldType::Keys => {
                    categories.extend(pattern.as_literal().map(String::from));
                }
                Term::Score(key, ..) => criteria.push(key.clone()),
                _ => {}
            }
        }
        Self { categories, criteria }
    }

    fn is_lacking(&self, spec: &Spec) -> bool {
        self.categories.iter().any(|key| spec.failure(key).is_none())
            || self.criteria.iter().any(|key| spec.criterion(key).is_none())
    }

    /// Whether what the older spec says of what is judged is not what the newer one says.
    fn is_changed(&self, older: &Spec, newer: &Spec) -> bool {
        changes(older, newer).iter().any(|change| match change.touches() {
            Touched::All => true,
            Touched::ScoresOn(key) => self.criteria.contains(key),
            Touched::CarryingCategory(key) => self.categories.contains(key),
            Touched::None | Touched::EscalatedTo(_) => false,
        })
    }
}
