//! The text of a cell where a cell has one value.

use crate::domain::record::{Cell, FieldType};
use crate::domain::time::format_rfc3339;
use serde_json::Value;
use std::borrow::Cow;
use std::io;

/// The cell as a text; `None` where nothing is known. Keys are joined by `;`, other lists are JSON.
pub(super) fn text_of<'c>(cell: &'c Cell, holds: FieldType) -> io::Result<Option<Cow<'c, str>>> {
    Ok(Some(match cell {
        Cell::Null => return Ok(None),
        Cell::Integer(number) => number.to_string().into(),
        Cell::Real(number) => number.to_string().into(),
        Cell::Time(at) => format_rfc3339(*at).into(),
        Cell::Text(text) | Cell::Content(_, text) | Cell::Json(text) => Cow::Borrowed(text.as_ref()),
        Cell::Words(words) if words.is_empty() => return Ok(None),
        Cell::Words(words) if holds == FieldType::Keys => words.join(";").into(),
        Cell::Documents(documents) if documents.is_empty() => return Ok(None),
        Cell::Marks([]) => return Ok(None),
        Cell::Words(_) | Cell::Documents(_) | Cell::Marks(_) | Cell::Scores(_) => json_of(cell)?.into(),
    }))
}

/// The cell as JSON in one line.
pub(super) fn json_of(cell: &Cell) -> io::Result<String> {
    let mut json = Vec::new();
    cell.write_json(&mut json)?;
    String::from_utf8(json).map_err(io::Error::other)
}

/// The cell as a JSON value; what cannot be one is its text.
pub(super) fn value(cell: &Cell) -> Value {
    let json = json_of(cell).unwrap_or_default();
    serde_json::from_str(&json).unwrap_or(Value::String(json))
}
