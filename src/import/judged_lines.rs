//! A file of what was judged elsewhere: JSON Lines, a judgement a line with the id of its item; or the
//! lines of such a file that were rejected earlier.

use super::byte_order_mark::without_mark;
use super::fault::{Fault, Faults, ImportError};
use super::format::{holds_rejects, rejected_record};
use super::input::Input;
use super::judgement::judgement_of_line;
use super::row::{RawRecord, Reject};
use super::text_input::TextInput;
use crate::domain::imported::Origin;
use crate::domain::judge::ImportedJudgement;
use std::io;
use std::path::Path;

/// Gives the lines of a file in order; blank ones are passed over.
pub struct JudgedLines {
    input: TextInput,
    size: Option<u64>,
    /// Longest line that is read.
    limit: usize,
    /// Number of lines read.
    line: u64,
    are_rejects: bool,
}

/// A judgement, and the line that it stood on.
#[derive(Debug)]
pub struct JudgedLine {
    pub origin: Origin,
    pub raw: Vec<u8>,
    /// The item's id.
    pub item: String,
    pub judgement: ImportedJudgement,
}

impl JudgedLine {
    /// The line as one that is kept out; `field` is the member at fault.
    pub fn refused(self, field: &str, reason: impl Into<String>) -> Reject {
        let fault = Fault { field: Some(field.into()), reason: reason.into() };
        self.rejected(fault.into())
    }

    pub fn rejected(self, faults: Faults) -> Reject {
        Reject { origin: self.origin, faults, raw: RawRecord::Bytes(self.raw) }
    }
}

impl JudgedLines {
    /// Opens a file, or standard input for `-`. Fails where it is empty.
    pub fn open(path: &Path, limit: usize) -> Result<Self, ImportError> {
        let input = Input::open(path)?;
        if input.head().is_whole && input.head().text().trim_ascii().is_empty() {
            return Err(ImportError::Empty(input.name.to_string()));
        }
        let (size, are_rejects) = (input.size, holds_rejects(input.head()));
        Ok(Self { input: TextInput::new(input), size, limit, line: 0, are_rejects })
    }

    /// The file as the user called it.
    pub fn name(&self) -> &str {
        &self.input.name
    }

    /// Bytes read, of so many, where that is known.
    pub fn position(&self) -> (u64, Option<u64>) {
        (self.input.position, self.size)
    }

    fn read(&self, raw: Vec<u8>) -> Result<JudgedLine, Reject> {
        let origin = self.input.origin(self.line);
        let raw = if self.are_rejects { rejected_record(&raw).unwrap_or(raw) } else { raw };
        match judgement_of_line(&raw) {
            Ok((item, judgement)) => Ok(JudgedLine { origin, raw, item, judgement }),
            Err(faults) => Err(Reject { origin, faults, raw: RawRecord::Bytes(raw) }),
        }
    }
}

impl Iterator for JudgedLines {
    type Item = io::Result<Result<JudgedLine, Reject>>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let raw = match self.input.line(self.limit) {
                Ok(raw) => raw?,
                Err(error) => return Some(Err(error)),
            };
            self.line += 1;
            return Some(Ok(match raw {
                RawRecord::Bytes(raw) if without_mark(&raw).trim_ascii().is_empty() => continue,
                RawRecord::Bytes(raw) => self.read(raw),
                raw => Err(Reject::too_long(self.input.origin(self.line), raw, self.limit)),
            }));
        }
    }
}
