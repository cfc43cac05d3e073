//! `[[check]]`: a rule that every item passes or fails before anybody reads it.

use super::{Document, Section, TableReader, failure, route};
use crate::check;
use crate::domain::check::{CONTEXT_CHECK, Check, CheckedField, Otherwise, Rule, TextFormat};
use crate::domain::spec::Spec;
use crate::spec::change::{Change, TableEntry, Touched, entries, field, or_none};
use crate::spec::name::{KEY, shown};
use crate::spec::shape::{Form, Key, Need, Shape};
use toml::Spanned;

/// The keys that say what becomes of an item that fails.
pub(super) const CONSEQUENCES: [Key; 3] = [
    Key::required(
        "otherwise",
        "\"reject\"",
        "what becomes of an item that fails: `refuse` (it goes to the rejects file), `reject` and `escalate` (decided so \
         by `check:KEY` until a person decides otherwise), `flag` (marked, and served like any other)",
    ),
    Key::optional(
        "failure",
        "\"wrong_format\"",
        "the key of the failure category; needed for `reject`, and for `escalate` where it leads to the route",
    ),
    Key::optional("route", "\"desk\"", "for `escalate`: the key of the route; without it the failure's `escalate_to`"),
];

static KEYS: [Key; 17] = [
    Key::required("key", "\"shape\"", "the name in filters (`check:KEY`) and exports, written like a criterion's"),
    Key::optional(
        "on",
        "\"output\"",
        "the field: `output` (without the line), `input`, `context`, `reference` or `meta.KEY`. Of the context, each \
         document by itself. A field that an item does not have passes all but `present`",
    ),
    Key::one_of(
        "schema",
        "\"invoice.schema.json\"",
        "it keeps to this JSON Schema: the path of a file, relative to the spec's. What a `$ref` names must stand in it; a \
         `format` in it is looked at where its `$schema` is draft 7 or older",
    ),
    Key::one_of("matches", "'^\\{'", "it has a match of this pattern (the syntax of Rust's regex, linear in time)"),
    Key::one_of("forbids", "'(?i)as an ai'", "it has no match of this pattern"),
    Key::one_of("min_chars", "20", "it has this many characters at least; of JSON those of its source"),
    Key::one_of("max_chars", "4000", "it has this many characters at most"),
    Key::one_of("min_items", "1", "it is a list of this many elements at least; the context, of documents"),
    Key::one_of(
        "format",
        "\"json\"",
        "it is `json`, `text` (which is no JSON), `markdown` (a text whose code blocks end) or `chat` (a list of \
         messages with roles)",
    ),
    Key::one_of(
        "grounded",
        "0.3",
        "the grounding lens gives each sentence of the output this much support at least, above 0 to 1",
    ),
    Key::one_of(
        "findings",
        "[\"number\", \"date\"]",
        "the grounding lens finds none of these kinds unsupported or contradicted in the output",
    ),
    Key::one_of("max_latency_ms", "5000", "`latency_ms` is this at most"),
    Key::one_of("max_cost_usd", "0.05", "`cost_usd` is this at most"),
    Key::one_of("present", "true", "it is there and not empty"),
    CONSEQUENCES[0],
    CONSEQUENCES[1],
    CONSEQUENCES[2],
];

/// The keys of which a check has exactly one.
fn rules() -> impl Iterator<Item = &'static str> {
    KEYS.iter().filter(|key| key.need == Need::OneOf).map(|key| key.name)
}

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "check",
        form: Form::List { one: "check", several: "checks", most: None },
        purpose: "What an item must keep to, found out at import, on waiting items when a new spec is applied, and by \
              `karat check`. A check has exactly one rule. One that takes longer than 50 ms on an item is told and \
              decides nothing.",
        keys: &KEYS,
    },
    read,
    changes,
};

