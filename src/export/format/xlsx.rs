//! An Excel workbook of one sheet: numbers and times as such, every text as a text.

use super::flat::text_of;
use super::{Files, Format, RowWriter, Setting};
use crate::domain::record::{Cell, FieldType};
use crate::domain::time::{UtcMillis, format_rfc3339};
use crate::export::columns::ExportColumn;
use crate::export::compression::Compression;
use crate::text::plural::count;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format as Style, Workbook, Worksheet, XlsxError};
use std::fs::File;
use std::io::{self, Read, Seek};

/// Rows below the head, at most.
const MOST_ROWS: u64 = 1_048_575;

/// UTF-16 units of a cell, at most.
const LONGEST: usize = 32_767;

/// Integers up to here are exact in a spreadsheet, whose numbers are floating point.
const EXACT: i64 = 1 << 53;

/// Bytes of the finished workbook that are handed over at once.
const BLOCK: u64 = 256 << 10;

pub(super) struct Xlsx;

impl Format for Xlsx {
    fn name(&self) -> &'static str {
        "xlsx"
    }

    fn about(&self) -> &'static str {
        "an Excel workbook with a frozen head and filters: numbers and times typed, texts never formulas"
    }

    fn extension(&self) -> &'static str {
        "xlsx"
    }

    fn is_flat(&self) -> bool {
        true
    }

    fn compresses_itself(&self) -> Option<&'static [Compression]> {
        Some(&[])
    }

    fn most_rows(&self) -> Option<u64> {
        Some(MOST_ROWS)
    }

    fn writer(&self, setting: &Setting) -> io::Result<Box<dyn RowWriter>> {
        let mut workbook = Workbook::new();
        // The same rows make the same bytes, whenever they are written.
        let made = ExcelDateTime::from_ymd(2000, 1, 1).map_err(failed)?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        sheet.set_name(setting.queue.chars().take(31).collect::<String>()).map_err(failed)?;
        let time = Style::new().set_num_format("yyyy-mm-dd hh:mm:ss");
        Ok(Box::new(Writer { workbook, time, columns: Vec::new(), rows: 0, cut: 0, finished: None }))
    }
}

struct Writer {
    workbook: Workbook,
    time: Style,
    columns: Vec<FieldType>,
    rows: u32,
    /// Texts that were longer than a cell.
    cut: usize,
    /// The workbook, as far as it is not handed over.
    finished: Option<File>,
}

impl RowWriter for Writer {
    fn begin(&mut self, columns: &[ExportColumn], _: &mut Files) -> io::Result<()> {
        self.columns = columns.iter().map(|column| column.holds).collect();
        let head = Style::new().set_bold();
        let sheet = sheet(&mut self.workbook)?;
        sheet.set_freeze_panes(1, 0).map_err(failed)?;
        for (at, column) in (0u16..).zip(columns) {
            sheet.set_column_width(at, width(column.holds)).map_err(failed)?;
            sheet.write_string_with_format(0, at, &column.name, &head).map_err(failed)?;
        }
        Ok(())
    }

    fn row(&mut self, cells: &[Cell], _: &mut Files) -> io::Result<()> {
        if u64::from(self.rows) == MOST_ROWS {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a sheet has no room for more rows"));
        }
        self.rows += 1;
        let sheet = sheet(&mut self.workbook)?;
        for ((at, cell), holds) in (0u16..).zip(cells).zip(&self.columns) {
            put(sheet, (self.rows, at), cell, *holds, &self.time, &mut self.cut)?;
        }
        Ok(())
    }

    fn end(&mut self, _: &mut Files) -> io::Result<()> {
        let last = (self.columns.len() as u16).saturating_sub(1);
        let rows = self.rows;
        sheet(&mut self.workbook)?.autofilter(0, 0, rows, last).map_err(failed)?;
        let mut file = tempfile::tempfile()?;
        self.workbook.save_to_writer(&mut file).map_err(failed)?;
        file.rewind()?;
        self.finished = Some(file);
        Ok(())
    }

    fn rest(&mut self, files: &mut Files) -> io::Result<bool> {
        let Some(file) = &mut self.finished else { return Ok(false) };
        Ok(file.take(BLOCK).read_to_end(&mut files.main)? > 0)
    }

    fn note(&self) -> Option<String> {
        let texts = count(self.cut, "text");
        let are =
            if self.cut == 1 { "is longer than a cell holds and is" } else { "are longer than a cell holds and are" };
        let note = format!(
            "{texts} {are} cut after {LONGEST} characters, with a mark at the end; other formats have them whole"
        );
        (self.cut > 0).then_some(note)
    }
}

fn sheet(workbook: &mut Workbook) -> io::Result<&mut Worksheet> {
    workbook.worksheet_from_index(0).map_err(failed)
}

