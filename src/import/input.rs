//! Where the bytes come from. An input is opened once, whatever it is: what was read of a
//! pipe to tell its format is not there a second time.

use super::fault::ImportError;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;

/// Bytes that are read to recognise the format, at most.
const HEAD_BYTES: usize = 64 << 10;

const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// A file, standard input or a stream, with its first bytes already read.
pub struct Input {
    /// The file as the user called it.
    pub name: Arc<str>,
    /// Bytes in all, where that is known.
    pub size: Option<u64>,
    head: Head,
    rest: Rest,
}

/// What comes after the head.
enum Rest {
    File(File),
    Stream(Box<dyn Read + Send>),
}

impl Read for Rest {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Rest::File(file) => file.read(buffer),
            Rest::Stream(stream) => stream.read(buffer),
        }
    }
}

impl Input {
    /// Opens a file, or standard input for `-`.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        if path == Path::new("-") {
            return Self::from_read("standard input", io::stdin());
        }
        let name = path.display().to_string();
        match File::open(path) {
            Ok(file) => Self::of_file(name, file),
            Err(error) => Err(ImportError::Io { name, error }),
        }
    }

    /// Takes an open file from where it stands.
    pub fn of_file(name: String, file: File) -> Result<Self, ImportError> {
        match file.metadata() {
            Ok(metadata) if metadata.is_file() => Self::new(name, Some(metadata.len()), Rest::File(file)),
            Ok(_) => Self::from_read(name, file),
            Err(error) => Err(ImportError::Io { name, error }),
        }
    }

    /// Takes any stream; `name` is for messages and the rejects file.
    pub fn from_read(name: impl Into<String>, stream: impl Read + Send + 'static) -> Result<Self, ImportError> {
        Self::new(name.into(), None, Rest::Stream(Box::new(stream)))
    }

    fn new(name: String, size: Option<u64>, mut rest: Rest) -> Result<Self, ImportError> {
        match Head::read(&mut rest, size.is_none()) {
            Ok(head) => Ok(Self { name: name.into(), size, head, rest }),
            Err(error) => Err(ImportError::Io { name, error }),
        }
    }

    /// The first bytes, which are still to come from the stream.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The bytes from `start`, which is within the head.
    pub fn into_stream(self, start: u64) -> impl Read + Send {
        let mut head = Cursor::new(self.head.bytes);
        head.set_position(start);
        head.chain(self.rest)
    }

    /// The input as a seekable file, at its beginning. A stream is copied to a temporary file,
    /// which is deleted when closed.
    pub fn into_file(self) -> io::Result<File> {
        let mut file = match self.rest {
            Rest::File(file) => file,
            Rest::Stream(_) => {
                let mut file = tempfile::tempfile()?;
                io::copy(&mut self.into_stream(0), &mut file)?;
                file
            }
        };
        file.rewind()?;
        Ok(file)
    }
}

/// The first bytes of an input.
#[derive(Debug)]
pub struct Head {
    pub bytes: Vec<u8>,
    /// Nothing comes after them.
    pub is_whole: bool,
}

impl Head {
    /// Reads as much as tells the format. Of a stream that is the first line that is not
    /// blank: who writes it may wait for the answer to it.
    fn read(input: &mut impl Read, is_stream: bool) -> io::Result<Self> {
        let mut head = Self { bytes: Vec::new(), is_whole: false };
        let mut chunk = [0; 4096];
        while head.bytes.len() < HEAD_BYTES && !(is_stream && head.bytes.trim_ascii_start().contains(&b'\n')) {
            match input.read(&mut chunk) {
                Ok(0) => {
                    head.is_whole = true;
                    break;
                }
                Ok(count) => head.bytes.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(head)
    }

    /// The head as text without its byte order mark; fails where it is none that is read.
    pub fn text(&self) -> Result<&[u8], NoText> {
        if is_utf16(&self.bytes) {
            return Err(NoText::Utf16);
        }
        if is_compressed(&self.bytes) {
            return Err(NoText::Compressed);
        }
        Ok(self.bytes.strip_prefix(UTF8_BOM).unwrap_or(&self.bytes))
    }
}

/// Why an input is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoText {
    Utf16,
    Compressed,
}

impl NoText {
    /// The error of an input called `name` that had to be text.
    pub fn of(self, name: &str) -> ImportError {
        match self {
            NoText::Utf16 => ImportError::Utf16(name.to_owned()),
            NoText::Compressed => ImportError::Compressed(name.to_owned()),
        }
    }
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
