//! `karat gate`

mod format;

use super::at::At;
use super::context::Context;
use super::output::{Hinted, aside, json_line, line, tell_damaged};
use super::report::Suggest;
use super::{DOES_NOT_HOLD, UNDECIDED, WRONG_USAGE};
use crate::domain::bar::{Bar, Outcome};
use crate::domain::queue::{Queue, SpecVersion};
use crate::store::{BarReport, Store};
use crate::text::suggest::nearest;
use clap::{Args, ValueEnum};
use color_eyre::eyre::{Result, eyre};
use std::io::{Write, stdout};
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Gate {
    /// The queue's name
    queue: String,
    /// Only this bar; several times for several
    #[arg(long = "bar", value_name = "KEY")]
    bars: Vec<String>,
    #[command(flatten)]
    at: At,
    /// The bars as this version of the spec had them
    #[arg(long, value_name = "VERSION")]
    spec_version: Option<i64>,
    /// Text that one reads aloud, a JSON object a line, annotations of GitHub Actions, a JUnit report, or
    /// Markdown for one comment
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    json: bool,
    /// The spec's file as the repository names it, for the annotations of --format github; by default
    /// QUEUE.toml
    #[arg(long, value_name = "FILE")]
    spec_file: Option<String>,
    /// In whose name the log tells that the bars were told; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
    /// Exit with 0 whatever the bars say
    #[arg(long)]
    exit_zero: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Github,
    Junit,
    Markdown,
}

/// What a format tells of.
struct Told<'t> {
    queue: &'t Queue,
    /// The version of the spec that the bars stand in.
    spec: &'t SpecVersion,
    spec_file: String,
    reports: &'t [BarReport],
}

impl Gate {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        let store = self.at.store(context)?;
        let queue = store.queue(&self.queue).hinted()?;
        let spec = match self.spec_version {
            Some(version) => of_version(&store, &queue, version)?,
            None => queue.spec.clone(),
        };
        let bars = chosen(&spec, &self.bars)?;
        if bars.is_empty() {
            aside(&format!("version {} of the spec of {} has no [[bar]]", spec.version, queue.name));
            return Ok(ExitCode::from(WRONG_USAGE));
        }
        let mut reports = Vec::new();
        for bar in bars {
            let look = store.look_at_bar(&queue, bar, store.now()).hinted()?;
            store.keep(&look).hinted()?;
            reports.push(look.report);
        }
        // Whoever has no name here is told all the same.
        if let Ok(reviewer) = context.reviewer(self.reviewer.as_deref()) {
            for report in reports.iter().filter(|report| report.bar.is_judged) {
                store.note_told(queue.actor(&reviewer, store.now()), report).hinted()?;
            }
        }
        let spec_file = self.spec_file.clone().unwrap_or_else(|| format!("{}.toml", queue.name));
        self.tell(&Told { queue: &queue, spec: &spec, spec_file, reports: &reports })?;
        let damaged = tell_damaged(&store);
        if self.exit_zero {
            return Ok(ExitCode::SUCCESS);
        }
        let is = |outcome| reports.iter().any(|report| report.outcome == outcome);
        Ok(match (is(Outcome::Failed), is(Outcome::Undecided)) {
            (true, _) => ExitCode::from(DOES_NOT_HOLD),
            (_, true) => ExitCode::from(UNDECIDED),
            _ => damaged,
        })
    }

    fn tell(&self, told: &Told) -> Result<()> {
        let format = if self.json { Format::Json } else { self.format };
        match format {
            Format::Text => told.reports.iter().try_for_each(|report| line(&format::text::sentence(report))),
            Format::Json => told.reports.iter().try_for_each(|report| json_line(&format::json::Line::of(report))),
            Format::Github => format::github::annotations(told).iter().try_for_each(|annotation| line(annotation)),
            Format::Junit => Ok(stdout().lock().write_all(format::junit::report(told).as_bytes())?),
            Format::Markdown => Ok(stdout().lock().write_all(format::markdown::comment(told).as_bytes())?),
        }
    }
}

/// The bars that are asked for, in the order of the spec.
pub(super) fn chosen<'s>(spec: &'s SpecVersion, keys: &[String]) -> Result<Vec<&'s Bar>> {
    let bars = &spec.spec.bars;
    if let Some(key) = keys.iter().find(|key| spec.spec.bar(key).is_none()) {
        let known = bars.iter().map(|bar| bar.key.as_str());
        let hint = nearest(key, known.clone()).map_or_else(
            || format!("its bars are {}", known.collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean {near}?"),
        );
        let hint = if bars.is_empty() { "add a [[bar]] to it and apply it".to_owned() } else { hint };
        return Err(eyre!("version {} of the spec has no bar `{key}`", spec.version)).suggestion(hint);
    }
    Ok(bars.iter().filter(|bar| keys.is_empty() || keys.contains(&bar.key)).collect())
}

fn of_version(store: &Store, queue: &Queue, version: i64) -> Result<SpecVersion> {
    if !(1..=queue.spec.version).contains(&version) {
        return Err(eyre!("the spec of {} has no version {version}", queue.name))
            .suggestion(format!("it has versions 1 to {}; `karat log` lists them", queue.spec.version));
    }
    store.spec_at(queue, version).hinted()
}