fn failed(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

/// In characters.
fn width(holds: FieldType) -> f64 {
    match holds {
        FieldType::Content | FieldType::Documents => 60.0,
        FieldType::Time => 19.0,
        FieldType::Id | FieldType::Name | FieldType::Keys | FieldType::Words => 24.0,
        FieldType::Text | FieldType::Marks | FieldType::Object | FieldType::Scores => 20.0,
        FieldType::Integer { .. } | FieldType::Real => 12.0,
    }
}

fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell,
    holds: FieldType,
    time: &Style,
    cut: &mut usize,
) -> io::Result<()> {
    match cell {
        Cell::Integer(number) if (-EXACT..=EXACT).contains(number) => {
            sheet.write_number(row, column, *number as f64).map_err(failed)?;
        }
        Cell::Real(number) if number.is_finite() => {
            sheet.write_number(row, column, *number).map_err(failed)?;
        }
        Cell::Time(at) => {
            match serial(*at) {
                Some(days) => sheet.write_number_with_format(row, column, days, time),
                None => sheet.write_string(row, column, format_rfc3339(*at)),
            }
            .map_err(failed)?;
        }
        cell => {
            if let Some(text) = text_of(cell, holds)? {
                let fitting = fitting(&text);
                *cut += usize::from(fitting.is_some());
                // Never what a spreadsheet takes for a formula or an address: a text is a text.
                sheet.write_string(row, column, fitting.as_deref().unwrap_or(&text)).map_err(failed)?;
            }
        }
    }
    Ok(())
}

/// The days of a spreadsheet, from 1899-12-30 on; `None` where it has no such time.
fn serial(at: UtcMillis) -> Option<f64> {
    const DAY: f64 = 86_400_000.0;
    const EPOCH: f64 = 25_569.0;
    let days = at as f64 / DAY + EPOCH;
    // Before March 1900 a day is counted that there never was, and the last day is in 9999.
    (61.0..2_958_466.0).contains(&days).then_some(days)
}

/// What of a text that is too long for a cell fits, with a mark; `None`: all of it fits.
fn fitting(text: &str) -> Option<String> {
    if text.len() <= LONGEST {
        return None; // as a character has no more units than bytes
    }
    let units: usize = text.chars().map(char::len_utf16).sum();
    if units <= LONGEST {
        return None;
    }
    let mark = format!("… [cut: {} characters]", text.chars().count());
    let mut room = LONGEST - mark.encode_utf16().count();
    let fits = |c: &char| {
        let fits = room >= c.len_utf16();
        room = room.saturating_sub(c.len_utf16());
        fits
    };
    Some(text.chars().take_while(fits).chain(mark.chars()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::format_option::GivenOptions;
    use crate::export::format::samples;
    use calamine::{Data, ExcelDateTime, ExcelDateTimeType, Reader};
    use proptest::collection::vec;
    use proptest::prelude::*;
    use std::io::Cursor;

    #[test]
    fn a_text_that_is_too_long_ends_with_a_mark_and_fits() {
        assert_eq!(fitting(&"x".repeat(LONGEST)), None);
        assert_eq!(fitting(&"é".repeat(LONGEST)), None);
        for text in ["x".repeat(LONGEST + 1), "🎉".repeat(LONGEST), "é🎉".repeat(LONGEST)] {
            let fitting = fitting(&text).unwrap();
            assert!((LONGEST - 1..=LONGEST).contains(&fitting.encode_utf16().count()));
            assert!(fitting.ends_with(&format!("… [cut: {} characters]", text.chars().count())));
        }
    }

    #[test]
    fn times_are_days_where_a_spreadsheet_has_them() {
        assert_eq!(serial(0), Some(25_569.0));
        assert_eq!(serial(1_793_880_000_000).map(f64::floor), Some(46_331.0), "2026-11-05");
        assert_eq!(serial(-3_000_000_000_000), None);
    }

    /// What a spreadsheet has in a cell: numbers, times and texts.
    fn expected(cell: &Cell, holds: FieldType) -> Option<Data> {
        match cell {
            Cell::Integer(number) => Some(Data::Float(*number as f64)),
            Cell::Real(number) => Some(Data::Float(*number)),
            Cell::Time(at) => {
                Some(Data::DateTime(ExcelDateTime::new(serial(*at).unwrap(), ExcelDateTimeType::DateTime, false)))
            }
            cell => text_of(cell, holds).unwrap().map(|text| Data::String(text.into_owned())),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_written_is_read_as_it_was(items in vec(samples::item(), 1..4)) {
            let files = samples::written(&Xlsx, &GivenOptions::default(), &items);
            let mut workbook: calamine::Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(files.main)).unwrap();
            let sheet = workbook.worksheet_range("replies").unwrap();
            let columns = samples::columns(&Xlsx);
            let mut row = 0;
            samples::each_row(&Xlsx, &items, |cells| {
                row += 1;
                for (at, (cell, column)) in cells.iter().zip(&columns).enumerate() {
                    // An empty text and nothing are one to a spreadsheet.
                    let should_be = expected(cell, column.holds).filter(|data| *data != Data::String(String::new()));
                    let is = sheet.get_value((row, at as u32)).filter(|data| **data != Data::Empty);
                    let is = is.filter(|data| **data != Data::String(String::new()));
                    assert_eq!(is, should_be.as_ref(), "{}", column.name);
                }
            });
        }
    }
}
