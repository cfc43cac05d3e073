//! Files within a zip archive. The one that is meant is read where it stands: nothing is unpacked
//! to disk, so what a member is called (`../../etc/passwd`) opens no other file.

use super::fault::ImportError;
use super::input::{Head, Input};
use super::packed::{Counted, Unpacked, name_within, zstd};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use zip::{CompressionMethod, ZipArchive};

/// Members that a message names.
const NAMED: usize = 10;

/// The first bytes of what stands before each member.
const LOCAL_HEADER: &[u8; 4] = b"PK\x03\x04";

/// What tells members that can be read from the others.
pub(super) struct Readable {
    /// Whether files of this extension can be, which is in lower case.
    pub extension: fn(&str) -> bool,
    /// Whether an input that begins so can be.
    pub head: fn(&Head) -> bool,
}

/// An archive with the list of what is in it.
pub(super) struct Archive {
    /// The file as the user called it.
    pub name: String,
    /// The member that the user named.
    wanted: Option<String>,
    file: File,
    members: Vec<Member>,
    /// The place of each among them; of those of one name the first.
    places: HashMap<String, usize>,
    /// The list of members at its end is missing: it may have been cut off.
    is_cut: bool,
}

/// A file within an archive.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub name: String,
    method: Method,
    /// Where its bytes begin in the archive.
    start: u64,
    packed: u64,
    /// Its CRC-32 and length, unless they are not known.
    ending: Option<(u32, u64)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Stored,
    Deflate,
    Zstd,
    Other(u16),
    Encrypted,
}

impl Method {
    fn of(number: u16, is_encrypted: bool) -> Self {
        match number {
            _ if is_encrypted => Method::Encrypted,
            0 => Method::Stored,
            8 => Method::Deflate,
            93 => Method::Zstd,
            other => Method::Other(other),
        }
    }
}

impl Archive {
    /// Reads the list of members. A pipe is put into an unnamed temporary file first.
    pub(super) fn open(input: Input) -> Result<Self, ImportError> {
        let (name, wanted) = (input.name.to_string(), input.member.clone());
        let read = |mut file: File| -> io::Result<(File, Vec<Member>, bool)> {
            // The list stands at the end: without it the members are gone through one by one.
            let listed = list(&mut file)?;
            let is_cut = listed.is_none();
            let members = listed.map_or_else(|| walk(&mut file), Ok)?;
            file.rewind()?;
            Ok((file, members, is_cut))
        };
        match input.into_file().and_then(read) {
            Ok((file, members, is_cut)) => {
                let named = members.iter().enumerate().rev();
                let places = named.map(|(at, member)| (member.name.clone(), at)).collect();
                Ok(Self { name, wanted, file, members, places, is_cut })
            }
            Err(error) => Err(ImportError::Io { name, error }),
        }
    }

    /// The names of the members.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.name.as_str())
    }

    /// The bytes of a member; `None` where there is none of the name. One is read after the other.
    pub(super) fn member(&self, name: &str) -> Option<io::Result<impl Read + Send + 'static>> {
        let member = self.members[*self.places.get(name)?].clone();
        Some(self.file.try_clone().and_then(|file| member.stream(file, self.is_cut)))
    }

    pub(super) fn too_many_layers(self) -> ImportError {
        ImportError::TooManyLayers { name: self.name }
    }

    /// The archive itself, for a format that is one.
    pub(super) fn into_input(self) -> Result<Input, ImportError> {
        Input::of_file(self.name, self.file)
    }

    /// The member that the user named, else the only one that can be read.
    pub(super) fn into_member(self, readable: &Readable) -> Result<Input, ImportError> {
        let member = self.meant(readable)?.clone();
        let Self { name, file, is_cut, .. } = self;
        let path = name_within(Path::new(&member.name));
        let entry: Arc<str> = member.name.as_str().into();
        let stream = member.stream(file, is_cut).map_err(|error| ImportError::Io { name: name.clone(), error })?;
        let mut input = Input::made(name, stream)?;
        (input.entry, input.path) = (Some(entry), Some(path));
        Ok(input)
    }

    fn meant(&self, readable: &Readable) -> Result<&Member, ImportError> {
        let (name, members) = (self.name.clone(), listing(self.names()));
        if let Some(wanted) = &self.wanted {
            let member = self.members.iter().find(|member| member.name == *wanted);
            return member.ok_or_else(|| ImportError::NoMember { name, member: wanted.clone(), members });
        }
        let candidates: Vec<_> = self.members.iter().filter(|member| !is_aside(&member.name)).collect();
        let of_name: Vec<_> = candidates.iter().copied().filter(|member| readable.has_name(&member.name)).collect();
        let meant = if of_name.is_empty() {
            candidates.iter().copied().filter(|member| self.begins_so(member, readable)).collect()
        } else {
            of_name
        };
        match meant[..] {
            [] if candidates.len() == 1 => Ok(candidates[0]),
            [] => Err(ImportError::NothingWithin { name, members }),
            [one] => Ok(one),
            [first, ..] => {
                let first = first.name.clone();
                let members = listing(meant.iter().map(|member| member.name.as_str()));
                Err(ImportError::SeveralMembers { name, members, first })
            }
        }
    }

    /// Whether the member begins as what can be read does.
    fn begins_so(&self, member: &Member, readable: &Readable) -> bool {
        let stream = self.file.try_clone().and_then(|file| member.clone().stream(file, self.is_cut));
        let input = stream.ok().and_then(|stream| Input::made(self.name.clone(), stream).ok());
        input.is_some_and(|input| (readable.head)(input.head()))
    }
}

