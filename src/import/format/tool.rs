//! Files of other tools: JSON values of which each makes some of karat's records. A tool is a
//! file in this folder and a line in [`super::FORMATS`].

mod annotated;
mod braintrust;
mod chatgpt;
mod draft;
mod examples;
mod inspect;
#[cfg(feature = "compressed")]
mod inspect_archive;
mod langfuse;
mod langsmith;
mod lm_eval;
mod members;
mod messages;
mod named;
mod openai;
mod outline;
mod promptfoo;
mod span;
mod spans;
#[cfg(test)]
mod tests;

pub(super) use annotated::{ARGILLA, LABEL_STUDIO};
pub(super) use braintrust::BRAINTRUST;
pub(super) use chatgpt::CHATGPT;
pub(super) use examples::{DEEPEVAL, MLFLOW, PHOENIX, RAGAS};
pub(super) use inspect::INSPECT_LOG;
#[cfg(feature = "compressed")]
pub(super) use inspect_archive::InspectArchive;
pub(super) use langfuse::LANGFUSE;
pub(super) use langsmith::LANGSMITH;
pub(super) use lm_eval::LM_EVAL;
pub(super) use openai::{OPENAI_BATCH, OPENAI_CHAT, OPENAI_EVALS, OPENAI_FINETUNE};
pub(super) use promptfoo::PROMPTFOO;
pub(super) use spans::{OTLP, SPANS};

use super::{Confidence, Format, Recognition, Records, json, jsonl};
use crate::domain::format_option::{FormatOption, GivenOptions};
use crate::domain::imported::{Origin, Remark};
use crate::import::decoded::{Decoded, Texts, Values};
use crate::import::fault::{Fault, ImportError};
use crate::import::input::{Head, Input};
use draft::Draft;
use outline::Outline;
use serde_json::Value;
use std::collections::VecDeque;
use std::io;

/// A format of another tool.
pub(super) struct Tool {
    pub name: &'static str,
    pub title: &'static str,
    pub about: &'static str,
    pub extensions: &'static [&'static str],
    pub options: &'static [FormatOption],
    /// What tells the format, as the end of "because"; `None` where the first value is not of it.
    recognise: fn(&Outline) -> Option<&'static str>,
    /// The JSON pointer of the list of values, in a file that is one object around them.
    list: fn(&Outline) -> Option<&'static str>,
    converter: fn(&Source) -> Result<Box<dyn Converter>, ImportError>,
    /// What each of the tool's fields becomes.
    pub fields: &'static [(&'static str, &'static str)],
}

/// Where values come from, and how they are to be read.
struct Source<'a> {
    /// The file as the user called it.
    pub file: &'a str,
    /// Its first bytes, and what they hold.
    pub head: &'a [u8],
    pub outline: &'a Outline,
    pub options: &'a GivenOptions,
}

/// Makes records of a tool's values, in the order of the file.
trait Converter: Send {
    /// Adds what the value holds, or keeps it until what belongs to it comes.
    fn value(&mut self, value: Value, made: &mut Vec<Made>);

    /// Whether a value may need one before it.
    fn keeps(&self) -> bool {
        false
    }

    /// Adds what was kept, once no value follows.
    fn end(&mut self, _made: &mut Vec<Made>) {}

    /// What the user is to know of how values are read.
    fn note(&self) -> Option<String> {
        None
    }
}

/// A value needs no other for its records; one that makes none is told.
impl<F: FnMut(Value, &mut Vec<Made>) + Send> Converter for F {
    fn value(&mut self, value: Value, made: &mut Vec<Made>) {
        let before = made.len();
        self(value, made);
        if made.len() == before {
            made.push(Made::Other);
        }
    }
}

/// What a value of a tool came to.
enum Made {
    Record(Draft),
    /// Without an output, for the reason that the tool gives.
    NoOutput(Draft, String),
    /// Without an input, for a reason that says how to give it.
    NoInput(Draft, &'static str),
    /// No output of a model.
    Other,
}

/// For tools whose values stand one after the other, or in the file's own list.
fn no_list(_: &Outline) -> Option<&'static str> {
    None
}

impl Format for Tool {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn about(&self) -> &'static str {
        self.about
    }

    fn extensions(&self) -> &'static [&'static str] {
        self.extensions
    }

    fn options(&self) -> &'static [FormatOption] {
        self.options
    }

    fn fields(&self) -> &'static [(&'static str, &'static str)] {
        self.fields
    }

    fn recognise(&self, head: &Head) -> Option<Recognition> {
        let reason = (self.recognise)(&Outline::of(head.text()))?;
        Some(Confidence::Exact.because(reason))
    }

    fn open(&self, input: Input, limit: usize, options: &GivenOptions) -> Result<Box<dyn Records>, ImportError> {
        let outline = Outline::of(input.head().text());
        let source = Source { file: &input.name, head: input.head().text(), outline: &outline, options };
        let converter = (self.converter)(&source)?;
        let values = match (self.list)(&outline) {
            Some(pointer) => json::list(input, limit, pointer)?,
            None if outline.is_line => jsonl::lines(input, limit),
            None => json::values(input, limit),
        };
        Ok(Box::new(Converted { tool: self.name, values, converter, ready: VecDeque::new(), last: None }))
    }
}

/// The records that a tool's values make.
struct Converted {
    tool: &'static str,
    values: Box<dyn Records>,
    converter: Box<dyn Converter>,
    /// Made and not given yet.
    ready: VecDeque<Decoded>,
    /// Where the last value stood.
    last: Option<Origin>,
}

impl Records for Converted {
    fn next(&mut self) -> io::Result<Option<Decoded>> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                return Ok(Some(record));
            }
            let mut made = Vec::new();
            match self.values.next()? {
                Some(Decoded::Record(record)) => match serde_json::from_slice(&record.raw.bytes()) {
                    Ok(value) => {
                        self.converter.value(value, &mut made);
                        self.last = Some(record.origin);
                    }
                    // What is wrong with it is told as of every record.
                    Err(_) => return Ok(Some(Decoded::Record(record))),
                },
                None => {
                    self.converter.end(&mut made);
                    if made.is_empty() {
                        return Ok(None);
                    }
                }
                other => return Ok(other),
            }
            let origin = self.last.clone().unwrap_or_else(|| Origin::of_line("", 1));
            self.ready.extend(made.into_iter().map(|made| made.decoded(origin.clone(), self.tool)));
        }
    }

    fn position(&self) -> u64 {
        self.values.position()
    }

    fn note(&self) -> Option<String> {
        self.converter.note()
    }

    fn head_of_parts(&self) -> Option<u64> {
        self.values.head_of_parts().filter(|_| !self.converter.keeps())
    }
}

impl Made {
    /// `tool`: what its judgements were brought by.
    fn decoded(self, origin: Origin, tool: &str) -> Decoded {
        match self {
            Made::Record(draft) => {
                let source = draft.into_json(tool);
                Decoded::record(origin, source.clone().into_bytes(), Values::Object(source, Texts::Themselves))
            }
            Made::NoOutput(draft, reason) => {
                Decoded::broken(origin, draft.into_json(tool).into_bytes(), Fault::new(reason).within("output"))
            }
            Made::NoInput(draft, reason) => {
                Decoded::broken(origin, draft.into_json(tool).into_bytes(), Fault::new(reason).within("input"))
            }
            Made::Other => Decoded::PassedOver(origin, Remark::NoOutput),
        }
    }
}
