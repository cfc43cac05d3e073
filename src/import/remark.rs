//! What the user is to know of how records were read, or that they were passed over: said
//! once a file, with how often and where first.

use super::row::Row;
use crate::domain::imported::{Place, Remark};
use crate::domain::time::WrittenZone;
use crate::text::plural::count;

/// The remarks on a file, in the order in which they first came.
#[derive(Debug, Default)]
pub struct Remarks(Vec<Tally>);

#[derive(Debug)]
struct Tally {
    remark: Remark,
    count: usize,
    /// Where the first is.
    place: Place,
}

impl Remarks {
    /// Adds what there is to say of a row.
    pub fn of_row(&mut self, row: &Row) {
        match row {
            Row::Record(record) => record.remarks.iter().for_each(|remark| self.add(*remark, &record.origin.place)),
            Row::PassedOver(origin, remark) => self.add(*remark, &origin.place),
            Row::Reject(_) => {}
        }
    }

    fn add(&mut self, remark: Remark, place: &Place) {
        match self.0.iter_mut().find(|tally| tally.remark == remark) {
            Some(tally) => tally.count += 1,
            None => self.0.push(Tally { remark, count: 1, place: place.clone() }),
        }
    }

    /// A sentence for each kind.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|Tally { remark, count: times, place }| {
            let (noun, kind, what) = words(*remark);
            let on = match (place, times) {
                (Place::Row(row), 1) => format!("in row {row}"),
                (Place::Row(row), _) => format!("the first in row {row}"),
                (place, 1) => format!("on line {}", place.line()),
                (place, _) => format!("the first on line {}", place.line()),
            };
            format!("{}{kind}: {what} ({on})", count(*times, noun))
        })
    }
}

/// The remark on a time of the field.
pub(super) fn of_zone(field: &'static str, zone: WrittenZone) -> Option<Remark> {
    match zone {
        WrittenZone::Given => None,
        WrittenZone::Missing | WrittenZone::Day => Some(Remark::ZoneMissing(field)),
        WrittenZone::Epoch => Some(Remark::Epoch(field)),
    }
}

/// What is counted, of which kind, and what was done with it.
fn words(remark: Remark) -> (&'static str, String, &'static str) {
    match remark {
        Remark::ZoneMissing(field) => ("time", format!(" of {field} without a zone"), "taken for UTC"),
        Remark::Epoch(field) => ("time", format!(" of {field} as a number"), "taken for the time since 1970, in UTC"),
        Remark::PythonText(field) => {
            ("text", format!(" of {field} as Python prints lists"), "kept as text; JSON is written with json.dumps")
        }
        Remark::PythonList(field) => {
            ("text", format!(" of {field} as Python prints lists"), "read as a list of documents")
        }
        Remark::Undecided(why) => ("check", " not decided".into(), why.reason()),
        Remark::NoOutput => ("record", " of no model's output".into(), "passed over"),
        Remark::EmptyRow => ("row", " of nothing but delimiters".into(), "passed over"),
        Remark::RepeatedHeader => ("line", " of the column names again".into(), "passed over"),
        Remark::NoNumber => ("record", " with a number that is none (NaN or Infinity)".into(), "it is read as null"),
        Remark::NoText => ("record", " with bytes that are no text".into(), "they are read as base64"),
        Remark::BlankRow => ("row", " without a value".into(), "passed over"),
        Remark::Heading => ("row", " of one cell that is merged".into(), "passed over as a heading"),
        Remark::ErrorCell => ("row", " with a cell whose formula came to an error".into(), "the cell is read as empty"),
        Remark::SpareDelimiters => ("row", " with delimiters at the end".into(), "read without them"),
    }
}