fn read(document: &mut Document, table: &mut TableReader) {
    let key = table.short_name("key", &KEY);
    if key.get_ref() == CONTEXT_CHECK {
        table.report(key.span().start, "`context` is the key of what [context] asks", "choose another key");
    }
    let key = document.identify_by(&SECTION.shape, key, table);
    let on = checked_field(table);
    let rule = rule(document, table, &on);
    let (otherwise, failure, route) = consequence(document, table);
    document.spec.checks.extend(rule.map(|rule| Check { key, on, rule, otherwise, failure, route }));
}

fn checked_field(table: &mut TableReader) -> CheckedField {
    let Some(on) = table.optional_text("on") else { return CheckedField::Output };
    match on.get_ref().as_str() {
        "output" | "" => CheckedField::Output,
        "input" => CheckedField::Input,
        "context" => CheckedField::Context,
        "reference" => CheckedField::Reference,
        other => match other.strip_prefix("meta.").filter(|key| !key.is_empty()) {
            Some(key) => CheckedField::Meta(key.into()),
            None => {
                let hint = "write output, input, context, reference or meta.KEY";
                table.report(on.span().start, format!("`{}` is no field that is checked", shown(other)), hint);
                CheckedField::Output
            }
        },
    }
}

/// The one rule of a check. Every value is read, so that all its problems are told.
fn rule(document: &mut Document, table: &mut TableReader, on: &CheckedField) -> Option<Rule> {
    let given: Vec<&str> = rules().filter(|rule| table.has(rule)).collect();
    let at = table.span().start;
    match given[..] {
        [] => {
            let hint = format!("add one of {}", rules().collect::<Vec<_>>().join(", "));
            table.report(at, "this [[check]] has no rule", hint);
        }
        [_] => {}
        _ => {
            let reason = format!("this [[check]] has {} rules: {}", given.len(), given.join(", "));
            table.report(at, reason, "begin a [[check]] for each");
        }
    }
    let of_the_output = ["grounded", "findings", "max_latency_ms", "max_cost_usd"];
    if let Some(name) = given.iter().find(|name| of_the_output.contains(name))
        && *on != CheckedField::Output
    {
        table.report(table.place_of("on"), format!("`{name}` is about the output"), "remove the line with `on`");
    }
    let rules: Vec<Option<Rule>> = rules().map(|name| value(document, table, name)).collect();
    rules.into_iter().flatten().next()
}

fn value(document: &mut Document, table: &mut TableReader, name: &'static str) -> Option<Rule> {
    match name {
        "schema" => {
            let path = table.optional_text(name)?;
            document.schemas_named.push(path.clone());
            Some(Rule::Schema(path.into_inner()))
        }
        "matches" => pattern(table, name).map(Rule::Matches),
        "forbids" => pattern(table, name).map(Rule::Forbids),
        "min_chars" => table.positive(name).map(Rule::MinChars),
        "max_chars" => table.positive(name).map(Rule::MaxChars),
        "min_items" => table.positive(name).map(Rule::MinItems),
        "format" => {
            let words: Vec<_> = TextFormat::ALL.iter().map(|format| (format.as_str(), *format)).collect();
            table.optional_one_of(name, &words).map(Rule::Format)
        }
        "grounded" => {
            let least = table.amount(name)?;
            if !(*least.get_ref() > 0.0 && *least.get_ref() <= 1.0) {
                let reason = format!("`grounded` is {}, but must be above 0 and at most 1", least.get_ref());
                table.report(least.span().start, reason, "write a share, as in grounded = 0.3");
            }
            Some(Rule::Grounded(least.into_inner()))
        }
        "findings" => {
            let kinds: Vec<_> = check::finding_kinds().map(|kind| (kind, kind)).collect();
            let kinds = table.has(name).then(|| table.words(name, "kind of finding", &kinds))?;
            if table.is_empty_list(name) {
                table.report(table.place_of(name), "`findings` names no kind", "name one, as in [\"number\"]");
            }
            Some(Rule::Findings(kinds))
        }
        "max_latency_ms" => table.positive(name).map(Rule::MaxLatencyMs),
        "max_cost_usd" => table.amount(name).map(|most| Rule::MaxCostUsd(most.into_inner())),
        _ => {
            if table.optional_flag("present")? {
                return Some(Rule::Present);
            }
            table.report(table.place_of("present"), "`present` is false, which asks for nothing", "write true");
            None
        }
    }
}

