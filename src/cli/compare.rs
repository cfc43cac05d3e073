//! `karat compare`

mod csv;
mod json;

use super::at::At;
use super::context::Context;
use super::output::{Hinted, json_line, line, tell_damaged, wrong_usage};
use super::report::Suggest;
use super::searching;
use crate::analysis::versions::{Comparison, Names, compare, report};
use crate::domain::filter::ResolvedFilter;
use crate::domain::queue::Queue;
use crate::domain::versions::{Basis, Output, Versions};
use crate::store::Store;
use crate::text::plural::{count, thousands};
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::{Result, eyre};
use std::process::ExitCode;
use unicode_width::UnicodeWidthStr;

#[derive(Args)]
pub(super) struct Compare {
    /// The queue's name
    queue: String,
    /// The version that the other is compared with, such as 'prompt_version:v7'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    a: String,
    /// The version that is asked about, such as 'prompt_version:v8'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    b: String,
    /// Only items that it finds, of either version
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    filter: Option<String>,
    #[command(flatten)]
    at: At,
    /// Whom `is:mine`, `is:deferred` and `has:draft` are about; by default as in a review
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object, with the cases whose verdict changed
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// The cases whose verdict changed, those that are undecided and those of one version alone, as CSV
    #[arg(long)]
    csv: bool,
}

/// Changed cases that are told where people read them.
const TOLD: usize = 10;

impl Compare {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = self.at.store(context)?;
        let queue = store.queue(&self.queue).hinted()?;
        let resolved = |text: Option<&str>| -> Result<ResolvedFilter> {
            searching::resolve(&store, &queue, &searching::read(&store, &queue, text)?)
        };
        let (a, b) = (resolved(Some(&self.a))?, resolved(Some(&self.b))?);
        let within = resolved(self.filter.as_deref())?;
        if a.filter() == b.filter() {
            return Ok(wrong_usage("--a and --b are the same filter; a version is compared with another"));
        }
        let actor = queue.actor(&reviewer, store.now());
        let versions = store.versions(actor, [&a, &b], &within).hinted()?;
        self.need_items(&store, &queue, &versions)?;
        let comparison = compare(&versions);
        let found = Found {
            queue: &queue,
            names: Names::of([self.a.clone(), self.b.clone()]),
            filter: self.filter.as_deref(),
            comparison,
            versions,
        };
        match (self.json, self.csv) {
            (true, _) => json_line(&json::object(&found))?,
            (_, true) => csv::print(&found.versions)?,
            _ => found.print()?,
        }
        Ok(tell_damaged(&store))
    }

    /// Refuses a version without an item of its own.
    fn need_items(&self, store: &Store, queue: &Queue, versions: &Versions) -> Result<()> {
        for (option, filter, own) in [("--a", &self.a, versions.items[0]), ("--b", &self.b, versions.items[1])] {
            if own > 0 {
                continue;
            }
            let filter = sanitize::line(filter).into_owned();
            if versions.under_both > 0 {
                let items = count(versions.under_both as usize, "item");
                let wrong =
                    eyre!("{option} {filter} finds no item of its own: {items} of {} are under both", queue.name);
                return Err(wrong).suggestion("let the filters find different items, such as `model:x` and `-model:x`");
            }
            let within = self.filter.as_ref().map_or(String::new(), |_| " within --filter".into());
            let wrong = eyre!("{option} {filter} finds no item of {}{within}", queue.name);
            return Err(wrong).suggestion(there_are(store, queue)?);
        }
        Ok(())
    }
}

/// Which versions the queue has.
fn there_are(store: &Store, queue: &Queue) -> Result<String> {
    const TOLD: usize = 12;
    let versions: Vec<String> = store.known_versions(queue).hinted()?.into_iter().take(TOLD).collect();
    Ok(match versions.is_empty() {
        true => format!("`karat list {} --filter FILTER` shows what a filter finds", queue.name),
        false => format!("there are {}", sanitize::line(&versions.join(", "))),
    })
}

/// A comparison with all that is printed of it.
struct Found<'q> {
    queue: &'q Queue,
    names: Names,
    filter: Option<&'q str>,
    comparison: Comparison,
    versions: Versions,
}

impl Found<'_> {
    fn print(&self) -> Result<()> {
        let [a, b] = &self.names.names;
        let [filter_a, filter_b] = &self.names.filters;
        let within = self.filter.map_or(String::new(), |filter| format!(", within {filter}"));
        line(&format!("{}: {b} ({filter_b}) against {a} ({filter_a}){within}", self.queue.name))?;
        for section in report(&self.comparison, &self.versions, &self.names) {
            line("")?;
            line(section.heading)?;
            section.sentences.iter().chain(&section.table).try_for_each(|text| line(&format!("  {text}")))?;
        }
        self.print_changed()
    }

    fn print_changed(&self) -> Result<()> {
        let changed: Vec<_> = self.versions.changed().collect();
        if changed.is_empty() {
            return Ok(());
        }
        line("")?;
        line("CHANGED VERDICTS")?;
        let told_of = &changed[..changed.len().min(TOLD)];
        let width = told_of.iter().map(|(case, ..)| sanitize::line(&case.name).width()).max().unwrap_or(0);
        for (case, result, basis) in told_of {
            let [a, b] = case.outputs.each_ref().map(|output| output.as_ref().map_or(String::new(), told));
            let basis = if *basis == Basis::Person { String::new() } else { format!("  ({})", basis.as_str()) };
            let name = sanitize::line(&case.name);
            let gap = " ".repeat(width - name.width());
            line(&format!("  {:<4}  {name}{gap}  {a}  ->  {b}{basis}", result.as_str()))?;
        }
        if changed.len() > TOLD {
            line(&format!("  … {} in all; --csv lists them", thousands(changed.len() as i64)))?;
        }
        Ok(())
    }
}

/// `i-17 rejected: tone, wrong_price`
fn told(output: &Output) -> String {
    let Some(judged) = &output.judged else { return output.id.to_string() };
    let categories = judged.remarks.categories.join(", ");
    let categories = if categories.is_empty() { categories } else { format!(": {categories}") };
    format!("{} {}{categories}", output.id, judged.verdict().past())
}
