//! Sheets of a workbook: a row of column names, then a record a row.
//!
//! A cell holds what its program shows as a value: a number, true or false, a text, or a date, of which a
//! sheet knows no zone; of a formula what it came to last. A cell that is merged over rows holds for each
//! of them, and a row that is nothing but one merged cell is a heading.

mod repeated;
mod workbook;

use super::{Confidence, Format, Recognition, Records};
use crate::domain::format_option::{FormatOption, GivenOptions};
use crate::domain::imported::{Origin, Place, Remark};
use crate::import::columns::Columns;
use crate::import::decoded::{Decoded, DecodedRecord, Texts, Values};
use crate::import::fault::ImportError;
use crate::import::input::{Head, Input};
use crate::import::row::{RawRecord, Reject};
use std::collections::{BTreeMap, VecDeque};
use std::io::{self, Write};
use workbook::{Merged, Opened, SheetRow, Value};

const SHEET: FormatOption =
    FormatOption { name: "sheet", value: Some("NAME"), help: "The sheet of a workbook to read; by default the first" };

/// Rows in which the column names are looked for: titles and remarks may stand above them.
const LOOKED_AT: usize = 20;

/// Other sheets that are named to the user.
const NAMED: usize = 8;

pub(super) struct Sheet;

impl Format for Sheet {
    fn name(&self) -> &'static str {
        "xlsx"
    }

    fn title(&self) -> &'static str {
        "Excel"
    }

    fn about(&self) -> &'static str {
        "a sheet of a workbook, also of LibreOffice: a row of column names, then a row a record"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["xlsx", "xlsm", "xlsb", "xls", "ods"]
    }

    fn options(&self) -> &'static [FormatOption] {
        &[SHEET]
    }

    fn recognise(&self, head: &Head) -> Option<Recognition> {
        let is_old = head.bytes.starts_with(b"\xd0\xcf\x11\xe0");
        is_old.then(|| Confidence::Certain.because("it begins as files of old Office programs do"))
    }

    fn recognise_archive(&self, names: &[&str]) -> Option<Recognition> {
        let has = |name: &str| names.contains(&name);
        let is_workbook = has("xl/workbook.xml") || has("xl/workbook.bin") || has("content.xml") && has("mimetype");
        is_workbook.then(|| Confidence::Certain.because("it holds a workbook"))
    }

    fn open(&self, input: Input, limit: usize, options: &GivenOptions) -> Result<Box<dyn Records>, ImportError> {
        let (name, within) = (input.name.clone(), input.entry.clone());
        let unreadable = |reason: String| ImportError::Damaged { name: name.to_string(), format: "a workbook", reason };
        let file = input.into_file().map_err(|error| ImportError::Io { name: name.to_string(), error })?;
        let Opened { sheet, others, merged, mut rows } = match workbook::open(file, options.value(&SHEET)) {
            Ok(opened) => opened,
            Err(workbook::Unopened::NoSheet { wanted, found }) => {
                return Err(ImportError::NoSheet { name: name.to_string(), sheet: wanted, found: found.join(", ") });
            }
            Err(workbook::Unopened::Damaged(reason)) => return Err(unreadable(reason)),
        };
        let mut coming = Vec::new();
        while coming.len() < LOOKED_AT
            && let Some(row) = rows.next().map_err(|error| unreadable(error.to_string()))?
        {
            coming.push(row);
        }
        let Some(at) = names_at(&coming) else { return Err(ImportError::Empty(format!("{name}:{sheet}"))) };
        let above: Vec<_> = coming.drain(..at).collect();
        let header = coming.remove(0);
        let columns = Columns::new(&name, &header.texts())?;
        let left_out = others.split_at(others.len().min(NAMED));
        let notes = [
            (!others.is_empty()).then(|| {
                let more =
                    if left_out.1.is_empty() { String::new() } else { format!(" and {} more", left_out.1.len()) };
                format!("the records are those of the sheet {sheet}; left out: {}{more}", left_out.0.join(", "))
            }),
            (!above.is_empty()).then(|| format!("the names of the columns stand in row {}", header.number)),
            columns.note.clone(),
        ];
        let notes: Vec<_> = notes.into_iter().flatten().collect();
        Ok(Box::new(Rows {
            origin: Origin { file: name, entry: Some(within.unwrap_or(sheet.into())), place: Place::Row(0) },
            columns,
            notes,
            coming: coming.into(),
            rows,
            last: header.number,
            merged,
            held: BTreeMap::new(),
            position: 0,
            limit,
        }))
    }
}

