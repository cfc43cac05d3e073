//! The cells of delimited text: what they hold, and the item that a row of them makes.

use super::columns::Columns;
use super::fault::{Fault, Faults};
use super::guard::Guard;
use super::item::item;
use super::json::{Member, push_text};
use super::row::Parsed;
use super::value::Value;
use crate::domain::record::{FieldType, ItemField, item_field};
use memchr::memchr;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// A cell, as a stretch of its record.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// Without the quotation marks around it.
    pub range: Range<usize>,
    pub is_quoted: bool,
    /// It has quotation marks within, each written twice.
    pub has_marks: bool,
}

impl Cell {
    /// Whether nothing but blanks stands in it.
    pub(super) fn is_blank(&self, record: &[u8]) -> bool {
        record[self.range.clone()].trim_ascii().is_empty()
    }

    /// The cell's bytes: a quotation mark within quotation marks is written twice.
    pub(super) fn bytes<'r>(&self, record: &'r [u8]) -> Cow<'r, [u8]> {
        let bytes = &record[self.range.clone()];
        if !self.has_marks {
            return bytes.into();
        }
        let mut text = Vec::with_capacity(bytes.len());
        let mut rest = bytes;
        while let Some(at) = memchr(b'"', rest) {
            text.extend_from_slice(&rest[..=at]);
            rest = &rest[(at + 2).min(rest.len())..];
        }
        text.extend_from_slice(rest);
        text.into()
    }
}

/// The texts of a row's cells.
pub(super) struct CellTexts<'r> {
    cells: &'r [Cell],
    /// Each, or how far it is one.
    texts: Vec<Result<Cow<'r, str>, usize>>,
}

impl<'r> CellTexts<'r> {
    pub(super) fn new(record: &'r [u8], cells: &'r [Cell]) -> Self {
        // Most records are text as a whole, which is told faster than of each cell.
        let whole = std::str::from_utf8(record).ok();
        let text = |cell: &Cell| match whole.and_then(|whole| whole.get(cell.range.clone())) {
            Some(text) if !cell.has_marks => Ok(text.into()),
            _ => utf_8(cell.bytes(record)),
        };
        Self { cells, texts: cells.iter().map(text).collect() }
    }

    /// The cell at a place; nothing where the row is too short to have it.
    pub(super) fn text(&self, at: usize) -> Result<&str, Fault> {
        match self.texts.get(at) {
            None => Ok(""),
            Some(Ok(text)) => Ok(text),
            Some(Err(valid)) => Err(Fault::new(format!("invalid UTF-8 at byte {} of the cell", valid + 1))),
        }
    }

    /// Whether the cell is empty and has quotation marks.
    fn is_empty_text(&self, at: usize) -> bool {
        self.cells.get(at).is_some_and(|cell| cell.is_quoted && cell.range.is_empty())
    }
}

/// The bytes as text; fails with how many of them are.
fn utf_8(bytes: Cow<[u8]>) -> Result<Cow<str>, usize> {
    match bytes {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(Cow::Borrowed).map_err(|error| error.valid_up_to()),
        Cow::Owned(bytes) => String::from_utf8(bytes).map(Cow::Owned).map_err(|error| error.utf8_error().valid_up_to()),
    }
}

/// A table's columns, and which of its cells have an apostrophe that is no part of them.
pub(super) struct TableHead {
    pub columns: Columns,
    pub guard: Guard,
}

/// The cells of one row.
pub struct Cells {
    pub(super) head: Arc<TableHead>,
    pub(super) cells: Vec<Cell>,
}

impl Cells {
    /// The item of the row, whose bytes `raw` are.
    pub(super) fn item(&self, raw: &[u8]) -> Result<Parsed, Faults> {
        let cells = CellTexts::new(raw, &self.cells);
        let get = |field: &ItemField| {
            let Some(at) = self.head.columns.of(field) else { return Ok(None) };
            match self.known(field, at, &cells)? {
                None => Ok(None),
                Some(cell) => Value::from_cell(field.holds, cell).map(Some),
            }
        };
        item(get, self.others(&cells), Faults::default())
    }

    /// The row as a JSON object of texts, by the names of the columns. The cell of a field is `null` where
    /// it is absent.
    pub(super) fn object(&self, raw: &[u8]) -> Result<String, Faults> {
        let (cells, mut faults) = (CellTexts::new(raw, &self.cells), Faults::default());
        let TableHead { columns, guard } = &*self.head;
        let mut json = String::from("{");
        for (at, name) in columns.names.iter().enumerate() {
            let cell = match item_field(name).filter(|field| columns.of(field) == Some(at)) {
                Some(field) => self.known(field, at, &cells),
                None => cells.text(at).map(|cell| Some(guard.undone(FieldType::Text, cell))),
            };
            let cell = faults.keep(cell.map_err(|fault| fault.within(name)));
            json.push_str(if at == 0 { "" } else { "," });
            push_text(name, &mut json);
            json.push(':');
            match cell {
                Some(cell) => push_text(cell, &mut json),
                None => json.push_str("null"),
            }
        }
        json.push('}');
        faults.finish(json)
    }

    /// The cell of a field's column, where it is not absent.
    fn known<'c>(&self, field: &ItemField, at: usize, cells: &'c CellTexts) -> Result<Option<&'c str>, Fault> {
        let guard = self.head.guard;
        let cell = guard.undone(field.holds, cells.text(at)?);
        // A question or an answer of no letters is one; and so is a reference that was exported.
        let is_text = field.holds == FieldType::Content
            && (field.is_required || guard != Guard::Foreign && cells.is_empty_text(at));
        Ok(if cell.is_empty() && !is_text { None } else { Some(cell) })
    }

    /// The cells that belong in `meta`, as JSON strings.
    fn others(&self, cells: &CellTexts) -> Result<Vec<Member<'_>>, Faults> {
        let TableHead { columns, guard } = &*self.head;
        let (mut others, mut faults): (Vec<Member>, _) = (Vec::new(), Faults::default());
        for &at in &columns.others {
            let name = &columns.names[at];
            match faults.keep(cells.text(at).map_err(|fault| fault.within(name))) {
                "" => {}
                cell => {
                    let cell = guard.undone(FieldType::Text, cell);
                    let mut json = String::with_capacity(cell.len() + 2);
                    push_text(cell, &mut json);
                    others.push((name.into(), json.into()));
                }
            }
        }
        faults.finish(others)
    }
}
