//! The formats that an export is written in: a file each, and a line in [`FORMATS`].

mod csv;
mod json;
mod jsonl;
mod object;

use super::columns::ExportColumn;
use crate::domain::record::Cell;
use std::io;

/// Every format, in the order of the help.
pub static FORMATS: &[&dyn Format] = &[&csv::Csv, &jsonl::JsonLines, &json::Json];

/// A format of exports.
pub trait Format: Sync {
    /// The word for `--to`.
    fn name(&self) -> &'static str;

    /// It has one value a cell: each criterion is a column of its own.
    fn is_flat(&self) -> bool;

    /// The options that it takes.
    fn options(&self) -> &'static [FormatOption];

    fn writer(&self, choices: &[FormatOption]) -> Box<dyn RowWriter>;
}

/// An option of a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormatOption {
    /// Byte order mark and CRLF, as Excel wants it.
    Excel,
    /// Cells that a spreadsheet would run stay as they are.
    RawCells,
}

impl FormatOption {
    pub const ALL: [FormatOption; 2] = [FormatOption::Excel, FormatOption::RawCells];

    /// The argument that asks for it.
    pub fn argument(self) -> &'static str {
        match self {
            FormatOption::Excel => "--excel",
            FormatOption::RawCells => "--raw-cells",
        }
    }
}

/// Writes the rows that it is given, as bytes at the end of `out`.
pub trait RowWriter {
    fn begin(&mut self, columns: &[ExportColumn], out: &mut Vec<u8>) -> io::Result<()>;

    /// The cells of one row, in the order of the columns.
    fn row(&mut self, cells: &[Cell], out: &mut Vec<u8>) -> io::Result<()>;

    fn end(&mut self, out: &mut Vec<u8>) -> io::Result<()>;
}

/// The format of this name.
pub fn named(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// Those that take the option.
pub fn that_take(choice: FormatOption) -> impl Iterator<Item = &'static str> {
    FORMATS.iter().filter(move |format| format.options().contains(&choice)).map(|format| format.name())
}
