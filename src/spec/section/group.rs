//! `[[group]]`: people who own routes together.

use super::{Document, Section, TableReader};
use crate::domain::spec::{Group, Spec};
use crate::spec::change::{Change, TableEntry, Touched, entries, field};
use crate::spec::name::GROUP_KEY;
use crate::spec::shape::{Form, Key, Shape};
use toml::Spanned;

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "group",
        form: Form::List { one: "group", several: "groups", most: None },
        purpose: "People who answer together: each of them may answer what comes to a route that the group owns.",
        keys: &[
            Key::required(
                "key",
                "\"policy-desk\"",
                "what a route's `owner` refers to: lower-case letters, digits, `-`, `_`",
            ),
            Key::required("people", "[\"ana\", \"li\"]", "their names, as they review under them"),
        ],
    },
    read,
    changes,
};

fn read(document: &mut Document, table: &mut TableReader) {
    let key = table.short_name("key", &GROUP_KEY);
    let key = document.identify_by(&SECTION.shape, key, table);
    let people = table.required_texts("people");
    document.people.extend(people.iter().filter(|person| !person.get_ref().is_empty()).cloned());
    document.spec.groups.push(Group { key, people: people.into_iter().map(Spanned::into_inner).collect() });
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    entries(&SECTION.shape, &old.groups, &new.groups)
}

impl TableEntry for Group {
    fn key(&self) -> &str {
        &self.key
    }

    fn supports(&self) -> Touched {
        Touched::None
    }

    fn differences(&self, new: &Self) -> Vec<Change> {
        let people = |group: &Group| group.people.join(", ");
        field(&SECTION.shape, &self.key, "people", &people(self), &people(new), Touched::None).into_iter().collect()
    }
}
