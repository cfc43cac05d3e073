//! What can be wrong with a record, and what can be wrong with a whole file.

use std::io;

/// Why a record is rejected: the field, where it is one field's fault, and a
/// sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub field: Option<String>,
    pub reason: String,
}

impl Fault {
    pub(super) fn new(reason: impl Into<String>) -> Self {
        Self { field: None, reason: reason.into() }
    }

    /// The fault seen from one level further out: `text` within `[0]` within `context` is
    /// `context[0].text`.
    pub(super) fn within(self, outer: &str) -> Self {
        let field = match self.field {
            None => outer.to_owned(),
            Some(inner) if inner.starts_with('[') => format!("{outer}{inner}"),
            Some(inner) => format!("{outer}.{inner}"),
        };
        Self { field: Some(field), ..self }
    }
}

/// Why a whole file cannot be read. `Display` is a sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("cannot read `{name}`")]
    Io {
        name: String,
        #[source]
        error: io::Error,
    },
    #[error("`{0}` is UTF-16 text, and karat reads UTF-8; convert it with `iconv -f UTF-16 -t UTF-8`")]
    Utf16(String),
    #[error("`{0}` is compressed; unpack it first, for example with `gunzip -c FILE | karat import QUEUE -`")]
    Compressed(String),
    #[error(
        "`{name}` holds more than one list of objects: {lists}; \
         name the one with the records, for example with `--at {first}`"
    )]
    SeveralLists { name: String, lists: String, first: String },
    #[error("`{0}` is no JSON pointer: one begins with `/`, as in `--at /results`, or is empty")]
    NoPointer(String),
    #[error("`{name}` holds no list at `{pointer}`")]
    NoList { name: String, pointer: String },
    #[error("--{option} is for --format {formats} alone")]
    OtherFormat { option: &'static str, formats: String },
    #[error("`{0}` is empty: it has no line of column names")]
    NoHeader(String),
    #[error("the line of column names in `{name}` cannot be read: {reason}")]
    BadHeader { name: String, reason: String },
    #[error("`{name}` has no column {missing}; its columns are {found}, and these are needed: id, input, output")]
    MissingColumns { name: String, missing: String, found: String },
    #[error("`{name}` has more than one column called {repeated}; each needs a name of its own")]
    RepeatedColumns { name: String, repeated: String },
    #[error("{error} (it is read as {format} because {reason}; --format names another)")]
    ReadAs { error: Box<ImportError>, format: &'static str, reason: &'static str },
}

impl ImportError {
    /// The error with the format that the file was taken for, where that may be the cause.
    pub(super) fn read_as(self, format: &'static str, reason: &'static str) -> Self {
        match self {
            Self::BadHeader { .. } | Self::MissingColumns { .. } | Self::RepeatedColumns { .. } => {
                Self::ReadAs { error: Box::new(self), format, reason }
            }
            other => other,
        }
    }
}
