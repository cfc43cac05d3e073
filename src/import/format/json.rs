//! JSON: a list of objects, objects one after the other, or one object that holds them: in a list,
//! under their ids, or as columns; on one line or over many.
//!
//! A record is framed before it is parsed: brackets and quotation marks alone say where it
//! ends. So only one is in memory, and a broken one is rejected whole while those after it
//! are read. Commas between records are not insisted on.

mod columns;
mod frame;
mod holder;
mod outline;
mod pointer;

use super::{Confidence, Format, Recognition, Records};
use crate::domain::format_option::{FormatOption, GivenOptions};
use crate::domain::imported::{Origin, Place};
use crate::import::decoded::Decoded;
use crate::import::fault::{Fault, ImportError};
use crate::import::input::{Head, Input};
use crate::import::json::{has_member, is_json};
use crate::import::row::{RawRecord, Reject};
use crate::import::text_input::TextInput;
use columns::columns;
use frame::{Frame, Scanner};
use holder::{Holder, find_holder, pointer};
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
        "a list of objects, or an object that holds them: in a list, under their ids, as columns; objects over several lines"
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
        if let Some(Holder::Columns(_)) = holder {
            return columns(input, limit, holder.iter().map(Holder::note).collect());
        }
        let scan = Scanner::new(TextInput::new(input));
        let note = holder.as_ref().map(Holder::note);
        Ok(Box::new(Values { scan, limit, holder, note, is_pointed: false, within: Within::File }))
    }
}

/// The values of an input, one after the other or in lists.
pub(super) fn values(input: Input, limit: usize) -> Box<dyn Records> {
    let scan = Scanner::new(TextInput::new(input));
    Box::new(Values { scan, limit, holder: None, note: None, is_pointed: false, within: Within::File })
}

