//! CSV (RFC 4180, UTF-8) and the same with tabs: the columns depend on the spec alone, not on the
//! reviewers.

use super::{Files, Format, RowWriter, Setting};
use crate::domain::format_option::FormatOption;
use crate::domain::record::{Cell, FieldType};
use crate::domain::time::format_rfc3339;
use crate::export::columns::ExportColumn;
use crate::text::formula::{begins_formula, needs_guard};
use crate::text::plural::count;
use std::io::{self, Write};

const EXCEL: FormatOption = FormatOption {
    name: "excel",
    value: None,
    help: "CSV for Excel: with byte order mark and CRLF, ids guarded as other cells",
};

const RAW_CELLS: FormatOption = FormatOption {
    name: "raw-cells",
    value: None,
    help: "Leave cells that a spreadsheet would run as formulas as they are",
};

pub(super) const CSV: Delimited = Delimited {
    name: "csv",
    about: "a line of column names, then a row a line, separated by commas",
    delimiter: b',',
    options: &[EXCEL, RAW_CELLS],
};

pub(super) const TSV: Delimited =
    Delimited { name: "tsv", about: "CSV with tabs between the cells", delimiter: b'\t', options: &[RAW_CELLS] };

/// A format of cells with a sign between them.
pub(super) struct Delimited {
    name: &'static str,
    about: &'static str,
    delimiter: u8,
    options: &'static [FormatOption],
}

impl Format for Delimited {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn extension(&self) -> &'static str {
        self.name
    }

    fn is_flat(&self) -> bool {
        true
    }

    fn options(&self) -> &'static [FormatOption] {
        self.options
    }

    fn writer(&self, setting: &Setting) -> io::Result<Box<dyn RowWriter>> {
        let is_for_excel = setting.options.has(&EXCEL);
        let guard = !setting.options.has(&RAW_CELLS);
        let line_end = if is_for_excel { "\r\n" } else { "\n" };
        Ok(Box::new(Writer { is_for_excel, line_end, guard, ..Writer::new(self.delimiter) }))
    }
}

struct Writer {
    delimiter: u8,
    is_for_excel: bool,
    line_end: &'static str,
    /// No cell may be a formula. Ids may, for they are what other files are joined by, but in a
    /// file that is made for a spreadsheet.
    guard: bool,
    columns: Vec<FieldType>,
    /// Ids that begin as formulas do, and are as they were.
    formula_ids: u64,
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
                out.push(self.delimiter);
            }
            self.put(column.name.as_bytes(), "", at == 0 && !self.guard, out);
        }
        out.extend_from_slice(self.line_end.as_bytes());
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], files: &mut Files) -> io::Result<()> {
        let out = &mut files.main;
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                out.push(self.delimiter);
            }
            self.cell(cell, self.columns[at], out)?;
        }
        out.extend_from_slice(self.line_end.as_bytes());
        Ok(())
    }

    fn end(&mut self, _: &mut Files) -> io::Result<()> {
        Ok(())
    }

    fn note(&self) -> Option<String> {
        let ids = count(self.formula_ids as usize, "id");
        let begin = if self.formula_ids == 1 { "begins" } else { "begin" };
        let note = format!("{ids} or cases {begin} as formulas do and are left as they are; --excel guards them too");
        (self.formula_ids > 0).then_some(note)
    }
}

impl Writer {
    fn new(delimiter: u8) -> Self {
        Self {
            delimiter,
            is_for_excel: false,
            line_end: "\n",
            guard: true,
            columns: Vec::new(),
            formula_ids: 0,
            joined: Vec::new(),
        }
    }

