//! Files in, items out, a record at a time, so that memory does not grow with the file.
//!
//! ```text
//! file, pipe, stdin -> input (opened once) -> format/* (decoded records) -> items (rules of each field) -> Row
//! Row::Record -> the store          Row::Reject -> reject (the rejects file)
//! ```
//!
//! A format is a file in `format/` and a line in [`format::FORMATS`].
//!
//! Every record comes out as exactly one [`Row`], in the order of the file: a
//! [`Record`](crate::domain::imported::Record) with its item, or a [`Reject`] with its place,
//! the field and the reason, and the bytes as they stood. Whether an id is already taken is
//! for the store to say; [`Reject::refused`] turns such a record into a reject.
//!
//! What is decided here, because the format leaves it open:
//!
//! - **Optional fields** that are `null` are absent, and so are `case`, `model`,
//!   `prompt_version` and a document's `title`, `url` and `id` when they are empty
//!   text. `output: null` is an output: models do answer `null`.
//! - **Other fields** are kept in `meta`, sorted by name, after the members of
//!   `meta` itself. Where both have a name, the field keeps it and meta's own
//!   member is called `meta.NAME`. A member of a context document that karat does
//!   not know is kept as `context[0].NAME`.
//! - **U+0000** is refused wherever it stands. A database can keep it, but SQLite's
//!   functions on text and many readers of what is exported end a text there: a part of
//!   the output would be searched, counted and judged as the whole.
//! - **Nesting** deeper than [`MAX_DEPTH`] is refused: later readers (karat's own, Python's,
//!   PostgreSQL's) give up not far beyond.
//! - **A field that stands twice** in a record is refused, because one of the two
//!   would be lost.
//! - **An object that holds the records**, beside what describes them, is one with a
//!   single list of objects and neither `input` nor `output`; a note names what is left out.
//! - **A CSV cell** is text, and an empty one is absent (an empty `output` is an
//!   empty output). A cell of `input`, `output`, `reference`, `context`, `tags` or
//!   `meta` that starts with `{` or `[` and is valid JSON is read as JSON; `tags`
//!   may also be separated by `;`.

#[cfg(feature = "compressed")]
mod archive;
mod attempt;
mod byte_order_mark;
mod cells;
mod columns;
mod content;
mod context;
mod decoded;
mod encoding;
mod exported;
mod fault;
mod foreign;
pub mod format;
mod growing;
mod guard;
#[cfg(any(feature = "parquet", feature = "xlsx"))]
mod guarded;
mod input;
mod item;
mod items;
mod json;
mod judged_lines;
mod judgement;
mod line;
mod mapping;
mod meta;
mod no_number;
mod own_files;
#[cfg(feature = "compressed")]
mod packed;
mod pipeline;
mod proposal;
mod python;
mod reader;
mod reference;
mod reject;
mod remark;
mod row;
mod scalar;
mod scan;
#[cfg(test)]
mod tests;
mod text_input;
#[cfg(feature = "parquet")]
mod typed_rows;
mod value;

pub use attempt::{Asked, attempt};
pub use decoded::{Decoded, DecodedRecord, Texts, Values};
pub use fault::{Fault, Faults, ImportError};
pub use format::{Format, Table, TableRow};
pub use growing::{Growing, Part, Shape, shape};
pub use input::HEAD_BYTES;
pub use judged_lines::{JudgedLine, JudgedLines};
pub use own_files::{is_manifest, is_rejects_file};
pub use pipeline::{Batch, BatchLimits, Coming, Pipeline, pipeline, pipeline_through};
pub use proposal::{Sample, fits, is_foreign, propose};
pub use reader::{Options, Reader};
pub use reference::reference;
pub use reject::{LookBack, RejectFile, RejectWriter};
pub use remark::Remarks;
pub use row::{RawRecord, Reject, Row};
pub use scan::MAX_DEPTH;

/// Longest record that is read; a longer one is rejected unread.
pub const MAX_RECORD_BYTES: usize = 64 << 20;
