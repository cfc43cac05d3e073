//! A JUnit report: a test suite of the queue, a test case a bar.

use super::text::sentence;
use crate::cli::gate::Told;
use crate::domain::bar::Outcome;
use crate::store::BarReport;
use crate::text::sanitize;

pub(in crate::cli::gate) fn report(told: &Told) -> String {
    let count = |outcome| told.reports.iter().filter(|report| report.outcome == outcome).count();
    let counts = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\"",
        told.reports.len(),
        count(Outcome::Failed),
        count(Outcome::Undecided),
        count(Outcome::Waived)
    );
    let queue = attribute(&told.queue.name);
    let cases: String = told.reports.iter().map(|report| case(&queue, report)).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"karat gate\" {counts}>\n  \
         <testsuite name=\"{queue}\" {counts}>\n{cases}  </testsuite>\n</testsuites>\n"
    )
}

/// An undecided bar stops a release as a failed one does, and is told apart: an error is what could
/// not be found out.
fn case(queue: &str, report: &BarReport) -> String {
    let sentence = attribute(&sentence(report));
    let inner = match report.outcome {
        Outcome::Met => format!("<system-out>{sentence}</system-out>"),
        Outcome::Failed => format!("<failure type=\"failed\" message=\"{sentence}\"/>"),
        Outcome::Undecided => format!("<error type=\"undecided\" message=\"{sentence}\"/>"),
        Outcome::Waived => format!("<skipped message=\"{sentence}\"/>"),
    };
    let key = attribute(&report.bar.key);
    format!("    <testcase classname=\"{queue}\" name=\"{key}\" time=\"0\">{inner}</testcase>\n")
}

/// A text within quotation marks, or between two tags, without characters that XML does not have.
fn attribute(text: &str) -> String {
    let text = sanitize::line(text);
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}
