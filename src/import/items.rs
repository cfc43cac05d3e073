//! From records to items, whichever format they are from: the one place where a mapping and the
//! rules of the fields are applied.

use super::decoded::{Decoded, DecodedRecord, Texts, Values};
use super::fault::Faults;
use super::item::{from_object, from_sheet};
use super::mapping::mapped;
use super::row::{Parsed, Row};
use crate::domain::mapping::Mapping;
use std::sync::Arc;

/// Makes items of the records of an input.
#[derive(Clone, Default)]
pub(super) struct Items {
    /// Where the fields are found, unless each is under its own name.
    mapping: Option<Arc<Mapping>>,
}

impl Items {
    pub(super) fn by(mapping: &Mapping) -> Self {
        Self { mapping: (!mapping.is_empty()).then(|| mapping.clone().into()) }
    }

    /// The item of a record by the rules of every field, or why it is none.
    pub(super) fn row(&self, decoded: Decoded) -> Row {
        match decoded {
            Decoded::Record(record) => self.item(record),
            Decoded::Reject(reject) => Row::Reject(reject),
            Decoded::PassedOver(origin, remark) => Row::PassedOver(origin, remark),
        }
    }

    fn item(&self, record: DecodedRecord) -> Row {
        let DecodedRecord { origin, raw, values, remarks } = record;
        let mut parsed = match &values {
            Values::Raw(texts) => self.of_object(&raw.bytes(), *texts),
            Values::Object(source, texts) => self.of_object(source.as_bytes(), *texts),
            Values::Cells(cells) => match &self.mapping {
                None => cells.item(&raw.bytes()),
                Some(mapping) => cells.object(&raw.bytes()).and_then(|object| mapped(mapping, object.as_bytes(), true)),
            },
            #[cfg(feature = "parquet")]
            Values::Typed(rows, at) => match &self.mapping {
                None => rows.item(*at),
                Some(mapping) => mapped(mapping, rows.object(*at).as_bytes(), true),
            },
        };
        if let Ok(parsed) = &mut parsed {
            parsed.remarks.extend(remarks);
        }
        let mut row = Row::new(origin, raw, parsed);
        if let Row::Record(record) = &mut row
            && self.mapping.as_ref().is_some_and(|mapping| mapping.hashes_id())
        {
            record.item.id = record.digest.to_string();
        }
        row
    }

    fn of_object(&self, source: &[u8], texts: Texts) -> Result<Parsed, Faults> {
        match (&self.mapping, texts) {
            (Some(mapping), _) => mapped(mapping, source, texts == Texts::Cells),
            (None, Texts::Themselves) => from_object(source),
            (None, Texts::Cells) => from_sheet(source),
        }
    }
}
