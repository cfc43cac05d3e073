//! Why an export has no rows.

use crate::cli::output::Hinted;
use crate::cli::searching;
use crate::domain::decision::Verdict;
use crate::domain::filter::{Filter, ResolvedFilter};
use crate::export::{Export, Form, Selection};
use crate::store::Condition;
use crate::text::plural::count;
use color_eyre::eyre::Result;

/// Says which part of what was asked for nothing keeps: a sentence.
pub(super) fn reason(export: &Export, filter: Option<&ResolvedFilter>) -> Result<String> {
    let all = Selection { verdicts: Vec::new(), condition: Condition::default(), ..export.selection.clone() };
    let found = |selection: Selection| {
        let Export { store, queue, .. } = *export;
        Export { store, queue, selection, form: Form::plain(export.form.format) }.count()
    };
    let rows = found(all.clone()).map_err(super::report)?;
    if rows == 0 {
        return Ok(format!("no rows: nothing of {} is decided yet", export.queue.name));
    }
    let mut parts = Vec::new();
    let verdicts = &export.selection.verdicts;
    if !verdicts.is_empty() {
        let flags: Vec<_> = verdicts.iter().copied().map(flag).collect();
        let rows = found(Selection { verdicts: verdicts.clone(), ..all.clone() }).map_err(super::report)?;
        parts.push((flags.join(" "), rows));
    }
    for part in filter.map(|filter| conjuncts(filter.filter())).unwrap_or_default() {
        let condition = condition(export, &part)?;
        let rows = found(Selection { condition, ..all.clone() }).map_err(super::report)?;
        parts.push((format!("`{part}`"), rows));
    }
    let none: Vec<&str> = parts.iter().filter(|(_, rows)| *rows == 0).map(|(part, _)| part.as_str()).collect();
    let of = format!("of the {} that {} decided", count(rows as usize, "row"), if rows == 1 { "is" } else { "are" });
    Ok(match &none[..] {
        // Nothing was left out, so it is the rows of marks that are missing.
        [] if parts.is_empty() => format!("no rows: {of} none has a mark"),
        [] => {
            let each: Vec<_> = parts.iter().map(|(part, rows)| format!("{part} {rows}")).collect();
            format!("no rows: {of} each part finds some ({}) and all together none", each.join(", "))
        }
        [one] => format!("no rows: {of} {one} finds none"),
        several => format!("no rows: {of} {} find none, each by itself", several.join(" and ")),
    })
}

fn flag(verdict: Verdict) -> String {
    format!("--verdict {}", verdict.as_str())
}

/// The parts that are all to hold.
fn conjuncts(filter: &Filter) -> Vec<Filter> {
    match filter {
        Filter::All(parts) => parts.clone(),
        one => vec![one.clone()],
    }
}

fn condition(export: &Export, part: &Filter) -> Result<Condition> {
    let part = searching::resolve(export.store, export.queue, part)?;
    export.store.condition(export.queue, &part, &export.selection.reviewer).hinted()
}
