//! The words that a queue's filters may use: what its specs name, and its saved filters.

use crate::domain::record::SpecKey;
use crate::domain::spec::{Severity, Spec};

/// Keys in the specs of a queue (the current one and those before it, because older decisions
/// keep their keys), and the names of its saved filters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    pub categories: Vec<Word>,
    pub criteria: Vec<Word>,
    pub routes: Vec<Word>,
    pub saved: Vec<String>,
}

/// A key of a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub key: String,
    pub name: String,
    /// Severity of a failure category; `None` for other keys.
    pub severity: Option<Severity>,
}

impl Words {
    /// The words of several specs, the current one first: its names for keys win.
    pub fn of<'a>(specs: impl IntoIterator<Item = &'a Spec>) -> Self {
        let mut words = Self::default();
        for spec in specs {
            let failures = spec.failures.iter().map(|f| (&f.key, &f.name, Some(f.severity)));
            add(&mut words.categories, failures);
            add(&mut words.criteria, spec.criteria.iter().map(|c| (&c.key, &c.name, None)));
            add(&mut words.routes, spec.routes.iter().map(|r| (&r.key, &r.name, None)));
        }
        words
    }

    /// The words for a field that holds such keys.
    pub fn keys(&self, of: SpecKey) -> &[Word] {
        match of {
            SpecKey::Category => &self.categories,
            SpecKey::Route => &self.routes,
        }
    }

    /// Keys of the categories whose severity passes.
    pub fn graded(&self, passes: impl Fn(Severity) -> bool) -> impl Iterator<Item = &str> {
        let graded = self.categories.iter().filter(move |word| word.severity.is_some_and(&passes));
        graded.map(|word| word.key.as_str())
    }
}

fn add<'a>(words: &mut Vec<Word>, found: impl Iterator<Item = (&'a String, &'a String, Option<Severity>)>) {
    for (key, name, severity) in found {
        if !words.iter().any(|word| word.key == *key) {
            words.push(Word { key: key.clone(), name: name.clone(), severity });
        }
    }
}
