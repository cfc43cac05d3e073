//! A comparison as one JSON object.

use super::Found;
use crate::analysis::versions::{Answer, CategoryChange, Comparison, Difference, MeanChange, Table, Verdicts};
use crate::domain::versions::{Basis, Case, CaseResult, Output};
use serde_json::{Map, Value, json};

pub(super) fn object(found: &Found) -> Value {
    let Comparison { table, in_bulk, by_check, undecided: [open_a, open_b, open_both], .. } = &found.comparison;
    let comparison = &found.comparison;
    let versions = &found.versions;
    let side = |at: usize| {
        json!({
            "filter": found.names.filters[at],
            "items": versions.items[at],
            "later_attempts": versions.later_attempts[at],
            "only": comparison.only[at],
        })
    };
    let scores = comparison.scores.iter().map(|(key, change)| (key.clone(), mean(change)));
    let reviewers = comparison.reviewers.iter();
    let reviewers = reviewers.map(|(name, [a, b])| json!({"reviewer": **name, "a": a, "b": b}));
    json!({
        "queue": found.queue.name,
        "a": side(0),
        "b": side(1),
        "filter": found.filter,
        "under_both": versions.under_both,
        "shared": comparison.shared,
        "judged": table.cases(),
        "in_bulk": counts(in_bulk),
        "by_check": counts(by_check),
        "undecided": {"a": open_a, "b": open_b, "both": open_both},
        "difference_if_undecided": {"against_b": comparison.extremes[0], "for_b": comparison.extremes[1]},
        "verdicts": verdicts(comparison),
        "categories": comparison.categories.iter().map(category).collect::<Vec<_>>(),
        "scores": scores.collect::<Map<_, _>>(),
        "latency_ms": comparison.latency_ms.as_ref().map(mean),
        "cost_usd": comparison.cost_usd.as_ref().map(mean),
        "characters": comparison.length.as_ref().map(mean),
        "reviewers": reviewers.collect::<Vec<_>>(),
        "same_reviewer": comparison.same_reviewer,
        "by_several": comparison.by_several,
        "other_spec": comparison.other_spec,
        "changed": versions.changed().map(changed).collect::<Vec<_>>(),
    })
}

/// `null`: nothing is judged in both.
fn verdicts(comparison: &Comparison) -> Value {
    match &comparison.verdicts {
        Verdicts::Nothing => Value::Null,
        Verdicts::Unpaired { judged, accepted, difference } => with(
            json!({
                "answer": difference.as_ref().map_or(Answer::Open, Difference::answer).as_str(),
                "method": "newcombe",
                "judged": judged,
                "accepted": accepted,
            }),
            difference_of(difference.as_ref()),
        ),
        Verdicts::Paired { difference, p, ends_at, decided_at } => {
            let answer = json!({"answer": difference.answer().as_str(), "method": "tango"});
            let figures = with(counts(&comparison.table), difference_of(Some(difference)));
            with(with(answer, figures), json!({"p": p, "ends_at": ends_at, "decided_at": decided_at}))
        }
    }
}

fn category(change: &CategoryChange) -> Value {
    let CategoryChange { key, gone, new, both, difference, p, p_holm } = change;
    let counts = json!({"category": key, "gone": gone, "new": new, "both": both});
    with(with(counts, difference_of(Some(difference))), json!({"p": p, "p_holm": p_holm}))
}

fn counts(table: &Table) -> Value {
    let Table { both_accepted, won, lost, both_rejected } = table;
    json!({"both_accepted": both_accepted, "won": won, "lost": lost, "both_rejected": both_rejected})
}

fn difference_of(difference: Option<&Difference>) -> Value {
    json!({
        "difference": difference.map(|difference| difference.value),
        "low": difference.map(|difference| difference.interval.low),
        "high": difference.map(|difference| difference.interval.high),
    })
}

fn mean(change: &MeanChange) -> Value {
    let MeanChange { pairs, means: [a, b], difference, interval } = change;
    json!({
        "cases": pairs,
        "a": a,
        "b": b,
        "difference": difference,
        "low": interval.map(|interval| interval.low),
        "high": interval.map(|interval| interval.high),
    })
}

fn changed((case, result, basis): (&Case, CaseResult, Basis)) -> Value {
    let output = |Output { id, judged, .. }: &Output| {
        json!({
            "id": id,
            "verdict": judged.as_ref().map(|judged| judged.verdict().as_str()),
            "categories": judged.as_ref().map(|judged| &judged.remarks.categories),
            "reviewer": judged.as_ref().map(|judged| &*judged.reviewer),
        })
    };
    let [a, b] = case.outputs.each_ref().map(|of| of.as_ref().map(output));
    json!({"case": case.name, "result": result.as_str(), "basis": basis.as_str(), "a": a, "b": b})
}

/// The object with the members of another.
fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(members), Value::Object(more)) = (&mut object, more) {
        members.extend(more);
    }
    object
}
