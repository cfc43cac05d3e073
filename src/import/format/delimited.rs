//! CSV and TSV: a record a row, which may go over several lines.
//!
//! No crate rejects a row for its quotation marks and reads on: those that are lenient drop
//! marks and join rows without a word, and the strict ones end at the first. So the rows
//! are told apart here ([`scan`]), and each byte of the file is in one of them.

mod framer;
mod scan;
pub(super) mod table;

use super::{Confidence, Format, Recognition, Records};
use crate::domain::format_option::{FormatOption, GivenOptions};
use crate::domain::imported::Remark;
use crate::domain::record::BY_NUMBER;
use crate::import::byte_order_mark::{BYTE_ORDER_MARK, without_mark};
use crate::import::cells::{Cell, CellTexts, Cells, TableHead};
use crate::import::columns::Columns;
use crate::import::decoded::{Decoded, DecodedRecord, Texts, Values};
use crate::import::encoding;
use crate::import::fault::{Fault, Faults, ImportError};
use crate::import::guard::Guard;
use crate::import::input::{Head, Input};
use crate::import::row::{RawRecord, Reject};
use crate::import::text_input::TextInput;
use encoding_rs::{Encoding, UTF_8};
use framer::{Framed, Framer};
use scan::{Dialect, Quoting, Scan};
use std::io::{self, Cursor};
use std::sync::Arc;

const ENCODING: FormatOption = FormatOption {
    name: "encoding",
    value: Some("NAME"),
    help: "The encoding of a table's text, such as windows-1252 or shift_jis; by default UTF-8, or what it looks like",
};

pub(super) const CSV: Delimited = Delimited {
    name: "csv",
    title: "CSV",
    about: "a line of column names, then a row a record; cells separated by commas, semicolons, bars or tabs",
    extensions: &["csv"],
    delimiters: b",;|\t",
    quoting: Quoting::Strict,
};

pub(super) const TSV: Delimited = Delimited {
    name: "tsv",
    title: "TSV",
    about: "a line of column names, then a row a record, separated by tabs",
    extensions: &["tsv", "tab"],
    delimiters: b"\t",
    quoting: Quoting::Lenient,
};

/// Cells with a delimiter between them.
pub(super) struct Delimited {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    extensions: &'static [&'static str],
    /// Those that the line of column names is tried with.
    delimiters: &'static [u8],
    quoting: Quoting,
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
        let (separator, names) = first_line(head.text());
        if names.is_empty() || names.starts_with(b"{") {
            return None;
        }
        let needed = needed();
        let delimiter = self.delimiter(separator, names, &needed);
        Some(if delimiter == b'\t' && self.quoting == Quoting::Strict {
            Confidence::Possible.because("it is text")
        } else if found(names, delimiter, &needed) == needed.len() {
            Confidence::Certain.because("its first line has the names of the columns")
        } else if names.contains(&delimiter) {
            Confidence::Likely.because("its first line looks like names of columns")
        } else {
            Confidence::Possible.because("it is text")
        })
    }

    fn options(&self) -> &'static [FormatOption] {
        &[ENCODING]
    }

    fn whole_records(&self, head: &[u8], bytes: &[u8], most: usize) -> usize {
        let (mut scan, mut whole) = (Scan::new(self.dialect_of(head)), 0);
        for _ in 0..most {
            scan.begin(0);
            let Some(end) = scan.advance(&bytes[whole..], false) else { break };
            whole += end.taken;
        }
        whole
    }

    fn is_row(&self, head: &[u8], line: &[u8]) -> bool {
        let dialect = self.dialect_of(head);
        let cells = |line: &[u8]| {
            let mut scan = Scan::new(dialect);
            scan.begin(0);
            let end = scan.advance(line, true)?;
            (end.stray.is_none() && end.length == line.len()).then_some(scan.cells.len())
        };
        cells(line).is_some_and(|count| Some(count) == cells(first_line(head).1))
    }

    fn open(&self, input: Input, limit: usize, options: &GivenOptions) -> Result<Box<dyn Records>, ImportError> {
        let begun = self.begin(encoded(input, options.value(&ENCODING))?, limit, &needed())?;
        let Begun { framer, name, names, header, has_mark, .. } = begun;
        let columns = Columns::new(&name, &names)?;
        let guard = Guard::of(&columns, &header, has_mark);
        let header = match header {
            RawRecord::Bytes(raw) => String::from_utf8(raw).ok(),
            RawRecord::Spilled(_) => None,
        };
        // Of what is decoded, bytes are not those of the file.
        let is_decoded = begun.note.is_some() || options.value(&ENCODING).is_some();
        let begins_at = (!is_decoded).then(|| framer.position());
        let notes = begun.note.into_iter().chain(columns.note.clone()).collect();
        Ok(Box::new(Rows { framer, head: Arc::new(TableHead { columns, guard }), header, begins_at, notes, limit }))
    }
}

/// A table up to its line of column names.
struct Begun {
    framer: Framer,
    /// The file as the user called it.
    name: String,
    names: Vec<String>,
    header: RawRecord,
    has_mark: bool,
    /// What is to be said of the encoding.
    note: Option<String>,
}

