//! An input that is text: its bytes without the byte order mark, and how far it is read.

use super::byte_order_mark::WholeMarks;
use super::input::Input;
use super::row::RawRecord;
use crate::domain::imported::{Origin, Place};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::Arc;

const BUFFER_BYTES: usize = 64 << 10;

/// Counts line ends as editors do: LF, CR, or both together.
#[derive(Debug, Default)]
pub(super) struct LineEnds {
    /// The last byte was a CR, which an LF would belong to.
    after_cr: bool,
}

impl LineEnds {
    /// Line ends in the bytes that come next.
    pub(super) fn count(&mut self, bytes: &[u8]) -> u64 {
        let Some(last) = bytes.last() else { return 0 };
        let mut count = memchr::memchr_iter(b'\n', bytes).count();
        if bytes[0] == b'\n' && self.after_cr {
            count -= 1;
        }
        count += memchr::memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
        self.after_cr = *last == b'\r';
        count as u64
    }
}

/// How many bytes the whole lines have at the beginning of a text that is still written, at most so many.
pub(super) fn whole_lines(bytes: &[u8], most: usize) -> usize {
    memchr::memchr_iter(b'\n', bytes).take(most).last().map_or(0, |at| at + 1)
}

/// A stream of UTF-8 without its byte order mark.
pub(super) struct TextInput {
    /// The file as the user called it.
    pub name: Arc<str>,
    /// The file within it, where it is an archive.
    pub entry: Option<Arc<str>>,
    /// Number of bytes read.
    pub position: u64,
    input: BufReader<WholeMarks<Box<dyn Read + Send>>>,
}

impl TextInput {
    pub(super) fn new(input: Input) -> Self {
        let mark = input.head().bytes.len() - input.head().text().len();
        let (name, entry) = (input.name.clone(), input.entry.clone());
        let stream: Box<dyn Read + Send> = Box::new(input.into_stream(mark as u64));
        Self {
            name,
            entry,
            position: mark as u64,
            input: BufReader::with_capacity(BUFFER_BYTES, WholeMarks::new(stream)),
        }
    }

    /// The origin of a record that begins on `line`.
    pub(super) fn origin(&self, line: u64) -> Origin {
        Origin { file: self.name.clone(), entry: self.entry.clone(), place: Place::Line(line) }
    }

    /// The bytes that come next; empty at the end.
    pub(super) fn peek(&mut self) -> io::Result<&[u8]> {
        loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(_) => break,
            }
        }
        Ok(self.input.buffer())
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.position += count as u64;
        self.input.consume(count);
    }

    /// The next line without its end, whole in memory up to `limit` bytes; `None` at the
    /// end of the stream.
    pub(super) fn line(&mut self, limit: usize) -> io::Result<Option<RawRecord>> {
        let mut line = Vec::new();
        // Room for `\r\n`, so that a line of just `limit` bytes is seen whole.
        let most = (limit as u64).saturating_add(2);
        let count = self.input.by_ref().take(most).read_until(b'\n', &mut line)?;
        self.position += count as u64;
        let ended = line.last() == Some(&b'\n');
        if ended {
            line.pop();
            line.pop_if(|byte| *byte == b'\r');
        }
        match count {
            0 => Ok(None),
            _ if line.len() > limit => self.spill_line(&line, ended).map(Some),
            _ => Ok(Some(RawRecord::Bytes(line))),
        }
    }

    /// Moves a line that is too long to a temporary file, with what is left of it.
    fn spill_line(&mut self, start: &[u8], ended: bool) -> io::Result<RawRecord> {
        let mut file = tempfile::tempfile()?;
        file.write_all(start)?;
        let mut ended = ended;
        while !ended {
            let bytes = self.peek()?;
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let count = end.unwrap_or(bytes.len());
            file.write_all(&bytes[..count])?;
            ended = end.is_some() || bytes.is_empty();
            self.consume(count + usize::from(end.is_some()));
        }
        Ok(RawRecord::Spilled(file))
    }
}
