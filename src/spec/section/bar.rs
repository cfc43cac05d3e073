//! `[[bar]]`: how good outputs must be.

use super::{Document, Section, TableReader};
use crate::domain::bar::{Bar, Figure, Method, Need, Population, Target, VERDICT};
use crate::domain::filter::ItemFilter;
use crate::domain::spec::Spec;
use crate::spec::change::{Change, TableEntry, Touched, entries, field, or_none, quoted};
use crate::spec::name::{KEY, shown};
use crate::spec::shape::{Form, Key, Shape};
use toml::Spanned;

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "bar",
        form: Form::List { one: "bar", several: "bars", most: None },
        purpose: "How good outputs must be before they may be used: met, failed or undecided by what people have judged, \
              never met for lack of evidence. `karat gate` tells, and stops a release by its exit code.",
        keys: &[
            Key::required(
                "key",
                "\"faithful\"",
                "the bar's name in commands and outputs, written like a criterion's key",
            ),
            Key::optional(
                "name",
                "\"No reply contradicts its source\"",
                "the sentence that holds where the bar is met; the key without the line",
            ),
            Key::required(
                "of",
                "\"not category:contradicts_source\"",
                "what counts as good: a filter over an item and its verdict of record. Words in texts, saved filters and \
             what may change while the decision stands have no place in it. One that asks for nothing of a decision, \
             such as `latency_ms<2000`, is counted on all items without any review",
            ),
            Key::optional(
                "where",
                "\"prompt_version:v8\"",
                "which items: a filter over what an import fixes, as in a [[sample]]; every one without the line",
            ),
            Key::one_of(
                "at_least",
                "0.95",
                "the share that must be good, above 0; below 1 where people judge, to 1 where nothing is judged",
            ),
            Key::one_of(
                "against",
                "\"prompt_version:v7\"",
                "instead of a share: the items that these are compared with, case by case. The bar is met where the share \
             that is good is no lower than theirs",
            ),
            Key::optional(
                "margin",
                "0.02",
                "with `against`: how much lower it may be, from 0 to below 1; 0, or no line, asks for better",
            ),
            Key::optional(
                "confidence",
                "0.95",
                "the probability with which what is said holds, from 0.5 to below 1; 0.95 without the line",
            ),
            Key::optional(
                "method",
                "\"sequential\"",
                "`sequential` (it may be looked at after every review, and is decided as soon as it can be) or `fixed` \
             (decided once, when the first `reviews` items are settled); `sequential` without the line",
            ),
            Key::optional(
                "population",
                "\"model\"",
                "what the bar speaks of: `model` (what is made as these outputs were, of which they are a sample) or `queue` \
             (the outputs that the queue has, and no others: once those that are unread can change nothing, nothing is \
             left to chance); `model` without the line",
            ),
            Key::optional(
                "reviews",
                "240",
                "how many items are reviewed: needed by `fixed`; for `sequential` the most that will be",
            ),
            Key::optional(
                "needs",
                "[\"ac1.verdict >= 0.6\", \"stale <= 0.1\"]",
                "without which the bar stays undecided: agreement among people (`ac1.KEY`, `alpha.KEY`, `raw.KEY`, where KEY \
             is `verdict`, a category or a criterion), and `stale`, the share of the decisions made under sentences that \
             have changed since",
            ),
            Key::optional(
                "owner",
                "\"support-operations\"",
                "who answers for the bar and may waive it: a person, or the key of a [[group]]; a lead may always",
            ),
        ],
    },
    read,
    changes,
};

const POPULATIONS: [(&str, Population); 2] = [("model", Population::Model), ("queue", Population::Queue)];
const METHODS: [(&str, Method); 2] = [("sequential", Method::Sequential), ("fixed", Method::Fixed)];

