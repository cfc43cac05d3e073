//! `[[schema]]`: a JSON Schema that stands in the spec itself.

use super::{Document, Section, TableReader};
use crate::domain::spec::{Schema, Spec};
use crate::spec::change::{Change, TableEntry, Touched, entries};
use crate::spec::shape::{Form, Key, Shape};

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "schema",
        form: Form::List { one: "schema", several: "schemas", most: None },
        purpose: "A JSON Schema that a check names. Applying a spec adds those of its checks' files here, so that a \
              version of a spec is whole: what stands here is not looked for in a file.",
        keys: &[
            Key::required("path", "\"invoice.schema.json\"", "the path under which checks name it"),
            Key::required("text", "'{\"type\": \"object\"}'", "the JSON Schema; it may go over lines"),
        ],
    },
    read,
    changes,
};

fn read(document: &mut Document, table: &mut TableReader) {
    let path = table.text("path");
    let path = document.identify_by(&SECTION.shape, path, table);
    document.spec.schemas.push(Schema { path, text: table.long_text("text").into_inner() });
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    entries(&SECTION.shape, &old.schemas, &new.schemas)
}

impl TableEntry for Schema {
    fn key(&self) -> &str {
        &self.path
    }

    fn supports(&self) -> Touched {
        Touched::None
    }

    fn differences(&self, new: &Self) -> Vec<Change> {
        let changed = || Change::new(format!("schema `{}` reads otherwise", self.path), Touched::None);
        (self.text != new.text).then(changed).into_iter().collect()
    }
}
