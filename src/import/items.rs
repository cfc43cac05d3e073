//! From records to items, whichever format they are from.

use super::decoded::{Decoded, DecodedRecord, Texts, Values};
use super::fault::Faults;
use super::item::{from_object, from_sheet};
use super::row::{Parsed, Row};

/// Makes items of the records of an input.
#[derive(Default)]
pub(super) struct Items;

impl Items {
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
        let parsed = match &values {
            Values::Raw(texts) => of_object(&raw, *texts),
            Values::Object(source, texts) => of_object(source.as_bytes(), *texts),
            Values::Cells(cells) => cells.item(&raw),
        };
        let parsed = parsed.map(|mut parsed| {
            parsed.remarks.extend(remarks);
            parsed
        });
        Row::new(origin, raw, parsed)
    }
}

fn of_object(source: &[u8], texts: Texts) -> Result<Parsed, Faults> {
    match texts {
        Texts::Themselves => from_object(source),
        Texts::Cells => from_sheet(source),
    }
}
