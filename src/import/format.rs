//! The formats of records: a format is a file in this folder and a line in [`FORMATS`].

#[cfg(feature = "parquet")]
mod arrow;
#[cfg(feature = "parquet")]
mod columnar;
mod delimited;
mod json;
mod jsonl;
#[cfg(feature = "parquet")]
mod parquet;
mod rejects;
#[cfg(feature = "xlsx")]
mod sheet;
mod tool;

pub use delimited::table::{Table, TableRow};

#[cfg(feature = "compressed")]
use super::archive::Readable;
use super::decoded::Decoded;
use super::fault::ImportError;
use super::input::{Head, Input};
use super::text_input::whole_lines;
use crate::domain::format_option::{FormatOption, GivenOptions};
use std::io;
use std::path::Path;

/// Every format that is read, the most usual first.
pub static FORMATS: &[&dyn Format] = &[
    &jsonl::Jsonl,
    &delimited::CSV,
    &delimited::TSV,
    &json::Json,
    #[cfg(feature = "parquet")]
    &parquet::Parquet,
    #[cfg(feature = "parquet")]
    &arrow::Arrow,
    #[cfg(feature = "xlsx")]
    &sheet::Sheet,
    &rejects::Rejects,
    &tool::PROMPTFOO,
    #[cfg(feature = "compressed")]
    &tool::InspectArchive,
    &tool::INSPECT_LOG,
    &tool::LM_EVAL,
    &tool::OPENAI_BATCH,
    &tool::OPENAI_CHAT,
    &tool::OPENAI_EVALS,
    &tool::OPENAI_FINETUNE,
    &tool::DEEPEVAL,
    &tool::RAGAS,
    &tool::MLFLOW,
    &tool::OTLP,
    &tool::SPANS,
    &tool::LANGFUSE,
    &tool::LANGSMITH,
    &tool::PHOENIX,
    &tool::BRAINTRUST,
    &tool::LABEL_STUDIO,
    &tool::ARGILLA,
    &tool::CHATGPT,
];

/// A format of records.
pub trait Format: Sync {
    /// The value of `--format`.
    fn name(&self) -> &'static str;

    /// The format as its users write it.
    fn title(&self) -> &'static str;

    /// The format's line in the help: what a record is.
    fn about(&self) -> &'static str;

    /// Extensions of files, in lower case.
    fn extensions(&self) -> &'static [&'static str];

    /// Fields of the format, each with the field of an item that it becomes; none where they have the names of
    /// an item's.
    fn fields(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// The options that the format takes.
    fn options(&self) -> &'static [FormatOption] {
        &[]
    }

    /// Whether the input may be of this format, by its first bytes alone.
    fn recognise(&self, head: &Head) -> Option<Recognition>;

    /// Whether a zip archive of these files is of this format.
    fn recognise_archive(&self, _names: &[&str]) -> Option<Recognition> {
        None
    }

    /// How many bytes the whole records have, at most so many, at the beginning of a part of an input that is still
    /// written. Its head has the names of columns, where the format has such.
    fn whole_records(&self, _head: &[u8], bytes: &[u8], most: usize) -> usize {
        whole_lines(bytes, most)
    }

    /// Whether a line at the end of a table, which has no end of its own, is a row with all cells.
    fn is_row(&self, _head: &[u8], _line: &[u8]) -> bool {
        false
    }

    /// Reads what comes before the first record. A record longer than `limit` bytes is to
    /// be rejected without being held in memory.
    fn open(&self, input: Input, limit: usize, options: &GivenOptions) -> Result<Box<dyn Records>, ImportError>;
}

/// The records of an input, in order.
pub trait Records: Send {
    /// The next record or reject; `None` at the end. Fails where nothing after can be read.
    fn next(&mut self) -> io::Result<Option<Decoded>>;

    /// The names of all values that a record can have, where that is known before the first.
    fn columns(&self) -> Option<&[String]> {
        None
    }

    /// Bytes of the input up to the end of the last record given.
    fn position(&self) -> u64;

    /// Where each record ends with a line, and none needs those before it, so that the input can be read while it is
    /// written: how many bytes at its beginning a part of it needs all the same. Asked before the first record.
    fn head_of_parts(&self) -> Option<u64> {
        None
    }

