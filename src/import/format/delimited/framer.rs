//! Splits a stream of delimited text into records.
//!
//! A quotation mark that was never meant to open a cell must not swallow the rows after it:
//! where each line between it and the place at which that is noticed is a row of its own,
//! its line alone is rejected. Otherwise the lines are one record, which is rejected whole.
//! In TSV such a mark is text.

use super::scan::{Dialect, End, Quoting, Scan, Stray};
use crate::domain::imported::Origin;
use crate::import::byte_order_mark::{BYTE_ORDER_MARK, without_mark};
use crate::import::cells::Cell;
use crate::import::row::RawRecord;
use crate::import::text_input::{LineEnds, TextInput};
use memchr::memchr2;
use std::fs::File;
use std::io::{self, Write};

/// One record as it stood.
pub(super) struct Framed {
    pub origin: Origin,
    pub raw: RawRecord,
    pub broken: Option<Broken>,
}

/// What is wrong with the quotation marks of a record.
pub(super) struct Broken {
    /// The number of the cell, from 0.
    pub cell: usize,
    pub reason: String,
}

pub(super) struct Framer {
    input: TextInput,
    dialect: Dialect,
    limit: usize,
    /// Bytes that were read; those before `start` are done with.
    window: Vec<u8>,
    start: usize,
    /// Nothing comes after the window.
    is_whole: bool,
    scan: Scan,
    /// Line ends before `start`.
    lines: u64,
    line_ends: LineEnds,
}

impl Framer {
    pub(super) fn new(input: TextInput, dialect: Dialect, limit: usize) -> Self {
        let (window, scan) = (Vec::new(), Scan::new(dialect));
        let line_ends = LineEnds::default();
        Self { input, dialect, limit, window, start: 0, is_whole: false, scan, lines: 0, line_ends }
    }

    /// Bytes of the input up to the end of the last record.
    pub(super) fn position(&self) -> u64 {
        self.input.position - (self.window.len() - self.start) as u64
    }

    /// The cells of the last record, unless it is broken or spilled.
    pub(super) fn cells(&self) -> &[Cell] {
        &self.scan.cells
    }

    /// Takes the cells of the last record.
    pub(super) fn take_cells(&mut self) -> Vec<Cell> {
        let room = Vec::with_capacity(self.scan.cells.len());
        std::mem::replace(&mut self.scan.cells, room)
    }

    /// The next record that is not blank. A row has so many `columns`; 0 where that is not
    /// known yet.
    pub(super) fn next(&mut self, columns: usize) -> io::Result<Option<Framed>> {
        loop {
            match self.frame(columns)? {
                Some(Framed { raw: RawRecord::Bytes(raw), .. })
                    if self.scan.cells.len() <= 1 && without_mark(&raw).trim_ascii().is_empty() => {}
                record => return Ok(record),
            }
        }
    }

    fn frame(&mut self, columns: usize) -> io::Result<Option<Framed>> {
        while without_mark(self.bytes()).len() < BYTE_ORDER_MARK.len() && !self.is_whole {
            self.fill()?;
        }
        if self.bytes().is_empty() {
            return Ok(None);
        }
        let origin = self.input.origin(self.lines + 1);
        self.scan.begin(self.bytes().len() - without_mark(self.bytes()).len());
        let mut spilled = None;
        let mut end = self.end(columns, &mut spilled)?;
        if spilled.is_none()
            && let Some(length) = self.first_row(end.length, columns)
        {
            end = self.end_of_line(length);
        }
        let (end, broken) = self.judge(end, columns);
        let raw = self.take(end, spilled)?;
        Ok(Some(Framed { origin, raw, broken }))
    }

    fn bytes(&self) -> &[u8] {
        &self.window[self.start..]
    }

    /// Reads on.
    fn fill(&mut self) -> io::Result<()> {
        self.window.drain(..std::mem::take(&mut self.start));
        let bytes = self.input.peek()?;
        let count = bytes.len();
        self.window.extend_from_slice(bytes);
        self.input.consume(count);
        self.is_whole = count == 0;
        Ok(())
    }

    /// Reads on to the end of the line of a byte, as far as the limit goes.
    fn fill_line(&mut self, at: usize) -> io::Result<()> {
        while !self.is_whole
            && self.bytes().len() <= at.max(self.limit)
            && memchr2(b'\n', b'\r', self.bytes().get(at..).unwrap_or_default()).is_none()
        {
            self.fill()?;
        }
        Ok(())
    }

    /// Where the record ends. What is over the limit goes to a file.
    fn end(&mut self, columns: usize, spilled: &mut Option<File>) -> io::Result<End> {
        loop {
            if let Some(end) = self.scan.advance(&self.window[self.start..], self.is_whole) {
                if let Some(Stray::Followed(at)) = end.stray {
                    self.fill_line(at)?;
                }
                return Ok(end);
            }
            if self.bytes().len() > self.limit {
                if self.dialect.quoting == Quoting::Lenient && self.scan.is_quoted() {
                    self.scan.unquote();
                    continue;
                }
                // What comes after the limit says nothing of what is a row: it may not be there yet.
                let stray = self.scan.stray.or_else(|| self.scan.is_quoted().then_some(Stray::Unclosed));
                match stray.filter(|stray| spilled.is_none() && self.alone(*stray, columns).is_some()) {
                    None => self.spill(self.scan.at, spilled)?,
                    stray => {
                        let length = self.bytes().len();
                        return Ok(End { length, taken: length, stray });
                    }
                }
            }
            self.fill()?;
        }
    }

