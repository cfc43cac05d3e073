//! CSV (RFC 4180, UTF-8): the columns depend on the spec alone, not on the reviewers.

use super::{Files, Format, RowWriter};
use crate::domain::format_option::{FormatOption, GivenOptions};
use crate::domain::record::{Cell, FieldType};
use crate::domain::time::format_rfc3339;
use crate::export::columns::ExportColumn;
use std::io::{self, Write};

const EXCEL: FormatOption =
    FormatOption { name: "excel", value: None, help: "CSV with byte order mark and CRLF, for Excel" };

const RAW_CELLS: FormatOption = FormatOption {
    name: "raw-cells",
    value: None,
    help: "Leave cells that a spreadsheet would run as formulas as they are",
};

pub(super) struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "a line of column names, then a row a line, separated by commas"
    }

    fn is_flat(&self) -> bool {
        true
    }

    fn options(&self) -> &'static [FormatOption] {
        &[EXCEL, RAW_CELLS]
    }

    fn writer(&self, options: &GivenOptions) -> Box<dyn RowWriter> {
        let is_for_excel = options.has(&EXCEL);
        Box::new(Writer {
            is_for_excel,
            line_end: if is_for_excel { "\r\n" } else { "\n" },
            defuses: !options.has(&RAW_CELLS),
            ..Writer::default()
        })
    }
}

#[derive(Default)]
struct Writer {
    is_for_excel: bool,
    line_end: &'static str,
    /// No cell may be a formula.
    defuses: bool,
    columns: Vec<FieldType>,
    /// A cell that is made of several values.
    joined: Vec<u8>,
}

impl RowWriter for Writer {
    fn begin(&mut self, columns: &[ExportColumn], files: &mut Files) -> io::Result<()> {
        let out = &mut files.main;
        if self.is_for_excel {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        self.columns = columns.iter().map(|column| column.holds).collect();
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            put(column.name.as_bytes(), "", out);
        }
        out.extend_from_slice(self.line_end.as_bytes());
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], files: &mut Files) -> io::Result<()> {
        let out = &mut files.main;
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            self.cell(cell, self.columns[at], out)?;
        }
        out.extend_from_slice(self.line_end.as_bytes());
        Ok(())
    }

    fn end(&mut self, _: &mut Files) -> io::Result<()> {
        Ok(())
    }
}

impl Writer {
    fn cell(&mut self, cell: &Cell, holds: FieldType, out: &mut Vec<u8>) -> io::Result<()> {
        match cell {
            Cell::Null => {}
            Cell::Integer(number) => write!(out, "{number}")?,
            Cell::Real(number) => write!(out, "{number}")?,
            Cell::Time(at) => out.extend_from_slice(format_rfc3339(*at).as_bytes()),
            Cell::Text(text) | Cell::Content(_, text) | Cell::Json(text) => self.text(text.as_bytes(), out),
            Cell::Words(words) if holds == FieldType::Keys => self.text(words.join(";").as_bytes(), out),
            Cell::Words(words) if words.is_empty() => {}
            Cell::Documents(documents) if documents.is_empty() => {}
            Cell::Marks([]) => {}
            Cell::Words(_) | Cell::Documents(_) | Cell::Marks(_) | Cell::Scores(_) => {
                let mut json = std::mem::take(&mut self.joined);
                json.clear();
                cell.write_json(&mut json)?;
                self.text(&json, out);
                self.joined = json;
            }
        }
        Ok(())
    }

    fn text(&self, text: &[u8], out: &mut Vec<u8>) {
        put(text, if self.defuses && is_formula(text) { "'" } else { "" }, out);
    }
}

/// Appends a row of texts to CSV, none of which a spreadsheet runs as a formula.
pub fn csv_row(cells: impl IntoIterator<Item = String>, out: &mut Vec<u8>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        put(cell.as_bytes(), if is_formula(cell.as_bytes()) { "'" } else { "" }, out);
    }
    out.push(b'\n');
}

/// Appends a cell with `prefix` before it, in quotation marks where it needs them.
fn put(cell: &[u8], prefix: &str, out: &mut Vec<u8>) {
    let is_plain = memchr::memchr3(b',', b'"', b'\n', cell).is_none() && memchr::memchr(b'\r', cell).is_none();
    if is_plain {
        out.extend_from_slice(prefix.as_bytes());
        out.extend_from_slice(cell);
        return;
    }
    out.push(b'"');
    out.extend_from_slice(prefix.as_bytes());
    let mut from = 0;
    for quote in memchr::memchr_iter(b'"', cell) {
        out.extend_from_slice(&cell[from..=quote]);
        from = quote; // once more: a quotation mark is written twice
    }
    out.extend_from_slice(&cell[from..]);
    out.push(b'"');
}

/// Whether a spreadsheet would run the cell: one that starts with `=`, `+`, `-`, `@`, tab or
/// CR and is not a number. (OWASP, "CSV Injection".) A `'` before it makes it text.
fn is_formula(cell: &[u8]) -> bool {
    matches!(cell.first(), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r')) && !is_number(cell)
}

/// A plain decimal number: not `-inf`, which Rust reads as one.
fn is_number(cell: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E');
    let number = || std::str::from_utf8(cell).is_ok_and(|text| text.parse::<f64>().is_ok());
    cell.iter().all(plain) && number()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut out = Vec::new();
        let writer = Writer { defuses: true, ..Writer::default() };
        writer.text(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn formulas_are_defused_and_numbers_left() {
        for bad in ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "-inf", "+", "-", "=", "--1", "-nan"] {
            assert_eq!(cell(bad), format!("'{bad}"));
        }
        assert_eq!(cell("\r=x"), "\"'\r=x\"");
        for good in ["", "plain", "-12.5", "+3", "-1e-5", "1=1", " =1", "'=1"] {
            assert_eq!(cell(good), good);
        }
    }

    #[test]
    fn what_would_end_a_cell_is_quoted() {
        assert_eq!(cell("a,b"), r#""a,b""#);
        assert_eq!(cell(r#"["="]"#), r#""[""=""]""#);
        assert_eq!(cell("\""), r#""""""#);
        assert_eq!(cell("one\ntwo\r"), "\"one\ntwo\r\"");
    }
}
