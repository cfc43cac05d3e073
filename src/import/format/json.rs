//! JSON: a list of objects, objects one after the other, or one object that holds a list
//! of them; on one line or over many.
//!
//! A record is framed before it is parsed: brackets and quotation marks alone say where it
//! ends. So only one is in memory, and a broken one is rejected whole while those after it
//! are read. Commas between records are not insisted on.

mod frame;
mod holder;
mod pointer;

use super::{Confidence, Format, Recognition, Records};
use crate::domain::format_option::{FormatOption, GivenOptions};
use crate::domain::imported::{Origin, Place};
use crate::import::decoded::Decoded;
use crate::import::fault::{Fault, ImportError};
use crate::import::input::{Head, Input};
use crate::import::json::is_json;
use crate::import::row::{RawRecord, Reject};
use crate::import::text_input::TextInput;
use frame::{Frame, Scanner};
use holder::{Holder, find_holder};
use pointer::go_to_list;
use serde::de::IgnoredAny;
use std::io;
use std::sync::Arc;
use tempfile::SpooledData;

const AT: FormatOption = FormatOption {
    name: "at",
    value: Some("POINTER"),
    help: "The list of records within a JSON file, by its JSON pointer, such as /results",
};

pub(super) struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn title(&self) -> &'static str {
        "JSON"
    }

    fn about(&self) -> &'static str {
        "a list of objects, or an object that holds one; objects over several lines"
    }

    fn extensions(&self) -> &'static [&'static str] {
        &["json"]
    }

    fn options(&self) -> &'static [FormatOption] {
        &[AT]
    }

    fn recognise(&self, head: &Head) -> Option<Recognition> {
        let text = head.text().trim_ascii_start();
        match text.first()? {
            b'[' => Some(match text[1..].trim_ascii_start().first() {
                Some(b'{' | b']') | None => Confidence::Certain.because("it begins with a list of objects"),
                Some(_) => Confidence::Likely.because("it begins with a list"),
            }),
            b'{' => recognise_object(text, head.is_whole),
            _ => None,
        }
    }

    fn open(&self, input: Input, limit: usize, options: &GivenOptions) -> Result<Box<dyn Records>, ImportError> {
        if let Some(pointer) = options.value(&AT) {
            return list(input, limit, pointer);
        }
        let (input, holder) = find_holder(input)?;
        let scan = Scanner::new(TextInput::new(input));
        Ok(Box::new(Values { scan, limit, holder, is_pointed: false, within: Within::File }))
    }
}

/// The values of an input, one after the other or in lists.
pub(super) fn values(input: Input, limit: usize) -> Box<dyn Records> {
    let scan = Scanner::new(TextInput::new(input));
    Box::new(Values { scan, limit, holder: None, is_pointed: false, within: Within::File })
}

/// The values of the list that a JSON pointer names.
pub(super) fn list(input: Input, limit: usize, pointer: &str) -> Result<Box<dyn Records>, ImportError> {
    let mut values = Values {
        scan: Scanner::new(TextInput::new(input)),
        limit,
        holder: None,
        is_pointed: true,
        within: Within::File,
    };
    go_to_list(&mut values.scan, pointer)?;
    values.enter(pointer.into());
    Ok(Box::new(values))
}

/// An object that is whole on the first line is one of JSON Lines, unless nothing follows.
fn recognise_object(text: &[u8], is_whole: bool) -> Option<Recognition> {
    let line = text.split(|byte| *byte == b'\n').next()?;
    let follows = &text[line.len()..];
    if std::str::from_utf8(line).is_ok_and(is_json) {
        let alone = is_whole && follows.trim_ascii().is_empty();
        return (alone && Holder::begins(text))
            .then(|| Confidence::Certain.because("it is an object that holds a list of objects"));
    }
    // Nothing but CR ends the lines of some files. JSON Lines asks for LF; to JSON all are blank.
    let first = line.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let ends_with_cr = follows.is_empty() && std::str::from_utf8(first).is_ok_and(is_json);
    Some(match (is_beginning(text), Holder::begins(text)) {
        (_, false) if ends_with_cr => Confidence::Certain.because("its lines end with CR"),
        (true, true) => Confidence::Certain.because("it is an object that holds a list of objects"),
        (true, false) if !follows.is_empty() => Confidence::Certain.because("its first object goes over several lines"),
        _ => Confidence::Likely.because("it begins with an object"),
    })
}

