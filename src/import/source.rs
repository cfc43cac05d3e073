//! Where the bytes come from: a path or standard input, and how far it is read.

use super::fault::ImportError;
use super::row::RawRecord;
use crate::domain::imported::Origin;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::path::Path;
use std::sync::Arc;

const BUFFER_BYTES: usize = 64 << 10;

/// Most bytes that are looked at to tell the format.
const HEAD_BYTES: usize = 64 << 10;

const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// A stream of bytes without its byte order mark.
pub(super) struct Source {
    /// What the user called it.
    pub name: Arc<str>,
    /// Bytes in all, where that is known.
    pub total: Option<u64>,
    /// The first bytes, up to the end of the first line that is not blank.
    pub head: Vec<u8>,
    /// Bytes read so far.
    pub position: u64,
    input: BufReader<Box<dyn Read + Send>>,
}

impl Source {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        if path == Path::new("-") {
            return Self::new("standard input".into(), None, Box::new(io::stdin()));
        }
        let name = path.display().to_string();
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = opened.map_err(|error| ImportError::Io { name: name.clone(), error })?;
        Self::new(name, metadata.is_file().then_some(metadata.len()), Box::new(file))
    }

    pub fn new(name: String, total: Option<u64>, mut input: Box<dyn Read + Send>) -> Result<Self, ImportError> {
        let mut head = match read_head(&mut input) {
            Ok(head) => head,
            Err(error) => return Err(ImportError::Io { name, error }),
        };
        if is_utf16(&head) {
            return Err(ImportError::Utf16(name));
        }
        if is_compressed(&head) {
            return Err(ImportError::Compressed(name));
        }
        let mut position = 0;
        if head.starts_with(UTF8_BOM) {
            head.drain(..UTF8_BOM.len());
            position = UTF8_BOM.len() as u64;
        }
        let whole: Box<dyn Read + Send> = Box::new(Cursor::new(head.clone()).chain(input));
        Ok(Self { name: name.into(), total, head, position, input: BufReader::with_capacity(BUFFER_BYTES, whole) })
    }

    /// The origin of a record that begins on `line`.
    pub fn origin(&self, line: u64) -> Origin {
        Origin::of_line(self.name.clone(), line)
    }

    /// The bytes that come next; empty at the end.
    pub fn peek(&mut self) -> io::Result<&[u8]> {
        loop {
            match self.input.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(_) => break,
            }
        }
        Ok(self.input.buffer())
    }

    pub fn consume(&mut self, count: usize) {
        self.position += count as u64;
        self.input.consume(count);
    }

    /// The next line without its end, whole in memory up to `limit` bytes; `None` at the
    /// end of the stream.
    pub fn line(&mut self, limit: usize) -> io::Result<Option<RawRecord>> {
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

/// Reads until a line that is not blank has ended, or enough is there.
fn read_head(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut chunk = [0; 4096];
    while head.len() < HEAD_BYTES && !head.trim_ascii_start().contains(&b'\n') {
        match input.read(&mut chunk) {
            Ok(0) => break,
            Ok(count) => head.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(head)
}

/// The first bytes of gzip, zstd, bzip2, xz and zip.
fn is_compressed(head: &[u8]) -> bool {
    let magic: [&[u8]; 5] = [b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ", b"PK\x03\x04"];
    magic.into_iter().any(|magic| head.starts_with(magic))
}

/// UTF-16 by its byte order mark, or by a plain character whose other half is zero.
fn is_utf16(head: &[u8]) -> bool {
    match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [first, 0, _, 0, ..] | [0, first, 0, _, ..] => first.is_ascii_graphic() || first.is_ascii_whitespace(),
        _ => false,
    }
}
