//! A workbook, read on a thread of its own: the crate lends its rows, and whoever asks for them comes
//! when it likes. It holds the texts that cells share in memory; of old workbooks, and of those of
//! LibreOffice, the whole sheet.

use super::repeated;
use crate::import::guarded::{damaged, guarded};
use calamine::{Cell, Data, DataRef, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Sheets, Xls, Xlsb, Xlsx};
use jiff::SignedDuration;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// Rows that are sent at once.
const ROWS_AT_ONCE: usize = 64;

/// Such sendings that may wait.
const WAITING: usize = 4;

/// Bytes of a part of a workbook that is held in memory.
const PART_BYTES: u64 = 512 << 20;

/// Rows and columns of a sheet, at most.
const ROWS: u32 = 1_048_576;
const COLUMNS: u32 = 16_384;

/// Bytes of a file in which merged cells are looked for: the sheet is read once more for them.
const MERGES_WITHIN: u64 = 32 << 20;

/// A sheet that is open.
pub(super) struct Opened {
    pub sheet: String,
    /// The other sheets that somebody can see.
    pub others: Vec<String>,
    pub merged: Merged,
    pub rows: Rows,
}

/// Why there is no sheet to read.
pub(super) enum Unopened {
    NoSheet { wanted: String, found: Vec<String> },
    Damaged(String),
}

impl From<io::Error> for Unopened {
    fn from(error: io::Error) -> Self {
        Unopened::Damaged(error.to_string())
    }
}

/// A row with the cells that hold something.
#[derive(Debug)]
pub(super) struct SheetRow {
    /// From 1, as its program counts them.
    pub number: u64,
    /// Each with its column, from 0.
    pub cells: Vec<(usize, Value)>,
}

impl SheetRow {
    /// The cells as texts, with empty ones between them.
    pub(super) fn texts(&self) -> Vec<String> {
        let mut texts = vec![String::new(); self.cells.last().map_or(0, |(column, _)| column + 1)];
        for (column, value) in &self.cells {
            if let Value::Text(text) | Value::Json(text) = value {
                texts[*column].clone_from(text);
            }
        }
        texts
    }
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// A number, true or false as JSON; a time is text.
    Json(String),
    /// A formula that came to none.
    Error,
}

/// The cells that are merged: the first and the last row and column of each, from 0.
#[derive(Default)]
pub(super) struct Merged(Vec<[u32; 4]>);

impl Merged {
    fn at(&self, row: u64, column: usize) -> Option<&[u32; 4]> {
        self.0.iter().find(|[first, _, left, _]| u64::from(*first) + 1 == row && *left as usize == column)
    }

    /// The last row of a cell that is merged over rows and begins here.
    pub(super) fn last_row(&self, row: u64, column: usize) -> Option<u64> {
        self.at(row, column).filter(|[first, last, ..]| last > first).map(|[_, last, ..]| u64::from(*last) + 1)
    }

    /// Whether the cell is merged over columns of its row.
    pub(super) fn is_heading(&self, row: u64, column: usize) -> bool {
        self.at(row, column).is_some_and(|[first, last, left, right]| first == last && right > left)
    }
}

/// The rows of a sheet, as they come from its thread.
pub(super) struct Rows {
    receiver: Receiver<Sent>,
    sent: VecDeque<SheetRow>,
}

type Sent = io::Result<Vec<SheetRow>>;

impl Rows {
    pub(super) fn next(&mut self) -> io::Result<Option<SheetRow>> {
        while self.sent.is_empty() {
            match self.receiver.recv() {
                Ok(rows) => self.sent.extend(rows?),
                Err(_) => return Ok(None),
            }
        }
        Ok(self.sent.pop_front())
    }
}

type Book = Sheets<BufReader<File>>;

/// Opens the sheet of that name, else the first that somebody can see.
pub(super) fn open(mut file: File, wanted: Option<&str>) -> Result<Opened, Unopened> {
    let length = file.metadata()?.len();
    let mut first = [0; 4];
    let is_zip = file.read_exact(&mut first).is_ok() && first == *b"PK\x03\x04";
    let (parts, is_ods) = if is_zip { parts(&file, PART_BYTES)? } else { (Vec::new(), false) };
    file.seek(SeekFrom::Start(0))?;
    let has_binary = parts.iter().any(|name| name == "xl/workbook.bin");
    let mut book = guarded(|| book(BufReader::new(file), is_zip, is_ods, has_binary))?;
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let all: Vec<(String, bool)> =
        sheets.map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible)).collect();
    let name = |wanted: &str| all.iter().find(|(name, _)| name == wanted);
    let meant = wanted.map_or_else(|| all.iter().find(|(_, is_seen)| *is_seen).or(all.first()), name);
    let Some((sheet, _)) = meant.cloned() else {
        let found = all.into_iter().map(|(name, _)| name).collect();
        return Err(wanted.map_or(Unopened::Damaged("it has no sheet".into()), |wanted| Unopened::NoSheet {
            wanted: wanted.into(),
            found,
        }));
    };
    let others = all.into_iter().filter(|(name, is_seen)| *is_seen && *name != sheet).map(|(name, _)| name).collect();
    let merged = guarded(|| {
        Ok::<_, String>(if length <= MERGES_WITHIN { merged(&mut book, &sheet) } else { Merged::default() })
    })?;
    let (sender, receiver) = sync_channel(WAITING);
    let of_thread = sheet.clone();
    thread::Builder::new().name("sheet".into()).spawn(move || send(book, &of_thread, &sender))?;
    Ok(Opened { sheet, others, merged, rows: Rows { receiver, sent: VecDeque::new() } })
}

