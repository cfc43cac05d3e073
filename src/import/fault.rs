//! What can be wrong with a record, and what can be wrong with a whole file.

use super::foreign::Foreign;
use crate::domain::imported::Origin;
use std::fmt;
use std::io;

/// Why a record is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The path of the field at fault (`context[0].text`), where it is one.
    pub field: Option<String>,
    /// A phrase that follows the field's name: `must be a number, not text`.
    pub reason: String,
}

/// All that is wrong with a record, or with a part of it, in the order in which it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

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

/// `latency_ms: must be a number, not text`, or the reason alone.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.field.as_ref().map_or(Ok(()), |field| write!(f, "{field}: "))?;
        f.write_str(&self.reason)
    }
}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}

impl Faults {
    /// The value of a part, or a stand-in for one that is at fault.
    pub fn keep<T: Default>(&mut self, part: Result<T, impl Into<Faults>>) -> T {
        part.unwrap_or_else(|faults| {
            self.0.extend(faults.into().0);
            T::default()
        })
    }

    /// What the parts came to; fails where one of them was at fault.
    pub fn finish<T>(self, whole: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(whole) } else { Err(self) }
    }

    /// The same faults seen from one level further out.
    pub(super) fn within(self, outer: &str) -> Self {
        Self(self.0.into_iter().map(|fault| fault.within(outer)).collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }
}

/// All of them in one line.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(at, fault)| {
            let between = if at == 0 { "" } else { "; " };
            write!(f, "{between}{fault}")
        })
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
    #[error("`{0}` is a folder: name the files in it, such as `{0}/*`, or follow it with `karat watch`")]
    Folder(String),
    #[error("`{name}` is {}, which karat does not read; {}", .kind.what, .kind.instead)]
    Foreign { name: String, kind: &'static Foreign },
    #[error(
        "`{name}` holds more than one list of objects: {lists}; \
         name the one with the records, for example with `--at {first}`"
    )]
    SeveralLists { name: String, lists: String, first: String },
    #[error(
        "`{0}` is the input of an OpenAI batch, which has no outputs: import the batch's output file, \
         with `--requests {0}`"
    )]
    BatchInput(String),
    #[error(
        "`{0}` is the output of an OpenAI batch, and what was asked is in the batch's input file: name it with \
         `--requests FILE`"
    )]
    NoRequests(String),
    #[error("`{0}` is no JSON pointer: one begins with `/`, as in `--at /results`, or is empty")]
    NoPointer(String),
    #[error("`{name}` holds no list at `{pointer}`")]
    NoList { name: String, pointer: String },
    #[error("--{option} is for --format {formats} alone")]
    OtherFormat { option: &'static str, formats: String },
    #[error("`{0}` is empty")]
    Empty(String),
    #[error(
        "`{0}` is no encoding that karat knows: name it as the web does, such as windows-1252, shift_jis or utf-16le"
    )]
    NoEncoding(String),
    #[error("`{name}` has no sheet called `{sheet}`: it has {found}")]
    NoSheet { name: String, sheet: String, found: String },
    #[error("`{name}` cannot be read as {format}: {reason}")]
    Damaged { name: String, format: &'static str, reason: String },
    #[error("`{0}` is no zip archive, so nothing within it can be named")]
    NoArchive(String),
    #[error("`{name}` holds no file called `{member}`: it has {members}")]
    NoMember { name: String, member: String, members: String },
    #[error("`{name}` holds no file that karat reads: it has {}", if .members.is_empty() { "none" } else { .members })]
    NothingWithin { name: String, members: String },
    #[error(
        "`{name}` holds more than one file that can be read: {members}; name one, for example `{name}/{first}`, \
         or `--member {first}` where it comes through a pipe"
    )]
    SeveralMembers { name: String, members: String, first: String },
    #[error("`{name}` is packed three times over and more; unpack it and import what is in it")]
    TooManyLayers { name: String },
    #[error("the line of column names in `{name}` cannot be read: {reason}")]
    BadHeader { name: String, reason: String },
    #[error(
        "`{name}` has no column {missing}; its columns are {found}, and these are needed: id, input, output; \
         rename them in its first line"
    )]
    MissingColumns { name: String, missing: String, found: String },
    #[error("`{name}` has more than one column called {repeated}; each needs a name of its own")]
    RepeatedColumns { name: String, repeated: String },
    #[error("`{name}` has no column `{column}`; its columns are {found}")]
    NoColumn { name: String, column: String, found: String },
    #[error("`{name}` has more than one column called `{column}`; each needs a name of its own")]
    ColumnTwice { name: String, column: String },
    #[error("{place}: {reason}")]
    BadRow { place: Origin, reason: String },
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
