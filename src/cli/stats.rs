//! `karat stats`

use super::at::{At, time};
use super::context::Context;
use super::output::{Hinted, json_line, line, tell_damaged};
use super::searching;
use crate::analysis::stats::interval::{Share, wilson};
use crate::domain::filter::When;
use crate::domain::grouping::Grouping;
use crate::domain::queue::Queue;
use crate::domain::time::{HOUR_MILLIS, format_rfc3339};
use crate::export::format::csv_row;
use crate::store::{Figures, Store};
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::{Map, Value, json};
use std::io::{Write, stdout};
use std::process::ExitCode;
use unicode_width::UnicodeWidthStr;

#[derive(Args)]
pub(super) struct Stats {
    /// The queue's name
    queue: String,
    /// A line for each value of these fields, such as model,prompt_version; an item is counted under
    /// each of its tags and categories
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    by: Vec<Grouping>,
    /// Only decisions made since: 7d, today, 2026-11-01 or a moment by RFC 3339
    #[arg(long, value_name = "TIME", value_parser = time)]
    since: Option<When>,
    /// Only items that it finds, such as 'tag:edge-case created>=2026-11-01'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    filter: Option<String>,
    #[command(flatten)]
    at: At,
    /// Whom `is:mine`, `is:deferred` and `has:draft` are about; by default as in a review
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// One JSON object a line
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// CSV with a header
    #[arg(long)]
    csv: bool,
}

impl Stats {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = self.at.store(context)?;
        let queue = store.queue(&self.queue).hinted()?;
        let filter = searching::read(&store, &queue, self.filter.as_deref())?;
        let filter = searching::resolve(&store, &queue, &filter)?;
        let condition = store.condition(&queue, &filter, &reviewer).hinted()?;
        let since = self.since.as_ref().map(|when| when.stretch(filter.at()).start);
        let groups = store.figures(queue.actor(&reviewer, store.now()), &self.by, since, &condition).hinted()?;
        match (self.json, self.csv) {
            (true, _) => groups.iter().try_for_each(|group| json_line(&self.as_json(&store, &queue, group)))?,
            (_, true) => self.print_csv(&queue, &groups)?,
            _ => self.print_table(&queue, &groups)?,
        }
        Ok(tell_damaged(&store))
    }

    fn as_json(&self, store: &Store, queue: &Queue, group: &Figures) -> Value {
        let share = share(group);
        let by = self.by.iter().zip(&group.by);
        let by: Map<String, Value> = by.map(|(by, value)| (by.name.clone(), json_value(by, value))).collect();
        json!({
            "queue": queue.name,
            "by": by,
            "items": group.items,
            "decided": group.decided(),
            "accepted": group.accepted,
            "rejected": group.rejected,
            "escalated": group.escalated,
            "deferred": group.deferred,
            "accept_share": share.map(|share| share.share),
            "low": share.map(|share| share.low),
            "high": share.map(|share| share.high),
            "seconds_median": group.median_millis.map(seconds),
            "categories": group.categories,
            "cost_usd": group.cost_usd,
            "money": money(queue, group),
            "at": store.as_of().map(format_rfc3339),
        })
    }

    /// A column for each grouping, each figure and each failure category.
    fn print_csv(&self, queue: &Queue, groups: &[Figures]) -> Result<()> {
        let categories = categories(queue, groups);
        let mut out = Vec::new();
        let heads = self.by.iter().map(|by| by.name.clone()).chain(FIGURES.map(str::to_owned));
        csv_row(heads.chain(categories.iter().map(|key| format!("category_{key}"))), &mut out);
        for group in groups {
            let by = group.by.iter().map(|value| value.clone().unwrap_or_default());
            let counts = categories.iter().map(|key| group.categories.get(key).copied().unwrap_or(0).to_string());
            csv_row(by.chain(figures(queue, group)).chain(counts), &mut out);
        }
        stdout().lock().write_all(&out)?;
        Ok(())
    }

    /// A table for people: shares in percent, what goes wrong most at the end of the line.
    fn print_table(&self, queue: &Queue, groups: &[Figures]) -> Result<()> {
        let money = queue.spec.spec.hour_cost().map(|_| "MONEY");
        let heads = HEADINGS.into_iter().chain(money).chain([WRONG]).map(str::to_owned);
        let heads = self.by.iter().map(|by| by.name.to_uppercase()).chain(heads);
        let rows = groups.iter().map(|group| self.cells(queue, group));
        let rows: Vec<Vec<String>> = [heads.collect()].into_iter().chain(rows).collect();
        let widths: Vec<usize> =
            (0..rows[0].len()).map(|at| rows.iter().map(|row| row[at].width()).max().unwrap_or(0)).collect();
        for row in &rows {
            line(self.table_line(row, &widths).trim_end())?;
        }
        Ok(())
    }

    fn cells(&self, queue: &Queue, group: &Figures) -> Vec<String> {
        let by = group
            .by
            .iter()
            .map(|value| value.as_deref().map_or("-".into(), |value| sanitize::line(value).into_owned()));
        let counts = counts(group);
        let percent = |share: f64| format!("{:.0}", share * 100.0);
        let (accepted, interval) = share(group).map_or(("-".into(), "-".into()), |Share { share, low, high }| {
            (format!("{} %", percent(share)), format!("{} to {}", percent(low), percent(high)))
        });
        let seconds = group.median_millis.map_or("-".into(), |millis| format!("{:.1}", seconds(millis)));
        let cost = group.cost_usd.map_or("-".into(), |cost| format!("{cost:.4}"));
        let money = money(queue, group).map(|money| format!("{money:.2}"));
        let money = queue.spec.spec.hour_cost().map(|_| money.unwrap_or_else(|| "-".into()));
        let mut wrong: Vec<_> = group.categories.iter().collect();
        wrong.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let wrong: Vec<String> = wrong.iter().map(|(key, count)| format!("{key} {count}")).collect();
        by.chain(counts.map(|count| count.map_or("-".into(), |count| count.to_string())))
            .chain([accepted, interval, seconds, cost])
            .chain(money)
            .chain([sanitize::line(&wrong.join(", ")).into_owned()])
            .collect()
    }

    /// Values and what goes wrong stand to the left, numbers to the right.
    fn table_line(&self, row: &[String], widths: &[usize]) -> String {
        let mut line = String::new();
        for (at, (cell, width)) in row.iter().zip(widths).enumerate() {
            let gap = " ".repeat(width.saturating_sub(cell.width()));
            let is_number = at >= self.by.len() && at + 1 < row.len();
            let parts = if is_number { [gap.as_str(), cell] } else { [cell.as_str(), &gap] };
            line.extend([if at > 0 { "  " } else { "" }, parts[0], parts[1]]);
        }
        line
    }
}

