//! `karat check`

use super::checking::{BATCH, compile};
use super::context::Context;
use super::import::{show_note, show_reject};
use super::import_format::ImportFormat;
use super::output::{Hinted, aside, json_line, line};
use super::searching;
use super::spec::load;
use super::{DOES_NOT_HOLD, SOME_REJECTED};
use crate::check::Checks;
use crate::domain::check::{CheckReport, FailedCheck, OpenCheck, Otherwise};
use crate::import::{Reader, Remarks, Row};
use crate::store::Sort;
use crate::text::plural::count;
use crate::text::sanitize;
use clap::Args;
use color_eyre::eyre::Result;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Args)]
pub(super) struct Check {
    /// The queue's name; with --spec a file of items, `-` for standard input
    #[arg(value_name = "QUEUE")]
    what: PathBuf,
    /// The spec whose checks are run on the items of a file; no workspace is opened
    #[arg(long, value_name = "FILE", conflicts_with_all = ["filter", "apply", "reviewer"])]
    spec: Option<PathBuf>,
    #[command(flatten)]
    format: ImportFormat,
    /// Only items that it finds, such as 'is:waiting model:m-2'
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    filter: Option<String>,
    /// Keep what is found on the items that wait, and decide them where the checks say so
    #[arg(long)]
    apply: bool,
    /// One JSON object an item
    #[arg(long)]
    json: bool,
    /// Under whose name; by default that of the settings, else the login name
    #[arg(long = "as", value_name = "REVIEWER")]
    reviewer: Option<String>,
}

impl Check {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode> {
        match &self.spec {
            Some(spec) => self.of_file(&compile(&load(spec)?.spec)?),
            None => self.of_queue(context),
        }
    }

    /// Checks the items of a file, each as soon as it is read.
    fn of_file(&self, checks: &Checks) -> Result<ExitCode> {
        let reader = Reader::open(&self.what, self.format.options())?;
        show_note(&reader);
        let (mut tally, mut remarks) = (Tally::default(), Remarks::default());
        let name = reader.name().to_owned();
        for row in reader {
            let row = row?;
            remarks.of_row(&row);
            match row {
                Row::Record(record) => {
                    let report = checks.run(&record.item);
                    tally.add(&report);
                    self.tell(&record.item.id, &report)?;
                }
                Row::Reject(reject) => {
                    tally.rejected += 1;
                    show_reject(&reject);
                }
                Row::PassedOver(..) => {}
            }
        }
        remarks.sentences().for_each(|sentence| aside(&sanitize::line(&format!("{name}: {sentence}"))));
        self.end(&tally)
    }

    fn of_queue(&self, context: &Context) -> Result<ExitCode> {
        let reviewer = context.reviewer(self.reviewer.as_deref())?;
        let store = context.existing_store()?;
        let queue = store.queue(&self.what.to_string_lossy()).hinted()?;
        let checks = compile(&queue.spec.spec)?;
        let filter = searching::read(&store, &queue, self.filter.as_deref())?;
        let filter = searching::resolve(&store, &queue, &filter)?;
        let condition = store.condition(&queue, &filter, &reviewer).hinted()?;
        let found = store.whole_listing(&queue, condition, Sort::default()).hinted()?;
        let mut tally = Tally::default();
        for batch in found.seqs().chunks(BATCH) {
            let mut kept = Vec::new();
            for seq in batch {
                let item = store.peek(*seq).hinted()?;
                let report = checks.run(&item);
                tally.add(&report);
                self.tell(&item.id, &report)?;
                kept.push((*seq, report.failed));
            }
            if self.apply {
                tally.decided += store.renew_checks(queue.actor(&reviewer, store.now()), &kept).hinted()?;
            }
        }
        self.end(&tally)
    }

    fn tell(&self, id: &str, report: &CheckReport) -> Result<()> {
        let CheckReport { failed, undecided } = report;
        if self.json {
            return json_line(&json!({
                "id": id,
                "holds": does_hold(report),
                "failed": failed.iter().map(failed_json).collect::<Vec<_>>(),
                "undecided": undecided.iter().map(open_json).collect::<Vec<_>>(),
            }));
        }
        for FailedCheck { key, outcome, reason } in failed {
            line(&format!("{id}: {outcome} by {key}: {reason}"))?;
        }
        undecided
            .iter()
            .try_for_each(|OpenCheck { key, why }| line(&format!("{id}: {key} was not decided: {}", why.reason())))
    }

    fn end(&self, tally: &Tally) -> Result<ExitCode> {
        let Tally { items, failing, rejected, decided } = *tally;
        if !self.json {
            let decided = match (self.apply, failing, decided) {
                (false, ..) | (true, 0, _) => String::new(),
                (true, _, 0) => "; none of them was decided anew".into(),
                (true, ..) => format!(", {decided} decided"),
            };
            line(&format!("{} checked, {failing} failed{decided}", count(items, "item")))?;
        }
        Ok(match (failing, rejected) {
            (0, 0) => ExitCode::SUCCESS,
            (0, _) => ExitCode::from(SOME_REJECTED),
            _ => ExitCode::from(DOES_NOT_HOLD),
        })
    }
}

/// What came of the items.
#[derive(Default)]
struct Tally {
    items: usize,
    /// Items that failed a check which does more than flag them.
    failing: usize,
    /// Records that are no items.
    rejected: usize,
    /// Waiting items that were decided.
    decided: usize,
}

impl Tally {
    fn add(&mut self, report: &CheckReport) {
        self.items += 1;
        self.failing += usize::from(!does_hold(report));
    }
}

/// Whether the item fails no check but those that flag it.
fn does_hold(report: &CheckReport) -> bool {
    report.failed.iter().all(|failed| failed.outcome == Otherwise::Flag)
}

pub(super) fn failed_json(FailedCheck { key, outcome, reason }: &FailedCheck) -> serde_json::Value {
    json!({ "check": key, "outcome": outcome.as_str(), "reason": reason })
}

fn open_json(OpenCheck { key, why }: &OpenCheck) -> serde_json::Value {
    json!({ "check": key, "reason": why.reason() })
}