impl Readable {
    fn has_name(&self, name: &str) -> bool {
        let path = name_within(Path::new(name));
        let extension = path.extension().map(|extension| extension.to_string_lossy().to_lowercase());
        extension.is_some_and(|extension| (self.extension)(&extension))
    }
}

/// What other programs put beside the files that are meant.
fn is_aside(name: &str) -> bool {
    name.ends_with('/') || name.split('/').any(|part| part.starts_with('.') && part != ".." || part == "__MACOSX")
}

fn listing<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.collect();
    match names.len().checked_sub(NAMED) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..NAMED].join(", ")),
    }
}

/// The members as the list at the end has them; nothing where it is missing or damaged.
fn list(file: &mut File) -> io::Result<Option<Vec<Member>>> {
    let Ok(mut archive) = ZipArchive::new(BufReader::new(file.try_clone()?)) else { return Ok(None) };
    let mut members = Vec::new();
    for at in 0..archive.len() {
        let Ok(entry) = archive.by_index_raw(at) else { continue };
        let (Ok(name), Some(start)) = (entry.name(), entry.data_start()) else { continue };
        #[expect(deprecated, reason = "the number of a method that the crate does not know")]
        let method = match entry.compression() {
            CompressionMethod::Stored => 0,
            CompressionMethod::Deflated => 8,
            CompressionMethod::Zstd => 93,
            CompressionMethod::Unsupported(number) => number,
            _ => u16::MAX,
        };
        members.push(Member {
            name: name.into_owned(),
            method: Method::of(method, entry.encrypted()),
            start,
            packed: entry.compressed_size(),
            ending: Some((entry.crc32(), entry.size())),
        });
    }
    Ok(Some(members))
}

/// The members of an archive that lacks its list, as far as each says where it ends.
fn walk(file: &mut File) -> io::Result<Vec<Member>> {
    let (mut members, mut at, length) = (Vec::new(), 0, file.metadata()?.len());
    while let Some((member, end)) = local_header(file, at)? {
        members.push(member);
        match end.filter(|end| *end < length) {
            Some(end) => at = end,
            None => break,
        }
    }
    Ok(members)
}

/// The member whose header stands here, and where it ends, if that is known.
fn local_header(file: &mut File, at: u64) -> io::Result<Option<(Member, Option<u64>)>> {
    let mut header = [0; 30];
    file.seek(SeekFrom::Start(at))?;
    if let Err(error) = file.read_exact(&mut header) {
        return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) };
    }
    if !header.starts_with(LOCAL_HEADER) {
        return Ok(None);
    }
    let short = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
    let long = |at: usize| u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let (flags, method, packed) = (short(6), short(8), long(18));
    let (name_length, extra_length) = (short(26), short(28));
    let mut name = vec![0; usize::from(name_length)];
    if file.read_exact(&mut name).is_err() {
        return Ok(None);
    }
    let start = at + header.len() as u64 + u64::from(name_length) + u64::from(extra_length);
    // Where the length follows the data, or is too large for its place, the data itself ends it.
    let is_known = flags & 8 == 0 && packed != u32::MAX;
    let length = if is_known { packed.into() } else { u64::MAX - start };
    let name = String::from_utf8_lossy(&name).into_owned();
    let member = Member { name, method: Method::of(method, flags & 1 != 0), start, packed: length, ending: None };
    Ok(Some((member, is_known.then_some(start + length))))
}

