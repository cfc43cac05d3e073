//! A spec while it is read: the values, and where those stand that are compared with others.

use super::name::KEY;
use super::read::TableReader;
use super::shape::Shape;
use crate::domain::spec::{LensTerms, Spec};
use std::ops::Range;
use toml::Spanned;

/// A spec, and the places of the words that name something in it.
pub(super) struct Document {
    pub spec: Spec,
    /// The kinds of tables that there are.
    pub shapes: Vec<&'static Shape>,
    identities: Vec<(&'static Shape, Identity)>,
    pub references: Vec<Reference>,
}

/// What tells an entry from the others of its kind.
pub(super) struct Identity {
    /// The entry's header.
    pub span: Range<usize>,
    pub key: Spanned<String>,
    pub name: Spanned<String>,
}

/// A value that is the key of an entry of another kind.
pub(super) struct Reference {
    pub to: &'static Shape,
    pub key: Spanned<String>,
}

impl Document {
    pub(super) fn new(shapes: Vec<&'static Shape>) -> Self {
        let spec = Spec {
            name: String::new(),
            title: String::new(),
            decision: String::new(),
            owner: None,
            source_of_truth: None,
            hide: Vec::new(),
            criteria: Vec::new(),
            failures: Vec::new(),
            routes: Vec::new(),
            lens: LensTerms::default(),
            review: None,
            retry: None,
        };
        Self { spec, shapes, identities: Vec::new(), references: Vec::new() }
    }

    /// Reads the key and the name of an entry, and keeps their places.
    pub(super) fn identify(&mut self, shape: &'static Shape, entry: &mut TableReader) -> (String, String) {
        let (key, name) = (entry.short_name("key", &KEY), entry.text("name"));
        let words = (key.get_ref().clone(), name.get_ref().clone());
        self.identities.push((shape, Identity { span: entry.span(), key, name }));
        words
    }

    /// Keeps the place of a value that must be the key of an entry of the kind `to`.
    pub(super) fn refer(&mut self, to: &'static Shape, key: Option<Spanned<String>>) {
        self.references.extend(key.map(|key| Reference { to, key }));
    }

    /// The entries of one kind, in the order of the file.
    pub(super) fn entries(&self, shape: &Shape) -> Vec<&Identity> {
        let of_it = self.identities.iter().filter(|(kind, _)| std::ptr::eq(*kind, shape));
        of_it.map(|(_, identity)| identity).collect()
    }
}
