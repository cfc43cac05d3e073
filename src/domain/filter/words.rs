//! The words that a queue's filters may use: what its specs name, and its saved filters.

use crate::domain::record::SpecKey;
use crate::domain::spec::{Severity, Spec};

/// Keys in the specs of a queue (the current one and those before it, because older decisions
/// keep their keys), and the names of its saved filters and of its judges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    pub categories: Vec<Word>,
    pub criteria: Vec<Word>,
    pub routes: Vec<Word>,
    pub saved: Vec<String>,
    /// Judges, each by its name and with its version.
    pub judges: Vec<String>,
}

/// A key of a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub key: String,
    pub name: String,
    /// Severity of a failure category; `None` for other keys.
    pub severity: Option<Severity>,
    /// A failure category for which asking the model again may help.
    pub retryable: bool,
}

impl Words {
    /// The words of several specs, the current one first: its names for keys win.
    pub fn of<'a>(specs: impl IntoIterator<Item = &'a Spec>) -> Self {
        let mut words = Self::default();
        for spec in specs {
            let word = |key: &String, name: &String| Word {
                key: key.clone(),
                name: name.clone(),
                severity: None,
                retryable: false,
            };
            let failures = spec.failures.iter().map(|f| Word {
                severity: Some(f.severity),
                retryable: f.retryable,
                ..word(&f.key, &f.name)
            });
            add(&mut words.categories, failures);
            add(&mut words.criteria, spec.criteria.iter().map(|c| word(&c.key, &c.name)));
            add(&mut words.routes, spec.routes.iter().map(|r| word(&r.key, &r.name)));
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

    /// Keys of the categories that are retryable.
    pub fn retryable(&self) -> impl Iterator<Item = &str> {
        self.categories.iter().filter(|word| word.retryable).map(|word| word.key.as_str())
    }

    /// Keys of the categories whose severity passes.
    pub fn graded(&self, passes: impl Fn(Severity) -> bool) -> impl Iterator<Item = &str> {
        let graded = self.categories.iter().filter(move |word| word.severity.is_some_and(&passes));
        graded.map(|word| word.key.as_str())
    }
}

fn add(words: &mut Vec<Word>, found: impl Iterator<Item = Word>) {
    for word in found {
        if !words.iter().any(|known| known.key == word.key) {
            words.push(word);
        }
    }
}
