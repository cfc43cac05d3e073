//! CSV and TSV: a record a row, which may go over several lines.
//!
//! This stands on `csv_core`, the machine inside the `csv` crate, because that one tells
//! how many bytes a record took: so a reject has the record as it stood, and one without
//! end (a quotation mark that is never closed) is moved out of memory at the limit.

use super::{Confidence, Format, Recognition, Records};
use crate::domain::format_option::GivenOptions;
use crate::domain::item::Item;
use crate::domain::record::{BY_NUMBER, FieldType, ItemField};
use crate::import::columns::Columns;
use crate::import::fault::{Fault, ImportError};
use crate::import::input::{Head, Input};
use crate::import::item::item;
use crate::import::json::Member;
use crate::import::row::{RawRecord, Reject, Row};
use crate::import::text_input::TextInput;
use crate::import::value::Value;
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::io::{self, Cursor, Write};
use tempfile::{SpooledData, SpooledTempFile};

pub(super) const CSV: Delimited = Delimited {
    name: "csv",
    title: "CSV",
    about: "a line of column names, then a row a record, separated by commas",
    extensions: &["csv"],
    delimiter: b',',
};

pub(super) const TSV: Delimited = Delimited {
    name: "tsv",
    title: "TSV",
    about: "a line of column names, then a row a record, separated by tabs",
    extensions: &["tsv", "tab"],
    delimiter: b'\t',
};

/// Cells with a delimiter between them.
pub(super) struct Delimited {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    extensions: &'static [&'static str],
    delimiter: u8,
}

impl Format for Delimited {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn extensions(&self) -> &'static [&'static str] {
        self.extensions
    }

    fn recognise(&self, head: &Head) -> Option<Recognition> {
        let first = head.text().ok()?.trim_ascii_start().split(|byte| *byte == b'\n').next()?;
        if first.is_empty() || first.starts_with(b"{") {
            return None;
        }
        let names: Vec<_> = first.split(|byte| *byte == self.delimiter).map(bare).collect();
        let has = |field: &&&ItemField| names.contains(&field.name.as_bytes());
        let required = || BY_NUMBER.iter().filter(|field| field.is_required);
        let count = |delimiter: u8| first.iter().filter(|byte| **byte == delimiter).count();
        let most =
            count(self.delimiter) > 0 && [CSV, TSV].iter().all(|other| count(other.delimiter) <= count(self.delimiter));
        Some(if required().filter(has).count() == required().count() {
            Confidence::Certain.because("its first line has the names of the columns")
        } else if most {
            Confidence::Likely.because("its first line looks like names of columns")
        } else {
            Confidence::Possible.because("it is text")
        })
    }

    fn open(&self, input: Input, limit: usize, _: &GivenOptions) -> Result<Box<dyn Records>, ImportError> {
        let mut input = TextInput::new(input)?;
        let mut records = Framer::new(self.delimiter, limit);
        let name = input.name.to_string();
        let record = match records.next(&mut input) {
            Err(error) => return Err(ImportError::Io { name, error }),
            Ok(None) => return Err(ImportError::NoHeader(name)),
            Ok(Some(record)) => record,
        };
        let names = records.header(&record);
        let names = names.map_err(|fault| ImportError::BadHeader { name: name.clone(), reason: fault.reason })?;
        let columns = Columns::new(&name, &names)?;
        let header = match record.raw {
            RawRecord::Bytes(raw) => String::from_utf8(raw).ok(),
            RawRecord::Spilled(_) => None,
        };
        Ok(Box::new(Rows { input, records, columns, header }))
    }
}

impl Delimited {
    /// Whether `text` begins with a line of the column names that a table needs.
    pub(super) fn begins(&self, text: &[u8]) -> bool {
        let head = Head { bytes: text.to_vec(), is_whole: true };
        self.recognise(&head).is_some_and(|recognition| recognition.confidence == Confidence::Certain)
    }

    /// The item of a table's only row.
    pub(super) fn only_item(&self, table: &[u8], limit: usize) -> Result<Item, Fault> {
        let unread = |error: &dyn std::error::Error| Fault::new(error.to_string());
        let input = Input::from_read("the record", Cursor::new(table.to_vec())).map_err(|error| unread(&error))?;
        let records = self.open(input, limit, &GivenOptions::default());
        let row = records.map_err(|error| unread(&error))?.next().map_err(|error| unread(&error))?;
        match row {
            Some(Row::Record(record)) => Ok(record.item),
            Some(Row::Reject(Reject { field, reason, .. })) => Err(Fault { field, reason }),
            None => Err(Fault::new("the row is blank")),
        }
    }
}

