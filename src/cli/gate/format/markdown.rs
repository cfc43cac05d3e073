//! Markdown for one comment: its first line, which is not shown, is by what a program finds the comment
//! again to update it.

use super::text::{clause, reasons};
use crate::cli::gate::Told;
use crate::store::BarReport;
use crate::text::sanitize;

pub(in crate::cli::gate) fn comment(told: &Told) -> String {
    let queue = &told.queue.name;
    let rows: String = told.reports.iter().map(row).collect();
    format!(
        "<!-- karat gate {queue} -->\n### Bars of {}\n\n| bar | outcome | what is shown | why |\n|---|---|---|---|\n{rows}",
        cell(queue)
    )
}

fn row(report: &BarReport) -> String {
    let why = reasons(report).iter().map(|why| cell(why)).collect::<Vec<_>>().join("<br>");
    let (title, clause) = (cell(report.bar.title()), cell(&clause(report)));
    format!("| {title} (`{}`) | **{}** | {clause} | {why} |\n", report.bar.key, report.outcome)
}

/// A text in a cell: nothing in it is a mark.
fn cell(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in sanitize::line(text).chars() {
        if c.is_ascii_punctuation()
            && !matches!(c, '%' | '.' | ',' | '(' | ')' | ':' | ';' | '/' | '=' | '?' | '\'' | '-')
        {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
