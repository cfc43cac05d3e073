//! Where the bytes come from. An input is opened once, whatever it is: what was read of a
//! pipe to tell its format is not there a second time.

use super::byte_order_mark::without_mark;
use super::encoding::{self, Decoded};
use super::fault::ImportError;
use super::foreign;
use encoding_rs::Encoding;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::Path;
use std::sync::Arc;

/// Bytes that are read to recognise the format, at most.
const HEAD_BYTES: usize = 64 << 10;

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

    /// Fails when it cannot be read, or is no text.
    fn new(name: String, size: Option<u64>, mut rest: Rest) -> Result<Self, ImportError> {
        let head = match Head::read(&mut rest, size.is_none()) {
            Ok(head) => head,
            Err(error) => return Err(ImportError::Io { name, error }),
        };
        if let Some(kind) = foreign::kind_of(&head.bytes) {
            return Err(ImportError::Foreign { name, kind });
        }
        let encoding = encoding::utf_16(&head.bytes);
        let input = Self { name: name.into(), size, head, rest };
        match encoding {
            Some(encoding) => input.decoded(encoding),
            None => Ok(input),
        }
    }

    /// The input as UTF-8. How long it is nobody knows.
    pub fn decoded(self, encoding: &'static Encoding) -> Result<Self, ImportError> {
        let name = self.name.to_string();
        let stream = Decoded::new(self.into_stream(0), encoding);
        Self::from_read(name, stream)
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

    /// The head without its byte order mark.
    pub fn text(&self) -> &[u8] {
        without_mark(&self.bytes)
    }
}