    fn cell(&mut self, cell: &Cell, holds: FieldType, out: &mut Vec<u8>) -> io::Result<()> {
        match cell {
            Cell::Null => {}
            Cell::Integer(number) => write!(out, "{number}")?,
            Cell::Real(number) => write!(out, "{number}")?,
            Cell::Time(at) => out.extend_from_slice(format_rfc3339(*at).as_bytes()),
            Cell::Text(text) if matches!(holds, FieldType::Id | FieldType::Name) => self.id(text, out),
            // What is there and empty is told from what is not there, for who looks.
            Cell::Content(_, text) if text.is_empty() => out.extend_from_slice(b"\"\""),
            Cell::Text(text) | Cell::Content(_, text) | Cell::Json(text) => self.text(text, out),
            Cell::Words(words) if holds == FieldType::Keys => self.text(&words.join(";"), out),
            Cell::Words(words) if words.is_empty() => {}
            Cell::Documents(documents) if documents.is_empty() => {}
            Cell::Marks([]) => {}
            Cell::Words(_) | Cell::Documents(_) | Cell::Marks(_) | Cell::Scores(_) => {
                let mut json = std::mem::take(&mut self.joined);
                json.clear();
                cell.write_json(&mut json)?;
                self.put(&json, "", false, out); // which begins with a bracket
                self.joined = json;
            }
        }
        Ok(())
    }

    fn text(&self, text: &str, out: &mut Vec<u8>) {
        self.put(text.as_bytes(), if self.guard { guard_of(text) } else { "" }, false, out);
    }

    fn id(&mut self, id: &str, out: &mut Vec<u8>) {
        if self.is_for_excel {
            return self.text(id, out);
        }
        self.formula_ids += u64::from(self.guard && begins_formula(id.trim_start()));
        self.put(id.as_bytes(), "", false, out);
    }

    fn put(&self, cell: &[u8], prefix: &str, is_quoted: bool, out: &mut Vec<u8>) {
        put(cell, self.delimiter, prefix, is_quoted, out);
    }
}

/// Appends a row of texts to CSV, none of which a spreadsheet runs as a formula.
pub fn csv_row(cells: impl IntoIterator<Item = String>, out: &mut Vec<u8>) {
    for (at, cell) in cells.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        put(cell.as_bytes(), b',', guard_of(&cell), false, out);
    }
    out.push(b'\n');
}

/// What stands before a cell, so that no spreadsheet runs it.
fn guard_of(cell: &str) -> &'static str {
    if needs_guard(cell) { "'" } else { "" }
}

/// Appends a cell with `prefix` before it, in quotation marks where it needs them or `is_quoted`.
pub(super) fn put(cell: &[u8], delimiter: u8, prefix: &str, is_quoted: bool, out: &mut Vec<u8>) {
    let is_plain =
        !is_quoted && memchr::memchr3(delimiter, b'"', b'\n', cell).is_none() && memchr::memchr(b'\r', cell).is_none();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::format_option::GivenOptions;
    use crate::domain::item::Item;
    use crate::export::format::samples;
    use crate::import::{Options, Reader, Row};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::io::Cursor;

    fn cell(text: &str) -> String {
        let mut out = Vec::new();
        Writer::new(b',').text(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn formulas_are_guarded_within_their_quotation_marks() {
        assert_eq!(cell("=1+1"), "'=1+1");
        assert_eq!(cell("\r=x"), "\"'\r=x\"");
        assert_eq!(cell("-12.5"), "-12.5");
    }

    #[test]
    fn what_would_end_a_cell_is_quoted() {
        assert_eq!(cell("a,b"), r#""a,b""#);
        assert_eq!(cell(r#"["="]"#), r#""[""=""]""#);
        assert_eq!(cell("\""), r#""""""#);
        assert_eq!(cell("one\ntwo\r"), "\"one\ntwo\r\"");
    }

    fn round_trip(format: &Delimited, items: &[Item], option: Option<&'static FormatOption>) -> Vec<Item> {
        let mut options = GivenOptions::default();
        option.into_iter().for_each(|option| options.add(option, ""));
        let files = samples::written(format, &options, items);
        let reader = Reader::from_read("an export", Cursor::new(files.main), Options::default()).unwrap();
        let records = reader.map(|row| match row.unwrap() {
            // What the rows tell of a decision is kept beside the item.
            Row::Record(record) => Item { meta: None, ..record.item },
            row => panic!("no record: {row:?}"),
        });
        records.collect()
    }

    proptest! {
        #[test]
        fn what_is_exported_comes_back(items in vec(samples::item(), 1..4)) {
            for option in [None, Some(&EXCEL), Some(&RAW_CELLS)] {
                prop_assert_eq!(round_trip(&CSV, &items, option), items.clone());
            }
            for option in [None, Some(&RAW_CELLS)] {
                prop_assert_eq!(round_trip(&TSV, &items, option), items.clone());
            }
        }
    }
}
