//! Records of imported files: an item, its digests, and where it came from.

use super::check::{FailedCheck, Undecided};
use super::digest::{self, Digest};
use super::item::Item;
use super::judge::ImportedJudgement;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// Where a record stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file as the user called it.
    pub file: Arc<str>,
    /// The file within it, where it is an archive.
    pub entry: Option<Arc<str>>,
    pub place: Place,
}

/// A place in a file, in the terms of its format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// The line on which the record begins, from 1.
    Line(u64),
    /// The number of the row of a table, from 1: that of a sheet counts its first line too, as its program does.
    Row(u64),
    /// An element of a JSON list.
    Element {
        /// JSON pointer of the list (RFC 6901); empty for the file's own list.
        list: Arc<str>,
        /// Position in the list, from 0.
        index: u64,
        /// The line on which the element begins, from 1.
        line: u64,
    },
    /// A member of a JSON object.
    Member {
        /// Its JSON pointer.
        pointer: Arc<str>,
        /// Position among the members, from 0.
        index: u64,
        /// The line on which it begins, from 1.
        line: u64,
    },
}

impl Origin {
    /// The origin of a record that begins on a line of a plain file.
    pub fn of_line(file: impl Into<Arc<str>>, line: u64) -> Self {
        Self { file: file.into(), entry: None, place: Place::Line(line) }
    }
}

impl Place {
    /// The line on which the record begins, or its row, from 1.
    pub fn line(&self) -> u64 {
        match self {
            Place::Line(line) | Place::Row(line) | Place::Element { line, .. } | Place::Member { line, .. } => *line,
        }
    }

    /// The same place in a file that has so many lines more before it.
    pub fn move_by(&mut self, lines: i64) {
        match self {
            Place::Line(line) | Place::Row(line) | Place::Element { line, .. } | Place::Member { line, .. } => {
                *line = line.saturating_add_signed(lines);
            }
        }
    }

    /// What sorts places of one file as they come in it.
    pub fn order(&self) -> (u64, u64) {
        match self {
            Place::Line(line) | Place::Row(line) => (*line, 0),
            Place::Element { line, index, .. } | Place::Member { line, index, .. } => (*line, *index),
        }
    }

    /// The JSON pointer of a record that has one.
    pub fn pointer(&self) -> Option<String> {
        match self {
            Place::Line(_) | Place::Row(_) => None,
            Place::Element { list, index, .. } => Some(format!("{list}/{index}")),
            Place::Member { pointer, .. } => Some(pointer.to_string()),
        }
    }
}

/// `line 7`, `row 7`, or `line 7, /items/3`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let what = if matches!(self, Place::Row(_)) { "row" } else { "line" };
        write!(f, "{what} {}", self.line())?;
        self.pointer().map_or(Ok(()), |pointer| write!(f, ", {pointer}"))
    }
}

/// `items.jsonl:7`, with the entry and the JSON pointer where the place has them.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        self.entry.as_ref().map_or(Ok(()), |entry| write!(f, "{entry}:"))?;
        write!(f, "{}", self.place.line())?;
        self.place.pointer().map_or(Ok(()), |pointer| write!(f, " ({pointer})"))
    }
}

/// A record as it stood in its file, without its line end, for the file of rejects.
#[derive(Debug)]
pub enum Raw {
    Bytes(Vec<u8>),
    /// A row of a table that has no text of its own; its JSON is made when somebody asks for it.
    Row {
        rows: Arc<dyn RowsAsJson>,
        at: usize,
    },
}

/// Rows of a table, each of which can be written as a JSON object.
pub trait RowsAsJson: fmt::Debug + Send + Sync {
    fn json(&self, at: usize) -> Vec<u8>;

    /// Bytes of the row's values in memory.
    fn held(&self, at: usize) -> usize;
}

impl Raw {
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        match self {
            Raw::Bytes(bytes) => bytes.into(),
            Raw::Row { rows, at } => rows.json(*at).into(),
        }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Raw::Bytes(bytes) => bytes,
            Raw::Row { rows, at } => rows.json(at),
        }
    }

    /// Bytes that it holds in memory.
    pub fn held(&self) -> usize {
        match self {
            Raw::Bytes(bytes) => bytes.len(),
            Raw::Row { rows, at } => rows.held(*at),
        }
    }
}