/// The names of a workbook's parts, and whether it is one of LibreOffice. Those that are held in memory are
/// measured first, whatever is said of their size.
fn parts(file: &File, most: u64) -> io::Result<(Vec<String>, bool)> {
    let mut archive =
        zip::ZipArchive::new(BufReader::new(file.try_clone()?)).map_err(|error| damaged(&error.to_string()))?;
    let mut names = Vec::new();
    for at in 0..archive.len() {
        let mut part = archive.by_index(at).map_err(|error| damaged(&error.to_string()))?;
        let name = part.name().map_err(|error| damaged(&error.to_string()))?.into_owned();
        let is_held = !name.starts_with("xl/worksheets/");
        // Deflate makes a thousand bytes of one at most.
        if is_held && part.compressed_size().saturating_mul(1_100) > most {
            let size = io::copy(&mut part.by_ref().take(most + 1), &mut io::sink())?;
            if size > most {
                return Err(damaged(&format!("{name} in it holds more than {} MiB", most >> 20)));
            }
        }
        names.push(name);
    }
    let is_ods = names.iter().any(|name| name == "content.xml");
    if is_ods {
        let content = archive.by_name("content.xml").map_err(|error| damaged(&error.to_string()))?;
        repeated::refuse_too_many(BufReader::new(content))?;
    }
    Ok((names, is_ods))
}

fn book(file: BufReader<File>, is_zip: bool, is_ods: bool, is_binary: bool) -> Result<Book, calamine::Error> {
    Ok(match (is_zip, is_ods, is_binary) {
        (false, ..) => Sheets::Xls(Xls::new(file)?),
        (_, true, _) => Sheets::Ods(Ods::new(file)?),
        (.., true) => Sheets::Xlsb(Xlsb::new(file)?),
        _ => Sheets::Xlsx(Xlsx::new(file)?),
    })
}

fn merged(book: &mut Book, sheet: &str) -> Merged {
    let Sheets::Xlsx(book) = book else { return Merged::default() };
    let areas = book.merge_cells_by_sheet_name(sheet).unwrap_or_default();
    Merged(areas.iter().map(|area| [area.start.0, area.end.0, area.start.1, area.end.1]).collect())
}

/// Sends the rows until they end or nobody wants them.
fn send(mut book: Book, sheet: &str, rows: &SyncSender<Sent>) {
    let mut sending = Sending { rows, row: None, full: Vec::new() };
    let sent = guarded(|| match &mut book {
        Sheets::Xlsx(book) => {
            let mut cells = book.worksheet_cells_reader(sheet).map_err(calamine::Error::from)?;
            while let Some(cell) = cells.next_cell().map_err(calamine::Error::from)? {
                sending.cell(&cell)?;
            }
            sending.end()
        }
        Sheets::Xlsb(book) => {
            let mut cells = book.worksheet_cells_reader(sheet).map_err(calamine::Error::from)?;
            while let Some(cell) = cells.next_cell().map_err(calamine::Error::from)? {
                sending.cell(&cell)?;
            }
            sending.end()
        }
        book => {
            let range = book.worksheet_range(sheet)?;
            let (top, left) = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                sending.value((top + row as u32, left + column as u32), of_data(value))?;
            }
            sending.end()
        }
    });
    if let Err(error) = sent {
        // What came before it is there; and if nobody waits for it any more, nobody is to be told.
        drop(rows.send(Ok(std::mem::take(&mut sending.full))).and_then(|()| rows.send(Err(error))));
    }
}

/// Rows on their way.
struct Sending<'a> {
    rows: &'a SyncSender<Sent>,
    row: Option<SheetRow>,
    full: Vec<SheetRow>,
}

