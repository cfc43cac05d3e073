//! JSON Lines: a record a line.

use super::{Confidence, Format, Recognition, Records};
use crate::domain::format_option::GivenOptions;
use crate::domain::record::item_field;
use crate::import::byte_order_mark::without_mark;
use crate::import::decoded::Decoded;
use crate::import::fault::ImportError;
use crate::import::input::{Head, Input};
use crate::import::json::{has_member, is_json};
use crate::import::row::{RawRecord, Reject};
use crate::import::text_input::TextInput;
use std::io;

pub(super) struct Jsonl;

impl Format for Jsonl {
    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn title(&self) -> &'static str {
        "JSON Lines"
    }

    fn about(&self) -> &'static str {
        "one JSON object a line"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["jsonl", "ndjson"]
    }

    fn recognise(&self, head: &Head) -> Option<Recognition> {
        let mut lines = head.text().split(|byte| *byte == b'\n').map(|line| without_mark(line).trim_ascii());
        let Some(first) = lines.find(|line| !line.is_empty()) else {
            return Some(Confidence::Possible.because("it is empty"));
        };
        if first.starts_with(b"{") {
            return Some(match std::str::from_utf8(first) {
                Ok(line) if is_json(line) && has_member(line, |name| item_field(name).is_some()) => {
                    Confidence::Certain.because("its first line is a record")
                }
                _ => Confidence::Likely.because("its first line begins an object"),
            });
        }
        // A broken first line does not make the objects after it cells.
        let begins_later = lines.any(|line| line.starts_with(b"{"));
        begins_later.then(|| Confidence::Likely.because("one of its first lines begins an object"))
    }

    fn open(&self, input: Input, limit: usize, _: &GivenOptions) -> Result<Box<dyn Records>, ImportError> {
        Ok(lines(input, limit))
    }
}

/// The values of an input, one a line.
pub(super) fn lines(input: Input, limit: usize) -> Box<dyn Records> {
    Box::new(Lines { input: TextInput::new(input), limit, line: 0 })
}

struct Lines {
    input: TextInput,
    limit: usize,
    /// Number of lines read.
    line: u64,
}

impl Records for Lines {
    /// The next line that is not blank.
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        loop {
            let Some(raw) = self.input.line(self.limit)? else { return Ok(None) };
            self.line += 1;
            let origin = self.input.origin(self.line);
            return Ok(Some(match raw {
                RawRecord::Bytes(raw) if without_mark(&raw).trim_ascii().is_empty() => continue,
                RawRecord::Bytes(raw) => Decoded::json(origin, raw),
                raw => Decoded::Reject(Reject::too_long(origin, raw, self.limit)),
            }));
        }
    }

    fn position(&self) -> u64 {
        self.input.position
    }

    fn head_of_parts(&self) -> Option<u64> {
        Some(0)
    }
}
