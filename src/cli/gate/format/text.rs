//! A bar in a sentence that one reads aloud.

use crate::domain::bar::{Bar, Outcome, Target};
use crate::store::BarReport;
use crate::text::percent::{at_least, at_most, exact, percent};
use crate::text::plural::{plural, thousands};

/// `met: at least 96.1 % of outputs (95 % confidence, 240 read of 4,800): No reply contradicts its source [faithful]`
pub(in crate::cli::gate) fn sentence(report: &BarReport) -> String {
    let said = clause(report);
    let why: String = reasons(report).into_iter().map(|why| format!("; {why}")).collect();
    format!("{}: {said}: {} [{}]{why}", report.outcome, report.bar.title(), report.bar.key)
}

/// What is shown, and on how much.
pub(in crate::cli::gate) fn clause(report: &BarReport) -> String {
    let BarReport { bar, recount, .. } = report;
    if !bar.is_judged {
        return exactly(report);
    }
    let (on, asked) = (on_how_much(report), asked(bar));
    let (low, high) = (at_least(recount.range.low), at_most(recount.range.high));
    let is_share = matches!(bar.target, Target::AtLeast(_));
    match recount.outcome {
        Outcome::Met if is_share => format!("at least {low} of outputs {on}"),
        Outcome::Met => format!("the share that is good differs by at least {low} {on}, and {asked}"),
        Outcome::Failed if is_share => format!("at most {high} of outputs {on}, where {asked}"),
        Outcome::Failed => format!("the share that is good differs by at most {high} {on}, where {asked}"),
        Outcome::Undecided | Outcome::Waived => match recount.rate {
            None => format!("nothing is known {on}, where {asked}"),
            Some(_) if is_share => {
                format!(
                    "{} of {} read are good {on}, where {asked}",
                    thousands_of(recount.good),
                    thousands_of(recount.read)
                )
            }
            Some(rate) => format!("the share that is good differs by {} {on}, where {asked}", percent(rate)),
        },
    }
}

/// `95 % are asked`
fn asked(bar: &Bar) -> String {
    match &bar.target {
        Target::AtLeast(share) => format!("{} are asked", exact(*share)),
        Target::Against { baseline, margin } if *margin > 0.0 => {
            format!("no more than {} below {baseline} is asked", exact(*margin))
        }
        Target::Against { baseline, .. } => format!("more than with {baseline} is asked"),
    }
}

/// `(95 % confidence, 240 read of 4,800)`
fn on_how_much(BarReport { bar, recount, .. }: &BarReport) -> String {
    let (read, eligible) = (thousands_of(recount.read), thousands_of(recount.eligible));
    let pairs = if recount.compared.is_some() { " pairs" } else { "" };
    if recount.is_certain() {
        return format!("({read}{pairs} read of {eligible})");
    }
    format!("({} confidence, {read}{pairs} read of {eligible})", exact(bar.confidence))
}

fn exactly(BarReport { bar, recount, .. }: &BarReport) -> String {
    let Some(rate) = recount.rate else { return "nothing is counted".into() };
    let on = format!("{} items, counted without review", thousands_of(recount.eligible));
    let counted = match bar.target {
        Target::AtLeast(_) => format!("{} of {on}", percent(rate)),
        Target::Against { .. } => format!("the share that is good differs by {} on {on}", percent(rate)),
    };
    if recount.outcome == Outcome::Met { counted } else { format!("{counted}, where {}", asked(bar)) }
}

/// Why it stands so, and what else is to be known of it.
pub(in crate::cli::gate) fn reasons(report: &BarReport) -> Vec<String> {
    let mut told: Vec<String> = report.recount.why.iter().map(ToString::to_string).collect();
    if let Some(waiver) = &report.waiver {
        told.insert(0, format!("waived to the end of {} by {}: “{}”", waiver.last_day(), waiver.by, waiver.why));
    }
    told.extend(more(report));
    if let Some(before) = report.changed_after {
        told.push(format!("changed after {before} decisions"));
    }
    if report.reopened_after > 0 {
        let again = thousands_of(report.reopened_after);
        told.push(format!("{again} of the items were looked at again after it had been told"));
    }
    if report.recount.uncovered > 0 {
        told.push(format!("{} of later batches are not covered", thousands_of(report.recount.uncovered)));
    }
    told
}

/// How many more verdicts decide it; nothing where it is decided, or where none can do anything for it.
fn more(BarReport { bar, recount, .. }: &BarReport) -> Option<String> {
    let what = if recount.compared.is_some() { "pair" } else { "review" };
    let more = recount.more(bar);
    let told = match more {
        Some(0) => return None,
        Some(more) => format!(
            "about {} more {} would decide it at the rate so far",
            thousands_of(more),
            plural(more as i64, what)
        ),
        None => format!("no number of {what}s would decide it at the rate so far"),
    };
    let left = match (more, recount.open_places()) {
        _ if recount.has_no_place_left(bar) => ", and no place is left to read".to_owned(),
        // What is asked for is more than there is.
        (Some(more), open @ 1..) if more > open && recount.compared.is_none() => {
            let are = if open == 1 { "is" } else { "are" };
            format!(", and {} {are} left to read", thousands_of(open))
        }
        _ => String::new(),
    };
    Some(format!("{told}{left}"))
}

fn thousands_of(number: u64) -> String {
    thousands(i64::try_from(number).unwrap_or(i64::MAX))
}