impl Sending<'_> {
    fn cell(&mut self, cell: &Cell<DataRef>) -> Result<(), calamine::Error> {
        self.value(cell.get_position(), of_reference(cell.get_value()))
    }

    fn value(&mut self, (row, column): (u32, u32), value: Option<Value>) -> Result<(), calamine::Error> {
        let Some(value) = value else { return Ok(()) };
        if row >= ROWS || column >= COLUMNS {
            return Err(calamine::Error::Msg("a cell is said to stand beyond the last row or column that a sheet has"));
        }
        let number = u64::from(row) + 1;
        if self.row.as_ref().is_none_or(|row| row.number != number) {
            self.next(Some(SheetRow { number, cells: Vec::new() }))?;
        }
        if let Some(row) = &mut self.row {
            row.cells.push((column as usize, value));
        }
        Ok(())
    }

    /// Ends the present row, and begins another.
    fn next(&mut self, row: Option<SheetRow>) -> Result<(), calamine::Error> {
        let is_last = row.is_none();
        if let Some(mut whole) = std::mem::replace(&mut self.row, row) {
            whole.cells.sort_by_key(|(column, _)| *column);
            self.full.push(whole);
        }
        if self.full.len() >= ROWS_AT_ONCE || is_last {
            let unwanted = |_| calamine::Error::Msg("nobody reads on");
            self.rows.send(Ok(std::mem::take(&mut self.full))).map_err(unwanted)?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), calamine::Error> {
        self.next(None)
    }
}

fn of_reference(value: &DataRef) -> Option<Value> {
    Some(match value {
        DataRef::Empty => return None,
        DataRef::Int(number) => Value::Json(number.to_string()),
        DataRef::Float(number) => real(*number),
        DataRef::String(text) => return non_empty(text),
        DataRef::SharedString(text) => return non_empty(text),
        DataRef::Bool(value) => Value::Json(value.to_string()),
        DataRef::DateTime(time) => moment(time),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Value::Text(text.clone()),
        DataRef::Error(_) => Value::Error,
    })
}

fn of_data(value: &Data) -> Option<Value> {
    Some(match value {
        Data::Empty => return None,
        Data::Int(number) => Value::Json(number.to_string()),
        Data::Float(number) => real(*number),
        Data::String(text) => return non_empty(text),
        Data::Bool(value) => Value::Json(value.to_string()),
        Data::DateTime(time) => moment(time),
        Data::DateTimeIso(text) | Data::DurationIso(text) => Value::Text(text.clone()),
        Data::Error(_) => Value::Error,
    })
}

fn non_empty(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| Value::Text(text.to_owned()))
}

/// A sheet knows no integers: one that is whole is written as one.
fn real(number: f64) -> Value {
    const MOST_EXACT: f64 = 9_007_199_254_740_992.0;
    match number {
        n if n.fract() == 0.0 && n.abs() < MOST_EXACT => Value::Json(format!("{}", n as i64)),
        n => serde_json::Number::from_f64(n).map_or(Value::Error, |number| Value::Json(number.to_string())),
    }
}

/// A length of time, a time of day, a day, or both together, without a zone.
fn moment(time: &ExcelDateTime) -> Value {
    let value = time.as_f64();
    if time.is_duration() {
        let millis = (value * 86_400_000.0).round();
        return Value::Text(SignedDuration::from_millis(millis as i64).to_string());
    }
    let (year, month, day, hour, minute, second, milli) = time.to_ymd_hms_milli();
    let millis = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    let clock = format!("{hour:02}:{minute:02}:{second:02}{millis}");
    Value::Text(match value {
        of_day if of_day < 1.0 => clock,
        of_date if of_date.fract() == 0.0 => format!("{year:04}-{month:02}-{day:02}"),
        _ => format!("{year:04}-{month:02}-{day:02}T{clock}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};
    use zip::write::{SimpleFileOptions, ZipWriter};

    #[test]
    fn a_part_that_unpacks_to_more_than_memory_may_hold_is_refused() {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, megabytes) in [("xl/workbook.xml", 1), ("xl/worksheets/sheet1.xml", 9), ("xl/sharedStrings.xml", 5)]
        {
            zip.start_file(name, SimpleFileOptions::default()).unwrap();
            zip.write_all(&vec![b' '; megabytes << 20]).unwrap();
        }
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&zip.finish().unwrap().into_inner()).unwrap();
        assert_eq!(parts(&file, 8 << 20).unwrap().0.len(), 3, "a sheet is never held as a whole");
        let error = parts(&file, 4 << 20).unwrap_err().to_string();
        assert_eq!(error, "xl/sharedStrings.xml in it holds more than 4 MiB");
    }

    #[test]
    fn times_are_days_clocks_or_both_and_whole_numbers_are_integers() {
        let time = |value: f64, kind| match moment(&ExcelDateTime::new(value, kind, false)) {
            Value::Text(text) => text,
            other => panic!("{other:?}"),
        };
        use calamine::ExcelDateTimeType::{DateTime, TimeDelta};
        assert_eq!(time(46_327.0, DateTime), "2026-11-01");
        assert_eq!(time(46_327.395_833_333_336, DateTime), "2026-11-01T09:30:00");
        assert_eq!(time(0.5, DateTime), "12:00:00");
        assert_eq!(time(1.25, TimeDelta), "PT30H");
        let json = |number: f64| match real(number) {
            Value::Json(json) => json,
            other => panic!("{other:?}"),
        };
        assert_eq!([json(3.0), json(-0.1), json(1e300)], ["3", "-0.1", "1e+300"]);
        assert_eq!(real(f64::NAN), Value::Error);
    }
}
