//! The reader of a file of any format.

use super::fault::ImportError;
use super::format::{self, Format, Records};
use super::input::Input;
use super::items::Items;
use super::row::Row;
use crate::domain::format_option::GivenOptions;
use crate::domain::record::{BY_NUMBER, ItemField};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

/// How to read a file.
#[derive(Clone)]
pub struct Options {
    /// `None` to tell it by the file's first bytes.
    pub format: Option<&'static dyn Format>,
    /// A longer record is rejected without being held in memory.
    pub max_record_bytes: usize,
    /// The options that formats declare.
    pub given: GivenOptions,
}

impl Default for Options {
    fn default() -> Self {
        Self { format: None, max_record_bytes: super::MAX_RECORD_BYTES, given: GivenOptions::default() }
    }
}

/// Gives the rows of a file in order. After an error of the system it ends.
pub struct Reader {
    name: Arc<str>,
    size: Option<u64>,
    records: Box<dyn Records>,
    items: Items,
    /// Rows that come again before the others.
    put_back: VecDeque<Row>,
    ended: bool,
}

impl Reader {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path, options: Options) -> Result<Self, ImportError> {
        Self::new(Input::open(path)?, Some(path), options)
    }

    /// Reads any stream; `name` is for messages and the rejects file.
    pub fn from_read(
        name: impl Into<String>,
        input: impl Read + Send + 'static,
        options: Options,
    ) -> Result<Self, ImportError> {
        Self::new(Input::from_read(name, input)?, None, options)
    }

    fn new(input: Input, path: Option<&Path>, options: Options) -> Result<Self, ImportError> {
        if input.head().is_whole && input.head().text().trim_ascii().is_empty() {
            return Err(ImportError::Empty(input.name.to_string()));
        }
        let (name, size) = (input.name.clone(), input.size);
        let Options { format, max_record_bytes, given } = options;
        let recognised = format.is_none().then(|| format::recognise(input.head(), path, &given));
        let format = format.or(recognised.map(|(format, _)| format)).unwrap_or(format::FORMATS[0]);
        if let Some(option) = given.other_than(format.options()) {
            return Err(ImportError::OtherFormat { option: option.name, formats: format::that_take(option) });
        }
        let records = format.open(input, max_record_bytes, &given);
        let records = records.and_then(|records| with_required(&name, records)).map_err(|error| match recognised {
            Some((format, reason)) => error.read_as(format.title(), reason),
            None => error,
        })?;
        Ok(Self { name, size, records, items: Items, put_back: VecDeque::new(), ended: false })
    }

    /// Gives these rows again, in order, before those that follow.
    pub fn put_back(&mut self, rows: Vec<Row>) {
        self.put_back = rows.into();
    }

    /// The file as the user called it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The line of column names, without which a record of the file cannot be read.
    pub fn header(&self) -> Option<&str> {
        self.records.header()
    }

    /// What the user is to know of how the file is read, such as what is left out.
    pub fn note(&self) -> Option<String> {
        self.records.note()
    }

    /// Bytes of the file up to the end of the last row given.
    pub fn bytes_read(&self) -> u64 {
        self.records.position()
    }

    /// Size of the file in bytes; `None` for a stream.
    pub fn total_bytes(&self) -> Option<u64> {
        self.size
    }
}

impl Iterator for Reader {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.put_back.pop_front() {
            return Some(Ok(row));
        }
        if self.ended {
            return None;
        }
        let decoded = self.records.next();
        self.ended = !matches!(decoded, Ok(Some(_)));
        Some(decoded.transpose()?.map(|decoded| self.items.row(decoded)))
    }
}

/// Refuses records whose columns lack one that is required.
fn with_required(name: &str, records: Box<dyn Records>) -> Result<Box<dyn Records>, ImportError> {
    let Some(columns) = records.columns() else { return Ok(records) };
    let is_missing = |field: &&ItemField| field.is_required && !columns.iter().any(|column| column == field.name);
    let missing: Vec<_> = BY_NUMBER.iter().copied().filter(is_missing).map(|field| field.name).collect();
    if missing.is_empty() {
        return Ok(records);
    }
    let (name, missing, found) = (name.to_owned(), missing.join(", "), columns.join(", "));
    Err(ImportError::MissingColumns { name, missing, found })
}
