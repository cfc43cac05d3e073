//! CSV and TSV: a record a row, which may go over several lines.
//!
//! This stands on `csv_core`, the machine inside the `csv` crate, because that one tells
//! how many bytes a record took: so a reject has the record as it stood, and one without
//! end (a quotation mark that is never closed) is moved out of memory at the limit.

use super::columns::Columns;
use super::fault::{Fault, ImportError};
use super::item::item;
use super::json::Member;
use super::row::{RawRecord, Reject, Row};
use super::source::Source;
use super::value::Value;
use crate::domain::item::Item;
use crate::domain::record::{FieldType, ItemField};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::io::{self, Write};
use tempfile::{SpooledData, SpooledTempFile};

/// The rows of a CSV file after its line of column names.
pub(super) struct Rows {
    records: Records,
    columns: Columns,
}

impl Rows {
    /// Reads the column names from the start of `source`.
    pub fn new(source: &mut Source, delimiter: u8, limit: usize) -> Result<Self, ImportError> {
        let mut records = Records::new(delimiter, limit);
        let name = source.name.to_string();
        let header = match records.next(source) {
            Err(error) => return Err(ImportError::Io { name, error }),
            Ok(None) => return Err(ImportError::NoHeader(name)),
            Ok(Some(record)) => records.header(&record),
        };
        let header = header.map_err(|fault| ImportError::BadHeader { name: name.clone(), reason: fault.reason })?;
        Ok(Self { records, columns: Columns::new(&name, &header)? })
    }

    /// The next row that is not blank; `None` at the end.
    pub fn next(&mut self, source: &mut Source) -> io::Result<Option<Row>> {
        let Some(record) = self.records.next(source)? else {
            return Ok(None);
        };
        let origin = source.origin(record.line);
        Ok(Some(match record.raw {
            RawRecord::Bytes(raw) if record.unclosed => {
                Row::new(origin, raw, Err(Fault::new("a quotation mark is opened and never closed")))
            }
            RawRecord::Bytes(raw) => Row::new(origin, raw, parse(&self.columns, &self.records.cells)),
            raw => Row::Reject(Reject::too_long(origin, raw, self.records.limit)),
        }))
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

/// One record as it stood; its cells are in [`Records::cells`] unless it is spilled.
struct Framed {
    line: u64,
    raw: RawRecord,
    /// The file ended within a cell in quotation marks.
    unclosed: bool,
}

/// Splits a stream into records, and records into cells.
struct Records {
    machine: Reader,
    limit: usize,
    cells: Cells,
    /// Line ends read so far.
    line_ends: u64,
}

impl Records {
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
    fn next(&mut self, source: &mut Source) -> io::Result<Option<Framed>> {
        loop {
            match self.frame(source)? {
                Some(Framed { raw: RawRecord::Bytes(raw), .. }) if raw.trim_ascii().is_empty() => {}
                record => return Ok(record),
            }
        }
    }

    fn frame(&mut self, source: &mut Source) -> io::Result<Option<Framed>> {
        let mut taken = Taken { spool: tempfile::spooled_tempfile(self.limit), line: None };
        let mut unclosed = false;
        self.cells.clear();
        loop {
            let input = source.peek()?;
            // The last record gets a line end, which tells whether quotation marks are open.
            let at_end = input.is_empty() && taken.line.is_some() && !unclosed;
            let (result, count) = self.cells.fill(&mut self.machine, if at_end { b"\n" } else { input });
            if at_end {
                unclosed = count > 0 && result != ReadRecordResult::Record;
            } else {
                taken.add(&input[..count], &mut self.line_ends)?;
                source.consume(count);
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

/// The bytes that a record took so far.
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

    /// Feeds `input` to the machine; gives what it came to and how many bytes it took.
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
