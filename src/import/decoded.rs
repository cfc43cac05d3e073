//! What a format gives: records with their values under names, before they are items. A format
//! knows nothing of fields and their rules; [`super::items`] makes items of all of them alike.

use super::byte_order_mark::without_mark;
use super::cells::Cells;
use super::fault::Faults;
use super::json::is_json;
use super::no_number;
use super::proposal::Sample;
use super::row::{RawRecord, Reject};
#[cfg(feature = "parquet")]
use super::typed_rows::TypedRows;
use crate::domain::imported::{Origin, Raw, Remark};
#[cfg(feature = "parquet")]
use std::sync::Arc;

/// What stands at one place of an input.
pub enum Decoded {
    Record(DecodedRecord),
    Reject(Reject),
    /// Not a record, for the reason that the remark gives.
    PassedOver(Origin, Remark),
}

/// A record as a format reads it.
pub struct DecodedRecord {
    pub origin: Origin,
    /// The record as it stood, or as JSON where it is no text; for the file of rejects.
    pub raw: Raw,
    pub values: Values,
    /// What was read otherwise than it stands.
    pub remarks: Vec<Remark>,
}

/// Where the values of a record are.
pub enum Values {
    /// The bytes are one JSON object; whether they are is not known yet.
    Raw(Texts),
    /// One JSON object that the format made of the bytes. Its members are an item's fields, by
    /// their names, and whatever else there is, which goes into `meta`.
    Object(String, Texts),
    /// Cells of delimited text, which are parts of the bytes.
    Cells(Cells),
    /// A row of a batch whose values have types.
    #[cfg(feature = "parquet")]
    Typed(Arc<TypedRows>, usize),
}

/// What the texts of a record stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Texts {
    /// Text.
    Themselves,
    /// Whatever their field holds, as the cells of a sheet do: a number, words between semicolons, a JSON
    /// list or object. An empty one is absent, unless the field may be empty text.
    Cells,
}

impl Decoded {
    /// A record whose bytes are to be one JSON object.
    pub(super) fn json(origin: Origin, raw: Vec<u8>) -> Self {
        match no_number::with_null(&raw) {
            Some(mended) => {
                let (values, remarks) = (Values::Object(mended, Texts::Themselves), vec![Remark::NoNumber]);
                Self::Record(DecodedRecord { origin, raw: raw.into(), values, remarks })
            }
            None => Self::record(origin, raw, Values::Raw(Texts::Themselves)),
        }
    }

    pub(super) fn record(origin: Origin, raw: Vec<u8>, values: Values) -> Self {
        Self::Record(DecodedRecord { origin, raw: raw.into(), values, remarks: Vec::new() })
    }

    /// The record as one JSON object; `None` where it is no record, or no object.
    pub(super) fn sample(&self) -> Option<Sample> {
        let Decoded::Record(DecodedRecord { origin, raw, values, .. }) = self else { return None };
        let (object, are_cells) = match values {
            Values::Raw(texts) => {
                let object = std::str::from_utf8(without_mark(&raw.bytes())).ok()?.trim_ascii().to_owned();
                (object, *texts == Texts::Cells)
            }
            Values::Object(object, texts) => (object.clone(), *texts == Texts::Cells),
            Values::Cells(cells) => (cells.object(&raw.bytes()).ok()?, true),
            #[cfg(feature = "parquet")]
            Values::Typed(rows, at) => (rows.object(*at), true),
        };
        let is_object = object.starts_with('{') && is_json(&object);
        is_object.then(|| Sample { place: origin.place.to_string(), object, are_cells })
    }

    /// A record that cannot be read, whose bytes are known.
    pub(super) fn broken(origin: Origin, raw: Vec<u8>, faults: impl Into<Faults>) -> Self {
        Self::Reject(Reject { origin, faults: faults.into(), raw: RawRecord::Bytes(raw) })
    }
}