fn read(document: &mut Document, table: &mut TableReader) {
    let key = table.short_name("key", &KEY);
    let key = document.identify_by(&SECTION.shape, key, table);
    let name = table.optional_text("name").map(Spanned::into_inner);
    let of = table.text("of");
    let among = table.optional_text("where").map(|text| condition("where", &text, table)).unwrap_or_default();
    let target = target(table);
    let confidence = table.number_that("confidence", "from 0.5 to below 1", |share| (0.5..1.0).contains(&share));
    let method = table.optional_one_of("method", &METHODS).unwrap_or_default();
    let population = table.optional_one_of("population", &POPULATIONS).unwrap_or_default();
    let reviews = table.positive("reviews");
    if method == Method::Fixed && !table.has("reviews") {
        let at = table.place_of("method");
        table.report(at, "a fixed bar is decided once, at `reviews`, which is missing", "add below: reviews = 240");
    }
    let needs = needs(document, table);
    let owner = table.optional_text("owner");
    document.bar_owners.extend(owner.clone());
    if !of.get_ref().is_empty() {
        document.bars_of.push(of.clone());
    }
    let owner = owner.map(Spanned::into_inner);
    let confidence = confidence.unwrap_or(0.95);
    let of = of.into_inner();
    let is_judged = ItemFilter::parse(&of).is_err();
    if is_judged && population == Population::Model && target == Target::AtLeast(1.0) && table.has("at_least") {
        let reason = "no number of reviews shows that every single one is good, so this bar can never be met";
        let hint = "write a share below 1, as in: at_least = 0.99; or read them all, with: population = \"queue\"";
        table.report(table.place_of("at_least"), reason, hint);
    }
    if !is_judged && table.has("population") {
        let reason = "this bar asks for nothing of a decision, and is counted on all items that the queue has anyway";
        table.report(table.place_of("population"), reason, "remove the line");
    }
    let bar = Bar { key, name, of, is_judged, among, target, confidence, method, population, reviews, needs, owner };
    document.spec.bars.push(bar);
}

fn target(table: &mut TableReader) -> Target {
    let at_least = table.number_that("at_least", "above 0 to 1", |share| share > 0.0 && share <= 1.0);
    let margin = table.number_that("margin", "from 0 to below 1", |share| (0.0..1.0).contains(&share));
    let baseline = table.optional_text("against").map(|text| condition("against", &text, table));
    match (table.has("at_least"), table.has("against")) {
        (false, false) => table.report(
            table.span().start,
            "this bar says neither what share must be good nor against what",
            "add below this line: at_least = 0.95, or against = \"prompt_version:v7\"",
        ),
        (true, true) => table.report(
            table.place_of("against"),
            "a bar has `at_least` or `against`, and this one has both",
            "remove one of the two; two bars may ask for both",
        ),
        (true, false) if table.has("margin") => table.report(
            table.place_of("margin"),
            "`margin` is how much lower than a baseline, and this bar has none",
            "remove the line, or write against = \"prompt_version:v7\" instead of `at_least`",
        ),
        _ => {}
    }
    match baseline {
        Some(baseline) => Target::Against { baseline, margin: margin.unwrap_or(0.0) },
        None => Target::AtLeast(at_least.unwrap_or(0.5)),
    }
}

/// A filter over what an import fixes; reports what is wrong with it where it stands.
fn condition(key: &str, text: &Spanned<String>, table: &mut TableReader) -> String {
    match ItemFilter::parse(text.get_ref()) {
        Ok(filter) => filter.to_string(),
        Err(error) => {
            let hint = error.hint.unwrap_or_else(|| "write a filter, such as prompt_version:v8".into());
            table.report(text.span().start, format!("in `{key}`: {}", error.message), hint);
            String::new()
        }
    }
}

fn needs(document: &mut Document, table: &mut TableReader) -> Vec<Need> {
    let mut read = Vec::new();
    for text in table.texts("needs").map(Spanned::into_inner).unwrap_or_default() {
        if text.get_ref().is_empty() {
            continue; // told as an empty text
        }
        match text.get_ref().parse::<Need>() {
            Ok(need) => {
                if let Figure::Agreement(_, key) = &need.figure
                    && key != VERDICT
                {
                    document.judged_keys.push(Spanned::new(text.span(), key.clone()));
                }
                read.push(need);
            }
            Err(error) => table.report(text.span().start, shown(&error.reason), error.hint),
        }
    }
    read
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    entries(&SECTION.shape, &old.bars, &new.bars)
}

impl TableEntry for Bar {
    fn key(&self) -> &str {
        &self.key
    }

    fn supports(&self) -> Touched {
        Touched::None
    }

    fn differences(&self, new: &Self) -> Vec<Change> {
        let field = |name, say: fn(&Bar) -> String| {
            field(&SECTION.shape, &self.key, name, &say(self), &say(new), Touched::None)
        };
        let fields = [
            field("name", |bar| or_none(bar.name.as_ref().map(quoted))),
            field("of", |bar| quoted(&bar.of)),
            field("where", |bar| quoted(&bar.among)),
            field("target", |bar| quoted(bar.target.to_string())),
            field("confidence", |bar| bar.confidence.to_string()),
            field("method", |bar| bar.method.to_string()),
            field("population", |bar| bar.population.to_string()),
            field("reviews", |bar| or_none(bar.reviews)),
            field("needs", |bar| quoted(bar.needs.iter().map(Need::to_string).collect::<Vec<_>>().join(", "))),
            field("owner", |bar| or_none(bar.owner.as_ref())),
        ];
        fields.into_iter().flatten().collect()
    }
}
