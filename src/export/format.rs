//! The formats that an export is written in: a file in this folder and a line in [`FORMATS`].

mod argilla;
#[cfg(feature = "parquet")]
mod arrow;
mod csv;
mod deepeval;
mod example;
mod flat;
#[cfg(feature = "parquet")]
mod huggingface;
mod inspect;
mod label_studio;
mod langfuse;
mod langsmith;
mod markdown;
mod objects;
mod openai_evals;
mod openai_finetune;
#[cfg(feature = "parquet")]
mod parquet;
mod phoenix;
mod preference;
mod promptfoo;
mod records;
#[cfg(feature = "xlsx")]
mod xlsx;

pub use csv::csv_row;

use super::ExportCounts;
use super::columns::ExportColumn;
use super::compression::Compression;
use super::split::Split;
use crate::domain::format_option::{FormatOption, GivenOptions};
use crate::domain::record::Cell;
use crate::domain::spec::Spec;
use std::collections::BTreeMap;
use std::io;

/// Every format, in the order of the help.
pub static FORMATS: &[&dyn Format] = &[
    &csv::CSV,
    &csv::TSV,
    &objects::JSON_LINES,
    &objects::JSON,
    #[cfg(feature = "parquet")]
    &parquet::Parquet,
    #[cfg(feature = "parquet")]
    &arrow::Arrow,
    #[cfg(feature = "xlsx")]
    &xlsx::Xlsx,
    &markdown::Markdown,
    &promptfoo::Promptfoo,
    &inspect::INSPECT,
    &openai_evals::OPENAI_EVALS,
    &openai_finetune::OPENAI_FINETUNE,
    &preference::Preference,
    #[cfg(feature = "parquet")]
    &huggingface::HuggingFace,
    &label_studio::LABEL_STUDIO,
    &argilla::ARGILLA,
    &deepeval::DEEPEVAL,
    &langfuse::LANGFUSE,
    &langsmith::LANGSMITH,
    &phoenix::PHOENIX,
];

/// A format of exports.
pub trait Format: Sync {
    /// The value of `--to`.
    fn name(&self) -> &'static str;

    /// The format's line in the reference: what a row is.
    fn about(&self) -> &'static str;

    /// How the name of its file ends, without a dot; empty where it is a folder.
    fn extension(&self) -> &'static str;

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

    /// Whether a row is cells under names, so that columns can be chosen and renamed; else the members are
    /// those of another program.
    fn has_columns(&self) -> bool {
        true
    }

    /// What becomes what, where the members are another program's: a member there, and what stands in it, in
    /// Markdown. For the reference.
    fn members(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Whether the rows of a case are to come one after the other.
    fn wants_cases_together(&self) -> bool {
        false
    }

    /// `Some`: the export is a folder.
    fn folder(&self) -> Option<Folder> {
        None
    }

    /// `Some`: the format compresses within its file, in one of these ways, and the file as a whole is
    /// left alone.
    fn compresses_itself(&self) -> Option<&'static [Compression]> {
        None
    }

    /// How many rows a file of the format holds, where that is limited.
    fn most_rows(&self) -> Option<u64> {
        None
    }

    fn writer(&self, setting: &Setting) -> io::Result<Box<dyn RowWriter>>;
}

/// What a format knows of the export that it writes.
pub struct Setting<'a> {
    pub options: &'a GivenOptions,
    /// How the format is to compress within its file, if it does.
    pub compression: Option<Compression>,
    /// The queue's name, and its spec as it is now.
    pub queue: &'a str,
    pub spec: &'a Spec,
    /// The part of a split that is written.
    pub split: Option<&'a str>,
}

/// What is in the folder of an export.
pub struct Folder {
    /// The path in it of the file of a part of the split, or of the only one.
    pub part: fn(Option<&str>) -> String,
    /// The file that describes the whole, and what stands in it.
    pub cover: &'static str,
    pub write_cover: fn(&Cover) -> String,
}

/// What the cover of a folder tells.
pub struct Cover<'a> {
    pub options: &'a GivenOptions,
    pub queue: &'a str,
    pub spec: &'a Spec,
    pub spec_version: i64,
    pub counts: ExportCounts,
    /// Each part with its number of rows.
    pub parts: Vec<(Option<&'a str>, u64)>,
    pub split: Option<&'a Split>,
    /// Rows by the keys of their failure categories.
    pub categories: &'a BTreeMap<String, u64>,
    pub redacted: &'a [(String, u64)],
    pub filter: Option<&'a str>,
    /// The time as of which the workspace was read.
    pub at: Option<String>,
}

/// The files of an export, each as the bytes to be appended to it.
#[derive(Debug, Default)]
pub struct Files {
    /// The file that the user names.
    pub main: Vec<u8>,
    /// Bytes for each of [`Format::further_files`], in order.
    pub further: Vec<Vec<u8>>,
}

impl Files {
    /// The main file, then the others.
    pub fn all(&mut self) -> impl Iterator<Item = &mut Vec<u8>> {
        std::iter::once(&mut self.main).chain(&mut self.further)
    }
}

/// Writes the rows that it is given, as bytes at the end of `files`.
pub trait RowWriter {
    fn begin(&mut self, columns: &[ExportColumn], files: &mut Files) -> io::Result<()>;

    /// The cells of one row, in the order of the columns.
    fn row(&mut self, cells: &[Cell], files: &mut Files) -> io::Result<()>;

    fn end(&mut self, files: &mut Files) -> io::Result<()>;

    /// After the end, more of what could not be written earlier; whether there was some.
    fn rest(&mut self, _: &mut Files) -> io::Result<bool> {
        Ok(false)
    }

    /// What the user is to know of the rows that were written.
    fn note(&self) -> Option<String> {
        None
    }
}

/// The format of this name.
pub fn named(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// The options of all formats, each once.
pub fn options() -> impl Iterator<Item = &'static FormatOption> {
    let mut all: Vec<&FormatOption> = Vec::new();
    for option in FORMATS.iter().flat_map(|format| format.options()) {
        if !all.contains(&option) {
            all.push(option);
        }
    }
    all.into_iter()
}

/// The names of the formats that take the option.
pub fn that_take(option: &FormatOption) -> impl Iterator<Item = &'static str> {
    FORMATS.iter().filter(move |format| format.options().contains(option)).map(|format| format.name())
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