impl Member {
    /// The member's bytes, unpacked as they are read.
    pub(super) fn stream(self, mut file: File, is_cut: bool) -> io::Result<impl Read + Send + 'static> {
        let Self { name, method, start, packed, ending } = self;
        file.seek(SeekFrom::Start(start))?;
        let count = Arc::<AtomicU64>::default();
        let bytes = BufReader::new(Counted { input: file.take(packed), count: count.clone() });
        let stream = match method {
            Method::Stored => Unpacked::new("zip", count, bytes),
            Method::Deflate => Unpacked::new("zip", count, flate2::bufread::DeflateDecoder::new(bytes)),
            Method::Zstd => Unpacked::new("zip", count, zstd(bytes)?),
            Method::Encrypted => return Err(unreadable(&name, "is encrypted")),
            Method::Other(number) => {
                return Err(unreadable(&name, &format!("is packed by a method that karat does not know ({number})")));
            }
        };
        let (checksum, length) = (flate2::Crc::new(), 0);
        Ok(Checked { name, stream, checksum, length, ending, is_cut })
    }
}

fn unreadable(name: &str, why: &str) -> io::Error {
    let reason = format!("`{name}` in it {why}; unpack it with a program that can, and import what comes of it");
    io::Error::new(io::ErrorKind::Unsupported, reason)
}