/// The values of the list that a JSON pointer names.
pub(super) fn list(input: Input, limit: usize, pointer: &str) -> Result<Box<dyn Records>, ImportError> {
    let mut values = Values {
        scan: Scanner::new(TextInput::new(input)),
        limit,
        holder: None,
        note: None,
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
        return (alone && Holder::begins(text, true))
            .then(|| Confidence::Certain.because("it is an object that holds the records"));
    }
    // Nothing but CR ends the lines of some files. JSON Lines asks for LF; to JSON all are blank.
    let first = line.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let ends_with_cr = follows.is_empty() && std::str::from_utf8(first).is_ok_and(is_json);
    Some(match (is_beginning(text), Holder::begins(text, is_whole)) {
        (_, false) if ends_with_cr => Confidence::Certain.because("its lines end with CR"),
        (true, true) => Confidence::Certain.because("it is an object that holds the records"),
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
    /// How the holder holds them.
    note: Option<String>,
    /// A pointer names the list of records: what comes after it is passed over.
    is_pointed: bool,
    within: Within,
}

/// Where reading stands.
enum Within {
    /// Between the file's own values.
    File,
    /// Between the members of the holder, or of an object in it that its path leads through: so many names
    /// of the path were followed.
    Holder { followed: usize },
    /// Between the members of the holder, which are the records: the index of the next.
    Members { index: u64 },
    /// Inside a list: its JSON pointer, the line it began on, and the index of the next element.
    List { pointer: Arc<str>, line: u64, index: u64 },
    /// Behind the list that a pointer names.
    Rest,
}

impl Records for Values {
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        loop {
            match (self.scan.next_byte(b",")?, &self.within) {
                (None, Within::List { line, .. }) => return Err(cut_off(*line, "list")),
                (None, Within::Members { .. }) => return Err(cut_off(1, "object")),
                (None, _) => return Ok(None),
                (Some(b'['), Within::File) => self.enter("".into()),
                (Some(b'{'), Within::File) if self.holder.is_some() => {
                    self.scan.consume(1);
                    let is_list = matches!(self.holder, Some(Holder::List { .. }));
                    self.within = if is_list { Within::Holder { followed: 0 } } else { Within::Members { index: 0 } };
                }
                (Some(b']'), Within::List { .. }) => {
                    self.scan.consume(1);
                    self.within = match &self.holder {
                        _ if self.is_pointed => Within::Rest,
                        Some(Holder::List { path, .. }) => Within::Holder { followed: path.len() - 1 },
                        _ => Within::File,
                    };
                }
                (Some(b'}'), &Within::Holder { followed: followed @ 1.. }) => {
                    self.scan.consume(1);
                    self.within = Within::Holder { followed: followed - 1 };
                }
                (Some(b'}'), Within::Holder { .. } | Within::Members { .. }) => {
                    self.scan.consume(1);
                    (self.holder, self.within) = (None, Within::File);
                }
                (Some(_), &Within::Holder { followed }) => self.member(followed)?,
                (Some(_), &Within::Members { index }) => return self.record_under_its_name(index).map(Some),
                (Some(_), Within::Rest) => self.scan.skip()?,
                (Some(_), _) => return self.record().map(Some),
            }
        }
    }

    fn position(&self) -> u64 {
        self.scan.input.position
    }

    fn note(&self) -> Option<String> {
        self.note.clone()
    }
}

impl Values {
    /// Goes into the list that begins here.
    fn enter(&mut self, pointer: Arc<str>) {
        self.within = Within::List { pointer, line: self.scan.line, index: 0 };
        self.scan.consume(1);
    }

    /// Goes over a member of the holder, or on to its list of records.
    fn member(&mut self, followed: usize) -> io::Result<()> {
        let name = self.scan.name()?;
        let begins_with = self.scan.next_byte(b":")?;
        let Some(Holder::List { path, .. }) = &self.holder else { return self.scan.skip() };
        match (path.get(followed) == Some(&name), followed + 1 == path.len(), begins_with) {
            (true, true, Some(b'[')) => self.enter(pointer(path).into()),
            (true, false, Some(b'{')) => {
                self.scan.consume(1);
                self.within = Within::Holder { followed: followed + 1 };
            }
            _ => self.scan.skip()?,
        }
        Ok(())
    }

    /// The member that begins here: a record under its id, or an output under that of what was asked.
    fn record_under_its_name(&mut self, index: u64) -> io::Result<Decoded> {
        let line = self.scan.line;
        let name = self.scan.name()?;
        self.scan.next_byte(b":")?;
        self.within = Within::Members { index: index + 1 };
        let place = Place::Member { pointer: pointer(std::slice::from_ref(&name)).into(), index, line };
        let is_output = matches!(self.holder, Some(Holder::Outputs));
        self.framed(place, |value| named(&name, value, is_output))
    }

    fn record(&mut self) -> io::Result<Decoded> {
        let place = self.place();
        self.framed(place, |value| value)
    }

    /// The record that is made of the value which begins here.
    fn framed(&mut self, place: Place, made: impl FnOnce(Vec<u8>) -> Vec<u8>) -> io::Result<Decoded> {
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
            SpooledData::InMemory(raw) if is_ended => Decoded::json(origin, made(raw.into_inner())),
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

/// The record of a member: an object has the member's name as its `id`, or as its `key` where it has an id;
/// of anything else it is the output.
fn named(name: &str, value: Vec<u8>, is_output: bool) -> Vec<u8> {
    let name = serde_json::Value::from(name);
    let Ok(text) = std::str::from_utf8(&value) else { return value };
    if is_output {
        return format!("{{\"id\":{name},\"output\":{text}}}").into_bytes();
    }
    let has = |wanted: &str| has_member(text, |member| member == wanted);
    let free = ["id", "key"].into_iter().find(|member| !has(member));
    match (text.strip_prefix('{').map(str::trim_ascii_start), free) {
        (Some("}"), Some(free)) => format!("{{\"{free}\":{name}}}").into_bytes(),
        (Some(members), Some(free)) => format!("{{\"{free}\":{name},{members}").into_bytes(),
        _ => value,
    }
}

fn cut_off(line: u64, what: &str) -> io::Error {
    let reason = format!("the file ends within the {what} that begins on line {line}; it may have been cut off");
    io::Error::new(io::ErrorKind::UnexpectedEof, reason)
}
