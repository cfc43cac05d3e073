//! The formats that an export is written in: a file in this folder and a line in [`FORMATS`].

mod csv;
mod objects;

pub use csv::csv_row;

use super::columns::ExportColumn;
use crate::domain::format_option::{FormatOption, GivenOptions};
use crate::domain::record::Cell;
use std::io;

/// Every format, in the order of the help.
pub static FORMATS: &[&dyn Format] = &[&csv::Csv, &objects::JSON_LINES, &objects::JSON];

/// A format of exports.
pub trait Format: Sync {
    /// The value of `--to`.
    fn name(&self) -> &'static str;

    /// The format's line in the reference: what a row is.
    fn about(&self) -> &'static str;

    /// Whether a cell has one value, so that each criterion is a column of its own.
    fn is_flat(&self) -> bool;

    /// The options that the format takes.
    fn options(&self) -> &'static [FormatOption] {
        &[]
    }

    /// What is appended to the name of the exported file for each file beside it, such as
    /// `.readme.md`.
    fn further_files(&self) -> &'static [&'static str] {
        &[]
    }

    fn writer(&self, options: &GivenOptions) -> Box<dyn RowWriter>;
}

/// The files of an export, each as the bytes to be appended to it.
#[derive(Debug, Default)]
pub struct Files {
    /// The file that the user names.
    pub main: Vec<u8>,
    /// Bytes for each of [`Format::further_files`], in order.
    pub further: Vec<Vec<u8>>,
}

/// Writes the rows that it is given, as bytes at the end of `files`.
pub trait RowWriter {
    fn begin(&mut self, columns: &[ExportColumn], files: &mut Files) -> io::Result<()>;

    /// The cells of one row, in the order of the columns.
    fn row(&mut self, cells: &[Cell], files: &mut Files) -> io::Result<()>;

    fn end(&mut self, files: &mut Files) -> io::Result<()>;

    /// What the user is to know of the rows that were written.
    fn note(&self) -> Option<String> {
        None
    }
}

/// The format of this name.
pub fn named(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// The options of all formats.
pub fn options() -> impl Iterator<Item = &'static FormatOption> {
    FORMATS.iter().flat_map(|format| format.options())
}

/// The names of the formats that take the option.
pub fn that_take(option: &FormatOption) -> impl Iterator<Item = &'static str> {
    FORMATS.iter().filter(move |format| format.options().contains(option)).map(|format| format.name())
}
