//! The reader of a file of any format.

#[cfg(feature = "compressed")]
use super::archive::Archive;
use super::decoded::Decoded;
use super::fault::ImportError;
#[cfg(feature = "compressed")]
use super::foreign;
use super::format::{self, Format, Records};
use super::input::Input;
use super::items::Items;
use super::proposal::Sample;
use super::row::Row;
use crate::domain::format_option::GivenOptions;
use crate::domain::mapping::{Mapping, Target};
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
    /// Where the fields are found that are not under their own names.
    pub mapping: Mapping,
    /// The file within a zip archive that is read, where the path does not name it.
    pub member: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        let (given, mapping) = (GivenOptions::default(), Mapping::default());
        Self { format: None, max_record_bytes: super::MAX_RECORD_BYTES, given, mapping, member: None }
    }
}

/// Gives the rows of a file in order. After an error of the system it ends.
pub struct Reader {
    name: Arc<str>,
    size: Option<u64>,
    format: &'static dyn Format,
    records: Box<dyn Records>,
    /// The format that it was taken for, and why, where none was named.
    recognised: Option<(&'static dyn Format, &'static str)>,
    items: Items,
    /// How it is read, and why: `JSON Lines, because its first line begins an object`.
    read_as: String,
    /// Records that were looked at before they became items.
    ahead: VecDeque<Decoded>,
    /// Of a stream: how many of its bytes were there at the beginning, to the end of a line. Whoever writes it may
    /// be waiting for what comes of them before writing on.
    there: Option<u64>,
    /// Rows that come again before the others.
    put_back: VecDeque<Row>,
    /// Lines between the beginning of the file and that of the input.
    lines_before: i64,
    ended: bool,
}

impl Reader {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path, options: Options) -> Result<Self, ImportError> {
        let mapping = options.mapping.clone();
        Self::look(path, options)?.mapped(&mapping)
    }

    /// Opens a file whose fields may have other names: see [`Reader::mapped`].
    pub fn look(path: &Path, options: Options) -> Result<Self, ImportError> {
        Self::new(Input::open(path)?, options)
    }

    /// Reads any stream; `name` is for messages and the rejects file.
    pub fn from_read(
        name: impl Into<String>,
        input: impl Read + Send + 'static,
        options: Options,
    ) -> Result<Self, ImportError> {
        let mapping = options.mapping.clone();
        Self::new(Input::from_read(name, input)?, options)?.mapped(&mapping)
    }

    pub(super) fn of_input(input: Input, options: Options) -> Result<Self, ImportError> {
        Self::new(input, options)
    }

    /// Looks at a text as [`Reader::look`] does at a file.
    #[cfg(test)]
    pub(super) fn look_at(name: &str, text: &str) -> Self {
        let input = Input::from_read(name, io::Cursor::new(text.to_owned().into_bytes())).unwrap();
        Self::new(input, Options::default()).unwrap()
    }

    fn new(mut input: Input, options: Options) -> Result<Self, ImportError> {
        if options.member.is_some() && !input.is_archive() {
            return Err(ImportError::NoArchive(input.name.to_string()));
        }
        input.member = input.member.or(options.member.clone());
        let (input, of_archive) = within(input, options.format, MOST_LAYERS)?;
        if input.head().is_whole && input.head().text().trim_ascii().is_empty() {
            return Err(ImportError::Empty(input.name.to_string()));
        }
        let (name, size) = (input.name.clone(), input.size);
        let there = input.may_wait().then(|| input.head().whole_lines());
        let Options { format, max_record_bytes, given, .. } = options;
        let recognised = format
            .is_none()
            .then(|| of_archive.unwrap_or_else(|| format::recognise(input.head(), input.path.as_deref(), &given)));
        let format = format.or(recognised.map(|(format, _)| format)).unwrap_or(format::FORMATS[0]);
        if let Some(option) = given.other_than(format.options()) {
            return Err(ImportError::OtherFormat { option: option.name, formats: format::that_take(option) });
        }
        let records = format.open(input, max_record_bytes, &given).map_err(|error| match recognised {
            Some((format, reason)) => error.read_as(format.title(), reason),
            None => error,
        })?;
        let title = format.title();
        let read_as = recognised.map_or(title.to_owned(), |(_, reason)| format!("{title}, because {reason}"));
        let (items, ahead, put_back) = (Items::default(), VecDeque::new(), VecDeque::new());
        Ok(Self {
            name,
            size,
            format,
            records,
            recognised,
            items,
            read_as,
            ahead,
            there,
            put_back,
            lines_before: 0,
            ended: false,
        })
    }

    /// Takes the fields from where the mapping says. Fails where a column that is needed is in neither.
    pub fn mapped(mut self, mapping: &Mapping) -> Result<Self, ImportError> {
        if let Some(error) = missing_columns(&self.name, mapping, self.records.columns()) {
            return Err(match self.recognised {
                Some((format, reason)) => error.read_as(format.title(), reason),
                None => error,
            });
        }
        self.items = Items::by(mapping);
        Ok(self)
    }

    /// The first records as they stand, at most so many; they are read all the same. What is no record
    /// is left out, and after many of these no more are looked for. Of a stream only the first is waited for.
    pub fn samples(&mut self, count: usize) -> Result<Vec<Sample>, ImportError> {
        let mut found = self.ahead.iter().filter(|decoded| matches!(decoded, Decoded::Record(_))).count();
        while found < count && self.ahead.len() < count + MOST_OTHERS && !self.ended {
            if found > 0 && self.there.is_some_and(|there| self.records.position() >= there) {
                break;
            }
            let next = self.records.next();
            match next.map_err(|error| ImportError::Io { name: self.name.to_string(), error })? {
                Some(decoded) => {
                    found += usize::from(matches!(decoded, Decoded::Record(_)));
                    self.ahead.push_back(decoded);
                }
                None => self.ended = true,
            }
        }
        Ok(self.ahead.iter().filter_map(Decoded::sample).take(count).collect())
    }

    /// The format that the input is read as.
    pub fn format(&self) -> &'static dyn Format {
        self.format
    }

    /// The reader of a part of a file before which so many lines stand: its rows say where they stand in the file.
    pub(super) fn moved_by(self, lines: i64) -> Self {
        Self { lines_before: lines, ..self }
    }

    /// Where a record needs none of those before it: how many bytes at the beginning of the input it does need.
    pub(super) fn head_of_parts(&self) -> Option<u64> {
        self.records.head_of_parts()
    }

    fn row(&self, decoded: Decoded) -> Row {
        let mut row = self.items.row(decoded);
        if self.lines_before != 0 {
            row.origin_mut().place.move_by(self.lines_before);
        }
        row
    }

    /// How it is read, and why: `JSON Lines, because its first line begins an object`.
    pub fn read_as(&self) -> &str {
        &self.read_as
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

    /// Whether whoever writes the input may be waiting for what comes of the rows that were given.
    pub fn may_wait(&self) -> bool {
        self.there.is_some()
    }

    /// Size of the file in bytes; `None` for a stream.
    pub fn total_bytes(&self) -> Option<u64> {
        self.size
    }
}

