//! `[review]`: what several opinions on an item come to.

use super::{Document, Section, TableReader, criterion};
use crate::domain::policy::{Agree, Settle};
use crate::domain::spec::{Adjudicator, RepeatTerms, ReviewTerms, Spec};
use crate::domain::team::Role;
use crate::spec::change::{Change, Touched, value};
use crate::spec::name::shown;
use crate::spec::shape::{Form, Key, Shape};
use crate::text::suggest::nearest;
use toml::Spanned;

pub(super) static SECTION: Section = Section {
    shape: Shape {
        header: "review",
        form: Form::Table,
        purpose: "What the opinions of several reviewers on one item come to. Decisions keep the rules of the version that \
              they were made under.",
        keys: &[
            Key::optional(
                "agree",
                "[\"verdict\", \"score.tone\"]",
                "in what opinions must be equal: `verdict`, `severity` (of the gravest category), `categories`, `score.KEY` (within one level); `[\"verdict\"]` without the line",
            ),
            Key::optional(
                "settle",
                "\"strictest\"",
                "what settles opinions that differ: `adjudicate` (somebody who gave none), `majority` (of an odd number of verdicts; without one, `adjudicate`) or `strictest` (reject before accept); `adjudicate` without the line",
            ),
            Key::optional(
                "adjudicator",
                "\"lead\"",
                "who settles opinions that differ, but for those who gave them: `lead`, `reviewer` (anybody else) or a person; `lead` without the line",
            ),
            Key::optional(
                "second_opinion",
                "\"verdict:reject severity:critical\"",
                "a filter over an item and its first decision: of what it finds a second opinion is asked. Words in texts, saved filters and what depends on who asks have no place in it",
            ),
            Key::optional(
                "audit",
                "0.02",
                "the share of the cases, from 0 to 1, of which a second opinion is asked whatever the first says; drawn by the name of the queue and the case, or else the item's id",
            ),
            Key::optional(
                "max_share",
                "0.4",
                "the greatest share, from 0 to 1, that one reviewer may hold of what people have settled, counted from the 50th settled item on: who holds more is served only what nobody else may decide; 0, or no line, is no limit",
            ),
            Key::optional(
                "repeat",
                "{ share = 0.01, after_days = 7 }",
                "the share of the cases, from 0 to 1, that a reviewer who has decided one is served once more after so many days, as if it were new, to see whether they agree with themselves; drawn by names, as `audit` is; such a decision is never of record",
            ),
            Key::optional(
                "hour_cost",
                "38.0",
                "what an hour of reviewing costs, in the money that you count in: `karat stats` and `karat policy simulate` then say money",
            ),
            Key::optional(
                "blind",
                "false",
                "whether others' opinions on an item are kept from whoever gave one or may still give one, until it is settled: `true` or `false`; `true` without the line",
            ),
        ],
    },
    read,
    changes,
};

const SETTLE: [(&str, Settle); 3] =
    [("adjudicate", Settle::Adjudicate), ("majority", Settle::Majority), ("strictest", Settle::Strictest)];

/// What opinions may have to agree in, but for scores.
const AGREE: [&str; 3] = ["verdict", "severity", "categories"];

/// Before the key of a criterion.
const SCORE: &str = "score.";

fn read(document: &mut Document, table: &mut TableReader) {
    let agree = table.texts("agree").map_or_else(Agree::default, |words| agree(document, table, words));
    let settle = table.optional_one_of("settle", &SETTLE).unwrap_or_default();
    let adjudicator = table.optional_text("adjudicator").map(|word| adjudicator(document, table, &word));
    let adjudicator = adjudicator.unwrap_or_default();
    let second_opinion = table.optional_text("second_opinion");
    let audit = table.optional_share("audit").filter(|share| *share.get_ref() > 0.0);
    let max_share = table.optional_share("max_share").filter(|share| *share.get_ref() > 0.0);
    document.max_share = max_share.as_ref().map(|share| share.span().start);
    let max_share = max_share.map(Spanned::into_inner);
    let repeat = repeat(table);
    let shows_opinions = table.optional_flag("blind") == Some(false);
    let asks = second_opinion.as_ref().map(Spanned::span).or(audit.as_ref().map(Spanned::span));
    document.second_opinion = asks.map(|at| at.start);
    document.filters.extend(second_opinion.clone());
    let second_opinion = second_opinion.map(Spanned::into_inner);
    let audit = audit.map(Spanned::into_inner);
    let hour_cost = table.amount("hour_cost").map(Spanned::into_inner);
    document.spec.review = Some(ReviewTerms {
        agree,
        settle,
        adjudicator,
        second_opinion,
        audit,
        max_share,
        repeat,
        hour_cost,
        shows_opinions,
    });
}

/// What stands in the braces of `repeat`.
static REPEAT: Shape = Shape {
    header: "review.repeat",
    form: Form::Table,
    purpose: "Which decisions are made once more.",
    keys: &[
        Key::required("share", "0.01", "the share of the cases, from 0 to 1"),
        Key::required("after_days", "7", "days after the first decision"),
    ],
};

