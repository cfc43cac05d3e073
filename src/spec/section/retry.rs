//! `[retry]`: which rejected outputs are to be made again.

use super::{Document, Section, TableReader, route};
use crate::domain::policy::Retry;
use crate::domain::spec::{RetryTerms, Spec};
use crate::spec::change::{Change, Touched, value};
use crate::spec::shape::{Form, Key, Shape};
use toml::Spanned;

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "retry",
        form: Form::Table,
        purpose: "Which rejected outputs are to be made again, and how often.",
        keys: &[
            Key::required(
                "when",
                "\"retryable\"",
                "which rejections: `retryable`, those with a category that is retryable",
            ),
            Key::required("attempts", "3", "how many outputs are made of a case at most, the first included"),
            Key::optional("then", "\"policy\"", "the key of the route that an item takes when they are used up"),
        ],
    },
    read,
    changes,
};

const WHEN: [(&str, Retry); 1] = [("retryable", Retry::Retryable)];

fn read(document: &mut Document, table: &mut TableReader) {
    let when = table.one_of("when", &WHEN).unwrap_or(Retry::Retryable);
    let attempts = table.required_number("attempts", 2);
    let then = table.optional_text("then");
    document.refer(&route::SECTION.shape, then.clone());
    document.spec.retry = Some(RetryTerms { when, attempts, then: then.map(Spanned::into_inner) });
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let [old, new] = [&old.retry, &new.retry].map(|terms| {
        let say = |say: fn(&RetryTerms) -> Option<String>| terms.as_ref().and_then(say);
        [
            say(|terms| Some(terms.when.to_string())),
            say(|terms| Some(terms.attempts.to_string())),
            say(|terms| terms.then.clone()),
        ]
    });
    let labels = ["what is made again", "attempts at a case", "route when attempts are used up"];
    let values = labels.into_iter().zip(old.iter().zip(&new));
    values.filter_map(|(label, (old, new))| value(label, old.as_ref(), new.as_ref(), Touched::None)).collect()
}
