//! Cells: the values of fields, typed, and what the structs make of them.

use crate::domain::decision::{Scores, Verdict};
use crate::domain::item::{Content, ContentKind, Document};
use crate::domain::mark::Mark;
use crate::domain::policy::{Cause, Purpose, ReviewerKind, SettledBy};
use crate::domain::stage::Stage;
use crate::domain::time::UtcMillis;
use std::borrow::Cow;
use std::sync::Arc;

/// The value of one field of one record.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    Null,
    Text(Cow<'a, str>),
    Integer(i64),
    Real(f64),
    Time(UtcMillis),
    Content(ContentKind, Cow<'a, str>),
    /// The source of a JSON value.
    Json(Cow<'a, str>),
    /// Texts, or keys of the spec.
    Words(Cow<'a, [String]>),
    Documents(Cow<'a, [Arc<Document>]>),
    Scores(&'a Scores),
    Marks(&'a [Mark]),
}

impl<'a> Cell<'a> {
    /// A point in time that may be unknown.
    pub fn time(at: impl Into<Option<UtcMillis>>) -> Self {
        at.into().map_or(Cell::Null, Cell::Time)
    }
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Cell::Text(text.into())
    }
}

impl From<Content> for Cell<'_> {
    fn from(Content { kind, text }: Content) -> Self {
        Cell::Content(kind, text.into())
    }
}

/// What a member of a record says of itself.
pub trait ToCell {
    fn to_cell(&self) -> Cell<'_>;
}

impl ToCell for String {
    fn to_cell(&self) -> Cell<'_> {
        self.as_str().into()
    }
}

impl ToCell for i64 {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Integer(*self)
    }
}

impl ToCell for f64 {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Real(*self)
    }
}

impl ToCell for Content {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Content(self.kind, self.text.as_str().into())
    }
}

impl ToCell for Vec<String> {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Words(self.into())
    }
}

impl ToCell for Vec<Arc<Document>> {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Documents(self.into())
    }
}

impl ToCell for Scores {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Scores(self)
    }
}

impl ToCell for Vec<Mark> {
    fn to_cell(&self) -> Cell<'_> {
        Cell::Marks(self)
    }
}

impl<T: ToCell> ToCell for Option<T> {
    fn to_cell(&self) -> Cell<'_> {
        self.as_ref().map_or(Cell::Null, T::to_cell)
    }
}

/// What a member of a record makes of a cell that was read for it.
pub trait FromCell: Sized {
    /// Fails with what the cell should have been.
    fn from_cell(cell: Cell) -> Result<Self, String>;
}

/// The fault of a cell that is not what its field holds.
fn mistyped<T>(must_be: &str, cell: &Cell) -> Result<T, String> {
    Err(format!("must be {must_be}, not {cell:?}"))
}

impl FromCell for String {
    fn from_cell(cell: Cell) -> Result<Self, String> {
        match cell {
            Cell::Text(text) | Cell::Json(text) => Ok(text.into_owned()),
            other => mistyped("text", &other),
        }
    }
}

impl FromCell for i64 {
    fn from_cell(cell: Cell) -> Result<Self, String> {
        match cell {
            Cell::Integer(number) | Cell::Time(number) => Ok(number),
            other => mistyped("an integer", &other),
        }
    }
}

impl FromCell for f64 {
    fn from_cell(cell: Cell) -> Result<Self, String> {
        match cell {
            Cell::Real(number) => Ok(number),
            other => mistyped("a number", &other),
        }
    }
}

impl FromCell for Content {
    fn from_cell(cell: Cell) -> Result<Self, String> {
        match cell {
            Cell::Content(kind, text) => Ok(Content { kind, text: text.into_owned() }),
            other => mistyped("text or JSON", &other),
        }
    }
}

impl FromCell for Vec<String> {
    fn from_cell(cell: Cell) -> Result<Self, String> {
        match cell {
            Cell::Words(words) => Ok(words.into_owned()),
            Cell::Null => Ok(Vec::new()),
            other => mistyped("a list of text", &other),
        }
    }
}

impl FromCell for Vec<Arc<Document>> {
    fn from_cell(cell: Cell) -> Result<Self, String> {
        match cell {
            Cell::Documents(documents) => Ok(documents.into_owned()),
            Cell::Null => Ok(Vec::new()),
            other => mistyped("documents", &other),
        }
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell) -> Result<Self, String> {
        match cell {
            Cell::Null => Ok(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

/// Words that are kept, and written, as they are.
macro_rules! words {
    ($($name:ident),+) => {
        $(impl ToCell for $name {
            fn to_cell(&self) -> Cell<'_> {
                self.as_str().into()
            }
        }

        impl FromCell for $name {
            fn from_cell(cell: Cell) -> Result<Self, String> {
                String::from_cell(cell)?.parse()
            }
        })+
    };
}

words!(Verdict, Stage, SettledBy, ReviewerKind, Purpose, Cause);
