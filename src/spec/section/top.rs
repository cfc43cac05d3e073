//! The top of a spec: the queue's name, the decision that is asked, who answers for it.

use super::{Document, Section, TableReader};
use crate::domain::record::ITEM;
use crate::domain::spec::Spec;
use crate::spec::change::{Change, Touched, value};
use crate::spec::name::QUEUE_NAME;
use crate::spec::shape::{Form, Key, Shape};
use toml::Spanned;

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "",
        form: Form::Top,
        purpose: "Which decision the outputs support, and who answers for it. These keys stand before the first table.",
        keys: &[
            Key::required(
                "name",
                "\"support-replies\"",
                "the queue's name: at most 64 lower-case letters, digits, `-` and `_`. Another name is another queue",
            ),
            Key::required("title", "\"Support replies\"", "the title that people see"),
            Key::required(
                "decision",
                "\"May this reply be sent to the customer as it stands?\"",
                "the question that every decision answers, worded so that accepting means yes",
            ),
            Key::optional("owner", "\"support-operations\"", "who answers questions about the spec"),
            Key::optional(
                "source_of_truth",
                "\"Help centre articles, snapshot of 2026-11-01\"",
                "what counts as true, with its date",
            ),
            Key::optional(
                "hide",
                "[\"model\", \"prompt_version\", \"cost_usd\", \"latency_ms\"]",
                "what a reviewer sees of an item in the workstation only once they have decided it, so that it sways nobody; `tokens_in`, `tokens_out` and `prompt`, which `prompt_version` hides too, may stand here. Lists, exports and figures show it",
            ),
        ],
    },
    read,
    changes,
};

fn read(document: &mut Document, top: &mut TableReader) {
    let spec = &mut document.spec;
    spec.name = top.short_name("name", &QUEUE_NAME).into_inner();
    spec.title = top.text("title").into_inner();
    spec.decision = top.text("decision").into_inner();
    spec.owner = top.optional_text("owner").map(Spanned::into_inner);
    spec.source_of_truth = top.optional_text("source_of_truth").map(Spanned::into_inner);
    let names = ITEM.iter().filter(|field| field.uses.may_be_hidden).map(|field| (field.name, field.name));
    spec.hide = top.words("hide", "field that can be hidden", &names.collect::<Vec<_>>());
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let values = [
        value("name", Some(&old.name), Some(&new.name), Touched::None),
        value("title", Some(&old.title), Some(&new.title), Touched::None),
        value("decision asked", Some(&old.decision), Some(&new.decision), Touched::All),
        value("owner", old.owner.as_ref(), new.owner.as_ref(), Touched::None),
        value("source of truth", old.source_of_truth.as_ref(), new.source_of_truth.as_ref(), Touched::None),
        value("hidden until decided", hidden(old).as_ref(), hidden(new).as_ref(), Touched::None),
    ];
    values.into_iter().flatten().collect()
}

fn hidden(spec: &Spec) -> Option<String> {
    (!spec.hide.is_empty()).then(|| spec.hide.join(", "))
}
