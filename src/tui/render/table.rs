//! Tables: a grid where it is narrow enough to be read as one, else a record a row.

use super::page::Page;
use crate::text::sanitize;
use crate::tui::theme::Role;
use pulldown_cmark::Alignment;
use unicode_width::UnicodeWidthStr;

/// A wider grid would be broken by a pane.
const WIDEST: usize = 64;

/// Writes the rows, of which the first is the head.
pub(super) fn write(page: &mut Page, rows: Vec<Vec<Page>>, alignments: &[Alignment], prefix: &str) {
    let widths: Vec<usize> = (0..alignments.len())
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(width).max().unwrap_or_default())
        .collect();
    let whole = widths.iter().sum::<usize>() + 3 * widths.len().saturating_sub(1);
    match whole <= WIDEST {
        true => grid(page, rows, &widths, alignments, prefix),
        false => records(page, rows, prefix),
    }
}

fn width(cell: &Page) -> usize {
    sanitize::line(&cell.text).width()
}

fn grid(page: &mut Page, rows: Vec<Vec<Page>>, widths: &[usize], alignments: &[Alignment], prefix: &str) {
    for (nth, row) in rows.into_iter().enumerate() {
        page.end_line();
        page.add(prefix, Role::Dim);
        for (column, cell) in row.into_iter().enumerate() {
            if column > 0 {
                page.add(" │ ", Role::Dim);
            }
            let room = widths.get(column).map_or(0, |wide| wide.saturating_sub(width(&cell)));
            let left = match alignments.get(column) {
                Some(Alignment::Right) => room,
                Some(Alignment::Center) => room / 2,
                _ => 0,
            };
            page.add(&" ".repeat(left), Role::Text);
            page.append(cell);
            page.add(&" ".repeat(room - left), Role::Text);
        }
        if nth == 0 {
            let rule: Vec<String> = widths.iter().map(|wide| "─".repeat(*wide)).collect();
            page.add(&format!("\n{prefix}{}", rule.join("─┼─")), Role::Dim);
        }
    }
}

fn records(page: &mut Page, rows: Vec<Vec<Page>>, prefix: &str) {
    let mut rows = rows.into_iter();
    let head = rows.next().unwrap_or_default();
    for (nth, row) in rows.enumerate() {
        page.end_line();
        if nth > 0 {
            page.add(&format!("{}\n", prefix.trim_end()), Role::Dim);
        }
        for (column, cell) in row.into_iter().enumerate() {
            page.end_line();
            page.add(prefix, Role::Dim);
            if let Some(name) = head.get(column) {
                page.add(&format!("{}: ", name.text), Role::Name);
            }
            page.append(cell);
        }
    }
}