impl Delimited {
    /// How the cells are told apart below these lines, which end with the names of the columns.
    fn dialect_of(&self, head: &[u8]) -> Dialect {
        let (separator, names) = first_line(head);
        Dialect { delimiter: self.delimiter(separator, names, &needed()), quoting: self.quoting }
    }

    /// Reads the line of column names, of which the `wanted` ones tell the delimiter.
    fn begin(&self, input: Input, limit: usize, wanted: &[&str]) -> Result<Begun, ImportError> {
        let (input, note) = in_utf_8(input)?;
        let has_mark = input.head().bytes.starts_with(BYTE_ORDER_MARK);
        let (separator, names) = first_line(input.head().text());
        let dialect = Dialect { delimiter: self.delimiter(separator, names, wanted), quoting: self.quoting };
        let name = input.name.to_string();
        let mut framer = Framer::new(TextInput::new(input), dialect, limit);
        let read = |error| ImportError::Io { name: name.clone(), error };
        if separator.is_some() {
            framer.next(0).map_err(read)?;
        }
        let record = framer.next(0).map_err(read)?.ok_or_else(|| ImportError::Empty(name.clone()))?;
        let names = column_names(&record, framer.cells())
            .map_err(|fault| ImportError::BadHeader { name: name.clone(), reason: fault.reason })?;
        Ok(Begun { framer, name, names, header: record.raw, has_mark, note })
    }

    /// Whether `text` begins with a line of the column names that a table needs.
    pub(super) fn begins(&self, text: &[u8]) -> bool {
        let head = Head { bytes: text.to_vec(), is_whole: true };
        self.recognise(&head).is_some_and(|recognition| recognition.confidence == Confidence::Certain)
    }

    /// The values of the only row of a table.
    pub(super) fn only_row(&self, table: &[u8], limit: usize) -> Result<Values, Faults> {
        let unread = |error: &dyn std::error::Error| Fault::new(error.to_string());
        let input = Input::from_read("the record", Cursor::new(table.to_vec())).map_err(|error| unread(&error))?;
        let records = self.open(input, limit, &GivenOptions::default());
        let row = records.map_err(|error| unread(&error))?.next().map_err(|error| unread(&error))?;
        match row {
            Some(Decoded::Record(DecodedRecord { raw, values: Values::Cells(cells), .. })) => {
                Ok(Values::Object(cells.object(&raw.bytes())?, Texts::Cells))
            }
            Some(Decoded::Record(record)) => Ok(record.values),
            Some(Decoded::Reject(reject)) => Err(reject.faults),
            Some(Decoded::PassedOver(..)) | None => Err(Fault::new("the row is blank").into()),
        }
    }

    /// The delimiter that makes the most of the line of column names: of the wanted names, then of cells.
    /// What stands in quotation marks is part of a cell.
    fn delimiter(&self, separator: Option<u8>, names: &[u8], wanted: &[&str]) -> u8 {
        let count = |delimiter: u8| {
            let mut scan = Scan::new(Dialect { delimiter, quoting: self.quoting });
            scan.begin(0);
            let is_clean = scan.advance(names, true).is_some_and(|end| end.stray.is_none());
            (is_clean, scan.cells.len())
        };
        let worth = |delimiter: &u8| (found(names, *delimiter, wanted), count(*delimiter));
        // Of equals the last is the greatest, and the first is to win.
        let best = self.delimiters.iter().copied().rev().max_by_key(worth).unwrap_or(b',');
        separator.filter(|_| self.quoting == Quoting::Strict).unwrap_or(best)
    }
}

/// The input in UTF-8, if it has the encoding that the user names.
fn encoded(input: Input, label: Option<&str>) -> Result<Input, ImportError> {
    let Some(label) = label else { return Ok(input) };
    let encoding = Encoding::for_label(label.as_bytes()).ok_or_else(|| ImportError::NoEncoding(label.to_owned()))?;
    // UTF-16 is told by its bytes, and is UTF-8 by now.
    let is_decoded = encoding == UTF_8 || encoding.name().starts_with("UTF-16") && !input.head().bytes.contains(&0);
    if is_decoded { Ok(input) } else { input.decoded(encoding) }
}

/// The input in UTF-8, and what is to be said of it.
fn in_utf_8(mut input: Input) -> Result<(Input, Option<String>), ImportError> {
    let bytes = input.telling_bytes().map_err(|error| ImportError::Io { name: input.name.to_string(), error })?;
    let Some(encoding) = encoding::of_spreadsheet(&bytes) else { return Ok((input, None)) };
    let note = format!("is not UTF-8, and is read as {}", encoding::name(encoding));
    Ok((input.decoded(encoding)?, Some(note)))
}

