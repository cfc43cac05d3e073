//! A spec while it is read: the values, and where those stand that are compared with others.

use super::name::KEY;
use super::read::TableReader;
use super::shape::Shape;
use crate::domain::spec::Spec;
use std::ops::Range;
use toml::Spanned;

/// A spec, and the places of the words that name something in it.
pub(super) struct Document {
    pub spec: Spec,
    /// The kinds of tables that there are.
    pub shapes: Vec<&'static Shape>,
    identities: Vec<(&'static Shape, Identity)>,
    pub references: Vec<Reference>,
    /// The paths of schemas that checks name.
    pub schemas_named: Vec<Spanned<String>>,
    /// Filters over an item and its first decision.
    pub filters: Vec<Spanned<String>>,
    /// The filter that says which rejections are made again.
    pub retry_when: Option<Spanned<String>>,
    /// The owners of routes, and the people of groups.
    pub owners: Vec<Spanned<String>>,
    pub people: Vec<Spanned<String>>,
    /// What bars count as good.
    pub bars_of: Vec<Spanned<String>>,
    /// The owners of bars.
    pub bar_owners: Vec<Spanned<String>>,
    /// Keys of categories or criteria on which bars need agreement.
    pub judged_keys: Vec<Spanned<String>>,
    /// How many opinions rules of sampling ask of an item, where more than one.
    pub opinions: Vec<(usize, u32)>,
    /// Where it is said which items need a second opinion.
    pub second_opinion: Option<usize>,
    /// Where it is said who settles opinions that differ.
    pub adjudicator: Option<usize>,
    /// Where it is said how much one reviewer may hold.
    pub max_share: Option<usize>,
    /// Where an overdue escalation goes on: the route's key, and that of the next.
    pub overdue: Vec<(String, Spanned<String>)>,
}

/// What tells an entry from the others of its kind.
pub(super) struct Identity {
    /// The entry's header.
    pub span: Range<usize>,
    pub key: Spanned<String>,
    /// What people see; `None`: entries of this kind have none.
    pub name: Option<Spanned<String>>,
}

/// A value that is the key of an entry of another kind.
pub(super) struct Reference {
    pub to: &'static Shape,
    pub key: Spanned<String>,
}

impl Document {
    pub(super) fn new(shapes: Vec<&'static Shape>) -> Self {
        let (identities, references) = (Vec::new(), Vec::new());
        let (schemas_named, filters, retry_when) = (Vec::new(), Vec::new(), None);
        let (owners, people, overdue) = (Vec::new(), Vec::new(), Vec::new());
        let (bars_of, bar_owners, judged_keys) = (Vec::new(), Vec::new(), Vec::new());
        let (opinions, second_opinion, adjudicator, max_share) = (Vec::new(), None, None, None);
        Self {
            spec: Spec::default(),
            shapes,
            identities,
            references,
            schemas_named,
            filters,
            retry_when,
            owners,
            people,
            bars_of,
            bar_owners,
            judged_keys,
            opinions,
            second_opinion,
            adjudicator,
            max_share,
            overdue,
        }
    }

    /// Reads the key and the name of an entry, and keeps their places.
    pub(super) fn identify(&mut self, shape: &'static Shape, entry: &mut TableReader) -> (String, String) {
        let key = entry.short_name("key", &KEY);
        let name = entry.text("name");
        let words = (key.get_ref().clone(), name.get_ref().clone());
        self.identities.push((shape, Identity { span: entry.span(), key, name: Some(name) }));
        words
    }

    /// Keeps what tells an entry from others where it has no name.
    pub(super) fn identify_by(&mut self, shape: &'static Shape, key: Spanned<String>, entry: &TableReader) -> String {
        let word = key.get_ref().clone();
        self.identities.push((shape, Identity { span: entry.span(), key, name: None }));
        word
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