/// The row of the column names: the first of two cells and more, else the first.
fn names_at(rows: &[SheetRow]) -> Option<usize> {
    rows.iter().position(|row| row.cells.len() > 1).or(if rows.is_empty() { None } else { Some(0) })
}

/// The rows after the column names.
struct Rows {
    /// Where a row stands, but for its number.
    origin: Origin,
    columns: Columns,
    notes: Vec<String>,
    /// Rows that are read and not given yet.
    coming: VecDeque<SheetRow>,
    rows: workbook::Rows,
    /// The number of the last row given.
    last: u64,
    merged: Merged,
    /// By column, the value of a cell that is merged over rows, and the last of them.
    held: BTreeMap<usize, (u64, Value)>,
    /// Bytes of the records that were given.
    position: u64,
    limit: usize,
}

impl Rows {
    fn record(&mut self, row: SheetRow) -> io::Result<Decoded> {
        let origin = self.place(row.number);
        if row.cells.len() == 1 && self.merged.is_heading(row.number, row.cells[0].0) {
            return Ok(Decoded::PassedOver(origin, Remark::Heading));
        }
        if row.texts().iter().zip(&self.columns.names).all(|(cell, name)| cell.trim() == name)
            && row.cells.len() >= self.columns.needed
        {
            return Ok(Decoded::PassedOver(origin, Remark::RepeatedHeader));
        }
        let (cells, mut remarks) = (self.with_merged(row), Vec::new());
        let mut raw = vec![b'{'];
        for (column, value) in &cells {
            let json = match value {
                Value::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
                Value::Json(json) => json.clone(),
                Value::Error if remarks.is_empty() => {
                    remarks.push(Remark::ErrorCell);
                    continue;
                }
                Value::Error => continue,
            };
            let spare = || format!("column {}", column + 1);
            let name = self.columns.names.get(*column).cloned().unwrap_or_else(spare);
            write!(raw, "{}{}:{json}", if raw.len() > 1 { "," } else { "" }, serde_json::Value::from(name))?;
        }
        raw.push(b'}');
        self.position += raw.len() as u64;
        if raw.len() > self.limit {
            let mut file = tempfile::tempfile()?;
            file.write_all(&raw)?;
            return Ok(Decoded::Reject(Reject::too_long(origin, RawRecord::Spilled(file), self.limit)));
        }
        Ok(Decoded::Record(DecodedRecord { origin, raw: raw.into(), values: Values::Raw(Texts::Cells), remarks }))
    }

    /// The cells of a row, with those that are merged from rows above.
    fn with_merged(&mut self, row: SheetRow) -> BTreeMap<usize, Value> {
        let number = row.number;
        self.held.retain(|_, (last, _)| *last >= number);
        for (column, value) in &row.cells {
            if let Some(last) = self.merged.last_row(number, *column) {
                self.held.insert(*column, (last, value.clone()));
            }
        }
        let held = self.held.iter().map(|(column, (_, value))| (*column, value.clone()));
        held.chain(row.cells).collect()
    }

    fn place(&self, number: u64) -> Origin {
        Origin { place: Place::Row(number), ..self.origin.clone() }
    }
}