    /// Moves the first bytes of the window to the file.
    fn spill(&mut self, count: usize, spilled: &mut Option<File>) -> io::Result<()> {
        let file = match spilled {
            Some(file) => file,
            none => none.insert(tempfile::tempfile()?),
        };
        let bytes = &self.window[self.start..self.start + count];
        file.write_all(bytes)?;
        self.lines += self.line_ends.count(bytes);
        self.start += count;
        self.scan.forget(count);
        Ok(())
    }

    /// The length of the first line of a record whose lines are rows, where quotation marks may be
    /// text: the first of them and the last are of two rows.
    fn first_row(&self, length: usize, columns: usize) -> Option<usize> {
        if self.dialect.quoting == Quoting::Strict || columns == 0 {
            return None;
        }
        let record = &self.bytes()[..length];
        let first = memchr2(b'\n', b'\r', record)?;
        let mut lines = record.split(|byte| matches!(byte, b'\n' | b'\r')).filter(|line| !line.is_empty());
        let is_row = |line: &[u8]| {
            let mut scan = Scan::new(self.dialect);
            scan.begin(line.len() - without_mark(line).len());
            scan.advance(line, true).is_some() && scan.cells.len() == columns
        };
        lines.all(is_row).then_some(first)
    }

    /// Takes the first line alone for the record.
    fn end_of_line(&mut self, length: usize) -> End {
        self.scan.begin(self.bytes().len() - without_mark(self.bytes()).len());
        self.scan.advance(&self.window[self.start..self.start + length], true);
        End { length, taken: length + 1, stray: None }
    }

    /// What the record is in the light of a stray quotation mark.
    fn judge(&self, end: End, columns: usize) -> (End, Option<Broken>) {
        let Some(stray) = end.stray else { return (end, None) };
        let cell = self.scan.cells.len();
        if let Some(length) = self.alone(stray, columns) {
            let reason =
                "a quotation mark opens the cell and is not closed; the lines that follow are rows of their own";
            return (End { length, taken: length + 1, ..end }, Some(Broken { cell, reason: reason.into() }));
        }
        let record = self.bytes().get(..end.length).unwrap_or_default();
        let end = End { length: without_line_end(record).len(), ..end };
        let lines = 1 + LineEnds::default().count(&record[..end.length]);
        let place =
            if lines > 1 { format!(" (lines {} to {})", self.lines + 1, self.lines + lines) } else { String::new() };
        let what = match stray {
            Stray::Unclosed => "a quotation mark is opened and never closed",
            Stray::Followed(_) => "text follows the closing quotation mark; one within a cell is written twice",
        };
        (end, Some(Broken { cell, reason: format!("{what}{place}") }))
    }

    /// The length of the record's first lines, up to the one with the stray quotation mark,
    /// if the lines after it are rows.
    fn alone(&self, stray: Stray, columns: usize) -> Option<usize> {
        // No further than the limit, however much has come already: what is a row does not depend on
        // the pieces in which a stream comes.
        let reach = match stray {
            Stray::Followed(at) => at.max(self.limit),
            Stray::Unclosed => self.limit,
        };
        let bytes = &self.bytes()[..self.bytes().len().min(reach.saturating_add(1))];
        let is_whole = self.is_whole && bytes.len() == self.bytes().len();
        let next_end = |from: usize| memchr2(b'\n', b'\r', bytes.get(from..)?).map(|count| from + count);
        let noticed = match stray {
            Stray::Followed(at) => at.min(bytes.len()),
            Stray::Unclosed => bytes.len(),
        };
        let first = next_end(self.scan.cell_start).filter(|end| *end < noticed && columns > 0)?;
        let mut from = first + 1;
        let mut rows = 0;
        while from < noticed {
            let end = match next_end(from) {
                Some(end) => end,
                None if is_whole => bytes.len(),
                None => break, // it is not there yet
            };
            let line = &bytes[from..end];
            let mut scan = Scan::new(self.dialect);
            let stray = scan.advance(line, true).and_then(|end| end.stray);
            let is_row = match stray {
                None => line.is_empty() || scan.cells.len() == columns,
                // The next line with such a mark, behind a first cell.
                Some(_) => end >= noticed && !scan.cells.is_empty(),
            };
            if !is_row {
                return None;
            }
            rows += usize::from(!line.is_empty());
            from = end + 1;
        }
        (rows > 0).then_some(first)
    }

    /// Takes the record out of the window.
    fn take(&mut self, end: End, mut spilled: Option<File>) -> io::Result<RawRecord> {
        if spilled.is_some() || end.length > self.limit {
            let line_end = end.taken - end.length;
            self.spill(end.length, &mut spilled)?;
            self.pass(line_end);
            return spilled.map(RawRecord::Spilled).ok_or_else(|| io::ErrorKind::Other.into());
        }
        let raw = self.bytes()[..end.length].to_vec();
        self.pass(end.taken);
        Ok(RawRecord::Bytes(raw))
    }

    fn pass(&mut self, count: usize) {
        self.lines += self.line_ends.count(&self.window[self.start..self.start + count]);
        self.start += count;
    }
}

/// A record that goes to the end of the file, without the file's last line end.
fn without_line_end(record: &[u8]) -> &[u8] {
    record.strip_suffix(b"\r\n").or(record.strip_suffix(b"\n")).or(record.strip_suffix(b"\r")).unwrap_or(record)
}
