//! A column of a batch, and what stands in a row of it.

use super::value::Told;
use crate::domain::record::FieldType;
use crate::import::fault::Fault;
use crate::import::value::Value;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, LargeStringArray, StringArray, StringViewArray};
use arrow_schema::DataType;
use std::io;

#[derive(Debug)]
pub(super) enum Column {
    Texts(StringArray),
    LargeTexts(LargeStringArray),
    TextViews(StringViewArray),
    /// The texts of a dictionary, with the place in it of each row.
    Keys {
        array: ArrayRef,
        places: Vec<usize>,
        texts: Box<Column>,
    },
    Written(Written),
}

/// What stands in a row of a column.
#[derive(Clone, Copy)]
pub(super) enum Entry<'a> {
    Text(&'a str),
    /// The JSON of what is no text.
    Json(&'a str),
}

impl Column {
    /// The column where its values are texts.
    pub(super) fn of_texts(array: &ArrayRef) -> Option<Self> {
        Some(match array.data_type() {
            DataType::Utf8 => Column::Texts(array.as_string::<i32>().clone()),
            DataType::LargeUtf8 => Column::LargeTexts(array.as_string::<i64>().clone()),
            DataType::Utf8View => Column::TextViews(array.as_string_view().clone()),
            DataType::Dictionary(..) => {
                let dictionary = array.as_any_dictionary();
                let values = dictionary.values();
                if values.is_empty() || values.null_count() > 0 {
                    return None;
                }
                let texts = Box::new(Column::of_texts(values)?);
                Column::Keys { array: array.clone(), places: dictionary.normalized_keys(), texts }
            }
            _ => return None,
        })
    }

    /// What stands in the row; nothing where no value does.
    pub(super) fn entry(&self, at: usize) -> Option<Entry<'_>> {
        match self {
            Column::Texts(texts) => texts.is_valid(at).then(|| Entry::Text(texts.value(at))),
            Column::LargeTexts(texts) => texts.is_valid(at).then(|| Entry::Text(texts.value(at))),
            Column::TextViews(texts) => texts.is_valid(at).then(|| Entry::Text(texts.value(at))),
            Column::Keys { array, places, texts } => {
                if array.is_valid(at) {
                    texts.entry(places[at])
                } else {
                    None
                }
            }
            Column::Written(written) => written.entry(at),
        }
    }
}

impl<'a> Entry<'a> {
    pub(super) fn length(self) -> usize {
        match self {
            Entry::Text(text) | Entry::Json(text) => text.len(),
        }
    }

    /// The value, of a field that holds such.
    pub(super) fn value(self, holds: FieldType) -> Result<Value<'a>, Fault> {
        match self {
            Entry::Json(json) => Value::from_json(json),
            Entry::Text(text) if holds.is_number() => {
                Value::from_text(text)?;
                Value::from_cell(holds, text)
            }
            Entry::Text(text) => Value::from_cell(holds, text),
        }
    }
}

/// Values as texts and as JSON, one after the other.
#[derive(Debug, Default)]
pub(super) struct Written {
    all: String,
    /// Of each row where its value ends, and what it is; nothing where it has none.
    rows: Vec<(usize, Option<Kind>)>,
    /// The JSON of one value.
    json: Vec<u8>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Text,
    Json,
}

impl Written {
    /// Adds the value at a row of `array`, which is the next; tells what is written otherwise than it stood.
    pub(super) fn push(&mut self, array: &dyn Array, at: usize) -> io::Result<Told> {
        let mut told = Told::default();
        let mut kind = None;
        if !array.is_null(at) {
            self.json.clear();
            told.value(array, at, &mut self.json)?;
            kind = Some(if self.json.starts_with(b"\"") {
                self.all.push_str(&serde_json::from_slice::<String>(&self.json)?);
                Kind::Text
            } else {
                self.all.push_str(std::str::from_utf8(&self.json).map_err(io::Error::other)?);
                Kind::Json
            });
        }
        self.rows.push((self.all.len(), kind));
        Ok(told)
    }

    fn entry(&self, at: usize) -> Option<Entry<'_>> {
        let (end, kind) = self.rows[at];
        let start = at.checked_sub(1).map_or(0, |before| self.rows[before].0);
        let value = &self.all[start..end];
        Some(match kind? {
            Kind::Text => Entry::Text(value),
            Kind::Json => Entry::Json(value),
        })
    }
}