const HEADINGS: [&str; 10] =
    ["ITEMS", "DECIDED", "ACCEPTED", "REJECTED", "ESCALATED", "DEFERRED", "SHARE", "95 %", "SECONDS", "COST $"];

/// The heading of the last column.
const WRONG: &str = "WRONG";

const FIGURES: [&str; 12] = [
    "items",
    "decided",
    "accepted",
    "rejected",
    "escalated",
    "deferred",
    "accept_share",
    "low",
    "high",
    "seconds_median",
    "cost_usd",
    "money",
];

fn json_value(by: &Grouping, value: &Option<String>) -> Value {
    let number = value.as_ref().filter(|_| by.is_number()).and_then(|value| serde_json::from_str(value).ok());
    number.unwrap_or_else(|| json!(value))
}

/// The cells under [`FIGURES`].
fn figures(queue: &Queue, group: &Figures) -> impl Iterator<Item = String> {
    let counts = counts(group).map(|count| count.map(|count| count.to_string()).unwrap_or_default());
    let share = share(group);
    let numbers = [
        share.map(|share| share.share),
        share.map(|share| share.low),
        share.map(|share| share.high),
        group.median_millis.map(seconds),
        group.cost_usd,
        money(queue, group),
    ];
    let numbers = numbers.map(|number| number.map(|number| number.to_string()).unwrap_or_default());
    counts.into_iter().chain(numbers)
}

/// Items, and what became of them; `None`: it is not known.
fn counts(group: &Figures) -> [Option<i64>; 6] {
    let known = [group.items, group.decided(), group.accepted, group.rejected, group.escalated].map(Some);
    let [items, decided, accepted, rejected, escalated] = known;
    [items, decided, accepted, rejected, escalated, group.deferred]
}

/// The share of what was decided that was accepted.
fn share(group: &Figures) -> Option<Share> {
    wilson(group.accepted.unsigned_abs(), group.decided().unsigned_abs())
}

/// What the time of people on the group has cost; `None`: the spec does not say what an hour costs.
fn money(queue: &Queue, group: &Figures) -> Option<f64> {
    Some(queue.spec.spec.hour_cost()? * group.people_millis? as f64 / HOUR_MILLIS as f64)
}

fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

/// The categories of the spec, then those that it had and has no more.
fn categories(queue: &Queue, groups: &[Figures]) -> Vec<String> {
    let mut keys: Vec<String> = queue.spec.spec.failures.iter().map(|failure| failure.key.clone()).collect();
    for key in groups.iter().flat_map(|group| group.categories.keys()) {
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}
