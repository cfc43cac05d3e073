//! Where the bytes come from. An input is opened once, whatever it is: what was read of a
//! pipe to tell its format is not there a second time.

use super::byte_order_mark::without_mark;
use super::encoding::{self, Decoded};
use super::fault::ImportError;
use super::foreign;
#[cfg(feature = "compressed")]
use super::packed::{self, Packing};
use encoding_rs::Encoding;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes that are read to recognise the format, at most.
pub const HEAD_BYTES: usize = 64 << 10;

/// How files begin that are no text.
const NO_TEXT: [&[u8]; 6] =
    [b"PK\x03\x04", b"PK\x05\x06", b"PAR1", b"ARROW1", b"\xff\xff\xff\xff", b"\xd0\xcf\x11\xe0"];

/// Whether a file that begins so is no text, or is packed.
pub(super) fn is_no_text(head: &[u8]) -> bool {
    #[cfg(feature = "compressed")]
    let is_packed = Packing::of(head).is_some();
    #[cfg(not(feature = "compressed"))]
    let is_packed = false;
    is_packed || NO_TEXT.iter().any(|first| head.starts_with(first))
}

/// A file, standard input or a stream, with its first bytes already read. What is packed with gzip
/// or zstd is unpacked as it is read.
pub struct Input {
    /// The file as the user called it.
    pub name: Arc<str>,
    /// The file within it that is read, where it is an archive.
    pub entry: Option<Arc<str>>,
    /// Bytes in all, where that is known.
    pub size: Option<u64>,
    /// The name of what is read, without those of what it is packed in; a stream has none.
    pub path: Option<PathBuf>,
    /// The file within the archive that the user named.
    pub member: Option<String>,
    head: Head,
    rest: Rest,
}

/// What comes after the head.
enum Rest {
    File(File),
    /// Bytes that are there and need no waiting for.
    Made(Box<dyn Read + Send>),
    Stream(Box<dyn Read + Send>),
    /// Reading failed where the head ends.
    Failed(Option<io::Error>),
}

impl Read for Rest {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Rest::File(file) => file.read(buffer),
            Rest::Made(stream) | Rest::Stream(stream) => stream.read(buffer),
            Rest::Failed(error) => error.take().map_or(Ok(0), Err),
        }
    }
}

impl Rest {
    /// Whether who writes it may be waiting for what comes of what is there.
    fn may_wait(&self) -> bool {
        matches!(self, Rest::Stream(_))
    }
}

impl Input {
    /// Opens a file, `-` for standard input, or `ARCHIVE.zip/MEMBER` for a file within an archive.
    pub fn open(path: &Path) -> Result<Self, ImportError> {
        if path == Path::new("-") {
            return Self::from_read("standard input", io::stdin());
        }
        let error = match File::open(path) {
            Ok(_) if path.is_dir() => return Err(ImportError::Folder(path.display().to_string())),
            Ok(file) => return Self::opened(path, file, None),
            Err(error) => error,
        };
        #[cfg(feature = "compressed")]
        if let Some((archive, member)) = member_path(path)
            && let Ok(file) = File::open(archive)
        {
            return Self::opened(archive, file, Some(member));
        }
        Err(ImportError::Io { name: path.display().to_string(), error })
    }