/// Whether `text` is how JSON values may begin.
fn is_beginning(text: &[u8]) -> bool {
    let mut values = serde_json::Deserializer::from_slice(text).into_iter::<IgnoredAny>();
    values.find_map(Result::err).is_none_or(|error| error.is_eof())
}

/// The values of a file.
struct Values {
    scan: Scanner,
    limit: usize,
    /// The object at the beginning that holds the records, until it has ended.
    holder: Option<Holder>,
    /// A pointer names the list of records: what comes after it is passed over.
    is_pointed: bool,
    within: Within,
}

/// Where reading stands.
enum Within {
    /// Between the file's own values.
    File,
    /// Between the members of the holder.
    Holder,
    /// Inside a list: its JSON pointer, the line it began on, and the index of the next element.
    List { pointer: Arc<str>, line: u64, index: u64 },
    /// Behind the list that a pointer names.
    Rest,
}

impl Records for Values {
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        loop {
            match (self.scan.next_byte(b",")?, &self.within) {
                (None, Within::List { line, .. }) => return Err(cut_off(*line)),
                (None, _) => return Ok(None),
                (Some(b'['), Within::File) => self.enter("".into()),
                (Some(b'{'), Within::File) if self.holder.is_some() => {
                    self.scan.consume(1);
                    self.within = Within::Holder;
                }
                (Some(b']'), Within::List { .. }) => {
                    self.scan.consume(1);
                    self.within = match self.holder {
                        _ if self.is_pointed => Within::Rest,
                        Some(_) => Within::Holder,
                        None => Within::File,
                    };
                }
                (Some(b'}'), Within::Holder) => {
                    self.scan.consume(1);
                    (self.holder, self.within) = (None, Within::File);
                }
                (Some(_), Within::Holder) => self.member()?,
                (Some(_), Within::Rest) => self.scan.skip()?,
                (Some(_), _) => return self.record().map(Some),
            }
        }
    }

    fn position(&self) -> u64 {
        self.scan.input.position
    }

    fn note(&self) -> Option<String> {
        self.holder.as_ref().map(Holder::note)
    }
}

impl Values {
    /// Goes into the list that begins here.
    fn enter(&mut self, pointer: Arc<str>) {
        self.within = Within::List { pointer, line: self.scan.line, index: 0 };
        self.scan.consume(1);
    }

    /// Goes over a member of the holder, or into its list of records.
    fn member(&mut self) -> io::Result<()> {
        let name = self.scan.name()?;
        let begins_list = self.scan.next_byte(b":")? == Some(b'[');
        match &self.holder {
            Some(holder) if begins_list && holder.list == name => self.enter(holder.pointer().into()),
            _ => self.scan.skip()?,
        }
        Ok(())
    }

    fn record(&mut self) -> io::Result<Decoded> {
        let place = self.place();
        let origin = Origin { place, ..self.scan.input.origin(0) };
        let mut raw = tempfile::spooled_tempfile(self.limit);
        let is_ended = self.scan.value(&mut Frame::default(), &mut raw)?;
        if !is_ended {
            self.within = Within::File; // it is told by this record
        }
        Ok(match raw.into_inner() {
            SpooledData::OnDisk(file) => {
                Decoded::Reject(Reject::too_long(origin, RawRecord::Spilled(file), self.limit))
            }
            SpooledData::InMemory(raw) if is_ended => Decoded::json(origin, raw.into_inner()),
            SpooledData::InMemory(raw) => {
                Decoded::broken(origin, raw.into_inner(), Fault::new("the file ends within this record"))
            }
        })
    }

    /// The place of the value that begins here.
    fn place(&mut self) -> Place {
        let line = self.scan.line;
        match &mut self.within {
            Within::List { pointer, index, .. } => {
                *index += 1;
                Place::Element { list: pointer.clone(), index: *index - 1, line }
            }
            _ => Place::Line(line),
        }
    }
}

fn cut_off(line: u64) -> io::Error {
    let reason = format!("the file ends within the list that begins on line {line}; it may have been cut off");
    io::Error::new(io::ErrorKind::UnexpectedEof, reason)
}
