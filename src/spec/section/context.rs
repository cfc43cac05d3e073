//! `[context]`: what every item must bring along.

use super::check::{CONSEQUENCES, consequence};
use super::{Document, Section, TableReader};
use crate::domain::check::{CONTEXT_CHECK, Check, CheckedField, Rule};
use crate::domain::spec::Spec;
use crate::spec::change::{Change, TableEntry, Touched};
use crate::spec::shape::{Form, Key, Shape};

static KEYS: [Key; 5] = [
    Key::optional("required", "true", "whether every item needs a document with text; `false` without the line"),
    Key::optional(
        "max_age_days",
        "30",
        "how old a document may have been when the output was made (its `updated_at` against the item's `created_at`). \
         One without a date is told, and fails nothing",
    ),
    CONSEQUENCES[0],
    CONSEQUENCES[1],
    CONSEQUENCES[2],
];

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "context",
        form: Form::Table,
        purpose: "What every item must bring along to be judged by: a check with the key `context`.",
        keys: &KEYS,
    },
    read,
    changes,
};

fn read(document: &mut Document, table: &mut TableReader) {
    let (required, max_age_days) = (table.flag("required"), table.positive("max_age_days"));
    let (otherwise, failure, route) = consequence(document, table);
    if !required && !table.has("max_age_days") {
        let reason = "this [context] asks for nothing";
        table.report(table.span().start, reason, "add required = true or max_age_days, or remove the table");
    }
    let rule = Rule::Documents { required, max_age_days };
    let (key, on) = (CONTEXT_CHECK.into(), CheckedField::Context);
    document.spec.context = Some(Check { key, on, rule, otherwise, failure, route });
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let said = |sentence: &str| vec![Change::new(sentence.into(), Touched::None)];
    match (&old.context, &new.context) {
        (None, Some(_)) => said("[context] added"),
        (Some(_), None) => said("[context] removed"),
        (Some(old), Some(new)) => old.differences(new),
        (None, None) => Vec::new(),
    }
}