/// A column's name without the spaces and the quotation marks around it.
fn bare(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii();
    cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\"")).unwrap_or(cell).trim_ascii()
}

/// The rows after the line of column names.
struct Rows {
    input: TextInput,
    records: Framer,
    columns: Columns,
    /// The line of column names as it stood.
    header: Option<String>,
}

impl Records for Rows {
    /// The next row that is not blank.
    fn next(&mut self) -> io::Result<Option<Row>> {
        let Some(record) = self.records.next(&mut self.input)? else {
            return Ok(None);
        };
        let origin = self.input.origin(record.line);
        Ok(Some(match record.raw {
            RawRecord::Bytes(raw) if record.unclosed => {
                Row::new(origin, raw, Err(Fault::new("a quotation mark is opened and never closed")))
            }
            RawRecord::Bytes(raw) => Row::new(origin, raw, parse(&self.columns, &self.records.cells)),
            raw => Row::Reject(Reject::too_long(origin, raw, self.records.limit)),
        }))
    }

    fn position(&self) -> u64 {
        self.input.position
    }

    fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }
}

fn parse(columns: &Columns, cells: &Cells) -> Result<Item, Fault> {
    let (found, expected) = (cells.count, columns.names.len());
    if found != expected {
        return Err(Fault::new(format!("the number of cells is {found}, and there are {expected} columns")));
    }
    let get = |field: &ItemField| match columns.of(field).map(|at| cells.text(at)).transpose()? {
        Some("") if !field.null_is_a_value => Ok(None),
        cell => cell.map(|cell| value(field.holds, cell)).transpose(),
    };
    item(get, others(columns, cells)?)
}

/// The cells that belong in `meta`, as JSON strings.
fn others<'a>(columns: &'a Columns, cells: &Cells) -> Result<Vec<Member<'a>>, Fault> {
    let mut others: Vec<Member> = Vec::new();
    for &at in &columns.others {
        let name = &columns.names[at];
        match cells.text(at).map_err(|fault| fault.within(name))? {
            "" => {}
            cell => others.push((name.into(), serde_json::Value::from(cell).to_string().into())),
        }
    }
    Ok(others)
}

/// A cell as the kind of value that its field holds.
fn value(holds: FieldType, cell: &str) -> Result<Value<'_>, Fault> {
    match holds {
        FieldType::Integer { .. } | FieldType::Real => Ok(Value::Number(cell.trim_ascii())),
        FieldType::Words | FieldType::Keys => tags(cell),
        FieldType::Id | FieldType::Name | FieldType::Text | FieldType::Time => Value::from_text(cell),
        FieldType::Content | FieldType::Documents | FieldType::Object | FieldType::Scores | FieldType::Marks => {
            Value::from_text_or_json(cell)
        }
    }
}

fn tags(cell: &str) -> Result<Value<'_>, Fault> {
    Ok(match Value::from_text_or_json(cell)? {
        Value::Text(text) => {
            let words: Vec<&str> = text.split(';').map(str::trim).filter(|word| !word.is_empty()).collect();
            Value::List(serde_json::Value::from(words).to_string().into())
        }
        json => json,
    })
}

/// A record as it stood; its cells are in [`Framer::cells`] unless it is spilled.
struct Framed {
    line: u64,
    raw: RawRecord,
    /// The file ended within a cell in quotation marks.
    unclosed: bool,
}

/// Splits a stream into records, and records into cells.
struct Framer {
    machine: Reader,
    limit: usize,
    cells: Cells,
    /// Number of line ends read.
    line_ends: u64,
}

impl Framer {
    fn new(delimiter: u8, limit: usize) -> Self {
        let machine = ReaderBuilder::new().delimiter(delimiter).build();
        Self { machine, limit, cells: Cells::default(), line_ends: 0 }
    }

    /// The cells of the first record, as column names.
    fn header(&self, record: &Framed) -> Result<Vec<String>, Fault> {
        match record.raw {
            RawRecord::Bytes(_) if !record.unclosed => {
                (0..self.cells.count).map(|at| self.cells.text(at).map(str::to_owned)).collect()
            }
            _ => Err(Fault::new("it does not end")),
        }
    }

