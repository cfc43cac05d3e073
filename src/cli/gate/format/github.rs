//! Annotations of GitHub Actions: a workflow command a bar, on its line in the spec's file.

use super::text::sentence;
use crate::cli::gate::Told;
use crate::domain::bar::Outcome;
use crate::spec::line_of_bar;
use crate::store::BarReport;
use crate::text::sanitize;

pub(in crate::cli::gate) fn annotations(told: &Told) -> Vec<String> {
    told.reports.iter().map(|report| annotation(told, report)).collect()
}

fn annotation(told: &Told, report: &BarReport) -> String {
    let level = match report.outcome {
        Outcome::Met => "notice",
        Outcome::Failed => "error",
        Outcome::Undecided | Outcome::Waived => "warning",
    };
    let line = line_of_bar(&told.spec.source, &report.bar.key).map_or_else(String::new, |line| format!(",line={line}"));
    let title = format!("{} {}", report.bar.key, report.outcome);
    let message = data(&sanitize::line(&sentence(report)));
    format!("::{level} file={}{line},title={}::{message}", property(&told.spec_file), property(&title))
}

/// The message of a command, as the runner's grammar has it.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property: what would end it is escaped too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
