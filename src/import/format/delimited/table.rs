//! A table whose columns are named by who reads it: CSV or TSV that holds no items.

use super::{Begun, CSV, CellTexts, Framed, Framer, RawRecord, TSV};
use crate::domain::imported::Origin;
use crate::import::MAX_RECORD_BYTES;
#[cfg(feature = "compressed")]
use crate::import::archive::{Archive, Readable};
use crate::import::byte_order_mark::without_mark;
use crate::import::fault::ImportError;
use crate::import::input::Input;
use std::path::Path;

/// Gives the cells of some columns, row by row: neither of blank rows nor of the line of column names again.
pub struct Table {
    framer: Framer,
    name: String,
    names: Vec<String>,
    /// Cells that a row must have.
    needed: usize,
    /// The columns whose cells are given.
    wanted: Vec<usize>,
    /// What the user is to know of how the table is read.
    pub note: Option<String>,
}

/// The cells of a row, in the order in which the columns were asked for, without the spaces around
/// them; those that a short row does not have are empty.
pub struct TableRow {
    pub origin: Origin,
    pub cells: Vec<String>,
}

impl Table {
    /// Opens a file, or standard input for `-`: TSV by its extension, else CSV, whose delimiter is the
    /// one that makes the wanted columns of the first line. Names are told apart without regard to
    /// case where nothing has the name itself. Fails where a column is missing or there twice.
    pub fn open(path: &Path, wanted: &[&str]) -> Result<Self, ImportError> {
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        let is_tsv = extension.as_deref().is_some_and(|extension| TSV.extensions.contains(&extension));
        let begun = if is_tsv { &TSV } else { &CSV }.begin(within(Input::open(path)?)?, MAX_RECORD_BYTES, wanted)?;
        let Begun { framer, name, names, note, .. } = begun;
        let names: Vec<String> =
            names.iter().map(|name| name.trim_matches(['\u{feff}', ' ', '\t']).to_owned()).collect();
        let wanted = wanted.iter().map(|column| place(&name, &names, column)).collect::<Result<_, _>>()?;
        let needed = names.iter().rposition(|name| !name.is_empty()).map_or(0, |last| last + 1);
        Ok(Self { framer, name, names, needed, wanted, note })
    }

    /// The next row that is neither blank nor the line of column names again.
    fn read(&mut self) -> Result<Option<TableRow>, ImportError> {
        loop {
            let unread = |error| ImportError::Io { name: self.name.clone(), error };
            let Some(Framed { origin, raw, broken }) = self.framer.next(self.needed).map_err(unread)? else {
                return Ok(None);
            };
            let bad = |reason: String| ImportError::BadRow { place: origin.clone(), reason };
            let RawRecord::Bytes(raw) = raw else { return Err(bad("the row does not end".into())) };
            if let Some(broken) = broken {
                return Err(bad(broken.reason));
            }
            let cells = self.framer.cells();
            if cells.iter().skip(self.needed).any(|cell| !cell.is_blank(&raw)) {
                let found = cells.len();
                return Err(bad(format!("the number of cells is {found}, and there are {} columns", self.needed)));
            }
            let cells = CellTexts::new(&raw, cells);
            let cell = |at: &usize| cells.text(*at).map(|cell| cell.trim().to_owned());
            let cells =
                self.wanted.iter().map(cell).collect::<Result<Vec<_>, _>>().map_err(|fault| bad(fault.reason))?;
            let is_name = |(cell, at): (&String, &usize)| without_mark(cell.as_bytes()) == self.names[*at].as_bytes();
            let is_blank = without_mark(&raw).trim_ascii().is_empty() || cells.iter().all(String::is_empty);
            if !is_blank && !cells.iter().zip(&self.wanted).all(is_name) {
                return Ok(Some(TableRow { origin, cells }));
            }
        }
    }
}

impl Iterator for Table {
    type Item = Result<TableRow, ImportError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// The table within the input, where it is an archive.
#[cfg(feature = "compressed")]
fn within(input: Input) -> Result<Input, ImportError> {
    const TABLES: Readable = Readable {
        extension: |extension| CSV.extensions.contains(&extension) || TSV.extensions.contains(&extension),
        head: |head| std::str::from_utf8(&head.bytes).is_ok(),
    };
    if input.is_archive() { Archive::open(input)?.into_member(&TABLES) } else { Ok(input) }
}

#[cfg(not(feature = "compressed"))]
#[expect(clippy::unnecessary_wraps, reason = "with the feature it may fail")]
fn within(input: Input) -> Result<Input, ImportError> {
    Ok(input)
}

fn place(file: &str, names: &[String], column: &str) -> Result<usize, ImportError> {
    let places = |is: &dyn Fn(&str) -> bool| -> Vec<usize> {
        names.iter().enumerate().filter(|(_, name)| is(name)).map(|(at, _)| at).collect()
    };
    let mut found = places(&|name| name == column);
    if found.is_empty() {
        found = places(&|name| name.eq_ignore_ascii_case(column));
    }
    let (file, column) = (file.to_owned(), column.to_owned());
    match found[..] {
        [at] => Ok(at),
        [] => Err(ImportError::NoColumn { name: file, column, found: names.join(", ") }),
        _ => Err(ImportError::ColumnTwice { name: file, column }),
    }
}
