//! Tables: a grid whose cells wrap inside their columns; where a row is too long to be laid out
//! as one, a record a row.

use super::page::Page;
use crate::tui::rich_text::{BAR, Column, LONGEST_LINE, Side, Table};
use crate::tui::theme::Role;
use pulldown_cmark::Alignment;

/// Writes the rows, of which the first is the head.
pub(super) fn write(page: &mut Page, rows: Vec<Vec<Page>>, alignments: &[Alignment], prefix: &str) {
    let bytes = |row: &Vec<Page>| prefix.len() + row.iter().map(|cell| cell.text.len() + BAR.len()).sum::<usize>();
    match rows.iter().map(bytes).max().unwrap_or_default() <= LONGEST_LINE {
        true => grid(page, rows, alignments, prefix),
        false => records(page, rows, prefix),
    }
}

fn grid(page: &mut Page, rows: Vec<Vec<Page>>, alignments: &[Alignment], prefix: &str) {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let column = |at: usize| {
        let cells = rows.iter().filter_map(|row| Some(row.get(at)?.text.as_str()));
        Column::new(side(alignments.get(at)), cells)
    };
    let columns: Vec<Column> = (0..columns).map(column).collect();
    page.end_line();
    let start = page.here();
    let (mut bars, mut rule) = (Vec::new(), start);
    for (nth, row) in rows.into_iter().enumerate() {
        page.end_line();
        page.add(prefix, Role::Dim);
        for (column, cell) in row.into_iter().enumerate() {
            if column > 0 {
                bars.push(page.here());
                page.add(BAR, Role::Dim);
            }
            page.append(cell);
        }
        if nth == 0 {
            page.add("\n", Role::Dim);
            rule = page.here();
            page.add(&format!("{prefix}─"), Role::Dim);
        }
    }
    page.tables.push(Table { range: start..page.here(), prefix: prefix.len(), columns, bars, rule });
}

fn side(alignment: Option<&Alignment>) -> Side {
    match alignment {
        Some(Alignment::Right) => Side::Right,
        Some(Alignment::Center) => Side::Centre,
        _ => Side::Left,
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