impl Default for Raw {
    fn default() -> Self {
        Raw::Bytes(Vec::new())
    }
}

impl From<Vec<u8>> for Raw {
    fn from(bytes: Vec<u8>) -> Self {
        Raw::Bytes(bytes)
    }
}

/// A record that became an item.
#[derive(Debug)]
pub struct Record {
    pub origin: Origin,
    pub raw: Raw,
    pub item: Item,
    /// Digest of all that the item holds but its id. It does not depend on the order of
    /// the fields, on how a number is written in a field of numbers, or on whether a
    /// default is written out; it does on every byte of a JSON content.
    pub digest: Digest,
    /// The digest without what an export tells of a decision, where the record is of one.
    bare_digest: Option<Digest>,
    /// Digests of `item.context`, one each.
    pub document_digests: Vec<Digest>,
    /// What was read otherwise than it stands; mostly nothing.
    pub remarks: Vec<Remark>,
    /// What judges say of it, which is no part of its content.
    pub judgements: Vec<ImportedJudgement>,
    /// The checks of the queue's spec that it failed, once they were run.
    pub failed: Vec<FailedCheck>,
}

/// What is told of a record that is no fault: how something in it was read, or that it was
/// passed over. A name is that of the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    ZoneMissing(&'static str),
    /// A time as the number of seconds, or of smaller units, since 1970.
    Epoch(&'static str),
    /// A list as Python prints it, which is no JSON, kept as it is.
    PythonText(&'static str),
    /// A list of texts as Python prints it, read as one.
    PythonList(&'static str),
    /// A check of the item that was not decided.
    Undecided(Undecided),
    /// A record of another tool that tells of something else, such as a span of a trace.
    NoOutput,
    EmptyRow,
    RepeatedHeader,
    SpareDelimiters,
    /// A number that is none: NaN, or without end.
    NoNumber,
    /// Bytes that are no text.
    NoText,
    /// A row of a sheet without a value.
    BlankRow,
    /// A row of a sheet that is one cell merged over columns.
    Heading,
    /// A cell of a sheet whose formula came to an error.
    ErrorCell,
}

impl Record {
    /// A record whose item is known to keep the rules of every field.
    pub fn new(origin: Origin, raw: impl Into<Raw>, item: Item) -> Self {
        let documents: Vec<_> = item.context.iter().map(|document| digest::document_hash(document)).collect();
        let digest = digest::item_digest(&item, &documents);
        Self {
            origin,
            raw: raw.into(),
            item,
            digest,
            bare_digest: None,
            document_digests: documents.iter().map(Digest::of).collect(),
            remarks: Vec::new(),
            judgements: Vec::new(),
            failed: Vec::new(),
        }
    }

    /// Notes that an export wrote the record, which tells of a decision too, of an item with this
    /// `meta`.
    pub fn is_exported_with(&mut self, meta: Option<String>) {
        let told = std::mem::replace(&mut self.item.meta, meta);
        let documents: Vec<_> = self.item.context.iter().map(|document| digest::document_hash(document)).collect();
        self.bare_digest = Some(digest::item_digest(&self.item, &documents));
        self.item.meta = told;
    }

    /// Whether an item of this digest holds nothing else: an export changes none of its items.
    pub fn is_content_of(&self, digest: Digest) -> bool {
        digest == self.digest || Some(digest) == self.bare_digest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_says_all_that_is_known_of_the_place() {
        let list = Place::Element { list: "/results".into(), index: 3, line: 7 };
        for (entry, place, told) in [
            (None, Place::Line(2), "a.jsonl:2"),
            (None, list.clone(), "a.jsonl:7 (/results/3)"),
            (Some("samples/1.json".into()), list.clone(), "a.jsonl:samples/1.json:7 (/results/3)"),
        ] {
            assert_eq!(Origin { file: "a.jsonl".into(), entry, place }.to_string(), told);
        }
        assert_eq!(list.to_string(), "line 7, /results/3");
    }
}
