//! Where the records and the cells of delimited text end.

use crate::import::cells::Cell;
use memchr::{memchr, memchr2, memchr3};
use std::ops::Range;

/// How cells are told apart.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    pub delimiter: u8,
    pub quoting: Quoting,
}

/// What a quotation mark at the beginning of a cell means. Anywhere else it is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quoting {
    /// The cell ends with the next single one, and after that only a delimiter or a line
    /// end may come (RFC 4180).
    Strict,
    /// The same where a delimiter or a line end does come; else all of them are text, as
    /// programs write TSV that quote nothing.
    Lenient,
}

/// What is wrong with the quotation marks of a record, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stray {
    /// Text follows the closing mark here.
    Followed(usize),
    /// The mark is never closed.
    Unclosed,
}

/// The end of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    /// Bytes of the record, without its line end.
    pub length: usize,
    /// Bytes with the line end.
    pub taken: usize,
    pub stray: Option<Stray>,
}

/// Goes over one record, in bytes that may still grow at their end.
#[derive(Debug)]
pub(super) struct Scan {
    dialect: Dialect,
    state: State,
    /// How far the bytes were looked at.
    pub at: usize,
    /// Where the present cell begins, with its quotation mark.
    pub cell_start: usize,
    pub cells: Vec<Cell>,
    /// The present cell has quotation marks within.
    has_marks: bool,
    /// What was noticed of the record so far.
    pub stray: Option<Stray>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before the first byte of a cell.
    Start,
    Plain,
    Quoted,
    /// On the way to the end of a line that is rejected.
    Skip,
}

impl Scan {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { dialect, state: State::Start, at: 0, cell_start: 0, cells: Vec::new(), has_marks: false, stray: None }
    }

    /// Begins a record that starts at `at`, behind a byte order mark.
    pub(super) fn begin(&mut self, at: usize) {
        (self.state, self.at, self.cell_start, self.stray) = (State::Start, at, at, None);
        self.cells.clear();
    }

    /// A cell in quotation marks is open.
    pub(super) fn is_quoted(&self) -> bool {
        self.state == State::Quoted
    }

    /// The first bytes are gone, and the cells with them.
    pub(super) fn forget(&mut self, count: usize) {
        (self.at, self.cell_start) = (self.at - count, 0);
        self.cells.clear();
    }

    /// Takes the open cell's quotation marks for text.
    pub(super) fn unquote(&mut self) {
        (self.state, self.at) = (State::Plain, self.cell_start + 1);
    }

    /// Goes on to the end of the record; `None` when that is not among the bytes yet.
    /// `is_whole` where nothing comes after them.
    pub(super) fn advance(&mut self, bytes: &[u8], is_whole: bool) -> Option<End> {
        loop {
            let end = match self.state {
                State::Start => self.start(bytes, is_whole),
                State::Plain => self.plain(bytes, is_whole),
                State::Quoted => self.quoted(bytes, is_whole),
                State::Skip => self.skip(bytes, is_whole),
            };
            match end {
                Go::On => {}
                Go::More => return None,
                Go::End(end) => return Some(end),
            }
        }
    }

    fn start(&mut self, bytes: &[u8], is_whole: bool) -> Go {
        (self.cell_start, self.has_marks) = (self.at, false);
        match bytes.get(self.at) {
            None if !is_whole => return Go::More,
            Some(b'"') => (self.state, self.at) = (State::Quoted, self.at + 1),
            _ => self.state = State::Plain,
        }
        Go::On
    }

    fn plain(&mut self, bytes: &[u8], is_whole: bool) -> Go {
        match memchr3(self.dialect.delimiter, b'\n', b'\r', &bytes[self.at..]) {
            Some(count) => {
                self.at += count;
                self.end_cell(bytes, self.cell_start..self.at, false)
            }
            None => {
                self.at = bytes.len();
                if is_whole { self.end_cell(bytes, self.cell_start..self.at, false) } else { Go::More }
            }
        }
    }

    fn quoted(&mut self, bytes: &[u8], is_whole: bool) -> Go {
        while let Some(count) = memchr(b'"', &bytes[self.at..]) {
            self.at += count;
            match bytes.get(self.at + 1) {
                None if !is_whole => return Go::More,
                Some(b'"') => (self.at, self.has_marks) = (self.at + 2, true),
                None | Some(b'\n' | b'\r') => return self.end_quoted(bytes),
                Some(byte) if *byte == self.dialect.delimiter => return self.end_quoted(bytes),
                Some(_) => {
                    self.at += 1;
                    return self.stray(Stray::Followed(self.at));
                }
            }
        }
        self.at = bytes.len();
        if is_whole { self.stray(Stray::Unclosed) } else { Go::More }
    }

    fn end_quoted(&mut self, bytes: &[u8]) -> Go {
        let range = self.cell_start + 1..self.at;
        self.at += 1;
        self.end_cell(bytes, range, true)
    }

    fn stray(&mut self, stray: Stray) -> Go {
        match self.dialect.quoting {
            Quoting::Lenient => self.unquote(),
            Quoting::Strict => (self.state, self.stray) = (State::Skip, Some(stray)),
        }
        Go::On
    }

    /// Takes the cell, whose end is at `self.at`.
    fn end_cell(&mut self, bytes: &[u8], range: Range<usize>, is_quoted: bool) -> Go {
        self.cells.push(Cell { range, is_quoted, has_marks: is_quoted && self.has_marks });
        if bytes.get(self.at) == Some(&self.dialect.delimiter) {
            (self.state, self.at) = (State::Start, self.at + 1);
            return Go::On;
        }
        self.end(bytes)
    }

    fn skip(&mut self, bytes: &[u8], is_whole: bool) -> Go {
        match memchr2(b'\n', b'\r', &bytes[self.at..]) {
            Some(count) => {
                self.at += count;
                self.end(bytes)
            }
            None => {
                self.at = bytes.len();
                if is_whole { self.end(bytes) } else { Go::More }
            }
        }
    }

    /// The record ends here, at a line end or at the last byte. A line feed behind a CR is
    /// left for later: it may not be there yet, and is a blank line to whoever reads on.
    fn end(&self, bytes: &[u8]) -> Go {
        Go::End(End { length: self.at, taken: bytes.len().min(self.at + 1), stray: self.stray })
    }
}

/// What a step of the scan came to.
enum Go {
    On,
    More,
    End(End),
}