    fn opened(path: &Path, file: File, member: Option<String>) -> Result<Self, ImportError> {
        let input = Self::of_file(path.display().to_string(), file)?;
        if member.is_some() && !input.is_archive() {
            return Err(ImportError::NoArchive(input.name.to_string()));
        }
        #[cfg(feature = "compressed")]
        let path = packed::name_within(path);
        Ok(Self { path: Some(path.to_owned()), member, ..input })
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

    /// Takes a stream whose bytes are all there.
    pub fn made(name: String, stream: impl Read + Send + 'static) -> Result<Self, ImportError> {
        Self::new(name, None, Rest::Made(Box::new(stream)))
    }

    /// Fails when it cannot be read, or is of a kind that nothing here reads.
    fn new(name: String, size: Option<u64>, rest: Rest) -> Result<Self, ImportError> {
        let input = Self::plain(name, size, rest)?;
        #[cfg(feature = "compressed")]
        return input.unpacked(packed::MOST_LAYERS)?.into_text();
        #[cfg(not(feature = "compressed"))]
        input.into_text()
    }

    /// The bytes as they stand.
    fn plain(name: String, size: Option<u64>, mut rest: Rest) -> Result<Self, ImportError> {
        let (head, failure) = match Head::read(&mut rest) {
            Ok(read) => read,
            Err(error) => return Err(ImportError::Io { name, error }),
        };
        if failure.is_some() {
            rest = Rest::Failed(failure);
        }
        Ok(Self { name: name.into(), entry: None, size, path: None, member: None, head, rest })
    }

    /// What is packed, and what is packed in that, as far as there are `layers`.
    #[cfg(feature = "compressed")]
    fn unpacked(self, layers: usize) -> Result<Self, ImportError> {
        let Some(packing) = Packing::of(&self.head.bytes) else { return Ok(self) };
        let name = self.name.to_string();
        if layers == 0 {
            return Err(ImportError::TooManyLayers { name });
        }
        let may_wait = self.rest.may_wait();
        let stream = match packing.unpack(self.into_stream(0)) {
            Ok(stream) => Box::new(stream),
            Err(error) => return Err(ImportError::Io { name, error }),
        };
        Self::plain(name, None, if may_wait { Rest::Stream(stream) } else { Rest::Made(stream) })?.unpacked(layers - 1)
    }

    /// The input in UTF-8, where it is UTF-16.
    fn into_text(self) -> Result<Self, ImportError> {
        let name = || self.name.to_string();
        if let Some(kind) = foreign::kind_of(&self.head.bytes) {
            return Err(ImportError::Foreign { name: name(), kind });
        }
        let is_text = !NO_TEXT.iter().any(|first| self.head.bytes.starts_with(first));
        match encoding::utf_16(&self.head.bytes) {
            Some(encoding) if is_text => self.decoded(encoding),
            _ => Ok(self),
        }
    }

    /// The input as UTF-8. How long it is nobody knows.
    pub fn decoded(self, encoding: &'static Encoding) -> Result<Self, ImportError> {
        let (name, entry, path) = (self.name.to_string(), self.entry.clone(), self.path.clone());
        let may_wait = self.rest.may_wait();
        let stream = Box::new(Decoded::new(self.into_stream(0), encoding));
        let rest = if may_wait { Rest::Stream(stream) } else { Rest::Made(stream) };
        Ok(Self { entry, path, ..Self::plain(name, None, rest)? })
    }

    /// Whether who writes it may be waiting for what comes of what is there.
    pub fn may_wait(&self) -> bool {
        self.rest.may_wait()
    }

    /// Whether it is a zip archive, of which a member is to be read.
    pub fn is_archive(&self) -> bool {
        self.head.bytes.starts_with(b"PK\x03\x04") || self.head.bytes.starts_with(b"PK\x05\x06")
    }

    /// The first bytes, which are still to come from the stream.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Bytes by which the encoding can be told: the head, or where a file begins with nothing but ASCII,
    /// the first that have more. The file is left where it stood.
    pub fn telling_bytes(&mut self) -> io::Result<Vec<u8>> {
        let Rest::File(file) = &mut self.rest else { return Ok(self.head.bytes.clone()) };
        if self.head.is_whole || !self.head.bytes.is_ascii() {
            return Ok(self.head.bytes.clone());
        }
        let start = file.stream_position()?;
        let mut bytes = Vec::with_capacity(HEAD_BYTES);
        while bytes.is_ascii() {
            bytes.clear();
            if file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut bytes)? == 0 {
                break;
            }
        }
        // The last of them may be a part of a character.
        file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut bytes)?;
        file.seek(io::SeekFrom::Start(start))?;
        Ok(bytes)
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
            Rest::Made(_) | Rest::Stream(_) | Rest::Failed(_) => {
                let mut file = tempfile::tempfile()?;
                io::copy(&mut self.into_stream(0), &mut file)?;
                file
            }
        };
        file.rewind()?;
        Ok(file)
    }
}

/// The archive and the member that a path names, where all before the member is a file.
#[cfg(feature = "compressed")]
fn member_path(path: &Path) -> Option<(&Path, String)> {
    let archive = path.ancestors().skip(1).find(|path| path.is_file())?;
    let member = path.strip_prefix(archive).ok()?;
    Some((archive, member.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")))
}

/// The first bytes of an input.
#[derive(Debug)]
pub struct Head {
    pub bytes: Vec<u8>,
    /// Nothing comes after them.
    pub is_whole: bool,
}

impl Head {
    /// Reads as much as tells the format, with what failed after it. Of a stream that is the first
    /// line that is not blank: who writes it may wait for the answer to it.
    fn read(input: &mut Rest) -> io::Result<(Self, Option<io::Error>)> {
        let may_wait = input.may_wait();
        let mut head = Self { bytes: Vec::new(), is_whole: false };
        // As much as a pipe holds, so that the first look at one takes all that is there.
        let mut chunk = vec![0; HEAD_BYTES];
        while head.bytes.len() < HEAD_BYTES && !(may_wait && head.bytes.trim_ascii_start().contains(&b'\n')) {
            match input.read(&mut chunk) {
                Ok(0) => {
                    head.is_whole = true;
                    break;
                }
                Ok(count) => head.bytes.extend_from_slice(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if head.bytes.is_empty() => return Err(error),
                // What came before it is read.
                Err(error) => return Ok((head, Some(error))),
            }
        }
        Ok((head, None))
    }

    /// How many bytes the lines have whose end is there; all where no line has, or where nothing follows.
    pub fn whole_lines(&self) -> u64 {
        let end = memchr::memrchr(b'\n', &self.bytes).filter(|_| !self.is_whole);
        end.map_or(self.bytes.len(), |at| at + 1) as u64
    }

    /// The head without its byte order mark.
    pub fn text(&self) -> &[u8] {
        without_mark(&self.bytes)
    }
}