/// Rejects, and what is passed over, among which records are looked for.
const MOST_OTHERS: usize = 100;

/// How often an archive may stand in another.
const MOST_LAYERS: usize = 3;

/// A format, and why it was taken.
type Recognised = (&'static dyn Format, &'static str);

/// What is to be read: of an archive the archive itself, where that is how files of a format are, else
/// the member that is meant.
#[cfg(feature = "compressed")]
fn within(
    input: Input,
    format: Option<&'static dyn Format>,
    layers: usize,
) -> Result<(Input, Option<Recognised>), ImportError> {
    if !input.is_archive() {
        return Ok((input, None));
    }
    let archive = Archive::open(input)?;
    let names: Vec<_> = archive.names().collect();
    let recognised = match format {
        Some(format) => format.recognise_archive(&names).map(|claim| (format, claim.reason)),
        None => format::of_archive(&names),
    };
    if recognised.is_none()
        && let Some(kind) = foreign::of_archive(&names)
    {
        return Err(ImportError::Foreign { name: archive.name, kind });
    }
    match recognised {
        Some(recognised) => Ok((archive.into_input()?, Some(recognised))),
        // There are archives that hold themselves.
        None if layers == 0 => Err(archive.too_many_layers()),
        None => within(archive.into_member(&format::READABLE)?, format, layers - 1),
    }
}

#[cfg(not(feature = "compressed"))]
fn within(input: Input, _: Option<&'static dyn Format>, _: usize) -> Result<(Input, Option<Recognised>), ImportError> {
    Ok((input, None))
}

impl Iterator for Reader {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.put_back.pop_front() {
            return Some(Ok(row));
        }
        if let Some(decoded) = self.ahead.pop_front() {
            return Some(Ok(self.row(decoded)));
        }
        if self.ended {
            return None;
        }
        let decoded = self.records.next();
        self.ended = !matches!(decoded, Ok(Some(_)));
        Some(decoded.transpose()?.map(|decoded| self.row(decoded)))
    }
}

/// What is wrong with columns that lack one that is required.
fn missing_columns(name: &str, mapping: &Mapping, columns: Option<&[String]>) -> Option<ImportError> {
    let columns = columns?;
    let is_there = |field: &ItemField| columns.iter().any(|column| column == field.name);
    let missing = BY_NUMBER.iter().filter(|field| field.is_required && !is_there(field));
    let missing: Vec<_> =
        missing.filter(|field| mapping.get(Target::of(field)).is_none()).map(|field| field.name).collect();
    let (name, found) = (name.to_owned(), columns.join(", "));
    (!missing.is_empty()).then(|| ImportError::MissingColumns { name, missing: missing.join(", "), found })
}
