//! `[retry]`: which rejected outputs are to be made again.

use super::{Document, Section, TableReader, route};
use crate::domain::policy::Retry;
use crate::domain::spec::{RetryTerms, Spec};
use crate::spec::change::{Change, Touched, value};
use crate::spec::name::shown;
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
                "which rejections: `retryable`, those with a category that is retryable; else a filter over an item and its \
             decision of record, such as `category:tone attempt<2` (as a part of it the word is `is:retryable`). Words in \
             texts, saved filters and what may change while the decision stands have no place in it",
            ),
            Key::required("attempts", "3", "how many outputs are made of a case at most, the first included"),
            Key::optional("then", "\"policy\"", "the key of the route that an item takes when they are used up"),
            Key::optional(
                "run",
                "[\"regenerate\", \"--json\"]",
                "the program that makes a new attempt, with its arguments: `karat retry QUEUE --run` starts it once an \
             output, without a shell. `karat` is this program",
            ),
            Key::optional(
                "pass_env",
                "[\"API_KEY\"]",
                "the environment variables that the program gets beside PATH, HOME and LANG",
            ),
        ],
    },
    read,
    changes,
};

/// The word that is no filter.
const RETRYABLE: &str = "retryable";

fn read(document: &mut Document, table: &mut TableReader) {
    let when = table.text("when");
    let when = if when.get_ref().is_empty() || when.get_ref() == RETRYABLE {
        Retry::Retryable
    } else {
        document.retry_when = Some(when.clone());
        Retry::Filter(when.into_inner())
    };
    let attempts = table.required_number("attempts", 2);
    let then = table.optional_text("then");
    document.refer(&route::SECTION.shape, then.clone());
    let then = then.map(Spanned::into_inner);
    let (run, pass_env) = (program(table), variables(table));
    document.spec.retry = Some(RetryTerms { when, attempts, then, run, pass_env });
}

fn program(table: &mut TableReader) -> Vec<String> {
    let Some(words) = table.texts("run") else { return Vec::new() };
    if words.get_ref().is_empty() {
        table.report(words.span().start, "`run` is empty", "name the program: run = [\"regenerate\", \"--json\"]");
    }
    words.into_inner().into_iter().map(Spanned::into_inner).collect()
}

fn variables(table: &mut TableReader) -> Vec<String> {
    let Some(names) = table.texts("pass_env") else { return Vec::new() };
    if !table.has("run") {
        let hint = "add the program that reads them: run = [\"regenerate\", \"--json\"]";
        table.report(names.span().start, "no program gets these variables", hint);
    }
    for name in names.get_ref().iter().filter(|name| !is_variable(name.get_ref())) {
        let reason = format!("`{}` cannot name an environment variable", shown(name.get_ref()));
        table.report(name.span().start, reason, "write the name alone, of letters, digits and `_`: \"API_KEY\"");
    }
    names.into_inner().into_iter().map(Spanned::into_inner).collect()
}

/// An empty name is told as an empty text.
fn is_variable(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !name.starts_with(|c: char| c.is_ascii_digit())
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let [old, new] = [&old.retry, &new.retry].map(|terms| {
        let say = |say: fn(&RetryTerms) -> Option<String>| terms.as_ref().and_then(say);
        [
            say(|terms| Some(terms.when.to_string())),
            say(|terms| Some(terms.attempts.to_string())),
            say(|terms| terms.then.clone()),
            say(|terms| listed(&terms.run, " ")),
            say(|terms| listed(&terms.pass_env, ", ")),
        ]
    });
    let labels = [
        "what is made again",
        "attempts at a case",
        "route when attempts are used up",
        "program that makes attempts",
        "variables that it gets",
    ];
    let values = labels.into_iter().zip(old.iter().zip(&new));
    values.filter_map(|(label, (old, new))| value(label, old.as_ref(), new.as_ref(), Touched::None)).collect()
}

fn listed(words: &[String], between: &str) -> Option<String> {
    (!words.is_empty()).then(|| words.join(between))
}