    /// The next record that is not blank.
    fn next(&mut self, input: &mut TextInput) -> io::Result<Option<Framed>> {
        loop {
            match self.frame(input)? {
                Some(Framed { raw: RawRecord::Bytes(raw), .. }) if raw.trim_ascii().is_empty() => {}
                record => return Ok(record),
            }
        }
    }

    fn frame(&mut self, input: &mut TextInput) -> io::Result<Option<Framed>> {
        let mut taken = Taken { spool: tempfile::spooled_tempfile(self.limit), line: None };
        let mut unclosed = false;
        self.cells.clear();
        loop {
            let bytes = input.peek()?;
            // The last record gets a line end, which tells whether quotation marks are open.
            let at_end = bytes.is_empty() && taken.line.is_some() && !unclosed;
            let (result, count) = self.cells.fill(&mut self.machine, if at_end { b"\n" } else { bytes });
            if at_end {
                unclosed = count > 0 && result != ReadRecordResult::Record;
            } else {
                taken.add(&bytes[..count], &mut self.line_ends)?;
                input.consume(count);
            }
            if taken.spool.is_rolled() {
                self.cells.clear(); // too long: nobody will ask for them
            }
            match result {
                ReadRecordResult::Record => return taken.finish(unclosed).map(Some),
                ReadRecordResult::End => return Ok(None),
                _ => {}
            }
        }
    }
}

/// The bytes of the record that is being read.
struct Taken {
    spool: SpooledTempFile,
    /// The line of the first byte that is no line end.
    line: Option<u64>,
}

impl Taken {
    fn add(&mut self, bytes: &[u8], line_ends: &mut u64) -> io::Result<()> {
        // Line ends before the record belong to the record before, or to blank lines.
        let blank = match self.line {
            None => bytes.iter().take_while(|byte| is_line_end(byte)).count(),
            Some(_) => 0,
        };
        *line_ends += count_line_ends(&bytes[..blank]);
        let bytes = &bytes[blank..];
        if !bytes.is_empty() {
            self.line.get_or_insert(*line_ends + 1);
        }
        *line_ends += count_line_ends(bytes);
        self.spool.write_all(bytes)
    }

    fn finish(self, unclosed: bool) -> io::Result<Framed> {
        let raw = match self.spool.into_inner() {
            SpooledData::InMemory(bytes) => RawRecord::Bytes(without_line_end(bytes.into_inner())),
            SpooledData::OnDisk(file) => RawRecord::Spilled(file),
        };
        Ok(Framed { line: self.line.unwrap_or(1), raw, unclosed })
    }
}

fn is_line_end(byte: &u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn count_line_ends(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

fn without_line_end(mut bytes: Vec<u8>) -> Vec<u8> {
    while bytes.pop_if(|byte| is_line_end(byte)).is_some() {}
    bytes
}

/// The cells of one record, one after the other.
#[derive(Default)]
struct Cells {
    bytes: Vec<u8>,
    used: usize,
    /// Where each cell ends in `bytes`.
    ends: Vec<usize>,
    count: usize,
}

impl Cells {
    fn clear(&mut self) {
        (self.used, self.count) = (0, 0);
    }

    /// Feeds `input` to the machine; gives its result and the number of bytes it consumed.
    fn fill(&mut self, machine: &mut Reader, input: &[u8]) -> (ReadRecordResult, usize) {
        let (bytes, ends) = (&mut self.bytes[self.used..], &mut self.ends[self.count..]);
        let (result, read, written, ended) = machine.read_record(input, bytes, ends);
        self.used += written;
        self.count += ended;
        match result {
            ReadRecordResult::OutputFull => self.bytes.resize((self.bytes.len() * 2).max(4096), 0),
            ReadRecordResult::OutputEndsFull => self.ends.resize((self.ends.len() * 2).max(32), 0),
            _ => {}
        }
        (result, read)
    }

    fn text(&self, at: usize) -> Result<&str, Fault> {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        std::str::from_utf8(&self.bytes[start..self.ends[at]])
            .map_err(|error| Fault::new(format!("invalid UTF-8 at byte {} of the cell", error.valid_up_to() + 1)))
    }
}