fn repeat(table: &mut TableReader) -> Option<RepeatTerms> {
    let entry = table.inner("repeat")?;
    let mut inner = table.within(entry, &REPEAT);
    let (share, after_days) = (inner.share("share"), inner.required_number("after_days", 1));
    (share > 0.0).then_some(RepeatTerms { share, after_days })
}

fn adjudicator(document: &mut Document, table: &mut TableReader, word: &Spanned<String>) -> Adjudicator {
    let adjudicator = Adjudicator::from(word.get_ref().clone());
    document.adjudicator = Some(word.span().start);
    if matches!(&adjudicator, Adjudicator::Person(name) if !name.is_empty()) {
        document.people.push(word.clone());
    }
    if let Adjudicator::Role(role @ (Role::Viewer | Role::Agent)) = adjudicator {
        table.report(
            word.span().start,
            format!("{} decides nothing", role.phrase()),
            "name \"lead\", \"reviewer\" or a person",
        );
    }
    adjudicator
}

fn agree(document: &mut Document, table: &mut TableReader, words: Spanned<Vec<Spanned<String>>>) -> Agree {
    if words.get_ref().is_empty() {
        table.report(
            words.span().start,
            "`agree` is empty, and opinions would never differ",
            "name what must be equal, or remove the line: then it is the verdict",
        );
    }
    let mut agree = Agree { verdict: false, severity: false, categories: false, scores: Vec::new() };
    for word in words.into_inner() {
        let (at, text) = (word.span(), word.into_inner());
        match text.strip_prefix(SCORE) {
            Some(key) => {
                document.refer(&criterion::SECTION.shape, Some(Spanned::new(at, key.to_owned())));
                agree.scores.push(key.to_owned());
            }
            None => match text.as_str() {
                "verdict" => agree.verdict = true,
                "severity" => agree.severity = true,
                "categories" => agree.categories = true,
                "" => {}
                other => {
                    let hint = nearest(other, AGREE).map_or_else(
                        || "write \"verdict\", \"severity\", \"categories\" or \"score.KEY\"".to_owned(),
                        |word| format!("did you mean \"{word}\"?"),
                    );
                    table.report(at.start, format!("opinions cannot agree in `{}`", shown(other)), hint);
                }
            },
        }
    }
    agree.scores.sort();
    agree.scores.dedup();
    agree
}

fn changes(old: &Spec, new: &Spec) -> Vec<Change> {
    let terms = [old, new].map(|spec| spec.review.clone().unwrap_or_default());
    let second = terms.each_ref().map(|terms| terms.second_opinion.clone());
    let audit = terms.each_ref().map(|terms| terms.audit.map(|share| share.to_string()));
    let share = terms.each_ref().map(|terms| terms.max_share.map(|share| share.to_string()));
    let repeat = terms.each_ref().map(|terms| {
        terms.repeat.map(|RepeatTerms { share, after_days }| format!("a share of {share} after {after_days} days"))
    });
    let hour = terms.each_ref().map(|terms| terms.hour_cost.map(|cost| cost.to_string()));
    let blind = terms.each_ref().map(|terms| (!terms.shows_opinions).to_string());
    let of = |say: fn(&ReviewTerms) -> String| terms.each_ref().map(say);
    let [agree, settle, adjudicator] = [
        of(|terms| agreed(&terms.agree)),
        of(|terms| terms.settle.to_string()),
        of(|terms| terms.adjudicator.word().to_owned()),
    ];
    let values = [
        value("what opinions must agree in", Some(&agree[0]), Some(&agree[1]), Touched::None),
        value("what settles a disagreement", Some(&settle[0]), Some(&settle[1]), Touched::None),
        value("who settles it", Some(&adjudicator[0]), Some(&adjudicator[1]), Touched::None),
        value("what needs a second opinion", second[0].as_ref(), second[1].as_ref(), Touched::None),
        value("the share that is audited", audit[0].as_ref(), audit[1].as_ref(), Touched::None),
        value("what is decided once more", repeat[0].as_ref(), repeat[1].as_ref(), Touched::None),
        value("the greatest share of one reviewer", share[0].as_ref(), share[1].as_ref(), Touched::None),
        value("what an hour costs", hour[0].as_ref(), hour[1].as_ref(), Touched::None),
        value("whether review is blind", Some(&blind[0]), Some(&blind[1]), Touched::None),
    ];
    values.into_iter().flatten().collect()
}

/// `verdict, score.tone`
fn agreed(agree: &Agree) -> String {
    let named = [agree.verdict, agree.severity, agree.categories].into_iter().zip(AGREE);
    let words = named.filter(|(is_asked, _)| *is_asked).map(|(_, word)| word.to_owned());
    words.chain(agree.scores.iter().map(|key| format!("{SCORE}{key}"))).collect::<Vec<_>>().join(", ")
}