fn pattern(table: &mut TableReader, name: &'static str) -> Option<String> {
    let source = table.optional_text(name)?;
    if let Err(reason) = check::pattern(source.get_ref()) {
        let reason = format!("the pattern cannot be used: {reason}");
        let hint = "write it without look-around and back references; within '...' a backslash stands for itself";
        table.report(source.span().start, reason, hint);
    }
    Some(source.into_inner())
}

/// What becomes of an item that fails, with the keys of its category and its route.
pub(super) fn consequence(
    document: &mut Document,
    table: &mut TableReader,
) -> (Otherwise, Option<String>, Option<String>) {
    let words: Vec<_> = Otherwise::ALL.iter().map(|word| (word.as_str(), *word)).collect();
    let read = table.one_of("otherwise", &words);
    let (category, way) = (table.optional_text("failure"), table.optional_text("route"));
    document.refer(&failure::SECTION.shape, category.clone());
    document.refer(&route::SECTION.shape, way.clone());
    let (category, way) = (category.map(Spanned::into_inner), way.map(Spanned::into_inner));
    let Some(otherwise) = read else { return (Otherwise::Flag, category, way) };
    let at = table.place_of("otherwise");
    match otherwise {
        Otherwise::Reject if category.is_none() => {
            let hint = "add below it: failure = \"KEY\", with the key of a [[failure]]";
            table.report(at, "who rejects names a failure category", hint);
        }
        Otherwise::Escalate if way.is_none() => {
            let spec = &document.spec;
            let is_known = category.as_ref().is_none_or(|key| spec.failure(key).is_some());
            if is_known && spec.route_for(&category).is_none() {
                let hint = "add below it: route = \"KEY\", with the key of a [[route]]";
                table.report(at, "this escalates, but nothing says to which route", hint);
            }
        }
        _ => {}
    }
    let unused = |key: &str| format!("`{key}` says nothing where an item is to be {}", past(otherwise));
    if category.is_some() && matches!(otherwise, Otherwise::Refuse | Otherwise::Flag) {
        table.report(table.place_of("failure"), unused("failure"), "remove the line");
    }
    if way.is_some() && otherwise != Otherwise::Escalate {
        table.report(table.place_of("route"), unused("route"), "remove the line");
    }
    (otherwise, category, way)
}

fn past(otherwise: Otherwise) -> &'static str {
    match otherwise {
        Otherwise::Refuse => "refused",
        Otherwise::Reject => "rejected",
        Otherwise::Escalate => "escalated",
        Otherwise::Flag => "flagged",
    }
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    entries(&SECTION.shape, &old.checks, &new.checks)
}

impl TableEntry for Check {
    fn key(&self) -> &str {
        &self.key
    }

    fn supports(&self) -> Touched {
        Touched::None
    }

    /// Differences to a newer check. They touch no decision: a check's is of its version.
    fn differences(&self, new: &Self) -> Vec<Change> {
        let field = |name, old: String, new: String| field(&SECTION.shape, &self.key, name, &old, &new, Touched::None);
        let is_changed = self.rule != new.rule;
        let rule = is_changed.then(|| Change::new(format!("check `{}` asks otherwise", self.key), Touched::None));
        let fields = [
            rule,
            field("on", self.on.to_string(), new.on.to_string()),
            field("otherwise", self.otherwise.to_string(), new.otherwise.to_string()),
            field("failure", or_none(self.failure.as_ref()), or_none(new.failure.as_ref())),
            field("route", or_none(self.route.as_ref()), or_none(new.route.as_ref())),
        ];
        fields.into_iter().flatten().collect()
    }
}
