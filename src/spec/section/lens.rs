//! `[lens]`: whether the grounding lens is offered, and what its findings propose.

use super::failure;
use super::{Document, Section, TableReader};
use crate::domain::spec::{LensTerms, Spec};
use crate::spec::change::{Change, Touched, value};
use crate::spec::shape::{Form, Key, Shape};
use toml::Spanned;

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "lens",
        form: Form::Table,
        purpose: "The grounding lens, which compares an output with its source while it is read. It decides nothing.",
        keys: &[
            Key::optional("enabled", "false", "whether the lens is offered; `true` without the line"),
            Key::optional(
                "unsupported",
                "\"unsupported_claim\"",
                "the key of the failure category that is proposed for what the source does not have",
            ),
            Key::optional(
                "contradicted",
                "\"contradicts_source\"",
                "the key of the failure category that is proposed for what the source says otherwise",
            ),
        ],
    },
    read,
    changes,
};

fn read(document: &mut Document, table: &mut TableReader) {
    let enabled = table.optional_flag("enabled").unwrap_or(true);
    let [unsupported, contradicted] = ["unsupported", "contradicted"].map(|key| {
        let category = table.optional_text(key);
        document.refer(&failure::SECTION.shape, category.clone());
        category.map(Spanned::into_inner)
    });
    document.spec.lens = LensTerms { enabled, unsupported, contradicted };
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let (old, new) = (&old.lens, &new.lens);
    let enabled = |terms: &LensTerms| terms.enabled.to_string();
    let values = [
        value("lens", Some(&enabled(old)), Some(&enabled(new)), Touched::None),
        value(
            "lens category for what is unsupported",
            old.unsupported.as_ref(),
            new.unsupported.as_ref(),
            Touched::None,
        ),
        value(
            "lens category for what is contradicted",
            old.contradicted.as_ref(),
            new.contradicted.as_ref(),
            Touched::None,
        ),
    ];
    values.into_iter().flatten().collect()
}