/// The delimiter that a first line such as `sep=;` names, for Excel, and the line of column
/// names.
fn first_line(text: &[u8]) -> (Option<u8>, &[u8]) {
    fn line(text: &[u8]) -> &[u8] {
        let text = text.trim_ascii_start();
        &text[..memchr::memchr2(b'\n', b'\r', text).unwrap_or(text.len())]
    }
    let first = line(text);
    match without_quotes(first) {
        [name @ .., separator] if name.eq_ignore_ascii_case(b"sep=") => {
            (Some(*separator), line(&text.trim_ascii_start()[first.len()..]))
        }
        _ => (None, first),
    }
}

/// The columns that an import needs.
fn needed() -> Vec<&'static str> {
    BY_NUMBER.iter().filter(|field| field.is_required).map(|field| field.name).collect()
}

/// How many of the wanted columns the line has.
fn found(names: &[u8], delimiter: u8, wanted: &[&str]) -> usize {
    let names: Vec<_> = names.split(|byte| *byte == delimiter).map(bare).collect();
    wanted.iter().filter(|name| names.contains(&name.as_bytes())).count()
}

/// A column's name without the spaces and the quotation marks around it.
fn bare(cell: &[u8]) -> &[u8] {
    without_quotes(cell.trim_ascii()).trim_ascii()
}

fn without_quotes(cell: &[u8]) -> &[u8] {
    cell.strip_prefix(b"\"").and_then(|cell| cell.strip_suffix(b"\"")).unwrap_or(cell)
}

/// The cells of the first record.
fn column_names(header: &Framed, cells: &[Cell]) -> Result<Vec<String>, Fault> {
    match (&header.raw, &header.broken) {
        (RawRecord::Bytes(raw), None) => {
            let texts = CellTexts::new(raw, cells);
            (0..cells.len()).map(|at| texts.text(at).map(str::to_owned)).collect()
        }
        (RawRecord::Bytes(_), Some(broken)) => Err(Fault::new(broken.reason.clone())),
        (RawRecord::Spilled(_), _) => Err(Fault::new("it does not end")),
    }
}

/// The rows after the line of column names.
struct Rows {
    framer: Framer,
    head: Arc<TableHead>,
    /// The line of column names as it stood.
    header: Option<String>,
    /// Bytes of the file before the first row.
    begins_at: Option<u64>,
    notes: Vec<String>,
    limit: usize,
}

impl Records for Rows {
    /// The next row that is not blank.
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        let columns = &self.head.columns;
        let Some(Framed { origin, raw, broken }) = self.framer.next(columns.needed)? else {
            return Ok(None);
        };
        let RawRecord::Bytes(raw) = raw else {
            return Ok(Some(Decoded::Reject(Reject::too_long(origin, raw, self.limit))));
        };
        if let Some(broken) = broken {
            let fault = Fault::new(broken.reason);
            let column = columns.names.get(broken.cell);
            let fault = column.map_or(fault.clone(), |name| fault.within(name));
            return Ok(Some(Decoded::broken(origin, raw, fault)));
        }
        let cells = self.framer.take_cells();
        let remark = match shape(columns, &raw, &cells) {
            Ok(Shape::PassedOver(remark)) => return Ok(Some(Decoded::PassedOver(origin, remark))),
            Ok(Shape::Row(remark)) => remark,
            Err(fault) => return Ok(Some(Decoded::broken(origin, raw, fault))),
        };
        let values = Values::Cells(Cells { head: self.head.clone(), cells });
        let remarks = remark.into_iter().collect();
        Ok(Some(Decoded::Record(DecodedRecord { origin, raw: raw.into(), values, remarks })))
    }

    fn position(&self) -> u64 {
        self.framer.position()
    }

    fn head_of_parts(&self) -> Option<u64> {
        self.begins_at
    }

    fn columns(&self) -> Option<&[String]> {
        Some(&self.head.columns.names)
    }

    fn note(&self) -> Option<String> {
        (!self.notes.is_empty()).then(|| self.notes.join("; "))
    }

    fn header(&self) -> Option<&str> {
        self.header.as_deref()
    }
}

/// What a row is by its cells alone.
enum Shape {
    /// A record, with what is to be said of it.
    Row(Option<Remark>),
    PassedOver(Remark),
}

fn shape(columns: &Columns, record: &[u8], cells: &[Cell]) -> Result<Shape, Fault> {
    let is = |at: usize, name: &String| {
        cells.get(at).is_some_and(|cell| bare(without_mark(&cell.bytes(record))) == name.as_bytes())
    };
    if cells.iter().all(|cell| cell.is_blank(record)) {
        return Ok(Shape::PassedOver(Remark::EmptyRow));
    }
    if columns.names[..columns.needed].iter().enumerate().all(|(at, name)| is(at, name)) {
        // Files that were joined bring theirs along.
        return Ok(Shape::PassedOver(Remark::RepeatedHeader));
    }
    let (found, most) = (cells.len(), columns.names.len());
    let spare = cells.get(most..).unwrap_or_default();
    if found < columns.needed || spare.iter().any(|cell| !cell.range.is_empty()) {
        return Err(Fault::new(format!("the number of cells is {found}, and there are {} columns", columns.needed)));
    }
    Ok(Shape::Row((!spare.is_empty()).then_some(Remark::SpareDelimiters)))
}
