//! The cells of delimited text: what they hold, and the item that a row of them makes.

use super::columns::Columns;
use super::fault::{Fault, Faults};
use super::guard::Guard;
use super::item::item;
use super::json::Member;
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
}

impl Cell {
    /// The cell's bytes: a quotation mark within quotation marks is written twice.
    pub(super) fn bytes<'r>(&self, record: &'r [u8]) -> Cow<'r, [u8]> {
        let bytes = &record[self.range.clone()];
        if !self.is_quoted || memchr(b'"', bytes).is_none() {
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
    pub texts: Vec<Cow<'r, [u8]>>,
}

impl<'r> CellTexts<'r> {
    pub(super) fn new(record: &'r [u8], cells: &'r [Cell]) -> Self {
        Self { cells, texts: cells.iter().map(|cell| cell.bytes(record)).collect() }
    }

    /// The cell at a place; nothing where the row is too short to have it.
    pub(super) fn text(&self, at: usize) -> Result<&str, Fault> {
        std::str::from_utf8(self.texts.get(at).map_or(b"".as_slice(), AsRef::as_ref))
            .map_err(|error| Fault::new(format!("invalid UTF-8 at byte {} of the cell", error.valid_up_to() + 1)))
    }

    /// Whether the cell is empty and has quotation marks.
    fn is_empty_text(&self, at: usize) -> bool {
        self.cells.get(at).is_some_and(|cell| cell.is_quoted) && self.texts[at].is_empty()
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
        let mut members = Vec::new();
        for (at, name) in columns.names.iter().enumerate() {
            let cell = match item_field(name).filter(|field| columns.of(field) == Some(at)) {
                Some(field) => self.known(field, at, &cells),
                None => cells.text(at).map(|cell| Some(guard.undone(FieldType::Text, cell))),
            };
            let cell = faults.keep(cell.map_err(|fault| fault.within(name)));
            members.push(format!("{}:{}", serde_json::Value::from(&**name), serde_json::Value::from(cell)));
        }
        faults.finish(format!("{{{}}}", members.join(",")))
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
                    others.push((name.into(), serde_json::Value::from(cell).to_string().into()));
                }
            }
        }
        faults.finish(others)
    }
}
