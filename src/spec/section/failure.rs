//! `[[failure]]`: a category that says why an output fails.

use super::route;
use super::{Document, Section, TableReader};
use crate::domain::spec::{FailureCategory, MAX_FAILURES, Severity, Spec};
use crate::spec::change::{Change, TableEntry, Touched, entries, field, or_none, quoted};
use crate::spec::shape::{Form, Key, Shape};
use toml::Spanned;

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "failure",
        form: Form::List { one: "failure category", several: "failure categories", most: Some(MAX_FAILURES) },
        purpose: "A reason why an output fails. Who rejects names at least one. The order in the file is the order of the \
              keys on screen.",
        keys: &[
            Key::required(
                "key",
                "\"unsupported_claim\"",
                "the name in exports and filters, written like a criterion's",
            ),
            Key::required("name", "\"Unsupported claim\"", "what reviewers see"),
            Key::required(
                "severity",
                "\"critical\"",
                "`critical` (it harms somebody), `major` (to be repaired before use) or `minor` (a blemish)",
            ),
            Key::optional("retryable", "true", "whether asking the model again may cure it; `false` without the line"),
            Key::optional("escalate_to", "\"policy\"", "the key of the route that an escalation for this reason takes"),
        ],
    },
    read,
    changes,
};

const SEVERITIES: [(&str, Severity); 3] =
    [("critical", Severity::Critical), ("major", Severity::Major), ("minor", Severity::Minor)];

fn read(document: &mut Document, table: &mut TableReader) {
    let (key, name) = document.identify(&SECTION.shape, table);
    let severity = table.one_of("severity", &SEVERITIES).unwrap_or(Severity::Critical);
    let retryable = table.flag("retryable");
    let escalate_to = table.optional_text("escalate_to");
    document.refer(&route::SECTION.shape, escalate_to.clone());
    let escalate_to = escalate_to.map(Spanned::into_inner);
    document.spec.failures.push(FailureCategory { key, name, severity, retryable, escalate_to });
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    entries(&SECTION.shape, &old.failures, &new.failures)
}

impl TableEntry for FailureCategory {
    fn key(&self) -> &str {
        &self.key
    }

    fn supports(&self) -> Touched {
        Touched::CarryingCategory(self.key.clone())
    }

    fn differences(&self, new: &Self) -> Vec<Change> {
        let field =
            |name, old: String, new: String| field(&SECTION.shape, &self.key, name, &old, &new, self.supports());
        let fields = [
            field("name", quoted(&self.name), quoted(&new.name)),
            field("severity", self.severity.as_str().into(), new.severity.as_str().into()),
            field("retryable", self.retryable.to_string(), new.retryable.to_string()),
            field("escalate_to", or_none(self.escalate_to.as_ref()), or_none(new.escalate_to.as_ref())),
        ];
        fields.into_iter().flatten().collect()
    }
}