    /// The line of column names, without which a record of the input cannot be read.
    fn header(&self) -> Option<&str> {
        None
    }

    /// What the user is to know of how the input is read, before its first record.
    fn note(&self) -> Option<String> {
        None
    }
}

/// How sure a format is of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// Nothing speaks against it.
    Possible,
    /// The input looks like the format, but could be of another.
    Likely,
    Certain,
    /// The input has what no other format has.
    Exact,
}

/// A format's claim on an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognition {
    pub confidence: Confidence,
    /// What was seen, as the end of "because".
    pub reason: &'static str,
}

impl Confidence {
    pub fn because(self, reason: &'static str) -> Recognition {
        Recognition { confidence: self, reason }
    }
}

/// The format of that name.
pub fn by_name(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().find(|format| format.name() == name).copied()
}

/// The options of all formats, each once.
pub fn options() -> impl Iterator<Item = &'static FormatOption> {
    let mut options: Vec<&FormatOption> = Vec::new();
    for option in FORMATS.iter().flat_map(|format| format.options()) {
        if !options.contains(&option) {
            options.push(option);
        }
    }
    options.into_iter()
}

/// The names of the formats that take the option, as the end of a sentence.
pub(super) fn that_take(option: &FormatOption) -> String {
    let formats = FORMATS.iter().filter(|format| format.options().contains(option));
    formats.map(|format| format.name()).collect::<Vec<_>>().join(" and ")
}

/// Whether an input that begins so tells what an earlier import rejected.
pub(super) fn holds_rejects(head: &Head) -> bool {
    rejects::Rejects.recognise(head).is_some()
}

/// The record as it stood, of a line that tells of a reject.
pub(super) fn rejected_record(line: &[u8]) -> Option<Vec<u8>> {
    rejects::record_of(line)
}

/// The files within an archive of which a format knows the name, or the beginning.
#[cfg(feature = "compressed")]
pub(super) const READABLE: Readable = Readable {
    extension: |extension| FORMATS.iter().any(|format| format.extensions().contains(&extension)),
    head: |head| {
        let claims = FORMATS.iter().filter_map(|format| format.recognise(head));
        claims.map(|claim| claim.confidence).max() > Some(Confidence::Possible)
    },
};

/// The format that an archive of these files is, and why.
#[cfg(feature = "compressed")]
pub(super) fn of_archive(names: &[&str]) -> Option<(&'static dyn Format, &'static str)> {
    FORMATS.iter().find_map(|format| Some((*format, format.recognise_archive(names)?.reason)))
}

/// The titles of all formats, as the end of a sentence: `JSON Lines, CSV or TSV`.
pub fn titles() -> String {
    let titles: Vec<_> = FORMATS.iter().map(|format| format.title()).collect();
    match titles.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => titles.concat(),
    }
}

/// The format of an input and why it was chosen: by its content, and by its name only where the
/// content leaves it open. Only formats that take all given options are considered; the first of
/// them rejects an input that none of them recognises.
pub(super) fn recognise(
    head: &Head,
    path: Option<&Path>,
    options: &GivenOptions,
) -> (&'static dyn Format, &'static str) {
    let extension = path.and_then(Path::extension).map(|extension| extension.to_string_lossy().to_lowercase());
    let is_named = |format: &dyn Format| extension.as_deref().is_some_and(|e| format.extensions().contains(&e));
    let takes_all = |format: &&&dyn Format| options.other_than(format.options()).is_none();
    let formats = || FORMATS.iter().filter(takes_all);
    let claims = formats().filter_map(|format| Some((*format, format.recognise(head)?)));
    // Of equals the last is the greatest, and the first is to win.
    let best = claims.rev().max_by_key(|(format, claim)| (claim.confidence, is_named(*format)));
    let named = || formats().find(|format| is_named(**format)).map(|format| (*format, "of its name"));
    match best {
        Some((format, claim)) if claim.confidence > Confidence::Possible => (format, claim.reason),
        Some((format, claim)) => named().unwrap_or((format, claim.reason)),
        None => named().unwrap_or((formats().next().copied().unwrap_or(FORMATS[0]), "nothing else can be")),
    }
}