/// A member that says at its end whether it came out as it went in.
struct Checked<R> {
    name: String,
    stream: R,
    checksum: flate2::Crc,
    length: u64,
    ending: Option<(u32, u64)>,
    is_cut: bool,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.checksum.update(&buffer[..count]);
        self.length += count as u64;
        let is_ended = count == 0 && !buffer.is_empty();
        let Self { name, length, .. } = self;
        let failed = |what: String| Err(io::Error::new(io::ErrorKind::InvalidData, what));
        match self.ending {
            Some((checksum, size)) if is_ended && (checksum, size) != (self.checksum.sum(), *length) => {
                failed(format!(
                    "`{name}` in the archive is damaged: its {length} bytes are not those that went in ({size} bytes)"
                ))
            }
            None if is_ended && self.is_cut => failed(format!(
                "the archive has no list of its files, so it may have been cut off; `{name}` in it ended after {length} bytes"
            )),
            _ => Ok(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::{Options, Reader, Row};
    use std::io::{Cursor, Write};
    use zip::write::{SimpleFileOptions, ZipWriter};

    const ROWS: &str = "id,input,output\n1,q,a\n2,q,b\n";

    fn archive(members: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in members {
            zip.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn read(bytes: Vec<u8>) -> Result<(Vec<String>, Option<String>), String> {
        let reader = Reader::from_read("a.zip", Cursor::new(bytes), Options::default());
        let (mut told, mut failure) = (Vec::new(), None);
        for row in
            reader.map_err(|error| format!("{:?}", color_eyre::eyre::Report::from(error).root_cause().to_string()))?
        {
            match row {
                Ok(Row::Record(record)) => told.push(format!("{} {}", record.origin, record.item.id)),
                Ok(other) => panic!("{other:?}"),
                Err(error) => failure = Some(error.to_string()),
            }
        }
        Ok((told, failure))
    }

    #[test]
    fn the_only_member_is_read_whatever_it_is_packed_with_and_called() {
        for method in [CompressionMethod::Stored, CompressionMethod::Deflated, CompressionMethod::Zstd] {
            let (told, failure) = read(archive(&[("rows.csv", ROWS.as_bytes())], method)).unwrap();
            assert_eq!(told, ["a.zip:rows.csv:2 1", "a.zip:rows.csv:3 2"]);
            assert_eq!(failure, None);
        }
        let deflated = |members: &[(&str, &[u8])]| read(archive(members, CompressionMethod::Deflated));
        // Nothing is written, so no name leads out of any folder.
        let (told, _) = deflated(&[("../../etc/passwd", ROWS.as_bytes())]).unwrap();
        assert_eq!(told[0], "a.zip:../../etc/passwd:2 1");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(ROWS.as_bytes()).unwrap();
        let members = [
            ("__MACOSX/._rows.csv", &b"x"[..]),
            ("README.md", b"# Rows, and more\n"),
            ("d/rows.csv.gz", &gzip.finish().unwrap()),
        ];
        assert_eq!(deflated(&members).unwrap().0.len(), 2);
        let lines = b"{\"id\":\"1\",\"input\":\"q\",\"output\":\"a\"}\n";
        assert_eq!(deflated(&[("notes", &b"Some words"[..]), ("outputs", lines)]).unwrap().0, ["a.zip:outputs:1 1"]);
    }

    #[test]
    fn of_several_members_one_is_to_be_named() {
        let bytes = archive(&[("a.csv", ROWS.as_bytes()), ("b/c.jsonl", b"{}")], CompressionMethod::Stored);
        let error = read(bytes.clone()).unwrap_err();
        assert!(error.contains("a.csv, b/c.jsonl") && error.contains("`a.zip/a.csv`"), "{error}");
        let error =
            read(archive(&[("a.png", b"\x89PNG"), ("b.bin", b"\0\x01")], CompressionMethod::Stored)).unwrap_err();
        assert!(error.contains("holds no file that karat reads: it has a.png, b.bin"), "{error}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        std::fs::write(&path, bytes).unwrap();
        let rows = Reader::open(&path.join("a.csv"), Options::default()).unwrap();
        assert_eq!(rows.count(), 2);
        let missing = Reader::open(&path.join("b"), Options::default()).err().unwrap().to_string();
        assert!(missing.contains("holds no file called `b`"), "{missing}");
        std::fs::write(folder.path().join("plain.csv"), ROWS).unwrap();
        let none = Reader::open(&folder.path().join("plain.csv/a"), Options::default()).err().unwrap().to_string();
        assert!(none.contains("is no zip archive"), "{none}");
    }

    #[test]
    fn of_a_cut_archive_what_came_before_is_read() {
        let mut rows = String::from("id,input,output\n");
        (0..20_000_u64).for_each(|n| rows.push_str(&format!("{n},question {},{}\n", n * 7_919, n * n)));
        for method in [CompressionMethod::Deflated, CompressionMethod::Zstd, CompressionMethod::Stored] {
            let whole = archive(&[("rows.csv", rows.as_bytes())], method);
            let (told, failure) = read(whole[..whole.len() / 2].to_vec()).unwrap();
            assert!(told.len() > 300 && told.len() < 20_000, "{} of {method:?}", told.len());
            let failure = failure.unwrap();
            assert!(failure.contains("cut off") && failure.contains("after "), "{failure}");
            // Only the list is missing.
            let end = whole.windows(4).rposition(|bytes| bytes == b"PK\x01\x02").unwrap();
            let (told, failure) = read(whole[..end].to_vec()).unwrap();
            assert_eq!(told.len(), 20_000);
            assert!(failure.unwrap().contains("may have been cut off"));
        }
    }

    #[test]
    fn damage_and_what_cannot_be_read_is_told() {
        let mut damaged = archive(&[("rows.csv", ROWS.as_bytes())], CompressionMethod::Stored);
        let at = damaged.windows(3).position(|bytes| bytes == b"q,b").unwrap();
        damaged[at] = b'x';
        let (told, failure) = read(damaged).unwrap();
        assert_eq!(told.len(), 2);
        assert!(failure.unwrap().contains("`rows.csv` in the archive is damaged"));
        let mut method = archive(&[("rows.csv", ROWS.as_bytes())], CompressionMethod::Stored);
        let at = method.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
        (method[8], method[at + 10]) = (12, 12);
        assert!(read(method).unwrap_err().contains("a method that karat does not know (12)"));
        assert!(
            read(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec()).unwrap_err().contains("holds no file")
        );
        assert!(read(b"PK\x03\x04 and no more".to_vec()).unwrap_err().contains("holds no file"));
    }
}
