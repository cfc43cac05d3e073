//! The reader of a file of any format.

use super::csv::Rows;
use super::fault::ImportError;
use super::jsonl::Lines;
use super::row::Row;
use super::source::Source;
use std::io::{self, Read};
use std::path::Path;

/// A format of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// A line of column names, and cells separated by commas.
    Csv,
    /// The same, separated by tabs.
    Tsv,
}

/// How to read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// `None` to tell it by the file's extension, else by its first bytes.
    pub format: Option<Format>,
    /// A longer record is rejected without being held in memory.
    pub max_record_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { format: None, max_record_bytes: super::MAX_RECORD_BYTES }
    }
}

/// Gives the rows of a file in order. After an error of the system it ends.
pub struct Reader {
    source: Source,
    records: Records,
    ended: bool,
}

enum Records {
    Jsonl(Lines),
    Csv(Box<Rows>),
}

impl Reader {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path, options: Options) -> Result<Self, ImportError> {
        let by_extension =
            path.extension().and_then(|extension| match &*extension.to_ascii_lowercase().to_string_lossy() {
                "jsonl" | "ndjson" => Some(Format::Jsonl),
                "csv" => Some(Format::Csv),
                "tsv" | "tab" => Some(Format::Tsv),
                _ => None,
            });
        let options = Options { format: options.format.or(by_extension), ..options };
        Self::new(Source::open(path)?, options)
    }

    /// Reads any stream; `name` is for messages and the rejects file.
    pub fn from_read(
        name: impl Into<String>,
        input: impl Read + Send + 'static,
        options: Options,
    ) -> Result<Self, ImportError> {
        Self::new(Source::new(name.into(), None, Box::new(input))?, options)
    }

    fn new(mut source: Source, options: Options) -> Result<Self, ImportError> {
        let head = std::mem::take(&mut source.head);
        let limit = options.max_record_bytes;
        let format = options.format.or_else(|| sniff(&head));
        let records = match format.ok_or_else(|| ImportError::JsonArray(source.name.to_string()))? {
            Format::Jsonl => Records::Jsonl(Lines::new(limit)),
            Format::Csv => Records::Csv(Box::new(Rows::new(&mut source, b',', limit)?)),
            Format::Tsv => Records::Csv(Box::new(Rows::new(&mut source, b'\t', limit)?)),
        };
        Ok(Self { source, records, ended: false })
    }

    /// The file as the user called it.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Bytes of the file up to the end of the last row given.
    pub fn bytes_read(&self) -> u64 {
        self.source.position
    }

    /// Size of the file in bytes; `None` for a stream.
    pub fn total_bytes(&self) -> Option<u64> {
        self.source.total
    }
}

impl Iterator for Reader {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let row = match &mut self.records {
            Records::Jsonl(lines) => lines.next(&mut self.source),
            Records::Csv(rows) => rows.next(&mut self.source),
        };
        self.ended = !matches!(row, Ok(Some(_)));
        row.transpose()
    }
}

/// The format by the first bytes; `None` for a JSON array, which is not one of records.
fn sniff(head: &[u8]) -> Option<Format> {
    let head = head.trim_ascii_start();
    let count = |byte: u8| head.split(|b| *b == b'\n').next().unwrap_or(head).iter().filter(|b| **b == byte).count();
    match head.first() {
        None | Some(b'{') => Some(Format::Jsonl),
        Some(b'[') => None,
        // A broken first line does not make the objects after it cells.
        Some(_) if head.split(|byte| *byte == b'\n').any(|line| line.trim_ascii_start().starts_with(b"{")) => {
            Some(Format::Jsonl)
        }
        Some(_) if count(b'\t') > count(b',') => Some(Format::Tsv),
        Some(_) => Some(Format::Csv),
    }
}
