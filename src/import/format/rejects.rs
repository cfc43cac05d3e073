//! The rejects file of an earlier import: each record is read again as it stood.

use super::delimited::{CSV, TSV};
use super::{Confidence, Format, Recognition, Records};
use crate::domain::format_option::GivenOptions;
use crate::domain::imported::{Origin, Place};
use crate::import::decoded::{Decoded, Texts, Values};
use crate::import::fault::{Fault, Faults, ImportError};
use crate::import::input::{Head, Input};
use crate::import::row::{RawRecord, Reject};
use crate::import::text_input::TextInput;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::io;

pub(super) struct Rejects;

impl Format for Rejects {
    fn name(&self) -> &'static str {
        "rejects"
    }

    fn title(&self) -> &'static str {
        "rejects of an import"
    }

    fn about(&self) -> &'static str {
        "the records that an earlier import rejected"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &[]
    }

    fn recognise(&self, head: &Head) -> Option<Recognition> {
        let mut lines = head.text().split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        // Somebody may have broken the first line where they mended it.
        let is_reject = |line| serde_json::from_slice::<Line>(line).is_ok_and(|line| line.record().is_some());
        lines.any(is_reject).then(|| Confidence::Exact.because("it has a reject of an import"))
    }

    fn open(&self, input: Input, limit: usize, _: &GivenOptions) -> Result<Box<dyn Records>, ImportError> {
        Ok(Box::new(Lines { input: TextInput::new(input), limit, line: 0 }))
    }
}

/// The members of a line that are read. Those that say where the record stood are optional: a
/// line that was edited may lack them.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "reason")]
    _reason: String,
    record: Option<String>,
    record_base64: Option<String>,
    header: Option<String>,
    /// Of a table with types, whose texts are cells.
    row: Option<IgnoredAny>,
}

impl Line {
    /// The record as it stood, after the line of column names that it needs.
    fn record(&self) -> Option<Vec<u8>> {
        let record = match (&self.record, &self.record_base64) {
            (Some(text), None) => text.clone().into_bytes(),
            (None, Some(encoded)) => STANDARD.decode(encoded).ok()?,
            _ => return None,
        };
        let header = self.header.as_ref().map(|header| format!("{header}\n")).unwrap_or_default();
        Some([header.into_bytes(), record].concat())
    }

    fn texts(&self) -> Texts {
        if self.row.is_some() { Texts::Cells } else { Texts::Themselves }
    }
}

/// The record of a line of the file, as it stood.
pub(super) fn record_of(line: &[u8]) -> Option<Vec<u8>> {
    serde_json::from_slice::<Line>(line).ok().and_then(|line| line.record())
}

struct Lines {
    input: TextInput,
    limit: usize,
    /// Number of lines read.
    line: u64,
}

/// Bytes of a line beside its record.
const BESIDE_RECORD: usize = 64 << 10;

impl Lines {
    fn record(&self, raw: Vec<u8>) -> Decoded {
        let origin = self.input.origin(self.line);
        let line = serde_json::from_slice::<Line>(&raw).ok();
        match line.as_ref().and_then(|line| Some((line.record()?, line.texts()))) {
            Some((record, _)) if record.len() > self.limit => {
                Decoded::Reject(Reject::too_long(origin, RawRecord::Bytes(record), self.limit))
            }
            Some((record, texts)) => {
                // So that it is rejected as what it is, if it is again.
                let place = if texts == Texts::Cells { Place::Row(self.line) } else { origin.place.clone() };
                let origin = Origin { place, ..origin };
                match values(&record, texts, self.limit) {
                    Ok(values) => Decoded::record(origin, record, values),
                    Err(faults) => Decoded::broken(origin, record, faults),
                }
            }
            None => Decoded::broken(origin, raw, Fault::new("is no reject of an import")),
        }
    }
}

impl Records for Lines {
    /// The record of the next line that is not blank.
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        loop {
            // Escapes make a record that is text for the most part twice as long at most.
            let limit = self.limit.saturating_mul(2).saturating_add(BESIDE_RECORD);
            let Some(raw) = self.input.line(limit)? else { return Ok(None) };
            self.line += 1;
            return Ok(Some(match raw {
                RawRecord::Bytes(raw) if raw.trim_ascii().is_empty() => continue,
                RawRecord::Bytes(raw) => self.record(raw),
                raw => Decoded::Reject(Reject::too_long(self.input.origin(self.line), raw, self.limit)),
            }));
        }
    }

    fn position(&self) -> u64 {
        self.input.position
    }

    fn note(&self) -> Option<String> {
        Some("the records are those that an earlier import rejected".into())
    }
}

/// The values of a record that is a JSON object, or a row of a table after its column names.
fn values(record: &[u8], texts: Texts, limit: usize) -> Result<Values, Faults> {
    match [CSV, TSV].into_iter().find(|table| table.begins(record)) {
        Some(table) => table.only_row(record, limit),
        None => Ok(Values::Raw(texts)),
    }
}