impl Records for Rows {
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        let row = match self.coming.pop_front() {
            Some(row) => row,
            None => match self.rows.next()? {
                Some(row) => row,
                None => return Ok(None),
            },
        };
        self.last += 1;
        if self.last < row.number {
            // Rows without a cell are not in the file.
            self.coming.push_front(row);
            return Ok(Some(Decoded::PassedOver(self.place(self.last), Remark::BlankRow)));
        }
        self.last = row.number;
        self.record(row).map(Some)
    }

    fn position(&self) -> u64 {
        self.position
    }

    fn columns(&self) -> Option<&[String]> {
        Some(&self.columns.names)
    }

    fn note(&self) -> Option<String> {
        (!self.notes.is_empty()).then(|| self.notes.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Options, Reader, Remarks, Row};
    use rust_xlsxwriter::{ExcelDateTime, Format as Look, Formula, Workbook, Worksheet};
    use std::io::Cursor;

    fn saved(mut workbook: Workbook) -> Vec<u8> {
        workbook.save_to_buffer().unwrap()
    }

    /// The records as JSON, what was passed over or rejected, what is said of the file, and what failed.
    fn read(bytes: &[u8], sheet: Option<&str>) -> Result<(Vec<String>, Vec<String>), String> {
        let mut options = Options::default();
        sheet.into_iter().for_each(|sheet| options.given.add(&SHEET, sheet));
        let reader =
            Reader::from_read("a.xlsx", Cursor::new(bytes.to_vec()), options).map_err(|error| error.to_string())?;
        let mut said: Vec<_> = reader.note().into_iter().collect();
        let (mut told, mut remarks) = (Vec::new(), Remarks::default());
        for row in reader {
            let row = row.map_err(|error| error.to_string())?;
            remarks.of_row(&row);
            match row {
                Row::Record(record) => {
                    told.push(format!(
                        "{} {}",
                        record.origin.place,
                        String::from_utf8(record.raw.into_bytes()).unwrap()
                    ));
                }
                Row::Reject(reject) => told.push(format!("{}: {}", reject.origin, reject.faults)),
                Row::PassedOver(..) => {}
            }
        }
        said.extend(remarks.sentences());
        Ok((told, said))
    }

    fn names(sheet: &mut Worksheet, row: u32, names: &[&str]) {
        names_at_column(sheet, row, 0, names);
    }

    #[test]
    fn cells_are_what_they_show() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        names(
            sheet,
            0,
            &["id", "input", "output", "created_at", "attempt", "tags", "meta", "day", "yes", "share", "sum", "long"],
        );
        let look = |format: &str| Look::new().set_num_format(format);
        let time = ExcelDateTime::parse_from_str("2026-11-01T09:30:00").unwrap();
        let day = ExcelDateTime::parse_from_str("2026-11-01").unwrap();
        sheet.write(1, 0, 7).unwrap();
        names_at_column(sheet, 1, 1, &["question", "answer"]);
        sheet.write_with_format(1, 3, &time, &look("yyyy-mm-dd hh:mm")).unwrap();
        sheet.write(1, 4, 2).unwrap();
        names_at_column(sheet, 1, 5, &["a; b", r#"{"k": 1}"#]);
        sheet.write_with_format(1, 7, &day, &look("yyyy-mm-dd")).unwrap();
        sheet.write(1, 8, true).unwrap();
        sheet.write(1, 9, 0.1).unwrap();
        sheet.write(1, 10, Formula::new("=1+2").set_result("3")).unwrap();
        sheet.write_with_format(1, 11, 1.5, &look("[h]:mm:ss")).unwrap();
        let bytes = saved(workbook);
        let (told, said) = read(&bytes, None).unwrap();
        assert_eq!(
            told,
            [
                r#"row 2 {"id":7,"input":"question","output":"answer","created_at":"2026-11-01T09:30:00","attempt":2,"tags":"a; b","meta":"{\"k\": 1}","day":"2026-11-01","yes":true,"share":0.1,"sum":3,"long":"PT36H"}"#
            ]
        );
        assert_eq!(said, ["1 time of created_at without a zone: taken for UTC (in row 2)"]);
        let rows: Vec<_> = Reader::from_read("a.xlsx", Cursor::new(bytes), Options::default()).unwrap().collect();
        let Ok(Row::Record(record)) = &rows[0] else { panic!("{rows:?}") };
        assert_eq!(record.item.tags, ["a", "b"]);
        assert_eq!((record.item.id.as_str(), record.item.attempt), ("7", 2));
    }

    fn names_at_column(sheet: &mut Worksheet, row: u32, column: u16, cells: &[&str]) {
        for (at, cell) in cells.iter().enumerate() {
            sheet.write(row, column + at as u16, *cell).unwrap();
        }
    }

    #[test]
    fn a_sheet_is_named_and_the_first_is_meant_otherwise() {
        let mut workbook = Workbook::new();
        let first = workbook.add_worksheet().set_name("Results").unwrap();
        names(first, 0, &["id", "input", "output"]);
        names(first, 1, &["1", "q", "a"]);
        let second = workbook.add_worksheet().set_name("More, of them").unwrap();
        names(second, 0, &["id", "input", "output"]);
        names(second, 1, &["2", "q", "b"]);
        let bytes = saved(workbook);
        let (told, said) = read(&bytes, None).unwrap();
        assert_eq!(told, [r#"row 2 {"id":"1","input":"q","output":"a"}"#]);
        assert_eq!(said, ["the records are those of the sheet Results; left out: More, of them"]);
        assert!(read(&bytes, Some("More, of them")).unwrap().0[0].contains(r#""id":"2""#));
        let error = read(&bytes, Some("result")).unwrap_err();
        assert_eq!(error, "`a.xlsx` has no sheet called `result`: it has Results, More, of them");
    }

    #[test]
    fn titles_headings_and_empty_rows_are_passed_over_and_merged_cells_hold_for_each_row() {
        let mut workbook = Workbook::new();
        let (sheet, look) = (workbook.add_worksheet(), Look::new());
        sheet.merge_range(0, 0, 0, 2, "Outputs of November", &look).unwrap();
        names(sheet, 2, &["id", "input", "output"]);
        sheet.merge_range(3, 0, 3, 2, "First part", &look).unwrap();
        names(sheet, 4, &["1", "", "a"]);
        names(sheet, 5, &["2", "", "b"]);
        sheet.merge_range(4, 1, 5, 1, "one question", &look).unwrap();
        names(sheet, 8, &["id", "input", "output"]);
        names(sheet, 9, &["3", "q", "c", "aside"]);
        names(sheet, 10, &["4"]);
        let (told, said) = read(&saved(workbook), None).unwrap();
        assert_eq!(
            told,
            [
                r#"row 5 {"id":"1","input":"one question","output":"a"}"#,
                r#"row 6 {"id":"2","input":"one question","output":"b"}"#,
                r#"row 10 {"id":"3","input":"q","output":"c","column 4":"aside"}"#,
                "a.xlsx:Sheet1:11: input: is required and missing; output: is required and missing",
            ]
        );
        assert_eq!(
            said,
            [
                "the names of the columns stand in row 3",
                "1 row of one cell that is merged: passed over as a heading (in row 4)",
                "2 rows without a value: passed over (the first in row 7)",
                "1 line of the column names again: passed over (in row 9)",
            ]
        );
    }

    #[test]
    fn a_cell_beyond_the_last_row_or_column_is_an_error_and_takes_no_memory() {
        use std::io::Write as _;
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        names(sheet, 0, &["id", "input", "output"]);
        names(sheet, 1, &["1", "q", "a"]);
        let whole = saved(workbook);
        for cell in ["A4000000000", "FXSHRXW2"] {
            let mut parts = zip::ZipArchive::new(Cursor::new(&whole)).unwrap();
            let mut changed = zip::ZipWriter::new(Cursor::new(Vec::new()));
            for at in 0..parts.len() {
                let mut part = parts.by_index(at).unwrap();
                let name = part.name().unwrap().into_owned();
                let xml = io::read_to_string(&mut part).unwrap();
                changed.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
                changed.write_all(xml.replace("r=\"A2\"", &format!("r=\"{cell}\"")).as_bytes()).unwrap();
            }
            let error = read(&changed.finish().unwrap().into_inner(), None).unwrap_err();
            assert!(error.contains("beyond the last row or column"), "{cell}: {error}");
        }
    }

    #[test]
    fn what_is_no_workbook_or_a_damaged_one_is_an_error() {
        let mut workbook = Workbook::new();
        names(workbook.add_worksheet(), 0, &["id", "input", "output"]);
        let whole = saved(workbook);
        assert_eq!(read(&whole, None).unwrap(), (Vec::new(), Vec::new()));
        for at in (0..whole.len()).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x55;
            drop(read(&damaged, None));
        }
        assert!(
            read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and no more", None)
                .unwrap_err()
                .contains("cannot be read as a workbook")
        );
        let empty = saved({
            let mut workbook = Workbook::new();
            workbook.add_worksheet();
            workbook
        });
        assert!(read(&empty, None).unwrap_err().contains("is empty"));
    }
}
