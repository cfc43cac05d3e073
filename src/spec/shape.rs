//! Which keys a kind of table in a spec has, and what each says. The examples stand in
//! messages, all of it in the reference.

/// A kind of table in a spec.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// The table's key; empty for the top of the file.
    pub header: &'static str,
    pub form: Form,
    /// What the table is for, in a sentence or two.
    pub purpose: &'static str,
    pub keys: &'static [Key],
}

/// How a kind of table stands in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The top of the file: its keys stand before every table.
    Top,
    /// A single table, `[header]`.
    Table,
    /// A table for each entry, `[[header]]`.
    List {
        /// The word for one entry.
        one: &'static str,
        /// The word for several.
        several: &'static str,
        /// Most entries that a spec may have.
        most: Option<usize>,
    },
}

/// A key of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub name: &'static str,
    /// A value as it stands in the file.
    pub example: &'static str,
    pub need: Need,
    /// What the value says, as a phrase.
    pub holds: &'static str,
}

/// Whether a table must have a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    Required,
    Optional,
    /// It must have exactly one of the keys of this kind.
    OneOf,
}

impl Key {
    pub(crate) const fn required(name: &'static str, example: &'static str, holds: &'static str) -> Self {
        Self { name, example, need: Need::Required, holds }
    }

    pub(crate) const fn optional(name: &'static str, example: &'static str, holds: &'static str) -> Self {
        Self { name, example, need: Need::Optional, holds }
    }

    pub(crate) const fn one_of(name: &'static str, example: &'static str, holds: &'static str) -> Self {
        Self { name, example, need: Need::OneOf, holds }
    }
}

impl Shape {
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The line that gives `name` a value, as an example.
    pub(crate) fn example(&self, name: &str) -> String {
        let value = self.key(name).map_or("...", |key| key.example);
        format!("{name} = {value}")
    }

    /// The header as it stands in the file; empty for the top.
    pub(crate) fn name(&self) -> String {
        match self.form {
            Form::Top => String::new(),
            Form::Table => format!("[{}]", self.header),
            Form::List { .. } => format!("[[{}]]", self.header),
        }
    }

    /// The word for one entry, and for several.
    pub(crate) fn nouns(&self) -> (&'static str, &'static str) {
        match self.form {
            Form::List { one, several, .. } => (one, several),
            Form::Top | Form::Table => (self.header, self.header),
        }
    }
}
